"""`team report`: what colleagues handed in, as one report for the terminal, as JSON and as one HTML file."""
