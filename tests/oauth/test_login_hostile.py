"""Servers that are honest until somebody logs in: what they then name, say or hold back does no harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from tests.oauth.login_bed import Person, Provider, login, provider
from tests.oauth.test_hostile import SPACES, endless, little_memory
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Answering, Asked, Reply, document, page, redirect, site
from unsprawl.scanner.oauth import visit
from unsprawl.scanner.oauth.login import gate, run
from unsprawl.scanner.oauth.login.outcome import State

Change = Callable[[Provider], object]
LINK_LOCAL = "http://169.254.7.7"
_LONGEST_S = 40


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter limits: what is tried is that they hold, not how long they are."""
    monkeypatch.setattr(visit, "REQUEST_S", 0.5)
    monkeypatch.setattr(gate, "ANSWER_S", 1.0)
    monkeypatch.setattr(run, "MACHINE_S", 6.0)


def after_look(it: Provider, path: str, reply: Answering, *, site: str = "auth", looks: int = 1) -> None:
    """Answer honestly as often as we look, and the SDK with another thing."""
    routes = getattr(it.bed, site).routes
    honest = routes["GET", path]
    asked = 0

    def answer(request: Asked) -> Reply:
        nonlocal asked
        asked += 1
        known = honest if asked <= looks else reply
        return known if isinstance(known, Reply) else known(request)

    routes["GET", path] = answer


def metadata(looks: int = 1, **parts: object) -> Change:
    """Other metadata for the SDK than for our own look."""
    return lambda it: after_look(it, it.bed.metadata_at, document({**it.bed.metadata, **parts}), looks=looks)


def on_token(reply: Answering) -> Change:
    return lambda it: it.bed.auth.routes.update({("POST", "/token"): reply})


def for_token(reply: Callable[[Provider, Asked], Reply]) -> Change:
    """What the MCP server says to whoever has a token."""

    def change(it: Provider) -> None:
        def answer(asked: Asked) -> Reply:
            return reply(it, asked) if asked.headers.get("authorization") else it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = answer

    return change


def greeted(reply: Callable[[Asked], Reply]) -> Change:
    """It greets whoever has a token, and answers like this when asked for tools."""

    def answer(it: Provider, asked: Asked) -> Reply:
        return reply(asked) if asked.message.get("method") == "tools/list" else it.endpoint(asked)

    return for_token(answer)


def pages(asked: Asked) -> Reply:
    """A list of tools without an end."""
    cursor = int((asked.message.get("params") or {}).get("cursor", "0"))
    tools = [{"name": f"tool-{cursor}", "inputSchema": {"type": "object"}}]
    return document(
        {"jsonrpc": "2.0", "id": asked.message["id"], "result": {"tools": tools, "nextCursor": f"{cursor + 1}"}}
    )


def never_enough(it: Provider, asked: Asked) -> Reply:
    scope = f"scope-{len(it.codes)}"
    challenge = (
        f'Bearer error="insufficient_scope", scope="{scope}", resource_metadata="{it.bed.mcp.url}{it.bed.prm_at}"'
    )
    return Reply(403, (("WWW-Authenticate", challenge),))


def never_the_token(it: Provider, asked: Asked) -> Reply:
    it.tokens.clear()
    return it.endpoint(asked)


def mcp_redirects(it: Provider, asked: Asked) -> Reply:
    return redirect(asked.path, 307)


SWITCHED: list[tuple[str, dict[str, object]]] = [
    ("token endpoint elsewhere", {"token_endpoint": "{other}/token"}),
    ("registration elsewhere", {"registration_endpoint": "{other}/register"}),
    ("sign-in elsewhere", {"authorization_endpoint": "{other}/authorize"}),
    ("token endpoint link-local", {"token_endpoint": f"{LINK_LOCAL}/token"}),
    ("registration link-local", {"registration_endpoint": f"{LINK_LOCAL}/register"}),
    ("sign-in link-local", {"authorization_endpoint": f"{LINK_LOCAL}/authorize"}),
    ("sign-in over http", {"authorization_endpoint": "http://login.example.com/authorize"}),
]


@pytest.mark.parametrize("parts", [each[1] for each in SWITCHED], ids=[each[0] for each in SWITCHED])
def test_metadata_that_changes_once_we_have_looked(parts: dict[str, object]) -> None:
    """Our look came first; what the SDK reads after it counts only if another look of ours finds it too."""
    with site() as other, provider() as it:
        filled = {name: str(value).replace("{other}", other.url) for name, value in parts.items()}
        honest = document(it.bed.metadata)
        after_look(it, it.bed.metadata_at, document({**it.bed.metadata, **filled}))
        switched = it.bed.auth.routes["GET", it.bed.metadata_at]
        times = 0

        def second_only(asked: Asked) -> Reply:
            nonlocal times
            times += 1
            return switched(asked) if times <= 2 and callable(switched) else honest

        it.bed.auth.routes["GET", it.bed.metadata_at] = second_only
        done = login(it, person := Person())
        assert (done.state, done.reason.startswith("stopped: ")) == (State.REFUSED, True), done.reason
        assert [each for each in other.asked if each.method == "POST"] == []
        assert [url for url in person.opened if not url.startswith(it.bed.auth.url)] == []
        assert it.tokens == {}


def test_another_authorization_server_that_we_find_bad(hurried: None) -> None:
    """The server takes the token away, and names another authorization server, which lists no PKCE."""
    with provider() as other, provider() as it:
        other.bed.metadata["code_challenge_methods_supported"] = ["plain"]
        other.bed.auth.routes["GET", other.bed.metadata_at] = document(other.bed.metadata)

        def moves(asked: Asked) -> Reply:
            if asked.headers.get("authorization"):
                it.bed.prm["authorization_servers"] = [other.bed.auth.url]
                it.bed.mcp.routes["GET", it.bed.prm_at] = document(it.bed.prm)
                it.tokens.clear()
            return it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = moves
        done = login(it, person := Person())
        assert (done.state, "A06" in done.reason) == (State.REFUSED, True), done.reason
        assert [line for line in other.bed.auth.lines if line.startswith("POST")] == []
        assert len(person.opened) == 1
        assert sorted(each.what for each in done.taken.things if each.done) == [
            "access token",
            "client",
            "refresh token",
        ]


def test_another_authorization_server_that_is_link_local(hurried: None) -> None:
    with provider() as it:
        it.bed.prm["authorization_servers"] = [LINK_LOCAL]
        after_look(it, it.bed.prm_at, document(it.bed.prm), site="mcp")
        done = login(it, person := Person())
        assert (done.state, person.opened) == (State.REFUSED, [])
        assert "link-local" in done.reason


HOSTILE: list[tuple[str, Change, str]] = [
    ("a token endpoint that says a gigabyte", on_token(endless()), "no usable answer: said more than"),
    ("a token endpoint that drips", on_token(endless(b" ", 10_000, 0.05)), "no usable answer: did not answer"),
    ("a token endpoint with HTML", on_token(page()), "the code could not be exchanged: 200 text/html"),
    ("a token endpoint that redirects to itself", on_token(redirect("/token", 307)), "the code could not be exchanged"),
    ("a token endpoint that redirects elsewhere", on_token(redirect(f"{LINK_LOCAL}/token", 307)),
     "the code could not be exchanged: 307"),
    ("metadata of a gigabyte for the SDK", lambda it: after_look(it, it.bed.metadata_at, endless()),
     "no usable answer: said more than"),
    ("a registration of a gigabyte", lambda it: it.bed.auth.routes.update({("POST", "/register"): endless()}),
     "no usable answer: said more than"),
    ("a registration that is refused",
     lambda it: it.bed.auth.routes.update({("POST", "/register"): document({"error": "invalid_redirect_uri"}, 400)}),
     "no client could be registered: 400 invalid_redirect_uri"),
    ("tools of a gigabyte", greeted(lambda asked: endless()), "the server said more than 16 MiB"),
    ("tools that drip", greeted(lambda asked: endless(b" ", 10_000, 0.05)), "too slow"),
    ("tools without an end", greeted(pages), "the server has more than"),
    ("an MCP server in a circle", for_token(mcp_redirects), "to another address"),
    ("scopes without an end", for_token(never_enough), "more"),
    ("no token is ever good", for_token(never_the_token), "does not take the token"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "says"), HOSTILE, ids=[each[0] for each in HOSTILE])
def test_during_the_login(name: str, change: Change, says: str, hurried: None) -> None:
    begun = time.monotonic()
    with provider(change) as it, little_memory() if "gigabyte" in name else nullcontext():
        done = login(it, person := Person())
    assert time.monotonic() - begun < _LONGEST_S
    assert done.state in (State.FAILED, State.INCONCLUSIVE, State.REFUSED), done.state
    assert says in done.reason, done.reason
    assert len(person.opened) <= 3
    assert [each for each in it.secrets if each in repr(done)] == []


def test_what_was_created_before_it_failed_is_taken_back() -> None:
    with provider(greeted(lambda asked: Reply(500))) as it:
        done = login(it)
        assert done.state is State.INCONCLUSIVE
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})


def test_no_undoing_takes_longer_than_it_may(monkeypatch: pytest.MonkeyPatch, hurried: None) -> None:
    from unsprawl.scanner.oauth.login import undo

    monkeypatch.setattr(undo, "UNDO_S", 0.3)
    with provider(lambda it: it.bed.auth.routes.update({("POST", "/revoke"): endless(b" ", 10_000, 0.05)})) as it:
        begun = time.monotonic()
        done = login(it)
    assert time.monotonic() - begun < _LONGEST_S
    assert done.state is State.SIGNED_IN
    assert [(each.what, each.done) for each in done.taken.things] == [("token", False)] * 2 + [("client", False)]


def test_a_server_that_answers_with_what_nobody_asked(hurried: None) -> None:
    odd = [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"jsonrpc": "2.0", "id": 99, "result": {}}', SPACES[:4096]]
    for body in odd:
        reply = Reply(200, (("Content-Type", "application/json"),), body)
        with provider(greeted(lambda asked, reply=reply: reply)) as it:  # type: ignore[misc]
            it.bed.mcp.routes["GET", it.bed.path] = Reply(405)
            done = login(it)
        assert done.state in (State.FAILED, State.INCONCLUSIVE), body
        assert it.clients == {}


@pytest.mark.parametrize("field", ["access_token", "refresh_token", "scope", "expires_in", "token_type"])
@pytest.mark.parametrize("value", [None, 3, [], {}, True, "\x1b[31m", "x" * 100_000], ids=lambda v: repr(v)[:9])
def test_odd_values_in_the_answer_of_the_token_endpoint(field: str, value: object) -> None:
    with provider(lambda it: setattr(it, "answer", lambda body: {**body, field: value})) as it:
        done = login(it)
    # A token of 100,000 characters is more than the server of this test lets anybody send.
    assert done.state in (State.SIGNED_IN, State.FAILED, State.INCONCLUSIVE), done.reason
    assert it.clients == {}


def test_tools_with_names_of_any_kind() -> None:
    names = ("\x1b[2J", "a\u202eb", "x" * 10_000, "[bold]x[/bold]", "")
    with provider(greeted(lambda asked: document(mcp_answer(asked.message, names)))) as it:
        assert login(it).tools == set(names)
