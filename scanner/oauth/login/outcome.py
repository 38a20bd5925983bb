"""What a login came to."""

from __future__ import annotations

from enum import StrEnum

from unsprawl.scanner.oauth.login.front import Front
from unsprawl.scanner.oauth.login.undo import Taken
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.record import NamedTuple


class State(StrEnum):
    """The words of the contract."""

    SIGNED_IN = "signed-in"
    """Somebody signed in, and the server listed its tools."""
    OPEN = "open"
    """The server listed its tools without any sign-in."""
    REFUSED = "refused"
    """Nobody was sent there: what was seen before speaks against it."""
    NEEDS_CLIENT = "needs-client"
    """Nobody was sent there: a client must be registered by hand."""
    FAILED = "failed"
    """It did not work, and that is the servers' fault."""
    ABANDONED = "abandoned"
    """Nobody came back, or somebody said no."""
    INCONCLUSIVE = "inconclusive"
    """Network, limits or load: another day it may work."""


class LoggedIn(NamedTuple):
    """One login from its beginning to its end."""

    state: State
    reason: str
    """Our own words; "" where the state says it all."""
    front: Front
    seen: Observed
    """With what the login saw."""
    results: tuple[Result, ...]
    client_way: str = ""
    """`given`, `document` or `registered`."""
    client_id: str = ""
    tools: frozenset[str] = frozenset()
    """Foreign text."""
    revision: str = ""
    """Of the protocol."""
    sign_ins: int = 0
    taken: Taken = Taken()
