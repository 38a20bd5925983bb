"""Source text of any language to tokens, in one pass that survives broken code: what is never closed ends somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import TypeAlias

from unsprawl.scanner.documents.code_language import Form, Language, content
from unsprawl.scanner.formats.comments import line_end
from unsprawl.scanner.formats.node import Span
from unsprawl.scanner.record import NamedTuple

_REGEX = re.compile(r"/(?![*/>])(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*+\])++/[A-Za-z]*+")
_BEFORE_REGEX = frozenset(
    (
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "else",
        "do",
        "instanceof",
        "await",
        "yield",
    )
)
_PAIRS = {"{": "}", "(": ")", "[": "]"}
_GENERIC = re.compile(r"<(?:[^<>(){};=\n]|<[^<>(){};=\n]{0,80}+>){0,120}+>(?=[\s(){}\[\],;=>.:?!&]|\Z)")
"""`<string, string>` behind the name of a type, whose comma separates nothing."""
_MOST_HOLES = 50
"""Literals within holes of literals; a deeper hole is text."""


class Token(Enum):
    """What a token is. A literal with holes comes as OPEN, then TEXT and HOLE … UNHOLE by turns, then CLOSE."""

    WORD = auto()
    NUMBER = auto()
    SIGN = auto()
    STRING = auto()
    OPEN = auto()
    TEXT = auto()
    HOLE = auto()
    UNHOLE = auto()
    CLOSE = auto()


class Style(NamedTuple):
    """How the text of a literal is written."""

    form: Form
    raw: bool
    holes: bool


Lexed: TypeAlias = "tuple[Token, int, int, bool, Style | None]"
"""What, from where, to where (a STRING and a TEXT without quotes), whether a line ends before it, how it is written."""


class _Hole:
    """A literal whose hole is being read."""

    __slots__ = ("closer", "depth", "opener", "style", "until")

    def __init__(self, style: Style, until: str) -> None:
        self.style = style
        self.until = until
        self.opener = style.form.hole[-1] if style.form.hole[-1] in _PAIRS else style.form.hole[0]
        self.closer = _PAIRS[self.opener]
        self.depth = 0


class Lexer:
    """Reads a text once. `comments` fills while `tokens` runs."""

    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._language = language
        self._at = 0
        self._holes: list[_Hole] = []
        self._dead: dict[str, int] = {}
        """Openings that nothing closes before an offset: each is looked for once, or a line of them cost a square."""
        self._operand = False
        """Whether a value has just ended, so that `/` divides."""
        self.comments: list[Span] = []

    def tokens(self) -> Iterator[Lexed]:
        """All tokens, in the order they stand."""
        text, match = self._text, self._language.token.match
        broke = True
        while (found := match(text, self._at)) is not None:
            kind, at, self._at = found.lastgroup or "", self._at, found.end()
            if kind == "blank":
                broke = broke or "\n" in found[0].replace("\\\n", "") or "\r" in found[0]
                continue
            if kind == "word":
                yield Token.WORD, at, self._at, broke, None
                self._operand = found[0] not in _BEFORE_REGEX
                if found[0][0].isupper() and (generic := _GENERIC.match(text, self._at)) is not None:
                    self._at = generic.end()
            elif kind == "sign":
                yield from self._sign(found[0], at, broke)
            elif kind in ("number", "char"):
                yield Token.NUMBER, at, self._at, broke, None
                self._operand = True
            elif kind == "comment":
                if self._comment(found[0], at):
                    broke = broke or text[at : at + 2] != "/*"
                    continue
                yield Token.SIGN, at, self._at, broke, None
                self._operand = False
            else:
                yield from self._literal(self._language.forms[int(kind[1:])], found[0], at, broke)
            broke = False

    def _sign(self, sign: str, at: int, broke: bool) -> Iterator[Lexed]:
        hole = self._holes[-1] if self._holes else None
        if hole is not None and sign == hole.closer and hole.depth == 0:
            self._holes.pop()
            yield Token.UNHOLE, at, self._at, broke, None
            yield from self._content(hole.style, hole.until)
            return
        if hole is not None and sign in (hole.opener, hole.closer):
            hole.depth += 1 if sign == hole.opener else -1
        divides = self._operand and not (broke and self._text[at - 1 : at] != ")")
        if sign[0] == "/" and self._language.regex and not divides and self._regex(at):
            yield Token.NUMBER, at, self._at, broke, None
            self._operand = True
            return
        yield Token.SIGN, at, self._at, broke, None
        self._operand = sign in (")", "]", "}")

    def _regex(self, at: int) -> bool:
        if at < self._dead.get("/", 0):
            return False
        found = _REGEX.match(self._text, at)
        if found is None:
            self._dead["/"] = line_end(self._text, at)
            return False
        self._at = found.end()
        return True

    def _comment(self, opening: str, at: int) -> bool:
        """Goes behind a comment; False where it never ends, so that its opening is a sign."""
        close = self._language.closers[opening]
        if not close:
            self._at = line_end(self._text, at)
        elif opening in self._dead:
            return False
        else:
            end = self._text.find(close, self._at)
            if end < 0:
                self._dead[opening] = len(self._text)
                return False
            self._at = end + len(close)
        self.comments.append(Span(at, self._at))
        return True

    def _literal(self, form: Form, opening: str, at: int, broke: bool) -> Iterator[Lexed]:
        prefix = opening[: len(opening) - len(form.open)]
        style = Style(form, form.is_raw(prefix), form.has_holes(prefix) and len(self._holes) < _MOST_HOLES)
        if at < self._dead.get(form.open, 0):
            yield Token.SIGN, at, self._at, broke, None
            return
        if form.fence:
            close = form.close + form.fence * prefix.count(form.fence)
            end = self._text.find(close, self._at)
            yield Token.STRING, self._at, end if end >= 0 else len(self._text), broke, style
            self._at, self._operand = (end + len(close) if end >= 0 else len(self._text)), True
            return
        start = self._at
        end = self._end(style, start)
        if self._text.startswith(form.close, end):
            yield Token.STRING, start, end, broke, style
            self._at, self._operand = end + len(form.close), True
        elif style.holes and self._text.startswith(form.hole, end):
            yield Token.OPEN, at, start, broke, style
            yield from self._content(style, form.close)
        elif form.lines or self._text[at - 1 : at].isalnum():  # an apostrophe in the text of a page
            self._dead[form.open] = end
            self._operand = False
            yield Token.SIGN, at, self._at, broke, None
        else:
            yield Token.STRING, start, end, broke, style
            self._at, self._operand = end, True

    def _end(self, style: Style, start: int) -> int:
        found = content(style.form, style.holes).match(self._text, start)
        return start if found is None else found.end()

    def _content(self, style: Style, close: str) -> Iterator[Lexed]:
        """A stretch of a literal with holes: up to its next hole, or to its end."""
        start, form = self._at, style.form
        end = self._end(style, start)
        if end > start:
            yield Token.TEXT, start, end, False, style
        self._at, self._operand = end, True
        if self._text.startswith(close, end):
            self._at = end + len(close)
            yield Token.CLOSE, end, self._at, False, None
        elif self._text.startswith(form.hole, end):
            self._at = end + len(form.hole)
            # `{$x}` of PHP: the sign of the variable belongs to it.
            self._at -= form.hole[-1] not in _PAIRS and form.hole[0] in _PAIRS
            self._operand = False
            self._holes.append(_Hole(style, close))
            yield Token.HOLE, end, self._at, False, None
        else:
            yield Token.CLOSE, end, end, False, None
