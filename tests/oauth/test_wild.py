"""Servers as they are met outside: spellings, detours and half measures, each with what the specification makes of it.

What is expected here is read from the specification and from how clients behave, not from the checks.
"""

from __future__ import annotations

import gzip
from random import Random

import pytest

from tests.oauth.bed import OPENID, RESOURCE, SERVER, failed, probed, works
from tests.oauth.changes import (
    JSON,
    at_the_root,
    headers,
    hops,
    later,
    listed,
    meta_bytes,
    modern,
    modern_later,
    moved,
    named,
    one_site,
    origin_metadata,
    placed,
    prm_bytes,
    prm_placed,
    resource,
    rpc_error,
    speaks,
    stream_of,
    token_gets,
    wanted,
)
from tests.oauth.test_checks import (
    NEVER_FAIL,
    OF_THE_ADDRESS,
    Change,
    auth,
    both,
    challenge,
    endpoint,
    issuer,
    mcp,
    meta,
    no_prm,
    opened,
    prm,
)
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Reply, document, page, redirect
from unsprawl.scanner.oauth.result import known_checks

WARN, BROKEN = "ready-with-warnings", "broken"
CHALLENGES: list[tuple[str, Change, str, str]] = [
    ("small letters", named('bearer resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("capitals", named('BEARER resource_metadata="{odd}",scope=tools'), "", "ready"),
    ("names in capitals", named('Bearer Resource_Metadata="{odd}", SCOPE="tools"'), "", "ready"),
    ("spaces around the equals signs", named('Bearer resource_metadata = "{odd}" , scope = "tools"'), "", "ready"),
    ("empty elements", named(', ,Bearer resource_metadata="{odd}",, scope="tools",'), "", "ready"),
    ("behind Basic", named('Basic realm="a, b", Bearer resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("before Basic", named('Bearer resource_metadata="{odd}", scope="tools", Basic realm="x"'), "", "ready"),
    ("behind Digest", named('Digest realm="x", nonce="a==", qop="auth", Bearer scope="tools", '
     'resource_metadata="{odd}"'), "", "ready"),
    ("behind a token68", named('Negotiate dG9rZW4=, Bearer resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("behind DPoP", named('DPoP algs="ES256", Bearer resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("another one within quotes", named('Bearer realm="x\\", resource_metadata=\\"{mcp}/wrong\\"", '
     'resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("a Bearer within the quotes of Basic", named('Basic realm="Bearer resource_metadata={mcp}/wrong", '
     'Bearer resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("an escaped letter", named('Bearer resource_metadata="{mcp}/\\odd", scope="tools"'), "", "ready"),
    ("an error with commas", named('Bearer error="invalid_token", error_description="No, not so", '
     'resource_metadata="{odd}", scope="tools"'), "", "ready"),
    ("scheme in capitals", lambda bed: named(
        'Bearer resource_metadata="{odd}", scope="tools"'.replace("{odd}", f"{bed.mcp.url.upper()}/odd"))(bed),
     "", "ready"),
    ("two lines, Basic first", headers('Basic realm="x"', 'Bearer resource_metadata="{odd}", scope="tools"'), "",
     "ready"),
    ("two lines, Bearer first", headers('Bearer resource_metadata="{odd}", scope="tools"', 'Basic realm="x"'), "",
     "ready"),
    ("two Bearers, the second names it", named('Bearer realm="a", Bearer resource_metadata="{odd}", scope="tools"'),
     "", "ready"),
    ("two lines, both Bearer", headers('Bearer realm="a"', 'Bearer resource_metadata="{odd}", scope="tools"'), "",
     "ready"),
    ("only Basic names it", both(prm_placed("/odd"), challenge('Basic resource_metadata="{mcp}/odd"')), "C02 P01",
     "static-key"),
    ("relative", both(prm_placed("/odd"), challenge('Bearer resource_metadata="/odd", scope="tools"')), "C03", WARN),
    ("without a scheme", both(prm_placed("/odd"), lambda bed: challenge(
        f'Bearer resource_metadata="{bed.mcp.url[5:]}/odd", scope="tools"')(bed)), "C03", WARN),
    ("single quotes", challenge(f"Bearer resource_metadata='{{mcp}}{RESOURCE}/mcp', scope=\"tools\""), "C03", WARN),
    ("a quote that does not end", challenge(f'Bearer scope="tools", resource_metadata="{{mcp}}{RESOURCE}/mcp'), "C03",
     WARN),
    ("empty", challenge('Bearer resource_metadata="", scope="tools"'), "C03", WARN),
    ("another port", lambda bed: both(
        challenge(f'Bearer resource_metadata="{bed.auth.url}/prm", scope="tools"'), prm_placed("/x"),
        lambda bed: lambda again: again.auth.routes.update({("GET", "/prm"): document(again.prm)}))(bed), "C03", WARN),
    ("nothing but the word", both(challenge("Bearer"), prm_placed(RESOURCE)), "C04", "ready"),
    ("no header, metadata at the root", both(challenge(None), prm_placed(RESOURCE)), "C02", WARN),
    ("offline access is asked for", challenge(
        f'Bearer resource_metadata="{{mcp}}{RESOURCE}/mcp", scope="tools offline_access"'), "P05", "ready"),
]  # fmt: skip

RESOURCES: list[tuple[str, Change, str, str]] = [
    ("resource in capitals", resource("{MCP}/mcp"), "", "ready"),
    ("another case of the path", resource("{mcp}/MCP"), "P03", BROKEN),
    ("a percent escape of the same letter", resource("{mcp}/%6Dcp"), "P03", BROKEN),
    ("another port", resource("{auth}/mcp"), "P03", BROKEN),
    ("https where it is http", lambda bed: bed.prm.update(resource=bed.url.replace("http:", "https:")), "P03", BROKEN),
    ("another name of the same machine", lambda bed: bed.prm.update(
        resource=bed.url.replace("127.0.0.1", "localhost")), "P03", BROKEN),
    ("the origin", resource("{mcp}"), "P03", WARN),
    ("the origin with a slash", resource("{mcp}/"), "P03", WARN),
    ("a path below", resource("{mcp}/mcp/tools"), "P03", BROKEN),
    ("the beginning of a name", resource("{mcp}/mc"), "P03", BROKEN),
    ("two slashes", resource("{mcp}/mcp//"), "P03", BROKEN),
    ("null", lambda bed: bed.prm.update(resource=None), "P03", BROKEN),
    ("a number", lambda bed: bed.prm.update(resource=1), "P03", BROKEN),
    ("empty", resource(""), "P03", BROKEN),
    ("a space in front", resource(" {mcp}/mcp"), "P03", BROKEN),
    ("the whole server at the origin", at_the_root, "P03", WARN),
    ("a fragment", resource("{mcp}/mcp#x"), "P03", BROKEN),
    ("unknown keys", prm(x_one=[1e300], jwks_uri=7), "", "ready"),
    ("a charset", prm_bytes(lambda body: Reply(200, (("Content-Type", "Application/JSON; charset=UTF-8"),), body)),
     "", "ready"),
    ("a byte order mark", prm_bytes(lambda body: Reply(200, JSON, b"\xef\xbb\xbf" + body)), "C03 P01 P02", BROKEN),
    ("UTF-16", prm_bytes(lambda body: Reply(200, JSON, body.decode().encode("utf-16"))), "C03 P01 P02", BROKEN),
    ("a number beyond all floats", prm_bytes(lambda body: Reply(200, JSON, body[:-1] + b', "x": 1e999}')), "",
     "ready"),
    ("NaN", prm_bytes(lambda body: Reply(200, JSON, body[:-1] + b', "x": NaN}')), "C03 P01 P02", BROKEN),
    ("text behind it", prm_bytes(lambda body: Reply(200, JSON, body + b"<!-- x -->")), "C03 P01 P02", BROKEN),
    ("created", prm_bytes(lambda body: Reply(201, JSON, body)), "C03 P01", BROKEN),
    ("behind the same wall", mcp(f"{RESOURCE}/mcp", Reply(401, (("WWW-Authenticate", "Bearer"),))), "C03 P01", BROKEN),
    ("empty body", mcp(f"{RESOURCE}/mcp", Reply(200, JSON)), "C03 P01 P02", BROKEN),
    ("a page for all but the named", both(named('Bearer resource_metadata="{odd}", scope="tools"'), mcp("*", page())),
     "", "ready"),
    ("a page at the path, metadata at the root", both(challenge('Bearer scope="tools"'), prm_placed(RESOURCE),
     mcp(f"{RESOURCE}/mcp", page())), "P02", WARN),
    ("no servers at all", prm(authorization_servers=None), "P04", BROKEN),
    ("servers are null", lambda bed: bed.prm.update(authorization_servers=None), "P04", BROKEN),
    ("servers are objects", listed({"issuer": "https://auth.example.com"}), "P04", BROKEN),
    ("no list, but on the origin as in 2025-03-26", both(prm(authorization_servers=None), origin_metadata()),
     "P04 A08", "legacy"),
    ("servers are numbers and text", listed("{auth}", 7), "P04", BROKEN),
    ("servers: an empty text", listed(""), "T06 P04 P06", BROKEN),
    ("servers: a name", listed("urn:example:as"), "T06 P04 P06 A01", BROKEN),
    ("servers: the same twice", listed("{auth}", "{auth}"), "P07", "ready"),
    ("first dead, second right", listed("{mcp}/gone", "{auth}"), "P07 A01", BROKEN),
    ("first right, second nonsense", listed("{auth}", "https://auth.example.com"), "P07", "ready"),
    ("offline access", prm(scopes_supported=["offline_access"]), "P05", "ready"),
]  # fmt: skip

SERVERS: list[tuple[str, Change, str, str]] = [
    ("one site for both", one_site, "", "ready"),
    ("OpenID only", placed(OPENID), "", "ready"),
    ("a page, then OpenID", both(placed(OPENID), auth(SERVER, page())), "", "ready"),
    ("slash in both places", issuer("{auth}/", "{auth}/"), "", "ready"),
    ("path and slash in both places", both(issuer("{auth}/t/", "{auth}/t/"), placed(f"{SERVER}/t")), "", "ready"),
    ("path and slash, OpenID behind the path", both(issuer("{auth}/t/", "{auth}/t/"), placed(f"/t{OPENID}")), "",
     "ready"),
    ("RFC 8414 behind the path", both(issuer("{auth}/t", "{auth}/t"), placed(f"/t{SERVER}")), "A01", BROKEN),
    ("path, slash behind the issuer", both(issuer("{auth}/t/", "{auth}/t"), placed(f"{SERVER}/t")), "A02", WARN),
    ("issuer in capitals", issuer("{AUTH}", "{auth}"), "A02", BROKEN),
    ("another path", both(issuer("{auth}/u", "{auth}/t"), placed(f"{SERVER}/t")), "A02", BROKEN),
    ("a percent escape", both(issuer("{auth}/%74", "{auth}/t"), placed(f"{SERVER}/t")), "A02", BROKEN),
    ("two slashes", issuer("{auth}//", "{auth}"), "A02", BROKEN),
    ("issuer of the server", issuer("{mcp}", "{auth}"), "A02", BROKEN),
    ("issuer is a number", meta(issuer=7), "A02", BROKEN),
    ("https where it is http", lambda bed: bed.metadata.update(issuer=bed.auth.url.replace("http", "https")), "A02",
     BROKEN),
    ("metadata behind a wall", auth(SERVER, Reply(401)), "A01", BROKEN),
    ("one redirect", hops(1), "", "ready"),
    ("three redirects", hops(3), "", "ready"),
    ("four redirects", hops(4), "T06 A01 A12", BROKEN),
    ("packed", meta_bytes(lambda body: Reply(200, (*JSON, ("Content-Encoding", "gzip")), gzip.compress(body))), "",
     "ready"),
    ("plain registration", meta(registration_endpoint="http://auth.example.com/register"), "T06 A03 R03", BROKEN),
    ("plain revocation", meta(revocation_endpoint="http://auth.example.com/revoke"), "T06 A03", BROKEN),
    ("plain authorization", meta(authorization_endpoint="http://auth.example.com/authorize"), "T06 A03", BROKEN),
    ("no authorization endpoint", meta(authorization_endpoint=None), "A03", BROKEN),
    ("relative token endpoint", meta(token_endpoint="/token"), "T06 A03", BROKEN),
    ("a script in capitals", meta(authorization_endpoint="JavaScript:alert(1)"), "T06 A04", BROKEN),
    ("a script behind a space", meta(authorization_endpoint=" javascript:alert(1)"), "T06 A03 A04", BROKEN),
    ("a script with a tab", meta(authorization_endpoint="java\tscript:alert(1)"), "T06 A03 A04", BROKEN),
    ("methods: none", meta(code_challenge_methods_supported=[]), "A06", BROKEN),
    ("methods: small letters", meta(code_challenge_methods_supported=["s256"]), "A06", BROKEN),
    ("methods: a text", meta(code_challenge_methods_supported="S256"), "A06", BROKEN),
    ("methods: both", meta(code_challenge_methods_supported=["plain", "S256"]), "", "ready"),
    ("methods: null", lambda bed: bed.metadata.update(code_challenge_methods_supported=None), "A05", WARN),
    ("response types: none told", meta(response_types_supported=None), "A07", BROKEN),
    ("response types: joined", meta(response_types_supported=["code id_token"]), "A07", BROKEN),
    ("grants: none told", meta(grant_types_supported=None), "A11", "ready"),
    ("grants: offline access", meta(grant_types_supported=["authorization_code"],
     scopes_supported=["offline_access"]), "", "ready"),
    ("grants: device only", meta(grant_types_supported=["urn:ietf:params:oauth:grant-type:device_code"]), "A07 A11",
     BROKEN),
    ("by hand, and no methods", meta(registration_endpoint=None, client_id_metadata_document_supported=None,
     code_challenge_methods_supported=None), "A05 R01 R02 R03", "needs-client"),
    ("registration is empty", meta(registration_endpoint="", client_id_metadata_document_supported=None),
     "T06 A03 R01 R02 R03", BROKEN),
    ("documents are 1", meta(client_id_metadata_document_supported=1), "R02", "ready"),
    ("documents are a word, no DCR", meta(client_id_metadata_document_supported="true", registration_endpoint=None),
     "R01 R02 R03", "needs-client"),
    ("iss is 1", meta(authorization_response_iss_parameter_supported=1), "A10", "ready"),
    ("more grants", meta(grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
     authorization_grant_profiles_supported=["urn:ietf:params:oauth:grant-profile:id-jag"]), "", "ready"),
    ("like Entra ID", meta(registration_endpoint=None, client_id_metadata_document_supported=None,
     code_challenge_methods_supported=None, authorization_response_iss_parameter_supported=None,
     token_endpoint_auth_methods_supported=["client_secret_post"]), "A05 A10 A13 R01 R02 R03", "needs-client"),
    ("like Google", both(issuer("{auth}/", "{auth}"), meta(registration_endpoint=None,
     client_id_metadata_document_supported=None)), "A02 R01 R02 R03", "needs-client"),
]  # fmt: skip

ENDPOINTS: list[tuple[str, Change, str, str]] = [
    ("an error with 200", both(no_prm, endpoint(rpc_error(200))), "C01 P01", BROKEN),
    ("an error with 200, and metadata", both(endpoint(rpc_error(200))), "C01", BROKEN),
    ("an error with 400", both(no_prm, endpoint(rpc_error(400, -32600))), "C01 P01", BROKEN),
    ("forbidden, with a challenge", speaks(lambda bed, asked: Reply(403, wanted(bed).headers)), "C01", BROKEN),
    ("forbidden, a page", endpoint(page(403)), "C01", BROKEN),
    ("gone", both(no_prm, endpoint(Reply(410))), "T04 C01", BROKEN),
    ("401 with a page", speaks(lambda bed, asked: Reply(401, (*wanted(bed).headers, ("Content-Type", "text/html")),
     b"<html>no</html>")), "", "ready"),
    ("401 with events", speaks(lambda bed, asked: Reply(401, (*wanted(bed).headers,
     ("Content-Type", "text/event-stream")), b"data: x\n\n")), "", "ready"),
    ("401 without an end", speaks(lambda bed, asked: Reply(401, wanted(bed).headers,
     stream=lambda: iter([b" " * 65536] * 4096))), "", "ready"),
    ("a wall of Basic", both(no_prm, endpoint(Reply(401, (("WWW-Authenticate", 'Basic realm="x"'),)))), "C02 P01",
     "static-key"),
    ("a login page for everything", both(no_prm, endpoint(page()), mcp("*", page())), "T04 C01", BROKEN),
    ("a login page elsewhere", both(no_prm, endpoint(redirect("https://login.example.com/x", 302)),
     mcp("*", redirect("https://login.example.com/x", 302))), "T04 T05 C01", BROKEN),
    ("moved on the same origin, resource is the old", moved("/v2", 307), "T05", WARN),
    ("moved on the same origin, resource is the new", both(moved("/v2", 308), resource("{mcp}/v2")), "T05", WARN),
    ("moved to a slash, resource is the old", both(moved("/mcp/", 307), lambda bed: lambda again:
     again.mcp.routes.update({("POST", "/mcp/"): again.endpoint})), "T05", WARN),
    ("moved, resource is neither", both(moved("/v2", 308), resource("{mcp}/v3")), "T05 P03", BROKEN),
    ("moved for good, not for POST", moved("/v2", 301), "T04 T05 C01", BROKEN),
    ("moved to another port", moved("{auth}/v2", 307), "T04 T05 C01", BROKEN),
    ("the token is unwelcome", token_gets(Reply(400)), "C05", WARN),
    ("the token breaks it", token_gets(Reply(500)), "", "ready"),
    ("the token is too much", token_gets(Reply(429)), "", "ready"),
    ("the token gets an error with 200", token_gets(rpc_error(200)), "C05", BROKEN),
    ("the token gets a page", token_gets(page()), "C05", BROKEN),
    ("later", both(opened, challenge(None)), "C07", WARN),
    ("later, and nothing says so before", both(no_prm, later('Bearer resource_metadata="{mcp}/odd", scope="x"'), mcp(
        "/none", Reply(404)), prm_placed("/odd")), "C07", WARN),
    ("later, with a key", both(no_prm, later('ApiKey realm="x"')), "C07 P01", "static-key"),
    ("later, with no challenge", both(no_prm, later(None)), "C07 P01", "static-key"),
    ("later, and nothing says where", both(no_prm, later("Bearer")), "C04 C07 P01", BROKEN),
    ("later, as in 2025-03-26", both(no_prm, later('Bearer scope="x"'), origin_metadata()), "C07 P01 A08", "legacy"),
    ("later, forbidden", both(no_prm, later(None, 403)), "C07 P01", "static-key"),
    ("later, and any token will do", both(no_prm, later("Bearer", token_opens=True)), "C04 C05 C07 P01", BROKEN),
    ("modern, and later", both(no_prm, modern_later), "C07 P01 V04", "static-key"),
    ("the list of tools fails", both(no_prm, later(None, 400)), "C08 P01", "open"),
    ("an open stream", both(no_prm, endpoint(stream_of('event: message\ndata: {"jsonrpc":"2.0","id":1,"result":'
     '{"protocolVersion":"2025-06-18"}}\n\n'))), "C08 P01", "open"),
    ("an open server of the older transport", both(no_prm, endpoint(Reply(405)), mcp("/mcp", stream_of(
        "event: endpoint\ndata: /messages?session=1\n\n"))), "T03 C08 P01", "open"),
    ("the older transport, with a key", both(no_prm, endpoint(Reply(405)), mcp("/mcp", Reply(401, (
        ("WWW-Authenticate", 'ApiKey realm="x"'),)))), "T03 C02 P01", "static-key"),
    ("a stream of another kind", both(no_prm, endpoint(Reply(405)), mcp("/mcp", stream_of(
        "event: tick\ndata: 1\n\n"))), "T04 C01", BROKEN),
    ("neither POST nor GET", both(no_prm, endpoint(Reply(405))), "T04 C01", BROKEN),
    ("modern, and wants a login", modern(-32022, lambda bed, asked: wanted(bed)), "V04", WARN),
    ("modern, a header is missing", modern(-32020, lambda bed, asked: wanted(bed)), "V04", WARN),
    ("modern, a capability is missing", modern(-32021, lambda bed, asked: wanted(bed)), "V04", WARN),
    ("modern and open", both(no_prm, modern(-32022, lambda bed, asked: document(
        mcp_answer(asked.message, stateless=True)))), "C08 P01 V04", "open"),
    ("bad gateway, a page", endpoint(page(502)), "T02", "inconclusive"),
    ("later, says 429", endpoint(Reply(429, (("Retry-After", "3600"),))), "T02", "inconclusive"),
    ("later, says 503", endpoint(Reply(503, (("Retry-After", "1"),))), "T02", "inconclusive"),
    ("an answer to another request", both(no_prm, endpoint(document({"jsonrpc": "2.0", "id": 99, "result": {}}))),
     "C08 P01", "open"),
    ("JSON-RPC of another type", both(no_prm, speaks(lambda bed, asked: document(mcp_answer(asked.message),
     kind="text/plain"))), "C08 P01", "open"),
    ("JSON-RPC 1.0", both(no_prm, endpoint(document({"id": 1, "result": {}}))), "T04 C01", BROKEN),
    ("a list of answers", both(no_prm, endpoint(document([{"jsonrpc": "2.0", "id": 1, "result": {}}]))), "T04 C01",
     BROKEN),
    ("a null result", both(no_prm, endpoint(document({"jsonrpc": "2.0", "id": 1, "result": None}))), "C01 P01", BROKEN),
    ("only with both types", speaks(lambda bed, asked: wanted(bed) if asked.headers["accept"] ==
     "application/json, text/event-stream" else Reply(406)), "", "ready"),
    ("not acceptable", both(no_prm, endpoint(rpc_error(406, -32000))), "C01 P01", BROKEN),
    ("payment first", endpoint(Reply(402)), "T04 C01", BROKEN),
    ("a login of the proxy", endpoint(Reply(407)), "T04 C01", BROKEN),
    ("2025-03-26, no header", both(no_prm, challenge(None), origin_metadata()), "C02 P01 A08", "legacy"),
    ("2025-03-26, no methods", both(no_prm, origin_metadata(code_challenge_methods_supported=["plain"])),
     "C04 P01 A06 A08", "legacy"),
    ("2025-03-26, another issuer", both(no_prm, origin_metadata(issuer="https://other.example.com")),
     "C04 P01 A02 A08", BROKEN),
]  # fmt: skip
TABLES = {"challenge": CHALLENGES, "resource": RESOURCES, "server": SERVERS, "endpoint": ENDPOINTS}
CASES = [pytest.param(*row[1:], id=f"{name}: {row[0]}") for name, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize(("change", "expected", "word"), CASES)
def test_a_server_of_the_wild(change: Change, expected: str, word: str) -> None:
    found = probed(change)
    assert (failed(found), found.verdict.kind) == (set(expected.split()), word)
    for each in found.results:
        assert each.seen, f"{each.check.id} is {each.result}, and nothing says from what"


@pytest.mark.parametrize("seed", range(4))
def test_combinations_hold_together(seed: int) -> None:
    """Whatever comes together: the verdict says no more than the checks do, and the hosts no more than the verdict."""
    rows = [row[1] for rows in TABLES.values() for row in rows]
    chosen = Random(seed)
    for _ in range(12):
        # the challenge first: a part that another change needs may be gone otherwise
        found = probed(both(chosen.choice(CHALLENGES)[1], *chosen.sample(rows, 2)))
        kind, severities = found.verdict.kind, {each.severity for each in found.results if each.failed}
        assert all(each.seen for each in found.results)
        match kind:
            case "ready":
                assert severities <= {"note"}
            case "ready-with-warnings":
                assert severities <= {"note", "warn"}
            case "broken":
                assert "block" in severities
                assert True not in works(found).values()
            case "open":
                assert not found.seen.asks
                assert set(works(found).values()) == {True}
            case "inconclusive" | "static-key":
                assert True not in works(found).values()


def test_the_tables_fail_every_check_of_a_server() -> None:
    """Beside those of tests.oauth.test_checks: A09 needs no metadata at all, and the rest is no matter of a server."""
    failing = {check for rows in TABLES.values() for row in rows for check in row[2].split()}
    looking = {each.id for each in known_checks() if each.phase in ("static", "passive")}
    assert looking - failing == NEVER_FAIL | OF_THE_ADDRESS | {"A09"}
