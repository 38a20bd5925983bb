"""A check and its values to one request. Every value is encoded for its place, and the host is looked at once more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from unsprawl.rules.check import Check
from unsprawl.scanner.oauth.addresses import Unsafe, place_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.validate.attempt import Attempt
from unsprawl.scanner.validate.server import Server, bracketed

_FIELD = re.compile(r"\{([a-z_]+)\}")
_HEADER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,16000}[\x21-\x7e])?")
_JWT_S = 300
_SEGMENT = ":@!$&'()*+,;=~-._"
"""What may stand in a segment of a path as it is."""


def plain(check: Check, url: str) -> Check:
    """A request of that address which sends nothing of the entry."""
    return check._replace(method="GET", url=url, query=(), headers=(), basic="", digest="", sigv4=(), hs256=(),
                          body=("", None), seconds=())  # fmt: skip


class Request(NamedTuple):
    """What goes over the wire."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: tuple[str, str] | None = None
    """User name and password, where the server asks for them first."""

    def __repr__(self) -> str:
        return f"Request({self.method})"


class Unsendable(Exception):
    """A value that cannot stand where the check wants it. Carries nothing of it."""


def request(attempt: Attempt, values: Mapping[str, str], now: str) -> Request:
    """The request; `now` like 20150830T123600Z, for signatures. Raises Unsendable."""
    check, server = attempt.check, attempt.server
    if not all(_is_text(text) for text in values.values()):
        raise Unsendable
    optional = {second.name for second in check.seconds if second.optional and not values[second.name]}

    def left_out(template: str) -> bool:
        return bool(optional & set(_FIELD.findall(template)))

    if check.hs256:
        parts = {name: _filled(text, values, str) for name, text in check.hs256}
        values = {**values, "jwt": _jwt(parts["id"], parts["key"], parts["audience"], now)}
    query = [(name, _filled(text, values, str)) for name, text in check.query if not left_out(text)]
    url = _url(check, server, values, query)
    headers = {name: _filled(text, values, str) for name, text in check.headers if not left_out(text)}
    content, body = _body(check, values)
    if content:
        headers.setdefault("Content-Type", content)
    if check.basic:
        headers["Authorization"] = f"Basic {_basic(check.basic, values)}"
    if any(_HEADER.fullmatch(text) is None for text in headers.values()):
        raise Unsendable
    if check.sigv4:
        from unsprawl.scanner.validate.sigv4 import Keys, signed

        parts = {name: _filled(text, values, str) for name, text in check.sigv4}
        keys = Keys(parts["id"], parts["secret"], parts.get("session", ""))
        place = place_of(url)
        assert not isinstance(place, Unsafe)
        scope = f"{parts['region']}/{parts['service']}"
        headers = signed(check.method, place.authority, place.target, headers, body, keys, scope, now)
    digest = None
    if check.digest:
        user, _, password = check.digest.partition(":")
        digest = (_filled(user, values, str), _filled(password, values, str))
    return Request(check.method, url, tuple(headers.items()), body, digest)


def _is_text(text: str) -> bool:
    """Half of a pair of surrogates, which JSON can say, is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _jwt(key_id: str, key: str, audience: str, now: str) -> str:
    """A token that says who asks. Raises Unsendable for a key that is not in hexadecimal digits."""
    import hmac
    from base64 import urlsafe_b64encode
    from datetime import datetime
    from json import dumps

    begin = int(datetime.strptime(f"{now}+0000", "%Y%m%dT%H%M%SZ%z").timestamp())
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    claims = {"iat": begin, "exp": begin + _JWT_S, "aud": audience}
    whole = b".".join(urlsafe_b64encode(dumps(part).encode()).rstrip(b"=") for part in (header, claims))
    try:
        signature = hmac.digest(bytes.fromhex(key), whole, "sha256")
    except ValueError:
        raise Unsendable from None
    return f"{whole.decode()}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _filled(template: str, values: Mapping[str, str], encoded: Callable[[str], str]) -> str:
    return _FIELD.sub(lambda match: encoded(values[match[1]]) if match[1] in values else match[0], template)


def _url(check: Check, server: Server, values: Mapping[str, str], query: list[tuple[str, str]]) -> str:
    rest = check.url.partition("://")[2]
    _, slash, path = rest.partition("/")
    path = path.removeprefix("{path}")
    fixed, mark, parameters = f"{slash}{path}".partition("?")
    target = server.path + _filled(fixed, values, lambda text: _segment(text))
    asked = "&".join(filter(None, (parameters if mark else "", urlencode(query))))
    at = server.shown if server.scheme == "https" else f"{bracketed(server.host)}:{server.port}"
    url = f"{server.scheme}://{at}{target}{'?' if asked else ''}{asked}"
    place = place_of(url)
    if isinstance(place, Unsafe) or (place.host, place.port) != (server.host, server.port):
        raise Unsendable
    return url


def _segment(text: str) -> str:
    if text in ("", ".", ".."):
        raise Unsendable
    return quote(text, safe=_SEGMENT)


def _basic(template: str, values: Mapping[str, str]) -> str:
    from base64 import b64encode

    user, _, password = template.partition(":")
    name = _filled(user, values, str)
    if ":" in name:
        raise Unsendable
    return b64encode(f"{name}:{_filled(password, values, str)}".encode()).decode()


def _body(check: Check, values: Mapping[str, str]) -> tuple[str, bytes]:
    """(content type, bytes)"""
    from json import dumps

    kind, content = check.body
    match kind:
        case "graphql":
            return "application/json", dumps({"query": content}).encode()
        case "json":
            return "application/json", dumps(_replaced(content, values)).encode()
        case "form":
            filled = [(name, _filled(text, values, str)) for name, text in content.items()]
            return "application/x-www-form-urlencoded", urlencode(filled).encode()
        case _:
            return "", b""


def _replaced(data: Any, values: Mapping[str, str]) -> Any:
    if isinstance(data, str):
        return _filled(data, values, str)
    if isinstance(data, Mapping):
        return {name: _replaced(value, values) for name, value in data.items()}
    return [_replaced(value, values) for value in data] if isinstance(data, list | tuple) else data
