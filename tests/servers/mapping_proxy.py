"""A proxy that leads names to ports of this machine, for programs that know no event loop of ours."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress


@contextmanager
def serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port of this machine; each connection is handled in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # refused, or gone
            handle(connection)

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


@contextmanager
def proxy(ports: Mapping[str, int], asked: list[str]) -> Iterator[int]:
    """A proxy that leads names to ports of this machine, and keeps the first line of what it was asked."""

    def handle(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        line = head.decode().splitlines()[0]
        asked.append(line)
        name = line.split()[1].rpartition(":")[0]
        if name not in ports:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", ports[name])) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pump, args=(onward, connection), daemon=True).start()
            _pump(connection, onward)

    with serving(handle) as port:
        yield port


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
