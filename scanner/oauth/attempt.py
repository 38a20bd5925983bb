"""What the active part of a probe did at an authorization server, and what came of it. No secret is in it."""

from __future__ import annotations

from enum import StrEnum

from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.record import NamedTuple


class End(StrEnum):
    """What became of a client that was asked for."""

    NONE = "none"
    """The server refused to register it."""
    DELETED = "deleted"
    LEFT = "left"
    UNSURE = "unsure"
    """No whole answer came: it may be there, under an id that only the server knows."""


class Registration(NamedTuple):
    """One request to register a client."""

    endpoint: str
    redirects: tuple[str, ...]
    """The redirect addresses that it named."""
    scoped: bool = False
    """Whether it named scopes."""
    answer: Answer = Answer("")
    """Without its content, which may hold a secret."""
    client_id: str = ""
    """"" where there is none that a client could use."""
    refusal: str = ""
    """Why there is no client: our words, and the error that the server names. Foreign text."""
    kept: tuple[str, ...] | None = None
    """The redirect addresses that the server says it has registered; None where it does not say."""
    method: str = ""
    """How the client is to authenticate; "" where the server does not say."""
    has_secret: bool = False
    expires: bool = False
    """Whether its secret ends one day."""
    faults: tuple[tuple[str, str], ...] = ()
    """What is wrong with the answer: severity, and what."""
    end: End = End.NONE
    end_reason: str = ""
    """Why it is not deleted."""
    managed: bool = False
    """Whether the server offered to delete it (RFC 7592)."""

    @property
    def taken(self) -> bool:
        """Whether there is a client to go on with."""
        return bool(self.client_id)

    @property
    def down(self) -> bool:
        """Whether there was no answer that would be the same tomorrow."""
        answer = self.answer
        return answer.fault is not None or answer.status == 429 or answer.status >= 500 or not answer.status


class Page(NamedTuple):
    """What stands on a page that an authorization server shows before it lets a client in."""

    form: bool
    names_client: bool
    shows_redirect: bool
    shows_scopes: bool
    has_token: bool
    """A hidden value that a page of another site could not know."""
    framed: bool
    """Whether another site may show it in a frame."""
    asks_who: bool
    """Whether there is a field to type into: a login, then."""


class Way(StrEnum):
    """Where an authorization endpoint sends a browser."""

    CODE = "code"
    """Back to the client with a code: nobody had to log in."""
    REFUSED = "refused"
    """An error page, or back to the client with an error."""
    ASTRAY = "astray"
    """To an address that the client never registered."""
    ELSEWHERE = "elsewhere"
    """To another origin."""
    OWN = "own"
    """To another address of its own origin."""
    PAGE = "page"
    UNSAFE = "unsafe"
    """To what no browser should open."""
    SILENT = "silent"
    """No answer that says anything."""


class Reaction(NamedTuple):
    """One answer of an authorization endpoint. It was not followed."""

    way: Way
    told: str = ""
    """In our words, with what the server said. Foreign text."""
    place: str = ""
    """Where it sends the browser: the address without its query."""
    error: str = ""
    other_client: bool = False
    """Whether that is an authorization request in the name of another client."""
    own_client: bool = False
    """Whether it carries the client's id on."""
    onward: str = ""
    """Where exactly it sends the browser, for who goes along."""
    page: Page | None = None
    """What stands on its page."""

    @property
    def goes_on(self) -> bool:
        """Whether the request was taken."""
        return self.way in (Way.CODE, Way.ELSEWHERE, Way.OWN, Way.PAGE)


class Attempt(NamedTuple):
    """The active part, for one MCP server."""

    not_tried: str = ""
    """Why nothing was sent; "" where something was."""
    declined: bool = False
    """Whether that is since nobody agreed to it."""
    registrations: tuple[Registration, ...] = ()
    port: int = 0
    """Of the redirect addresses on this machine that have none of their own."""
    shapes: tuple[tuple[tuple[str, ...], bool | None], ...] = ()
    """Redirect addresses of hosts, and whether they may be registered; None: not tried."""
    client: Registration | None = None
    """The one that the authorization requests speak for."""
    right: Reaction | None = None
    """To the request as the specification wants it."""
    last: Reaction | None = None
    """The same after redirects within its own origin."""
    no_resource: Reaction | None = None
    """Without `resource`; tried only where the right one is refused."""
    no_scope: Reaction | None = None
    """Without `scope` either; tried only where that is refused too."""
    no_challenge: Reaction | None = None
    """Without PKCE."""
    other_path: Reaction | None = None
    """With a redirect address of another path than the registered one."""
    other_host: Reaction | None = None
    """With one of another host."""
    other_port: Reaction | None = None
    """With one of another port of this machine, which RFC 8252 wants to be free."""
    ended: bool = True
    """Whether it came to its end in time."""
    requests: int = 0

    @property
    def left(self) -> tuple[Registration, ...]:
        """Clients that are, or may be, still there."""
        return tuple(each for each in self.registrations if each.end in (End.LEFT, End.UNSURE))

    @property
    def whole(self) -> bool:
        """Whether all that was agreed to was done, and answered."""
        if self.not_tried:
            return not self.declined
        silent = self.right is not None and self.right.way is Way.SILENT
        return self.ended and not silent and (self.right is not None or self.refused)

    @property
    def refused(self) -> bool:
        """Whether the server answers, and nobody gets a client there."""
        return bool(self.registrations) and not any(each.taken or each.down for each in self.registrations)
