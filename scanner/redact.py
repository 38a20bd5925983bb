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

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Foreign text without control, bidi and zero-width characters, so that it cannot rewrite the terminal."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def one_line(text: str) -> str:
    """`printable`, with line ends and tabs shown as escapes too: for names and paths."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


class Redactor:
    """Knows all values found so far, in the spellings in which they may come back."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secrets: Iterable[Secret]) -> None:
        """Add values. Their JSON-escaped, URL-encoded and base64 spellings are covered too."""
        before = len(self._forms)
        for secret in secrets:
            self._forms.update(_forms(secret.reveal()))
        if len(self._forms) != before:
            self._pattern = None

    def clean(self, text: str) -> str:
        """The text with every known value replaced by `<hidden>`."""
        if not self._forms:
            return text
        if self._pattern is None:
            self._pattern = _compiled(self._forms)
        return self._pattern.sub(MASK, text)


def _compiled(forms: set[str]) -> re.Pattern[str]:
    # Longest first, so that a value that contains another one goes as a whole.
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(
        "|".join(
            re.escape(form) if len(form) >= _ANYWHERE_FROM else rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])"
            for form in ordered
        )
    )


def _forms(value: str) -> set[str]:
    import json
    from base64 import b64encode, urlsafe_b64encode
    from urllib.parse import quote, quote_plus, unquote

    raw = {value, value.strip(), unquote(value), *(line.strip() for line in value.splitlines() if len(line) > 15)}
    forms: set[str] = set()
    for text in raw:
        forms |= {text, one_line(text), repr(text)[1:-1]}
        forms |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
        # Twice: JSON inside a string of JSON is common in arguments.
        forms.add(json.dumps(json.dumps(text)[1:-1])[1:-1])
        data = text.encode("utf-8", "surrogatepass")
        forms |= {quote(data, safe=""), quote(data), quote_plus(data)}
        if len(data) >= _ANYWHERE_FROM:
            forms |= _base64_forms(data, b64encode) | _base64_forms(data, urlsafe_b64encode)
    return {form for form in forms if len(form) >= 3}


def _base64_forms(data: bytes, encode: object) -> set[str]:
    """The characters of base64 that depend on `data` alone, for each of the three alignments it may stand in."""
    assert callable(encode)
    found = set()
    for shift in range(3):
        text = encode(b"\0" * shift + data).decode("ascii").rstrip("=")
        start = (0, 2, 3)[shift]
        end = len(text) if (shift + len(data)) % 3 == 0 else len(text) - 1
        found.add(text[start:end])
    return found


class RedactingStream:
    """A text stream that redacts whole lines before it passes them on; give it to whatever prints."""

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        self._stream = stream
        self._redactor = redactor
        self._held = ""

    def write(self, text: str) -> int:
        """Hold back what may be the beginning of a value: everything after the last line end."""
        self._held += text
        lines, newline, rest = self._held.rpartition("\n")
        if newline:
            self._stream.write(self._redactor.clean(lines + newline))
            self._held = rest
        return len(text)

    def flush(self) -> None:
        """Pass on what was held back."""
        if self._held:
            self._stream.write(self._redactor.clean(self._held))
            self._held = ""
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        return self._stream.encoding
