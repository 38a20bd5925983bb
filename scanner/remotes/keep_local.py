"""What keeps an entry on its local server, whatever the vendor offers: rules/keep_local.yaml and the service's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import Carry, Endpoint, Service
from unsprawl.scanner.remotes.conditions import holds, host_in
from unsprawl.scanner.remotes.facts import Facts, is_named_elsewhere, is_on

_LONGEST_ADDRESS = 300
_UNSEEN = "; its value is not in the file"


class Blocker(NamedTuple):
    """One thing that says no. `firm`: nobody can wish it away; otherwise a person may decide otherwise."""

    kind: str
    says: str
    because: str
    """The name of the variable, flag or file that tells, or "". Foreign text."""
    firm: bool


@cache
def general() -> dict[str, Any]:
    """rules/keep_local.yaml."""
    from unsprawl.rules.bundle_remotes import KEEP_LOCAL

    return KEEP_LOCAL


def blocker(kind: str, because: str = "", more: str = "") -> Blocker:
    """A blocker as the rules word it."""
    said = general()["kinds"][kind]
    return Blocker(kind, said["says"] + more, because, said["firm"])


def blockers(service: Service, facts: Facts) -> tuple[Blocker, ...]:
    """All that keeps this entry local, each kind once."""
    found: dict[str, Blocker] = {}
    limits = (*_of_bots(facts), *_of_limits(service.carry, service.endpoints, facts))
    for each in (*_own(service, facts), *_of_files(facts), *_of_bases(service, facts), *limits):
        found.setdefault(each.kind, each)
    return tuple(found.values())


def blockers_anywhere(facts: Facts) -> tuple[Blocker, ...]:
    """What keeps an entry local though a person says where it could log in, at a server of which nothing is known:
    nobody to sign in, limits that would be lost.
    """
    found: dict[str, Blocker] = {}
    for each in (*_of_ci(facts), *_of_bots(facts), *_of_limits((), (), facts)):
        found.setdefault(each.kind, each)
    return tuple(found.values())


def _own(service: Service, facts: Facts) -> Iterator[Blocker]:
    for condition in service.keep_local_when:
        answer = holds(condition, facts)
        if answer is not False:
            names = [name for name in condition.variables if facts.of_variables([name])]
            names += [flag for flag in condition.flags if facts.of_flags([flag])]
            yield blocker(condition.kind, names[0] if names else "", _UNSEEN if answer is None else "")


def _of_ci(facts: Facts) -> Iterator[Blocker]:
    for part in general()["ci"]:
        if part in facts.path or (not part.endswith("/") and facts.path.endswith(part)):
            yield blocker("ci", part.strip("/"))


def _of_files(facts: Facts) -> Iterator[Blocker]:
    yield from _of_ci(facts)
    if facts.referenced and not facts.literals:
        yield blocker("referenced")


def _of_bases(service: Service, facts: Facts) -> Iterator[Blocker]:
    """Servers of the user's own, of which the catalogue need not know the variable."""
    table = general()["bases"]
    for name, text in _ending(facts, table["endings"], table["flags"], table["others"]):
        if name in service.variables:
            continue
        if is_named_elsewhere(text):
            yield blocker("self-hosted", name, _UNSEEN)
        elif _is_host_like(text) and not service.owns(host_in(text)):
            yield blocker("self-hosted", name)


def _of_bots(facts: Facts) -> Iterator[Blocker]:
    for name, text in facts.variables:
        if text and any(word in name.upper() for word in general()["bots"]):
            yield blocker("bot", name)


def _of_limits(carried_by: Sequence[Carry], endpoints: Sequence[Endpoint], facts: Facts) -> Iterator[Blocker]:
    carried = {name for carry in carried_by for name in (*carry.flags, *carry.variables)}
    chosen = {name for each in endpoints for where in each.where for name in (*where.variables, *where.flags)}
    table = general()["sandboxes"]
    for name, text in _ending(facts, table["endings"], table["flags"], table["others"]):
        if name not in chosen and text.strip().lower() in table["values"]:
            yield blocker("sandbox", name)
    for name, text in facts.variables:
        if name in table["switches"] and is_on(text):
            yield blocker("sandbox", name)
    for kind, key in (("read-only", "read_only"), ("narrowed", "filters")):
        table = general()[key]
        flags = [(flag, text) for flag in table["flags"] for text in facts.of_flags([flag])]
        named = [(name, text) for name, text in facts.variables if _ends(name, table["names"])]
        for name, text in (*flags, *named):
            if name not in carried and is_on(text) and text.strip().lower() not in table.get("everything", ()):
                yield blocker(kind, name)


def regions(facts: Facts) -> frozenset[str]:
    """The regions that the entry names."""
    table = general()["regions"]
    found = _ending(facts, table["endings"], table["flags"], ())
    words = {word for _, text in found for word in re.split(r"[^a-z0-9]+", text.lower()[:500])}
    return frozenset(words.intersection(table["known"]))


def region_of(service: Service, facts: Facts) -> str | Blocker:
    """The region whose address it must be, "" for the usual one, or why there is none."""
    offered = {each.region: each for each in service.endpoints if each.region}
    named = regions(facts)
    if not offered or not named:
        return ""
    fitting = [region for region in sorted(named) if region in offered or f"{region}1" in offered]
    return fitting[0] if len(fitting) == 1 else blocker("region")


def is_for(endpoint: Endpoint, region: str) -> bool:
    """Whether an endpoint is that region's."""
    return endpoint.region in ((region, f"{region}1") if region else ("",))


def _ending(
    facts: Facts, endings: Sequence[str], flags: Sequence[str], others: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Variables whose last word is one of `endings`, and these flags, each with its value."""
    for name, text in facts.variables:
        if text and name not in others and _ends(name, endings):
            yield name, text
    for flag in flags:
        for text in facts.of_flags([flag]):
            yield flag, text


def _is_host_like(text: str) -> bool:
    """Whether a value may be a host or an address, and not a word, a sentence or a document."""
    text = text.strip()
    dotted = text == "localhost" or "." in text or ":" in text
    return dotted and len(text) <= _LONGEST_ADDRESS and not any(map(str.isspace, text))


def _ends(name: str, endings: Sequence[str]) -> bool:
    """Whether a variable is so called, or its last words are."""
    upper = name.upper().replace("-", "_")
    return any(upper == ending or upper.endswith(f"_{ending}") for ending in endings)
