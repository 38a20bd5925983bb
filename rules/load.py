"""The bundled provider rules as typed records, with the look-ups that judging needs. Patterns compile at first use."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from unsprawl.rules import bundle
from unsprawl.scanner.checksums import Checksum

BOUNDARY = "A-Za-z0-9_-"
"""Characters that may not touch a match in longer text, where a format names no others."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once: most runs need a handful of the hundreds."""
    return re.compile(pattern)


@cache
def touching(characters: str) -> re.Pattern[str]:
    """One boundary character."""
    return re.compile(f"[{characters}]")


class Format(NamedTuple):
    """One shape of a credential. See rules/provider.schema.json for the meaning of each field."""

    pattern: str
    self_identifying: bool
    keywords: tuple[str, ...]
    shortest: int
    longest: int
    """0: no limit."""
    boundary: str
    mixed: bool
    identifier: bool
    checksum: Checksum | None

    def fits(self, text: str) -> bool:
        """Whether all of `text` has this shape."""
        length = len(text)
        if length < self.shortest or (self.longest and length > self.longest):
            return False
        return compiled(self.pattern).fullmatch(text) is not None


class Rule(NamedTuple):
    """One kind of credential."""

    id: str
    name: str
    provider: str | None
    severity: str
    formats: tuple[Format, ...]
    uri_schemes: tuple[str, ...]
    env_names: tuple[str, ...]
    headers: tuple[str, ...]
    """Lower case."""
    hosts: tuple[str, ...]
    packages: tuple[str, ...]
    rotate_url: str
    not_secret: tuple[str, ...]
    secret_claims: tuple[tuple[str, str], ...]
    public_claims: tuple[tuple[str, str], ...]

    @property
    def one(self) -> str:
        """The name with its article."""
        return f"{'an' if self.name[0] in 'AEIOaeio' else 'a'} {self.name}"


class Rules(NamedTuple):
    """All rules and the ways to reach one."""

    by_id: dict[str, Rule]
    by_keyword: tuple[tuple[str, tuple[tuple[Rule, Format], ...]], ...]
    """Self-identifying formats behind a text that is in each of their matches; longer texts first."""
    by_env: dict[str, tuple[Rule, ...]]
    by_header: dict[str, tuple[Rule, ...]]
    by_host: dict[str, tuple[Rule, ...]]
    by_package: tuple[tuple[str, Rule], ...]
    by_scheme: dict[str, Rule]
    by_claim: tuple[Rule, ...]


@cache
def load() -> Rules:
    """The rules of this release."""
    by_id: dict[str, Rule] = {}
    keywords: dict[str, list[tuple[Rule, Format]]] = {}
    env: dict[str, list[Rule]] = {}
    headers: dict[str, list[Rule]] = {}
    hosts: dict[str, list[Rule]] = {}
    packages: list[tuple[str, Rule]] = []
    schemes: dict[str, Rule] = {}
    for raw in bundle.RULES:
        rule = _rule(raw)
        by_id[rule.id] = rule
        for format_ in rule.formats:
            for keyword in format_.keywords:
                keywords.setdefault(keyword, []).append((rule, format_))
        for index, names in ((env, rule.env_names), (headers, rule.headers), (hosts, rule.hosts)):
            for name in names:
                index.setdefault(name, []).append(rule)
        packages += ((fragment, rule) for fragment in rule.packages)
        schemes |= dict.fromkeys(rule.uri_schemes, rule)
    return Rules(
        by_id,
        tuple((keyword, tuple(keywords[keyword])) for keyword in sorted(keywords, key=lambda text: (-len(text), text))),
        {name: tuple(rules) for name, rules in env.items()},
        {name: tuple(rules) for name, rules in headers.items()},
        {name: tuple(rules) for name, rules in hosts.items()},
        tuple(packages),
        schemes,
        tuple(rule for rule in by_id.values() if rule.secret_claims),
    )


def _rule(raw: bundle.RawRule) -> Rule:
    formats = tuple(Format._make((*shape[:-1], Checksum._make(shape[-1]) if shape[-1] else None)) for shape in raw[4])
    return Rule._make((*raw[:4], formats, *raw[5:]))
