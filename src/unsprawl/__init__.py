"""Find secrets sprawled across MCP configurations, and move them somewhere safe."""

__version__ = "0.1.0"
