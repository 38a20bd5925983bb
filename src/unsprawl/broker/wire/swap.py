"""Puts values into requests in their placeholders' places: only on the way to their hosts, only where allowed.

Pure: a request's target and headers in, the same with values or a reason to stop it out. A placeholder that stands
anywhere else in them stops the request, also where it was encoded. Bodies are not looked at: no value goes into one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from unsprawl.broker.wire.encoding import (
    Encode,
    base64_decoded,
    in_address,
    in_basic,
    in_header,
    in_path,
    in_query,
    percent_decoded,
)
from unsprawl.broker.wire.finder import Finder
from unsprawl.broker.wire.hosts import bound, normalised
from unsprawl.broker.wire.model import Passage
from unsprawl.broker.wire.strays import Strays
from unsprawl.broker.wire.values import Values, origin
from unsprawl.vault.record import Place

LONGEST = 1024 * 1024
"""Bytes of target and headers together; longer requests are stopped unread."""
_FRAMING = re.compile(
    rb"(?i:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|http2-settings|proxy-.*)"
)
"""Headers that say where a request goes or where it ends: no value is ever put into one."""
_BASIC = re.compile(rb"(?i:(basic)([ \t]+)([A-Za-z0-9+/_-]+=*))")
_ABSOLUTE = re.compile(rb"(?i:[a-z][a-z0-9+.-]*)://[^/?#]*")

_FOREIGN = "a placeholder on the way to a host that it is not bound to"
_HIDDEN = "a placeholder that was encoded"
_FRAMED = "a placeholder in a header that says where the request goes or ends"
_MISPLACED = {
    Place.HEADER: "a placeholder in a header, where its record does not let it go",
    Place.BASIC: "a placeholder inside Basic credentials, where its record does not let it go",
    Place.QUERY: "a placeholder in the query, where its record does not let it go",
    Place.PATH: "a placeholder in the path, where its record does not let it go",
}
_BREAKS = "the value in the vault cannot stand there"
_TOO_LONG = "target and headers are too long"
_PLAIN = "a placeholder in a request that is not encrypted"
_NAMED = "a placeholder in the name of a host"


@dataclass(frozen=True, slots=True, repr=False)
class Swapped:
    """A request that may go out. It holds values: it does not show itself."""

    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    variables: tuple[str, ...]
    """Whose values were put in, in the order of their passages."""

    def __repr__(self) -> str:
        return f"Swapped({', '.join(self.variables)})"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A request that must not go out, and why. Holds no value."""

    variables: tuple[str, ...]
    """Whose placeholders stand where they must not, in the order of their passages; none where it is too long."""
    reason: str


class Swap:
    """The placeholders of one run."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """Raises ValueError for a placeholder that is empty, comes twice or is a part of another."""
        texts = [passage.placeholder for passage in passages]
        others = [texts[:at] + texts[at + 1 :] for at in range(len(texts))]
        if any(
            not text or not text.isascii() or any(text in other for other in rest)
            for text, rest in zip(texts, others, strict=True)
        ):
            raise ValueError("placeholders must be ASCII, and none of them a part of another")
        self._passages = tuple(passages)
        self._hosts = [tuple(map(bound, passage.destination.hosts)) for passage in passages]
        self._numbers = {text.encode(): number for number, text in enumerate(texts)}
        # A client that is given an address sends its host apart from the rest.
        self._tails = {
            text.removeprefix(origin(text)).encode(): number for number, text in enumerate(texts) if origin(text)
        }
        self._finder = Finder(self._numbers)
        self._strays = Strays([(text, number) for text, number in (*self._numbers.items(), *self._tails.items())])
        self._last: dict[frozenset[int], Values] = {}

    @property
    def hosts(self) -> tuple[str, ...]:
        """The bound ones, as records name them."""
        return tuple(host for passage in self._passages for host in passage.destination.hosts)

    def intercepts(self, host: str, port: int) -> bool:
        """Whether a placeholder is bound to this destination; everything else is tunnelled unread."""
        return bool(self._here(host, port))

    def values(self, host: str, port: int) -> Values:
        """What the vault holds now of what may go there. Read once per connection of a client. Raises VaultError."""
        here = self._here(host, port)
        passages = [self._passages[number] for number in sorted(here)]
        found = Values({passage.placeholder: passage.read() for passage in passages})
        # The same object while nothing is rotated, with what was computed from it.
        if self._last.get(here) != found:
            self._last[here] = found
        return self._last[here]

    def fresh(self, host: str, port: int) -> bool:
        """Whether values that were read for there may still be used; else they are to be read again."""
        return all(self._passages[number].fresh() for number in self._here(host, port))

    def rejected(self, variables: Sequence[str], values: Values) -> None:
        """The host answered 401 to a request that carried `values` for these variables."""
        for passage in self._passages:
            if passage.destination.variable in variables:
                passage.rejected(values.of(passage.placeholder))

    def _here(self, host: str, port: int) -> frozenset[int]:
        """The numbers of the passages that are bound to a destination."""
        name = normalised(host)
        return frozenset(
            number for number, entries in enumerate(self._hosts) if any(entry.takes(name, port) for entry in entries)
        )

    def request(
        self, host: str, port: int, target: bytes, headers: Sequence[tuple[bytes, bytes]], values: Values
    ) -> Swapped | Stopped:
        """The request with all placeholders replaced, or why it must not go out.

        `host` and `port` are where the connection goes, whatever the request says, and `values` those that were read
        for them. What was put in is not searched for placeholders again.
        """
        if _length(target, headers) > LONGEST:
            return Stopped((), _TOO_LONG)
        work = _Work(self._passages, self._here(host, port), values)
        work.plain = self._finder.only(b"\0".join((target, *(value for _, value in headers))))
        replaced = self._target(target, work)
        fields = tuple((name, self._field(name, value, work)) for name, value in headers)
        work.left(b"\0".join(name for name, _ in headers), _FRAMED)
        work.look(self._strays)
        if work.wrong:
            return Stopped(self._variables(work.wrong), next(iter(work.wrong.values())))
        return Swapped(replaced, fields, self._variables(work.used))

    def stops_plain(self, host: str, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> Stopped | None:
        """Why a request without TLS, to whatever host, must not go out; None if no placeholder stands in it."""
        if _length(target, headers) > LONGEST:
            return Stopped((), _TOO_LONG)
        texts = [host.encode("utf-8", "replace"), target, *(part for field in headers for part in field)]
        return self._stopped(texts, _PLAIN)

    def stops_connect(self, host: str) -> Stopped | None:
        """Why no connection to a host of that name may be made: a placeholder in it would go out with the question."""
        return self._stopped([host.encode("utf-8", "replace")], _NAMED)

    def _stopped(self, texts: Sequence[bytes], reason: str) -> Stopped | None:
        found = dict.fromkeys(self._strays.of(b"\0".join(texts)), reason)
        return Stopped(self._variables(found), reason) if found else None

    def _variables(self, numbers: dict[int, str]) -> tuple[str, ...]:
        names = (self._passages[number].destination.variable for number in sorted(numbers))
        return tuple(dict.fromkeys(names))

    def _target(self, target: bytes, work: _Work) -> bytes:
        """A target in origin form; of one in absolute form the host is left alone."""
        absolute = _ABSOLUTE.match(target)
        start = absolute.end() if absolute is not None else 0
        work.left(target[:start], _FRAMED)
        begun, rest = target[:start], target[start:]
        queried = False
        tail = next((text for text in self._tails if rest.startswith(text)), None)
        if tail is not None:
            queried = b"?" in tail
            begun += work.value(self._tails[tail], Place.QUERY if queried else Place.PATH, tail, in_address)
            rest = rest[len(tail) :]
        path, mark, query = (b"", b"", rest) if queried else rest.partition(b"?")
        path = self._decoded(path, Place.PATH, in_path, work)
        return begun + path + mark + self._decoded(query, Place.QUERY, in_query, work)

    def _decoded(self, raw: bytes, place: Place, encode: Encode, work: _Work) -> bytes:
        """Replaces in percent-encoded text, wherever the client put an escape or left one out."""
        text, places = raw, None
        if b"%" in raw:
            text, places = percent_decoded(raw)
        pieces, left, shown = [], [], 0
        for at, found in (work.plain if places is None else self._finder).every(text):
            last = at + len(found)
            start, end = (at, last) if places is None else (places[at], places[last])
            pieces += [raw[shown:start], work.value(self._numbers[found], place, raw[start:end], encode)]
            left.append(raw[shown:start])
            shown = end
        work.left(b"\0".join((*left, raw[shown:])), _HIDDEN)
        return b"".join((*pieces, raw[shown:]))

    def _field(self, name: bytes, value: bytes, work: _Work) -> bytes:
        if _FRAMING.fullmatch(name):
            work.left(value, _FRAMED)
            return value
        basic = _BASIC.fullmatch(value.strip(b" \t")) if name.lower() == b"authorization" else None
        if basic is not None and not work.plain.any(basic[3]):
            credentials = base64_decoded(basic[3])
            if credentials is not None:
                new = self._text(credentials, self._finder, Place.BASIC, in_basic(credentials), work)
                if new != credentials:
                    return basic[1] + basic[2] + b64encode(new)
        return self._text(value, work.plain, Place.HEADER, in_header, work)

    def _text(self, text: bytes, finder: Finder, place: Place, encode: Encode, work: _Work) -> bytes:
        pieces, left, shown = [], [], 0
        for at, found in finder.every(text):
            pieces += [text[shown:at], work.value(self._numbers[found], place, found, encode)]
            left.append(text[shown:at])
            shown = at + len(found)
        work.left(b"\0".join((*left, text[shown:])), _HIDDEN)
        return b"".join((*pieces, text[shown:]))


class _Work:
    """What one request has come to."""

    def __init__(self, passages: Sequence[Passage], here: frozenset[int], values: Values) -> None:
        self._passages, self._here, self._values = passages, here, values
        self._left: list[tuple[bytes, str]] = []
        self.plain = Finder(())
        """The placeholders that stand in the request as they are: nearly always one or none."""
        self.used: dict[int, str] = {}
        self.wrong: dict[int, str] = {}
        """By number of passage: why the request is stopped."""

    def value(self, number: int, place: Place, replaced: bytes, encode: Encode) -> bytes:
        """What goes out for a placeholder in that place; b"" when the request is to be stopped."""
        passage = self._passages[number]
        if number not in self._here:
            self.wrong.setdefault(number, _FOREIGN)
        elif place not in passage.destination.places:
            self.wrong.setdefault(number, _MISPLACED[place])
        else:
            secret = self._values.of(passage.placeholder).reveal()
            if encode is in_address:  # an address whose host is another one now is not what the client asked
                secret = secret.removeprefix(origin(passage.placeholder)) if _same_origin(passage, secret) else ""
            new = encode(secret, replaced) if secret else None
            if new is not None:
                self.used[number] = place
                return new
            self.wrong.setdefault(number, _BREAKS)
        return b""

    def left(self, text: bytes, reason: str) -> None:
        """A text in which nothing more is replaced: a placeholder in it stops the request, for that reason."""
        self._left.append((text, reason))

    def look(self, strays: Strays) -> None:
        """Look at all that is left."""
        if any(True for _ in strays.of(b"\0".join(text for text, _ in self._left))):  # once, for nearly all requests
            for text, reason in self._left:
                for number in strays.of(text):
                    self.wrong.setdefault(number, reason if number in self._here else _FOREIGN)


def _length(target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> int:
    return len(target) + sum(len(name) + len(value) for name, value in headers)


def _same_origin(passage: Passage, secret: str) -> bool:
    return origin(secret).lower() == origin(passage.placeholder).lower()
