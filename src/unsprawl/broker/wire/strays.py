"""Placeholders where nothing is replaced: as they are, in another case, or encoded so that they do not look like it.

What somebody encodes in a way of his own is not found. It does him no good: no value is ever put in there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

from unsprawl.broker.wire.finder import Finder
from unsprawl.broker.wire.values import base64_within

_MOST_LAYERS = 4
_SHORTEST = 8
"""Shorter spellings stand in ordinary text, too."""
_ESCAPE = re.compile(rb"\\(?:u00|x)([0-9A-Fa-f]{2})")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Strays:
    """Looks for placeholders by their numbers, in the texts of a request."""

    def __init__(self, placeholders: Sequence[tuple[bytes, int]]) -> None:
        self._folded: dict[bytes, int] = {}
        self._encoded: dict[bytes, int] = {}
        for text, number in placeholders:
            self._folded.setdefault(text.lower(), number)
            self._folded.setdefault(text.hex().encode(), number)
            for shift in range(3):
                spelled = base64_within(text, shift)
                if len(spelled) >= _SHORTEST:
                    self._encoded.setdefault(spelled, number)
                    self._encoded.setdefault(spelled.translate(_URL_SAFE), number)
        self._finders = Finder(self._folded), Finder(self._encoded)

    def of(self, text: bytes) -> Iterator[int]:
        """The numbers of the placeholders in `text`; some may come twice."""
        folded, encoded = self._finders
        for layer in _layers(text):
            for _, spelled in folded.every(layer.lower()):
                yield self._folded[spelled]
            for _, spelled in encoded.every(layer):
                yield self._encoded[spelled]


def _layers(text: bytes) -> Iterator[bytes]:
    """The text, and what is left of it when its escapes are taken for what they stand for, again and again."""
    for _ in range(_MOST_LAYERS):
        yield text
        plain = unquote_to_bytes(text) if b"%" in text else text
        if b"\\" in plain:
            plain = _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), plain)
        if plain == text:
            return
        text = plain
