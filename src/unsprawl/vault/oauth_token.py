"""An OAuth credential as one text of a store: what it holds, how it is written and strictly read, and when it is due.

Nothing of it is in a record: a record names the variable that is such a credential, and where its two places are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.parts import LOOPBACK
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import OAUTH_MARK

MARGIN_S = 300
"""At most so long before its end a token is renewed; of short-lived ones a tenth of their life."""
LONGEST_TOKEN = 16_384
_LATEST = 253_402_300_799
"""The last second of the year 9999, which no reader of dates goes beyond."""
_FIELDS = frozenset(
    {"generation", "token_endpoint", "client_id", "client_auth", "client_secret", "access_token", "refresh_token"}
    | {"expires_at", "issued_at", "scope", "resource"}
)
_TOKEN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", re.ASCII)  # RFC 6749 A.12, without blanks at the ends
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII | re.IGNORECASE)


class ClientAuth(StrEnum):
    """How the client shows the token endpoint who it is, in the words of RFC 7591."""

    NONE = "none"
    POST = "client_secret_post"
    BASIC = "client_secret_basic"


class Unfit(ValueError):
    """What is wrong with one field. Its text names the field, and never holds what stands in it."""


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What is needed to hold a working access token for as long as the sign-in lasts."""

    token_endpoint: str
    client_id: str
    refresh_token: Secret
    access_token: Secret | None = None
    expires_at: int | None = None
    """Seconds since 1970, UTC; None when the server did not say: then only an upstream's 401 tells."""
    issued_at: int | None = None
    """When the access token was fetched; None for one that a person brought."""
    client_secret: Secret | None = None
    client_auth: ClientAuth = ClientAuth.NONE
    scope: str = ""
    """As granted, for people; RFC 6749 section 6 takes a request without it as one for the same."""
    resource: str = ""
    """RFC 8707: for which resource server the token is; "" for none."""
    generation: int = 1
    """Grows by one with every change, so that of two texts the newer one is known."""

    def __repr__(self) -> str:
        return f"Credential({self.host})"

    @property
    def host(self) -> str:
        """The token endpoint's, for people: `name` or `name:port`."""
        parts = urlsplit(self.token_endpoint)
        return f"{parts.hostname}:{parts.port}" if parts.port not in (None, 443) else str(parts.hostname)

    def due(self, now: float) -> bool:
        """Whether the access token should be renewed before it is used."""
        if self.access_token is None:
            return True
        return self.expires_at is not None and now >= self.expires_at - self.margin_s

    def usable(self, now: float) -> bool:
        """Whether there is an access token that is not known to have ended."""
        return self.access_token is not None and (self.expires_at is None or now < self.expires_at)

    @property
    def margin_s(self) -> float:
        """How long before its end it is due."""
        if self.issued_at is None or self.expires_at is None:
            return MARGIN_S
        return min(MARGIN_S, max(0, self.expires_at - self.issued_at) / 10)

    def secrets(self) -> Iterator[Secret]:
        """All that must not be shown."""
        yield from (text for text in (self.access_token, self.refresh_token, self.client_secret) if text)

    def renewed(
        self, access: Secret, refresh: Secret | None, lifetime_s: int | None, scope: str | None, now: float
    ) -> Credential:
        """With what the token endpoint gave for a request that was sent at `now`."""
        expires_at = None if lifetime_s is None else min(int(now) + lifetime_s, _LATEST)
        return replace(
            self,
            access_token=access,
            refresh_token=refresh or self.refresh_token,
            issued_at=int(now),
            expires_at=expires_at,
            scope=self.scope if scope is None else scope,
            generation=self.generation + 1,
        )


def moment(seconds: int) -> str:
    """A time for people: `2026-11-30 17:00 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def to_text(credential: Credential) -> Secret:
    """One line of ASCII for a store."""
    data = {
        "generation": credential.generation,
        "token_endpoint": credential.token_endpoint,
        "client_id": credential.client_id,
        "client_auth": credential.client_auth.value,
        "client_secret": _revealed(credential.client_secret),
        "access_token": _revealed(credential.access_token),
        "refresh_token": credential.refresh_token.reveal(),
        "expires_at": credential.expires_at,
        "issued_at": credential.issued_at,
        "scope": credential.scope,
        "resource": credential.resource,
    }
    return Secret(OAUTH_MARK + json.dumps(data)[1:])


def is_credential(text: Secret) -> bool:
    """Whether a stored text is one of these, whole or not."""
    return text.reveal().startswith(OAUTH_MARK)


def from_text(text: Secret) -> Credential:
    """The credential that `to_text` wrote. Raises VaultError for anything else; it is never half of one."""
    try:
        if not is_credential(text):
            raise Unfit
        data = json.loads(text.reveal())
        return checked({name: value for name, value in data.items() if name != "unsprawl_oauth"})
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise VaultError(
            "the OAuth credential in the store is damaged", hint="Store it again with `unsprawl vault set --oauth`."
        ) from None


def checked(data: Mapping[str, Any]) -> Credential:
    """A credential of exactly the fields of `to_text`. Raises Unfit."""
    if data.keys() != _FIELDS:
        raise Unfit("a field is missing, or there is one too many")
    auth = ClientAuth(data["client_auth"])
    secret = None if data["client_secret"] is None else token("client_secret", data["client_secret"])
    if (auth is ClientAuth.NONE) != (secret is None):
        raise Unfit("client_secret and the way in which it is sent belong together")
    access = None if data["access_token"] is None else token("access_token", data["access_token"])
    return Credential(
        token_endpoint=endpoint(data["token_endpoint"]),
        client_id=token("client_id", data["client_id"]).reveal(),
        refresh_token=token("refresh_token", data["refresh_token"]),
        access_token=access,
        expires_at=None if data["expires_at"] is None else whole("expires_at", data["expires_at"]),
        issued_at=None if data["issued_at"] is None else whole("issued_at", data["issued_at"]),
        client_secret=secret,
        client_auth=auth,
        scope=words("scope", data["scope"]),
        resource=words("resource", data["resource"]),
        generation=whole("generation", data["generation"]),
    )


def token(name: str, value: object) -> Secret:
    """A text that may stand in a header. Raises Unfit: a line end in it would be a header of the sender's choice."""
    if not isinstance(value, str) or not value:
        raise Unfit(f"{name} must be a text that is not empty")
    if len(value) > LONGEST_TOKEN:
        raise Unfit(f"{name} is longer than {LONGEST_TOKEN} characters")
    if not _TOKEN.fullmatch(value):
        raise Unfit(f"{name} must be printable ASCII, without blanks at its ends")
    return Secret(value)


def words(name: str, value: object) -> str:
    """A text of printable ASCII, or "". Raises Unfit."""
    if not isinstance(value, str) or len(value) > LONGEST_TOKEN or not (value.isascii() and value.isprintable()):
        raise Unfit(f"{name} must be a text of printable ASCII")
    return value


def whole(name: str, value: object) -> int:
    """A number of seconds, or a count. Raises Unfit."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LATEST:
        raise Unfit(f"{name} must be a whole number of seconds")
    return value


def endpoint(value: object) -> str:
    """The address of a token endpoint: https, or http on this very machine. Raises Unfit."""
    address = words("token_endpoint", value)
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Unfit("token_endpoint is not a URL") from None
    if not (_HOST.fullmatch(host) or host == "::1") or ".." in host or port == 0:
        raise Unfit("token_endpoint must name a host")
    if "@" in parts.netloc or "#" in address or "\\" in address or " " in address:
        raise Unfit("token_endpoint must be a plain URL, without a user, a fragment or blanks")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise Unfit("token_endpoint must begin with https:// (http:// only on this very machine)")
    if host.startswith("169.254."):
        raise Unfit("token_endpoint must not be a link-local address")
    return address


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()
