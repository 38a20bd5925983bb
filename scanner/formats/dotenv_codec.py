"""Environment files (`.env`): variables with their places, as docker, node, dotenv and shells write them. Only read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unsprawl.scanner.formats.literal import Piece, locate
from unsprawl.scanner.formats.node import MAX_FLAWS, Flaw, Kind, Member, Node, Parsed, Path, Span

_BREAK = r"(?:\r\n|\n|\r)"
_LINE = re.compile(rf"([ \t]*+)([^\r\n]*+)(?:{_BREAK}|\Z)")
_NAME = re.compile(r"(?:export[ \t]++)?+(['\"]?)([A-Za-z_][A-Za-z0-9_.-]*+)\1[ \t]*+")
_ASSIGNED = re.compile(r"=[ \t]*+|:(?:[ \t]++|(?=[\r\n]|\Z))")
"""`NAME: value` is YAML's way, and node reads it as well."""
_QUOTED = {
    '"': re.compile(r'"(?:[^"\\]++|\\[\s\S])*+"'),
    "'": re.compile(r"'(?:[^'\\]++|\\[\s\S])*+'"),
    "`": re.compile(r"`[^`]*+`"),
}
_REST = re.compile(r"[ \t]*+(?:(?<=[ \t])#[^\r\n]*+)?(?=[\r\n]|\Z)")
"""What may stand behind a closing quote."""
_SPECIAL = {
    '"': re.compile(rf"\\[nrtfbva\"'\\$`]|{_BREAK}"),
    "'": re.compile(rf"\\['\\]|{_BREAK}"),
    "`": re.compile(_BREAK),
}
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b", "v": "\v", "a": "\a"}
BARE = "bare"
"""A value without quotes: nothing in it is special."""


class DotenvCodec:
    """The `Codec` of environment files: an object of strings. A line that is no variable is a string without a name."""

    id = "dotenv"

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text. Everything is built, wanted or not."""
        reader = _Reader(text)
        members = tuple(reader.members())
        root = Node(Kind.OBJECT, Span(0, len(text)), members=members)
        return Parsed(root, tuple(reader.flaws), reader.comments)

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of the string are written; raises ValueError for other nodes and ranges."""
        if node.kind is not Kind.STRING:
            raise ValueError("not a string")
        quote = 0 if node.form == BARE else 1
        return locate(_pieces(text, node.span, node.form), node.span.end - quote, start, end)


def _pieces(text: str, span: Span, form: str) -> Iterator[Piece]:
    at, end = span
    if form != BARE:
        at, end = at + 1, end - 1
        for match in _SPECIAL[form].finditer(text, at, end):
            if at < match.start():
                yield Piece(at, match.start(), text[at : match.start()], plain=True)
            written = match[0]
            value = _SHORT.get(written[1], written[1]) if written[0] == "\\" else "\n"
            yield Piece(match.start(), match.end(), value)
            at = match.end()
    if at < end:
        yield Piece(at, end, text[at:end], plain=True)


class _Reader:
    """One pass over the lines."""

    def __init__(self, text: str) -> None:
        self.flaws: list[Flaw] = []
        self.comments = False
        self._text = text
        self._unclosed: set[str] = set()
        """Quotes that were looked for up to the end, in vain: once is enough."""

    def members(self) -> Iterator[Member]:
        at = 0
        while at < len(self._text):
            line = _LINE.match(self._text, at)
            assert line is not None  # it matches anywhere
            at = line.end()
            start, end = line.span(2)
            if start < end and self._text[start] == "#":
                self.comments = True
            elif start < end:
                member = self._member(start, end)
                at = max(at, self._behind(member.value.span.end))
                yield member

    def _behind(self, offset: int) -> int:
        """The start of the line after the one that `offset` is in."""
        line = _LINE.match(self._text, offset)
        return line.end() if line else offset

    def _member(self, start: int, end: int) -> Member:
        name = _NAME.match(self._text, start, end)
        assigned = _ASSIGNED.match(self._text, name.end(), end) if name else None
        if name is None or assigned is None:
            if name is None or name.end() < end:
                self._flaw(start, "not a line of the form NAME=value")
            return Member("", Span(start, start), self._bare(start, end))
        return Member(name[2], Span(*name.span(2)), self._value(assigned.end(), end))

    def _value(self, start: int, end: int) -> Node:
        text = self._text
        quote = text[start : start + 1] if start < end else ""
        if quote in _QUOTED:
            match = None if quote in self._unclosed else _QUOTED[quote].match(text, start)
            if match is not None and (rest := _REST.match(text, match.end())):
                self.comments |= "#" in rest[0]
                span = Span(*match.span())
                value = "".join(piece.value for piece in _pieces(text, span, quote))
                return Node(Kind.STRING, span, value, form=quote)
            if match is None:
                self._unclosed.add(quote)
            self._flaw(start, "a quote is not closed" if match is None else "text behind a closing quote")
            return self._bare(start, end)
        comment = start if quote == "#" and text[start - 1] in " \t" else _comment(text, start, end)
        self.comments |= comment < end
        return self._bare(start, comment)

    def _bare(self, start: int, end: int) -> Node:
        value = self._text[start:end].rstrip(" \t")
        return Node(Kind.STRING, Span(start, start + len(value)), value, form=BARE)

    def _flaw(self, offset: int, message: str) -> None:
        if len(self.flaws) < MAX_FLAWS:
            self.flaws.append(Flaw(offset, message))


def _comment(text: str, start: int, end: int) -> int:
    """Where the comment behind a value without quotes begins; `end` without one. `a#b` has none."""
    at = text.find("#", start, end)
    while at >= 0 and text[at - 1] not in " \t":
        at = text.find("#", at + 1, end)
    return end if at < 0 else at


DOTENV = DotenvCodec()
