"""What the name of a variable, flag, header or query parameter says about its value."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from unsprawl.rules.bundle import NAMES
from unsprawl.rules.load import compiled


class Secrecy(Enum):
    """How strongly a name implies a credential."""

    STRONG = "strong"
    WEAK = "weak"
    """Needs a vendor's format, a password within a URI, or a random value."""
    NEUTRAL = "neutral"
    VETO = "veto"
    """Names a limit, a path, an identifier: only a self-identifying value is a credential here."""


_HUMP = r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])"
_BREAK = r"[\W_]+"
_MOST_WORDS = 4

_STRONG = frozenset(NAMES["strong"])
_PASSWORDS = frozenset(NAMES["passwords"])
_WEAK = frozenset(NAMES["weak"])
_GLUED: tuple[str, ...] = tuple(NAMES["glued"])
_GLUED_PASSWORDS = tuple(word for word in _GLUED if word in _PASSWORDS)
_UUIDS = frozenset(NAMES["uuids"])
_WORDS = frozenset(NAMES["early"])
_STRIP = tuple(f"{prefix}_" for prefix in NAMES["strip_prefixes"])
_ANY = frozenset(NAMES["veto"]["quantities"]["any"])
_QUANTITIES = frozenset(NAMES["veto"]["quantities"]["last"])
_PAIRS = frozenset(
    f"{before}_{last}" for pair in NAMES["veto"]["pairs"] for before in pair["before"] for last in pair["last"]
)
_LAST = frozenset(NAMES["veto"]["last"])
_FIRST = frozenset(NAMES["veto"]["first"])
_HEADERS = frozenset(NAMES["headers"]["secret"])
_NOT_HEADERS = frozenset(NAMES["headers"]["not_secret"])
_HEADER_ENDS = frozenset({"AUTH", "KEY", "TOKEN", "SECRET", "PASSWORD", "SESSION"})
_QUERY = frozenset(NAMES["query"])
_FLAGS = frozenset(NAMES["flags"])
_REHEARSALS = tuple(f"{word}_" for word in NAMES["rehearsals"])
_PUBLISHABLE: dict[str, str] = {
    name: entry.get("rule", "") for entry in NAMES["publishable"] for name in entry["names"]
}
_PHRASES = frozenset(NAMES["phrases"])
SHARED = frozenset(NAMES["shared"])
"""Names that several vendors use."""
ORDINARY = frozenset(NAMES["ordinary"])
"""Vendors' names that are words of the language as well."""


@lru_cache(maxsize=4096)
def normalised(name: str) -> str:
    """The name in one spelling: `--figma-apiKey` and `FIGMA_API_KEY` become the latter."""
    text = compiled(_BREAK).sub("_", compiled(_HUMP).sub(r"\1\3_\2\4", name[:200])).strip("_").upper()
    for prefix in _STRIP:
        # PUBLIC_KEY names a public key; PUBLIC_API_KEY a key that a web page shows.
        if text.startswith(prefix) and text != "PUBLIC_KEY":
            return text[len(prefix) :]
    return text


@lru_cache(maxsize=4096)
def secrecy(name: str) -> Secrecy:
    """What `name` implies; NEUTRAL for "" and for names that say nothing."""
    text = normalised(name)
    words = text.split("_")
    endings = ["_".join(words[-count:]) for count in range(1, min(len(words), _MOST_WORDS) + 1)]
    if words[0] in _FIRST or endings[0] in _LAST or (len(endings) > 1 and endings[1] in _PAIRS):
        return Secrecy.VETO
    if endings[0] in _QUANTITIES and not _ANY.isdisjoint(words):
        return Secrecy.VETO
    if any(ending in _STRONG or ending in _PASSWORDS for ending in endings) or words[-1].endswith(_GLUED):
        return Secrecy.STRONG
    if any(ending in _WEAK for ending in endings):
        return Secrecy.WEAK
    # KEY_2, TOKEN1: a second key of the same kind.
    trimmed = text.rstrip("0123456789").rstrip("_")
    if trimmed and trimmed != text:
        return secrecy(trimmed)
    # AWS_BEARER_TOKEN_BEDROCK, PASSWORD_DB: the secret's word stands first.
    early = not _WORDS.isdisjoint(words[:-1]) or ("API" in words[:-2] and "KEY" in words[:-1])
    return Secrecy.WEAK if early else Secrecy.NEUTRAL


def says_only_secret(words: list[str]) -> bool:
    """Whether the words of a name say that it is a credential, and nothing else."""
    text = "_".join(words)
    return text in _STRONG or text in _PASSWORDS or text in _WEAK


@lru_cache(maxsize=4096)
def is_password(name: str) -> bool:
    """Whether the value under this name is one that people think up."""
    words = normalised(name).rstrip("0123456789").rstrip("_").split("_")
    endings = ("_".join(words[-count:]) for count in range(1, _MOST_WORDS))
    return words[-1].endswith(_GLUED_PASSWORDS) or any(ending in _PASSWORDS for ending in endings)


def weak_in_query(name: str) -> bool:
    """Whether a query parameter of this name may hold a credential, though the name says nothing elsewhere."""
    return normalised(name) in _QUERY


@lru_cache(maxsize=1024)
def weak_as_flag(flag: str) -> bool:
    """The same for a flag, without its dashes."""
    return normalised(flag) in _FLAGS


def may_be_uuid(name: str) -> bool:
    """Whether a UUID under a weak name is a credential rather than an identifier."""
    words = normalised(name).split("_")
    return any("_".join(words[-count:]) in _UUIDS for count in (1, 2))


def is_rehearsal(name: str) -> bool:
    """Whether the name is one of a test or a demonstration."""
    return normalised(name).startswith(_REHEARSALS)


@lru_cache(maxsize=4096)
def publishable(name: str) -> str | None:
    """Of a name of what a web page shows anyway: the id of the rule whose format such a value has, "" for none. None
    for any other name."""
    words = normalised(name).split("_")
    endings = ("_".join(words[-count:]) for count in range(2, _MOST_WORDS + 1))
    return next((_PUBLISHABLE[ending] for ending in endings if ending in _PUBLISHABLE), None)


@lru_cache(maxsize=1024)
def plain_header(name: str) -> bool:
    """Whether a header of this name is known to carry no credential."""
    return name.strip().lower() in _NOT_HEADERS


def names_phrase(name: str) -> bool:
    """Whether the name is that of a wallet's recovery phrase."""
    words = frozenset(normalised(name).split("_"))
    return not words.isdisjoint(_PHRASES) or {"SECRET", "PHRASE"} <= words


def singular(name: str) -> str:
    """The name of one of several credentials (`API_KEYS`), or ""."""
    text = normalised(name)
    one = text[:-1]
    several = text.endswith("S") and secrecy(name) is not Secrecy.VETO and secrecy(one) is Secrecy.STRONG
    return one if several and not text.endswith(("SS", "CREDENTIALS")) else ""


@lru_cache(maxsize=1024)
def secret_header(name: str) -> bool:
    """Whether a header of this name carries a credential."""
    lower = name.strip().lower()
    if lower in _HEADERS:
        return True
    if lower in _NOT_HEADERS:
        return False
    level = secrecy(name)
    if level is Secrecy.WEAK and lower.startswith("x-"):
        return normalised(name).rpartition("_")[2] in _HEADER_ENDS
    return level is Secrecy.STRONG
