"""The tools of a server, listed over a session of the SDK, page by page and never called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsprawl import __version__

if TYPE_CHECKING:
    from mcp.client.client import Client
    from mcp_types import Implementation

MOST_TOOLS = 2_000
MOST_PAGES = 50


class TooMany(Exception):
    """More tools or pages than anybody offers."""


async def tool_names(client: Client) -> frozenset[str]:
    """Their names, which are foreign text. Raises TooMany."""
    if client.server_capabilities.tools is None:
        return frozenset()
    names: set[str] = set()
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        names.update(tool.name for tool in page.tools)
        if len(names) > MOST_TOOLS:
            raise TooMany
        cursor = page.next_cursor
        if cursor is None:
            return frozenset(names)
    raise TooMany


def about() -> Implementation:
    """What we call ourselves."""
    from mcp_types import Implementation

    return Implementation(name="unsprawl", version=__version__)
