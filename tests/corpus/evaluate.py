"""Scans the labelled set with the real command and counts: `python -m tests.corpus.evaluate [--misses]`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tests.corpus.expand import Expanded, Planted, expand_case
from tests.corpus.figures import HERE, PAGE, SETS, between, options

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
# What may stand before a credential within the place that is reported for it.
_SCHEME = re.compile(r"(?i)[\"']*(?:(?:bearer|basic|token|apikey|api-key|bot|key)[ :=]+|token token=)?[\\\"']*")
# Capability URLs, and cookies of several crumbs: the whole is as good a place as the part.
_WHOLE = {"url-path", "url-userinfo", "header-cookie", "env-cookie"}


class Place(NamedTuple):
    """One finding, in characters of its file."""

    path: str
    start: int
    end: int
    told: str
    """Slot, key and rule, for the list of false alarms."""


class Outcome(NamedTuple):
    """What one case gave."""

    case: str
    files: list[Expanded]
    right: list[Planted]
    partial: list[Planted]
    """Something was reported that shares characters with the secret but is not it. Counts as missed."""
    missed: list[Planted]
    false: list[Place]


class Score(NamedTuple):
    """Counts over a set."""

    right: int
    partial: int
    missed: int
    false: int
    kinds: dict[str, tuple[int, int]]
    """Slot kind to how many were found of how many."""

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.partial + self.missed)


def scan(folder: Path) -> dict[str, Any]:
    """The JSON of `unsprawl scan` on `folder`, run as a process in an empty home."""
    with tempfile.TemporaryDirectory() as home:
        environ = {"HOME": home, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "NO_COLOR": "1"}
        command = [sys.executable, "-m", "unsprawl", "scan", str(folder), "--format", "json"]
        done = subprocess.run(command, env=environ, cwd=home, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"unsprawl scan ended with {done.returncode}: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def evaluate(folder: Path, seed: int = 1) -> list[Outcome]:
    """Expand every case of `folder` and compare what is planted with what is found."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        cases = {case.name: expand_case(case, root / case.name, seed) for case in sorted(folder.iterdir())}
        report = scan(root)
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in report["findings"]:
        found.setdefault(finding["place"]["path"], []).append(finding)
    return [compare(case, files, found) for case, files in cases.items()]


def compare(case: str, files: list[Expanded], found: dict[str, list[dict[str, Any]]]) -> Outcome:
    """What one case gave; `found` has the findings of a file under `case/path`."""
    outcome = Outcome(case, files, [], [], [], [])
    for file in files:
        places = [_place(file, finding) for finding in found.get(f"{case}/{file.path}", [])]
        secrets = [planted for planted in file.planted if planted.mark == "S"]
        matched: set[int] = set()
        for secret in secrets:
            hits = [n for n, place in enumerate(places) if place.start < secret.end and secret.start < place.end]
            same = [n for n in hits if n not in matched and _is(secret, places[n], file.text)]
            if same:
                outcome.right.append(secret)
                matched.add(same[0])
            else:
                (outcome.partial if hits else outcome.missed).append(secret)
        outcome.false.extend(place for n, place in enumerate(places) if n not in matched and not _beside(place, file))
    return outcome


def _is(secret: Planted, place: Place, text: str) -> bool:
    """Whether `place` is the secret, but for the scheme, the quotes or (for a capability URL) the address around it."""
    if (place.start, place.end) == (secret.start, secret.end) or text[place.start : place.end] == text[
        secret.start : secret.end
    ]:
        return True
    if secret.kind in _WHOLE or secret.encoded:
        return '"' not in text[place.start : place.end] and "\n" not in text[place.start : place.end]
    if place.start > secret.start or place.end < secret.end:
        return False
    before, after = text[place.start : secret.start], text[secret.end : place.end]
    return bool(_SCHEME.fullmatch(before)) and not after.strip("\\\"'")


def _beside(place: Place, file: Expanded) -> bool:
    """Whether the finding touches a secret or an undecided value: not right, but no false alarm either."""
    return any(p.start < place.end and place.start < p.end for p in file.planted if p.mark != "N")


def _place(file: Expanded, finding: dict[str, Any]) -> Place:
    place, slot = finding["place"], finding["slot"]
    starts = [0] + [match.end() for match in re.finditer("\n", file.text)]
    start = starts[min(place["line"], len(starts)) - 1] + place["column"] - 1
    end = starts[min(place["end_line"], len(starts)) - 1] + place["end_column"] - 1
    return Place(file.path, start, end, f"{slot['kind']} {slot['key']} {place['pointer']} ({finding['rule']})")


def score(outcomes: list[Outcome]) -> Score:
    """Add up."""
    right = Counter(p.kind for o in outcomes for p in o.right)
    every = right + Counter(p.kind for o in outcomes for p in [*o.partial, *o.missed])
    return Score(
        right.total(),
        sum(len(o.partial) for o in outcomes),
        sum(len(o.missed) for o in outcomes),
        sum(len(o.false) for o in outcomes),
        {kind: (right[kind], every[kind]) for kind in sorted(every)},
    )


def _line(file: Expanded, start: int) -> int:
    return file.text.count("\n", 0, start) + 1


def print_misses(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        files = {file.path: file for file in outcome.files}
        for title, planted in (("missed", outcome.missed), ("partial", outcome.partial)):
            for p in planted:
                print(f"{title:8} {outcome.case}/{p.path}:{_line(files[p.path], p.start)}  {p.kind}  {p.template}")
        for place in outcome.false:
            file = files[place.path]
            over = [p for p in file.planted if p.start < place.end and place.start < p.end]
            marked = "  ".join(f"{p.mark} {p.template}" for p in over) or "text as written in the case"
            print(f"false    {outcome.case}/{place.path}:{_line(file, place.start)}  {place.told}  {marked}")


def table(scores: dict[str, Score]) -> str:
    """The figures as docs/detection.md shows them."""
    kinds = sorted({kind for total in scores.values() for kind in total.kinds})
    rows = [["where the secret sits", *scores], ["---"] * (len(scores) + 1)]
    rows += [[f"`{kind}`", *(_share(total, kind) for total in scores.values())] for kind in kinds]
    rows += [
        ["**recall**", *(f"**{total.recall:.3f}**" for total in scores.values())],
        ["**precision**", *(f"**{total.precision:.3f}**" for total in scores.values())],
        ["false alarms", *(str(total.false) for total in scores.values())],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _share(total: Score, kind: str) -> str:
    right, every = total.kinds.get(kind, (0, 0))
    return f"{right} of {every}" if every else ""


def shown(text: str, scores: dict[str, Score]) -> str:
    """The page with the figures put in."""
    return between(text, BEGIN, END, table(scores))


def main() -> None:
    given = options(__doc__)
    if given.write:
        scores = {name: score(evaluate(HERE / name)) for name in SETS}
        PAGE.write_text(shown(PAGE.read_text("utf-8"), scores), "utf-8")
        return
    for name in given.sets:
        outcomes = evaluate(HERE / name, given.seed)
        total = score(outcomes)
        planted = total.right + total.partial + total.missed
        if given.misses and name != "holdout":
            print_misses(outcomes)
        print(f"\n{name}: {sum(len(o.files) for o in outcomes)} files, {planted} planted")
        print(f"  precision {total.precision:.3f}   ({total.right} right, {total.false} false)")
        print(f"  recall    {total.recall:.3f}   ({total.missed} missed, {total.partial} only in part)")
        for kind, (right, every) in total.kinds.items():
            print(f"    {kind:14} {right:4} of {every:4}  {right / every:.2f}")


if __name__ == "__main__":
    main()
