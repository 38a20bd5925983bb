"""Web sites on loopback whose every answer a test writes: for servers in any shape, broken and hostile ones too."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    """As it was written, with its query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        """Its JSON-RPC message, or {}."""
        try:
            loaded = json.loads(self.body)
        except ValueError:
            return {}
        return loaded if isinstance(loaded, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `stream` makes the body piece by piece, without a length."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    stream: Callable[[], Iterable[bytes]] | None = None


def document(value: Any, status: int = 200, kind: str = "application/json") -> Reply:
    """JSON."""
    return Reply(status, (("Content-Type", kind),), json.dumps(value).encode())


def page(status: int = 200) -> Reply:
    """What a web site shows for anything."""
    return Reply(status, (("Content-Type", "text/html"),), b"<!doctype html><title>Welcome</title>")


def redirect(where: str, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(status, (("Location", where),))


Answering = Reply | Callable[[Asked], Reply]


@dataclass(slots=True)
class Site:
    """A site that is running. A path that it does not know is a 404."""

    url: str
    """Without a slash at the end."""
    routes: dict[tuple[str, str], Answering] = field(default_factory=dict)
    """By method and path without query; "*" is any path."""
    asked: list[Asked] = field(default_factory=list)
    """In the order of their arrival."""

    def reply(self, asked: Asked) -> Reply:
        known = self.routes.get((asked.method, asked.path.partition("?")[0]), self.routes.get((asked.method, "*")))
        if known is None:
            return Reply(404, (("Content-Type", "text/plain"),), b"not found")
        return known if isinstance(known, Reply) else known(asked)

    @property
    def lines(self) -> list[str]:
        """`GET /path` of each request."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextmanager
def site(secure: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serves while the block runs; with TLS if `secure` says how."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            made.asked.append(asked)
            reply = made.reply(asked)
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.stream is None:
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
                return
            self.send_header("Connection", "close")
            self.close_connection = True
            try:
                self.end_headers()
                for piece in reply.stream():
                    if closing.is_set():
                        return
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                pass  # the other side has heard enough

        do_GET = do_POST = do_DELETE = do_HEAD = _any

        def log_message(self, format: str, *args: Any) -> None:
            """Silent: the default writes each request to stderr."""

    with _Quiet(("127.0.0.1", 0), Handler) as server:
        if secure is not None:
            server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        made = Site(f"http{'s' if secure is not None else ''}://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            closing.set()
            server.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever probes breaks off when it has heard enough; that is no failure of the test."""
