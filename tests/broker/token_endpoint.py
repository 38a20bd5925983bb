"""A token endpoint on this machine, over TLS: RFC 6749 section 6 with rotation, and reuse of a spent token ends it all.

Faults are put in front of it by name. Every token begins with CANARY, so that a test can look for them anywhere.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus

from tests.servers.tls import Authority

CANARY = "-".join(["synthetic", "canary", "token"])


@dataclass(frozen=True)
class Answer:
    """What is sent instead of tokens. `spends`: whether the request was carried out all the same."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    spends: bool = False
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None
    change: Callable[[dict[str, object]], dict[str, object]] | None = None
    """Makes another answer of the regular one; the request was carried out."""


class TokenEndpoint:
    """What the server knows; safe between threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 1
        self.revoked = False
        self.rotates = True
        self.expires_in: object = 3600
        self.client_secret: str | None = None
        self.auth = "none"
        self.faults: list[Answer] = []
        self.forms: list[dict[str, list[str]]] = []
        self.headers: list[Mapping[str, str]] = []
        self.refreshes = 0
        self.at_each: Callable[[], None] = lambda: None
        self.url = ""
        self.elsewhere = 0

    @property
    def refresh_token(self) -> str:
        return f"{CANARY}-refresh-{self.count if self.rotates else 1}"

    @property
    def access_token(self) -> str:
        return f"{CANARY}-access-{self.count}"

    def answer(self, form: dict[str, list[str]], headers: Mapping[str, str]) -> Answer:
        """One request at a time, as a database would."""
        self.at_each()
        with self.lock:
            self.forms.append(form)
            self.headers.append(headers)
            fault = self.faults.pop(0) if self.faults else None
            if fault is not None and not (fault.spends or fault.change):
                return fault
            if not self._client(form, headers):
                return _error(401, "invalid_client")
            if form.get("grant_type") != ["refresh_token"]:
                return _error(400, "unsupported_grant_type")
            if self.revoked or form.get("refresh_token") != [self.refresh_token]:
                self.revoked = True
                return _error(400, "invalid_grant")
            self.count += 1
            self.refreshes += 1
            tokens: dict[str, object] = {"access_token": self.access_token, "token_type": "Bearer"}
            if self.expires_in is not None:
                tokens["expires_in"] = self.expires_in
            if self.rotates:
                tokens["refresh_token"] = self.refresh_token
            if fault is not None and fault.change is None:
                return fault
            if fault is not None and fault.change is not None:
                tokens = fault.change(tokens)
            return Answer(200, json.dumps(tokens).encode(), {"Content-Type": "application/json"})

    def _client(self, form: dict[str, list[str]], headers: Mapping[str, str]) -> bool:
        if self.auth == "client_secret_basic":
            kind, _, encoded = headers.get("Authorization", "").partition(" ")
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
            known = (unquote_plus(name), unquote_plus(secret)) == ("client:1", self.client_secret)
            return kind == "Basic" and known and "client_secret" not in form and "client_id" not in form
        if self.auth == "client_secret_post":
            return form.get("client_id") == ["client:1"] and form.get("client_secret") == [self.client_secret]
        return form.get("client_id") == ["client:1"] and "Authorization" not in headers


def _error(status: int, code: str) -> Answer:
    # The description quotes what was sent, as careless servers do.
    body = {"error": code, "error_description": f"{CANARY}-quoted"}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def handler_of(endpoint: TokenEndpoint) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            if self.path != "/token":
                endpoint.elsewhere += 1
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = endpoint.answer(parse_qs(body.decode(), strict_parsing=True), dict(self.headers))
            if answer.raw is not None:
                answer.raw(self)
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            endpoint.elsewhere += 1
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that is killed or gives up is what is tested


@contextmanager
def serving(endpoint: TokenEndpoint, authority: Authority, name: str = "localhost") -> Iterator[int]:
    """Serves it at `endpoint.url`, with a certificate for `name`; gives the port."""
    with tls_server(handler_of(endpoint), authority.server(name)) as port:
        endpoint.url = f"https://localhost:{port}/token"
        yield port


@contextmanager
def tls_server(handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext) -> Iterator[int]:
    """A server with threads on 127.0.0.1, at the port that is given."""
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
