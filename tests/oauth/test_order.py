"""What is asked, in which order, with which headers: the sequence of the specification, and never a credential."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.oauth.bed import OPENID, RESOURCE, SERVER, Bed, bed, look
from tests.oauth.test_checks import Change, at_the_origin, both, challenge, issuer, no_prm, older_transport, opened
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document, page, redirect

PRM = f"GET {RESOURCE}"
AS = f"GET {SERVER}"
OIDC = f"GET {OPENID}"
POST = "POST /mcp"


def elsewhere(bed: Bed) -> None:
    bed.metadata_at = "/nowhere"


def at_the_root(bed: Bed) -> None:
    bed.prm_at = RESOURCE


@pytest.mark.parametrize(
    ("change", "of_mcp", "of_auth"),
    [
        (None, [POST, POST, f"{PRM}/mcp"], [AS]),
        (challenge("Bearer"), [POST, POST, f"{PRM}/mcp"], [AS]),
        (both(challenge("Bearer"), at_the_root), [POST, POST, f"{PRM}/mcp", PRM], [AS]),
        (challenge('Bearer resource_metadata="{mcp}/x"'), [POST, POST, "GET /x", f"{PRM}/mcp"], [AS]),
        (elsewhere, [POST, POST, f"{PRM}/mcp"], [AS, OIDC]),
        (both(elsewhere, issuer("{auth}/t", "{auth}/t")), [POST, POST, f"{PRM}/mcp"],
         [f"{AS}/t", f"{OIDC}/t", f"GET /t{OPENID}", AS]),
        (no_prm, [POST, POST, f"{PRM}/mcp", PRM, AS, "GET /authorize"], []),
        (at_the_origin, [POST, POST, f"{PRM}/mcp", PRM, AS], []),
        (older_transport, [POST, "GET /mcp", "GET /mcp", f"{PRM}/mcp"], [AS]),
        (opened, [POST, f"{PRM}/mcp"], [AS]),
        (both(opened, no_prm), [POST, f"{PRM}/mcp", PRM, POST], []),
    ],
)  # fmt: skip
def test_sequence(change: Change | None, of_mcp: list[str], of_auth: list[str]) -> None:
    with bed(change) as made:
        look(made.url)
        assert made.mcp.lines == of_mcp
        assert made.auth.lines == of_auth


def test_only_one_header_is_a_token_and_it_is_invented() -> None:
    with bed() as made:
        look(made.url, keyed=True)
        asked = [*made.mcp.asked, *made.auth.asked]
        tokens = [each.headers["authorization"] for each in asked if "authorization" in each.headers]
        assert len(tokens) == 1
        assert tokens[0].startswith("Bearer unsprawl-probe-")
        look(made.url)
        again = next(each for each in made.mcp.asked[4:] if "authorization" in each.headers)
        assert again.headers["authorization"] != tokens[0]
        for each in asked:
            assert "cookie" not in each.headers
            assert each.headers["accept-encoding"] == "identity"
            assert each.headers["host"] in (made.mcp.url[7:], made.auth.url[7:])


def test_cookies_are_not_kept() -> None:
    def change(bed: Bed) -> object:
        setting = Reply(401, (("Set-Cookie", "session=1; Path=/"), ("WWW-Authenticate", bed.challenge or "")))
        return lambda again: again.mcp.routes.update({("POST", "/mcp"): setting})

    with bed(change) as made:
        look(made.url)
        assert [each for each in made.mcp.asked if "cookie" in each.headers] == []


def test_the_greeting() -> None:
    with bed() as made:
        look(made.url)
        first = made.mcp.asked[0]
        assert (first.message["method"], first.message["params"]["protocolVersion"]) == ("initialize", "2025-11-25")
        assert first.headers["accept"] == "application/json, text/event-stream"
        assert first.headers["content-type"] == "application/json"


def test_a_server_of_the_stateless_era_is_asked_its_own_question() -> None:
    def change(bed: Bed) -> object:
        def answer(asked: Asked) -> Reply:
            good = asked.message["method"] == "server/discover"
            return document(mcp_answer(asked.message, stateless=True), 200 if good else 400)

        return lambda again: again.mcp.routes.update({("POST", "/mcp"): answer})

    with bed(both(no_prm, change)) as made:
        seen = look(made.url)
        assert (seen.era, seen.first.status) == ("stateless", 200)
        second = made.mcp.asked[1]
        assert (second.headers["mcp-protocol-version"], second.headers["mcp-method"]) == (
            "2026-07-28",
            "server/discover",
        )
        assert second.message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"


def test_a_session_that_was_opened_is_closed() -> None:
    def change(bed: Bed) -> object:
        reply = document({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}})
        with_session = Reply(200, (*reply.headers, ("Mcp-Session-Id", "abc")), reply.body)
        return lambda again: again.mcp.routes.update({("POST", "/mcp"): with_session})

    with bed(both(no_prm, change)) as made:
        look(made.url)
        assert made.mcp.lines[-2:] == ["POST /mcp", "DELETE /mcp"]
        assert [each.message.get("method") for each in made.mcp.asked[-2:]] == ["tools/list", None]
        assert {each.headers["mcp-session-id"] for each in made.mcp.asked[-2:]} == {"abc"}
        assert [each for each in made.mcp.asked[:-2] if "mcp-session-id" in each.headers] == []


@pytest.mark.parametrize("line", [b"\n", b"\r\n"])
def test_an_answer_as_a_stream_of_events_that_does_not_end(line: bytes) -> None:
    said = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}}).encode()

    def stream() -> Iterator[bytes]:
        yield b": hello" + line + line
        yield b"event: message" + line + b"data: " + said + line + line
        while True:
            time.sleep(0.05)
            yield b": still here" + line + line

    endless = Reply(200, (("Content-Type", "text/event-stream; charset=utf-8"),), stream=stream)
    with bed(both(no_prm, lambda bed: lambda again: again.mcp.routes.update({("POST", "/mcp"): endless}))) as made:
        seen = look(made.url)
        assert (seen.transport, seen.era) == ("http", "handshake")


def test_an_open_server_of_the_older_transport() -> None:
    def change(bed: Bed) -> object:
        def stream() -> Iterator[bytes]:
            yield b"event: endpoint\ndata: /messages/1\n\n"
            time.sleep(30)

        events = Reply(200, (("Content-Type", "text/event-stream"),), stream=stream)
        return lambda again: again.mcp.routes.update({("POST", "/mcp"): Reply(404), ("GET", "/mcp"): events})

    with bed(both(no_prm, change)) as made:
        seen = look(made.url)
        assert (seen.transport, seen.first.status) == ("sse", 200)


def test_redirects_of_metadata_are_followed_and_a_page_behind_them_is_none() -> None:
    def change(bed: Bed) -> object:
        return lambda again: again.mcp.routes.update(
            {
                ("GET", f"{RESOURCE}/mcp"): redirect("/moved"),
                ("GET", "/moved"): document(again.prm),
                ("GET", RESOURCE): redirect("/login"),
                ("GET", "/login"): page(),
            }
        )

    with bed(change) as made:
        seen = look(made.url)
        assert seen.resource is not None
        assert seen.resource.answer.hops == (f"{made.mcp.url}/moved",)
        made.mcp.routes["GET", f"{RESOURCE}/mcp"] = Reply(404)
        assert look(made.url).resource is None
