"""A person's JSON as an OAuth credential: errors name what to change, and never hold what was given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_token import ClientAuth, Credential, Unfit, checked, whole

NEEDED = ("token_endpoint", "client_id", "refresh_token")
OPTIONAL = (
    *("access_token", "expires_at", "expires_in", "token_type", "client_secret"),
    *("token_endpoint_auth_method", "scope", "resource"),
)
LARGEST = 256 * 1024
_NAME = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_HINT = "docs/oauth-tokens.md shows the whole of it."


def credential_from(text: Secret, now: float, generation: int = 1) -> Credential:
    """The credential that the JSON object `text` describes; `expires_in` counts from `now`. Raises UsageError."""
    try:
        return checked(_fields(_object(text.reveal()), now) | {"generation": generation})
    except Unfit as error:
        raise UsageError(str(error), hint=_HINT) from None


def _object(text: str) -> Mapping[str, Any]:
    if len(text) > LARGEST:
        raise Unfit("this is far larger than an OAuth credential")
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise Unfit(f"this is not JSON (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise Unfit("this is not JSON") from None
    if not isinstance(data, dict):
        raise Unfit('an OAuth credential is a JSON object: {"token_endpoint": …}')
    for name in data:
        if name not in NEEDED and name not in OPTIONAL:
            # A name is shown only where nobody could have put a token there.
            told = f"`{name}` is" if _NAME.fullmatch(name) else "one of the names is"
            raise Unfit(f"{told} not known; leave it out. Known are {', '.join((*NEEDED, *OPTIONAL))}")
    missing = [name for name in NEEDED if name not in data]
    if missing:
        raise Unfit(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("a name stands there twice")
    return found


def _fields(data: Mapping[str, Any], now: float) -> dict[str, Any]:
    kind = data.get("token_type")
    if kind is not None and (not isinstance(kind, str) or kind.lower() != "bearer"):
        raise Unfit("token_type must be Bearer: others are more than a text in a header")
    access = data.get("access_token")
    expires_at = _end(data, now)
    return {
        **{name: data[name] for name in NEEDED},
        "access_token": access,
        "expires_at": None if access is None else expires_at,
        "issued_at": int(now) if access is not None and data.get("expires_in") is not None else None,
        "client_secret": data.get("client_secret"),
        "client_auth": _auth(data),
        "scope": data.get("scope") or "",
        "resource": data.get("resource") or "",
    }


def _end(data: Mapping[str, Any], now: float) -> int | None:
    at, lifetime = data.get("expires_at"), data.get("expires_in")
    if at is not None and lifetime is not None:
        raise Unfit("give expires_at or expires_in, not both")
    if lifetime is not None:
        return int(now) + whole("expires_in", lifetime)
    if not isinstance(at, str):
        return None if at is None else whole("expires_at", at)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Unfit("expires_at must be seconds since 1970 or a time with its zone, as 2026-11-30T17:00:00Z")
    return whole("expires_at", int(moment.timestamp()))


def _auth(data: Mapping[str, Any]) -> str:
    has_secret = data.get("client_secret") is not None
    given = data.get("token_endpoint_auth_method")
    if given is None:  # RFC 7591: without a word of it, a client with a secret sends it in the header
        return ClientAuth.BASIC if has_secret else ClientAuth.NONE
    if given not in list(ClientAuth):
        raise Unfit(f"token_endpoint_auth_method must be one of {', '.join(ClientAuth)}")
    if has_secret != (given != ClientAuth.NONE):
        raise Unfit(f"token_endpoint_auth_method is {ClientAuth(given)}, and client_secret " + _said(has_secret))
    return str(given)


def _said(has_secret: bool) -> str:
    return "is there: leave it out, or name another method" if has_secret else "is missing"
