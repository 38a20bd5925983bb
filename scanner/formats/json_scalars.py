"""Keys, strings, numbers and words of JSON5 and of broken text."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.json_strict import BARE, number
from unsprawl.scanner.formats.json_strings import LIBERTY, WRONG, decode
from unsprawl.scanner.formats.json_tokens import STRING, Notes, Token, Tokens
from unsprawl.scanner.formats.node import Kind, Node, Span

_STRICT_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)").fullmatch
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*|(?=\.[0-9]))(?P<rest>(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)").fullmatch
_HEX = re.compile(r"[-+]?0[xX][0-9a-fA-F]+").fullmatch
_FAR = re.compile(r"([-+]?)(Infinity|NaN)").fullmatch
_NAME = re.compile(r"(?:[^\W\d]|[$]|\\u[0-9a-fA-F]{4})(?:[\w$\u200c\u200d]|\\u[0-9a-fA-F]{4})*").fullmatch
_LITERALS = {"true": True, "false": False, "null": None}


def read_key(text: str, token: Token, notes: Notes) -> tuple[str, Span]:
    """The key that a string or word token spells."""
    if token.kind == STRING:
        return _decode(text, token, notes), Span(token.start, token.end)
    word = text[token.start : token.end]
    if _NAME(word):
        notes.liberties = True
        word = decode(word, 0, len(word))[0]
    else:
        notes.flaw(token.start, "key without quotes")
    return word, Span(token.start, token.end)


def read_string(text: str, token: Token, notes: Notes) -> Node:
    """The node of a string token."""
    return Node(Kind.STRING, Span(token.start, token.end), _decode(text, token, notes))


def read_word(text: str, tokens: Tokens, token: Token, notes: Notes) -> Node:
    """The node of a word in the place of a value: a number, a literal, or a value without quotes."""
    word, span = text[token.start : token.end], Span(token.start, token.end)
    if word in _LITERALS:
        return Node(Kind.LITERAL, span, _LITERALS[word])
    value = _number(word, notes)
    if value is not None:
        return Node(Kind.NUMBER, span, value)
    notes.flaw(token.start, "value without quotes")
    token = tokens.lengthen(token)
    return Node(Kind.STRING, Span(token.start, token.end), text[token.start : token.end], form=BARE)


def _number(word: str, notes: Notes) -> int | float | None:
    if match := _STRICT_NUMBER(word):
        return number(word, whole=not match["rest"])
    value: int | float | None = None
    if match := _NUMBER(word):
        value = number(word, whole=not match["rest"])
    elif _HEX(word):
        value = int(word, 16)
    elif match := _FAR(word):
        value = float(match[1] + match[2][:3])
    if value is not None:
        notes.liberties = True
    return value


def _decode(text: str, token: Token, notes: Notes) -> str:
    value, standing = decode(text, token.start + 1, max(token.start + 1, token.end - token.closed))
    if standing == WRONG:
        notes.flaw(token.start, "wrong escape in a string")
    elif standing == LIBERTY:
        notes.liberties = True
    return value
