"""Synthetic credentials from templates, so that no file holds one: `ghp_{an:30}{chk}`.

`{kind:count}` stands for random characters of an alphabet, `{words:count}` for words, `{uuid}` for a random UUID and
`{chk}` for the valid checksum of what was made so far. Only the build, the tests and rules of the
user's own use this.
"""

from __future__ import annotations

import re
import string
from random import Random
from typing import Any
from uuid import UUID

from unsprawl.scanner.checksums import Checksum, tail

_LETTERS, _DIGITS = string.ascii_letters, string.digits
ALPHABETS = {
    "an": _LETTERS + _DIGITS,
    "al": _LETTERS,
    "l": string.ascii_lowercase,
    "d": _DIGITS,
    "h": _DIGITS + "abcdef",
    "ld": string.ascii_lowercase + _DIGITS,
    "H": _DIGITS + "ABCDEF",
    "Ud": string.ascii_uppercase + _DIGITS,
    "w": _LETTERS + _DIGITS + "_-",
    "b": _LETTERS + _DIGITS + "+/",
    "b32": string.ascii_uppercase + "234567",
    "B32l": string.ascii_lowercase + "234567",
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "b64u": _LETTERS + _DIGITS + "_-",
    "bech": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
MOST = 10_000
WORDS = ("river", "candle", "orbit", "maple", "falcon", "gravel", "window", "pepper", "tunnel", "ladder", "mirror")
_FIELD = re.compile(r"\{([A-Za-z0-9]+)(?::([0-9]+))?\}")


def expand(template: str, random: Random, checksum: Checksum | None = None) -> str:
    """One value of `template`."""
    made, position = "", 0
    for match in _FIELD.finditer(template):
        made += template[position : match.start()]
        position = match.end()
        kind, count = match.group(1), int(match.group(2) or 1)
        if kind == "uuid":
            made += str(UUID(int=random.getrandbits(128), version=4))
        elif kind == "chk":
            if checksum is None:
                raise ValueError("a template wants a checksum that the format does not have")
            made += tail(checksum, made)
        elif count > MOST:
            raise ValueError(f"a template asks for more than {MOST} characters")
        elif kind == "words":
            made += " ".join(random.choices(WORDS, k=count))
        elif kind in ALPHABETS:
            made += "".join(random.choices(ALPHABETS[kind], k=count))
        else:
            raise ValueError(f"a template names the unknown alphabet {kind[:8]!r}")
    return made + template[position:]


def checksum_of(format_: dict[str, Any]) -> Checksum | None:
    """The checksum of a format as written in a rule file."""
    raw = format_.get("checksum")
    if raw is None:
        return None
    return Checksum(raw["algorithm"], raw["length"], raw.get("skip", 0), raw.get("separator", 0))
