"""`Basic` credentials (RFC 7617): base64 of `user:password`."""

from __future__ import annotations

from binascii import Error as NotBase64
from binascii import a2b_base64


def basic_parts(text: str) -> tuple[str, str] | None:
    """User and password within base64 `user:password`; None when it is not that."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        decoded = a2b_base64(plain + "=" * (-len(plain) % 4)).decode("utf-8")
    except (NotBase64, ValueError):
        return None
    user, colon, password = decoded.partition(":")
    if not colon or not decoded.isprintable():
        return None
    return user, password


def basic_password(text: str) -> str | None:
    """The password within base64 `user:password`; the user where the password is empty; None when it is not that."""
    parts = basic_parts(text)
    return None if parts is None else parts[1] or parts[0]
