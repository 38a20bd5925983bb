"""The listener on this machine to which the browser brings the authorization response."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

GRACE_S = 5.0
"""How long the right answer may still come once a wrong one did: anybody on this machine can send one."""
_HEAD_S = 5.0
_LONGEST_HEAD = 32 << 10
_MOST_AT_ONCE = 16
_PAGE = (
    b"<!doctype html><meta charset=utf-8><title>unsprawl</title>"
    b"<p>This window can be closed. The rest is in the terminal."
)
_HEADERS = (
    "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
)
_ANSWERS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class Response(NamedTuple):
    """An authorization response. Everything in it but the code is foreign text."""

    state: str
    """`same`, `missing` or `other`."""
    code: Secret
    iss: str | None
    error: str
    description: str


class Abandoned(Exception):
    """Nobody came back in time."""


class Listener:
    """One address on 127.0.0.1; takes one response."""

    def __init__(self, host: str, port: int, path: str) -> None:
        """`host`: as the redirect address names this machine. `port`: 0 for any that is free."""
        self._host, self._port, self._path = host, port, path
        self._servers: list[asyncio.Server] = []
        self._state = ""
        self._right: asyncio.Future[Response] | None = None
        self._wrong: asyncio.Future[Response] | None = None
        self._open = 0
        self.answered = 0
        """How often a right response came."""

    @property
    def address(self) -> str:
        """The redirect URI."""
        shown = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{shown}:{self._port}{self._path}"

    async def start(self) -> None:
        """Begin to listen. Raises OSError where the port is taken."""
        first = await asyncio.start_server(self._serve, "::1" if self._host == "::1" else "127.0.0.1", self._port)
        self._servers.append(first)
        self._port = first.sockets[0].getsockname()[1]
        if self._host == "localhost":  # a browser may try the newer one first, where nobody else should listen either
            with suppress(OSError):
                self._servers.append(await asyncio.start_server(self._serve, "::1", self._port))

    async def close(self) -> None:
        """Listen no more."""
        for server in self._servers:
            server.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), 1)

    def expect(self, state: str) -> None:
        """From now on the answer to this request counts, and no other."""
        loop = asyncio.get_running_loop()
        self._state = state
        self._right, self._wrong = loop.create_future(), loop.create_future()

    async def response(self, timeout_s: float, grace_s: float = GRACE_S) -> Response:
        """What came: the response with the right state, or a wrong one once no right one followed it. Raises
        Abandoned.
        """
        assert self._right is not None
        assert self._wrong is not None
        right, wrong = self._right, self._wrong
        await asyncio.wait((right, wrong), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if wrong.done() and not right.done():
            await asyncio.wait((right,), timeout=grace_s)
        self._right = self._wrong = None
        if right.done():
            return right.result()
        if wrong.done():
            return wrong.result()
        raise Abandoned

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= _MOST_AT_ONCE:
                async with asyncio.timeout(_HEAD_S):
                    status = self._status(await _head(reader))
                    body = _PAGE if status == 200 else b""
                    begin = f"HTTP/1.1 {status} {_ANSWERS[status]}\r\n{_HEADERS}Content-Length: {len(body)}\r\n\r\n"
                    writer.write(begin.encode("ascii") + body)
                    await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            self._open -= 1
            writer.close()

    def _status(self, head: bytes) -> int:
        try:
            return self._taken(head.decode("ascii").split("\r\n"))
        except ValueError:
            return 400

    def _taken(self, lines: list[str]) -> int:
        """Look at one request; the status that answers it. Raises ValueError."""
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return 400
        hosts = [line.partition(":")[2].strip() for line in lines[1:] if line[:5].lower() == "host:"]
        if hosts != [urlsplit(self.address).netloc]:  # a page elsewhere that makes its own name lead here
            return 400
        path, _, query = words[1].partition("?")
        if not hmac.compare_digest(path.encode(), (self._path or "/").encode()):
            return 404
        if words[0] != "GET":
            return 405
        return self._answered(query)

    def _answered(self, query: str) -> int:
        if self._right is None or self._wrong is None or self._right.done():
            return 400
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50, errors="strict")
        known = dict(pairs)
        if len(known) != len(pairs):  # a parameter twice: who reads it may take either
            return 400
        state = known.get("state")
        same = state is not None and hmac.compare_digest(state.encode(), self._state.encode())
        response = Response(
            "same" if same else "missing" if state is None else "other",
            Secret(known.get("code", "")),
            known.get("iss"),
            known.get("error", ""),
            known.get("error_description", ""),
        )
        if not response.code and not response.error:
            return 400
        if same:
            self.answered += 1
            self._right.set_result(response)
            return 200
        if not self._wrong.done():
            self._wrong.set_result(response)
        return 400


async def _head(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if len(head) > _LONGEST_HEAD:
        raise ValueError
    return head


def random_path() -> str:
    """A path that nobody can guess."""
    return f"/{secrets.token_urlsafe(18)}"
