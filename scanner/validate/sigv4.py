"""The signature of AWS, version 4, for requests that a check makes: a path without anything odd, one value a name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from unsprawl.scanner.record import NamedTuple

ALGORITHM = "AWS4-HMAC-SHA256"


class Keys(NamedTuple):
    """Whose signature it is. Texts, not secrets: they live for one request."""

    id: str
    secret: str
    session: str = ""

    def __repr__(self) -> str:
        return "Keys(<hidden>)"


def signed(
    method: str, host: str, target: str, headers: Mapping[str, str], body: bytes, keys: Keys, scope: str, now: str
) -> dict[str, str]:
    """The headers with those that sign the request. `scope` is `region/service`, `now` like 20150830T123600Z."""
    from hashlib import sha256

    whole = {**headers, "X-Amz-Date": now}
    if keys.session:
        whole["X-Amz-Security-Token"] = keys.session
    listed = {name.lower(): " ".join(text.split()) for name, text in {**whole, "Host": host}.items()}
    names = sorted(name for name in listed if name in ("host", "content-type") or name.startswith("x-amz-"))
    path, _, query = target.partition("?")
    pairs = sorted((quote(name, safe="-_.~"), quote(text, safe="-_.~")) for name, text in parse_qsl(query, True))
    canonical = "\n".join(
        (
            method,
            quote(path, safe="/-_.~%"),
            "&".join(f"{name}={text}" for name, text in pairs),
            *(f"{name}:{listed[name]}" for name in names),
            "",
            ";".join(names),
            sha256(body).hexdigest(),
        )
    )
    day = now[:8]
    full = f"{day}/{scope}/aws4_request"
    to_sign = "\n".join((ALGORITHM, now, full, sha256(canonical.encode()).hexdigest()))
    signature = _signature(keys.secret, full, to_sign)
    credential = f"Credential={keys.id}/{full}, SignedHeaders={';'.join(names)}, Signature={signature}"
    return {**whole, "Authorization": f"{ALGORITHM} {credential}"}


def _signature(secret: str, scope: str, to_sign: str) -> str:
    import hmac

    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def account_of(key_id: str) -> str:
    """The account that an access key belongs to, which its id spells in base 32; "" for what is no such id."""
    from base64 import b32decode

    if len(key_id) != 20 or not key_id.isalnum():
        return ""
    try:
        number = int.from_bytes(b32decode(key_id[4:])[:6])
    except ValueError:
        return ""
    return f"{(number & 0x7FFFFFFFFF80) >> 7:012d}"
