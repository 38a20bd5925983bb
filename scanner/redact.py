"""The last redactor: every text that leaves the program passes here and loses all values that were found.

A secret may also sit in a server's name, a key, a path or a parser's message, so hiding the value alone is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

from unsprawl.scanner.secret import Secret

MASK = "<hidden>"
_ANYWHERE_FROM = 8
"""Values this long are replaced wherever they occur; shorter ones only where they stand as a word of their own."""

_SHORTEST = 3
"""Shorter forms would hide half of every line, and are no credentials."""
_SHORTEST_LINE = 8
"""Lines of a value of several lines: whoever prints may break it there."""

_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_NEVER_ESCAPED = str.maketrans("", "", "-._")
_URL_SAFE = str.maketrans("+/", "-_")
_COMMAND = r"(?m)^[^\S\n]*:(?=:)|#(?=#[A-Za-z]*\[)"
_ENCODED = "%[0-9A-F]{2}"
_ESCAPE_BEFORE = r"(?:\\[abfnrtv]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2})\Z"


def printable(text: str) -> str:
    """Foreign text without control, bidi and zero-width characters, so that it cannot rewrite the terminal."""
    if text.isprintable():  # which none of them is: most text needs no pattern, and the hook does not compile it
        return text
    return re.sub(_UNSAFE, lambda match: _escaped(ord(match[0])), text)


def _escaped(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str) -> str:
    """`printable`, with line ends and tabs shown as escapes too: for names and paths."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def no_commands(text: str) -> str:
    """Whole lines for the log of a CI service, which takes some for commands: `::add-mask::`, `##vso[…]`, `##[group]`.

    A file may be called so; the reader sees a space more.
    """
    return re.sub(_COMMAND, lambda match: match[0] + " ", text) if "::" in text or "##" in text else text


class Redactor:
    """Knows all values found so far, in the spellings in which they may come back."""

    def __init__(self) -> None:
        self._secrets: set[Secret] = set()
        self._unspelled: list[Secret] = []
        """Learned, and not yet looked for: who prints nothing does not pay for the spellings."""
        self._forms: dict[str, dict[int, set[str]]] = {}
        """By their first characters, then by their length: an alternation of all forms costs a try of each at every
        position, and a run over a home knows thousands. All of them may begin alike."""

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Add values. Their JSON-escaped, URL-encoded and base64 spellings are covered too."""
        for secret in secrets:
            if secret not in self._secrets:
                self._secrets.add(secret)
                self._unspelled.append(secret)

    def _spell(self) -> None:
        while self._unspelled:
            for form in _forms(self._unspelled[-1].reveal()):
                self._forms.setdefault(form[:_SHORTEST], {}).setdefault(len(form), set()).add(form)
            self._unspelled.pop()

    def clean(self, text: str) -> str:
        """The text with every known value replaced by `<hidden>`; values that overlap go together."""
        if self._unspelled:
            self._spell()
        known = self._forms
        if not known:
            return text
        # A look in a dictionary for every position is faster than any pattern that tells all beginnings.
        starts = [at for at in range(len(text)) if text[at : at + _SHORTEST] in known]
        pieces, shown, hidden = [], 0, 0
        for start in starts:
            end = 0
            for length, forms in known[text[start : start + _SHORTEST]].items():
                after = start + length
                if after > end and text[start:after] in forms and _stands(text, start, after):
                    end = after
            if end <= hidden:
                continue
            if start >= hidden:
                pieces += [text[shown:start], MASK]
            shown = hidden = end
        return "".join((*pieces, text[shown:])) if pieces else text


def _stands(text: str, start: int, end: int) -> bool:
    """Whether a form counts there; a short one only as a word, so that `test` does not hide `latest`."""
    if end - start >= _ANYWHERE_FROM:
        return True
    if text[end : end + 1].isalnum():
        return False
    # The `n` of `\n` belongs to the escape, not to the word behind it.
    return (
        not text[start - 1 : start].isalnum() or re.search(_ESCAPE_BEFORE, text[max(0, start - 6) : start]) is not None
    )


def _forms(value: str) -> set[str]:
    import json
    from urllib.parse import quote, quote_plus, unquote

    from unsprawl.scanner.basic import basic_password

    lines = (line.strip() for line in value.splitlines())
    raw = {value, value.strip(), unquote(value), *(line for line in lines if len(line) >= _SHORTEST_LINE)}
    # `Basic` credentials: the password within them may stand elsewhere as it is.
    password = basic_password(value.rpartition(" ")[2])
    if password is not None and len(password) >= _ANYWHERE_FROM:
        raw.add(password)
    forms: set[str] = set()
    for text in raw:
        data = text.encode("utf-8", "surrogatepass")
        if len(data) >= _ANYWHERE_FROM:
            forms |= _base64_forms(data)
        if text.isascii() and text.translate(_NEVER_ESCAPED).isalnum():  # as most keys are: nothing escapes it
            forms.add(text)
            continue
        forms |= {text, one_line(text), repr(text)[1:-1]}
        forms |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        # Twice: JSON inside a string of JSON is common in arguments.
        forms.add(json.dumps(json.dumps(text)[1:-1])[1:-1])
        forms.add(json.dumps(text)[1:-1].replace("/", "\\/"))  # as PHP and others write it
        for quoted in (quote(data, safe=""), quote(data), quote_plus(data)):
            forms |= {quoted, re.sub(_ENCODED, lambda match: match[0].lower(), quoted)}
    return {form for form in forms if len(form) >= _SHORTEST and form.strip()}


def _base64_forms(data: bytes) -> set[str]:
    """The characters of base64, in both its alphabets, that depend on `data` alone, for each of the three alignments it
    may stand in.
    """
    from base64 import b64encode

    found = set()
    for shift in range(3):
        text = b64encode(b"\0" * shift + data).decode("ascii").rstrip("=")
        start = (0, 2, 3)[shift]
        end = len(text) if (shift + len(data)) % 3 == 0 else len(text) - 1
        found |= {text[start:end], text[start:end].translate(_URL_SAFE)}
    return found


class RedactingStream:
    """A text stream that redacts whole lines before it passes them on; give it to whatever prints."""

    def __init__(self, stream: TextIO, redactor: Redactor, *, logged: bool = False) -> None:
        """`logged`: what is written may go into the log of a CI service."""
        self._stream = stream
        self._logged = logged
        self._redactor = redactor
        self._held = ""

    def write(self, text: str) -> int:
        """Hold back what may be the beginning of a value: everything after the last line end."""
        self._held += text
        lines, newline, rest = self._held.rpartition("\n")
        if newline:
            self._stream.write(self._told(self._redactor.clean(lines + newline)))
            self._held = rest
        return len(text)

    def pass_on(self, pieces: Iterable[str], *, exact: bool) -> None:
        """Write text of which every string has been through the redactor: a second time would cost as much again.

        `exact`: as it is, in UTF-8. Formats for machines fix their encoding and line ends, whatever this system's are.
        """
        self.flush()
        buffer = getattr(self._stream, "buffer", None) if exact else None
        for piece in pieces:
            if buffer is None:
                self._stream.write(piece if exact else self._told(piece))
            else:
                buffer.write(piece.encode("utf-8", "backslashreplace"))

    def writelines(self, lines: Iterable[str]) -> None:
        """As a text stream does it."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass on what was held back."""
        if self._held:
            self._stream.write(self._told(self._redactor.clean(self._held)))
            self._held = ""
        self._stream.flush()

    def _told(self, text: str) -> str:
        return no_commands(text) if self._logged else text

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        return self._stream.encoding
