"""What a probe saw, step by step; all checks are made from this alone."""

from __future__ import annotations

from typing import Any

from unsprawl.scanner.oauth.addresses import Reach
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.attempt import Attempt
from unsprawl.scanner.oauth.challenge import Challenges
from unsprawl.scanner.oauth.login.seen import LoginSeen
from unsprawl.scanner.oauth.metadata import Tried
from unsprawl.scanner.record import NamedTuple


class Target(NamedTuple):
    """A server that is to be probed."""

    url: str
    """What is called: without a credential in it."""
    left_out: tuple[str, ...] = ()
    """Parts of the configured address that were not sent since they hold a credential, by name."""
    keyed: bool = False
    """Whether the entry sends a credential of its own."""
    trusted: bool = True
    """The user typed the address, or keeps it in a file of their own: it may be on this machine or in a private
    network."""
    entries: tuple[str, ...] = ()
    """The names of the configured entries that have this address."""


class Observed(NamedTuple):
    """One server."""

    target: Target
    first: Answer = Answer("")
    """What the question without a token was answered with, in the end."""
    endpoint: str = ""
    """Where that was: the target, or where it redirects to."""
    posted: Answer = Answer("")
    """What the very first request was answered with."""
    moved: Answer | None = None
    """The redirect of the endpoint."""
    transport: str = "unknown"
    """`http`, `sse` or `unknown`."""
    era: str = ""
    """`handshake` or `stateless`, where the server let us see it."""
    challenges: Challenges = Challenges()
    invented: Answer | None = None
    """What a token that nobody issued was answered with."""
    later: Answer | None = None
    """What the question for the list of tools was answered with, where the server greets without a token and nothing
    says that there is a login."""
    tried_resource: tuple[Tried, ...] = ()
    resource: Tried | None = None
    """The protected resource metadata that counts."""
    unsafe: tuple[str, ...] = ()
    """What discovery would have led to, and was not followed: what named it, and why not."""
    issuer: str = ""
    """The first entry of authorization_servers, as written."""
    tried_server: tuple[Tried, ...] = ()
    server: Tried | None = None
    """The authorization server metadata that counts."""
    tried_origin: Tried | None = None
    """That of the MCP server's origin, where nothing names another."""
    endpoints: tuple[tuple[str, str], ...] = ()
    """Endpoints of the authorization server that no client should call, and why."""
    authorize: Answer | None = None
    """The default endpoint of revision 2025-03-26, where there is no metadata at all."""
    answers: tuple[Answer, ...] = ()
    """All, in their order, without their bodies."""
    ended: bool = True
    """Whether the probe came to its end in time."""
    near: Reach = Reach.PUBLIC
    """From where the server can be reached."""
    attempt: Attempt | None = None
    """What registering a client came to; None where nobody asked for that."""
    login: LoginSeen | None = None
    """What a login saw, where there was one."""

    @property
    def prm(self) -> dict[str, Any]:
        """Protected resource metadata; empty where there is none."""
        return (self.resource.document if self.resource is not None else None) or {}

    @property
    def metadata(self) -> dict[str, Any]:
        """Authorization server metadata; empty where there is none."""
        return (self.server.document if self.server is not None else None) or {}

    @property
    def legacy(self) -> bool:
        """Whether the metadata is that of the MCP server's own origin, which nothing names."""
        return self.server is not None and self.server is self.tried_origin

    @property
    def issuer_written(self) -> object:
        """`issuer` of the metadata, whatever it is."""
        return self.metadata.get("issuer")

    @property
    def asks(self) -> bool:
        """Whether the server wants a token at once."""
        return self.first.status == 401

    @property
    def asks_later(self) -> bool:
        """Whether it wants one only for what comes after the greeting."""
        return self.later is not None and self.later.status in (401, 403)
