"""What `unsprawl team join` works out: what the shared entries of repositories lack on this machine."""
