"""One entry at a time: show it, ask, keep the answer. Changes nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from unsprawl.rewriters.advised import Recommended, recommended
from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan, Refusal
from unsprawl.rewriters.planner import ABLE, AUTO, TARGETS, assembled, plan_entry
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Finding
from unsprawl.scanner.people import MANY, People
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.secret import Secret

YES, NO, MORE, ALL, QUIT, HELP = "y", "n", "m", "a", "q", "?"
_MEANING = {
    YES: "move it so",
    NO: "leave it as it is",
    MORE: "more than one person uses it: show what is right then",
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
        self._of_many: set[Secret] = set()
        """Keys of servers that many use, as the user said."""

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
        for each in situations:
            shown = not self._everything
            # What is shown before it is answered is as good as named.
            situation = replace(each, named=each.named or shown, asking=shown)
            if situation.people is None and self._of_many.intersection(_keys_of(situation)):
                situation = _of_many(situation)
            target: str | None = self._target
            again = False
            while target is not None:
                # What is not taken gives back the names that it claimed.
                with situation.names.tentative() as keep:
                    answer = plan_entry(situation, target)
                    if isinstance(answer, Refusal):
                        yield situation, answer
                        break
                    instead, impossible = _others(situation, answer.target)
                    file = FilePlan(situation.examined, (answer,), situation.root)
                    more = target == AUTO and _matters(situation, answer)
                    best = recommended(situation, ABLE)
                    key = self._asked(file, answer, instead, impossible, best, more=more, again=again)
                    if key in (YES, ALL):
                        keep()
                        yield situation, answer
                again = True
                if key == MORE:
                    self._of_many.update(_keys_of(situation))
                    situation = _of_many(situation)
                else:
                    target = instead.get(key)

    def _asked(
        self,
        file: FilePlan,
        step: EntryStep,
        instead: Mapping[str, str],
        impossible: Sequence[Refusal],
        best: Recommended | None = None,
        *,
        more: bool = False,
        again: bool = False,
    ) -> str:
        """The key that was pressed for one entry. `instead`: the keys of other targets; `best`: what is recommended,
        where that is not what scans say; `more`: it matters how many people use it; `again`: asked once before."""
        if self._stopped:
            return NO
        if self._everything:
            return YES
        self._number += not again
        which = f"{self._number} of {max(self._number, self._total)}"
        self._report.question(which, file, step, self._copies, self._why(step, best), impossible)
        keys = [(YES, _MEANING[YES]), *((key, f"show it with `--to {target}`") for key, target in instead.items())]
        keys += [(key, _MEANING[key]) for key in (NO, *([MORE] if more else []), ALL, QUIT, HELP)]
        others = "".join(f"[{key}] {target}  " for key, target in instead.items())
        many = "[m]any use it  " if more else ""
        line = f"Move it?  [y]es  [n]o  {others}{many}[a]ll  [q]uit asking  [?] help  "
        if len(line) >= self._report.width:  # then the other targets have a line of their own
            line = f"Elsewhere:  {others.rstrip()}\nMove it?  [y]es  [n]o  {many}[a]ll  [q]uit asking  [?] help  "
        key = pressed(self._report, line, keys)
        self._everything, self._stopped = key == ALL, key == QUIT
        return key

    def _why(self, step: EntryStep, best: Recommended | None) -> str:
        target, advice = best or (step.found.approach.target, step.found.approach.advice)
        if step.target == target:
            return f"recommended: {advice}"
        asked = "as `--to` says; " if step.target == self._target else ""
        return f"{asked}recommended is `{target}`: {advice}"


def _keys_of(situation: Situation) -> list[Secret]:
    return [finding.secret for finding in situation.found.findings]


def _of_many(situation: Situation) -> Situation:
    """The same, as the user says that many use it."""
    return replace(situation, people=People(MANY, "as you said"))


def _matters(situation: Situation, answer: EntryStep) -> bool:
    """Whether the entry would go elsewhere if many people used it, and nobody has said how many do."""
    if situation.people is not None or situation.shared:
        return False
    with situation.names.tentative():
        then = plan_entry(_of_many(situation), AUTO)
    return isinstance(then, EntryStep) and then.target != answer.target


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
    if situation.wish is not None:
        return {}, []  # a policy names the one that is shown, and that is told
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
