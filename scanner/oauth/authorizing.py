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
from unsprawl.scanner.oauth.consent_page import page_of
from unsprawl.scanner.oauth.registering import CLIENT_NAME
from unsprawl.scanner.oauth.result import quoted
from unsprawl.scanner.oauth.visit import REDIRECTS
from unsprawl.scanner.record import NamedTuple

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


class Wanted(NamedTuple):
    """For whom a request asks, and for what."""

    client_id: str
    redirect: str
    resource: str = ""
    scope: str = ""
    pkce: bool = True


def challenge() -> str:
    """A PKCE challenge (S256) whose verifier nobody keeps: no code is ever exchanged."""
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    digest = sha256(secrets.token_urlsafe(48).encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def request(endpoint: str, wanted: Wanted) -> str:
    """The address that a browser would open."""
    words = {
        "response_type": "code",
        "client_id": wanted.client_id,
        "redirect_uri": wanted.redirect,
        "state": secrets.token_urlsafe(16),
        **({"code_challenge": challenge(), "code_challenge_method": "S256"} if wanted.pkce else {}),
        **({"scope": wanted.scope} if wanted.scope else {}),
        **({"resource": wanted.resource} if wanted.resource else {}),
    }
    before = endpoint.partition("#")[0]
    return f"{before}{'&' if '?' in before else '?'}{urlencode(words)}"


def reaction(answer: Answer, wanted: Wanted, registered: Iterable[str]) -> Reaction:
    """What an answer does with the browser. A redirect address of the request that is not `registered` must not be
    used.
    """
    if answer.fault is not None or answer.status == 429 or answer.status >= 500 or answer.status < 200:
        return Reaction(Way.SILENT, answer.told)
    if answer.status in REDIRECTS and answer.header("location"):
        return _redirected(answer, answer.header("location"), wanted, set(registered))
    if answer.status >= 300:
        return Reaction(Way.REFUSED, answer.told)
    named = _ENTRA.search(answer.body[:_PAGE_LOOKED_AT])
    if named is not None:
        return Reaction(Way.REFUSED, f"a page that says {named[0].decode()}", error=named[0].decode())
    refreshed = _REFRESH.search(answer.body[:_PAGE_LOOKED_AT])
    if refreshed is not None:
        return _redirected(answer, unescape(refreshed[1].decode("latin-1")), wanted, set(registered))
    page = page_of(answer, wanted.client_id, CLIENT_NAME, wanted.redirect, wanted.scope)
    return Reaction(Way.PAGE, f"{answer.status}, a page of its own", page=page)


def _redirected(answer: Answer, where_to: str, wanted: Wanted, registered: set[str]) -> Reaction:
    url = joined(answer.url, where_to)
    place = place_of(url[:_LONGEST])  # a login may be asked for with more than an address of our own may have
    before, words = _taken_apart(url)
    error = words.get("error", "")
    where = f"{answer.status} to {quoted(before)}"
    if before == wanted.redirect and before not in registered:
        return Reaction(Way.ASTRAY, where, before, error)
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
    another, own = theirs not in ("", wanted.client_id), theirs == wanted.client_id
    if place.origin == origin_of(answer.url):
        # An error page of its own, to which it redirects, is a refusal like others.
        way = Way.REFUSED if error else Way.OWN
        return Reaction(way, where + (f": {quoted(error)}" if error else ""), before, error, another, own, url)
    return Reaction(Way.ELSEWHERE, where, before, error, another, own, url)


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
