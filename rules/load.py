"""The bundled provider rules and the look-ups that judging needs. Rules become records, and patterns compile, at first
use: the commit hook starts over and over, and most of its runs need neither."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from unsprawl.rules.index import Keyword, RawRule
    from unsprawl.rules.rule import Far, Format, Rule


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once: most runs need a handful of the hundreds."""
    return re.compile(pattern)


@cache
def touching(characters: str) -> re.Pattern[str]:
    """One boundary character."""
    return re.compile(f"[{characters}]")


_SHORT = 256
"""Longer texts have words that come again."""


class Rules:
    """All rules and the ways to reach one. A rule becomes a record when it is first touched: most runs touch none."""

    _anchors: dict[str, tuple[Keyword, ...]]
    _short: tuple[Keyword, ...]
    _env: dict[str, tuple[int, ...]]
    _headers: dict[str, tuple[int, ...]]

    def __init__(self, near: tuple[Any, ...], far: Callable[[], Far]) -> None:
        """`near` is what `index.index` made of the rules that `far` gives."""
        self._anchors, self._short, self._env, self._headers = near
        self._load = far
        self._made: dict[int, Rule] = {}

    @cached_property
    def _far(self) -> Far:
        return self._load()

    def __iter__(self) -> Iterator[Rule]:
        return map(self._rule, range(len(self._far.rules)))

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rule(self._far.ids[rule_id])

    def get(self, rule_id: str) -> Rule | None:
        """The rule of that id, if there is one."""
        number = self._far.ids.get(rule_id)
        return None if number is None else self._rule(number)

    def keywords(self, text: str) -> list[tuple[str, tuple[tuple[Rule, Format], ...]]]:
        """The keywords in `text`, longer ones first, each with the self-identifying formats behind it. Those of which
        no format is as short as `text` are left out."""
        length = len(text)
        found = [(keyword, places) for keyword, shortest, places in self._held(text) if shortest <= length]
        found.sort(key=lambda entry: (-len(entry[0]), entry[0]))
        return [(keyword, tuple(self._format(*place) for place in places)) for keyword, places in found]

    def begun(self, text: str) -> list[tuple[str, Rule]]:
        """The keywords that `text` begins with although it is too short for each of their formats, longer ones first,
        each with the first of their rules."""
        found = [entry for entry in self._held(text) if len(text) < entry[1] and text.startswith(entry[0])]
        found.sort(key=lambda entry: (-len(entry[0]), entry[0]))
        return [(keyword, self._rule(places[0][0])) for keyword, _, places in found]

    def held(self, text: str) -> list[tuple[str, int]]:
        """The keywords in `text`, each with the length of the shortest text that has one of its formats. Makes no
        records of rules."""
        return [(keyword, shortest) for keyword, shortest, _ in self._held(text)]

    def _held(self, text: str) -> list[Keyword]:
        anchors = self._anchors
        # Most of a long text is words that it has already; no anchor has a blank in it.
        words = text if len(text) <= _SHORT else " ".join(set(text.split()))
        # All its threes are made without a loop of ours.
        leads = anchors.keys() & set(map("".join, zip(words, words[1:], words[2:], strict=False)))
        found = [entry for three in leads for entry in anchors[three] if entry[0] in text]
        found += [entry for entry in self._short if entry[0] in text]
        return found

    def of_env(self, name: str) -> tuple[Rule, ...]:
        """The rules that list this variable, spelled as in the rule files."""
        return self._rules(self._env.get(name))

    def of_header(self, name: str) -> tuple[Rule, ...]:
        """The rules that list this header; lower case."""
        return self._rules(self._headers.get(name))

    def of_host(self, host: str) -> tuple[Rule, ...]:
        """The rules that list this host, or as `*.` a domain that it is in."""
        return tuple(rule for name in host_patterns(host) for rule in self._rules(self._far.hosts.get(name)))

    def of_package(self, package: str) -> tuple[Rule, ...]:
        """The rules of which a fragment stands in `package`: `mcp/line` does in `mcp/line:1.0`, not in `mcp/linear`."""
        lower = package.lower()
        found = (each for part, each in self._far.packages.items() if part in lower and _stands(part, lower))
        return self._rules(tuple(dict.fromkeys(number for numbers in found for number in numbers)))

    def of_scheme(self, scheme: str) -> Rule | None:
        """The rule for passwords in URIs of this scheme."""
        number = self._far.schemes.get(scheme)
        return None if number is None else self._rule(number)

    def by_claim(self) -> tuple[Rule, ...]:
        """The rules that know a token by its claims."""
        return self._rules(self._far.claims)

    def brand(self, word: str) -> str:
        """The vendor whose name is `word`, in capitals and without blanks, or ""."""
        return self._far.brands.get(word, "")

    def is_public(self, name: str) -> bool:
        """Whether a vendor says of this variable that its value may be published."""
        return name in self._far.public

    def _rules(self, numbers: tuple[int, ...] | None) -> tuple[Rule, ...]:
        return tuple(map(self._rule, numbers)) if numbers else ()

    def _rule(self, number: int) -> Rule:
        rule = self._made.get(number)
        if rule is None:
            from unsprawl.rules.rule import record

            rule = self._made[number] = record(self._far.rules[number])
        return rule

    def _format(self, number: int, place: int) -> tuple[Rule, Format]:
        rule = self._rule(number)
        return rule, rule.formats[place]


def host_patterns(host: str) -> list[str]:
    """How rules may list `host`: `a.b.example`, `*.b.example`, `*.example`."""
    labels = host.split(".")
    return [host, *(f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels)))]


def _stands(part: str, text: str) -> bool:
    """Whether `part` begins and ends in `text` where its words do."""
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        before = part[0].isalnum() and text[start - 1 : start].isalnum()
        if not before and not (part[-1].isalnum() and text[end : end + 1].isalnum()):
            return True
        start = text.find(part, start + 1)
    return False


@cache
def load() -> Rules:
    """The rules of this release, and behind them those of the user's own."""
    return made_of((*_bundled().rules, *_own)) if _own else Rules(_near(), _bundled)


@cache
def layers() -> tuple[Rules, ...]:
    """The bundled rules, then the user's own: what the first know, the second cannot take over."""
    return (Rules(_near(), _bundled), made_of(tuple(_own))) if _own else (load(),)


_own: list[RawRule] = []


def extend(raws: Sequence[RawRule]) -> None:
    """Add rules of the user's own, for all that is judged from now on. Call it before anything is judged."""
    _own.extend(raws)
    load.cache_clear()
    layers.cache_clear()


def made_of(raws: Sequence[RawRule]) -> Rules:
    """Rules from elsewhere, indexed now."""
    from unsprawl.rules.index import index
    from unsprawl.rules.rule import Far

    near, far = index(raws)
    return Rules(near, lambda: Far._make((*far, tuple(raws))))


def _near() -> tuple[Any, ...]:
    from unsprawl.rules.bundle import INDEX  # `compiled` alone needs none of it

    return INDEX


def _bundled() -> Far:
    from unsprawl.rules import bundle_providers  # only when a rule is touched: unmarshalling hundreds takes time
    from unsprawl.rules.rule import Far

    return Far._make((*bundle_providers.INDEX, bundle_providers.RULES))
