"""Renewing against a real TLS endpoint that rotates and detects reuse: faults, many processes, kills, no token said."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.broker import oauth_records
from tests.broker.oauth_records import Clock, credential_for, places, refresher, store_credential
from tests.broker.token_endpoint import CANARY, Answer, TokenEndpoint, serving
from tests.servers.tls import Authority
from unsprawl.broker import oauth_endpoint
from unsprawl.broker.oauth_refresh import SignInEnded
from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.oauth_item import newest, stored
from unsprawl.vault.oauth_token import ClientAuth

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_800_000_000
FIRST, SECOND, THIRD = (Secret(f"{CANARY}-access-{n}") for n in (1, 2, 3))


@pytest.fixture
def endpoint() -> TokenEndpoint:
    return TokenEndpoint()


@pytest.fixture
def authority(endpoint: TokenEndpoint, tmp_path: Path) -> Iterator[Path]:
    made = Authority(tmp_path)
    with serving(endpoint, made):
        yield made.root


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


def test_it_is_renewed_when_due_and_not_before(endpoint: TokenEndpoint, authority: Path, clock: Clock) -> None:
    told: list[tuple[str, str, bool]] = []
    record = store_credential(credential_for(endpoint, NOW + 3600, issued_at=NOW))
    ours = refresher(record, clock, authority, told)
    for passed, token, refreshes in [(0, FIRST, 0), (3299, FIRST, 0), (3300, SECOND, 1), (3301, SECOND, 1)]:
        clock.now = NOW + passed
        assert ours.current() == token
        assert endpoint.refreshes == refreshes
    kept = stored(places(record))
    assert (kept.access_token, kept.refresh_token.reveal()) == (SECOND, endpoint.refresh_token)
    assert (kept.issued_at, kept.expires_at, kept.generation) == (NOW + 3300, NOW + 6900, 2)
    assert told == [(endpoint.url.split("/")[2], "", True)]
    assert not AgeStore().delete(places(record).spare)
    clock.now = NOW + 50_000
    assert refresher(record, clock, authority).current() == THIRD


def test_only_a_refresh_token_is_enough(endpoint: TokenEndpoint, authority: Path, clock: Clock) -> None:
    record = store_credential(credential_for(endpoint, None, access_token=None))
    assert refresher(record, clock, authority).current() == SECOND


def test_a_server_that_does_not_rotate(endpoint: TokenEndpoint, authority: Path, clock: Clock) -> None:
    endpoint.rotates = False
    record = store_credential(credential_for(endpoint, NOW))
    ours = refresher(record, clock, authority)
    assert ours.current() == SECOND
    clock.now += 4000
    assert ours.current() == THIRD


@pytest.mark.parametrize("auth", list(ClientAuth))
def test_each_way_of_showing_the_client(
    auth: ClientAuth, endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    secret = None if auth is ClientAuth.NONE else "s&t=u+v%:w"
    endpoint.auth, endpoint.client_secret = auth.value, secret
    fields = {"client_auth": auth, "client_secret": None if secret is None else Secret(secret)}
    record = store_credential(credential_for(endpoint, NOW, resource="https://mcp.example.com/", **fields))
    assert refresher(record, clock, authority).current() == SECOND
    assert endpoint.forms[0]["resource"] == ["https://mcp.example.com/"]
    headers = {name.lower(): value for name, value in endpoint.headers[0].items()}
    assert headers["accept"] == "application/json"
    assert headers["content-type"] == "application/x-www-form-urlencoded"


def test_an_unknown_end_is_only_known_by_a_401(endpoint: TokenEndpoint, authority: Path, clock: Clock) -> None:
    endpoint.expires_in = None
    record = store_credential(credential_for(endpoint, None))
    ours, other = refresher(record, clock, authority), refresher(record, clock, authority)
    clock.now += 10_000_000
    assert ours.current() == FIRST
    ours.rejected(FIRST)
    other.rejected(FIRST)
    assert (ours.current(), other.current(), endpoint.refreshes) == (SECOND, SECOND, 1)
    ours.rejected(FIRST)  # late, of a connection that is older than the renewal
    assert (ours.current(), endpoint.refreshes) == (SECOND, 1)


def test_an_upstream_that_refuses_everything_does_not_use_up_the_sign_in(
    endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    ours = refresher(store_credential(credential_for(endpoint, NOW + 3600)), clock, authority)
    for _ in range(20):
        ours.rejected(ours.current())
    assert endpoint.refreshes == 1
    clock.now += 61
    ours.rejected(ours.current())
    ours.current()
    assert endpoint.refreshes == 2


# Faults


def _nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(30)
    handler.connection.recv(1)  # until the client gives up


def _reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    os.close(handler.connection.detach())


def _half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{")


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX: ")
    for _ in range(100):
        time.sleep(0.05)
        handler.wfile.write(b"x")


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    while True:
        handler.wfile.write(b" " * 65536)


def _endless_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: " + b"x" * 1000 + b"\r\n")


def _no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(f"220 {CANARY}\r\n\r\n".encode())


HTML = Answer(200, f"<html>{CANARY}".encode(), {"Content-Type": "text/html"})
FAULTS: dict[str, tuple[Answer, str, float]] = {
    "timeout": (Answer(raw=_nothing), "does not answer in time", 5),
    "dripping": (Answer(raw=_drip), "does not answer in time", 5),
    "reset": (Answer(raw=_reset), "breaks", 5),
    "half an answer": (Answer(raw=_half), "breaks", 5),
    "no HTTP": (Answer(raw=_no_http), "does not speak HTTP", 5),
    "an endless head": (Answer(raw=_endless_head), "does not speak HTTP", 5),
    "429": (Answer(429), "HTTP 429", 5),
    "429 with a wait": (Answer(429, headers={"Retry-After": "120"}), "HTTP 429", 120),
    "500": (Answer(500, f"{CANARY}".encode()), "HTTP 500", 5),
    "502": (Answer(502, b"<html>"), "HTTP 502", 5),
    "503 with a wait": (Answer(503, headers={"Retry-After": "60"}), "HTTP 503", 60),
    "redirect": (Answer(307, headers={"Location": "/elsewhere"}), "redirect", 300),
    "redirect with GET": (Answer(302, headers={"Location": "/elsewhere"}), "redirect", 300),
    "a page": (HTML, "JSON", 300),
    "endless": (Answer(raw=_endless), "far more than a token", 300),
    "no access token": (
        Answer(change=lambda t: {k: v for k, v in t.items() if k != "access_token"}),
        "access_token",
        300,
    ),
    "another type": (Answer(change=lambda t: {**t, "token_type": "DPoP"}), "another type", 300),
    "a line end": (Answer(change=lambda t: {**t, "access_token": "a\r\nX: 1"}), "access_token", 300),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_keeps_the_old_token_while_it_works_and_is_mended(
    fault: str, endpoint: TokenEndpoint, authority: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_endpoint, "WHOLE_S", 1.0)
    answer, says, wait = FAULTS[fault]
    told: list[tuple[str, str, bool]] = []
    record = store_credential(credential_for(endpoint, NOW + 30))
    endpoint.faults = [answer]
    ours = refresher(record, clock, authority, told)
    assert ours.current() == FIRST
    assert (len(endpoint.forms), endpoint.elsewhere) == (1, 0)
    assert [(says in what, well) for _, what, well in told] == [(True, False)]
    assert CANARY not in str(told)

    # Until the wait is over nobody asks again, of no process; then it has ended, and that is said.
    other = refresher(record, clock, authority)
    assert (other.current(), len(endpoint.forms)) == (FIRST, 1)
    clock.now += wait - 1
    if not stored(places(record)).usable(clock.now):
        with pytest.raises(VaultError) as failed:
            other.current()
        assert len(endpoint.forms) == 1
        assert oauth_records.VARIABLE in failed.value.message
        assert CANARY not in failed.value.message + failed.value.hint
    clock.now += 2
    assert other.current() == Secret(endpoint.access_token)
    assert (len(endpoint.forms), endpoint.revoked) == (2, False)


@pytest.mark.parametrize(("fault", "says"), [(name, says) for name, (_, says, _) in FAULTS.items()])
def test_a_fault_without_a_token_that_works_is_said(
    fault: str, says: str, endpoint: TokenEndpoint, authority: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_endpoint, "WHOLE_S", 1.0)
    endpoint.faults = [FAULTS[fault][0]]
    record = store_credential(credential_for(endpoint, NOW - 1))
    with pytest.raises(VaultError) as failed:
        refresher(record, clock, authority).current()
    assert says in failed.value.message
    assert "localhost" in failed.value.message
    assert CANARY not in failed.value.message + failed.value.hint
    assert failed.value.hint


def test_a_certificate_for_another_name(tmp_path: Path, endpoint: TokenEndpoint, clock: Clock) -> None:
    made = Authority(tmp_path)
    with serving(endpoint, made, name="elsewhere.example"):
        record = store_credential(credential_for(endpoint, NOW - 1))
        with pytest.raises(VaultError, match="certificate"):
            refresher(record, clock, made.root).current()
    assert endpoint.forms == []


def test_a_certificate_of_nobody_we_know(
    tmp_path: Path, endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    (tmp_path / "other").mkdir()
    record = store_credential(credential_for(endpoint, NOW - 1))
    with pytest.raises(VaultError, match="certificate"):
        refresher(record, clock, Authority(tmp_path / "other").root).current()
    assert endpoint.forms == []


def test_nobody_listens(tmp_path: Path, endpoint: TokenEndpoint, clock: Clock) -> None:
    made = Authority(tmp_path)
    with serving(endpoint, made):
        pass
    record = store_credential(credential_for(endpoint, NOW - 1))
    with pytest.raises(VaultError, match=r"localhost:\d+: it cannot be reached") as failed:
        refresher(record, clock, made.root).current()
    assert "asked again" in failed.value.hint


@pytest.mark.parametrize(("left", "refused"), [(-1, True), (200, True)])
def test_an_ended_sign_in_is_said_and_not_asked_again_at_once(
    left: int, refused: bool, endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    record = store_credential(credential_for(endpoint, NOW + left))
    endpoint.revoked = True
    for _ in range(3):
        with pytest.raises(SignInEnded) as failed:
            refresher(record, clock, authority).current()
        assert "sign-in at localhost" in failed.value.message
        assert "Sign in again" in failed.value.hint
    assert len(endpoint.forms) == 1


def test_an_ambiguous_end_is_not_hidden(endpoint: TokenEndpoint, authority: Path, clock: Clock) -> None:
    """The server has spent the token, and its answer was lost: with reuse detection nothing but a new sign-in helps."""
    record = store_credential(credential_for(endpoint, NOW + 30))
    endpoint.faults = [Answer(spends=True, raw=_reset)]
    ours = refresher(record, clock, authority)
    assert ours.current() == FIRST
    clock.now += 10
    with pytest.raises(SignInEnded):
        ours.current()


def test_a_rotated_token_survives_an_answer_of_no_other_use(
    endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    record = store_credential(credential_for(endpoint, NOW + 30))
    endpoint.faults = [Answer(change=lambda tokens: {**tokens, "token_type": "DPoP"})]
    assert refresher(record, clock, authority).current() == FIRST
    assert stored(places(record)).refresh_token.reveal() == endpoint.refresh_token


def test_tokens_that_no_store_takes_still_serve_this_process(
    endpoint: TokenEndpoint, authority: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str, bool]] = []
    record = store_credential(credential_for(endpoint, NOW))
    ours = refresher(record, clock, authority, told)
    with monkeypatch.context() as full:
        full.setattr(AgeStore, "put", _full)
        assert [ours.current() for _ in range(3)] == [SECOND] * 3
    assert endpoint.refreshes == 1
    assert any("could not be stored" in what and not well for _, what, well in told)
    assert stored(places(record)).access_token == FIRST
    assert ours.current() == SECOND  # and as soon as there is room, it is kept
    assert stored(places(record)).access_token == SECOND


def _full(*_: object) -> None:
    raise StoreUnavailable("no space left")


def test_a_store_that_is_locked_is_said_and_nothing_is_sent(
    endpoint: TokenEndpoint, authority: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store_credential(credential_for(endpoint, NOW))
    monkeypatch.setattr(AgeStore, "get", _full)
    with pytest.raises(StoreUnavailable):
        refresher(record, clock, authority).current()
    assert endpoint.forms == []


# Processes

CHILD = """
import sys
from pathlib import Path
from tests.broker.oauth_records import REF, Clock, refresher
from unsprawl.broker import oauth_refresh
from unsprawl.vault import oauth_item, service, age_store
from unsprawl.vault.records import load
{before}
ours = refresher(load(REF), Clock({now}), Path({authority!r}))
print("ready", flush=True)
sys.stdin.readline()
print(ours.current().reveal(), flush=True)
"""


def child(authority: Path, now: float, before: str = "") -> subprocess.Popen[str]:
    code = CHILD.format(now=now, authority=str(authority), before=before)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_eight_processes_at_once_refresh_once(endpoint: TokenEndpoint, authority: Path) -> None:
    endpoint.at_each = lambda: time.sleep(0.3)
    record = store_credential(credential_for(endpoint, NOW))
    running = [child(authority, NOW) for _ in range(8)]
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60) for each in running]
    assert {out for out, _ in said} == {endpoint.access_token + "\n"}
    assert {err for _, err in said} == {""}
    assert (endpoint.refreshes, endpoint.revoked) == (1, False)
    assert stored(places(record)).access_token == SECOND


KILL = "import os, signal\ndef die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
STEPS: dict[str, str] = {
    "before the request": "oauth_refresh.request_for = die",
    "before the spare place is written": "oauth_item._put_first = die",
    "in the middle of the spare place": """
def put(self, item, secret):
    age_store.write_private(age_store._item_path(item), b"half of it"); die()
age_store.AgeStore.put = put""",
    "before the main place is written": """
first = oauth_item._put_first
def put_first(*given):
    first(*given); die()
oauth_item._put_first = put_first""",
    "in the middle of the main place": """
first, put = oauth_item._put_first, age_store.AgeStore.put
def half(self, item, secret):
    age_store.write_private(age_store._item_path(item), b"half of it"); die()
def put_first(*given):
    done = first(*given); age_store.AgeStore.put = half; return done
oauth_item._put_first = put_first""",
    "before the spare place is emptied": "oauth_item.discard = die",
    "after all is kept": "oauth_refresh.oauth_waits.clear = die",
}
LOST = {"before the spare place is written", "in the middle of the spare place"}
"""The server has spent the old token, and nobody has the new one. Without reuse detection the old one still works."""


@pytest.mark.parametrize("rotates", [True, False])
@pytest.mark.parametrize("step", list(STEPS))
def test_a_kill_leaves_what_the_server_still_takes(
    step: str, rotates: bool, endpoint: TokenEndpoint, authority: Path, clock: Clock
) -> None:
    endpoint.rotates = rotates
    record = store_credential(credential_for(endpoint, NOW))
    killed = child(authority, NOW, KILL + STEPS[step])
    _, err = killed.communicate("\n", timeout=60)
    assert killed.returncode == -signal.SIGKILL, err
    kept, _ = newest(places(record))
    if step in LOST and rotates:
        assert kept.access_token == FIRST  # whole, and as it was
        with pytest.raises(SignInEnded):
            refresher(record, clock, authority).current()
        return
    assert kept.refresh_token.reveal() == endpoint.refresh_token
    assert refresher(record, clock, authority).current() == Secret(endpoint.access_token)
    clock.now += 5000
    assert refresher(record, clock, authority).current() == Secret(endpoint.access_token)
    assert not endpoint.revoked
    assert stored(places(record)).refresh_token.reveal() == endpoint.refresh_token
    assert not AgeStore().delete(places(record).spare)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_end_waits_until_the_new_token_is_kept(
    number: signal.Signals, endpoint: TokenEndpoint, authority: Path
) -> None:
    record = store_credential(credential_for(endpoint, NOW))
    process = child(authority, NOW)
    endpoint.at_each = _then(lambda: process.send_signal(number), 0.3)
    process.communicate("\n", timeout=60)
    assert process.returncode != 0
    assert (endpoint.refreshes, stored(places(record)).access_token) == (1, SECOND)


def _then(act: Callable[[], None], wait_s: float) -> Callable[[], None]:
    def both() -> None:
        act()
        time.sleep(wait_s)

    return both


def test_no_token_is_in_a_file_or_said(endpoint: TokenEndpoint, authority: Path, home: Path) -> None:
    """After successes and after faults: not in the home, and not in what a process says, with all logging on."""
    store_credential(credential_for(endpoint, NOW))
    endpoint.faults = [HTML, Answer(change=lambda tokens: {**tokens, "access_token": [f"{CANARY}-x"]})]
    noisy = "import logging, warnings; logging.basicConfig(level=1); warnings.simplefilter('always')\n"
    noisy += "import builtins, http.client; builtins.print = lambda *a, **k: sys.stdout.write(a[0][:5] + '\\n')\n"
    for later in (0, 301, 602, 5000):
        out, err = child(authority, NOW + later, noisy).communicate("\n", timeout=60)
        assert CANARY not in out + err
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    assert endpoint.refreshes == 3
