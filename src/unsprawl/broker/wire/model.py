"""What the parts of the wire proxy tell each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination


@dataclass(frozen=True, slots=True)
class Passage:
    """One secret of a run: its stand-in, and where it may go."""

    placeholder: str
    destination: Destination
    read: Callable[[], Secret]
    """Asks the vault; called for each connection, so that a rotated key needs no restart. May raise VaultError."""

    rejected: Callable[[Secret], None] = lambda token: None
    """To be told when the upstream answers 401 to a request with this value: an OAuth token is renewed then."""
    fresh: Callable[[], bool] = lambda: True
    """Whether what `read` gave last may still be used; a connection may outlive an OAuth token. Never blocks."""

    def __repr__(self) -> str:
        return f"Passage({self.destination.variable})"


class Happening(StrEnum):
    """What the audit log tells of."""

    STARTED = "started"
    """A server was started behind the proxy."""
    SENT = "sent"
    """A request to a bound host, with the values that were put in (perhaps none)."""
    STOPPED = "stopped"
    """A request that would have carried a placeholder where it does not belong, or could be read in two ways."""
    TUNNELLED = "tunnelled"
    """A connection to a host that is not bound: passed on unread."""
    REFUSED = "refused"
    """A client without the credential of this run."""
    REFRESHED = "refreshed"
    """An OAuth access token was renewed at its token endpoint, which `host` names."""
    FAILED = "failed"
    """The bound host could not be reached, or its certificate does not hold, or the vault did not answer."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit log. It never holds a value, a query or a path."""

    what: Happening
    host: str = ""
    """As the client asked for it, `name:port`; what a client sends is not trusted: it is escaped where it is shown."""
    method: str = ""
    status: int = 0
    """Of the answer that the client got; 0 where there was none."""
    variables: tuple[str, ...] = ()
    """Whose values were put in, or whose placeholders were stopped."""
    reason: str = ""


Audit = Callable[[Event], None]
