"""Command lines as shells read them: commands, their words, and where each word is written."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from unsprawl.rules.load import compiled
from unsprawl.scanner.view import View


class Shell(StrEnum):
    """Whose quoting holds."""

    POSIX = "posix"
    CMD = "cmd"
    POWERSHELL = "powershell"


_BLANKS = " \t"
_BREAKS = "\n\r;|&"
"""What ends a command; `&` and `|` also in pairs."""
_KEPT = r"\$\((?:[^()]|\([^()]{0,100}\)){0,250}\)|\$\{(?:[^{}]|\{[^{}]{0,100}\}){0,250}\}|`[^`]{1,250}`"
"""What a shell replaces as one, blanks included; bounded, so that a line of openings costs no square."""
_ESCAPES = {Shell.POSIX: "\\", Shell.CMD: "^", Shell.POWERSHELL: "`"}
_Character = tuple[str, int, int]
_POSIX_ESCAPED = frozenset('"\\$`\n')
"""What a backslash escapes within double quotes of a POSIX shell."""
_PLAIN = {
    Shell.POSIX: r"[^\s;|&\\\"'$`]+",
    Shell.CMD: r"[^\s|&^\"]+",
    Shell.POWERSHELL: r"[^\s;|&`\"'$]+",
}
"""What needs no second look."""


def commands(line: View, shell: Shell = Shell.POSIX) -> Iterator[list[View]]:
    """The commands of a line or script, each as its words. Quotes that are never closed end with the text."""
    words: list[View] = []
    text, at, end = line.text, 0, len(line.text)
    while at < end:
        character = text[at]
        if character in _BLANKS:
            at += 1
        elif character in _BREAKS and not (shell is Shell.CMD and character == ";"):
            at += 1
            if words:
                yield words
            words = []
        else:
            found, at = _word(text, at, shell)
            if found:
                words.append(line.chosen(found))
    if words:
        yield words


def _word(text: str, at: int, shell: Shell) -> tuple[list[_Character], int]:
    """One word and where it ends."""
    found: list[_Character] = []
    end, start = len(text), at
    while at < end:
        character = text[at]
        plain = compiled(_PLAIN[shell]).match(text, at)
        if plain is not None:
            found += ((text[place], place, place + 1) for place in range(at, plain.end()))
            at = plain.end()
        elif character in _BLANKS or (character in _BREAKS and not (shell is Shell.CMD and character == ";")):
            break
        elif (kept := _kept(text, at, shell)) > at:
            found += ((text[place], place, place + 1) for place in range(at, kept))
            at = kept
        elif character == '"' or (character == "'" and shell is not Shell.CMD):
            inner, at = _quoted(text, at, shell)
            found += inner
        elif character == _ESCAPES[shell] and at + 1 < end and _escapes(text, at, shell):
            if text[at + 1] != "\n":
                found.append((text[at + 1], at, at + 2))
            at += 2
        else:
            found.append((character, at, at + 1))
            at += 1
    return found, max(at, start + 1)


def _escapes(text: str, at: int, shell: Shell) -> bool:
    """Whether the escape character at `at` is one: people write Windows paths into lines of any shell."""
    return shell is not Shell.POSIX or not text[at + 1].isalnum()


def _kept(text: str, at: int, shell: Shell) -> int:
    """Where a substitution that begins at `at` ends, or `at` when none begins there."""
    if text[at] not in "$`" or shell is Shell.CMD or (shell is Shell.POWERSHELL and text[at] == "`"):
        return at
    match = compiled(_KEPT).match(text, at)
    return at if match is None else match.end()


def _quoted(text: str, at: int, shell: Shell) -> tuple[list[_Character], int]:
    """What the quotes at `at` hold, and where they end."""
    quote, found, at = text[at], [], at + 1
    escape = _ESCAPES[shell]
    while at < len(text):
        character = text[at]
        if character == quote:
            # Doubled quotes stand for one, except in POSIX shells, where two strings touch.
            if shell is not Shell.POSIX and text[at + 1 : at + 2] == quote:
                found.append((quote, at, at + 2))
                at += 2
                continue
            return found, at + 1
        following = text[at + 1 : at + 2]
        escaped = (
            quote == '"'
            and following
            and (
                (shell is Shell.POSIX and character == "\\" and following in _POSIX_ESCAPED)
                # Programs on Windows read \" themselves.
                or (shell is Shell.CMD and character == "\\" and following == '"')
                or (shell is Shell.POWERSHELL and character in ("\\", escape) and following in '"$`')
            )
        )
        if escaped:
            if following != "\n":
                found.append((following, at, at + 2))
            at += 2
        else:
            found.append((character, at, at + 1))
            at += 1
    return found, at
