"""What can be told of a token without showing it. A JWT is read, never verified: its claims are what they are."""

from __future__ import annotations

from unsprawl.scanner.jwt import claims
from unsprawl.scanner.known import find
from unsprawl.scanner.oauth.login.ledger import Issued
from unsprawl.scanner.oauth.login.seen import Token

_LONGEST = 20_000
_LONGEST_CLAIM = 500
_MOST = 20


def token_facts(issued: Issued, asked: tuple[str, ...]) -> Token:
    """Of the tokens that came for a request for these scopes."""
    text = issued.access.reveal()[:_LONGEST]
    read = claims(text)
    payload = read[1] if read is not None else {}
    hit = find(text) if read is None else None
    vendor = hit.rule.name if hit is not None and hit.covers(text) and not hit.stand_in and hit.rule.provider else ""
    return Token(
        issued.type[:_LONGEST_CLAIM],
        _seconds(issued.lifetime),
        bool(issued.refresh),
        asked,
        tuple(issued.scope.split()) if issued.scope is not None else None,
        read is not None,
        _text(payload.get("iss")),
        _audience(payload.get("aud")),
        vendor,
    )


def _seconds(value: object) -> int | None:
    """`expires_in`; some servers write it as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return int(value)


def _audience(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(_text(each) for each in listed[:_MOST] if isinstance(each, str))


def _text(value: object) -> str:
    return value[:_LONGEST_CLAIM] if isinstance(value, str) else ""
