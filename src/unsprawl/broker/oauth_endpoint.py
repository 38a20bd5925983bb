"""The one call to a token endpoint: TLS verified, no redirect followed, bounded in time and size, nothing logged."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from unsprawl.broker.oauth_answer import LARGEST_ANSWER, Reply, Request

STEP_S = 8.0
"""For one step: to connect, to send, to the next bytes."""
WHOLE_S = 15.0
"""For all of it, also where bytes come one at a time."""


class Unreachable(Exception):
    """There was no whole answer. Its text is of our words."""


def post(request: Request, extra_ca: Path | None = None) -> Reply:
    """Sends the request. Raises Unreachable, with `__suppress_context__`: the error of a library may hold anything."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, host, parts.port, extra_ca)
    ends = time.monotonic() + WHOLE_S
    try:
        connection.connect()
        with _bounded(connection.sock, ends):
            connection.request("POST", target, request.body, dict(request.headers))
            response = connection.getresponse()
            body = response.read(LARGEST_ANSWER + 1)
            headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, headers, body)
    except ssl.SSLCertVerificationError:
        raise Unreachable("shows a certificate that does not hold") from None
    except TimeoutError:
        raise Unreachable("does not answer in time") from None
    except socket.gaierror:
        raise Unreachable("is not found by its name") from None
    except (OSError, http.client.HTTPException, ValueError):
        late = time.monotonic() > ends
        raise Unreachable("does not answer in time" if late else "breaks the connection off") from None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, extra_ca: Path | None) -> http.client.HTTPConnection:
    if scheme == "http":  # on this very machine: see `oauth_token.endpoint`
        return http.client.HTTPConnection(host, port, timeout=STEP_S)
    context = ssl.create_default_context()
    if extra_ca is not None:
        context.load_verify_locations(extra_ca)
    return http.client.HTTPSConnection(host, port, timeout=STEP_S, context=context)


@contextmanager
def _bounded(sock: socket.socket, ends: float) -> Iterator[None]:
    """Cuts the connection when the time is over. A timeout of the socket alone begins anew with every byte."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    # Not the method of an SSLSocket, which takes its state away under the thread that reads.
    watch = threading.Timer(left, _cut, (sock,))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
