"""Whether a word or a text names a server, or MCP."""

from __future__ import annotations

import re

from unsprawl.rules.bundle import DOCUMENTS

_SPEAKS = re.compile(
    rf"(?i)mcp(?![a-z])|\bmcp[a-z]{{0,12}}\b|{'|'.join(map(re.escape, DOCUMENTS['commands']['servers']))}"
)


def speaks(text: str) -> bool:
    """Whether it does: `x-mcp`, `mcp/x`, `@modelcontextprotocol/server-x`."""
    return _SPEAKS.search(text) is not None
