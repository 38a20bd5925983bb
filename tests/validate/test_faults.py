"""Servers that fail, drag or deceive: what nobody said is unknown, and no credential goes where it does not belong."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.servers.mapping_proxy import serving
from tests.servers.sites import Asked, Reply, document, redirect
from tests.validate.bed import Vendors, question, rule_file, sample, sent, vendors
from unsprawl.rules.check import checks
from unsprawl.scanner.model import State
from unsprawl.scanner.oauth import visit
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate import asking, patience
from unsprawl.scanner.validate.judge import judged
from unsprawl.scanner.validate.questions import Question

GITHUB, ANTHROPIC, SLACK = "api.github.com", "api.anthropic.com", "slack.com"
HOSTS = (
    GITHUB,
    ANTHROPIC,
    SLACK,
    "discord.com",
    "api.cerebras.ai",
    "accounts.spotify.com",
    "acme.atlassian.net",
    "api.atlassian.com",
)
LIVE = document({"login": "octocat"})
SECONDS = {"spotify": (("SPOTIFY_CLIENT_ID", "id"),)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), HOSTS) as made:
        yield made


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    made, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    monkeypatch.setattr(patience, "BACK_OFF_S", 0.01)
    for kept in (made.asked, made.ways, made.announced):
        kept.clear()
    return made


def about(rule: str = "github-pat-classic", number: int = 0) -> Question:
    token = sample(rule_file(rule)["formats"][0], Random(f"{rule} {number}"))
    return question(rule, token, SECONDS.get(rule, ()))


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """One reply after the other, the last for all that come later."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


def drip() -> Iterator[bytes]:
    for _ in range(600):
        yield b" "
        time.sleep(0.05)


def huge() -> Iterator[bytes]:
    yield b'{"data": "'
    for _ in range(64):
        yield b"x" * 65536


BUSY = Reply(429)
CASES = [
    ("fine", [LIVE], "live", 1),
    ("a redirect", [redirect("https://evil.example/user")], "unknown", 1),
    ("a redirect to a path", [redirect("/login", 307)], "unknown", 1),
    ("busy, then not", [Reply(429, (("Retry-After", "0"),)), LIVE], "live", 2),
    ("busy and silent, then not", [BUSY, LIVE], "live", 2),
    ("busy for an hour", [Reply(429, (("Retry-After", "3600"),))], "rate_limited", 1),
    ("busy until a day", [Reply(429, (("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"),)), LIVE], "rate_limited", 1),
    (
        "busy until a day that is over",
        [Reply(429, (("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"),)), LIVE],
        "live",
        2,
    ),
    ("busy, it mumbles", [Reply(429, (("Retry-After", "soon, 99999999999"),)), LIVE], "live", 2),
    ("busy for ever", [BUSY], "rate_limited", 3),
    ("down, then not", [Reply(503), LIVE], "live", 2),
    ("down", [Reply(502, (), b"bad gateway")], "unknown", 2),
    ("cut off", [Reply(200, (("Content-Length", "900"),), stream=lambda: iter([b'{"login": "oct']))], "unknown", 2),
    ("a teapot", [Reply(418)], "unknown", 1),
    ("nothing", [Reply(204)], "unknown", 1),
    ("a page", [Reply(200, (("Content-Type", "text/html"),), b"<h1>Log in to this network</h1>")], "unknown", 1),
    ("a wall", [Reply(403, (("Content-Type", "text/html; charset=utf-8"),), b"<h1>Attention</h1>")], "unknown", 1),
    ("bytes", [Reply(200, (), b"\xff\xfe\x00" * 50)], "live", 1),
    ("deep", [Reply(200, (), b"[" * 200_000)], "live", 1),
    ("long numbers", [Reply(200, (), b"9" * 100_000)], "live", 1),
]


@pytest.mark.parametrize(
    ("replies", "state", "requests"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_answers(replies: list[Reply], state: str, requests: int, bed: Vendors) -> None:
    bed.answer = in_turn(*replies)
    verdict = bed.verdict(about())
    assert verdict.state == state, verdict
    assert [asked.path for asked in bed.asked if not asked.path.startswith("/user/")] == ["/user"] * requests
    assert {way.split()[1] for way in bed.ways} == {f"{GITHUB}:443"}
    assert state != "unknown" or verdict.reason


@pytest.mark.parametrize(
    ("status", "after", "waits"),
    [
        (429, "", [1.0, 2.0, None]),
        (429, "7", [7.0, 7.0, None]),
        (429, "60", [60.0, 60.0, None]),
        (429, "61", [None]),
        (429, "-1", [1.0, 2.0, None]),
        (503, "", [1.0, None]),
        (503, "7", [1.0, None]),
        (404, "7", [None]),
    ],
)
def test_how_long_is_waited(status: int, after: str, waits: list[float | None]) -> None:
    check = checks("github-pat-classic")[0]
    answer = Answer("https://x", status, (("retry-after", after),) if after else (), b"")
    what = judged(check, answer, {})
    assert [patience.wait_for(check, answer, what, number) for number in range(len(waits))] == waits


def test_one_that_is_busy_keeps_all_others_from_it(bed: Vendors) -> None:
    """`Retry-After` of one answer counts for the whole host, and it is kept to."""
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        return Reply(429, (("Retry-After", "1"),)) if len(times) <= 2 else LIVE

    bed.answer = answer
    assert {verdict.state for verdict in bed.ask([about(number=number) for number in range(4)]).verdicts} == {"live"}
    assert times[2] - times[1] >= 0.9


def test_huge_bodies_are_cut(bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(200, (("Content-Type", "application/json"),), stream=huge)
    assert bed.verdict(about()).state == "live"  # the status says enough
    verdict = bed.verdict(about("anthropic-api"))
    assert (verdict.state, verdict.reason) == ("unknown", "the server said more than 1 MiB")


def test_a_slow_drip(bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "REQUEST_S", 0.3)
    bed.answer = lambda asked: Reply(200, (), stream=drip)
    begun = time.monotonic()
    verdict = bed.verdict(about())
    assert verdict.state == "unknown"
    assert verdict.checked_at == ""
    assert time.monotonic() - begun < 10


def test_a_wrong_certificate_gets_nothing(bed: Vendors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with vendors(tmp_path, ["other.example"]) as (_, way):
        monkeypatch.setenv("HTTPS_PROXY", way)  # which leads nowhere for this name
        assert bed.verdict(about()).state == "unknown"
    with vendors(tmp_path, [GITHUB]) as (stranger, way):  # the right name, of an authority that nobody trusts
        monkeypatch.setenv("HTTPS_PROXY", way)
        verdict = bed.verdict(about())
        assert verdict.state == "unknown"
        assert "certificate" in verdict.reason
        assert stranger.asked == []
    assert bed.asked == []


@pytest.mark.parametrize("what", ["reset", "silence", "garbage"])
def test_connections_that_fail(what: str, bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "REQUEST_S", 0.5)

    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        if what == "garbage":
            connection.sendall(b"\x16\x03\x01 not TLS\r\n\r\n" * 50)
        elif what == "silence":
            time.sleep(2)

    with serving(handle) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        verdict = bed.verdict(about())
    assert verdict.state == "unknown"
    assert verdict.checked_at == ""
    assert bed.asked == []


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ([], "the name of its server was not found"),
        (["127.0.0.1"], "nothing was sent: the address leads to this machine"),
        (["10.0.0.7"], "nothing was sent: the address leads into a private network"),
        (["169.254.169.254"], "nothing was sent: the address is link-local, or belongs to no server"),
        (["140.82.112.5", "127.0.0.1"], "nothing was sent: the address leads to this machine"),
    ],
)
def test_a_vendor_is_nowhere_near(
    addresses: list[str], reason: str, bed: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTPS_PROXY")

    def resolved(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        if not addresses:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    verdict = bed.verdict(about())
    assert (verdict.state, verdict.reason) == ("unknown", reason)
    assert verdict.checked_at == ""


def test_so_many_at_once(bed: Vendors) -> None:
    inside: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(asked: Asked) -> Reply:
        with lock:
            inside.update([asked.headers["host"], "all"])
            for name, number in inside.items():
                most[name] = max(most[name], number)
        time.sleep(0.03)
        with lock:
            inside.subtract([asked.headers["host"], "all"])
        return document({"login": "x", "ok": True, "data": []})

    bed.answer = answer
    rules = ("github-pat-classic", "anthropic-api", "slack-bot", "cerebras", "discord-bot")
    questions = [about(rule, number) for number in range(12) for rule in rules]
    assert {verdict.state for verdict in bed.ask(questions).verdicts} <= {State.LIVE, State.UNKNOWN}
    assert most["all"] <= asking.AT_ONCE
    assert all(number <= asking.A_HOST for name, number in most.items() if name != "all")
    assert most["all"] > asking.A_HOST


def test_a_host_that_fails_on_and_on_is_given_up(bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(500)
    came = bed.ask([about(number=number) for number in range(40)])
    assert {verdict.state for verdict in came.verdicts} == {State.UNKNOWN}
    assert all(verdict.checked_at == "" for verdict in came.verdicts)
    assert len(bed.asked) < 20


def test_the_time_is_over(bed: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "DEADLINE_S", 4.0)
    monkeypatch.setattr(asking, "SECRET_S", 0.0)

    def answer(asked: Asked) -> Reply:
        if asked.headers["host"] != SLACK:
            time.sleep(1.5)
            return LIVE
        return document({"ok": True})

    bed.answer = answer
    questions = [about("slack-bot"), *(about(number=number) for number in range(12))]
    verdicts = bed.ask(questions).verdicts
    assert verdicts[0].state == "live"
    assert verdicts[-1].reason == asking.NOT_IN_TIME


def test_control_c_keeps_what_is_known(bed: Vendors) -> None:
    done = threading.Event()

    def answer(asked: Asked) -> Reply:
        if asked.headers["host"] == SLACK:
            return document({"ok": True})
        done.wait(30)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(3)
        return LIVE

    bed.answer = answer
    came = bed.ask([about("slack-bot"), about()], progress=done.set)
    assert came.interrupted
    assert [verdict.state for verdict in came.verdicts] == ["live", "unknown"]


def test_what_makes_a_token_is_asked_once(bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(503)
    assert bed.verdict(about("spotify")).state == "unknown"
    assert len(bed.asked) == 1


def test_too_many_wrong_ones(bed: Vendors) -> None:
    """Discord locks out an address that asks with wrong tokens again and again."""
    bed.answer = lambda asked: document({"message": "401: Unauthorized"}, 401)
    verdicts = bed.ask([about("discord-bot", number) for number in range(20)]).verdicts
    assert 5 <= len(bed.asked) <= 6
    assert verdicts[-1].reason == "its server locks out who asks with too many wrong credentials"


def test_a_captcha_ends_it(bed: Vendors) -> None:
    bed.answer = lambda asked: Reply(401, (("X-Seraph-LoginReason", "AUTHENTICATION_DENIED"),))
    pairs = (("JIRA_URL", "https://acme.atlassian.net"), ("JIRA_EMAIL", "a@acme.example"))
    shape = rule_file("atlassian-api-token")["formats"][0]
    asked = [question("atlassian-api-token", sample(shape, Random(number)), pairs) for number in range(9)]
    verdicts = bed.ask(asked).verdicts
    assert len(bed.asked) <= 2
    assert {verdict.state for verdict in verdicts} == {State.UNKNOWN}
    assert "CAPTCHA" in verdicts[-1].reason


@pytest.mark.parametrize(
    ("tenant", "scoped", "state", "reason"),
    [
        (document({"cloudId": "0a1b"}), document({"emailAddress": "a@acme.example"}), "live", ""),
        (document({"cloudId": "0a1b"}), document({"message": "scope does not match"}, 401), "live_restricted", ""),
        (document({"cloudId": "0a1b"}), document({"message": "Unauthorized"}, 401), "unknown", "scopes for another"),
        (document({}), document({}), "unknown", "could not be looked up"),
        (Reply(500), document({}), "unknown", "could not be looked up"),
        (document({"cloudId": "../x?y"}), document({"emailAddress": "x"}), "live", ""),
    ],
)  # fmt: skip
def test_a_token_with_scopes(tenant: Reply, scoped: Reply, state: str, reason: str, bed: Vendors) -> None:
    """The site refuses it, live or not; it is for another address, which needs the id of the site."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/_edge/tenant_info":
            assert "authorization" not in asked.headers
            return tenant
        return scoped if asked.headers["host"] == "api.atlassian.com" else Reply(401)

    bed.answer = answer
    pairs = (("JIRA_URL", "https://acme.atlassian.net"), ("JIRA_EMAIL", "a@acme.example"))
    token = sample(rule_file("atlassian-api-token")["formats"][0], Random(1))
    verdict = bed.verdict(question("atlassian-api-token", token, pairs))
    assert verdict.state == state
    assert reason in verdict.reason
    if state == "live":
        assert bed.asked[-1].path.startswith("/ex/jira/")
        assert bed.asked[-1].path.endswith("/rest/api/3/myself")
        assert bed.asked[-1].path.count("/") == 7


def test_a_server_that_answers_anybody_proves_nothing(bed: Vendors) -> None:
    bed.answer = lambda asked: document({"data": []})
    asked = about("cerebras")
    verdict = bed.verdict(asked)
    assert verdict.state == "unknown"
    assert verdict.reason == "its server answers a made-up credential in the same way"
    real = dict(asked.attempts[0].values)["token"].reveal()
    assert [real in sent(each) for each in bed.asked] == [True, False]

    bed.answer = lambda each: document({"data": []}) if real in sent(each) else Reply(401)
    assert bed.verdict(asked).state == "live"


def test_each_secret_once(bed: Vendors) -> None:
    bed.answer = lambda asked: LIVE
    assert bed.verdict(about()).login == "octocat"
    assert [asked.path.partition("?")[0] for asked in bed.asked] == ["/user", "/user/orgs", "/user/repos"]
    assert bed.announced == [f"https://{GITHUB} through the proxy"]
