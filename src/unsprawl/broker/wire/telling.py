"""What one connection of a client tells the log: no path, no query, no header, no body."""

from __future__ import annotations

from contextlib import suppress

from unsprawl.broker.wire.model import Audit, Event, Happening


class Refused(Exception):
    """A request that is not passed on: what the client gets, and what the log tells."""

    def __init__(
        self, status: int, text: str, what: Happening = Happening.STOPPED, variables: tuple[str, ...] = ()
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.what = what
        self.variables = variables


class Telling:
    """Knows what is asked at the moment."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self.host = ""
        """`name:port`, "" before it is known."""
        self.method = ""

    def tell(self, what: Happening, *, status: int = 0, variables: tuple[str, ...] = (), reason: str = "") -> None:
        """Never raises: a full disk must not end a server's connection."""
        with suppress(Exception):
            self._audit(Event(what, self.host, self.method, status, variables, reason))

    def tell_refused(self, refused: Refused) -> None:
        """The same of a request that was not passed on."""
        self.tell(refused.what, status=refused.status, variables=refused.variables, reason=refused.text)
