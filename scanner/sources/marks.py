"""Files whose name says nothing: opened, and only what speaks of MCP goes on to be parsed."""

from __future__ import annotations

import errno
import os
import re
import stat
from enum import Enum, auto

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.discover import (
    FORMATS,
    ConfigFile,
    document_file,
    format_of,
    generic_file,
    is_telling,
    speaks_of_mcp,
)
from unsprawl.scanner.document_kinds import kind_by_ending, kind_by_name
from unsprawl.scanner.model import Problem

_SEARCH = WALK["search"]
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OPEN = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BEGINNING = 64 * 1024
_LINES = {"toml": rb"(?m)^[ \t]*\[[\w.\"'-]+\][ \t]*\r?$", "yaml": rb"(?m)^[\w-]+:[ \t]*\r?$"}
"""A line that tells a format: a table's head, a key with a block below it."""


class Skipped(Enum):
    """Why a file was not searched."""

    TOO_LONG = auto()
    GONE = auto()
    """It vanished, or something that is no file took its place."""


def search(path: str) -> ConfigFile | Problem | Skipped | None:
    """The file, when it speaks of MCP; None when it does not. Links are not followed."""
    name = os.path.basename(path)
    kind, format_id = kind_by_name(name), format_of(name)
    if format_id is None and kind is None:
        kind = kind_by_ending(name)
    longest: int = _SEARCH["longest"] if format_id else _SEARCH["unknown"]["longest"]
    data = _content(path, kind.longest if kind else longest)
    if not isinstance(data, bytes):
        return data
    if kind is not None:
        file = document_file(path, kind)
        return file if file.concerns(data) else None
    if not (is_telling(name.lower()) or speaks_of_mcp(data)):
        return None
    format_id = format_id or _sniffed(data)
    return generic_file(path, format_id, guessed=True) if format_id else None


def _content(path: str, longest: int) -> bytes | Problem | Skipped:
    try:
        descriptor = os.open(path, _OPEN)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Skipped.GONE
            if status.st_size > longest:
                return Skipped.TOO_LONG
            data = file.read(longest + 1)
            return Skipped.TOO_LONG if len(data) > longest else data
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            return Skipped.GONE
        return Problem(
            path, "unreadable", f"cannot be read ({error.strerror})", hint="Check its owner and permissions."
        )


def _sniffed(data: bytes) -> str | None:
    """The format of a file whose name tells none, from how it begins."""
    text = data[:_BEGINNING].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text[:1] == b"{" or text[:2] in (b"//", b"/*"):
        return "json"
    known = FORMATS.values()
    return next((id_ for id_, begins in _LINES.items() if id_ in known and re.search(begins, text)), None)


def longest_of_unknown(name: str) -> int:
    """How long a file whose name tells no type may be to be looked into; 0 for one that nobody looks into."""
    never = os.path.splitext(name.lower())[1] in _SEARCH["unknown"]["not"]
    return 0 if never else int(_SEARCH["unknown"]["longest"])


def by_content(path: str, data: bytes) -> ConfigFile | None:
    """The file of no known type that `data` is the content of, when it speaks of MCP and looks like configuration."""
    format_id = _sniffed(data) if speaks_of_mcp(data) else None
    return generic_file(path, format_id, guessed=True) if format_id else None
