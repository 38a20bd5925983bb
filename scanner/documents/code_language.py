"""The tables of a programming language as the lexer uses them: patterns, made of rules/code.yaml at first use."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.record import NamedTuple

_WORD = r"[$@]{0,2}[^\W\d][\w$]*+|\$"
_NUMBER = r"\d[\w.]*+"
_CHARACTER = r"'(?:\\[^\n\r']{1,10}'|[^'\\\n\r]')"
_LONG_NUMBER = "[0-9]{4}"
"""The shortest that counts as a password; see `generic.password`."""
_SEVERAL = (
    "=>", "->", "?->", "::", ":=", "?:", "??=", "||=", "&&=", "??", "||", "&&", "===", "!==", "==", "!=", "<=", ">=",
    "+=", "-=", "**", "...", "..", "?.", "&.", "!!.", "//", "<>", "|>",
)  # fmt: skip
"""Signs of more than one character; what one language alone has comes from its tables."""


class Form(NamedTuple):
    """One way to write a string literal."""

    open: str
    close: str
    lines: bool
    escape: str
    raw: str
    fence: str
    hole: str
    hole_with: str
    hole_twice: bool

    def is_raw(self, prefix: str) -> bool:
        """Whether a backslash stands for itself, by the letters before the quote."""
        return self.raw != "" and any(letter in self.raw for letter in prefix.lower())

    def has_holes(self, prefix: str) -> bool:
        """Whether an expression may stand within, by the letters before the quote."""
        return self.hole != "" and (not self.hole_with or any(letter in self.hole_with for letter in prefix.lower()))


class Language(NamedTuple):
    """What the lexer and the tree need to know."""

    id: str
    forms: tuple[Form, ...]
    closers: dict[str, str]
    """By the opening of a comment its end, "" for the end of the line."""
    token: re.Pattern[str]
    """One token; the name of its group says what: blank, comment, char, word, number, sign, s and a form's number."""
    regex: bool
    signs: frozenset[str]
    access: frozenset[str]
    joins: frozenset[str]
    adjacent: bool
    ternary: bool
    initializers: bool
    keeps_escapes: bool
    fields: bool


_IDS: dict[str, str] = {name: entry["id"] for entry in CODE["languages"] for name in (entry["id"], *entry["names"])}


def is_language(name: str) -> bool:
    """Whether rules/code.yaml has tables for a language of this name."""
    return name.lower() in _IDS


@cache
def language(name: str) -> Language:
    """The tables of a language of rules/code.yaml, by its id or another name. Raises KeyError for another one."""
    table = _table(name)
    forms = tuple(_form(entry) for entry in table["strings"])
    comments = {entry["open"]: entry.get("close", "") for entry in table["comments"]}
    return Language(
        table["id"], forms, comments, _token(table, comments), table.get("regex", False),
        frozenset(table["signs"]), frozenset(table["access"]), frozenset(table["joins"]), table.get("adjacent", False),
        table.get("ternary", False), table.get("initializers", False), table.get("keeps_escapes", False),
        table.get("fields", False),
    )  # fmt: skip


@cache
def written_value(name: str) -> re.Pattern[str]:
    """What a text of this language must have somewhere if it writes any value out: the opening of a literal, or a
    number of some length. Raises KeyError for another language."""
    table = _table(name)
    openings = dict.fromkeys(entry["open"] for entry in table["strings"])
    return re.compile("|".join([*map(re.escape, openings), _LONG_NUMBER]))


def _table(name: str) -> dict[str, Any]:
    language_id = _IDS[name.lower()]
    return next(entry for entry in CODE["languages"] if entry["id"] == language_id)


def _form(entry: dict[str, Any]) -> Form:
    return Form(
        entry["open"], entry.get("close", entry["open"]), entry.get("lines", False), entry.get("escape", "backslash"),
        entry.get("raw", ""), entry.get("fence", ""), entry.get("hole", ""), entry.get("hole_with", ""),
        entry.get("hole_twice", False),
    )  # fmt: skip


def _token(table: dict[str, Any], comments: dict[str, str]) -> re.Pattern[str]:
    own = [sign for key in ("signs", "access", "joins") for sign in table[key] if len(sign) > 1 and not sign.isalpha()]
    several = sorted({*_SEVERAL, *own}, key=len)[::-1]
    groups = [r"(?P<blank>(?:\s|\\\r?\n)++)"]
    groups.append(f"(?P<comment>{'|'.join(map(re.escape, sorted(comments, key=len)[::-1]))})")
    if table.get("chars"):
        groups.append(f"(?P<char>{_CHARACTER})")
    for number, entry in enumerate(table["strings"]):
        fence = f"(?:{re.escape(entry['fence'])}){{0,20}}" if entry.get("fence") else ""
        groups.append(f"(?P<s{number}>(?:{entry.get('prefix', '')}){fence}{re.escape(entry['open'])})")
    groups += [f"(?P<word>{_WORD})", f"(?P<number>{_NUMBER})"]
    groups.append(f"(?P<sign>{'|'.join(map(re.escape, several))}|[\\s\\S])")
    return re.compile("|".join(groups))


@cache
def content(form: Form, holes: bool) -> re.Pattern[str]:
    """What may follow the opening of a literal before its end, its next hole, or the end of its line."""
    close, hole = re.escape(form.close[0]), re.escape(form.hole[:1]) if holes else ""
    stops = close + hole + ("" if form.lines else r"\n\r") + (r"\\" if form.escape == "backslash" else "")
    choices = [f"[^{stops}]++"]
    if form.escape == "backslash":
        inner = rf"(?!{re.escape(form.hole[1:])})" if holes and form.hole[0] == "\\" else ""
        choices.append(rf"\\{inner}(?:\r\n|[\s\S])")
    if form.escape == "doubled":
        choices.append(close * 2)
    if len(form.close) > 1:
        choices.append(f"{close}(?!{re.escape(form.close[1:])})")
    if holes and form.hole_twice:
        choices.append(hole * 2)
    elif holes and len(form.hole) > 1 and form.hole[0] != "\\":
        choices.append(f"{hole}(?!{re.escape(form.hole[1:])})")
    return re.compile(f"(?:{'|'.join(choices)})*+")
