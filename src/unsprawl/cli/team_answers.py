"""The answers of `team init`: what the policy says already, then the options, then what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from unsprawl.cli.team_floors import FLOORS
from unsprawl.cli.team_found import Seen
from unsprawl.cli.team_options import NONE, subject_of, with_said
from unsprawl.cli.team_questions import Questions
from unsprawl.rewriters.policy_draft import Answers, Subject, answers_of
from unsprawl.rewriters.team_subjects import Offers
from unsprawl.scanner.people import MANY

_T = TypeVar("_T")


class Said(NamedTuple):
    """The options, as they were typed."""

    name: str | None
    members: tuple[str, ...]
    hosts: tuple[str, ...]
    lowest: int | None
    accept: tuple[str, ...]
    people: tuple[tuple[str, int], ...]
    """With the name of a provider or an entry; "" for all."""
    moves: tuple[tuple[str, str], ...]


def begun(said: Said, seen: Seen) -> Answers:
    """What is said before anybody was asked; where nothing is, what is usual. Raises UsageError for a name that nothing
    has."""
    there = seen.place.policy
    before = answers_of(there) if there is not None else Answers()
    known = _known(before, seen)
    usual = next((count for name, count in reversed(said.people) if not name), before.usual)
    people = ((_subject(name, known, seen, "--people"), count) for name, count in said.people if name)
    moves = ((_subject(name, known, seen, "--move"), target) for name, target in said.moves)
    floor = FLOORS[0]
    lowest, accept = (before.lowest, before.accept) if before.lowest else (floor.lowest, floor.accept)
    if said.lowest is not None:
        lowest, accept = said.lowest, said.accept
    return Answers(
        said.name or before.name,
        said.members or before.members,
        said.hosts or before.hosts or (() if there is not None and there.hosts is not None else seen.likely),
        usual or (MANY if seen.found else 0),
        with_said(_spelled(before.people, known), people),
        lowest,
        accept,
        with_said(_spelled(before.move, known), moves),
    )


def asked(questions: Questions, answers: Answers, seen: Seen, team: str) -> Answers:
    """The same after every question. `team`: what the team may be called."""
    there = seen.place.policy
    answers = answers._replace(
        name=questions.name(answers.name or team),
        members=questions.members(answers.members),
        hosts=questions.hosts(seen.hosts, answers.hosts),
    )
    now = (answers.lowest, answers.accept) if there is not None and there.floor is not None else None
    lowest, accept = questions.floor(now)
    answers = answers._replace(lowest=lowest, accept=accept)
    if not seen.found:
        return answers
    usual, people = questions.people(seen.found, answers.usual, answers.people)
    answers = answers._replace(usual=usual, people=people)
    said = {subject.key: target for subject, target in answers.move if target != NONE}
    offers = seen.offers(answers)
    moves = questions.move(seen.found, offers, said)
    found = {instance.subject.key for instance in seen.found}
    elsewhere = tuple(each for each in answers.move if each[0].key not in found)
    return answers._replace(move=(*elsewhere, *moves))


def recommended(answers: Answers, seen: Seen, refused: frozenset[tuple[str, str]]) -> Answers:
    """The same with what is recommended for each provider or server of which nothing is said. `refused`: those of which
    nothing shall be."""
    said = {subject.key for subject, _ in answers.move}
    offers = seen.offers(answers)
    more = [
        (instance.subject, best)
        for instance in seen.found
        if instance.subject.key not in said | refused and (best := offers[instance.subject.key].best)
    ]
    return answers._replace(move=(*answers.move, *more))


def broken(answers: Answers, offers: Mapping[tuple[str, str], Offers]) -> list[tuple[Subject, str, str]]:
    """Targets that the same policy would not let stand, each with why: its approach, or that nothing can take it."""
    found = []
    for subject, target in answers.move:
        if subject.key not in offers:
            continue  # it is configured elsewhere
        offer = next((each for each in offers[subject.key].possible if each.target == target), None)
        why = "it cannot go there as it is now" if offer is None else offer.against
        if why:
            found.append((subject, target, why))
    return found


def _known(before: Answers, seen: Seen) -> list[Subject]:
    """Those found in the folder, spelled as there; then those that the policy has."""
    return [
        *(instance.subject for instance in seen.found),
        *(subject for subject, _ in before.people),
        *(subject for subject, _ in before.move),
    ]


def _subject(name: str, known: list[Subject], seen: Seen, option: str) -> Subject:
    return subject_of(name, reversed(known), seen.entries, option)


def _spelled(said: Iterable[tuple[Subject, _T]], known: Iterable[Subject]) -> list[tuple[Subject, _T]]:
    """With the names as they are spelled in the folder: a policy is read without regard to case."""
    names = {subject.key: subject for subject in reversed([*known])}
    return [(names[subject.key], value) for subject, value in said]
