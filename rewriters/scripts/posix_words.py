"""The words of a script for a POSIX shell, with the quoting of each character; it stops where it cannot tell."""

from __future__ import annotations

from typing import NamedTuple

from unsprawl.rewriters.scripts.handed import Unclear

_OPERATORS = frozenset(";&|\n()<>")
_DOUBLED = frozenset({";;", "&&", "||", "<<", ">>"})
_LIVE = frozenset("$*?[~{")
"""What an unquoted word makes the shell replace."""
_ESCAPED_IN_QUOTES = frozenset('"\\$`\n')


class Character(NamedTuple):
    """One character of a word as the program gets it, and where it is written."""

    text: str
    start: int
    end: int
    quote: str
    """`'`, `"`, or "" where it is not quoted."""
    live: bool = False
    """The shell would replace it, so that nobody knows here what the program gets."""


class Token(NamedTuple):
    """A word, or an operator between words."""

    start: int
    end: int
    characters: tuple[Character, ...] = ()
    operator: str = ""

    def __repr__(self) -> str:
        return f"Token({self.start}:{self.end})"

    @property
    def text(self) -> str:
        """The word as the program gets it."""
        return "".join(character.text for character in self.characters)


class Tokens(NamedTuple):
    """What could be read, and why no more."""

    found: tuple[Token, ...]
    stopped: str = ""


def tokens(script: str) -> Tokens:
    """The words and operators of a script, up to the first thing whose meaning depends on more than its text."""
    found: list[Token] = []
    at = 0
    try:
        while at < len(script):
            if script[at] in " \t":
                at += 1
            elif script[at] in _OPERATORS:
                size = 2 if script[at : at + 2] in _DOUBLED else 1
                found.append(Token(at, at + size, (), script[at : at + size]))
                at += size
                if found[-1].operator == "<<":
                    raise Unclear("a text of several lines in it")
            elif script[at] == "#":
                raise Unclear("a comment in it")
            else:
                token = _word(script, at)
                found.append(token)
                at = token.end
    except Unclear as unclear:
        return Tokens(tuple(found), str(unclear))
    return Tokens(tuple(found))


def _word(script: str, start: int) -> Token:
    found: list[Character] = []
    at = start
    while at < len(script) and script[at] not in " \t" and script[at] not in _OPERATORS:
        sign = script[at]
        if sign == "'":
            end = script.find("'", at + 1)
            if end < 0:
                raise Unclear("a quote that is never closed")
            found += (Character(script[i], i, i + 1, "'") for i in range(at + 1, end))
            at = end + 1
        elif sign == '"':
            at = _double_quoted(script, at + 1, found)
        elif sign == "\\":
            if at + 1 < len(script) and script[at + 1] != "\n":
                found.append(Character(script[at + 1], at, at + 2, ""))
            at += 2
        else:
            _substitution(script, at)
            found.append(Character(sign, at, at + 1, "", sign in _LIVE))
            at += 1
    return Token(start, min(at, len(script)), tuple(found))


def _double_quoted(script: str, at: int, found: list[Character]) -> int:
    """Adds what stands in the quotes, and answers where they end."""
    while at < len(script):
        sign = script[at]
        if sign == '"':
            return at + 1
        if sign == "\\" and script[at + 1 : at + 2] in _ESCAPED_IN_QUOTES and at + 1 < len(script):
            if script[at + 1] != "\n":
                found.append(Character(script[at + 1], at, at + 2, '"'))
            at += 2
            continue
        _substitution(script, at)
        found.append(Character(sign, at, at + 1, '"', sign == "$"))
        at += 1
    raise Unclear("a quote that is never closed")


def _substitution(script: str, at: int) -> None:
    if script[at] == "`" or script[at : at + 2] in ("$(", "$'", '$"'):
        raise Unclear("the output of another command in it")
