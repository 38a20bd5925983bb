"""Every check: a correct pair of servers fails none, and one change fails the checks that it should and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.oauth.bed import OPENID, RESOURCE, SERVER, Bed, bed, failed, probe, probed, results
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document, page, redirect
from unsprawl.scanner.oauth.checks import EVALUATED
from unsprawl.scanner.oauth.result import known_checks

Change = Callable[[Bed], object]


def prm(**parts: Any) -> Change:
    """Protected resource metadata with these parts; None takes one away."""
    return lambda bed: _merge(bed.prm, parts)


def meta(**parts: Any) -> Change:
    """The same with authorization server metadata."""
    return lambda bed: _merge(bed.metadata, parts)


def _merge(known: dict[str, Any], parts: dict[str, Any]) -> None:
    known |= parts
    for name in [name for name, value in parts.items() if value is None]:
        del known[name]


def challenge(text: str | None) -> Change:
    """With another challenge; `{mcp}` is the origin of the server."""

    def change(bed: Bed) -> None:
        bed.challenge = None if text is None else text.replace("{mcp}", bed.mcp.url)

    return change


def mcp(path: str, reply: Reply | Callable[[Asked], Reply], method: str = "GET") -> Change:
    """The MCP server answers so at a path."""
    return lambda bed: lambda again: again.mcp.routes.update({(method, path): reply})


def auth(path: str, reply: Reply) -> Change:
    """The authorization server answers so at a path."""
    return lambda bed: lambda again: again.auth.routes.update({("GET", path): reply})


def both(*changes: Change) -> Change:
    def change(bed: Bed) -> object:
        later = [after for each in changes if callable(after := each(bed))]
        return lambda again: [after(again) for after in later]

    return change


def endpoint(reply: Reply) -> Change:
    return mcp("/mcp", reply, "POST")


def no_prm(bed: Bed) -> None:
    bed.challenge = "Bearer"
    bed.prm_at = "/nowhere"


def at_the_origin(bed: Bed) -> object:
    """As 2025-03-26: the authorization server is the origin of the MCP server, and nothing says so."""
    no_prm(bed)
    return lambda again: again.mcp.routes.update(
        {("GET", SERVER): document(again.metadata | {"issuer": again.mcp.url})}
    )


def takes_any_token(bed: Bed) -> object:
    def answer(asked: Asked) -> Reply:
        if "authorization" not in asked.headers:
            return Reply(401, (("WWW-Authenticate", bed.challenge or ""),))
        return document(mcp_answer(asked.message))

    return lambda again: again.mcp.routes.update({("POST", "/mcp"): answer})


def refuses_with(status: int) -> Change:
    def change(bed: Bed) -> object:
        def answer(asked: Asked) -> Reply:
            bare = "authorization" not in asked.headers
            return Reply(401, (("WWW-Authenticate", bed.challenge or ""),)) if bare else Reply(status)

        return lambda again: again.mcp.routes.update({("POST", "/mcp"): answer})

    return change


def opened(bed: Bed) -> object:
    """Answers without a token."""
    answer = {("POST", "/mcp"): lambda asked: document(mcp_answer(asked.message))}
    return lambda again: again.mcp.routes.update(answer)


def stateless(bed: Bed) -> object:
    answer = {("POST", "/mcp"): lambda asked: document(mcp_answer(asked.message, stateless=True), _status(asked))}
    return lambda again: again.mcp.routes.update(answer)


def _status(asked: Asked) -> int:
    return 200 if asked.message.get("method") == "server/discover" else 400


def older_transport(bed: Bed) -> object:
    """HTTP+SSE behind a token."""
    wanted = Reply(401, (("WWW-Authenticate", bed.challenge or ""),))
    return lambda again: again.mcp.routes.update({("POST", "/mcp"): Reply(405), ("GET", "/mcp"): wanted})


def issuer(spelt: str, listed: str) -> Change:
    """`{auth}` is the origin of the authorization server."""

    def change(bed: Bed) -> None:
        bed.metadata["issuer"] = spelt.replace("{auth}", bed.auth.url)
        bed.prm["authorization_servers"] = [listed.replace("{auth}", bed.auth.url)]

    return change


def slow_server(bed: Bed) -> object:
    endless = Reply(200, (("Content-Type", "application/json"),), stream=lambda: iter([b" " * 65536] * 64))
    return lambda again: again.auth.routes.update({("GET", SERVER): endless})


VARIANTS: list[tuple[str, Change, str, str]] = [
    # what is wrong, the change, what must fail, the verdict
    ("another transport", older_transport, "T03", "ready-with-warnings"),
    ("a page", endpoint(page()), "T04 C01", "broken"),
    ("a login page elsewhere", endpoint(redirect("https://login.example.com/", 302)), "T04 T05 C01", "broken"),
    ("nothing", endpoint(Reply(404)), "T04 C01", "broken"),
    ("JSON of another kind", endpoint(document({"error": "no"}, 400)), "T04 C01", "broken"),
    ("down", endpoint(Reply(503)), "T02", "inconclusive"),
    ("too many requests", endpoint(Reply(429)), "T02", "inconclusive"),
    ("moved elsewhere", endpoint(redirect("https://other.example.com/mcp", 308)), "T04 T05 C01", "broken"),
    ("forbidden", endpoint(Reply(403)), "C01", "broken"),
    ("an error instead of 401", endpoint(document({"jsonrpc": "2.0", "id": 1, "error": {"code": -32001}})), "C01",
     "broken"),
    ("no challenge", challenge(None), "C02", "ready-with-warnings"),
    ("another challenge only", challenge('Basic realm="x"'), "C02", "ready-with-warnings"),
    ("a relative address", challenge(f'Bearer resource_metadata="{RESOURCE}/mcp", scope="tools"'), "C03",
     "ready-with-warnings"),
    ("no quotes", challenge(f"Bearer scope=tools, resource_metadata={{mcp}}{RESOURCE}/mcp"), "C03",
     "ready-with-warnings"),
    ("it names what is not there", challenge('Bearer resource_metadata="{mcp}/nothing", scope="tools"'), "C03",
     "ready-with-warnings"),
    ("no scope", challenge(f'Bearer resource_metadata="{{mcp}}{RESOURCE}/mcp"'), "C04", "ready"),
    ("any token will do", takes_any_token, "C05", "broken"),
    ("an invented token is forbidden", refuses_with(403), "C05", "ready-with-warnings"),
    ("login only later", opened, "C07", "ready-with-warnings"),
    ("open", both(opened, no_prm), "C08 P01", "open"),
    ("no metadata at all", no_prm, "P01 C04", "broken"),
    ("only a key", both(no_prm, challenge('ApiKey realm="x"')), "P01 C02", "static-key"),
    ("only a key, and no challenge", both(no_prm, challenge(None)), "P01 C02", "static-key"),
    ("a page for everything", both(no_prm, mcp("*", page())), "P01 P02 C04", "broken"),
    ("metadata is a list", mcp(f"{RESOURCE}/mcp", document([1])), "C03 P01 P02", "broken"),
    ("metadata with a key twice", mcp(f"{RESOURCE}/mcp", Reply(200, (), b'{"resource": "a", "resource": "b"}')),
     "C03 P01 P02", "broken"),
    ("metadata of another type", lambda bed: mcp(f"{RESOURCE}/mcp", document(bed.prm, kind="text/plain"))(bed), "P02",
     "ready-with-warnings"),
    ("no resource", prm(resource=None), "P03", "broken"),
    ("resource is no text", prm(resource=["x"]), "P03", "broken"),
    ("another resource", prm(resource="https://other.example.com/mcp"), "P03", "broken"),
    ("resource is a neighbour", lambda bed: _merge(bed.prm, {"resource": f"{bed.mcp.url}/mcp2"}), "P03", "broken"),
    ("resource is a parent", lambda bed: _merge(bed.prm, {"resource": bed.mcp.url}), "P03", "ready-with-warnings"),
    ("a slash behind resource", lambda bed: _merge(bed.prm, {"resource": f"{bed.url}/"}), "P03",
     "ready-with-warnings"),
    ("no authorization server", prm(authorization_servers=[]), "P04", "broken"),
    ("authorization servers are text", prm(authorization_servers="https://a.example.com"), "P04", "broken"),
    ("no address", prm(authorization_servers=["auth"]), "T06 P04 P06 A01", "broken"),
    ("offline access", prm(scopes_supported=["tools", "offline_access"]), "P05", "ready"),
    ("link-local metadata", challenge('Bearer resource_metadata="http://169.254.13.37/x", scope="tools"'),
     "T06 C03 P06", "broken"),
    ("several servers", lambda bed: bed.prm["authorization_servers"].append("https://b.example.com"), "P07", "ready"),
    ("no server metadata", auth(SERVER, Reply(404)), "A01", "broken"),
    ("another issuer", issuer("https://other.example.com", "{auth}"), "A02", "broken"),
    ("no issuer", meta(issuer=None), "A02", "broken"),
    ("a slash behind issuer", issuer("{auth}/", "{auth}"), "A02", "ready-with-warnings"),
    ("a slash behind the entry", issuer("{auth}", "{auth}/"), "A02", "ready-with-warnings"),
    ("a plain endpoint", meta(token_endpoint="http://auth.example.com/token"), "T06 A03", "broken"),
    ("no token endpoint", meta(token_endpoint=None), "A03", "broken"),
    ("a script", meta(authorization_endpoint="javascript:alert(1)"), "T06 A04", "broken"),
    ("a file", meta(authorization_endpoint="file:///etc/passwd"), "T06 A04", "broken"),
    ("no list of methods", meta(code_challenge_methods_supported=None), "A05", "ready-with-warnings"),
    ("only plain", meta(code_challenge_methods_supported=["plain"]), "A06", "broken"),
    ("other response types", meta(response_types_supported=["token"]), "A07", "broken"),
    ("for machines only", meta(grant_types_supported=["client_credentials"]), "A07 A11", "broken"),
    ("2025-03-26", at_the_origin, "C04 P01 A08", "legacy"),
    ("2025-03-26 without metadata", both(no_prm, mcp("/authorize", page(400))), "C04 P01 A09", "legacy"),
    ("iss is not sent", meta(authorization_response_iss_parameter_supported=None), "A10", "ready"),
    ("iss is a word", meta(authorization_response_iss_parameter_supported="true"), "A10", "ready"),
    ("no refresh", meta(grant_types_supported=["authorization_code"]), "A11", "ready"),
    ("no end", slow_server, "A01 A12", "broken"),
    ("secrets for all", meta(token_endpoint_auth_methods_supported=["client_secret_basic"]), "A13", "ready"),
    ("secrets for all, not said", meta(token_endpoint_auth_methods_supported=None), "A13", "ready"),
    ("by hand", meta(registration_endpoint=None, client_id_metadata_document_supported=False), "R01 R02 R03",
     "needs-client"),
    ("no documents", meta(client_id_metadata_document_supported=None), "R02", "ready"),
    ("documents are a word", meta(client_id_metadata_document_supported="true"), "R02", "ready"),
    ("documents only", meta(registration_endpoint=None), "R03", "ready"),
    ("only the stateless revision", both(stateless, no_prm), "C08 P01 V04", "open"),
]  # fmt: skip
NEVER_FAIL = {"A14", "F01"}
"""Nothing is right or wrong about what they tell."""
OF_THE_ADDRESS = {"T01", "C06"}
"""Tested below: the server has no part in them."""


def test_a_correct_server_fails_nothing() -> None:
    found = probed()
    assert (found.verdict.kind, failed(found)) == ("ready", set())
    open_to_tell = {"F01", "V04"} | {each.id for each in known_checks() if each.phase not in ("static", "passive")}
    assert {name for name, result in results(found).items() if result == "unknown"} == open_to_tell


@pytest.mark.parametrize(("change", "expected", "word"), [each[1:] for each in VARIANTS], ids=[v[0] for v in VARIANTS])
def test_one_change(change: Change, expected: str, word: str) -> None:
    found = probed(change)
    assert failed(found) == set(expected.split())
    assert found.verdict.kind == word
    for each in found.results:
        assert each.seen or not each.failed, each.check.id


def test_every_check_has_a_server_that_fails_it() -> None:
    tested = {check for _, _, expected, _ in VARIANTS for check in expected.split()}
    looking = {each.id for each in known_checks() if each.phase in ("static", "passive")}
    assert tested | NEVER_FAIL | OF_THE_ADDRESS == looking


def test_every_check_is_made() -> None:
    assert set(EVALUATED) == {each.id for each in known_checks()}


def test_plain_http_is_not_called() -> None:
    found = probe("http://mcp.example.com/mcp")
    assert {"T01", "T02"} <= failed(found)
    assert (found.verdict.kind, found.seen.first.status) == ("broken", 0)


def test_a_key_in_the_address() -> None:
    with bed() as made:
        found = probe(made.url, left_out=("api_key",))
        assert failed(found) == {"C06"}
        assert found.verdict.kind == "ready-with-warnings", "it is no fault of the server"


def test_a_redirect_to_the_same_origin_is_followed_once() -> None:
    with bed() as made:
        made.mcp.routes["POST", "/old"] = redirect("/mcp", 308)
        found = probe(f"{made.mcp.url}/old")
        assert (failed(found), found.verdict.kind) == ({"T05"}, "ready-with-warnings")
        made.mcp.routes["POST", "/older"] = redirect("/old", 308)
        assert probe(f"{made.mcp.url}/older").verdict.kind == "broken"


@pytest.mark.parametrize(("place", "source"), [(f"{OPENID}/tenant", "openid-inserted"), (f"/tenant{OPENID}", "openid")])
def test_an_issuer_with_a_path(place: str, source: str) -> None:
    def change(bed: Bed) -> None:
        issuer("{auth}/tenant", "{auth}/tenant")(bed)
        bed.metadata_at = place

    found = probed(change)
    assert (found.verdict.kind, failed(found)) == ("ready", set())
    assert found.seen.server is not None
    assert found.seen.server.source == source


def test_metadata_at_the_root_of_an_issuer_with_a_path() -> None:
    found = probed(issuer("{auth}/tenant", "{auth}/tenant"))
    assert (found.verdict.kind, failed(found)) == ("broken", {"A01"})
    assert "only at the root" in next(each.seen for each in found.results if each.check.id == "A01")


def test_the_right_issuer_wins_over_the_first_document() -> None:
    def change(bed: Bed) -> object:
        right = document(dict(bed.metadata))
        bed.metadata["issuer"] = "https://other.example.com"
        return lambda again: again.auth.routes.update({("GET", OPENID): right})

    found = probed(change)
    assert (found.verdict.kind, failed(found)) == ("ready", set())


def test_an_entry_with_a_key_where_no_login_is_offered() -> None:
    assert probed(no_prm, keyed=True).verdict.kind == "static-key"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_metadata_that_is_down_today_is_no_fault(status: int) -> None:
    assert probed(auth(SERVER, Reply(status))).verdict.kind == "inconclusive"
    assert probed(both(no_prm, mcp(f"{RESOURCE}/mcp", Reply(status)))).verdict.kind == "inconclusive"


@pytest.mark.parametrize(
    "catch_all", [page(), redirect("/login?from=here"), Reply(401), Reply(403)], ids=lambda r: r.status
)
def test_what_answers_everything_alike_has_no_login_endpoint(catch_all: Reply) -> None:
    changes = both(no_prm, mcp("*", catch_all), mcp("/login", page()))
    assert "A09" not in failed(probed(changes))


@pytest.mark.parametrize("answer", [page(), page(400), redirect("/login"), redirect("https://id.example.com/")])
def test_a_login_endpoint_without_metadata(answer: Reply) -> None:
    found = probed(both(no_prm, mcp("/authorize", answer)))
    assert ("A09" in failed(found), found.verdict.kind) == (True, "legacy")
