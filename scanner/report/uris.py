"""Paths as URIs: byte for byte, whatever is in a name, on POSIX and on Windows."""

from __future__ import annotations

import os
from urllib.parse import quote


def file_uri(path: str, *, windows: bool = os.name == "nt") -> str:
    """An absolute path as a `file:` URI."""
    if not windows:
        return "file://" + _quoted(path)
    path = path.replace("\\", "/")
    if path.startswith("//"):  # \\server\share
        return "file:" + _quoted(path)
    drive, colon, rest = path.partition(":")
    return f"file:///{drive}:{_quoted(rest)}" if colon and len(drive) == 1 else "file:///" + _quoted(path)


def relative_uri(path: str, *, windows: bool = os.name == "nt") -> str:
    """A relative path as a URI reference. A `:` in it is encoded: `a:b` would be of a scheme `a`."""
    return _quoted(path.replace("\\", "/") if windows else path)


def _quoted(path: str) -> str:
    """Bytes that are not UTF-8 stand in a path as lone surrogates; on Windows half of a pair may, really."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    return quote(data, safe="/")
