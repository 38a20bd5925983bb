"""Whether a condition of the catalogue holds for an entry."""

from __future__ import annotations

from unsprawl.scanner.parts import host_of
from unsprawl.scanner.remotes.catalogue import Condition, inside
from unsprawl.scanner.remotes.facts import Facts, is_named_elsewhere, is_on


def holds(condition: Condition, facts: Facts) -> bool | None:
    """Whether it does; None where that depends on the value of a variable that is not known here.

    `prefixes` look at every value of the entry, `rules` at what was found in it. Everything else looks at the values of
    `variables` and `flags`: whether one is among `values`, names a host `inside` or `outside` of these domains, does
    not begin with one of `unless_prefixes`; without any of them, whether one is there and not switched off.
    """
    if condition.rules:
        return not facts.rules.isdisjoint(condition.rules)
    if condition.prefixes:
        return any(text.removeprefix("Bearer ").startswith(condition.prefixes) for text in facts.texts)
    values = [*facts.of_variables(condition.variables), *facts.of_flags(condition.flags)]
    compares = condition.values or condition.inside or condition.outside or condition.unless_prefixes
    answers = [None if compares and is_named_elsewhere(text) else _is(condition, text) for text in values]
    if any(answers):
        return True
    return None if None in answers else False


def _is(condition: Condition, text: str) -> bool:
    if condition.values:
        return text.strip().lower() in condition.values
    if condition.inside:
        return inside(host_in(text), condition.inside)
    if condition.outside:
        return not inside(host_in(text), condition.outside)
    if condition.unless_prefixes:
        return not text.startswith(condition.unless_prefixes)
    return is_on(text)


_LONGEST = 2048
"""No host is behind more than that."""


def host_in(text: str) -> str:
    """The host of an address, or the text itself where it is a bare host; lower case."""
    text = text[:_LONGEST].strip()
    found = host_of(text) if "://" in text else host_of(f"https://{text}")
    return found.lower().rstrip(".")
