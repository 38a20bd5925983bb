"""One entry at a time: show it, ask, keep the answer. Changes nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan, Refusal
from unsprawl.rewriters.planner import TARGETS, assembled, plan_entry
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Finding
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.secret import Secret

YES, NO, ALL, QUIT, HELP = "y", "n", "a", "q", "?"
_MEANING = {
    YES: "move it so",
    NO: "leave it as it is",
    ALL: "move this one and all that follow as recommended",
    QUIT: "ask no more: do what was decided so far",
    HELP: "show this list",
}


class Guide:
    """Asks about entries one after the other."""

    def __init__(self, report: QuestionReport, files: Iterable[Examined], target: str, total: int) -> None:
        """`target`: the `--to`; `total`: about how many entries will be asked."""
        self._report = report
        self._copies = _places(files)
        self._target = target
        self._total = total
        self._number = 0
        self._everything = self._stopped = False

    def choose(self, situations: Iterable[Situation]) -> Plan:
        """Plan entry by entry, with the target that the user chose for each; what they leave is in no plan."""
        return assembled(self._answers(situations))

    def choose_of(self, plan: Plan) -> Plan:
        """The part of a plan, which stands as it is, that the user said yes to."""
        files = []
        for file in plan.files:
            steps = tuple(step for step in file.steps if self._asked(file, step, {}, ()) in (YES, ALL))
            if steps:
                files.append(FilePlan(file.examined, steps, file.root))
        return Plan(tuple(files), plan.refusals)

    def _answers(self, situations: Iterable[Situation]) -> Iterator[tuple[Situation, EntryStep | Refusal]]:
        for situation in situations:
            target: str | None = self._target
            if not self._everything:  # what is shown before it is answered is as good as named
                situation = replace(situation, named=True)
            while target is not None:
                # What is not taken gives back the names that it claimed.
                with situation.names.tentative() as keep:
                    answer = plan_entry(situation, target)
                    if isinstance(answer, Refusal):
                        yield situation, answer
                        break
                    instead, impossible = _others(situation, answer.target)
                    file = FilePlan(situation.examined, (answer,), situation.root)
                    again = target != self._target
                    key = self._asked(file, answer, instead, impossible, again=again)
                    if key in (YES, ALL):
                        keep()
                        yield situation, answer
                target = instead.get(key)

    def _asked(
        self,
        file: FilePlan,
        step: EntryStep,
        instead: Mapping[str, str],
        impossible: Sequence[Refusal],
        *,
        again: bool = False,
    ) -> str:
        """The key that was pressed for one entry. `instead`: the keys of other targets; `again`: asked once before."""
        if self._stopped:
            return NO
        if self._everything:
            return YES
        self._number += not again
        which = f"{self._number} of {max(self._number, self._total)}"
        self._report.question(which, file, step, self._copies, self._why(step), impossible)
        keys = [(YES, _MEANING[YES]), *((key, f"show it with `--to {target}`") for key, target in instead.items())]
        keys += [(key, _MEANING[key]) for key in (NO, ALL, QUIT, HELP)]
        others = "".join(f"[{key}] {target}  " for key, target in instead.items())
        line = f"Move it?  [y]es  [n]o  {others}[a]ll  [q]uit asking  [?] help  "
        if len(line) >= self._report.width:  # then the other targets have a line of their own
            line = f"Elsewhere:  {others.rstrip()}\nMove it?  [y]es  [n]o  [a]ll  [q]uit asking  [?] help  "
        key = pressed(self._report, line, keys)
        self._everything, self._stopped = key == ALL, key == QUIT
        return key

    def _why(self, step: EntryStep) -> str:
        approach = step.found.approach
        if step.target == approach.target:
            return f"recommended: {approach.advice}"
        asked = "as `--to` says; " if step.target == self._target else ""
        return f"{asked}recommended is `{approach.target}`: {approach.advice}"


def pressed(report: QuestionReport, line: str, keys: Sequence[tuple[str, str]]) -> str:
    """One of the keys, as soon as it is pressed, after the question `line`. Raises KeyboardInterrupt for Ctrl-C and at
    the end of input.
    """
    known = {key for key, _ in keys}
    while True:
        report.pause()
        sys.stdout.write(line)
        sys.stdout.flush()
        key = ""
        try:
            # Of what was pasted only the beginning counts: the rest would answer what nobody has seen.
            key = click.getchar()[:1].lower()
        except EOFError:
            pass
        finally:
            sys.stdout.write(f"{key if key in known else ''}\n")
            sys.stdout.flush()
        if not key:
            raise KeyboardInterrupt
        if key == HELP:
            report.keys(keys)
        elif key in known:
            return key


def _others(situation: Situation, taken: str) -> tuple[dict[str, str], list[Refusal]]:
    """The keys of the other targets that could take the entry, and why the rest cannot."""
    instead: dict[str, str] = {}
    impossible: list[Refusal] = []
    for target in TARGETS:
        if target != taken:
            with situation.names.tentative():
                answer = plan_entry(situation, target)
            if not isinstance(answer, Refusal):
                instead[str(len(instead) + 1)] = target
            elif not TARGETS[target].by_hand:  # nobody misses what only some people choose
                impossible.append(answer)
    return instead, impossible


def _places(files: Iterable[Examined]) -> dict[Secret, list[Finding]]:
    """All places of each secret."""
    found: dict[Secret, list[Finding]] = {}
    for examined in files:
        for finding in examined.findings:
            found.setdefault(finding.secret, []).append(finding)
    return found
