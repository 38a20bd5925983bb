"""Formats that name their vendor: a value, or a stretch of a longer text, that is a known kind of credential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from unsprawl.rules.load import compiled, layers, load, touching
from unsprawl.scanner.checksums import holds
from unsprawl.scanner.generic import is_wordy
from unsprawl.scanner.placeholders import OF_PROXY, is_masked, is_of_proxy
from unsprawl.scanner.randomness import case_switches, longest_run, made_up
from unsprawl.scanner.record import NamedTuple

if TYPE_CHECKING:
    from unsprawl.rules.rule import Format, Rule


class Hit(NamedTuple):
    """text[start:end] has the format of `rule`. `stand_in` says why it is no real one all the same, or ""."""

    rule: Rule
    format: Format
    start: int
    end: int
    stand_in: str

    def covers(self, text: str) -> bool:
        """Whether all of `text`, in which it was found, has the format."""
        return self.start == 0 and self.end == len(text)


def find(text: str, *, joined: bool = False) -> Hit | None:
    """The best hit: a format that fits the whole text, else the first one within it; real ones before stand-ins.

    `joined`: also one that is tied to a word by a dash or the like, which speaks against a key where keys belong.
    """
    fallback = None
    for rules in layers():
        present = [formats for _, formats in rules.keywords(text)]
        for hit in _hits(text, present, joined) if present else ():
            if not hit.stand_in:
                return hit
            fallback = fallback or hit
    return fallback


def _hits(text: str, present: list[tuple[tuple[Rule, Format], ...]], joined: bool) -> Iterator[Hit]:
    whole = False
    for formats in present:
        for rule, format_ in formats:
            if format_.fits(text) and mixes(format_, text):
                whole = True
                yield Hit(rule, format_, 0, len(text), _stand_in(rule, format_, text))
    if whole:
        return
    for formats in present:
        for rule, format_ in formats:
            if len(text) <= format_.shortest:
                continue
            for match in compiled(format_.pattern).finditer(text):
                start, end = match.span()
                edge = touching("A-Za-z0-9" if joined else format_.boundary)
                if edge.match(text[start - 1 : start]) or edge.match(text[end : end + 1]):
                    continue
                if mixes(format_, match.group()):
                    yield Hit(rule, format_, start, end, _stand_in(rule, format_, match.group()))


def mixes(format_: Format, value: str) -> bool:
    """Whether `value` is as mixed as its format asks: words joined to a short prefix fit many a format, but a random
    body has digits in it."""
    if not format_.mixed:
        return True
    prefix = max((len(keyword) for keyword in format_.keywords if value.startswith(keyword)), default=0)
    body = value[prefix:]
    return any(map(str.isdigit, body)) or (case_switches(body) >= 0.2 * len(body) and not is_wordy(body))


def _stand_in(rule: Rule, format_: Format, value: str) -> str:
    prefix = max((len(keyword) for keyword in format_.keywords if value.startswith(keyword)), default=0)
    body = value[prefix:]
    if is_of_proxy(value) or is_of_proxy(body):
        return OF_PROXY
    if any(compiled(pattern).fullmatch(value) for pattern in rule.not_secret):
        return "a documented sample"
    # A random body holds a short run now and then: believe it only when it covers a quarter.
    if len(body) < 400 and (longest_run(body) * 4 >= len(body) or made_up(body)):
        return f"has the format of {rule.one} and is made up"
    if format_.checksum is not None and not holds(format_.checksum, value):
        return f"has the format of {rule.one} and fails its checksum"
    if prefix and "://" not in value and len(body) < 400 and is_masked(body):
        return f"has the format of {rule.one} and is made up"
    return ""


def too_short(text: str) -> Rule | None:
    """The rule whose fixed prefix `text` starts with although it is too short to be one: cut, masked or made up."""
    for keyword, rule in load().begun(text):
        if len(keyword) >= 4 and not keyword.isalpha() and keyword != "secret_":
            return rule
    return None
