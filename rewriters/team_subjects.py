"""What of a repository a team's policy has to speak of: its providers and servers, and where their keys could go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.planner import ABLE, AUTO, Machine, plan_entry, situations
from unsprawl.rewriters.policy_draft import ENTRIES, PROVIDERS, Subject
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.approach import Approach
from unsprawl.scanner.approach_scores import becomes
from unsprawl.scanner.approach_tree import WORDS
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.policy import Demands, violated, violation
from unsprawl.scanner.policy_parts import providers
from unsprawl.scanner.policy_team import STANDS
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.facts import facts_of
from unsprawl.scanner.remotes.match import matches
from unsprawl.scanner.remotes.whose import whose

_LOGIN = (4, 3, 2)
"""The ranks that a login may have, which only a probe can tell."""


class Instance(NamedTuple):
    """A provider or a server, with the entries that are configured for it."""

    subject: Subject
    entries: tuple[ExaminedEntry, ...]


class Offer(NamedTuple):
    """One target that an instance could have."""

    target: str
    says: str
    """What that is; "" where it is done already."""
    against: str
    """How it would break the policy, or ""."""


class Offers(NamedTuple):
    """Where the keys of an instance could go."""

    best: str
    """The target that is recommended; "" where there is none."""
    possible: tuple[Offer, ...]
    why_not: str
    """Why nothing is possible, or ""."""


def instances(files: Iterable[Examined], tellable: Callable[[str], bool]) -> tuple[list[Instance], list[ExaminedEntry]]:
    """The providers and servers with a key, in order, and entries that no policy can name.

    `tellable`: whether a name may be written into a file that everybody gets.
    """
    found: dict[tuple[str, str], Instance] = {}
    nameless: list[ExaminedEntry] = []
    for entry in (each for examined in files if _counts(examined) for each in examined.entries):
        if not entry.findings and STANDS.keys().isdisjoint(entry.approach.marks):
            continue
        subject = _subject(entry)
        if subject.kind == ENTRIES and not tellable(subject.name):
            nameless.append(entry)
            continue
        before = found.get(subject.key, Instance(subject, ()))
        found[subject.key] = before._replace(entries=(*before.entries, entry))
    return list(found.values()), nameless


def _counts(examined: Examined) -> bool:
    """Whether others get the file with the repository, and a host reads it."""
    return examined.file.shared and not examined.file.copy


def _subject(entry: ExaminedEntry) -> Subject:
    """The provider, where there is just one; else the entry by its name."""
    named = {finding.literal.provider or "" for finding in entry.findings}
    if not entry.findings:
        named = {match.service.name for match in matches(facts_of(entry)) if match.by != "variable"}
    name = next(iter(named)) if len(named) == 1 else ""
    if name and name.casefold() in providers():
        return Subject(PROVIDERS, name)
    return Subject(ENTRIES, entry.entry.name)


def offers(
    found: Sequence[Instance], files: Iterable[Examined], machine: Machine, demands: Demands
) -> Mapping[tuple[str, str], Offers]:
    """By `Subject.key`. `demands`: of policies that hold, without the targets that are asked for."""
    of = {
        (each.entry.path, each.entry.key_path): instance.subject.key for instance in found for each in instance.entries
    }
    planned: dict[tuple[str, str], list[Situation]] = {}
    for situation in situations(files, machine, demands=lambda path: demands):
        entry = situation.found.entry
        if (entry.path, entry.key_path) in of:
            planned.setdefault(of[entry.path, entry.key_path], []).append(situation)
    return {
        instance.subject.key: _offers(planned.get(instance.subject.key, []), instance, demands) for instance in found
    }


def _offers(literal: Sequence[Situation], instance: Instance, demands: Demands) -> Offers:
    if not literal:
        return _as_it_is(instance.entries, demands)
    possible = []
    refused: list[Refusal] = []
    for target in ABLE:
        answers = [_answer(situation, target) for situation in literal]
        steps = [answer for answer in answers if isinstance(answer, EntryStep)]
        # A target for some of them would be none for the others.
        if len(steps) == len(answers) and all(step.target == target for step in steps):
            against = next(filter(None, (_against(target, each.found, demands) for each in literal)), "")
            possible.append(Offer(target, WORDS.get(target, steps[0].summary), against))
        refused += [answer for answer in answers if isinstance(answer, Refusal)]
    fitting = [offer.target for offer in possible if not offer.against]
    usual = [answer.target for each in literal if isinstance(answer := _answer(each, AUTO), EntryStep)]
    best = next((target for target in (*usual, *fitting) if target in fitting), "")
    return Offers(best, tuple(possible), "" if possible else next((each.reason for each in refused), ""))


def _as_it_is(entries: Iterable[ExaminedEntry], demands: Demands) -> Offers:
    """Of entries whose keys are elsewhere already: where they are."""
    now = {
        target: each
        for each in entries
        for mark in each.approach.marks
        for target in STANDS.get(mark, ())[:1]
        if not any(demands.refused([target], each.entry.name, whose(each)))
    }
    possible = tuple(Offer(target, "", _broken(each.approach, demands)) for target, each in now.items())
    fitting = [offer.target for offer in possible if not offer.against]
    return Offers(fitting[0] if len(now) == 1 and fitting else "", possible, "")


def _answer(situation: Situation, target: str) -> EntryStep | Refusal:
    with situation.names.tentative():
        return plan_entry(situation, target)


def _against(target: str, found: ExaminedEntry, demands: Demands) -> str:
    """How an entry would break the policy after the move, or ""."""
    after = becomes(target)
    rank = after.rank if after is not None and after.rank is not None else found.approach.rank
    marks = (after.mark,) if after is not None and after.mark else ()
    login = after is None
    return _broken(found.approach._replace(rank=None if login else rank, candidates=_LOGIN, marks=marks), demands)


def _broken(approach: Approach, demands: Demands) -> str:
    strictest = violated(approach, demands.floors)
    return violation(approach, strictest[1]) if strictest is not None else ""
