"""Files that are no configuration and hold MCP keys all the same: prose, code, scripts, notebooks, shell histories."""
