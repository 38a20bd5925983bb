"""Servers that mean harm: they are told of, not followed, and cost neither time nor memory."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from tests.oauth.bed import RESOURCE, SERVER, Bed, bed, failed, look, probe
from tests.oauth.test_checks import Change, both, challenge, meta, no_prm, prm
from tests.servers.sites import Answering, Asked, Reply, document, redirect
from unsprawl.scanner.oauth import answer as limits
from unsprawl.scanner.oauth import visit, walk
from unsprawl.scanner.oauth.answer import Fault

SPACES = b" " * (1 << 20)
JSON = (("Content-Type", "application/json"),)
MOST_MEMORY = 24 << 20


def endless(piece: bytes = SPACES, times: int = 1024, wait_s: float = 0) -> Reply:
    """A gigabyte of it, or a drop at a time."""

    def stream() -> Iterable[bytes]:
        for _ in range(times):
            time.sleep(wait_s)
            yield piece

    return Reply(200, JSON, stream=stream)


def at(site: str, path: str, reply: Answering, method: str = "GET") -> Change:
    return lambda bed: lambda again: getattr(again, site).routes.update({(method, path): reply})


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_MEMORY


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter limits: what is tried is that they hold, not how long they are."""
    monkeypatch.setattr(visit, "REQUEST_S", 0.5)
    monkeypatch.setattr(walk, "PROBE_S", 3.0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (at("mcp", "/mcp", endless(), "POST"), {"T04", "C01"}),
        (at("mcp", f"{RESOURCE}/mcp", endless()), {"C03", "P01", "P02", "A12"}),
        (at("auth", SERVER, endless()), {"A01", "A12"}),
    ],
    ids=["endpoint", "resource", "server"],
)
def test_a_gigabyte_of_spaces(change: Change, expected: set[str]) -> None:
    with bed(change) as made, little_memory():
        found = probe(made.url)
        assert failed(found) == expected
        assert found.verdict.kind == "broken"


@pytest.mark.parametrize("site", ["mcp", "auth"])
def test_a_slow_drip_is_ended(site: str, hurried: None) -> None:
    drip = endless(b" ", 1000, 0.05)
    place = f"{RESOURCE}/mcp" if site == "mcp" else SERVER
    with bed(at(site, place, drip)) as made:
        begun = time.monotonic()
        found = probe(made.url)
        assert time.monotonic() - begun < 4
        assert "A12" in failed(found)
        assert found.verdict.kind == "broken"


def test_a_server_that_drips_its_answer_is_not_judged(hurried: None) -> None:
    def nothing() -> Iterable[bytes]:
        time.sleep(5)
        return []

    with bed(at("mcp", "/mcp", Reply(200, JSON, stream=nothing), "POST")) as made:
        found = probe(made.url)
        assert found.seen.first.fault is Fault.SLOW
        assert (failed(found), found.verdict.kind) == ({"T02"}, "inconclusive")


def silent(asked: Asked) -> Reply:
    time.sleep(5)
    return Reply(404)


def test_many_silent_places_are_ended_together(hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "PROBE_S", 0.8)
    with bed(both(no_prm, at("mcp", "*", silent))) as made:
        begun = time.monotonic()
        found = probe(made.url)
        assert time.monotonic() - begun < 2
        assert not found.seen.ended
        assert "A12" in failed(found)
        assert found.verdict.kind == "inconclusive"


def test_silence_is_no_proof(hurried: None) -> None:
    with bed(at("auth", "*", silent)) as made:
        made.auth.routes.pop(("GET", SERVER))
        found = probe(made.url)
        assert {"A12"} == failed(found)
        assert found.verdict.kind == "inconclusive"


def test_who_drips_is_not_asked_again(hurried: None) -> None:
    with bed(at("auth", SERVER, endless(b" ", 1000, 0.05))) as made:
        assert probe(made.url).verdict.kind == "broken"
        assert made.auth.lines == [f"GET {SERVER}"]


def test_the_limits_are_what_the_documentation_says() -> None:
    assert (limits.CONNECT_S, limits.REQUEST_S, limits.MOST_BYTES, limits.MOST_REDIRECTS) == (5, 10, 1 << 20, 3)


@pytest.mark.parametrize(
    "change",
    [
        at("mcp", f"{RESOURCE}/mcp", redirect(f"{RESOURCE}/mcp")),
        lambda bed: (
            lambda again: again.mcp.routes.update(
                {
                    ("GET", f"{RESOURCE}/mcp"): redirect("/a"),
                    ("GET", "/a"): redirect("/b"),
                    ("GET", "/b"): redirect("/a"),
                }
            )
        ),
        lambda bed: (
            lambda again: again.mcp.routes.update(
                {("GET", f"{RESOURCE}/mcp"): redirect("/0")}
                | {("GET", f"/{n}"): redirect(f"/{n + 1}") for n in range(50)}
            )
        ),
    ],
    ids=["to itself", "in a circle", "on and on"],
)
def test_redirects_without_an_end(change: Change) -> None:
    with bed(change) as made:
        found = probe(made.url)
        assert {"T06", "A12", "P01"} <= failed(found)
        assert len(made.mcp.asked) < 16
        assert found.verdict.kind == "broken"


def test_a_redirect_in_a_circle_at_the_endpoint() -> None:
    with bed(at("mcp", "/mcp", redirect("/mcp", 307), "POST")) as made:
        assert probe(made.url).verdict.kind == "broken"
        assert len(made.mcp.asked) < 4


INWARD = [
    "http://169.254.13.37/latest",
    "https://169.254.13.37/latest",
    "https://[fe80::1]/",
    "https://[::ffff:169.254.13.37]/",
    "https://10.1.2.3/as",
    "https://[fd12:3456::1]/",
    "https://metadata.google.internal/",
    "https://2851999013/",
    "https://0xA9FE0D25/",
    "https://0251.0376.015.045/",
    "https://169.254.3365/",
    "https://169.254.13.37./",
    "https://[64:ff9b::a9fe:d25]/",
    "https://[2002:a9fe:d25::]/",
    "https://[fe80::1%25lo]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://100.64.0.1/",
    "https://h.example.com%00.example.com/",
    "https://h\x7f.example.com/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "gopher://h/",
    "https://user:password@h.example.com/",
]


@pytest.mark.parametrize("inward", INWARD)
@pytest.mark.parametrize("way", ["issuer", "challenge", "redirect"])
def test_what_leads_inward_is_not_followed(inward: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even from a server on this machine: only what is public, or of the server's own kind."""
    connected: list[object] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        connected.append(address)
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    changes: dict[str, Change] = {
        "issuer": prm(authorization_servers=[inward]),
        "challenge": challenge(f'Bearer resource_metadata="{inward}"'),
        "redirect": at("mcp", f"{RESOURCE}/mcp", redirect(inward)),
    }
    with bed(changes[way]) as made:
        found = probe(made.url)
        assert "T06" in failed(found) or (way == "redirect" and inward.startswith("http://"))
        assert found.verdict.kind == "broken"
        assert {address[0] for address in connected if isinstance(address, tuple)} <= {"127.0.0.1"}


def test_a_public_server_may_not_lead_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not trusted, a server on this machine is not even asked itself."""
    with bed() as made:
        seen = look(made.url, trusted=False)
        assert (seen.first.fault, seen.first.status) == (Fault.UNSAFE, 0)
        assert made.mcp.asked == []


@pytest.mark.parametrize(
    "url", ["http://169.254.13.37/mcp", "https://[fe80::1]/mcp", "https://metadata.google.internal/"]
)
def test_link_local_is_not_called_though_it_was_typed(url: str) -> None:
    seen = look(url)
    assert (seen.first.fault, seen.first.status) == (Fault.UNSAFE, 0)


@pytest.mark.parametrize(
    "endpoint", ["javascript:alert(1)", "data:text/html,x", "vscode://x/y", "https://a b/", "ms-settings:x", "//x"]
)
def test_an_endpoint_that_no_browser_should_open(endpoint: str) -> None:
    with bed(meta(authorization_endpoint=endpoint)) as made:
        found = probe(made.url)
        assert {"A04", "T06"} <= failed(found)
        assert found.verdict.kind == "broken"


DEEP = b'{"resource":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
CROWD = b'{"resource": "x", "y": [' + b"{}," * 330_000 + b"{}]}"
BODIES = {
    "deep": DEEP,
    "UTF-16": '{"resource": "x"}'.encode("utf-16"),
    "Latin-1": b'{"resource": "\xe9\xff"}',
    "a key twice": b'{"resource": "x", "resource": "y"}',
    "a key twice within": b'{"resource": "x", "y": {"a": 1, "a": 2}}',
    "no number": b'{"resource": "x", "y": NaN}',
    "a number without an end": b'{"resource": "x", "y": ' + b"9" * 100_000 + b"}",
    "cut off": b'{"resource": "x',
    "a crowd": CROWD,
    "nothing": b"",
    "a byte order mark": b'\xef\xbb\xbf{"resource": "x"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_json(body: bytes) -> None:
    with bed(at("mcp", f"{RESOURCE}/mcp", Reply(200, JSON, body))) as made, little_memory():
        found = probe(made.url)
        assert {"P01", "P02"} <= failed(found)


def test_an_answer_that_is_cut_off_is_not_judged() -> None:
    with speaking(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{") as url:
        found = probe(url)
        assert (failed(found), found.verdict.kind) == ({"T02"}, "inconclusive")


def test_a_refusal_that_does_not_end_is_one(hurried: None) -> None:
    def change(bed: Bed) -> object:
        headers = (("WWW-Authenticate", bed.challenge or ""), ("Content-Length", "9000"))
        drip = Reply(401, headers, stream=lambda: endless(b" ", 1000, 0.05).stream())  # type: ignore[misc]
        return lambda again: again.mcp.routes.update({("POST", "/mcp"): drip})

    with bed(change) as made:
        found = probe(made.url)
        assert (failed(found), found.verdict.kind) == (set(), "ready")


def test_a_compression_bomb() -> None:
    bomb = Reply(200, (*JSON, ("Content-Encoding", "gzip")), gzip.compress(b" " * (256 << 20), 1))
    with bed(at("auth", SERVER, bomb)) as made, little_memory():
        assert {"A01", "A12"} <= failed(probe(made.url))


def test_what_is_packed_though_nobody_asked_for_it_is_read() -> None:
    def change(bed: Bed) -> object:
        reply = document(bed.metadata)
        packed = Reply(200, (*reply.headers, ("Content-Encoding", "gzip")), gzip.compress(reply.body))
        return lambda again: again.auth.routes.update({("GET", SERVER): packed})

    with bed(change) as made:
        assert probe(made.url).verdict.kind == "ready"


@pytest.mark.parametrize(
    "headers",
    [
        tuple((f"X-{n}", "y" * 500) for n in range(90)),
        tuple(("Set-Cookie", f"a{n}=b") for n in range(90)),
        (("WWW-Authenticate", "Bearer " + "a," * 20_000),),
        (("WWW-Authenticate", 'Bearer realm="' + "\\" * 30_000),),
    ],
    ids=["many", "cookies", "commas", "backslashes"],
)
def test_many_and_long_headers(headers: tuple[tuple[str, str], ...]) -> None:
    with bed(at("mcp", "/mcp", Reply(401, headers), "POST")) as made, little_memory():
        begun = time.monotonic()
        probe(made.url)
        assert time.monotonic() - begun < 3


@contextmanager
def speaking(data: bytes, again: bytes = b"") -> Iterator[str]:
    """A socket that answers so, whatever it is asked, and then says `again` for as long as somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        connection.sendall(data)
                        while again and not over.is_set():
                            connection.sendall(again)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        over.set()
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("data", "again"),
    [
        (b"", b""),
        (b"SSH-2.0-OpenSSH_9.6\r\n", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 401 \xff\xfe\r\nWWW-Authenticate: \xff\r\nContent-Length: 0\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", b"data: x\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n\n\r\n"),
    ],
    ids=[
        "nothing",
        "ssh",
        "headers without an end",
        "a header without an end",
        "always 100",
        "odd bytes",
        "two lengths",
        "one byte a time",
        "lines",
        "empty lines",
    ],
)
def test_what_is_hardly_http(data: bytes, again: bytes, hurried: None) -> None:
    with speaking(data, again) as url, little_memory():
        begun = time.monotonic()
        found = probe(url)
        assert time.monotonic() - begun < 6
        assert found.verdict.kind in ("inconclusive", "broken", "static-key")


def test_names_of_a_server_are_cut() -> None:
    long = "https://h.example.com/" + "a" * 3000
    with bed(prm(resource=long)) as made:
        found = probe(made.url)
        assert max(len(each.seen) for each in found.results) < 400
