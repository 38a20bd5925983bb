"""A value taken apart: the credential after an auth scheme, the password in a URI, query values, path segments.

Works on the decoded text. Nothing is unescaped here: a part is cut out of the value exactly as written.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Part(NamedTuple):
    """value[start:end] plays `role`; `name` is the query parameter, where there is one."""

    start: int
    end: int
    role: str
    name: str = ""


_SCHEME = re.compile(r"\s*(bearer|basic|token|apikey|api-key|bot|key|digest|negotiate)[ \t]+(\S.*?)\s*\Z", re.I | re.S)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://")
_HTTP = re.compile(r"(?:https?|wss?)://", re.I)
_SEGMENT_AT_LEAST = 16
"""Shorter path segments are words; capability URLs carry more than 64 bits in one."""


def credential_of(value: str) -> Part | None:
    """The credential in `Bearer …`, `Basic …` and the like."""
    match = _SCHEME.fullmatch(value)
    return None if match is None else Part(match.start(2), match.end(2), match.group(1).lower())


def uri_start(value: str) -> int | None:
    """Where a URI begins that makes up the rest of the value (`jdbc:postgresql://…` begins at `postgresql`)."""
    match = _URI.search(value)
    if match is None or (match.start() and not value.lower().startswith("jdbc:")):
        return None
    return match.start()


def uri_parts(value: str) -> tuple[Part, ...]:
    """User information, query values and long path segments of a URI.

    The user information ends at the last `@` before the path: passwords hold unescaped `@` and `/` in real configs
    (observed), and a strict URL parser cuts them in the wrong place.
    """
    start = uri_start(value)
    if start is None:
        return ()
    after = value.index("://", start) + 3
    rest = value[after:]
    cut = min((i for i in (rest.find("?"), rest.find("#")) if i >= 0), default=len(rest))
    authority_end = rest.find("/")
    authority_end = cut if authority_end < 0 or authority_end > cut else authority_end
    parts = []
    userinfo = rest[:authority_end].rfind("@")
    if userinfo < 0 and not _HTTP.match(value, start) and "@" in rest[:cut]:
        userinfo = rest[:cut].rfind("@")
        slash = rest.find("/", userinfo)
        authority_end = cut if slash < 0 or slash > cut else slash
    if userinfo >= 0:
        colon = rest.find(":", 0, userinfo)
        if colon >= 0:
            parts.append(Part(after + colon + 1, after + userinfo, "password"))
        else:
            parts.append(Part(after, after + userinfo, "user"))
    if _HTTP.match(value, start):
        parts += _segments(rest, authority_end, cut, after)
    if cut < len(rest) and rest[cut] == "?":
        parts += _query(rest, cut + 1, after)
    return tuple(part for part in parts if part.end > part.start)


def _segments(rest: str, begin: int, end: int, offset: int) -> list[Part]:
    parts, at = [], begin
    for segment in rest[begin:end].split("/"):
        if len(segment) >= _SEGMENT_AT_LEAST:
            parts.append(Part(offset + at, offset + at + len(segment), "segment"))
        at += len(segment) + 1
    return parts


def _query(rest: str, begin: int, offset: int) -> list[Part]:
    end = rest.find("#", begin)
    end = len(rest) if end < 0 else end
    parts, at = [], begin
    for pair in rest[begin:end].split("&"):
        name, equals, _ = pair.partition("=")
        if equals:
            parts.append(Part(offset + at + len(name) + 1, offset + at + len(pair), "query", name))
        at += len(pair) + 1
    return parts


def host_of(value: str) -> str:
    """The host of a URI, lower case, without port; "" when there is none."""
    start = uri_start(value)
    if start is None:
        return ""
    rest = re.split(r"[?#]", value[value.index("://", start) + 3 :], maxsplit=1)[0]
    authority = rest.rpartition("@")[2].split("/", 1)[0] if "@" in rest else rest.split("/", 1)[0]
    if authority.startswith("["):
        return authority[1:].split("]", 1)[0].lower()
    return authority.split(":", 1)[0].lower()
