"""Asks vendors whether credentials are live, whose they are and how far they reach; only when the user wants it."""
