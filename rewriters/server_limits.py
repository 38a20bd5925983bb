"""How much a server may say before it is no longer listened to, and what is told of one that says more."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 16 << 20
MOST_LINE = 4 << 20
MOST_MESSAGES = 5_000
"""Far more than any server needs to list its tools."""


class TooMuch(Exception):
    """The server said more than it may."""


@dataclass(slots=True)
class Heard:
    """How much one server has said so far, and with which status it answered requests."""

    bytes: int = 0
    messages: int = 0
    status: int = 0
    """Of the last HTTP answer; 0 before there is one."""
    too_much: bool = False

    def add(self, size: int, *, messages: int = 0) -> None:
        """Count what came. Raises TooMuch."""
        self.bytes += size
        self.messages += messages
        if self.bytes > MOST_BYTES or self.messages > MOST_MESSAGES:
            self.refuse()

    def refuse(self) -> None:
        """Raises TooMuch, and remembers it: what carries the exception on may wrap or swallow it."""
        self.too_much = True
        raise TooMuch
