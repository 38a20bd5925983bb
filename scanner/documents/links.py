"""Links that install a server: `cursor://…/mcp/install?name=…&config=…`, `vscode:mcp/install?{…}`, their web pages."""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator

from unsprawl.scanner.documents.config import configured
from unsprawl.scanner.documents.reader import Candidate, Page, Passage
from unsprawl.scanner.embedded import percent_decoded
from unsprawl.scanner.view import View

_LINK = re.compile(
    r"(?:mcp|redirect|extension|install)[^\s\"'<>)?]{0,80}\?(?P<query>[^\s\"'<>()\]]{8,40000}+)", re.IGNORECASE
)
_SCHEME = re.compile(r"[a-z][a-z0-9.+-]{1,30}:[^\s\"'<>()]*\Z", re.IGNORECASE)
_LONGEST_BEFORE = 200
_PARAMETER = re.compile(r"(?:^|(?<=[&;?]))(?:amp;)?([A-Za-z_]{1,30})=([^&#]*+)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_LEVELS = 3
"""So often an encoding is taken off: a redirect holds the link that holds the configuration."""


def read(page: Page, passage: Passage) -> Iterator[Candidate]:
    """The servers in the links of a text."""
    if "?" not in passage.text:
        return
    for link in _LINK.finditer(passage.text):
        if _SCHEME.search(passage.text, max(0, link.start() - _LONGEST_BEFORE), link.start("query")):
            yield from _within(page, passage, passage.view.cut(*link.span("query")), "", 0)


def _within(page: Page, passage: Passage, view: View, name: str, level: int) -> Iterator[Candidate]:
    """A query, or the value of a parameter: the configuration itself, or an encoding around it."""
    text = view.text
    if level > _LEVELS or len(text) < 8:
        return
    if text[:1] in "{[":
        yield from configured(page, Passage(view, passage.path), guessed=False, name=name)
        return
    if text[:3].lower() in ("%7b", "%5b"):
        yield from _within(page, passage, percent_decoded(view), name, level + 1)
        return
    named = {key.lower(): (start, end) for key, start, end in _parameters(text)}
    name = percent_decoded(view.cut(*named["name"])).text if "name" in named else name
    for key, (start, end) in named.items():
        value = percent_decoded(view.cut(start, end))
        if key == "name" or len(value.text) < 8:
            continue
        if _BASE64.fullmatch(value.text):
            decoded = _decoded(value.text)
            if decoded[:1] in ("{", "["):
                first, last = value.span(0, len(value.text))
                whole = View(decoded, [first] * len(decoded), [last] * len(decoded))
                inner = Passage(whole, passage.path)
                yield from configured(page, inner, guessed=False, name=name, encoded=True)
        elif "?" in value.text:
            yield from _within(page, passage, value.cut(value.text.index("?") + 1, len(value.text)), name, level + 1)
        else:
            yield from _within(page, passage, value, name, level + 1)


def _parameters(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _PARAMETER.finditer(text):
        yield match[1], *match.span(2)


def _decoded(text: str) -> str:
    """What base64 of either alphabet spells; "" for what is none."""
    padded = text.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        data = urlsafe_b64decode(padded) if {"-", "_"} & set(text) else b64decode(padded)
        return data.decode("utf-8")
    except (Error, ValueError):
        return ""
