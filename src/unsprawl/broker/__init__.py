"""Hand secrets to servers when they start."""
