"""Values from templates, made anew for each run: what `rules.samples` knows, passwords, JWTs, PEM blocks, phrases."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from random import Random

from unsprawl.rules import samples
from unsprawl.scanner.checksums import Checksum, tail

CHECKSUMS = {
    "ghp": Checksum("crc32-base62", 6, 4),
    "npm": Checksum("crc32-base62", 6, 4),
    "vcp": Checksum("crc32-base62", 6, 4),
    "glpat": Checksum("crc32-base36", 7),
    "atlassian": Checksum("crc32-hex-upper", 8),
    "confluent": Checksum("crc32-le-base64", 6, 4),
    "cfut": Checksum("crc32-hex", 8, 5),
    "cfk": Checksum("crc32-hex", 8, 4),
    "glsa": Checksum("crc32-le-hex", 8, 0, 1),
}
_ALPHABETS = samples.ALPHABETS | {
    "H": "0123456789ABCDEF",
    "b64u": samples.ALPHABETS["w"],
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}
_SYLLABLES = re.findall("..", "bakoritameldovisuplafegulimanoxpequrusotevza")
_WORDS = re.findall(
    r"\w+",
    "amber anchor basket bridge candle canyon cedar cobalt copper drift ember falcon feather glacier harbor hollow "
    "island jasmine kettle lantern maple meadow nectar oyster paddle pepper quarry ribbon saddle silver thunder tulip "
    "umbrella velvet walnut willow winter yellow zephyr",
)
_MNEMONIC = re.findall(
    r"\w+",
    "acoustic bargain captain decade economy fabric galaxy habit icon jacket kitchen lawsuit machine narrow obvious "
    "pelican quantum rabbit satoshi talent umbrella vacuum wagon zebra",
)
_FIELD = re.compile(r"\{([A-Za-z0-9]+)(?:-([a-z]+))?(?::([^{}]*))?\}")


def make(template: str, random: Random) -> str:
    """One value of `template`; the fields are listed in README.md."""
    made, position = "", 0
    for match in _FIELD.finditer(template):
        made += template[position : match.start()]
        position = match.end()
        kind, name, argument = match.group(1), match.group(2), match.group(3) or ""
        if kind == "chk":
            made += tail(CHECKSUMS[name], made)
        elif kind in _ALPHABETS:
            made += _letters(_ALPHABETS[kind], int(argument or 1), random)
        elif kind in _SPECIAL:
            made += _SPECIAL[kind](argument, random)
        else:
            raise ValueError(f"unknown field {match.group(0)} in {template!r}")
    return made + template[position:]


def _letters(alphabet: str, count: int, random: Random) -> str:
    return "".join(random.choice(alphabet) for _ in range(count))


def _uuid(argument: str, random: Random) -> str:
    return samples.expand("{uuid}", random)


def _password(argument: str, random: Random) -> str:
    """What people choose: a word, a number, and as many symbols as the form demanded."""
    word = "".join(random.choice(_SYLLABLES) for _ in range(3)).capitalize()
    return f"{word}{random.randint(10, 9999)}{random.choice(argument or '!#%*')}"


def _quoted_password(argument: str, random: Random) -> str:
    """A password with what a URL must escape, escaped."""
    word = "".join(random.choice(_SYLLABLES) for _ in range(2)).capitalize()
    return word + random.choice(["%40", "%23", "%21"]) + str(random.randint(100, 99999)) + random.choice(["%24", ""])


def _words(argument: str, random: Random) -> str:
    count, _, joint = argument.partition(",")
    return (joint or "-").join(random.sample(_WORDS, int(count)))


def _mnemonic(argument: str, random: Random) -> str:
    return " ".join(random.sample(_MNEMONIC, int(argument or 12)))


def _jwt(argument: str, random: Random) -> str:
    """A token of three parts; `argument` adds claims, as in `role=anon`."""
    claims: dict[str, object] = {"sub": samples.expand("{uuid}", random), "iat": 1740000000 + random.randrange(10**7)}
    claims |= dict(pair.split("=", 1) for pair in argument.split(",") if pair)
    head = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{head}.{body}.{_letters(_ALPHABETS['w'], 43, random)}"


def _basic(argument: str, random: Random) -> str:
    """`user:password` in base64."""
    return b64encode(f"{argument or 'svc'}:{_letters(_ALPHABETS['an'], 20, random)}".encode()).decode()


def _pem(argument: str, random: Random) -> str:
    label = f"{argument} PRIVATE KEY".strip()
    lines = [_letters(_ALPHABETS["b"], 64, random) for _ in range(6)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])


_SPECIAL: dict[str, Callable[[str, Random], str]] = {
    "uuid": _uuid,
    "pw": _password,
    "pwq": _quoted_password,
    "words": _words,
    "mnemonic": _mnemonic,
    "jwt": _jwt,
    "basic": _basic,
    "pem": _pem,
}
