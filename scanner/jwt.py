"""JSON Web Tokens read without verifying them: who they are for decides whether they are secret."""

from __future__ import annotations

from typing import Any


def claims(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and payload, or None when `token` only looks like a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    header, payload = _decoded(parts[0]), _decoded(parts[1])
    return None if header is None or payload is None else (header, payload)


def _decoded(part: str) -> dict[str, Any] | None:
    from base64 import urlsafe_b64decode
    from json import loads

    try:
        data = loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):  # not base64, not UTF-8, not JSON
        return None
    return data if isinstance(data, dict) else None


def expired(payload: dict[str, Any]) -> bool:
    """Whether its `exp` has passed by this machine's clock."""
    from time import time

    end = payload.get("exp")
    return isinstance(end, (int, float)) and end < time()


def is_sample(payload: dict[str, Any]) -> bool:
    """Whether it is the one that jwt.io shows."""
    return payload.get("sub") == "1234567890" and payload.get("name") == "John Doe"
