"""The authorization request that a browser would make, and what the answer to it says. Nothing is followed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from html import unescape
from urllib.parse import parse_qsl, urlencode

from unsprawl.scanner.oauth.addresses import Unsafe, joined, origin_of, place_of
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.attempt import Reaction, Way
from unsprawl.scanner.oauth.result import quoted
from unsprawl.scanner.oauth.visit import REDIRECTS

_LONGEST_QUERY = 8000
_LONGEST = 4000
_ENTRA = re.compile(rb"AADSTS90100[0-9]{2}|invalid_target")
"""How Microsoft Entra, on a page with status 200, says that it does not take `resource`."""
_REFRESH = re.compile(
    rb"""<meta\b[^<>]{0,200}?\bhttp-equiv\s{0,4}=\s{0,4}["']?refresh["']?[^<>]{0,200}?\burl\s{0,4}=\s{0,4}["']?([^"'<>\s]{1,4000})""",
    re.IGNORECASE,
)
"""A page that sends the browser on by itself."""
_PAGE_LOOKED_AT = 256 << 10


def challenge() -> str:
    """A PKCE challenge (S256) whose verifier nobody keeps: no code is ever exchanged."""
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    digest = sha256(secrets.token_urlsafe(48).encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def request(endpoint: str, client_id: str, redirect: str, *, resource: str, scope: str, pkce: bool = True) -> str:
    """The address that a browser would open; "" leaves `resource` or `scope` out."""
    words = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect,
        "state": secrets.token_urlsafe(16),
        **({"code_challenge": challenge(), "code_challenge_method": "S256"} if pkce else {}),
        **({"scope": scope} if scope else {}),
        **({"resource": resource} if resource else {}),
    }
    before = endpoint.partition("#")[0]
    return f"{before}{'&' if '?' in before else '?'}{urlencode(words)}"


def reaction(answer: Answer, client_id: str, registered: Iterable[str], other: str = "") -> Reaction:
    """What an answer does with the browser. `other`: a redirect address of the request that is not registered."""
    if answer.fault is not None or answer.status == 429 or answer.status >= 500 or answer.status < 200:
        return Reaction(Way.SILENT, answer.told, page=answer)
    if answer.status in REDIRECTS and answer.header("location"):
        return _redirected(answer, answer.header("location"), client_id, set(registered), other)
    if answer.status >= 300:
        return Reaction(Way.REFUSED, answer.told, page=answer)
    named = _ENTRA.search(answer.body[:_PAGE_LOOKED_AT])
    if named is not None:
        return Reaction(Way.REFUSED, f"a page that says {named[0].decode()}", error=named[0].decode(), page=answer)
    refreshed = _REFRESH.search(answer.body[:_PAGE_LOOKED_AT])
    if refreshed is not None:
        return _redirected(answer, unescape(refreshed[1].decode("latin-1")), client_id, set(registered), other)
    return Reaction(Way.PAGE, f"{answer.status}, a page of its own", page=answer)


def _redirected(answer: Answer, where_to: str, client_id: str, registered: set[str], other: str) -> Reaction:
    url = joined(answer.url, where_to)
    place = place_of(url[:_LONGEST])  # a login may be asked for with more than an address of our own may have
    before, words = _taken_apart(url)
    error = words.get("error", "")
    where = f"{answer.status} to {quoted(before)}"
    if other and before == other:
        return Reaction(Way.ASTRAY, where, before, error, page=answer)
    if before in registered:
        if "code" in words:
            return Reaction(Way.CODE, f"{where} with a code", before)
        if error:
            said = ", ".join(filter(None, (quoted(error), quoted(words.get("error_description", "")))))
            return Reaction(Way.REFUSED, f"{where}: {said}", before, error)
        return Reaction(Way.REFUSED, f"{where} with neither a code nor an error", before)
    if isinstance(place, Unsafe):
        return Reaction(Way.UNSAFE, f"it sends the browser to an address that {place.reason}", before)
    theirs = words.get("client_id", "")
    another, own = theirs not in ("", client_id), theirs == client_id
    if place.origin == origin_of(answer.url):
        # An error page of its own, to which it redirects, is a refusal like others.
        way = Way.REFUSED if error else Way.OWN
        return Reaction(way, where + (f": {quoted(error)}" if error else ""), before, error, another, own, url, answer)
    return Reaction(Way.ELSEWHERE, where, before, error, another, own, url, answer)


def _taken_apart(url: str) -> tuple[str, dict[str, str]]:
    """The address before its query, and the words behind it."""
    whole, _, fragment = url.partition("#")
    before, _, query = whole.partition("?")
    text = f"{query}&{fragment}"[:_LONGEST_QUERY]
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        pairs = []
    return before, dict(reversed(pairs))
