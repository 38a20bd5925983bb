"""Values that an answer echoes become placeholders again, before the server can read them."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.broker.wire.values import Values


def scrub(data: bytes, values: Values) -> bytes:
    """All of `data` with the values of the connection replaced, in every spelling that `Values.spellings` knows."""
    spellings = values.spellings
    pieces, shown = [], 0
    for at, text in spellings.finder.every(data):
        pieces += [data[shown:at], spellings.instead(text)]
        shown = at + len(text)
    return b"".join((*pieces, data[shown:])) if pieces else data


def scrub_headers(headers: Sequence[tuple[bytes, bytes]], values: Values) -> list[tuple[bytes, bytes]]:
    """The header fields of an answer with the values replaced in their names and values."""
    return [(scrub(name, values), scrub(value, values)) for name, value in headers]


class Scrubber:
    """Does to a stream what `scrub` does to the whole, however it is cut into chunks.

    It keeps back only what may be the beginning of a value, and so never more than the longest spelling. The length of
    the stream changes where a placeholder is not as long as its value.
    """

    __slots__ = ("_held", "_values")

    def __init__(self, values: Values) -> None:
        self._values = values
        self._held = b""

    def __repr__(self) -> str:
        return "Scrubber(<hidden>)"

    def feed(self, data: bytes) -> bytes:
        """What can be passed on after `data` arrived."""
        data = self._held + data if self._held else data
        spellings = self._values.spellings
        finder = spellings.finder
        pieces, shown = [], 0
        held = finder.begun(data)
        for at, text in finder.every(data):
            # What begins before anything unfinished is as long as it will be: a longer text would itself be unfinished.
            if at >= held:
                break
            pieces += [data[shown:at], spellings.instead(text)]
            shown = at + len(text)
            if held < shown:
                held = finder.begun(data, shown)
        self._held = data[held:]
        if not pieces and held == len(data):
            return data
        return b"".join((*pieces, data[shown:held]))

    def finish(self) -> bytes:
        """The rest, at the end of the stream."""
        data, self._held = self._held, b""
        return scrub(data, self._values)
