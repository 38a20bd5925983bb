"""Turns the marked files of a case into real ones and says where each planted value lies."""

from __future__ import annotations

import codecs
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import quote

from tests.corpus.values import make

_MARKER = re.compile(r"⟦([SAN]) ?(?:([a-z-]+)(?:@([\w-]+))?:)?([^⟦⟧|]*)((?:\|json)*)⟧")
_FILE = re.compile(r"\A⟦F ([a-z0-9 -]+)⟧\n")
_ENCODED = re.compile(r"⟦E ([a-z0-9-]+)⟧(.*?)⟦/E⟧", re.DOTALL)
_ENCODINGS_OF_PARTS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64-in-url": lambda text: quote(b64encode(text.encode()).decode(), safe=""),
    "url": lambda text: quote(text, safe=""),
}
_ENCODINGS = {"utf-16le": ("utf-16-le", codecs.BOM_UTF16_LE), "utf-16be": ("utf-16-be", codecs.BOM_UTF16_BE)}


class Planted(NamedTuple):
    """One marked value in an expanded file."""

    path: str
    """Relative to the folder of the case."""
    start: int
    end: int
    """Characters of the decoded text, without a byte order mark."""
    kind: str
    mark: str
    """S a secret, A one that may be reported or not, N none."""
    template: str
    encoded: bool = False
    """The text is a whole that holds the value in another form; any place within it will do."""


class Expanded(NamedTuple):
    """One file as it was written."""

    path: str
    text: str
    planted: tuple[Planted, ...]


def expand_case(case: Path, target: Path, seed: int) -> list[Expanded]:
    """Write the files of `case` below `target`; what is random depends on `seed`, the case and the order alone."""
    labels: dict[str, str] = {}
    done: list[Expanded] = []
    for source in sorted(path for path in case.rglob("*") if path.is_file()):
        name = source.relative_to(case).as_posix()
        raw = source.read_bytes().decode("utf-8")
        options = _FILE.match(raw)
        text, planted = expand_text(raw[options.end() :] if options else raw, name, f"{seed}/{case.name}", labels)
        write(target / name, text, options.group(1).split() if options else [])
        done.append(Expanded(name, text, tuple(planted)))
        if options and "crlf" in options.group(1).split():
            done[-1] = with_crlf(done[-1])
        if options and "metafied" in options.group(1).split():
            done[-1] = with_whole_lines(done[-1])
    return done


def expand_text(raw: str, name: str, seed: str, labels: dict[str, str]) -> tuple[str, list[Planted]]:
    """The text with its markers replaced, and the places of what replaced them. Adds to `labels`."""
    text, position, planted = "", 0, []
    order = count()
    for match in _ENCODED.finditer(raw):
        plain, places = _expand_plain(raw[position : match.start()], name, seed, labels, order)
        planted += [place._replace(start=place.start + len(text), end=place.end + len(text)) for place in places]
        text += plain
        inner, places = _expand_plain(match.group(2), name, seed, labels, order)
        encoded = _ENCODINGS_OF_PARTS[match.group(1)](inner)
        end = len(text) + len(encoded)
        planted += [place._replace(start=len(text), end=end, encoded=True) for place in places]
        text, position = text + encoded, match.end()
    plain, places = _expand_plain(raw[position:], name, seed, labels, order)
    planted += [place._replace(start=place.start + len(text), end=place.end + len(text)) for place in places]
    if "⟦" in text + plain:
        raise ValueError(f"{name}: a marker is not well formed")
    return text + plain, planted


def _expand_plain(
    raw: str, name: str, seed: str, labels: dict[str, str], orders: Iterator[int]
) -> tuple[str, list[Planted]]:
    text, position, planted = "", 0, []
    for match in _MARKER.finditer(raw):
        order = next(orders)
        mark, kind, label, template, escapes = match.groups()
        if template.startswith("!"):
            value = template[1:]
        elif template.startswith("="):
            value = labels[template[1:]]
        else:
            value = make(template, Random(f"{seed}/{label}" if label else f"{seed}/{name}/{order}"))
        if label:
            labels[label] = value
        for _ in range(escapes.count("|json") or any(c in value for c in '\n"\\')):
            value = json.dumps(value)[1:-1]
        text += raw[position : match.start()]
        planted.append(Planted(name, len(text), len(text) + len(value), kind or "", mark, template))
        text, position = text + value, match.end()
    return text + raw[position:], planted


def with_crlf(file: Expanded) -> Expanded:
    """The same file with Windows line ends, and its places moved accordingly."""
    moved = tuple(
        p._replace(start=p.start + file.text.count("\n", 0, p.start), end=p.end + file.text.count("\n", 0, p.end))
        for p in file.planted
    )
    return Expanded(file.path, file.text.replace("\n", "\r\n"), moved)


def with_whole_lines(file: Expanded) -> Expanded:
    """The same file with a place stretched to its whole line where what stands before it is not all ASCII."""

    def whole(place: Planted) -> Planted:
        start = file.text.rfind("\n", 0, place.start) + 1
        if file.text[start : place.start].isascii():
            return place
        end = file.text.find("\n", place.end)
        return place._replace(start=start, end=len(file.text) if end < 0 else end, encoded=True)

    return file._replace(planted=tuple(whole(place) for place in file.planted))


def metafied(data: bytes) -> bytes:
    """As zsh writes its history: bytes with a meaning of their own to it follow a mark, with a bit turned."""
    return b"".join(bytes([0x83, byte ^ 32]) if byte == 0 or 0x83 <= byte <= 0xA2 else bytes([byte]) for byte in data)


def write(path: Path, text: str, options: list[str]) -> None:
    """Write `text` as `options` say: crlf, bom, utf-16le, utf-16be, metafied."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if "crlf" in options:
        text = text.replace("\n", "\r\n")
    encoding, mark = next((_ENCODINGS[o] for o in options if o in _ENCODINGS), ("utf-8", b""))
    if "bom" in options:
        mark = codecs.BOM_UTF8
    data = mark + text.encode(encoding)
    path.write_bytes(metafied(data) if "metafied" in options else data)
