"""Files that are no configuration and hold MCP keys all the same: prose, code, scripts, notebooks, shell histories.

`examine.examine_document` is the way in. `reader` says what a reader is; rules/documents.yaml says which files it
reads, and which blocks within others.
"""
