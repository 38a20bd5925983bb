"""How a value leaves a script that stands in an entry, one small module for each kind of shell."""
