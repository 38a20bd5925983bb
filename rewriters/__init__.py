"""Move secrets out of MCP configurations: plan, apply, journal, undo, verify."""
