"""What the answer to an authorization request says, and what is sent in which order."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.oauth.bed import bed, look, results
from tests.oauth.registrar import registering, tried
from tests.oauth.test_active import has
from tests.servers.mapping_proxy import serving
from tests.servers.sites import Reply, page
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.attempt import Way
from unsprawl.scanner.oauth.authorizing import Wanted, reaction, request
from unsprawl.scanner.oauth.registering import CLIENT_NAME

ENDPOINT = "https://as.example.com/authorize"
MINE = "http://127.0.0.1:50000/callback"
WANTED = Wanted("me", MINE, "https://mcp.example.com/mcp", "read write")


def answer(status: int, location: str = "", body: bytes = b"", **more: str) -> Answer:
    headers = [(name.replace("_", "-"), value) for name, value in more.items()]
    return Answer(ENDPOINT, status, (*headers, *((("location", location),) if location else ())), body)


@pytest.mark.parametrize(
    ("came", "way"),
    [
        (answer(302, f"{MINE}?code=c&state=s"), Way.CODE),
        (answer(303, f"{MINE}#code=c"), Way.CODE),
        (answer(302, f"{MINE}?error=invalid_scope"), Way.REFUSED),
        (answer(302, MINE), Way.REFUSED),
        (answer(400), Way.REFUSED),
        (answer(404), Way.REFUSED),
        (answer(302), Way.REFUSED),
        (answer(302, "/login"), Way.OWN),
        (answer(302, "login"), Way.OWN),
        (answer(302, "/error?error=unauthorized_client"), Way.REFUSED),
        (answer(302, "https://as.example.com:8443/login"), Way.ELSEWHERE),
        (answer(302, "http://as.example.com/login"), Way.ELSEWHERE),
        (answer(302, "//login.example.com/x"), Way.ELSEWHERE),
        (answer(302, "http://127.0.0.1:50000/callback2?code=c"), Way.ELSEWHERE),
        (answer(302, "https://login.example.com/?" + "x" * 7000), Way.ELSEWHERE),
        (answer(302, "javascript:alert(1)"), Way.UNSAFE),
        (answer(302, "ms-settings:x"), Way.UNSAFE),
        (answer(200), Way.PAGE),
        (answer(200, "", b"<meta http-equiv=refresh content='0;url=https://login.example.com/'>"), Way.ELSEWHERE),
        (answer(200, "", b'<META content="0; URL=/next" HTTP-EQUIV="Refresh">'), Way.PAGE),
        (answer(200, "", b'<meta name="x" content="url=https://login.example.com/">'), Way.PAGE),
        (answer(200, "", b"<p>AADSTS9010010: resource"), Way.REFUSED),
        (answer(429), Way.SILENT),
        (answer(503), Way.SILENT),
        (answer(302, MINE)._replace(fault=Fault.SLOW), Way.SILENT),
    ],
    ids=lambda each: None if isinstance(each, Answer) else each.value,
)
def test_where_it_leads(came: Answer, way: Way) -> None:
    assert reaction(came, WANTED, {MINE}).way is way


@pytest.mark.parametrize("location", ["{}?code=c", "{}?error=x", "{}", "{}#code=c"])
def test_another_redirect_address_may_not_be_used_even_for_an_error(location: str) -> None:
    other = "https://other.example.com/callback"
    found = reaction(answer(302, location.format(other)), WANTED._replace(redirect=other), {MINE})
    assert found.way is Way.ASTRAY


@pytest.mark.parametrize(
    ("query", "another", "own"),
    [
        ("client_id=front&response_type=code", True, False),
        ("client_id=me&response_type=code", False, True),
        ("state=x", False, False),
        ("client_id=", False, False),
        ("client_id=front&client_id=me", True, False),
    ],
)
def test_in_whose_name_a_browser_is_sent_on(query: str, another: bool, own: bool) -> None:
    found = reaction(answer(302, f"https://login.example.com/authorize?{query}"), WANTED, {MINE})
    assert (found.other_client, found.own_client) == (another, own)
    assert "?" not in found.place


PAGES = [
    # the page, its headers, what is seen on it
    (f"<h1>{CLIENT_NAME}</h1>", {}, {"names_client": True, "framed": True, "form": False}),
    ("<h1>unsprawl&nbsp;probe</h1>", {}, {"names_client": False}),
    ('<input value="me"><a href="127.0.0.1:50000">x</a>', {}, {"names_client": False, "shows_redirect": False}),
    ("<p>me, 127.0.0.1:50000: read", {}, {"names_client": True, "shows_redirect": True, "shows_scopes": False}),
    ("<p>read, write", {"x_frame_options": "DENY"}, {"shows_scopes": True, "framed": False}),
    ("<p>", {"content_security_policy": "default-src 'self'; frame-ancestors 'self'"}, {"framed": False}),
    ("<p>", {"content_security_policy": "default-src 'self'", "x_frame_options": "ALLOWALL"}, {"framed": True}),
    ("<form><input type=password></form>", {}, {"form": True, "asks_who": True, "has_token": False}),
    ("<form><input name=login></form>", {}, {"asks_who": True}),
    ("<form><input type=hidden name=csrfmiddlewaretoken></form>", {}, {"has_token": True, "asks_who": False}),
    ("<form><input type=text name=csrf></form>", {}, {"has_token": False}),
]


@pytest.mark.parametrize(("source", "headers", "seen"), PAGES, ids=range(len(PAGES)))
def test_what_stands_on_a_page(source: str, headers: dict[str, str], seen: dict[str, bool]) -> None:
    found = reaction(answer(200, "", source.encode(), **headers), WANTED, {MINE}).page
    assert found is not None
    assert {name: getattr(found, name) for name in seen} == seen


def test_a_hostile_page_costs_no_time() -> None:
    import time

    for piece in (
        b"<input ",
        b"<meta http-equiv=refresh ",
        b"<",
        b"<form<input type=",
        b"url=" * 50 + b"<meta ",
        b"&#",
    ):
        begun = time.monotonic()
        reaction(answer(200, "", piece * ((1 << 20) // len(piece))), WANTED, {MINE})
        assert time.monotonic() - begun < 2, piece
    scopes = " ".join(f"s{number}" for number in range(400))
    begun = time.monotonic()
    reaction(answer(200, "", f"{scopes} client-1 {'<a>' * 80_000}".encode()), WANTED._replace(scope=scopes), {MINE})
    assert time.monotonic() - begun < 2


def test_the_request() -> None:
    words = dict(parse_qsl(urlsplit(request(f"{ENDPOINT}?tenant=a#top", WANTED)).query))
    assert (words["tenant"], words["client_id"], words["redirect_uri"]) == ("a", "me", MINE)
    assert (words["response_type"], words["code_challenge_method"]) == ("code", "S256")
    assert (words["resource"], words["scope"]) == ("https://mcp.example.com/mcp", "read write")
    assert len(words["code_challenge"]) == 43
    again = dict(parse_qsl(urlsplit(request(ENDPOINT, WANTED._replace(resource="", scope="", pkce=False))).query))
    assert set(again) == {"response_type", "client_id", "redirect_uri", "state"}
    assert again["state"] != words["state"]


def test_the_sequence() -> None:
    with bed(registering()) as made:
        seen = look(made.url)
        made.mcp.asked.clear()
        made.auth.asked.clear()
        from tests.oauth.registrar import attempted

        attempted([seen])
        assert made.mcp.asked == []
        assert [line.partition("?")[0] for line in made.auth.lines] == [
            "POST /register", *["GET /authorize"] * 5, "DELETE /register/client-1", "GET /register/client-1",
        ]  # fmt: skip
        asked = [dict(parse_qsl(urlsplit(each.path).query)) for each in made.auth.asked[1:6]]
        assert len({each["state"] for each in asked}) == 5
        assert ["code_challenge" in each for each in asked] == [True, False, True, True, True]
        assert [each["redirect_uri"] for each in asked] == [
            MINE, MINE, "http://127.0.0.1:50000/unsprawl-probe-other", "https://unsprawl.invalid/callback",
            "http://127.0.0.1:50001/callback",
        ]  # fmt: skip


LOGIN = b"<form><input type=email><input type=password></form>"


@pytest.mark.parametrize("body", [LOGIN, b"<script src=app.js></script>"], ids=["login", "script"])
def test_a_page_that_is_no_consent_proves_nothing_about_consent(body: bytes) -> None:
    goes = has(goes=lambda words, client: Reply(200, (("Content-Type", "text/html"),), body))
    with bed(registering(goes)) as made:
        told = results(tried(made.url))
    assert (told["F03"], told["F01"]) == ("unknown", "unknown")


def test_a_page_for_everything_proves_no_refusal() -> None:
    """A login made by a script shows one page, and what it says there is not seen."""
    with bed(registering()) as made:
        made.auth.routes["GET", "/authorize"] = page()
        told = results(tried(made.url))
    assert [told[each] for each in ("A15", "A16", "L07")] == ["pass", "unknown", "unknown"]


@contextmanager
def hangs_up_when_used_again(body: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Answers the first request of each connection, keeps it open, and closes it at the second."""
    asked: list[bytes] = []
    head = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: %d\r\n\r\n" % len(body)

    def speak(connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data or (data.startswith(b"POST") and not data.endswith(b"}")):
            data += connection.recv(65536)
        connection.sendall(head + body)
        asked.append(b"again: " + connection.recv(65536))

    with serving(speak) as port:
        yield f"http://127.0.0.1:{port}", asked


def test_a_connection_that_is_closed_when_it_is_used_again_is_no_fault() -> None:
    with hangs_up_when_used_again(b"no") as (origin, asked):
        seen = look(f"{origin}/mcp")
        assert seen.invented is not None
        assert (seen.first.status, seen.invented.status) == (401, 401)
        assert all(each.fault is None for each in seen.answers)
        assert any(each.startswith(b"again: POST") for each in asked), "it was used again"
