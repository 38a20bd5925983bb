"""What a reader of documents is, what it is given, and what it gives back.

A reader is a module of this package with one function, `read(page, passage)`. It is named in rules/documents.yaml by
the kinds of files and the languages of blocks that it reads; nothing else has to know it. It

- takes a `Passage`: a text that still knows where each of its characters stands in the document, so that it does not
  matter whether the text is a whole file, a fenced block in a quotation, or the source of a notebook's cell;
- gives `Candidate`s, the likeliest reading of each stretch first: a value as a slot (`slots.slot_group` or
  `slots.url_group`, with `page.node` as the node and a cut of `passage.view` as the view), what speaks for it
  (`Evidence`), and where it is (`passage.path`, and what it adds);
- or a `Problem`, for what it cannot read. It never raises, never quotes text, takes time in proportion to the text.

It does not judge: `documents.examine` asks `detect` about each candidate, drops what the evidence does not bear, and of
what overlaps keeps the first. What the passage holds in another language goes on with `read_within`. What tells by
itself is looked for in the whole document as it is written (`telling`); a reader that takes escapes off, as that of
notebooks does, yields from `telling` for what it took them off as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Protocol, TypeAlias, cast

from unsprawl.rules.bundle import DOCUMENTS
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.document_kinds import KINDS
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Node, Span
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.slots import SlotGroup
from unsprawl.scanner.view import View


class Evidence(Enum):
    """What speaks for a value being a credential of a server, before anyone looked at it."""

    SERVER = "server"
    """It belongs to a server: to an entry, a command that adds or starts one, code that calls one. All but what has low
    confidence counts."""
    TEXT = "text"
    """It just stands there, maybe with a name. Only a format that tells by itself, or by that name, counts."""


class Page(NamedTuple):
    """The whole document."""

    file: ConfigFile
    document: Document
    node: Node
    """The string that slots are parts of: of a document all of it, else one string of a configuration."""
    about_mcp: bool
    """Whether it speaks of MCP at all."""

    def __repr__(self) -> str:
        return "Page(<hidden>)"

    def span(self, start: int, end: int) -> Span:
        """Where characters start:end of the string are written."""
        return self.document.codec.part_span(self.document.text, self.node, start, end)

    def line(self, offset: int) -> int:
        """The line, from 1, that a character of the string is in."""
        return self.document.lines.position(self.span(offset, offset).start)[0]


class Passage(NamedTuple):
    """A stretch of a document in one language, without what surrounds it: indentation, quotes, escapes."""

    view: View
    path: KeyPath = ()
    """What pointers into it begin with: `("block", 2)`; () for the document itself."""
    language: str = ""

    def __repr__(self) -> str:
        return f"Passage({len(self.view.text)} characters of {self.language or 'text'})"

    @property
    def text(self) -> str:
        return self.view.text

    def inner(self, view: View, number: int, language: str) -> Passage:
        """A block within it. `number` counts those of this passage from 0."""
        return Passage(view, (*self.path, "block", number), language)


class Source(NamedTuple):
    """That the nodes of a candidate are those of a configuration within a passage, not the page's own one."""

    document: Document
    view: View
    encoded: bool = False
    """Whether the view leads from each character to the whole of an encoded text: then several values share a place."""


class Candidate(NamedTuple):
    """A value to be judged."""

    group: SlotGroup
    evidence: Evidence
    where: KeyPath = ()
    """The pointer that is shown, taken apart."""
    entry: Entry | None = None
    """The server that it belongs to. Its `path` is that of the document."""
    source: Source | None = None


Found: TypeAlias = "Candidate | Problem"


class Reader(Protocol):
    """A module that reads one language; see above."""

    def read(self, page: Page, passage: Passage) -> Iterator[Found]:
        """What `passage` holds that may be a credential."""
        ...


_BY_LANGUAGE: dict[str, str] = {
    **{language: reader for reader, languages in DOCUMENTS["languages"].items() for language in languages},
    **{kind.id: kind.reader for kind in KINDS.values()},
}
_DEEPEST = 12
"""Steps of a path: a heredoc in a block in a notebook has six."""


@cache
def reader(name: str) -> Reader:
    """The reader that the rules call so."""
    return cast(Reader, import_module(f"unsprawl.scanner.documents.{name}"))


def is_readable(language: str) -> bool:
    """Whether there is a reader for a language that somebody wrote behind a fence."""
    return language.lower() in _BY_LANGUAGE


def read_within(page: Page, passage: Passage) -> Iterator[Found]:
    """What the reader of the passage's language finds in it; nothing for a language that nobody reads.

    A passage within another one has a longer path, which bounds how deep this goes.
    """
    name = _BY_LANGUAGE.get(passage.language.lower())
    if name is not None and len(passage.path) <= _DEEPEST and passage.text.strip():
        yield from reader(name).read(page, passage)


def too_much(page: Page) -> Problem:
    """That not all of a document was looked at."""
    message = "holds more than is read of a document, and secrets may be in the rest"
    return Problem(page.file.path, "document-unread", message, "Look into it by hand.")
