"""What of a requested plan may be done: the steps that come out equal when everything is planned again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.plan_file import Request, step_json
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.record import NamedTuple

Place = tuple[str, str]
"""A file and the pointer of an entry in it."""
_WORDS = {
    "entry": "the name",
    "hosts": "the hosts",
    "target": "the target",
    "secrets": "the secrets found",
    "keeps": "the variables",
    "ref": "the name in the vault",
    "summary": "where it goes",
    "changes": "the changed fields",
    "operations": "the changes",
    "notes": "the remarks",
    "todo": "what is left to do",
}


class Agreed(NamedTuple):
    """A request after it was planned again."""

    plan: Plan
    """What is done: requested, and equal."""
    refused: tuple[Outcome, ...]
    """Requested, and not equal or not there."""
    unasked: int
    """Steps that could be done and were not requested."""


def agreed(
    plan: Plan, files: Iterable[Examined], request: Request, shown: Callable[[dict[str, Any]], dict[str, Any]]
) -> Agreed:
    """Compare. `plan`: made anew from `files`; `shown`: redacts a step as it was when the request was written."""
    wanted: dict[Place, dict[str, Any]] = {(step["path"], step["pointer"]): step for step in request.steps}
    now: dict[Place, dict[str, Any]] = {}
    kept = []
    for file in plan.files:
        steps = []
        for step in file.steps:
            made = shown(step_json(file, step))
            place = made["path"], made["pointer"]
            now[place] = made
            if wanted.get(place) == made:
                steps.append(step)
        if steps:
            kept.append(replace(file, steps=tuple(steps)))
    reasons = _standing(plan, files)
    refused = (
        _refused(step, now.get(place), reasons.get(place), reasons)
        for place, step in wanted.items()
        if step != now.get(place)
    )
    return Agreed(Plan(tuple(kept), plan.refusals), tuple(refused), len(now.keys() - wanted.keys()))


def _standing(plan: Plan, files: Iterable[Examined]) -> dict[Place, str]:
    """Why there is no step for an entry, by its place; a file that was looked at has the place of no entry too."""
    found: dict[Place, str] = {}
    for examined in files:
        found[examined.file.path, ""] = "there is no such entry in this file"
        for each in examined.entries:
            found[each.entry.path, pointer(each.entry.key_path)] = "there is nothing to move in this entry now"
    for refusal in plan.refusals:
        entry = refusal.found.entry
        found[entry.path, pointer(entry.key_path)] = f"it would stay now: {refusal.reason}"
    return found


def _refused(
    step: dict[str, Any], now: dict[str, Any] | None, standing: str | None, all_standing: Mapping[Place, str]
) -> Outcome:
    if now is not None:
        reason = _difference(step, now)
    else:
        reason = standing or all_standing.get(
            (step["path"], ""), "this file is not among those that were looked at: name it, if it is yours"
        )
    hosts = tuple(now["hosts"]) if now is not None else ()
    return Outcome(step["path"], step["pointer"], hosts, step["entry"], step["target"], "refused", reason)


def _difference(step: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if step["digest"] != now["digest"]:
        return "the entry is not as it was when the plan was made"
    return f"the plan says something else than would be done now: {', '.join(_differing(step, now))}"


def _differing(step: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    return (word for key, word in _WORDS.items() if step[key] != now[key])
