"""A value taken apart: the credential after an auth scheme, the password in a URI, query values, path segments.

Works on the decoded text. Nothing is unescaped here: a part is cut out of the value exactly as written.
"""

from __future__ import annotations

import re

from unsprawl.rules.load import compiled
from unsprawl.scanner.record import NamedTuple

_PROPERTY = r";[A-Za-z_]{1,40}="
_ORACLE = r"(?i:jdbc:oracle:[a-z0-9]{1,10}:)[^/@\s]{1,100}/([^@\s]{1,200})@"
"""Oracle's own spelling: `jdbc:oracle:thin:user/password@//host:1521/service`."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""The hosts of a URI that name this very machine, as people write them."""


class Part(NamedTuple):
    """value[start:end] plays `role`; `name` is the query parameter, where there is one."""

    start: int
    end: int
    role: str
    name: str = ""


SCHEMES = frozenset(
    {"bearer", "basic", "token", "apikey", "api-key", "bot", "key", "digest", "negotiate", "aws4-hmac-sha256", "hmac",
     "oauth", "sso-key", "geniekey", "splunk", "jwt", "psk"}
)  # fmt: skip
"""Auth schemes as vendors write them, lower case."""
_SCHEME = r"(?s)\s*([A-Za-z][A-Za-z0-9_-]{1,40})(?:[ \t]+|:[ \t]+)(\S.*)"
_URI = r"[A-Za-z][A-Za-z0-9+.-]{1,30}://"
_HTTP = r"(?i)(?:https?|wss?)://"
_WITH_AT_IN_PATH = r"(?i)(?:git\+[a-z]+|https?|wss?|ssh|git|oci|docker|npm|file)://"
"""Addresses in whose path an `@` is usual: `https://registry.example/@scope/name`, `git+https://host/repo@v1`."""
_NO_PASSWORDS = frozenset({"x-oauth-basic", "x-token-auth", "x", "api_token"})
_TOKEN_AT_LEAST = 20
"""Longer user names may be tokens with something else behind them."""
_SEGMENT_AT_LEAST = 12
"""Shorter path segments are words; capability URLs carry more than 64 bits in one."""


def credential_of(value: str, *, any_scheme: bool = False) -> Part | None:
    """The credential in `Bearer …`, `Basic …` and the like; with `any_scheme` also behind a word of another name."""
    if " " not in value and "\t" not in value:
        return None
    match = compiled(_SCHEME).fullmatch(value)
    if match is None:
        return None
    scheme = match[1].lower()
    if scheme not in SCHEMES:
        # A vendor's own scheme, not the first word of a sentence.
        if not any_scheme or len(match[2].split()) > 1:
            return None
        scheme = "token"
    return Part(match.start(2), len(value.rstrip()), scheme)


def uri_start(value: str) -> int | None:
    """Where a URI begins that makes up the rest of the value (`jdbc:postgresql://…` begins at `postgresql`)."""
    match = compiled(_URI).search(value) if "://" in value else None
    if match is None or value[: match.start()].strip().lower() not in ("", "jdbc:"):
        return None
    return match.start()


def scheme_of(value: str) -> str:
    """The scheme of a URI, lower case and without what follows a `+`; "" when there is none."""
    start = uri_start(value)
    return "" if start is None else value[start : value.index("://", start)].lower().partition("+")[0]


class _Uri(NamedTuple):
    """The places that divide a URI, as offsets in the value."""

    authority: int
    at: int
    """Of the `@` that ends the user information; before `authority` when there is none."""
    path: int
    query: int
    """Where the path ends: at `?`, at `#` or with the text."""
    end: int


def _divided(value: str) -> _Uri | None:
    """The user information ends at the last `@` before the path, but passwords hold unescaped `@`, `/`, `?` and `#` in
    real configs (observed), and a strict URL parser cuts them in the wrong place."""
    start = uri_start(value)
    if start is None:
        return None
    end = start + len(value[start:].rstrip())
    authority = value.index("://", start) + 3
    # `jdbc:sqlserver://host;user=…;password=…`
    marks = ";?#" if start > 0 and compiled(_PROPERTY).search(value, authority) else "?#"
    query = _first(value, marks, authority, end)
    path = _first(value, "/" + marks, authority, end)
    paths_with_at = compiled(_WITH_AT_IN_PATH).match(value, start) is not None
    at = value.rfind("@", authority, path if paths_with_at else query)
    # `user:pass/word@host`: what follows the colon is no port, so the `/` stands in a password.
    colon = value.find(":", authority, path)
    if at < 0 and colon >= 0 and value[authority] != "[" and not value[colon + 1 : path].isdigit():
        at = value.rfind("@", path, query)
        at = value.rfind("@", path, end) if at < 0 and not paths_with_at else at
    if at >= path:
        query = _first(value, "?#", at, end)
        path = _first(value, "/?#", at, end)
    return _Uri(authority, at, path, query, end)


def _first(value: str, characters: str, start: int, end: int) -> int:
    return min((place for character in characters if (place := value.find(character, start, end)) >= 0), default=end)


def uri_parts(value: str) -> tuple[Part, ...]:
    """User information, query values and long path segments of a URI."""
    oracle = compiled(_ORACLE).match(value) if value[:5].lower() == "jdbc:" else None
    if oracle is not None:
        return (Part(*oracle.span(1), "password"),)
    uri = _divided(value)
    if uri is None:
        return ()
    parts = []
    if uri.at >= 0:
        colon = value.find(":", uri.authority, uri.at)
        password = value[colon + 1 : uri.at] if colon >= 0 else ""
        # `token@host`, `token:@host`; some vendors want a fixed word behind their token.
        if not password or password in _NO_PASSWORDS or colon - uri.authority >= _TOKEN_AT_LEAST:
            parts.append(Part(uri.authority, uri.at if colon < 0 else colon, "user"))
        if password and password not in _NO_PASSWORDS:
            parts.append(Part(colon + 1, uri.at, "password"))
    if compiled(_HTTP).match(value, uri_start(value) or 0):
        parts += _segments(value, uri.path, uri.query)
    parts += _query(value, uri.query, uri.end)
    return tuple(part for part in parts if part.end > part.start)


def _segments(value: str, begin: int, end: int) -> list[Part]:
    parts, at = [], begin
    for segment in value[begin:end].split("/"):
        if len(segment) >= _SEGMENT_AT_LEAST:
            parts.append(Part(at, at + len(segment), "segment"))
        at += len(segment) + 1
    return parts


def _query(value: str, begin: int, end: int) -> list[Part]:
    """The values behind `?`, and those behind `#`, where some capability links carry theirs."""
    parts = []
    fragment = _first(value, "#", begin, end)
    for start, stop in ((begin + 1, fragment), (fragment + 1, end)):
        at = start
        for pair in (
            re.split("[;&]", value[start:stop]) if value[begin : begin + 1] == ";" else value[start:stop].split("&")
        ):
            name, equals, _ = pair.partition("=")
            if equals:
                parts.append(Part(at + len(name) + 1, at + len(pair), "query", name))
            at += len(pair) + 1
    return parts


def host_of(value: str) -> str:
    """The host of a URI, lower case, without port; "" when there is none."""
    uri = _divided(value)
    if uri is None:
        return ""
    authority = value[max(uri.authority, uri.at + 1) : uri.path]
    if authority.startswith("["):
        return authority[1:].split("]", 1)[0].lower()
    return authority.split(":", 1)[0].lower()
