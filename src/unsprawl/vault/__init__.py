"""Where secrets rest, and what may use them."""
