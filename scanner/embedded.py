"""Values written inside a value: JSON text, header lines, connection strings, base64 credentials."""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64
from typing import Any

from unsprawl.rules.load import compiled

_HEADER = r"([A-Za-z][A-Za-z0-9_-]{1,60})\s*:\s*(?=\S)"
_ASSIGNED = (
    r"(?i:(?:^|[;\s&?,])(?:password|passwd|pwd|accountkey|sharedaccesskey|access_token|accesskey|sslpassword)\s*=\s*"
    r"(\"[^\"]{1,500}\"|'[^']{1,500}'|[^;\s&,]{1,500}))"
)
_MOST_STRINGS = 500


def header_line(text: str) -> tuple[str, int] | None:
    """The header's name and where its value begins, of `Name: value`."""
    match = compiled(_HEADER).match(text)
    return None if match is None else (match.group(1), match.end())


def assigned_password(text: str) -> tuple[int, int] | None:
    """Where the password stands in `Server=x;Password=y` or `host=x password=y`."""
    match = compiled(_ASSIGNED).search(text)
    return None if match is None else match.span(1)


def basic_password(text: str) -> str | None:
    """The password within base64 `user:password`; the user where the password is empty; None when it is not that."""
    try:
        decoded = a2b_base64(text + "=" * (-len(text) % 4)).decode("utf-8")
    except (NotBase64, ValueError):
        return None
    user, colon, password = decoded.partition(":")
    if not colon or not decoded.isprintable():
        return None
    return password or user


def strings_of_json(text: str) -> list[tuple[str, str, int]] | None:
    """(key, string, place in `text`) of a JSON text, also of one with escaped quotes; None when it is no JSON.

    Strings that are written with escapes have no place of their own and are left out.
    """
    from json import loads

    for attempt in (text, text.replace('\\"', '"')):
        try:
            data = loads(attempt)
        except (ValueError, RecursionError):
            continue
        found: list[tuple[str, str, int]] = []
        _walk(data, "", found)
        return [(name, value, place) for name, value, _ in found if (place := text.find(value)) >= 0]
    return None


def _walk(data: Any, name: str, found: list[tuple[str, str, int]]) -> None:
    if len(found) >= _MOST_STRINGS:
        return
    if isinstance(data, str) and data:
        found.append((name, data, 0))
    elif isinstance(data, dict):
        for key, value in data.items():
            _walk(value, str(key), found)
    elif isinstance(data, list):
        for value in data:
            _walk(value, name, found)
