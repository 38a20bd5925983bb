"""One answer from the network, whole or broken off, and why."""

from __future__ import annotations

from enum import StrEnum

from unsprawl.scanner.record import NamedTuple

MOST_BYTES = 1 << 20
"""Of one answer, before and after unpacking."""
REQUEST_S = 10.0
CONNECT_S = 5.0
PROBE_S = 30.0
"""For one server with all that it names: what is missing by then stays unknown."""
MOST_REDIRECTS = 3


class Fault(StrEnum):
    """Why there is no whole answer; the text follows "the server" or stands alone."""

    UNSAFE = "not followed"
    NAME = "its name was not found"
    CONNECT = "could not be reached"
    TLS = "its certificate is not trusted here, or TLS failed"
    SLOW = f"did not answer within {REQUEST_S:.0f} seconds"
    LONG = f"said more than {MOST_BYTES >> 20} MiB"
    BROKEN = "did not answer in HTTP"
    REDIRECTS = "redirects in a circle, or too often"
    PROXY = "the proxy of this machine cannot be used"


class Answer(NamedTuple):
    """What came back."""

    url: str
    """Where it came from, as written."""
    status: int = 0
    """0: nothing came."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case."""
    body: bytes = b""
    fault: Fault | None = None
    reason: str = ""
    """Of an unsafe address: what is wrong with it."""
    hops: tuple[str, ...] = ()
    """Where redirects led, in their order; the last is `url`."""
    unsent: bool = False
    """There was no connection, so nobody can have received the request."""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {self.fault})"

    def header(self, name: str) -> str:
        """The first header of that name, or ""."""
        return next((value for known, value in self.headers if known == name), "")

    @property
    def media_type(self) -> str:
        """In lower case, without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def tells(self) -> bool:
        """Whether it says something of the server, and not only that it has no time today."""
        cut_off = self.fault not in (None, Fault.LONG) and self.status not in (401, 403)
        return bool(self.status) and self.status != 429 and self.status < 500 and not cut_off

    @property
    def told(self) -> str:
        """What came, in a few words of our own."""
        if self.fault is Fault.UNSAFE:
            return f"{self.fault}: the address {self.reason}"
        if self.fault is not None:
            return str(self.fault)
        return f"{self.status} {self.media_type}".rstrip()
