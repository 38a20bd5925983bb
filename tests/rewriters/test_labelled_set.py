"""Every file of the labelled set where its host reads it: migrated, scanned, verified, and taken back to the byte.

python -m tests.rewriters.test_labelled_set      # how many entries move, and why the others stay
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.corpus.evaluate import HERE, SETS
from tests.corpus.expand import expand_case
from tests.rewriters.support import NOTHING, Bench, all_files, files_with, kept, spellings, strays
from unsprawl.broker.install import Installed
from unsprawl.rewriters.journal import Journal
from unsprawl.rewriters.plan import EntryStep, Plan
from unsprawl.rewriters.planner import AUTO, TARGETS, make_plan
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.approach import run_command
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.formats.node import at
from unsprawl.vault import env_file, places

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts")

LEAST = {
    "cases": {"run": 75, "reference": 170, "wire": 150, AUTO: 180},
    "holdout": {"run": 40, "reference": 90, "wire": 55, AUTO: 100},
}
"""Entries that move at least: a refusal is no failure here, so too many of them must not go unseen."""

Place = tuple[str, KeyPath]


@dataclass(slots=True)
class Tally:
    """What became of the entries of a set, and what is wrong."""

    moved: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Case:
    """The files of one case as a home, with all programs that its entries start."""

    def __init__(self, case: Path, home: Path) -> None:
        self.name, self.home = case.name, home
        expanded = expand_case(case, home, seed=1)
        paths = " ".join(file.path for file in expanded)
        system = "windows" if "AppData/" in paths else "macos" if "Library/" in paths else "linux"
        self.programs = home / ".local" / "bin"
        environ = {"HOME": str(home), "PATH": f"{self.programs}{os.pathsep}/usr/bin{os.pathsep}/bin"}
        start_up = home / ".bashrc"
        own = start_up.read_bytes() if start_up.exists() else b""
        unsprawl = Installed(str(self.programs / "unsprawl"), True, "installed for this user")
        self.bench = Bench(home, unsprawl, environ, system=system)
        start_up.write_bytes(own + start_up.read_bytes())
        self.before = {path: path.read_bytes() for path in all_files(home)}
        self.modes = {path: S_IMODE(path.stat().st_mode) for path in self.before}
        self.examined = self.bench.examined(home)

    def __str__(self) -> str:
        return self.name

    def carry_out(self, target: str, tally: Tally) -> None:
        """Everything for one target; the home is as before at the end."""
        told = f"{self.name} {target}"
        plan = make_plan(self.examined, self.bench.machine(), target)
        holding = [found for file in self.examined for found in file.entries if found.findings]
        if len(plan.steps) + len(plan.refusals) != len(holding):
            tally.wrong.append(f"{told}: an entry is neither planned nor refused")
        values = {finding.secret.reveal() for found in holding for finding in found.findings}
        for refusal in plan.refusals:
            tally.refused[refusal.reason] += 1
            if not refusal.reason or any(value in refusal.reason + refusal.hint for value in values):
                tally.wrong.append(f"{told}: a refusal of {refusal.found.entry.name} says nothing, or too much")
        self._install(plan.steps)
        outcomes, journal = self.bench.apply(plan)
        tally.moved += sum(outcome.status == "done" for outcome in outcomes)
        tally.wrong += [f"{told}: {each.entry}: {each.reason}" for each in outcomes if each.status != "done"]
        tally.wrong += [f"{told}: {what}" for what in self._after(plan)]
        tally.wrong += [f"{told}: undo: {what}" for what in self._undone(journal)]

    def _install(self, steps: tuple[EntryStep, ...]) -> None:
        names = {"unsprawl"} | {step.record.argv[0] for step in steps if step.record and step.record.argv}
        self.programs.mkdir(parents=True, exist_ok=True)
        for name in names:
            if "/" not in name and "\\" not in name:
                (self.programs / name).write_text("#!/bin/sh\n")
                (self.programs / name).chmod(0o755)

    def _after(self, plan: Plan) -> list[str]:
        """What is wrong after a migration."""
        wrong: list[str] = []
        changed = {step.found.entry.path for step in plan.steps}
        again = self.bench.examined(*map(Path, changed)) if changed else []
        entries: dict[Place, list[tuple[Examined, ExaminedEntry]]] = {}  # a key may be written twice
        for file in again:
            for found in file.entries:
                entries.setdefault(_place(found), []).append((file, found))
        moved = {_place(step.found): step for step in plan.steps}
        for place, step in moved.items():
            if place not in entries:
                wrong.append(f"{step.found.entry.name} is no entry any more")
                continue
            for file, found in entries[place]:
                wrong += _not_clean(step, file, found)
        for refusal in plan.refusals:
            now = [_secrets(found) for _, found in entries.get(_place(refusal.found), [])]
            if refusal.found.entry.path in changed and _secrets(refusal.found) not in now:
                wrong.append(f"{refusal.found.entry.name} was refused and yet changed")
        for found, outcome in verify(again, self.bench.around):
            run = run_command(found.entry.command)
            own = run.command[:1] if run is not None else ()
            foreign = any("\\" in word or os.path.isabs(word) for word in own)  # of another machine
            if _place(found) in moved and outcome.status == "failed" and not foreign:
                wrong.append(f"verify {found.entry.name}: {outcome.reason}")
        for path, content in self.before.items():
            if str(path) not in changed and path.read_bytes() != content:
                wrong.append(f"{path.relative_to(self.home)} was changed without a step")
            if S_IMODE(path.stat().st_mode) != self.modes[path]:
                wrong.append(f"{path.relative_to(self.home)} has another mode")
        values = {keep.secret.reveal() for step in plan.steps for keep in step.keeps}
        new = files_with(self.home, values) - self.before.keys() if values else set()
        kept_in = {(Path(keep.file), keep.name) for step in plan.steps for keep in step.keeps if keep.file}
        meant = {env_file.path(), *(file / name if file.is_dir() else file for file, name in kept_in)}
        wrong += [f"a value is in {path.relative_to(self.home)}" for path in new - meant]
        wrong += [f"{path.name} was left behind" for path in strays(self.home)]
        return wrong

    def _undone(self, journal: Journal) -> list[str]:
        outcomes = undo(journal)
        wrong = [f"{each.entry}: {each.reason}" for each in outcomes if each.status != "restored"]
        for path, content in self.before.items():
            if path.read_bytes() != content:
                wrong.append(f"{path.relative_to(self.home)} is not the same to the byte")
            if S_IMODE(path.stat().st_mode) != self.modes[path]:
                wrong.append(f"{path.relative_to(self.home)} has another mode")
        if kept() != NOTHING:
            wrong.append("something was kept")
        ours = (places.data_dir(), places.config_dir())
        others = set(all_files(self.home)) - self.before.keys() - set(all_files(self.programs))
        wrong += [f"{path} was left behind" for path in others if not any(folder in path.parents for folder in ours)]
        return wrong


def _not_clean(step: EntryStep, file: Examined, found: ExaminedEntry) -> list[str]:
    """What is wrong with a moved entry as a scan sees it now."""
    wrong = [f"a scan still finds something in {found.entry.name}"] if found.findings else []
    node = at(file.document.root, found.entry.key_path)
    assert node is not None
    text = file.document.text[node.span.start : node.span.end].encode()
    # A short password may well be part of another word.
    values = [keep.secret.reveal() for keep in step.keeps if len(keep.secret.reveal()) > 9]
    if any(form in text for value in values for form in spellings(value)):
        wrong.append(f"a value still stands in {found.entry.name}")
    return wrong


def _place(found: ExaminedEntry) -> Place:
    return found.entry.path, found.entry.key_path


def _secrets(found: ExaminedEntry) -> list[str]:
    return [finding.secret.reveal() for finding in found.findings]


def carry_out_set(name: str, folder: Path) -> dict[str, Tally]:
    """All cases of a set, with every target."""
    tallies = {target: Tally() for target in (*TARGETS, AUTO)}
    before = os.environ.get("HOME")
    for case in sorted((HERE / name).iterdir()):
        home = folder / case.name / "home"
        home.mkdir(mode=0o700, parents=True)
        os.environ["HOME"] = str(home)
        try:
            made = Case(case, home)
            for target, tally in tallies.items():
                made.carry_out(target, tally)
        finally:
            os.environ["HOME"] = before or ""
    return tallies


@pytest.mark.parametrize("name", SETS)
def test_all_shapes_move_or_are_refused_and_come_back(name: str, tmp_path: Path) -> None:
    tallies = carry_out_set(name, tmp_path / "cases")
    assert [what for tally in tallies.values() for what in tally.wrong] == []
    moved = {target: tally.moved for target, tally in tallies.items()}
    assert all(count >= LEAST[name].get(target, 0) for target, count in moved.items()), moved


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in SETS:
            for target, tally in carry_out_set(name, Path(os.path.realpath(folder), name)).items():
                print(f"\n{name}, {target}: {tally.moved} moved, {tally.refused.total()} refused")
                for reason, count in tally.refused.most_common():
                    print(f"  {count:4}  {reason}")
                for what in tally.wrong:
                    print(f"  wrong: {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
