"""Where a run's proxy will be, before it is there: the server can be started while the rest is still being loaded."""

from __future__ import annotations

import secrets
import socket

USER = "unsprawl"
HOST = "127.0.0.1"
BACKLOG = 512
"""Connections that wait until the proxy takes them."""


class Door:
    """A port of its own on loopback, and the credential of the run. Cannot show itself."""

    def __init__(self) -> None:
        """Raises OSError when there is no port."""
        self.credential = secrets.token_urlsafe(24)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self.socket.bind((HOST, 0))
            self.socket.listen(BACKLOG)
        except OSError:
            self.socket.close()
            raise
        self.port: int = self.socket.getsockname()[1]

    def __repr__(self) -> str:
        return f"Door({self.port})"

    @property
    def url(self) -> str:
        """For HTTPS_PROXY; it holds the credential."""
        return f"http://{USER}:{self.credential}@{HOST}:{self.port}"
