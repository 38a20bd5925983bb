"""A token shown to the MCP server, to see whether it opens the door; nothing more is asked."""

from __future__ import annotations

from unsprawl.scanner.oauth import greeting
from unsprawl.scanner.oauth.visit import EVENTS, Visit
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret


class Door(NamedTuple):
    """Where to show it, and how that server is greeted."""

    visit: Visit
    server: str
    events: bool
    """It is of the older kind, which is listened to and not posted to."""
    stateless: bool = False
    """It speaks revision 2026-07-28, and may speak no other."""

    async def shown(self, token: Secret) -> int:
        """The status that it answers with; 0 for no answer."""
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        if self.events:
            method, body, more = "GET", b"", {"Accept": EVENTS}
        else:
            request = greeting.discover() if self.stateless else greeting.initialize()
            method, body, more = "POST", request.body, dict(request.headers)
        return (await self.visit.send(method, self.server, more | headers, body, greeting.has_event)).status
