"""Host by host: who stops at which imperfection, from the facts of the rules."""

from __future__ import annotations

import pytest

from tests.oauth.bed import RESOURCE, Bed, bed, probe, probed, works
from tests.oauth.changes import moved
from tests.oauth.test_checks import (
    Change,
    at_the_origin,
    both,
    challenge,
    endpoint,
    issuer,
    mcp,
    meta,
    no_prm,
    older_transport,
    opened,
)
from tests.servers.sites import Reply, document, page
from unsprawl.scanner.oauth.clients import clients

RMCP = {"codex", "goose", "rmcp-3"}
NEW_SDKS = {"python-sdk-2.3", "typescript-sdk-2"}
OLD_SDK = {"typescript-sdk-1", "mcp-remote-0.15"}
ALL = {each.id for each in clients()}


def resource(end: str) -> Change:
    """Protected resource metadata about an address that ends so, at the origin of the server."""
    return lambda bed: bed.prm.update(resource=bed.mcp.url + end)


def root_path(bed: Bed) -> None:
    bed.path, bed.prm_at = "/", RESOURCE
    bed.challenge = f'Bearer resource_metadata="{bed.mcp.url}{RESOURCE}"'
    bed.prm["resource"] = bed.mcp.url


TABLE: list[tuple[str, Change | None, set[str], set[str]]] = [
    # the imperfection, the change, who stops, of whom it is not known
    ("none", None, set(), set()),
    ("issuer with a slash", issuer("{auth}/", "{auth}"), NEW_SDKS,
     {"claude-code", "cursor", "opencode", "vscode"} | OLD_SDK),
    ("issuer with a slash behind a path", both(issuer("{auth}/t/", "{auth}/t"),
     lambda bed: setattr(bed, "metadata_at", "/.well-known/oauth-authorization-server/t")), NEW_SDKS | RMCP,
     {"claude-code", "cursor", "opencode", "vscode"} | OLD_SDK),
    ("resource is the origin", resource(""), {"vscode", "gemini-cli"}, {"claude-code", "cursor"}),
    ("resource with a slash", resource("/mcp/"), {"vscode", "gemini-cli"}, {"claude-code", "cursor"}),
    ("only the slash of the origin", root_path, set(), set()),
    ("no PKCE list", meta(code_challenge_methods_supported=None), set(), {"claude-code", "cursor", "vscode"}),
    ("documents only", meta(registration_endpoint=None), {"gemini-cli"} | OLD_SDK, {"cursor"}),
    ("dynamic only", meta(client_id_metadata_document_supported=None), set(), set()),
    ("a relative address", challenge(f'Bearer resource_metadata="{RESOURCE}/mcp"'), {"python-sdk-2.3"},
     ALL - RMCP - {"python-sdk-2.3"}),
    ("2025-03-26", at_the_origin, set(), ALL - NEW_SDKS - {"opencode"}),
    ("a login only later", opened, set(), ALL),
    ("by hand", meta(registration_endpoint=None, client_id_metadata_document_supported=None), set(), ALL),
    ("403", endpoint(Reply(403)), ALL, set()),
    ("a key", both(no_prm, challenge("ApiKey")), ALL, set()),
    ("down", endpoint(Reply(503)), set(), ALL),
    ("metadata only at the root", issuer("{auth}/t", "{auth}/t"), ALL - RMCP - {"gemini-cli"}, RMCP | {"gemini-cli"}),
    ("open", both(opened, no_prm), set(), set()),
    ("no challenge", challenge(None), set(), set()),
    ("a page before the metadata", both(challenge(None), lambda bed: setattr(bed, "prm_at", RESOURCE),
     mcp(f"{RESOURCE}/mcp", page())), set(), ALL - RMCP - {"python-sdk-2.3", "gemini-cli"}),
    ("HTTP+SSE", older_transport, set(), ALL),
    ("moved, and the metadata is about the new place", both(moved("/v2", 307), resource("/v2")), set(), ALL),
    ("moved, and the metadata is about the old place", moved("/v2", 307), set(), set()),
    ("another issuer", issuer("https://other.example.com", "{auth}"), ALL, set()),
    ("only plain", meta(code_challenge_methods_supported=["plain"]), ALL, set()),
    ("documents only, which hosts may not know, and no list", both(meta(registration_endpoint=None),
     meta(code_challenge_methods_supported=None)), {"gemini-cli"} | OLD_SDK, {"claude-code", "cursor", "vscode"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "stop", "open_"), [each[1:] for each in TABLE], ids=[each[0] for each in TABLE])
def test_who_stops(change: Change | None, stop: set[str], open_: set[str]) -> None:
    found = works(probed(change))
    assert {name for name, goes in found.items() if goes is False} == stop
    assert {name for name, goes in found.items() if goes is None} == open_


def test_metadata_of_another_origin() -> None:
    def change(bed: Bed) -> object:
        bed.challenge = f'Bearer resource_metadata="{bed.auth.url}/prm"'
        return lambda again: again.auth.routes.update({("GET", "/prm"): document(again.prm)})

    with bed(change) as made:
        found = works(probe(made.url))
        assert {name for name, goes in found.items() if goes is False} == RMCP


def test_a_named_address_that_is_not_there() -> None:
    with bed(challenge('Bearer resource_metadata="{mcp}/nothing"')) as made:
        found = works(probe(made.url))
        assert found["vscode"] is found["typescript-sdk-2"] is False
        assert found["python-sdk-2.3"] is True


def test_metadata_that_only_the_challenge_of_post_names() -> None:
    def change(bed: Bed) -> None:
        bed.challenge, bed.prm_at = f'Bearer resource_metadata="{bed.mcp.url}/odd"', "/odd"

    found = probed(change)
    told = {each.client.id: each.reason for each in found.hosts if each.works is None}
    assert set(told) == RMCP | {"gemini-cli"}
    assert "asks with GET" in told["codex"]
    assert "asks with HEAD" in told["gemini-cli"]


def test_what_is_only_reported_stops_nobody_for_sure() -> None:
    found = {each.client.id: each for each in probed(issuer("{auth}/", "{auth}")).hosts}
    assert found["opencode"].works is None
    assert "by reports" in found["opencode"].reason


def test_where_a_client_id_is_written_is_told() -> None:
    found = probed(meta(registration_endpoint=None, client_id_metadata_document_supported=None))
    told = {each.client.id: each for each in found.hosts}
    assert "oauth.client_id" in told["codex"].reason
    assert told["goose"].client.redirect_uri == "http://127.0.0.1:<port>/oauth_callback"


def test_a_host_is_what_its_library_is_and_what_it_does_otherwise() -> None:
    known = {each.id: each for each in clients()}
    assert known["codex"].issuer == known["rmcp-3"].issuer == "root-slash"
    assert known["opencode"].issuer == "exact"
    assert (known["mcp-remote-0.15"].cimd, known["mcp-remote-0.15"].dcr) == (False, True)
    assert known["codex"].redirect_uri != known["rmcp-3"].redirect_uri
