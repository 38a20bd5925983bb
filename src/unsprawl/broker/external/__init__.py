"""Credential brokers of others: found, filled, asked and emptied, one small class each."""
