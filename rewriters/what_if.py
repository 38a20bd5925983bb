"""Where each entry could move to, asked of the planner itself; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.planner import EXTERNAL, TARGETS, Machine, plan_entry, situations
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.policy import NOTHING, Demands
from unsprawl.scanner.what_if import Possibility


def possibilities(
    files: Iterable[Examined], machine: Machine, demands: Callable[[str], Demands] = lambda path: NOTHING
) -> dict[tuple[str, Path], dict[str, Possibility]]:
    """For each entry with a literal secret, by file and place: what could be done with each target, if it was named.

    Brokers of others are among them as far as the machine has been looked at for them.
    """
    targets = [*TARGETS, *(broker for broker in EXTERNAL if broker in machine.brokers)]
    found: dict[tuple[str, Path], dict[str, Possibility]] = {}
    for each in situations(files, machine, demands=demands):
        situation = replace(each, named=True)
        entry = situation.found.entry
        answers = ((target, plan_entry(situation, target)) for target in targets)
        found[entry.path, entry.key_path] = {target: _possibility(answer) for target, answer in answers}
    return found


def _possibility(answer: EntryStep | Refusal) -> Possibility:
    if isinstance(answer, Refusal):
        return Possibility(answer.reason, "", answer.target)
    return Possibility("", answer.summary, answer.target)
