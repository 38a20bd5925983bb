"""File formats: text in, values with exact spans out, edits on that text."""
