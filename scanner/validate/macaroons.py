"""The service that a macaroon was made by, which it names at its beginning."""

from __future__ import annotations

_VERSION, _LOCATION = 2, 1


def location_of(token: str) -> str:
    """The name, lower case; "" for what is no macaroon of the second version behind a prefix."""
    from base64 import urlsafe_b64decode

    body = token.partition("-")[2]
    try:
        data = urlsafe_b64decode(body[: len(body) // 4 * 4])
    except ValueError:
        return ""
    if len(data) < 3 or (data[0], data[1]) != (_VERSION, _LOCATION) or data[2] > 0x7F:
        return ""
    return data[3 : 3 + data[2]].decode("ascii", "replace").lower()
