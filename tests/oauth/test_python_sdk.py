"""The login of the official Python SDK, in each way that it can be set up, and the same SDK's own look at the bed."""

from __future__ import annotations

from tests.oauth.bed import bed, failed, probe, works
from tests.oauth.login_bed import Person, login
from tests.oauth.running import python_sdk
from unsprawl.scanner.oauth.login.outcome import State
from unsprawl.scanner.oauth.metadata import resource_places, server_places
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr, may_be_front


def test_in_one() -> None:
    with python_sdk("both") as origin:
        found = probe(f"{origin}/mcp")
    seen = found.seen
    assert seen.resource is not None
    assert seen.server is not None
    assert (seen.first.status, seen.resource.source, seen.server.source) == (401, "header", "oauth")
    assert (has_dcr(seen), has_cimd(seen), may_be_front(seen)) == (True, False, True)
    assert found.verdict.kind == "ready"
    assert {each.check.id for each in found.results if each.failed and each.severity == "block"} == set()
    assert works(found)["python-sdk-2.3"] is True


def test_legacy() -> None:
    with python_sdk("legacy") as origin:
        found = probe(f"{origin}/mcp")
    assert found.verdict.kind == "legacy"
    assert {"P01", "A08"} <= failed(found)


def test_the_older_transport() -> None:
    with python_sdk("events") as origin:
        found = probe(f"{origin}/sse")
    assert found.seen.transport == "sse"
    assert "T03" in failed(found)
    assert found.verdict.kind == "ready-with-warnings"


def test_open() -> None:
    with python_sdk("open") as origin:
        found = probe(f"{origin}/mcp")
    assert (found.verdict.kind, found.seen.era) == ("open", "handshake")
    with python_sdk("open") as origin:
        assert probe(f"{origin}/nothing").verdict.kind == "broken"


def test_apart() -> None:
    with bed() as made, python_sdk("apart", made.auth.url) as origin:
        found = probe(f"{origin}/mcp")
    assert found.verdict.kind == "ready"
    assert {each.check.id for each in found.results if each.failed and each.severity == "block"} == set()
    assert has_cimd(found.seen)


def test_the_sdk_looks_at_the_same_places() -> None:
    from mcp.client.auth.utils import (
        build_oauth_authorization_server_metadata_discovery_urls,
        build_protected_resource_metadata_discovery_urls,
    )

    for url in ("https://h", "https://h/", "https://h/mcp", "https://h/a/b", "https://h:8443/mcp"):
        theirs = build_protected_resource_metadata_discovery_urls(None, url)
        assert [place for _, place in resource_places(url)] == list(dict.fromkeys(theirs))
    for issuer in ("https://h", "https://h/t", "https://h/a/b", "https://h:8443/t"):
        theirs = build_oauth_authorization_server_metadata_discovery_urls(issuer, "https://h/mcp")
        assert [place for _, place in server_places(issuer)] == theirs


def test_a_login() -> None:
    with python_sdk("demo") as origin:
        done = login(f"{origin}/mcp", person := Person())
    assert (done.state, done.tools, done.revision) == (State.SIGNED_IN, {"say_hello"}, "2026-07-28")
    assert [(each.what, each.done) for each in done.taken.things] == [
        ("refresh token", True), ("access token", True), ("client", False),
    ]  # fmt: skip
    assert (done.taken.afterwards, len(person.opened)) == (401, 1)


def test_a_login_over_the_older_transport() -> None:
    with python_sdk("demo-events") as origin:
        done = login(f"{origin}/sse", person := Person())
    assert (done.state, done.tools) == (State.SIGNED_IN, {"say_hello"}), done.reason
    assert len(person.opened) == 1
    assert ([each.done for each in done.taken.things], done.taken.afterwards) == ([True, True, False], 401)
