"""Scripts of POSIX shells: `bash -c 'KEY=value exec server'`, `sh -lc 'export KEY=value; server'`.

An assignment leaves a script when the shell would do the same without it; otherwise its value becomes a reference to a
variable, which a shell replaces in the same place at the same time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unsprawl.rewriters.scripts.handed import ELSEWHERE, MOVED_NAME, Handed, Script, Unclear, names
from unsprawl.rewriters.scripts.posix_words import Token, tokens
from unsprawl.scanner.approach import is_bridge_header
from unsprawl.scanner.packages import CONTAINERS, package_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=", re.ASCII)
_LIKE_IT = frozenset({"bash", "sh", "dash", "zsh", "ksh", "ash"})
_HARMLESS = frozenset({"cd", "export", "mkdir", "true", ":", "echo", "sleep"})
"""What may stand before an assignment without having a say in it."""
_KEYWORDS = frozenset({"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"})
"""What may stand before a command without being one; with it, what follows may or may not be done."""
_LAUNCHES = frozenset({"env", "exec", "nohup", "command"})
_ENDS = frozenset({";", "&&", "\n"})
"""What may follow a statement that goes."""


def hand_over(script: Script) -> Handed:
    """How the secret in the script gets to the program. Raises `Unclear`."""
    shell = base_name(next((word for word in reversed(script.words_before) if not word.startswith("-")), ""))
    if shell not in _LIKE_IT:
        raise Unclear("it is for another shell than those that are understood")
    read = tokens(script.text)
    index = next(
        (i for i, token in enumerate(read.found) if token.start <= script.start and script.end <= token.end), -1
    )
    if index < 0:
        raise Unclear(f"there is {read.stopped}" if read.stopped else "the key is no part of one word")
    word = read.found[index]
    begin = max((i + 1 for i in range(index) if read.found[i].operator), default=0)
    while begin < index and read.found[begin].text in _KEYWORDS:
        begin += 1
    before = [token.text for token in read.found[begin:index]]
    name = _assigned(word, script.start)
    statement = _Statement(script, read.found, begin, index, name, before)
    if name and _sets(before):
        return statement.without() or _referring(script, word, MOVED_NAME.format(name))
    line = [*script.words_before, *(token.text for token in read.found[:index]), word.text]
    away = not names(before).isdisjoint(ELSEWHERE)
    if name and not away and statement.is_plain() and _passes(before, read.found[index:]):
        return _by_name(word, name)
    if is_bridge_header(line, len(line) - 1) and not away and names(before).isdisjoint(CONTAINERS):
        return _literal_reference(script, word)
    return _referring(script, word, "", in_arguments=True)


def _assigned(word: Token, start: int) -> str:
    """NAME where the word is NAME=… and the secret stands behind the sign."""
    match = _ASSIGNMENT.match(word.text)
    if match is None:
        return ""
    head = word.characters[: match.end()]
    return match[1] if head[-1].end <= start and all(c.quote == "" and c.end - c.start == 1 for c in head) else ""


def _sets(before: Sequence[str]) -> bool:
    """Whether an assignment behind these words sets a variable of what follows."""
    rest = [text for text in before if not _ASSIGNMENT.match(text)]
    return not rest or (rest == ["export"] and before[0] == "export") or (rest[-1] == "env" and set(rest) <= _LAUNCHES)


def _passes(before: Sequence[str], after: Sequence[Token]) -> bool:
    """Whether docker takes the variable of that name from its own environment when the value is left away."""
    rest = [token.text for token in after[: next((i for i, token in enumerate(after) if token.operator), len(after))]]
    start = next((i for i, text in enumerate(before) if base_name(text) in CONTAINERS), None)
    if start is None or before[-1] not in ("-e", "--env"):
        return False
    return package_of((*before[start:], *rest)) not in before  # behind the image it is a word of the server's


def _value(word: Token) -> Secret:
    text = word.text
    if any(c.live for c in word.characters):
        raise Unclear("the shell replaces a part of the value")
    return Secret(text[text.index("=") + 1 :])


def _by_name(word: Token, name: str) -> Handed:
    sign = next(c for c in word.characters if c.text == "=")
    return Handed(sign.start, word.end, variable=name, value=_value(word))


def _decoded(script: Script, word: Token) -> tuple[Secret, str]:
    """The secret as the program gets it, and the quotes that it stands in."""
    inside = [c for c in word.characters if script.start <= c.start and c.end <= script.end]
    if not inside or any(c.live for c in inside) or len({c.quote for c in inside}) > 1:
        raise Unclear("the quoting of the key is not the same throughout, or the shell replaces a part of it")
    return Secret("".join(c.text for c in inside)), inside[0].quote


def _referring(script: Script, word: Token, variable: str, *, in_arguments: bool = False) -> Handed:
    """The secret becomes a reference that the shell replaces, whatever quotes are around it."""
    value, quote = _decoded(script, word)
    before, after = {"": ('"', '"'), '"': ("", ""), "'": ("'\"", "\"'")}[quote]
    return Handed(
        script.start, script.end, variable, value, before, after, expands="shell", in_arguments=in_arguments
    )  # fmt: skip


def _literal_reference(script: Script, word: Token) -> Handed:
    """The secret becomes a reference that the shell leaves alone and the bridge replaces."""
    value, quote = _decoded(script, word)
    before, after = {"": ("'", "'"), '"': ("\\", ""), "'": ("", "")}[quote]
    return Handed(script.start, script.end, "", value, before, after, expands="server")


class _Statement:
    """The simple command that an assignment belongs to, and what can be said about the script around it."""

    def __init__(
        self, script: Script, found: Sequence[Token], begin: int, index: int, name: str, before: Sequence[str]
    ) -> None:
        self._script, self._found, self._begin, self._index = script, found, begin, index
        self._name, self._before = name, before

    def without(self) -> Handed | None:
        """The script without the assignment; None where the shell might not do the same then."""
        if not self.is_plain():
            return None
        word, following = self._found[self._index], self._found[self._index + 1 : self._index + 2]
        after = following[0] if following else None
        if self._before[:1] == ["export"]:
            if after is not None and not after.operator:
                return self._cut(word.start, after.start)
            if len(self._before) > 1:
                return self._cut(self._found[self._index - 1].end, word.end)
            if after is None or after.operator not in _ENDS:
                return None
            behind = self._found[self._index + 2 : self._index + 3]
            return self._cut(self._found[self._begin].start, behind[0].start) if behind else None
        if after is None or after.operator:
            return None  # `KEY=value; server "$KEY"`: a variable of the shell alone
        return self._cut(word.start, after.start)

    def _cut(self, start: int, end: int) -> Handed:
        return Handed(start, end, variable=self._name, value=_value(self._found[self._index]))

    def is_plain(self) -> bool:
        """Whether nothing before the statement, and no profile, can set the variable, and nothing else asks for it."""
        flags = [word for word in self._script.words_before[-2:] if word.startswith("-")]
        zsh = any(base_name(word) == "zsh" for word in self._script.words_before)  # reads ~/.zshenv at every start
        if zsh or any(set(flag) & set("li") for flag in flags):
            return False  # a login shell reads profiles first
        starts, new = [], True
        for token in self._found[: self._begin]:
            if token.operator and token.operator not in _ENDS:
                return False
            if new and not token.operator:
                starts.append(token.text)
            new = bool(token.operator)
        if not all(start in _HARMLESS or _ASSIGNMENT.match(start) for start in starts):
            return False
        mentioned = re.findall(rf"(?<![A-Za-z0-9_]){re.escape(self._name)}(?![A-Za-z0-9_])", self._script.text)
        return len(mentioned) == 1
