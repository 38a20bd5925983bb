"""Remote MCP servers on loopback that keep what they were asked with: path and headers of every request.

Three of them: streamable HTTP with its handshake, streamable HTTP of the stateless revision, and the older pair of an
event stream and an address to post to.
"""

import json
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.servers.recorder import answer

Kind = Literal["handshake", "stateless", "events"]
_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class Call:
    """One request. What it carries stays out of `repr`, so a failed assertion shows no value."""

    method: str
    path: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    """Names in lower case."""
    message: str
    """The method of the JSON-RPC message, or ""."""


class Remote:
    """A server that is running."""

    def __init__(self, url: str) -> None:
        self.url = url
        """Of the server's root; every path answers."""
        self.calls: list[Call] = []
        """In the order of their arrival."""


@contextmanager
def remote_recorder(
    kind: Kind = "handshake", tools: tuple[str, ...] = ("say_hello",), tls: ssl.SSLContext | None = None
) -> Iterator[Remote]:
    """Serves while the block runs; with `tls` encrypted."""
    streams: dict[str, queue.Queue[bytes]] = {}
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                message = json.loads(body)
            except ValueError:
                message = None
            self._keep(message)
            stream = streams.get(self.path.partition("?")[0]) if kind == "events" else None
            if kind == "events" and stream is None:
                return self._reply(405)
            reply = answer(message, tools, stateless=kind == "stateless")
            if stream is not None and reply is not None:
                stream.put(json.dumps(reply).encode())
            if reply is None or stream is not None:
                return self._reply(202)
            return self._reply(200, json.dumps(reply).encode())

        def do_GET(self) -> None:
            self._keep(None)
            if kind != "events" or "/.well-known/" in self.path:
                return self._reply(405 if "/.well-known/" not in self.path else 404)
            here = f"/messages/{len(streams)}"
            mine = streams[here] = queue.Queue()
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            return self._stream(here, mine)

        def _stream(self, here: str, mine: "queue.Queue[bytes]") -> None:
            try:
                self._event("endpoint", here.encode())
                while not closing.is_set():
                    try:
                        self._event("message", mine.get(timeout=_WAIT_S))
                    except queue.Empty:
                        self.wfile.write(b": still here\n\n")
                        self.wfile.flush()
            except OSError:
                pass  # the other side has gone

        def _event(self, name: str, data: bytes) -> None:
            self.wfile.write(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n")
            self.wfile.flush()

        def do_DELETE(self) -> None:
            self._keep(None)
            self._reply(200)

        def _keep(self, message: Any) -> None:
            said = message.get("method", "") if isinstance(message, dict) else ""
            headers = {name.lower(): value for name, value in self.headers.items()}
            remote.calls.append(Call(self.command, self.path, headers, said))

        def _reply(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if body:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the default writes each request to stderr."""

    with _Quiet(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        remote = Remote(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield remote
        finally:
            closing.set()
            server.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a host that is killed leaves connections open

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A host that is killed breaks its connections off; that is no failure of the test."""
