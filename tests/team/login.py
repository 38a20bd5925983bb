"""The entries that the team moved to `oauth`, up to their end: colleagues really log in where they lead.

The server is the official SDK's with its authorization server, under the vendor's name: the proxy leads that name to
the stand-in, which ends TLS, keeps every request and hands it on. So metadata, audience, redirect and token are those
of the name in the shared file. What the vendor's real server does is not proved by it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.cli.terminal import Terminal
from tests.oauth.running import python_sdk
from tests.report.test_contract import checked
from tests.servers.sites import Asked, Reply, Site
from tests.team.bed import WORK, Person, found, planted

ENTRIES = {"linear": "https://mcp.linear.app/mcp", "tavily": "https://mcp.tavily.com/mcp/"}
"""Those that were moved, and where each leads."""
LOOK = ("--path", f"{WORK}/app/.mcp.json", "--path", f"{WORK}/web/.cursor/mcp.json")
FOLLOW = Path(__file__).parents[1] / "servers" / "follow.py"
BROWSER = f"{sys.executable} {FOLLOW} %s"
_METHODS = ("GET", "POST", "DELETE")
_NOT_HANDED_ON = {"connection", "content-length", "transfer-encoding", "keep-alive"}


@dataclass(slots=True)
class Vendor:
    """The server behind a name, and what it gave and got."""

    url: str
    loopback: str
    access: list[str] = field(default_factory=list, repr=False)
    """Tokens in the order in which the server issued them."""
    refresh: list[str] = field(default_factory=list, repr=False)
    answers: list[tuple[Asked, int]] = field(default_factory=list, repr=False)
    """The status that it gave to what."""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def answer(self, asked: Asked) -> Reply:
        """What the SDK's server says."""
        connection = HTTPConnection(self.loopback, timeout=20)
        headers = {name: value for name, value in asked.headers.items() if name not in _NOT_HANDED_ON}
        connection.request(asked.method, asked.path, asked.body or None, {**headers, "host": self.loopback})
        told = connection.getresponse()
        self.answers.append((asked, told.status))
        given = tuple((name, value) for name, value in told.getheaders() if name.lower() not in _NOT_HANDED_ON)
        if told.headers.get_content_type() == "text/event-stream":
            return Reply(told.status, given, stream=lambda: _pieces(told))
        body = told.read()
        connection.close()
        if (asked.method, asked.path, told.status) == ("POST", "/token", 200):
            issued = json.loads(body)
            self.access.append(issued["access_token"])
            self.refresh.append(issued["refresh_token"])
        return Reply(told.status, given, body)


def _pieces(told: HTTPResponse) -> Iterator[bytes]:
    while piece := told.read1(65536):
        yield piece


@contextmanager
def _vendors(site: Site) -> Iterator[dict[str, Vendor]]:
    """While the block runs, there is a server behind each name; before and after, the stand-in says 401."""
    before = dict(site.routes)
    with ExitStack() as stack:
        made: dict[str, Vendor] = {}
        for url in ENTRIES.values():
            loopback = stack.enter_context(python_sdk("demo", known_as=url))
            made[urlsplit(url).netloc] = Vendor(url, urlsplit(loopback).netloc)
        for method in _METHODS:
            site.routes[method, "*"] = lambda asked: made[asked.headers["host"]].answer(asked)
        try:
            yield made
        finally:
            site.routes.clear()
            site.routes.update(before)


def log_in_where_entries_lead(site: Site, bo: Person, cem: Person) -> None:
    """Each entry as it stands in the files of a clone: a look while nothing is offered, one when it is, a login."""
    for name in ENTRIES:
        _probe(cem, name, "broken")  # it asks for a token, and nothing says where to get one
    with _vendors(site) as vendors:
        linear, tavily = vendors.values()
        for person in (bo, cem):
            for name in ENTRIES:
                _probe(person, name, "ready")
        assert linear.access + tavily.access == [], "a probe logs nobody in"
        _by_name(bo, "linear")
        _taken_back(bo, linear)
        _by_address(cem, "tavily")
        _taken_back(cem, tavily)
        assert (len(linear.access), len(tavily.access)) == (1, 1)


def _probe(person: Person, name: str, verdict: str) -> None:
    words = ("probe", name, *LOOK, "--format", "json")
    [probed] = checked(person.types(*words, code=int(verdict == "broken")), "probe")["probes"]
    assert (probed["url"], probed["verdict"]) == (ENTRIES[name], verdict), probed["reason"]


def _by_name(person: Person, name: str) -> None:
    """A file of a repository names the server, so a person is asked."""
    with Terminal(person.start, "login", name, *LOOK, BROWSER=BROWSER) as terminal:
        terminal.until(r"Log in there\?")
        terminal.press("y\r")
        code = terminal.end()
        person.printed.append(terminal.raw)
        assert code == 0, terminal.shown
        shown = " ".join(terminal.shown.split())
        for part in ("signed in", "tools 1: say_hello", "the server refuses the revoked token"):
            assert part in shown, shown


def _by_address(person: Person, name: str) -> None:
    """Whoever types the address is not asked."""
    login = checked(person.types("login", ENTRIES[name], "--format", "json", BROWSER=BROWSER), "login")["login"]
    assert (login["outcome"], login["tools"]) == ("signed-in", ["say_hello"]), login["reason"]
    assert login["issuer"] == ENTRIES[name].removesuffix(urlsplit(ENTRIES[name]).path)
    assert [(each["what"], each["done"]) for each in login["undone"]] == [
        ("refresh token", True), ("access token", True), ("client", False),  # the SDK's server deletes none
    ]  # fmt: skip
    assert login["revoked_token_answered"] == 401


def _taken_back(person: Person, vendor: Vendor) -> None:
    """The one token that the server let in is its own, it is of no use any more, and nobody keeps it."""
    [access], [refresh] = vendor.access, vendor.refresh
    calls = [(asked.message.get("method"), status) for asked, status in vendor.answers if asked.path == vendor.path
             and asked.headers.get("authorization") == f"Bearer {access}"]  # fmt: skip
    assert ("tools/list", 200) in calls, calls
    assert calls[-1][1] == 401, "after it was revoked"
    let_in = [asked for asked, status in vendor.answers if (asked.path, status) == (vendor.path, 200)]
    assert {asked.headers.get("authorization") for asked in let_in} == {f"Bearer {access}"}
    assert {
        parse_qs(asked.body.decode())["token"][0] for asked, status in vendor.answers
        if (asked.path, status) == ("/revoke", 200)
    } == {access, refresh}  # fmt: skip
    tokens = {access, refresh}
    found(tokens, "\n".join(person.printed), f"what {person.name} was shown")
    for path in person.home.rglob("*"):
        if path.is_file():
            found(tokens, path.read_bytes().decode("utf-8", "surrogateescape"), str(path))


def no_key_came(vendors: Site) -> None:
    """Of all that was asked in the whole story: no key, old or new, in a path, a header or a body."""
    lines = []
    for asked in vendors.asked:
        lines += [asked.path, *asked.headers.values(), asked.body.decode("utf-8", "surrogateescape")]
    assert len(vendors.asked) > 20
    found(planted(), "\n".join(lines), "what vendors were asked")
