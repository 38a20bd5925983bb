"""What documents show as a value although nobody uses it: samples are the rule there, and secrets the exception."""

from __future__ import annotations

import re
from urllib.parse import unquote

from unsprawl.rules.bundle import DOCUMENTS
from unsprawl.rules.load import load
from unsprawl.scanner.generic import is_wordy
from unsprawl.scanner.model import Context, Literal, SlotKind
from unsprawl.scanner.randomness import has_random_run, looks_random

_SAMPLES = DOCUMENTS["samples"]
_LEET = str.maketrans("@40135$7", "aaoiesst")
_WORDS: tuple[str, ...] = tuple(_SAMPLES["words"])
_RANDOM_FROM = 20
_LOOPBACK = re.compile(r"(?:localhost|127\.|0\.0\.0\.0|\[?::1)")
_PUBLIC = {
    item["rule"]: (re.compile("|".join(map(re.escape, item["words"]))), item["within"]) for item in _SAMPLES["public"]
}


def is_sample(value: str, literal: Literal, context: Context) -> bool:
    """Whether a value that only its name or its place makes a credential says itself that it is for show."""
    if not _by_surroundings(literal.rule):
        return False
    value = unquote(value) if "%" in value else value
    if (context.kind is SlotKind.URL_PATH and not has_random_run(value)) or _LOOPBACK.match(context.host):
        return True  # what a program made up for one run on this machine
    if len(value) >= _RANDOM_FROM and looks_random(value) and not is_wordy(value):
        return False
    lower = value.lower()
    return any(word in lower or word in lower.translate(_LEET) for word in _WORDS)


def _by_surroundings(rule_id: str) -> bool:
    """Whether a rule goes by names and places alone, not by a format of the value."""
    rule = load().get(rule_id)
    return rule is None or not rule.formats or rule_id.startswith("uri-")


def is_public_here(text: str, start: int, end: int, literal: Literal) -> bool:
    """Whether the words around text[start:end] make a key of two uses one that a web page shows anyway."""
    found = _PUBLIC.get(literal.rule)
    if found is None:
        return False
    pattern, within = found
    return pattern.search(text, max(0, start - within), end + within) is not None
