"""Where each entry could move to, asked of the planner itself; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unsprawl.rewriters.plan import Refusal
from unsprawl.rewriters.planner import EXTERNAL, TARGETS, Machine, plan_entry, situations
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.policy import NOTHING, Demands


def possibilities(
    files: Iterable[Examined], machine: Machine, demands: Callable[[str], Demands] = lambda path: NOTHING
) -> dict[tuple[str, Path], dict[str, str]]:
    """For each entry with a literal secret, by file and place: the targets, each with why it cannot be, or "".

    Brokers of others are among them as far as the machine has been looked at for them.
    """
    targets = [*TARGETS, *(broker for broker in EXTERNAL if broker in machine.brokers)]
    found: dict[tuple[str, Path], dict[str, str]] = {}
    for situation in situations(files, machine, demands=demands):
        entry = situation.found.entry
        answers = ((target, plan_entry(situation, target)) for target in targets)
        found[entry.path, entry.key_path] = {
            target: answer.reason if isinstance(answer, Refusal) else "" for target, answer in answers
        }
    return found
