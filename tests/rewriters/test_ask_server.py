"""Asking servers for their tools: both eras, both kinds of remote servers, and servers that mean no good."""

from __future__ import annotations

import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.rewriters.support import github, running_in
from tests.servers.remote import Kind, remote_recorder
from unsprawl.rewriters import ask_server, server_limits
from unsprawl.rewriters.ask_server import Silent, Tools, tools_of_command, tools_of_url

RECORDER = Path(__file__).parents[1] / "servers" / "recorder.py"
TIMEOUT_S = 30.0


def environment(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TOKEN": github()}


def asked(home: Path, *words: str, timeout_s: float = TIMEOUT_S) -> Tools:
    return tools_of_command([sys.executable, *words], environment(home), str(home), timeout_s)


# --- eras


@pytest.mark.parametrize(("flags", "revision"), [([], "2025-11-25"), (["--stateless"], "2026-07-28")])
def test_a_local_server_of_each_era(home: Path, flags: list[str], revision: str) -> None:
    assert asked(home, str(RECORDER), *flags, "--tool", "a", "--tool", "b") == Tools(frozenset({"a", "b"}), revision)
    assert running_in(home) == []


OLD = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message["method"] == "initialize":
        about = {"name": "x", "version": "1"}
        result = {"protocolVersion": VERSION, "capabilities": {"tools": {}}, "serverInfo": about}
    elif message["method"] == "tools/list":
        result = {"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}
    elif "id" not in message:
        continue
    else:
        UNKNOWN
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""
ERROR = """error = {"code": -32601, "message": "?"}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
        continue"""


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_each_older_revision(home: Path, version: str) -> None:
    script = OLD.replace("VERSION", repr(version)).replace("UNKNOWN", ERROR)
    assert asked(home, "-c", script) == Tools(frozenset({"a"}), version)


@pytest.mark.parametrize("manners", ["sys.exit(1)", "raise KeyError", 'print("what?", flush=True); continue'])
def test_an_older_server_that_does_not_bear_an_unknown_question(
    home: Path, manners: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends, or says nothing that can be read: it is greeted the old way, if need be by starting it once more."""
    monkeypatch.setattr("mcp.client.session.DISCOVER_TIMEOUT_SECONDS", 1.0)
    script = OLD.replace("VERSION", "'2025-06-18'").replace("UNKNOWN", manners)
    assert asked(home, "-c", script) == Tools(frozenset({"a"}), "2025-06-18")


def test_a_server_without_tools_is_not_asked_for_them(home: Path) -> None:
    script = OLD.replace("VERSION", "'2025-06-18'").replace('{"tools": {}}', "{}").replace("UNKNOWN", ERROR)
    assert asked(home, "-c", script.replace("tools/list", "never")).names == frozenset()


PAGES = OLD.replace("VERSION", "'2025-06-18'").replace("UNKNOWN", ERROR)
PAGES = PAGES.replace(
    'result = {"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}',
    'page = int(message.get("params", {}).get("cursor", 0)); '
    'result = {"tools": [{"name": f"t{page}.{n}", "inputSchema": {"type": "object"}} for n in range(EACH)]}; '
    'result |= {"nextCursor": str(page + 1)} if page + 1 < LAST else {}',
)


def test_all_pages_are_read(home: Path) -> None:
    script = PAGES.replace("EACH", "2").replace("LAST", "3")
    assert asked(home, "-c", script).names == {f"t{page}.{n}" for page in range(3) for n in range(2)}


@pytest.mark.parametrize(("each", "last"), [("0", "10**9"), ("500", "10**9")])
def test_a_list_without_an_end(home: Path, each: str, last: str) -> None:
    with pytest.raises(Silent, match="its list has no end"):
        asked(home, "-c", PAGES.replace("EACH", each).replace("LAST", last))


# --- servers that mean no good

READ = "import json, os, sys, time, subprocess\ntoken = os.environ['TOKEN']\n"
REQUESTS = "".join(
    f"print(json.dumps({{'jsonrpc': '2.0', 'id': {n}, 'method': {method!r}, 'params': {params}}}), flush=True)\n"
    for n, (method, params) in enumerate(
        [
            ("sampling/createMessage", {"messages": [], "maxTokens": 1}),
            ("roots/list", {}),
            ("elicitation/create", {"message": "key?", "requestedSchema": {"type": "object", "properties": {}}}),
            ("ping", {}),
            ("tools/call", {"name": "x"}),
        ]
    )
)
STOPPED = "the server stopped, or did not speak MCP"
HOSTILE = {
    "prints its environment": (READ + "print(dict(os.environ), flush=True); sys.stderr.write(token)", STOPPED),
    "says its key in an error": (
        READ + "for line in sys.stdin:\n"
        "    message = json.loads(line)\n"
        "    error = {'code': 1, 'message': token, 'data': token}\n"
        "    print(json.dumps({'jsonrpc': '2.0', 'id': message.get('id'), 'error': error}), flush=True)",
        STOPPED,
    ),
    "rewrites the terminal": (READ + "print('\\x1b]0;' + token + '\\x07\\x1b[2J', flush=True)", STOPPED),
    "no JSON": (READ + "print('{' * 100000, flush=True)", STOPPED),
    "deep JSON": (READ + "print('[' * 100000, flush=True)", STOPPED),
    "wrong JSON": (READ + "[print(json.dumps(x), flush=True) for x in (1, None, [], {}, {'id': 0}, token)]", STOPPED),
    "no text": (READ + "sys.stdout.buffer.write(bytes(range(256)) * 999); sys.stdout.flush()", STOPPED),
    "asks its client": (READ + REQUESTS + "time.sleep(0.5)", STOPPED),
    "endless lines": (READ + "while True: sys.stdout.write('x' * 100000)", "said more than 16 MB"),
    "flood of lines": (READ + "while True: print(token)", "said more than 16 MB"),
    "flood of messages": (
        READ + "while True: print(json.dumps({'jsonrpc': '2.0', 'method': 'notifications/message', 'params': {}}))",
        "said more than 16 MB",
    ),
    "flood of errors": (READ + "while True: sys.stderr.write(token * 1000)", "did not answer within"),
    "never answers": (READ + "sys.stdin.read()", "did not answer within"),
    "does not even read": (READ + "time.sleep(600)", "did not answer within"),
    "does not want to end": (
        READ + "import signal\n[signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]\nwhile True: time.sleep(1)",
        "did not answer within",
    ),
    "leaves a child": (READ + "subprocess.Popen(['sleep', '600']); sys.exit(0)", STOPPED),
    "leaves a daemon": (READ + "subprocess.Popen(['sleep', '600'], start_new_session=True); sys.exit(0)", STOPPED),
    "leaves a daemon's daemon": (
        READ + "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)",
        STOPPED,
    ),
}


@pytest.mark.parametrize(("script", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_server_that_means_no_good(
    home: Path,
    script: str,
    reason: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    begun = time.monotonic()
    with pytest.raises(Silent, match=reason) as caught:
        asked(home, "-c", script, timeout_s=1.5 if "within" in reason else TIMEOUT_S)
    assert time.monotonic() - begun < TIMEOUT_S
    assert running_in(home) == []
    out, err = capfd.readouterr()
    assert github() not in out + err + caplog.text + str(caught.value) + repr(caught.value.__cause__)


def test_a_server_that_answers_and_leaves_a_daemon(home: Path) -> None:
    """The answer counts, and still nothing stays."""
    script = "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)\n"
    script += RECORDER.read_text()
    assert asked(home, "-c", script).names == {"say_hello"}
    assert running_in(home) == []


def test_chatter_between_messages_is_left_out(home: Path) -> None:
    script = "print('Starting…')\nprint('{\"not\": \"a message\"}')\n" + RECORDER.read_text()
    assert asked(home, "-c", script).names == {"say_hello"}


def test_the_server_gets_no_other_variables(home: Path) -> None:
    record = home / "starts.jsonl"
    asked(home, str(RECORDER), "--record-to", str(record))
    [start] = [json.loads(line) for line in record.read_text().splitlines()]
    assert set(start["env"]) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {"HOME", "PATH", "TOKEN"}


# --- remote servers


@pytest.mark.parametrize(
    ("kind", "events", "revision"),
    [
        ("handshake", False, "2025-11-25"),
        ("stateless", False, "2026-07-28"),
        ("events", False, "2025-11-25"),  # found out
        ("events", True, "2025-11-25"),  # said by the entry
    ],
)
def test_a_remote_server_of_each_kind(kind: Kind, events: bool, revision: str) -> None:
    headers = {"Authorization": f"Bearer {github()}", "X-Team": "core"}
    with remote_recorder(kind, ("a", "b")) as remote:
        tools = tools_of_url(f"{remote.url}/mcp?k=v", headers, TIMEOUT_S, events=events)
    assert tools == Tools(frozenset({"a", "b"}), revision)
    assert {call.headers.get("authorization") for call in remote.calls} == {f"Bearer {github()}"}
    assert {call.headers.get("x-team") for call in remote.calls} == {"core"}
    assert {call.message for call in remote.calls} <= {
        *("", "initialize", "notifications/initialized", "server/discover", "tools/list")
    }


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A server that answers every request in the same way; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                answer(self)
            except OSError:
                self.close_connection = True

        do_GET = do_DELETE = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/mcp"
        server.shutdown()
        thread.join()


def plain(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def endless(kind: str, chunk: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", kind)
        request.end_headers()
        request.close_connection = True
        while True:
            request.wfile.write(chunk)

    return answer


def silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


BOMB = gzip.compress(b" " * (64 << 20))
SAID = json.dumps({"jsonrpc": "2.0", "id": 0, "error": {"code": 1, "message": "@@", "data": "@@"}})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (plain(401), "refused what the entry sends (status 401)"),
        (plain(403), "refused what the entry sends (status 403)"),
        (plain(500), "answered with an error (status 500)"),
        (plain(404), "answered with an error (status 404)"),
        (plain(200, b"<html>", Content_Type="text/html"), STOPPED),
        (plain(200, b"{"), STOPPED),
        (plain(200, b"[" * 100_000), STOPPED),
        (plain(200, BOMB, Content_Encoding="gzip"), STOPPED),
        (endless("application/json", b" " * 100_000), "said more than 16 MB"),
        (endless("text/event-stream", b"data: " + b"x" * 100_000), STOPPED),
        (endless("text/event-stream", b": x\n\n" * 10_000), "said more than 16 MB"),
        (silent, "did not answer within 2 seconds"),
    ],
    ids=["401", "403", "500", "404", "html", "half", "deep", "bomb", "long", "event", "events", "silent"],
)
def test_a_remote_server_that_means_no_good(
    answer: Answer, reason: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with answering(answer) as url, pytest.raises(Silent) as caught:
        tools_of_url(f"{url}?k={github()}", {"Authorization": github()}, 2.0 if answer is silent else TIMEOUT_S)
    assert reason in str(caught.value)
    out, err = capfd.readouterr()
    assert github() not in out + err + caplog.text + str(caught.value)


def test_a_remote_server_that_says_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = SAID.replace("@@", github()).encode()
    with answering(plain(200, body)) as url, pytest.raises(Silent) as caught:
        tools_of_url(url, {"Authorization": github()}, 3.0)
    assert github() not in caplog.text + str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("events", [False, True])
def test_nothing_is_sent_to_where_a_server_points(status: int, events: bool) -> None:
    with remote_recorder() as other, answering(plain(status, Location=f"{other.url}/mcp")) as url:
        with pytest.raises(Silent, match="sends to another address"):
            tools_of_url(url, {"Authorization": github()}, TIMEOUT_S, events=events)
        assert other.calls == []


def test_an_event_stream_cannot_point_elsewhere() -> None:
    with remote_recorder() as other:
        body = f"event: endpoint\ndata: {other.url}/messages\n\n".encode()
        with answering(plain(200, body, Content_Type="text/event-stream")) as url, pytest.raises(Silent):
            tools_of_url(url, {"Authorization": github()}, TIMEOUT_S, events=True)
        assert other.calls == []


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Silent, match="could not be reached"):
            tools_of_url(f"http://127.0.0.1:{unused.getsockname()[1]}/mcp", {}, TIMEOUT_S)


@pytest.mark.parametrize("url", ["", "ftp://x.test/mcp", "http://", "http://[::1", "mcp", "http://\x00"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(Silent):
        tools_of_url(url, {"X": "y"}, TIMEOUT_S)


def test_headers_that_are_none() -> None:
    with remote_recorder() as remote, pytest.raises(Silent):
        tools_of_url(f"{remote.url}/mcp", {"X": "a\r\nHost: evil.test"}, TIMEOUT_S)
    assert remote.calls == []


# --- the SDK's own servers

SDK_SERVER = """
import sys
from mcp.server.mcpserver import MCPServer
server = MCPServer("real")
@server.tool()
def hello() -> str: return "hello"
kind, port = sys.argv[1:]
server.run(kind, **({} if kind == "stdio" else {"host": "127.0.0.1", "port": int(port)}))
"""


def test_the_official_server_over_stdio(home: Path) -> None:
    assert asked(home, "-c", SDK_SERVER, "stdio", "0") == Tools(frozenset({"hello"}), "2026-07-28")


@pytest.mark.parametrize(
    ("kind", "path", "revision"), [("streamable-http", "mcp", "2026-07-28"), ("sse", "sse", "2025-11-25")]
)
def test_the_official_server_over_http(home: Path, kind: str, path: str, revision: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SDK_SERVER, kind, str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment(home), stdin=quiet, stdout=quiet, stderr=quiet) as server:
        try:
            deadline = time.monotonic() + TIMEOUT_S
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            tools = tools_of_url(f"http://127.0.0.1:{port}/{path}", {}, TIMEOUT_S)
        finally:
            server.kill()
    assert tools == Tools(frozenset({"hello"}), revision)


def test_limits_leave_room_for_real_servers() -> None:
    """A large server's list is some hundred KB."""
    assert server_limits.MOST_LINE >= 1 << 20
    assert server_limits.MOST_BYTES >= server_limits.MOST_LINE
    assert ask_server.MOST_TOOLS >= 1_000
