"""Metadata documents: where they lie, and their JSON, which a hostile server may have written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from unsprawl.scanner.keys_once import KeyTwice, keys_once
from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.record import NamedTuple

_RESOURCE = "/.well-known/oauth-protected-resource"
_SERVER = "/.well-known/oauth-authorization-server"
_OPENID = "/.well-known/openid-configuration"
JSON_TYPE = "application/json"
_MOST_PARTS = 20_000
"""A mebibyte of empty objects takes fifty times its size in memory, and seconds of everybody's time."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint")
"""Of an authorization server; the first two must be there."""
_PASSING = frozenset({Fault.CONNECT, Fault.NAME, Fault.TLS, Fault.PROXY, Fault.BROKEN})
"""Faults that another day, or another machine, may not have."""


class Tried(NamedTuple):
    """One place where metadata may be, and what was there."""

    source: str
    answer: Answer
    document: dict[str, Any] | None
    fault: str
    """Why there is no document, in words of our own."""


def read(source: str, answer: Answer) -> Tried:
    """The document of an answer, whose body is not kept."""
    body, answer = answer.body, answer._replace(body=b"")
    if answer.fault is not None or answer.status != 200:
        return Tried(source, answer, None, answer.told)
    try:
        loaded = parsed(body)
    except _NotJson as wrong:
        kind = f" ({answer.media_type})" if answer.media_type not in ("", JSON_TYPE) else ""
        return Tried(source, answer, None, f"200 with what is {wrong}{kind}")
    if not isinstance(loaded, dict):
        return Tried(source, answer, None, "200 with JSON that is no object")
    return Tried(source, answer, loaded, "")


class _NotJson(Exception):
    """The text is ours."""


def parsed(body: bytes) -> Any:
    """The value. Raises an exception with a text of ours: hostile JSON is deep, doubled, crowded, or none."""
    if sum(map(body.count, (b"{", b"[", b","))) > _MOST_PARTS:
        raise _NotJson("JSON of more parts than any metadata has")
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=keys_once, parse_constant=_constant)
    except UnicodeDecodeError:
        raise _NotJson("not UTF-8") from None
    except KeyTwice:
        raise _NotJson("JSON with a key twice, which readers take differently") from None
    except RecursionError:
        raise _NotJson("JSON nested too deep") from None
    except ValueError:
        raise _NotJson("no JSON") from None


def parsed_or_none(body: bytes) -> Any:
    """The value, or None."""
    try:
        return parsed(body)
    except _NotJson:
        return None


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _split(url: str) -> tuple[str, str]:
    """Scheme and host as written, and path with query as written."""
    scheme, _, rest = url.partition("#")[0].partition("://")
    ends = [at for at in (rest.find("/"), rest.find("?")) if at >= 0]
    end = min(ends, default=len(rest))
    return f"{scheme}://{rest[:end]}", rest[end:]


def resource_places(url: str, onward: str = "") -> list[tuple[str, str]]:
    """(source, address) of the metadata of an MCP server without a hint, in the order of RFC 9728 and MCP.

    `onward` is where the address redirects to, on the same origin: clients begin with the one that is configured.
    """
    origin, _ = _split(url)
    inserted = dict.fromkeys(behind for each in (url, onward) if (behind := _inserted(each)))
    return [*(("path", origin + _RESOURCE + behind) for behind in inserted), ("root", origin + _RESOURCE)]


def _inserted(url: str) -> str:
    """What follows the well-known part in the metadata's address."""
    _, behind = _split(url)
    return "" if behind == "/" else behind.removeprefix("/") if behind.startswith("/?") else behind


def server_places(issuer: str) -> list[tuple[str, str]]:
    """(source, address) of the metadata of an issuer, in the order of the specification."""
    origin, behind = _split(issuer)
    path = behind.partition("?")[0].removesuffix("/")
    if not path:
        return [("oauth", origin + _SERVER), ("openid", origin + _OPENID)]
    return [
        ("oauth", origin + _SERVER + path),
        ("openid-inserted", origin + _OPENID + path),
        ("openid", origin + path + _OPENID),
    ]


def root_place(issuer: str) -> str:
    """Where a server that forgot the path of its issuer has its metadata."""
    return _split(issuer)[0] + _SERVER


def origin_place(url: str) -> str:
    """Where revision 2025-03-26 looks: on the origin of the MCP server."""
    return _split(url)[0] + _SERVER


def default_endpoint(url: str, name: str) -> str:
    """What revision 2025-03-26 takes where there is no metadata at all."""
    return f"{_split(url)[0]}/{name}"


def has_path(issuer: str) -> bool:
    """Whether the place of an issuer's metadata depends on its path."""
    return len(server_places(issuer)) > 2


def strings(value: Any) -> list[str]:
    """The strings of a list; [] for what is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def is_bounded(answer: Answer) -> bool:
    """Whether it ended in size, time and number of redirects."""
    return answer.fault not in (Fault.LONG, Fault.SLOW, Fault.REDIRECTS)


def is_abuse(answer: Answer) -> bool:
    """Whether whoever answers so is not asked again: it says too much, or keeps the line busy."""
    return answer.fault is Fault.LONG or (answer.fault is Fault.SLOW and answer.status != 0)


def may_pass(tried: Iterable[Tried]) -> bool:
    """Whether metadata may be missing only for now, or only here."""
    return any(_passes(each.answer) for each in tried)


def _passes(answer: Answer) -> bool:
    silent = answer.fault is Fault.SLOW and not answer.status
    return answer.fault in _PASSING or silent or answer.status == 429 or answer.status >= 500


def same_place(one: str, other: str) -> bool:
    """Whether two addresses lead to the same request, however they are written."""
    first, second = place_of(one), place_of(other)
    return isinstance(first, Place) and first == second
