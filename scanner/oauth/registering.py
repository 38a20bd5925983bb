"""Dynamic registration (RFC 7591) and its undoing (RFC 7592): what is sent, and what hostile answers may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from unsprawl.scanner.oauth.addresses import origin_of
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.attempt import End, Registration
from unsprawl.scanner.oauth.metadata import JSON_TYPE, parsed_or_none, strings
from unsprawl.scanner.oauth.result import quoted
from unsprawl.scanner.oauth.visit import REDIRECTS
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

CLIENT_NAME = "unsprawl probe (may be deleted)"
_USABLE = re.compile(r"[\x21-\x7e]{1,2000}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,4000}=*")
"""What may stand behind `Bearer` in a header."""
_CREATED = (200, 201)
_NEVER_SENT = (Fault.UNSAFE, Fault.NAME, Fault.TLS, Fault.PROXY)
"""Faults before a request is sent. A connection may also break after it, when the client is there already."""


class Key(NamedTuple):
    """What deletes a client."""

    url: str
    token: Secret


class Read(NamedTuple):
    """An answer to a registration, its secrets apart from the rest."""

    registration: Registration
    key: Key | None
    secrets: tuple[Secret, ...]


def document(redirects: tuple[str, ...], scope: str, metadata: Mapping[str, Any]) -> bytes:
    """The client that is asked for: native, public, and named so that its purpose is plain."""
    known = metadata.get("grant_types_supported")
    grants = ["authorization_code"]
    if known is None or "refresh_token" in strings(known):
        grants.append("refresh_token")
    wanted = {
        "client_name": CLIENT_NAME,
        "redirect_uris": list(redirects),
        "grant_types": grants,
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        **({"scope": scope} if scope else {}),
    }
    return json.dumps(wanted).encode()


def read(asked: Registration, answer: Answer) -> Read:
    """What came back."""
    bare = asked._replace(answer=answer._replace(headers=(), body=b""))
    sent = answer.fault not in _NEVER_SENT
    if answer.status not in _CREATED:
        unsure = answer.fault is not None and sent and answer.status < 300
        end = End.UNSURE if unsure else End.NONE
        return Read(bare._replace(refusal=_refusal(answer), end=end, end_reason="no answer came"), None, ())
    made = parsed_or_none(answer.body) if answer.fault is None else None
    if not isinstance(made, dict):
        return _without_json(bare, answer)
    secrets = tuple(
        Secret(value)
        for name in ("registration_access_token", "client_secret")
        if isinstance(value := made.get(name), str) and _worth_hiding(value)
    )
    key, faults = _key(made, asked.endpoint)
    client_id = made.get("client_id")
    usable = client_id if isinstance(client_id, str) and _USABLE.fullmatch(client_id) else ""
    method = made.get("token_endpoint_auth_method")
    kept = made.get("redirect_uris")
    told = bare._replace(
        client_id=usable,
        refusal="" if usable else f"{answer.status}, but {_wrong_id(client_id)}",
        kept=tuple(strings(kept)) if isinstance(kept, list) else None,
        method=method if isinstance(method, str) else "",
        has_secret=isinstance(made.get("client_secret"), str),
        expires=_expires(made.get("client_secret_expires_at")),
        faults=(*_faults(answer, made, asked), *faults),
        end=End.LEFT,
        end_reason="not deleted yet",
        managed=key is not None,
    )
    return Read(told, key, secrets)


def _worth_hiding(value: str) -> bool:
    """Whether it could be a secret. A server must not have words of ours hidden from the report by calling them one."""
    if any(each.isspace() for each in value):
        return False
    return len(value) >= 24 or (len(value) >= 12 and any(map(str.isdigit, value)) and any(map(str.isalpha, value)))


def _without_json(bare: Registration, answer: Answer) -> Read:
    what = answer.told if answer.fault is not None else f"{answer.told}, which holds no client"
    page = answer.fault is None and answer.status == 200 and answer.media_type == "text/html"
    end = End.NONE if page else End.UNSURE  # a page for everything has registered nothing
    return Read(bare._replace(refusal=what, end=end, end_reason="its id was not told"), None, ())


def _refusal(answer: Answer) -> str:
    if answer.status in REDIRECTS:
        return f"{answer.status} to {quoted(answer.header('location') or 'nowhere')}, not followed"
    said = parsed_or_none(answer.body) if answer.fault is None else None
    if not isinstance(said, dict):
        return answer.told
    words = [quoted(said[name]) for name in ("error", "error_description") if isinstance(said.get(name), str)]
    return f"{answer.status}: {', '.join(words)}" if words else answer.told


def _wrong_id(client_id: object) -> str:
    if not isinstance(client_id, str) or not client_id:
        return "there is no client_id"
    return "client_id is too long, or has blanks or characters outside ASCII in it"


def _expires(when: object) -> bool:
    return isinstance(when, int | float) and when > 0


def _faults(answer: Answer, made: Mapping[str, Any], asked: Registration) -> list[tuple[str, str]]:
    """What RFC 7591 wants otherwise."""
    found = []
    if answer.status != 201:
        found.append(("note", f"{answer.status} instead of 201"))
    if answer.media_type != JSON_TYPE:
        found.append(("note", f"the type is {quoted(answer.media_type or 'missing')}"))
    kept = made.get("redirect_uris")
    if not isinstance(kept, list):
        found.append(("note", "it does not say which redirect addresses are registered"))
    else:
        missing = [each for each in asked.redirects if each not in kept]
        more = [each for each in strings(kept) if each not in asked.redirects]
        if missing:
            found.append(("warn", f"not registered as asked: {', '.join(missing)}"))
        if more or len(kept) != len(strings(kept)):
            found.append(("warn", f"registered, though nobody asked for it: {quoted(', '.join(more) or 'no text')}"))
    method = made.get("token_endpoint_auth_method")
    if method is None:
        found.append(("note", "it does not say how the client authenticates, which means client_secret_basic"))
    elif method != "none":
        found.append(("note", f"not the public client that was asked for: {quoted(method)}"))
    if made.get("client_secret") and method == "none":
        found.append(("note", "a client secret, though the client needs none"))
    if made.get("client_secret") and not isinstance(made.get("client_secret_expires_at"), int | float):
        found.append(("note", "a client secret, and nothing says when it ends"))
    if made.get("client_secret") and _expires(made.get("client_secret_expires_at")):
        found.append(("note", "the client's secret ends one day, and each client must be registered again"))
    return found


def _key(made: Mapping[str, Any], endpoint: str) -> tuple[Key | None, list[tuple[str, str]]]:
    """What deletes the client, when it may be used: the token goes nowhere but to the origin that issued it."""
    url, token = made.get("registration_client_uri"), made.get("registration_access_token")
    if url is None and token is None:
        return None, []
    if not isinstance(url, str) or not isinstance(token, str):
        return None, [("note", "registration_client_uri and registration_access_token come together or not at all")]
    if not origin_of(url) or origin_of(url) != origin_of(endpoint):
        return None, [("warn", f"registration_client_uri leads elsewhere, and was not called: {quoted(url)}")]
    if not _TOKEN.fullmatch(token):
        return None, [("warn", "registration_access_token is no token that a header can carry")]
    return Key(url, Secret(token)), []
