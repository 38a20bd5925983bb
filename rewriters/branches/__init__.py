"""A migration of a repository's own files, as one commit on a new branch."""
