"""Which vendor's remote server can take the place of an entry, and what says no. Pure: nothing is called."""
