"""What was ever committed: all blobs examined like files, with the commits that brought and took each value."""
