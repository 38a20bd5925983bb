"""`.env` files as the `dotenv` npm package reads them: one value changed, every other byte kept.

Its rules (16 and later): CR and CRLF become LF first; in '…' and `…` everything is literal; in "…" `\\n` and `\\r`
become line ends and nothing else is unescaped, so a value cannot hold its own quote. A backslash before the closing
quote makes its pattern run on, into the next line. Hence refused: NUL, lone surrogates, values with all three kinds
of quotes, values with CR together with `"` or a backslash, and values that end in a backslash unless they are plain
words.
Programs that expand `$NAME` (dotenv-expand, docker compose) do so whatever the quotes are: see `expands`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.files import read_own, write_private
from unsprawl.vault.stores import storable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
# The package's own pattern, with JavaScript's \s, `.`, ^ and $ spelled out: Python's differ.
_S = "[ \t\n\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_START, _END, _ANY = "(?:\\A|(?<=[\n\u2028\u2029]))", "(?=[\n\u2028\u2029]|\\Z)", "[^\n\u2028\u2029]"
_LINE = re.compile(
    rf"{_START}{_S}*(?P<export>export{_S}+)?(?P<name>[A-Za-z0-9_.-]+)(?P<equals>{_S}*={_S}*?|:{_S}+?)"
    rf"(?P<value>{_S}*'(?:\\'|[^'])*'|{_S}*\"(?:\\\"|[^\"])*\"|{_S}*`(?:\\`|[^`])*`|[^#\n]+)?{_S}*(?:#{_ANY}*)?{_END}"
)
_QUOTED = re.compile(rf"{_START}(['\"`])([\s\S]*)\1{_END}")
_TRIM = re.compile(rf"\A{_S}+|{_S}+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_./+:@%,~^-][A-Za-z0-9_./+:@%,~^=\\-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Line:
    """One variable of a file; the offsets are of characters in the file as it is."""

    name: str
    value: str
    start: int
    value_start: int
    value_end: int


@dataclass(frozen=True, slots=True)
class DotEnv:
    """A `.env` file. Nothing is kept in memory between calls."""

    path: Path

    def names(self) -> tuple[str, ...]:
        """The variables in the file, in order, each once."""
        return tuple(dict.fromkeys(line.name for line in _lines(self._read())))

    def get(self, name: str) -> Secret | None:
        """The value of `name` as dotenv reads it, or None; of two lines the last one."""
        found = [line.value for line in _lines(self._read()) if line.name == name]
        return Secret(found[-1]) if found else None

    def set(self, name: str, secret: Secret) -> None:
        """Replaces the value of `name` in its place (in the last line, where there are several), or appends a line.

        The file is 0600 afterwards. Raises VaultError when dotenv would not read the file back with this value and
        all others unchanged.
        """
        if not _NAME.fullmatch(name):
            raise VaultError("not a name that a dotenv file can hold")
        storable(secret)
        quoted = quote(secret)
        text = self._read()
        before = _lines(text)
        found = [line for line in before if line.name == name]
        if found:
            changed = text[: found[-1].value_start] + quoted + text[found[-1].value_end :]
        else:
            line_end = "\r\n" if "\r\n" in text else "\n"
            gap = line_end if text.strip("\ufeff") and not text.endswith(("\n", "\r")) else ""
            changed = f"{text}{gap}{name}={quoted}{line_end}"
        wanted = {line.name: line.value for line in before} | {name: secret.reveal()}
        if {line.name: line.value for line in _lines(changed)} != wanted:
            raise VaultError(
                f"{self.path}: what stands around `{name}` would change how the file is read",
                hint="Look for quotes that are not closed.",
            )
        write_private(self.path, changed.encode("utf-8"))

    def remove(self, name: str) -> bool:
        """Deletes every line of `name`; False when there were none."""
        text = self._read()
        found = [line for line in _lines(text) if line.name == name]
        for line in reversed(found):
            rest = re.compile(r"[^\r\n]*(?:\r\n?|\n)?").match(text, line.value_end)
            text = text[: line.start] + text[rest.end() if rest else line.value_end :]
        if found:
            write_private(self.path, text.encode("utf-8"))
        return bool(found)

    def _read(self) -> str:
        try:
            return read_own(self.path).decode("utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            raise VaultError(f"{self.path} is not UTF-8 text") from None


def quote(secret: Secret) -> str:
    """The value as it is written after `NAME=`. Raises VaultError for the values named above."""
    text = secret.reveal()
    if "\r" in text:
        if not set(text) & {'"', "\\"}:
            return '"' + text.replace("\r", "\\r").replace("\n", "\\n") + '"'
    elif text.endswith("\\"):
        if _PLAIN.fullmatch(text):
            return text
    else:
        if "'" not in text:
            return f"'{text}'"
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
        if "`" not in text:
            return f"`{text}`"
    raise VaultError(
        "a dotenv file cannot hold this value unchanged (its quotes, backslashes or line ends)",
        hint="Choose another target for it.",
    )


def expands(secret: Secret) -> bool:
    """Whether a program that expands variables in dotenv files would change the value."""
    return "$" in secret.reveal()


def _lines(text: str) -> list[_Line]:
    """What dotenv finds. It reads CR LF as LF; `offsets` leads back to the characters that are really there."""
    offsets = [i for i, c in enumerate(text) if c != "\n" or not i or text[i - 1] != "\r"]
    offsets.append(len(text))
    plain = re.sub("\r\n?", "\n", text)
    found = []
    for match in _LINE.finditer(plain):
        start = match.start("name") if match["export"] is None else match.start("export")
        value_start, value_end = match.span("value") if match["value"] is not None else (match.end("equals"),) * 2
        value = _value(match["value"] or "")
        if not value:  # white space before a comment or the next line belongs to no value
            value_end = value_start
        elif match["value"][0] in " \t":
            value_start += len(match["value"]) - len(match["value"].lstrip(" \t"))
        if value:
            value_end -= len(match["value"]) - len(_TRIM.sub("", match["value"])) - (value_start - match.start("value"))
        found.append(_Line(match["name"], value, offsets[start], offsets[value_start], offsets[value_end]))
    return found


def _value(raw: str) -> str:
    trimmed = _TRIM.sub("", raw)
    text = _QUOTED.sub(r"\2", trimmed)
    return text.replace("\\n", "\n").replace("\\r", "\r") if trimmed.startswith('"') else text
