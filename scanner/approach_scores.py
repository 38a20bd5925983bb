"""What an approach is worth on the seven criteria, from rules/approaches.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from unsprawl.scanner.record import NamedTuple

GRADES = ("poor", "fair", "good")
"""From worst to best; "none" where the question does not arise."""


class Criterion(NamedTuple):
    """One of the seven."""

    id: str
    name: str
    short: str
    """The head of a column."""
    asks: str


class Score(NamedTuple):
    """What an approach is worth on one criterion."""

    criterion: Criterion
    grade: str
    says: str


class Becomes(NamedTuple):
    """What an entry is after a move: a rank, None where it keeps its own, and a mark or ""."""

    rank: int | None
    mark: str


@cache
def _table() -> dict[str, Any]:
    from unsprawl.rules.bundle_approaches import APPROACHES  # for `explain` and the docs alone

    return APPROACHES


@cache
def criteria() -> tuple[Criterion, ...]:
    """The seven, in order."""
    return tuple(Criterion(raw["id"], raw["name"], raw["short"], raw["asks"]) for raw in _table()["criteria"])


def scores(rank: int, marks: Iterable[str] = (), broker: str = "") -> tuple[Score, ...]:
    """The approach of that rank on every criterion. Marks such as `vaulted` change some, and so does the id of a broker
    of others."""
    said = dict(_row(rank)["scores"])
    for mark in marks:
        differs = _table()["marks"].get(mark)
        if differs is not None and rank in differs["ranks"]:
            said |= differs["scores"]
    said |= _of_broker(broker)
    return tuple(Score(each, said[each.id]["grade"], said[each.id]["says"]) for each in criteria())


def _of_broker(broker: str) -> dict[str, Any]:
    from unsprawl.rules.bundle_brokers import BROKERS

    return next((record.get("differs", {}) for record in BROKERS if broker and record["id"] == broker), {})


def right_when(rank: int) -> tuple[str, str]:
    """When an approach is the right one, and when it is wrong."""
    row = _row(rank)
    return row["right_when"], row["wrong_when"]


def becomes(target: str) -> Becomes | None:
    """What an entry is after a move to a target; None for a target that changes the approach in no known way."""
    raw = _table()["targets"].get(target)
    return None if raw is None else Becomes(raw.get("rank"), raw.get("mark", ""))


def question(id_: str) -> str:
    """The words of a question of the decision tree: Q1, Q2, Q3, or policy."""
    said: str = _table()["questions"][id_]
    return said


def changes(before: Iterable[Score], after: Iterable[Score]) -> tuple[tuple[Score, Score], ...]:
    """The criteria on which one of two approaches is better."""
    return tuple((one, other) for one, other in zip(before, after, strict=True) if one.grade != other.grade)


def _row(rank: int) -> dict[str, Any]:
    return next(row for row in _table()["approaches"] if row["rank"] == rank)
