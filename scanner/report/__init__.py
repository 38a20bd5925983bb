"""Results as text: terminal, JSON."""
