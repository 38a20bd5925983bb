"""The secrets of one connection by their placeholders, and all ways in which an answer may spell them."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NoReturn
from urllib.parse import quote, quote_plus, unquote

from unsprawl.broker.wire.finder import Finder
from unsprawl.scanner.basic import basic_password
from unsprawl.scanner.secret import Secret

SHORTEST = 8
"""Shorter spellings are left in answers: a word or number of ordinary text must not become a placeholder."""
_SHORTEST_WORD = 12
"""The same for values that are letters or digits alone."""
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ENCODED = re.compile("%[0-9A-F]{2}")
_IN_SCRIPTS = {ord(char): f"\\u{ord(char):04x}" for char in "<>&'+="}
"""As Go, Django and others write them in JSON."""
_ORIGIN = re.compile(r"https?://[^/?#]+(?=[/?])")


class Values:
    """What the vault holds now for each placeholder. Cannot show itself."""

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        self._secrets = dict(secrets)

    def of(self, placeholder: str) -> Secret:
        """The secret that a placeholder stands for. Raises KeyError for one that was not read."""
        return self._secrets[placeholder]

    def __eq__(self, other: object) -> bool:
        return self._secrets == other._secrets if isinstance(other, Values) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Values(<hidden>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("values cannot be pickled or copied into a file")

    @cached_property
    def spellings(self) -> Spellings:
        """How an answer may spell them. Made at first use, for all connections that find the same values."""
        return Spellings(self._secrets)


class Spellings:
    """What to look for in an answer, and what to put there instead. Cannot show itself."""

    __slots__ = ("_instead", "finder", "keep_length")

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        self._instead: dict[bytes, bytes] = {}
        for placeholder, secret in secrets.items():
            for spelled, instead in _spellings(secret.reveal(), placeholder):
                if len(spelled) >= SHORTEST:
                    self._instead.setdefault(spelled, instead)
        self.finder = Finder(self._instead)
        self.keep_length = all(len(spelled) == len(instead) for spelled, instead in self._instead.items())
        """Whether an answer is as long after the replacement as before, whatever it tells."""

    def instead(self, spelled: bytes) -> bytes:
        """What stands for a spelling that `finder` found."""
        return self._instead[spelled]

    def __repr__(self) -> str:
        return "Spellings(<hidden>)"


def origin(text: str) -> str:
    """Of a value that is an address with more than a host: the part that names the host. Else ""."""
    found = _ORIGIN.match(text)
    return found[0] if found is not None else ""


def _spellings(value: str, placeholder: str) -> Iterator[tuple[bytes, bytes]]:
    texts = [(value, placeholder), (unquote(value), placeholder)]
    texts.append((value.removeprefix(origin(value)), placeholder.removeprefix(origin(placeholder))))
    password = basic_password(value.rpartition(" ")[2])
    if password is not None:
        texts.append((password, placeholder))
    for text, instead in texts:
        if len(text) >= (_SHORTEST_WORD if text.isalpha() or text.isdigit() else SHORTEST):
            yield from _plain_spellings(text, instead)
            yield from _base64_spellings(text.encode("utf-8", "surrogatepass"), instead.encode())


def _plain_spellings(text: str, placeholder: str) -> Iterator[tuple[bytes, bytes]]:
    instead = placeholder.encode()
    yield text.encode("utf-8", "surrogatepass"), instead
    if all(char < "\u0100" for char in text):
        yield text.encode("latin-1"), instead  # in a header of the answer
    escaped = json.dumps(text)[1:-1]
    for spelled in (
        escaped,
        json.dumps(text, ensure_ascii=False)[1:-1],
        escaped.replace("/", "\\/"),
        escaped.translate(_IN_SCRIPTS),
        json.dumps(escaped)[1:-1],  # JSON inside a string of JSON
        html.escape(text),
        html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    ):
        yield spelled.encode("utf-8", "surrogatepass"), instead
    data, quoted = text.encode("utf-8", "surrogatepass"), quote(placeholder, safe="").encode()
    for spelled in (quote(data, safe=""), quote(data), quote_plus(data)):
        yield spelled.encode(), quoted
        yield _ENCODED.sub(lambda match: match[0].lower(), spelled).encode(), quoted


def _base64_spellings(data: bytes, placeholder: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The characters of base64 that depend on `data` alone, at each of the three places where it may begin."""
    for shift in range(3):
        spelled, instead = base64_within(data, shift), base64_within(placeholder, shift)
        yield spelled, instead
        yield spelled.translate(_URL_SAFE), instead.translate(_URL_SAFE)


def base64_within(data: bytes, shift: int) -> bytes:
    """The characters of base64 that depend on `data` alone; `shift` bytes, or three more and so on, stand before it."""
    text = b64encode(b"\0" * shift + data).rstrip(b"=")
    end = len(text) if (shift + len(data)) % 3 == 0 else len(text) - 1
    return text[(0, 2, 3)[shift] : end]
