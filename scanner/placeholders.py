"""Values that point elsewhere, values that nobody filled in, and values that are plain settings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from unsprawl.rules.bundle import PLACEHOLDERS
from unsprawl.rules.load import compiled
from unsprawl.scanner.model import Reference
from unsprawl.scanner.names import normalised
from unsprawl.scanner.randomness import classes, has_random_run, made_up, switches
from unsprawl.scanner.record import NamedTuple


class _Pattern(NamedTuple):
    id: str
    pattern: str
    needs: tuple[str, ...]
    """One of these is in the lower-cased text, or the pattern is not even compiled: compiling is what costs."""
    reason: str
    flag: bool
    """References: names an environment variable. Placeholders: only without a random run. Shapes: soft."""
    inside: str
    """References: the pattern that counts within a longer text, or ""."""

    def whole(self, text: str, lower: str) -> re.Match[str] | None:
        for need in self.needs:
            if need in lower:
                break
        else:
            if self.needs:
                return None
        return compiled(self.pattern).fullmatch(text)


def _table(section: str, flag: str) -> tuple[_Pattern, ...]:
    return tuple(
        _Pattern(
            entry["id"],
            entry["pattern"],
            tuple(entry.get("needs", ())),
            entry.get("reason", ""),
            entry.get(flag, False),
            entry["pattern"] if entry.get("inside") is True else entry.get("inside", ""),
        )
        for entry in PLACEHOLDERS[section]
    )


_REFERENCES = _table("references", "variable")
_PLACEHOLDERS = _table("placeholders", "wordy")
_SHAPES = _table("shapes", "soft")
_WHOLE = tuple(entry for entry in _table("shapes", "whole") if entry.flag)
_WORDS = frozenset(PLACEHOLDERS["words"])
_MARKS = frozenset(PLACEHOLDERS["marks"])
_MASKS = frozenset(PLACEHOLDERS["masks"])
_OPENERS = frozenset(PLACEHOLDERS["openers"])
_NOUNS = frozenset(PLACEHOLDERS["nouns"])
_FILLERS = _NOUNS | _MARKS | _OPENERS | frozenset(PLACEHOLDERS["fillers"])
_STEMS: tuple[str, ...] = tuple(PLACEHOLDERS["stems"])
OF_PROXY = "a placeholder of the wire proxy"
"""What is said of them."""
_PROXY_MARKS = tuple(entry["mark"] for entry in PLACEHOLDERS["proxy"])
DEFAULT_PASSWORDS = frozenset(PLACEHOLDERS["default_passwords"])
ID_HOSTS = frozenset(PLACEHOLDERS["id_hosts"])
ID_SEGMENTS = frozenset(PLACEHOLDERS["id_segments"])
ID_PREFIXES: tuple[str, ...] = tuple(PLACEHOLDERS["id_prefixes"])
KEY_SEGMENTS = frozenset(PLACEHOLDERS["key_segments"])
CAPABILITY_HOSTS = frozenset(PLACEHOLDERS["capability_hosts"])
CAPABILITY_QUERIES = frozenset(PLACEHOLDERS["capability_queries"])

SESSION_COOKIES = frozenset(PLACEHOLDERS["cookies"]["session"])
SESSION_COOKIE_PARTS: tuple[str, ...] = tuple(PLACEHOLDERS["cookies"]["session_parts"])
HARMLESS_COOKIES = frozenset(PLACEHOLDERS["cookies"]["harmless"])
HARMLESS_COOKIE_PREFIXES: tuple[str, ...] = tuple(PLACEHOLDERS["cookies"]["harmless_prefixes"])
NO_PHRASE_WORDS = frozenset(PLACEHOLDERS["no_phrase_words"])

_SIGNS = r"[$%{`<@\[]|://|/run/|-managed|-PLACEHOLDER-|-by-|projects/|docker-secret:|arn:aws|ENC\("
_GAPS = r"[-_. ]+"
_WORDY = r"[\w .:/-]+"
_HUMP = r"([a-z])([A-Z])"
_BREAK = r"[\W_]+"
_BARE = frozenset({"bare", "windows"})
_WITH_DEFAULT = {"brace-default": len("${"), "env-uri": len("${env://")}
"""References that may carry a default, and where in them the name begins."""
_WHOLE_ONLY_AT_MOST = 2048
"""Longer texts are prose, keys or documents: no pattern for a single value fits them."""


def references(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """Every reference in `text` as (dialect, name, start, end), from left to right."""
    if not compiled(_SIGNS).search(text):
        return ()
    lower = text.lower()
    for entry in _REFERENCES:
        match = entry.whole(text, lower)
        # `$Iuw5Mk1Fj` is a password that begins with a dollar sign.
        if match is not None and not (entry.id == "bare" and classes(text) == 3 and switches(text) >= 3):
            return ((entry.id, _name(match), 0, len(text)),)
    found: list[tuple[str, str, int, int]] = []
    starts: list[int] = []
    ends: list[int] = []
    for entry in _REFERENCES:
        if not entry.inside or not any(need in lower for need in entry.needs):
            continue
        for match in compiled(entry.inside).finditer(text):
            start, end = match.span()
            before = bisect_left(starts, end)
            if before and ends[before - 1] > start:
                continue
            # `Xy9$KLM` is a password with a dollar sign in it, not a variable.
            if entry.id in _BARE and (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                continue
            starts.insert(before, start)
            ends.insert(before, end)
            found.append((entry.id, _name(match), start, end))
    return tuple(sorted(found, key=lambda item: item[2]))


def _name(match: re.Match[str]) -> str:
    return (match.group(1) or "").strip() if match.re.groups else ""


_VARIABLES = frozenset(entry.id for entry in _REFERENCES if entry.flag)


def reference_of(text: str) -> Reference | None:
    """What `text` refers to, when it holds a reference. Callers look at what stands beside a partial one."""
    found = references(text)
    if not found:
        return None
    return Reference(found[0][0], tuple(dict.fromkeys(name for dialect, name, _, _ in found if dialect in _VARIABLES)))


def beside(text: str) -> list[tuple[int, int]]:
    """The stretches of `text` between its references."""
    return between([(start, end) for _, _, start, end in references(text)], len(text))


def between(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """What of a text of that length is left beside `spans`, which stand from left to right."""
    stretches, position = [], 0
    for start, end in spans:
        stretches.append((position, start))
        position = end
    stretches.append((position, length))
    return [(start, end) for start, end in stretches if end > start]


def of_proxy(text: str) -> list[tuple[int, int]]:
    """Where in `text` placeholders of `run --wire` stand, from left to right."""
    for mark in _PROXY_MARKS:
        if mark in text:
            break
    else:
        return []
    from unsprawl.scanner.marked import marked  # nearly no text needs it

    return marked(text)


def is_of_proxy(text: str) -> bool:
    """Whether placeholders of `run --wire` are in `text`, and nothing random beside them."""
    found = of_proxy(text)
    return bool(found) and not any(has_random_run(text[start:end]) for start, end in between(found, len(text)))


def default_of(text: str) -> tuple[int, int] | None:
    """Where the literal default of the first `${VAR:-default}` stands; None without one or when it is empty."""
    for dialect, name, start, end in references(text):
        if dialect not in _WITH_DEFAULT:
            continue
        after = start + _WITH_DEFAULT[dialect] + len(name)
        after += text[after] == ":"
        if text[after] in "-=" and end - 1 > after + 1:
            return after + 1, end - 1
    return None


def placeholder(text: str, name: str = "") -> str:
    """Why `text` is a stand-in that nobody filled in, or "". `name` is what the value is called."""
    if len(text) > _WHOLE_ONLY_AT_MOST:
        return ""
    lower = text.lower()
    if compiled(_GAPS).sub("", lower) in _WORDS:
        return "a stand-in word"
    random = has_random_run(text)
    for entry in _PLACEHOLDERS:
        if not (entry.flag and random) and entry.whole(text, lower):
            return entry.reason
    if not text.isascii() and any(stem in lower for stem in _STEMS):
        return "asks to be filled in"
    if not random and "://" not in text and compiled(_WORDY).fullmatch(text):
        own = frozenset(normalised(name).lower().split("_"))
        for spelled in (text, compiled(_HUMP).sub(r"\1 \2", text)):
            words = [word for word in compiled(_BREAK).split(spelled.lower()) if word]
            if why := _said(words, own, short=spelled is text):
                return why
    return made_up(text)


def _said(words: list[str], own: frozenset[str], *, short: bool) -> str:
    """What a value made of words says about itself. Without `short`, marks of two or three letters do not count."""
    if not words:
        return "no letters or digits"
    # Random text has `-su-` in it now and then, but also words with digits inside.
    short = short and all(word.isalpha() or (word.isdigit() and len(word) < 5) for word in words)
    if len(words) > 1 and any(word in _MARKS and (short or len(word) > 3) for word in words):
        return "asks to be filled in"
    if len(words) > 1 and words[0] in _OPENERS and not _NOUNS.isdisjoint(words[1:]):
        return "asks to be filled in"
    if all(word in _NOUNS or word in own or (word.isdigit() and len(word) < 4) for word in words):
        return "says what belongs there"
    return ""


def own_words(text: str) -> list[str]:
    """The words of `text`, lower case, that stand-ins are not made of; numbers aside."""
    words = compiled(_BREAK).split(compiled(_HUMP).sub(r"\1 \2", text).lower())
    bare = [word.strip("0123456789") for word in words]
    own = [word for word in bare if len(word) > 1 and word not in _FILLERS and word not in _WORDS]
    # `mysecretkey`: words without a break between them.
    return [word for word in own if len(compiled(_filler()).sub("", word)) > 2]


def is_stand_in(text: str) -> bool:
    """Whether `text` is made of stand-ins' words, numbers aside (`dev_key_v1`, `admin12345`), not of random letters."""
    if not text.isascii() or own_words(text):
        return False
    words = compiled(_BREAK).split(compiled(_HUMP).sub(r"\1 \2", text).lower())
    said = sum(len(bare) for word in words if (bare := word.strip("0123456789")) in _FILLERS or bare in _WORDS)
    return said >= 3 and 2 * said >= sum(map(str.isalpha, text))


@cache
def _filler() -> str:
    """A pattern for stand-ins' words within another one; short ones are in ordinary words too."""
    return "|".join(sorted((word for word in _FILLERS if len(word) > 3 or word in ("key", "api")), key=len)[::-1])


def is_rehearsed(password: str) -> bool:
    """Whether a password is a stand-in's word with a number behind it (`Password123!`)."""
    word = password.lower().rstrip("!?.#@$").rstrip("0123456789")
    return word in DEFAULT_PASSWORDS or word in _NOUNS or word in _WORDS


def is_masked(body: str) -> bool:
    """Whether the part after a vendor's prefix says itself that it stands for something (`sk-proj-your-key`)."""
    return not _MASKS.isdisjoint(compiled(_BREAK).split(body.lower())) or body.endswith("EXAMPLE")


def is_one(text: str) -> bool:
    """Whether `text` is a reference or a setting that looks like a container and must not be taken apart."""
    found = references(text)
    if found:
        return len(found) == 1 and found[0][2:] == (0, len(text))
    lower = text.lower() if len(text) <= _WHOLE_ONLY_AT_MOST else ""
    return any(entry.whole(text, lower) for entry in _WHOLE if lower)


def shape(text: str) -> tuple[str, bool] | None:
    """Which plain setting or identifier `text` is, and whether a vendor's format under its name beats that."""
    if len(text) > _WHOLE_ONLY_AT_MOST and not text.startswith("-----BEGIN"):
        return None
    lower = text.lower()
    for entry in _SHAPES:
        if entry.whole(text, lower):
            return entry.reason, entry.flag
    return None
