"""The request for a new access token and the meaning of its answer (RFC 6749 sections 2.3.1, 5 and 6); no network.

An answer is foreign text: no word of it is passed on but the error codes that are listed here.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn, TypeAlias
from urllib.parse import quote_plus, urlencode

from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_token import ClientAuth, Credential, Unfit, token, words

LARGEST_ANSWER = 256 * 1024
LONGEST_WAIT_S = 3600
"""However long the endpoint asks to wait: a mistake of its own would end the sign-in otherwise."""
_LONGEST_LIFE_S = 10 * 365 * 86_400
ENDED = frozenset(
    {"invalid_grant", "bad_refresh_token"}  # the standard, GitHub
    | {"invalid_refresh_token", "token_expired", "token_revoked", "account_inactive"}  # Slack
)
"""The refresh token is of no use any more."""
CLIENT = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request", "invalid_scope"}
    | {"invalid_target", "access_denied", "incorrect_client_credentials", "bad_client_secret", "invalid_client_id"}
)
"""What was sent of the client, or asked for, is not as the endpoint wants it."""
BUSY = frozenset({"temporarily_unavailable", "server_error", "slow_down", "rate_limited", "ratelimited"})


class Why(StrEnum):
    """What kind of no it is; decides what the user is told to do, and when it is tried again."""

    ENDED = "ended"
    CLIENT = "client"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent with POST to the token endpoint. Holds secrets in plain: only for the call itself."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return "Request(<hidden>)"


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What came back. `headers` by lower-case name; `body` is cut after LARGEST_ANSWER and a byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Granted:
    """New tokens."""

    access_token: Secret
    refresh_token: Secret | None
    lifetime_s: int | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class Denied:
    """No access token. `detail` is made of our words and holds nothing of the answer."""

    why: Why
    detail: str
    wait_s: float | None = None
    """How long the endpoint asked to wait."""
    refresh_token: Secret | None = None
    """Of an answer that is of no use otherwise: the one that was sent may be spent, so this must be kept."""


Outcome: TypeAlias = Granted | Denied


def request_for(credential: Credential) -> Request:
    """The refresh request."""
    form = {"grant_type": "refresh_token", "refresh_token": credential.refresh_token.reveal()}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",  # GitHub answers with a form otherwise
        "Accept-Encoding": "identity",
        "User-Agent": "unsprawl",
        "Connection": "close",
    }
    if credential.resource:
        form["resource"] = credential.resource
    secret = credential.client_secret.reveal() if credential.client_secret else ""
    if credential.client_auth is ClientAuth.BASIC:
        pair = f"{quote_plus(credential.client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode("ascii")).decode("ascii")
    else:
        form["client_id"] = credential.client_id
        if credential.client_auth is ClientAuth.POST:
            form["client_secret"] = secret
    return Request(credential.token_endpoint, headers, urlencode(form).encode("ascii"))


def outcome_of(reply: Reply, now: float) -> Outcome:
    """What `reply` means. `now`: seconds since 1970, for a Retry-After that is a date."""
    wait_s = retry_after_s(reply.headers.get("retry-after", ""), now)
    data = _object(reply.body)
    error = data.get("error") if data is not None else None
    if error is not None:  # also under 200, as GitHub and Slack say it
        code = error if isinstance(error, str) else ""
        if code in ENDED:
            return Denied(Why.ENDED, f"the sign-in has ended ({code})")
        if code in CLIENT:
            return Denied(Why.CLIENT, f"it refuses the request ({code})", wait_s)
        if code in BUSY:
            return Denied(Why.BUSY, f"it cannot answer now ({code})", wait_s)
    status = reply.status
    if status in (408, 425, 429) or status >= 500:
        return Denied(Why.BUSY, f"it cannot answer now (HTTP {status})", wait_s)
    if 300 <= status < 400:
        return Denied(Why.UNFIT, f"it answers with a redirect (HTTP {status}), which is not followed", wait_s)
    if not 200 <= status < 300 or error is not None:
        return Denied(Why.CLIENT, f"it refuses the request (HTTP {status}, no error code of the standard)", wait_s)
    if len(reply.body) > LARGEST_ANSWER:
        return Denied(Why.UNFIT, "it sends far more than a token")
    if data is None:
        return Denied(Why.UNFIT, "it does not answer in JSON")
    return _granted(data)


def _granted(data: Mapping[str, Any]) -> Outcome:
    refresh: Secret | None = None
    try:
        if data.get("refresh_token") not in (None, ""):
            refresh = token("refresh_token", data["refresh_token"])
        # Vendors that leave the type out mean this one.
        kind = data.get("token_type", "bearer")
        if not isinstance(kind, str) or kind.lower() != "bearer":
            return Denied(Why.UNFIT, "it gives a token of another type than Bearer", refresh_token=refresh)
        scope = data.get("scope")
        return Granted(
            token("access_token", data.get("access_token")),
            refresh,
            _lifetime_s(data.get("expires_in")),
            words("scope", scope) if isinstance(scope, str) else None,
        )
    except Unfit as problem:  # its text names the field and what it must be
        return Denied(Why.UNFIT, f"it gives an answer that is not to the standard: {problem}", refresh_token=refresh)


def _lifetime_s(value: object) -> int | None:
    """Seconds, or None for what is no lifetime: absent, negative, 0 (some mean "for ever" by it), words."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, float) and not math.isfinite(value):  # 1e999
        return None
    return int(min(value, _LONGEST_LIFE_S)) if isinstance(value, int | float) and value >= 1 else None


def retry_after_s(value: str, now: float) -> float | None:
    """How long a Retry-After header asks to wait, seconds or a date; None when it says nothing."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), LONGEST_WAIT_S))
    from email.utils import parsedate_to_datetime  # slow to import, and most answers hold none

    try:
        moment = parsedate_to_datetime(value[:64]).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(moment - now, 0.0), LONGEST_WAIT_S)


def _object(body: bytes) -> Mapping[str, Any] | None:
    if len(body) > LARGEST_ANSWER:
        return None
    try:
        data = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
