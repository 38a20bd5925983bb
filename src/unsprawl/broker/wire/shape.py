"""What a stand-in for a value may be made of, character by character: the value's shape without the value."""

from __future__ import annotations

import json
import re
import string
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, NamedTuple

from unsprawl.scanner import jwt, known
from unsprawl.scanner.generic import is_wordy
from unsprawl.scanner.randomness import has_random_run, looks_random

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_KINDS = (
    *("0", "1", "234567", "89"),
    *("abcdef", "l", "ghijkmnopqrstuvwxyz"),
    *("ACDEF", "B", "I", "O", "GHJKLMNPQRSTUVWXYZ"),
)
"""Letters and digits that alphabets for keys (hexadecimal, base32, base58, Bech32) take or leave together."""
_ALPHABETS = (
    string.digits,
    string.digits + "abcdef",
    string.digits + "ABCDEF",
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.ascii_lowercase + "234567",
    string.ascii_uppercase + "234567",
    string.ascii_lowercase + string.digits,
    string.ascii_uppercase + string.digits,
    LETTERS_AND_DIGITS,
)
"""From narrow to wide: a run of letters and digits is taken for the first that has all of it."""
_RUN = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]+")
_BASE64 = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/+-]*|[^A-Za-z0-9]+")
_SEPARATORS = re.compile(r"[A-Za-z0-9_.~:@/+=|-]+")
_IN_ADDRESS = re.compile(r"[A-Za-z0-9_.~:@/+=|?&;,-]+")
"""What keys are made of. All else is a password's, and clients encode it differently."""
_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-([0-9a-fA-F])[0-9a-fA-F]{3}-([0-9a-fA-F])[0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?=[/?])")
_WORDS = re.compile(r"0x|(?:(?:[a-z]{1,10}[0-9]{0,3}|[A-Z]{1,6}|[0-9]{1,3})[-_.:|]){1,5}")
"""What vendors write before the random part: the kind, a version, the place; clients read some of it."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z-]{1,15} (?=\S+\Z)")
"""`Bearer `, in front of the key itself."""
_REGION = re.compile(r"[-_.][a-z]{1,4}[0-9]{1,3}\Z")
"""And behind it: `-us21` says which host to ask."""
_SHORTEST = 16
_LONGEST = 4096
_LONGEST_TRIED = 400
"""Formats of longer values are not tried character by character."""
_SHORTEST_PLAIN = 24
_SIGNED_WITH = 43
"""The least characters of a signature that go to a stand-in for a token: SHA-256 has as many."""
_READ = frozenset(
    # what it is for and from whom
    ("iss", "aud", "azp", "client_id", "exp", "iat", "nbf", "typ", "token_type", "ver")
) | frozenset(
    # whom it speaks for, and what it may do
    ("sub", "tid", "oid", "org_id", "ref", "role", "roles", "scope", "scp")
)
"""Claims whose texts clients use. Texts of others may say who somebody is, or be a key themselves."""


class Shape(NamedTuple):
    """For each character those that may stand there, and whether a text made so will do."""

    choices: tuple[str, ...]
    fits: Callable[[str], bool]


def shapes(value: str) -> list[Shape]:
    """The shapes to try for `value`, which is not empty, the most alike first. The last one always has room."""
    scheme = _SCHEME.match(value)
    if scheme is not None:
        inner = [_behind(scheme[0], shape) for shape in shapes(value[scheme.end() :])[:-1]]
        return [*inner, _plain(value, "")]
    hit = known.find(value) if len(value) <= _LONGEST else None
    if hit is not None and not hit.covers(value):
        hit = None
    prefix = max((len(word) for word in hit.format.keywords if value.startswith(word)), default=0) if hit else 0
    found: list[Shape | None] = []
    if value.isascii() and _SHORTEST <= len(value) <= _LONGEST:
        found.append(_token(value))
        if hit is not None and len(value) <= _LONGEST_TRIED:
            found.append(_format(value, hit.format.fits, _ends(value, prefix)))
        found.append(_random(value, _ends(value, prefix), sure=hit is not None))
    address = _URL.match(value)
    begin = value[: address.end()] + "/" if address is not None else value[:prefix]
    return [*filter(None, found), _plain(value, "" if has_random_run(begin) else begin)]


def _behind(begin: str, shape: Shape) -> Shape:
    return Shape((*begin, *shape.choices), lambda text: shape.fits(text.removeprefix(begin)))


def _ends(value: str, prefix: int) -> tuple[int, int]:
    """Where the part begins and ends that tells the keys of one kind apart."""
    address = _URL.match(value)
    if address is not None:  # it stays, or the client asks another host
        return address.end(), len(value)
    words, region = _WORDS.match(value, prefix), _REGION.search(value)
    start = words.end() if words is not None else prefix
    end = region.start() if region is not None else len(value)
    return (start, end) if end - start >= _SHORTEST and not _UUID.fullmatch(value) else (prefix, len(value))


def _format(value: str, fits: Callable[[str], bool], ends: tuple[int, int]) -> Shape:
    """As a vendor's format has it: what is the same in all keys of the kind stays."""
    choices = list(value)
    address = _URL.match(value) is not None  # whose separators part one folder from the other
    for at in range(*ends):
        head, tail = value[:at], value[at + 1 :]
        allowed = "".join(kind for kind in _KINDS if fits(head + kind[0] + tail) and fits(head + kind[-1] + tail))
        if len(allowed) > 1 and (value[at].isalnum() or not address):
            choices[at] = allowed
    return Shape(tuple(choices), fits)


def _random(value: str, ends: tuple[int, int], *, sure: bool) -> Shape | None:
    """As random text without a known format has it: the separators, and what kinds of characters are between them.

    None for what a person may have chosen, unless it is `sure` that nobody has.
    """
    identifier, address = _UUID.fullmatch(value), _URL.match(value)
    start, end = ends
    sure = sure or identifier is not None or address is not None
    if not (_SEPARATORS if address is None else _IN_ADDRESS).fullmatch(value) or not (
        sure or _is_random(value[start:end])
    ):
        return None
    choices = list(value[:start])
    body = value[start:end]
    # Base64, in either alphabet: its signs are no separators.
    signs = _alphabet("".join(filter(str.isalnum, body))) == LETTERS_AND_DIGITS and address is None
    for run in (_BASE64 if signs else _RUN).findall(body):
        choices += [_alphabet("".join(filter(str.isalnum, run)))] * len(run) if run[0].isalnum() else run
    if identifier is not None:  # version and variant
        choices[14], choices[19] = identifier.groups()
    return Shape((*choices, *value[end:]), _anything)


def _is_random(text: str) -> bool:
    """Whether nobody made it of words."""
    plain = "".join(filter(str.isalnum, text))
    return looks_random(text) or (len(set(plain)) >= 8 and not is_wordy(text)) or plain.isdigit()


def _alphabet(run: str) -> str:
    return next(alphabet for alphabet in _ALPHABETS if not set(run) - set(alphabet))


def _token(value: str) -> Shape | None:
    """A JSON Web Token that reads as before, except for what may be secret or personal, and is not signed."""
    read = jwt.claims(value)
    if read is None:
        return None
    head, claims = value.split(".")[0], read[1]
    payload = json.dumps(_untold(claims), separators=(",", ":")).encode()
    body = urlsafe_b64encode(payload).decode().rstrip("=")
    signature = max(_SIGNED_WITH, len(value) - len(head) - len(body) - 2)
    return Shape((*head, ".", *body, ".", *([LETTERS_AND_DIGITS] * signature)), _anything)


def _untold(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name in _READ else _blank(value) for name, value in claims.items()}


def _blank(value: Any) -> Any:
    match value:
        case str():
            return "x" * len(value)
        case list():
            return [_blank(each) for each in value]
        case dict():
            return _untold(value)
        case _:
            return value


def _plain(value: str, begin: str) -> Shape:
    """For passwords: nothing of the value, not even its length. Base64 of a text around it stays in step."""
    length = _SHORTEST_PLAIN + (len(value.encode("utf-8")) - len(begin) - _SHORTEST_PLAIN) % 3
    return Shape((*begin, *((string.ascii_lowercase + string.digits,) * length)), _anything)


def _anything(_: str) -> bool:
    return True
