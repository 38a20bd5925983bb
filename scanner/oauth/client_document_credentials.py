"""The checks of what proves who a client is: a document that everybody can read may hold public keys alone."""

from __future__ import annotations

from typing import Any

from unsprawl.scanner.oauth.addresses import Place, place_of
from unsprawl.scanner.oauth.client_document import ClientDocument, Data
from unsprawl.scanner.oauth.result import Found, failed, passed, unknown

_SYMMETRIC = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})
_KEYED = frozenset({"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its owner may know (RFC 7518)."""


def d20(data: Data, document: ClientDocument) -> Found:
    """No client secret is in it."""
    there = [key for key in ("client_secret", "client_secret_expires_at") if key in data]
    return failed(f"{' and '.join(there)}; not shown") if there else passed()


def d21(data: Data, document: ClientDocument) -> Found:
    """token_endpoint_auth_method needs no shared secret."""
    method = data.get("token_endpoint_auth_method")
    if method is None:
        return failed("it is missing, which means client_secret_basic", "warn")
    if method in ("none", *_KEYED):
        return passed(method)
    if isinstance(method, str) and method in _SYMMETRIC:
        return failed(method)
    return failed("it is a method that is not known here, or no text", "warn")


def d22(data: Data, document: ClientDocument) -> Found:
    """private_key_jwt comes with public keys."""
    both = "jwks" in data and "jwks_uri" in data
    if data.get("token_endpoint_auth_method") != "private_key_jwt":
        return failed("both jwks and jwks_uri are there", "warn") if both else unknown("it has another method")
    if both:
        return failed("both jwks and jwks_uri are there")
    if "jwks" in data:
        return passed() if _keys(data["jwks"]) else failed("jwks has no list of keys")
    place = place_of(data["jwks_uri"]) if isinstance(data.get("jwks_uri"), str) else None
    if isinstance(place, Place):
        return passed() if place.scheme == "https" else failed("jwks_uri is http")
    return failed("neither jwks nor a usable jwks_uri is there")


def d23(data: Data, document: ClientDocument) -> Found:
    """No private key is in it."""
    if "jwks" not in data:
        return passed()
    found = sorted({name for key in _keys(data["jwks"]) for name in _PRIVATE.intersection(key)})
    shared = any(key.get("kty") == "oct" for key in _keys(data["jwks"]))
    if found or shared:
        return failed(f"jwks has {', '.join(found) or 'a shared key'}; not shown")
    return passed()


def _keys(jwks: object) -> list[dict[str, Any]]:
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
