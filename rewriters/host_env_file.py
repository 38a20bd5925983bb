"""A file of variables that a host itself loads: lines of ours put before the user's own, and taken out again.

What we write is read alike by every reader of such files (dotenv, dotenvy): `NAME='value'`, with nothing in the value
that means anything to one of them. It goes to the top, where no quote is open yet; no other byte is touched.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from unsprawl.rewriters.replace_file import Watch, replace, unwatched
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git
from unsprawl.vault.files import create_private, read_private, remove_private

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ASSIGNED = re.compile(rb"^[^\S\r\n]*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*[=:]", re.MULTILINE)
_OURS = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)='([^'\r\n]*)'\n")
_PLAIN = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9_./+@%,~^=:-]+)\r?(?:\n|\Z)")
_MEANING = frozenset("'\"`\\$")
_UNTOLD = Secret("\0")
"""Stands for a value that nobody can tell for certain: equal to none that is ever kept."""


class HostEnvFile:
    """One file. Nothing of it is remembered between calls."""

    def __init__(self, path: str, quote: str = "'") -> None:
        """`quote`: what stands around our values."""
        self.path = Path(path)
        self._quote = quote

    def names(self) -> tuple[str, ...]:
        """The variables that the file sets or may set, each once. Raises VaultError for one that others can read."""
        return tuple(dict.fromkeys(match[1].decode() for match in _ASSIGNED.finditer(_told(self._read() or b""))))

    def get_variable(self, name: str) -> Secret | None:
        """The value of `name`, or None; where it is written in a way of its own, a value that equals no other."""
        content = _told(self._read() or b"")
        found = [match for match in _ASSIGNED.finditer(content) if match[1].decode() == name]
        if not found:
            return None
        for form in (_OURS, _PLAIN):
            match = form.match(content, found[0].start())
            if match and len(found) == 1:
                return Secret(match[2].decode("utf-8", "surrogateescape"))
        return _UNTOLD

    def set_variable(self, name: str, secret: Secret, watch: Watch = unwatched) -> None:
        """Add a line; the file is made 0600 where there is none. Raises UnsprawlError, with the file as it was.

        A variable that is there already is never overwritten.
        """
        fault = unspeakable(secret)
        if fault or not _NAME.fullmatch(name):
            raise NotApplied(fault or "not a name that a file of variables can hold")
        if reason := taken_by_git(str(self.path)):
            raise NotApplied(f"{self.path}: {reason}")
        line = f"{name}={self._quote}{secret.reveal()}{self._quote}\n".encode("ascii")
        before = self._read()
        if before is None:
            if not create_private(self.path, line):
                raise NotApplied(f"{self.path}: another program made it just now", hint="Try again.")
            return
        if name in self.names():
            raise NotApplied(f"{self.path}: {name} is there already")
        replace(os.path.realpath(self.path), before, line + before, self._label(), watch)

    def remove_variable(self, name: str, *, made: bool = False) -> bool:
        """Take our line of `name` out again; False when it is not there.

        `made`: the file is ours, and goes when nothing else is in it. Raises UnsprawlError, with the file as it was.
        """
        before = self._read() or b""
        quote = self._quote.encode()
        ours = re.compile(rb"^%b=%b[^'\r\n]*%b\n" % (re.escape(name.encode()), quote, quote), re.MULTILINE)
        found = list(ours.finditer(before))
        if len(found) != 1:
            return False
        after = before[: found[0].start()] + before[found[0].end() :]
        if made and not after:
            return remove_private(self.path)
        replace(os.path.realpath(self.path), before, after, self._label())
        return True

    def _label(self) -> str:
        """Names the temporary file, so that `recover` knows it by the file that it is for."""
        return f"{self.path.name}-{os.urandom(8).hex()}"

    def _read(self) -> bytes | None:
        try:
            content = read_private(self.path)
        except FileNotFoundError:
            return None
        if b"\0" in content or content[:3] == b"\xef\xbb\xbf":
            raise NotApplied(f"{self.path} holds NUL, or begins with a byte order mark", hint="Save it as UTF-8 text.")
        return content


def unspeakable(secret: Secret) -> str:
    """Why a value cannot stand in such a file so that every reader takes it for what it is; "" when it can."""
    text = secret.reveal()
    if text.isascii() and text.isprintable() and not set(text) & _MEANING:
        return ""
    return "the value holds quotes, backslashes, `$` or other characters that readers of such files take differently"


def _told(content: bytes) -> bytes:
    """Without lines that are comments to every reader."""
    return re.sub(rb"(?m)^[ \t]*#[^\r\n]*", b"", content)
