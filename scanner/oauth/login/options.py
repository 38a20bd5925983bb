"""What the user wants of a login, and how it talks to them."""

from __future__ import annotations

from collections.abc import Callable

from unsprawl.scanner.oauth.login.ledger import Learn
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

PERSON_S = 300
"""For one sign-in at the browser."""
MACHINE_S = 60.0
"""For all that needs nobody, between two sign-ins."""
MOST_SIGN_INS = 3
"""Of the login itself: a server that wants more goes in circles."""


class Options(NamedTuple):
    """How to log in."""

    client_id: str = ""
    client_secret: Secret | None = None
    document: str = ""
    """The address of a client metadata document, which is the client id then."""
    callback: str = ""
    """The redirect URI that is registered for the client; "" for any on this machine."""
    timeout_s: float = PERSON_S
    deep: bool = False
    grace_s: float = 5.0


class Talk(NamedTuple):
    """How a login reaches the user."""

    say: Callable[[str], None]
    """A line on what goes on."""
    sign_in: Callable[[str, str], None]
    """Shows an address that was judged, and why, and opens it."""
    learn: Learn
    """Told of every secret before it is used."""
    ask: Callable[[str], bool]
    """A question, and whether the answer is yes."""
