"""What a login saw, step by step; the checks of the phases login and deep are made from this alone."""

from __future__ import annotations

from unsprawl.scanner.record import NamedTuple


class Token(NamedTuple):
    """Facts of an access token and of what came with it. Nothing of its text."""

    type: str
    """As the server spelt it."""
    lifetime_s: int | None
    refresh: bool
    """Whether a refresh token came with it."""
    asked: tuple[str, ...]
    granted: tuple[str, ...] | None
    """None where the answer names no scopes, which means those that were asked for."""
    jwt: bool = False
    """Whether its claims can be read."""
    issuer: str = ""
    audience: tuple[str, ...] = ()
    vendor: str = ""
    """Whose credentials look like this, where a rule of ours knows it."""


class Attempt(NamedTuple):
    """What the authorization server made of a request that it has to refuse."""

    status: int = 0
    """0: nothing came."""
    error: str = ""
    token: bool = False
    """It gave a token."""
    where: str = ""
    """What the attempt was, for a reader, where that is not plain."""


class LoginSeen(NamedTuple):
    """One login."""

    resource: str = ""
    """The resource parameter that was sent; "" for none."""
    issuer: str = ""
    """Of the authorization server in use, as its metadata writes it."""
    advertised: bool = False
    """Whether it says that it sends `iss`."""
    state: str = ""
    """`same`, `missing` or `other`, once an authorization response came."""
    iss: str = ""
    """`same`, `absent` or `other`, once an authorization response with the right state came."""
    refused: str = ""
    """The error code of the authorization response."""
    registered: Attempt | None = None
    """The registration of a client; `token`: it gave an id. None where none was asked for."""
    kept: tuple[str, ...] | None = None
    """Why clients that were registered could not be deleted; None where none was registered."""
    target_refused: bool = False
    """It said that it does not take the resource parameter."""
    exchange: Attempt | None = None
    """The exchange of the code."""
    token: Token | None = None
    replayed: Attempt | None = None
    """The code, exchanged once more."""
    wrong_verifier: Attempt | None = None
    wrong_redirect: Attempt | None = None
    refreshed: Attempt | None = None
    rotated: bool | None = None
    """Whether the refresh gave a new refresh token; None where it gave none, or was not tried."""
    other_resource: Attempt | None = None
    """What the authorization server made of the request for a token for another resource."""
    other_accepted: int = 0
    """What the MCP server answered to that token."""
