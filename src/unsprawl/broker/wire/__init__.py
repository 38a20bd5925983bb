"""The wire proxy: the server sees a placeholder, and the value is put in on the way to the host it belongs to."""
