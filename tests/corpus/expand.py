"""Turns the marked files of a case into real ones and says where each planted value lies."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.corpus.values import make

_MARKER = re.compile(r"⟦([SAN]) ?(?:([a-z-]+)(?:@([\w-]+))?:)?([^⟦⟧|]*)((?:\|json)*)⟧")
_FILE = re.compile(r"\A⟦F ([a-z0-9 -]+)⟧\n")
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
    return done


def expand_text(raw: str, name: str, seed: str, labels: dict[str, str]) -> tuple[str, list[Planted]]:
    """The text with its markers replaced, and the places of what replaced them. Adds to `labels`."""
    text, position, planted = "", 0, []
    for order, match in enumerate(_MARKER.finditer(raw)):
        mark, kind, label, template, escapes = match.groups()
        if template.startswith("="):
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
    text += raw[position:]
    if "⟦" in text:
        raise ValueError(f"{name}: a marker is not well formed")
    return text, planted


def with_crlf(file: Expanded) -> Expanded:
    """The same file with Windows line ends, and its places moved accordingly."""
    moved = tuple(
        p._replace(start=p.start + file.text.count("\n", 0, p.start), end=p.end + file.text.count("\n", 0, p.end))
        for p in file.planted
    )
    return Expanded(file.path, file.text.replace("\n", "\r\n"), moved)


def write(path: Path, text: str, options: list[str]) -> None:
    """Write `text` as `options` say: crlf, bom, utf-16le, utf-16be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if "crlf" in options:
        text = text.replace("\n", "\r\n")
    encoding, mark = next((_ENCODINGS[o] for o in options if o in _ENCODINGS), ("utf-8", b""))
    if "bom" in options:
        mark = codecs.BOM_UTF8
    path.write_bytes(mark + text.encode(encoding))
