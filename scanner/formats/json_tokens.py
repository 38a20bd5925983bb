"""Tokens of JSON in any state: strict, JSONC, JSON5 or broken; every character belongs to exactly one token or gap."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from unsprawl.scanner.formats.node import MAX_FLAWS, Flaw
from unsprawl.scanner.record import NamedTuple

END, STRING, WORD, MARK, JUNK = "end", "string", "word", "mark", "junk"

_SPACE = re.compile(r"[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+").match
_STRICT_SPACE = re.compile(r"[ \t\n\r]*").fullmatch
_REST_OF_LINE = re.compile(r"[^\n\r]*")
_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?=[ \n\r]|\Z)[^\n\r]*").match
_WORD = re.compile(r"""[^\s\ufeff"'{}\[\],:/#][^\s\ufeff"'{}\[\],:/]*""").match
_LONG_WORD = re.compile(r"""[^\s\ufeff"'{}\[\],]+""").match
_BODY = {
    '"': re.compile(r'[^"\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^"\\\n\r]*+)*+').match,
    "'": re.compile(r"[^'\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^'\\\n\r]*+)*+").match,
}


class Token(NamedTuple):
    """One token. Strings include their quotes; an unclosed one ends with its line, without a comma at the end."""

    kind: str
    start: int
    end: int
    indent: int = -1
    """Width of the indentation when it is the first of its line, else -1."""
    line: int = 0
    """Equal for tokens of one line."""
    closed: bool = True


@dataclass(slots=True)
class Notes:
    """What was remarkable about a text, collected while it is read."""

    flaws: list[Flaw] = field(default_factory=list)
    liberties: bool = False
    """Something was used that JSONC or JSON5 allow and strict JSON does not."""

    def flaw(self, offset: int, message: str) -> None:
        """Remember a flaw; beyond a hundred nobody reads them."""
        if len(self.flaws) < MAX_FLAWS:
            self.flaws.append(Flaw(offset, message))


class Tokens:
    """Reads tokens one by one with one token of look-ahead. Takes any text, always moves on, never raises."""

    def __init__(self, text: str, notes: Notes) -> None:
        self._text = text
        self._notes = notes
        self._at = 0
        self._line = 0
        self._indent = 0
        self._peeked: Token | None = None
        self._unclosed_comment = False

    def next(self) -> Token:
        """The next token; END again and again at the end."""
        token, self._peeked = self._peeked or self._read(), None
        return token

    def peek(self) -> Token:
        """The token that `next` will give."""
        if self._peeked is None:
            self._peeked = self._read()
        return self._peeked

    def lengthen(self, token: Token) -> Token:
        """`token`, a word, as far as the next space, quote, comma or bracket: the best guess for an unquoted value."""
        match = _LONG_WORD(self._text, token.start)
        if match is None or match.end() <= token.end:
            return token
        self.jump(match.end())
        return token._replace(end=match.end())

    def jump(self, offset: int) -> None:
        """Go on at `offset`, which lies behind the last token given."""
        self._peeked = None
        if self._text.find("\n", self._at, offset) >= 0:
            self._line += 1
        self._at = max(self._at, offset)
        self._indent = -1

    def _read(self) -> Token:
        self._gap()
        text, start = self._text, self._at
        indent, self._indent = self._indent, -1
        if start >= len(text):
            return Token(END, len(text), len(text), line=self._line)
        first = text[start]
        if first in "{}[]:,":
            self._at = start + 1
            return Token(first, start, self._at, indent, self._line)
        if first in _BODY:
            return self._string(start, first, indent)
        if indent == 0 and (mark := _MARK(text, start)):
            self._at = mark.end()
            return Token(MARK, start, self._at, indent, self._line)
        word = _WORD(text, start)
        self._at = word.end() if word else start + 1
        return Token(WORD if word else JUNK, start, self._at, indent, self._line)

    def _string(self, start: int, quote: str, indent: int) -> Token:
        if quote == "'":
            self._notes.liberties = True
        body = _BODY[quote](self._text, start + 1)
        end = body.end() if body else start + 1
        if self._text.startswith(quote, end):
            self._at = end + 1
            return Token(STRING, start, self._at, indent, self._line)
        self._notes.flaw(start, "string is not closed")
        self._at = max(start + 1, start + len(self._text[start:end].rstrip().removesuffix(",").rstrip()))
        return Token(STRING, start, self._at, indent, self._line, closed=False)

    def _gap(self) -> None:
        """Step over whitespace and comments."""
        text, notes = self._text, self._notes
        while True:
            start = self._at
            if space := _SPACE(text, start):
                self._at = space.end()
                self._after_space(start, self._at)
            elif text.startswith("//", start):
                notes.liberties = True
                self._skip_line()
            elif text.startswith("/*", start):
                self._block_comment(start)
            elif text.startswith("#", start):
                notes.flaw(start, "comment with # is not JSON")
                self._skip_line()
            else:
                return

    def _after_space(self, start: int, end: int) -> None:
        space = self._text[start:end]
        if not _STRICT_SPACE(space):
            self._notes.liberties = True
        newline = max(space.rfind("\n"), space.rfind("\r"))
        if newline >= 0:
            self._line += 1
            self._indent = len(space[newline + 1 :].expandtabs(4))
        elif start == 0:
            self._indent = len(space.expandtabs(4))

    def _skip_line(self) -> None:
        match = _REST_OF_LINE.match(self._text, self._at)
        self._at = match.end() if match else len(self._text)

    def _block_comment(self, start: int) -> None:
        self._notes.liberties = True
        # Looked for only until the first failure, or many openings would each search to the end.
        end = -1 if self._unclosed_comment else self._text.find("*/", start + 2)
        if end < 0:
            self._unclosed_comment = True
            self._notes.flaw(start, "comment is not closed")
            self._skip_line()
            return
        if self._text.find("\n", start, end) >= 0:
            self._line += 1
        self._at = end + 2
