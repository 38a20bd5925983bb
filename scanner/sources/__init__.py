"""Where file contents come from: the work tree, the git index."""
