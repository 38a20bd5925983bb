"""Revocation: the one request of every rule as it is documented, and what is said of each way in which it can go."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.mapping_proxy import serving
from tests.servers.sites import Reply, document, page, redirect
from tests.validate.bed import Vendors, finding, registries, sent, vendors
from tests.validate.revoking_bed import DOCUMENTED, LIVE, Vendor, token_of, way
from unsprawl.rules.bundle_checks import CHECKS, REVOCATIONS
from unsprawl.rules.load import load
from unsprawl.rules.revocation import revocation
from unsprawl.scanner.model import State, Verdict
from unsprawl.scanner.validate import patience, revoking
from unsprawl.scanner.validate.revoking import Ended, Ending, end, verdict_of, way_of
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

GITHUB = "github-pat-classic"
OWN = "git.corp.example"
ASKED = {"digitalocean": ("api.digitalocean.com",), "posthog-personal": ("eu.posthog.com",)}
"""Who else is asked about it, of the same vendor."""
HOSTS = {each.host for each in DOCUMENTED.values()} | {
    "api.digitalocean.com", "eu.posthog.com", "evil.example", OWN, "acme.ghe.com", "api.acme.ghe.com"
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), HOSTS) as made:
        yield made


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    made, proxy = running
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setattr(patience, "BACK_OFF_S", 0.001)
    monkeypatch.setattr("unsprawl.scanner.oauth.visit.REQUEST_S", 2.0)
    monkeypatch.setattr(revoking, "WAITS_S", (0.0, 0.001, 0.001, 0.001))
    for seen in (made.asked, made.ways, made.announced):
        seen.clear()
    return made


def ended(bed: Vendors, vendor: Vendor) -> Ended:
    bed.answer = vendor.reply
    return end(way(vendor.rule, vendor.token), bed.announced.append, lambda: bed.roots)


def test_every_automatic_rule_is_here_and_has_what_it_needs() -> None:
    assert set(REVOCATIONS) == set(DOCUMENTED)
    for rule in REVOCATIONS:
        found = revocation(rule)
        assert found is not None
        assert found.request.evidence in ("source-read", "docs-read")
        assert CHECKS[rule], "nobody would see that it is dead"
        known = load().get(rule)
        assert known is not None
        assert known.rotate_url, "no page for when it fails"


def test_what_nobody_confirmed_is_not_automatic() -> None:
    for rule in ("huggingface", "google-oauth-access", "dropbox", "npm", "vault", "github-app-installation"):
        found = way_of([finding(rule, token_of(rule))], lambda _: Told((), True), frozenset(), registries)
        assert isinstance(found, Unasked)


@pytest.mark.parametrize("rule", DOCUMENTED)
def test_rule(rule: str, bed: Vendors) -> None:
    vendor = Vendor(rule, token_of(rule))
    bed.answer = vendor.reply
    before = verdict_of(way(rule, vendor.token), bed.announced.append, lambda: bed.roots)
    assert before.state is State.LIVE
    assert vendor.requests == []
    done = ended(bed, vendor)
    assert (done.ending, done.reason) == (Ending.REVOKED, "")
    assert done.verdict is not None
    assert done.verdict.state.ended
    (request,) = vendor.requests
    told = vendor.told
    assert request.method == told.method
    assert request.body.decode() == vendor.filled(told.body)
    if told.header[0]:
        assert request.headers[told.header[0]] == vendor.filled(told.header[1])
    else:
        assert "authorization" not in request.headers  # GitHub answers 403 to one with credentials
    known = [asked for asked in bed.asked if vendor.token in sent(asked)]
    hosts = {asked.headers["host"] for asked in known}
    assert hosts <= {told.host, *ASKED.get(rule, ())}
    assert f"https://{told.host}" in " ".join(bed.announced)


def broken() -> Iterator[bytes]:
    yield b"{"
    raise OSError


REFUSALS = {
    "401": (lambda: document({}, 401), "refused the request (401)"),
    "403": (lambda: document({}, 403), "refused the request (403)"),
    "404": (lambda: document({}, 404), "refused the request (404)"),
    "422": (lambda: document({"message": "Validation Failed"}, 422), "refused the request (422)"),
    "429": (lambda: Reply(429, (("Retry-After", "1"),)), "refused the request (429)"),
    "redirect": (lambda: redirect("https://evil.example/credentials/revoke", 307), "redirect, which is not followed"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_and_nothing_is_tried_again(name: str, bed: Vendors) -> None:
    answer, said = REFUSALS[name]
    vendor = Vendor(GITHUB, token_of(GITHUB), answer=answer)
    done = ended(bed, vendor)
    assert done.ending is Ending.REFUSED
    assert said in done.reason
    assert done.verdict is not None
    assert done.verdict.state is State.LIVE  # asked once more, to be sure
    assert len(vendor.requests) == 1
    assert not any("evil" in each for each in bed.ways)


UNCLEAR = {
    "500": lambda: document({}, 500),
    "502 page": lambda: page(502),
    "503": lambda: Reply(503, (("Retry-After", "1"),)),
    "200 that nobody documents": lambda: document({"ok": True}),
    "a page": page,
    "broken off": lambda: Reply(202, stream=broken),
}


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("name", UNCLEAR)
def test_an_unclear_answer_is_no_answer(name: str, dies: bool, bed: Vendors) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB))

    def answer() -> Reply:
        vendor.live = not dies
        return UNCLEAR[name]()

    vendor.answer = answer
    done = ended(bed, vendor)
    assert len(vendor.requests) == 1, "sent twice"
    if dies:
        assert (done.ending, "and yet it is dead" in done.reason) == (Ending.REVOKED, True)
    else:
        assert (done.ending, "it works still" in done.reason) == (Ending.STILL_LIVE, True)


@pytest.mark.parametrize("dies", [False, True])
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 204 No Content\r\nX: "])
def test_a_connection_that_is_lost_after_sending_is_asked_about(begun: bytes, dies: bool, bed: Vendors) -> None:
    """It may have been received: that nothing was sent is known only where there never was a connection."""
    ends: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        asked = connection.recv(9000)
        if asked.startswith(b"DELETE"):
            ends.append(asked)
            connection.sendall(begun)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
            return
        body = json.dumps(LIVE["gitlab-pat"] if not (dies and ends) else {"message": "401 Unauthorized"}).encode()
        head = b"HTTP/1.1 401 X" if dies and ends else b"HTTP/1.1 200 OK"
        connection.sendall(head + b"\r\nConnection: close\r\nContent-Type: application/json\r\n")
        connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    with serving(handle) as port:
        own = f"127.0.0.1:{port}"
        here = way("gitlab-pat", token_of("gitlab-pat"), (("GITLAB_API_URL", f"http://{own}"),), frozenset({own}))
        done = end(here, bed.announced.append, lambda: bed.roots)
        assert len(ends) == 1
        assert done.ending is (Ending.REVOKED if dies else Ending.STILL_LIVE)
        assert "may have been received" in done.reason
    assert end(here, bed.announced.append, lambda: bed.roots).ending is Ending.NOT_SENT


@pytest.mark.parametrize("dies", [False, True])
def test_a_timeout_after_sending_is_not_known_and_asked_about(
    dies: bool, bed: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB))
    over = threading.Event()

    def answer() -> Reply:
        vendor.live = not dies
        over.wait(60)
        return Reply(202)

    def asked_with_patience(*arguments: Any) -> Verdict:
        """By now the request was given up, however slow this machine is."""
        over.set()
        monkeypatch.setattr("unsprawl.scanner.oauth.visit.REQUEST_S", 20.0)
        return verdict_of(*arguments)

    monkeypatch.setattr(revoking, "verdict_of", asked_with_patience)
    vendor.answer = answer
    done = ended(bed, vendor)
    assert len(vendor.requests) == 1
    assert done.ending is (Ending.REVOKED if dies else Ending.STILL_LIVE)
    assert "may have been received" in done.reason


def test_taken_is_no_proof(bed: Vendors) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB), forgets_after=-1)
    done = ended(bed, vendor)
    assert done.ending is Ending.STILL_LIVE
    assert "its vendor took the request, and it works all the same" in done.reason
    assert len(vendor.requests) == 1
    assert vendor.asked >= 4  # with patience


def test_it_may_die_later(bed: Vendors) -> None:
    waited: list[float] = []
    vendor = Vendor(GITHUB, token_of(GITHUB), forgets_after=4)  # two questions of two requests each
    bed.answer = vendor.reply
    done = end(way(GITHUB, vendor.token), bed.announced.append, lambda: bed.roots, waited.append)
    assert (done.ending, done.reason) == (Ending.REVOKED, "")
    assert len(vendor.requests) == 1
    assert waited == [0.0, 0.001, 0.001]


def test_who_cannot_be_asked_afterwards_is_not_called_dead(bed: Vendors) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB))
    begun = way(GITHUB, vendor.token)
    bed.answer = lambda asked: vendor.reply(asked) if "/credentials/" in asked.path else document({}, 500)
    done = end(begun, bed.announced.append, lambda: bed.roots)
    assert done.ending is Ending.UNKNOWN
    assert "could not be seen" in done.reason


@pytest.mark.parametrize("rule", ["slack-bot", "posthog-personal"])
def test_a_good_status_may_be_a_refusal(rule: str, bed: Vendors) -> None:
    said = {"slack-bot": {"ok": False, "error": "not_allowed_token_type"}, "posthog-personal": {"found": False}}[rule]
    vendor = Vendor(rule, token_of(rule), answer=lambda: document(said))
    assert ended(bed, vendor).ending is Ending.REFUSED


def test_where_nothing_can_be_reached_nothing_was_sent(bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    vendor = Vendor(GITHUB, token_of(GITHUB))
    assert ended(bed, vendor).ending is Ending.NOT_SENT
    assert vendor.requests == []


@pytest.mark.parametrize("rule", ["heroku", "twitch"])
def test_without_what_it_needs_nothing_is_sent(rule: str, bed: Vendors) -> None:
    vendor = Vendor(rule, token_of(rule))
    empty = document([] if rule == "heroku" else {})
    bed.answer = lambda asked: empty if asked.path == vendor.told.first[0] else vendor.reply(asked)
    done = end(way(rule, vendor.token), bed.announced.append, lambda: bed.roots)
    assert (done.ending, vendor.requests) == (Ending.NOT_SENT, [])
    assert "looked up" in done.reason


def test_stopped_while_it_is_sent_it_may_be_dead(bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB))
    bed.answer = vendor.reply
    real = revoking._send

    async def stopped(*arguments: object) -> object:
        await real(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(revoking, "_send", stopped)
    done = end(way(GITHUB, vendor.token), bed.announced.append, lambda: bed.roots)
    assert (done.ending, done.interrupted) == (Ending.UNKNOWN, True)
    assert "may be dead" in done.reason


def test_stopped_while_it_is_asked_about_it_is_not_called_dead(bed: Vendors) -> None:
    vendor = Vendor(GITHUB, token_of(GITHUB))
    bed.answer = vendor.reply

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    done = end(way(GITHUB, vendor.token), bed.announced.append, lambda: bed.roots, stop)
    assert (done.ending, done.interrupted) == (Ending.UNKNOWN, True)


ELSEWHERE = {
    "an enterprise server": (GITHUB, (("GITHUB_HOST", f"https://{OWN}"),), frozenset({OWN})),
    "a host below ghe.com": (GITHUB, (("GITHUB_HOST", "acme.ghe.com"),), frozenset()),
    "an address of the entry": (GITHUB, (("GITHUB_API_URL", "https://evil.example/api"),), frozenset()),
    "a server that nobody allowed": ("gitlab-pat", (("GITLAB_API_URL", f"https://{OWN}/api/v4"),), frozenset()),
    "a server of their own": ("posthog-personal", (("POSTHOG_HOST", f"https://{OWN}"),), frozenset({OWN})),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_credential_of_another_server_is_not_sent(name: str) -> None:
    rule, pairs, allowed = ELSEWHERE[name]
    found = way_of([finding(rule, token_of(rule))], lambda _: Told(pairs, True), allowed, registries)
    assert isinstance(found, Unasked)


def test_a_server_of_the_users_own_gets_its_credential(bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor("gitlab-pat", token_of("gitlab-pat"))
    here = way("gitlab-pat", vendor.token, (("GITLAB_API_URL", f"https://{OWN}/api/v4"),), frozenset({OWN}))
    assert here.host == OWN
    assert here.at(OWN) == here
    assert here.at("gitlab.com") is None


def test_of_several_regions_the_one_that_knows_it_is_told() -> None:
    here = way("posthog-personal", token_of("posthog-personal"))
    found = here.at("eu.posthog.com")
    assert found is not None
    assert found.host == "eu.posthog.com"


@pytest.mark.parametrize(
    ("rule", "template"),
    [("vercel", "vca_{an:56}"), ("posthog-personal", "phs_{an:43}"), ("cloudflare-api-token", "cfat_{an:40}{h:8}")],
)
def test_other_kinds_of_the_same_vendor_are_for_a_person(rule: str, template: str) -> None:
    from random import Random

    from unsprawl.rules.samples import expand

    told = Told((("CLOUDFLARE_ACCOUNT_ID", "0" * 32),), True)
    found = way_of([finding(rule, expand(template, Random(1)))], lambda _: told, frozenset(), registries)
    assert isinstance(found, Unasked)
