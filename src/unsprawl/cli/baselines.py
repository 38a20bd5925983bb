"""What `scan --baseline`, `--update-baseline` and `--triage` do: which file, what it knows, and writing it anew."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from unsprawl.cli.delivery import destination, replace_file
from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.baseline import Baseline, Known
from unsprawl.scanner.baseline_file import render
from unsprawl.scanner.baseline_update import Naming, Update, compared, silencing, updated
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.scan import ScanResult
from unsprawl.scanner.sources.baselines import BaselinePlace, begun, default_place, load, named_place
from unsprawl.scanner.sources.naming import relative
from unsprawl.scanner.surroundings import Surroundings, full_path


class Comparison(NamedTuple):
    """The baseline of one run."""

    place: BaselinePlace
    shown: str
    """The file as the user would type it."""
    baseline: Baseline
    exists: bool


def comparison(word: str | None, paths: tuple[str, ...], around: Surroundings, *, writes: bool) -> Comparison | None:
    """The baseline that the options name; None where they name none. Raises UsageError where there is no use of it.

    `word`: the option's value, or None. `writes`: the run is going to write it.
    """
    if word is None and not writes:
        return None
    place = _place(word or "", paths, around)
    shown = relative(place.path, around.cwd)
    found = load(place, around)
    if isinstance(found, Problem):
        where = f"{shown}:{found.line}" if found.line else shown
        raise UsageError(f"{where}: {found.message}", hint=found.hint)
    if found is None and not writes:
        raise UsageError(f"there is no baseline at {shown}", hint="`unsprawl scan --update-baseline` writes one.")
    if writes:
        if found is None and not place.path.endswith(".json"):
            raise UsageError(f"{shown}: a baseline's name ends in .json", hint="Put what is to be scanned before it.")
        destination(place.path, around, "--baseline")
    return Comparison(place, shown, begun(place, around) if found is None else found, found is not None)


def _place(word: str, paths: tuple[str, ...], around: Surroundings) -> BaselinePlace:
    scanned = [full_path(path, around) for path in paths]
    if word:
        return named_place(full_path(word, around), filter(os.path.isdir, scanned))
    place = default_place(scanned, around.cwd)
    if place is None:
        raise UsageError(
            "--baseline: what is scanned lies in no one repository or folder", hint="Name the file: --baseline=FILE"
        )
    return place


def judged(result: ScanResult, by: Comparison, around: Surroundings) -> ScanResult:
    """The result with what the baseline says of it."""
    file = _comparable(around)
    new, known = silencing(by.baseline, result.findings, file)
    silenced = (*result.silenced, *known)
    said = compared(by.baseline, new, silenced, file, lambda known: result.looked.gone(known, by.baseline))
    return result._replace(findings=tuple(new), silenced=silenced, baseline=said)


def rewritten(result: ScanResult, by: Comparison, around: Surroundings, *, quiet: bool) -> Comparison:
    """Write the baseline so that it knows what was found, and say what changed."""
    baseline = by.baseline
    update = updated(
        baseline,
        result.findings,
        result.silenced,
        naming(by.place, around),
        _comparable(around),
        lambda known: result.looked.gone(known, baseline),
    )
    after = written(by, update.known, around)
    if not quiet:
        for line in _changes(update, by.shown):
            print(f"unsprawl: {one_line(line)}", file=sys.stderr)
    return after


def written(by: Comparison, known: Iterable[Known], around: Surroundings) -> Comparison:
    """Put these places into the file, if it holds others now. Raises NotApplied; the file is as before then."""
    known = list(known)
    if not by.exists or {each.fingerprint: each for each in known} != by.baseline.known:
        replace_file(by.place.path, [render(known).encode("utf-8", "backslashreplace")], f"baseline {by.shown}")
    after = load(by.place, around)
    assert isinstance(after, Baseline)
    return by._replace(baseline=after, exists=True)


def _changes(update: Update, shown: str) -> list[str]:
    from unsprawl.scanner.report.lines import count

    parts = [f"{count(len(update.known), 'place')} known", f"{update.added} added", f"{len(update.dropped)} gone"]
    lines = [f"{shown}: {', '.join(parts)}"]
    lines += [f"gone  {each.path}  {each.entry} {each.slot}  ({each.rule})" for each in update.dropped]
    if update.expired:
        lines.append(f"{count(update.expired, 'place')} expired and stay so: decide with `unsprawl scan --triage`")
    return lines


def naming(place: BaselinePlace, around: Surroundings) -> Naming:
    """How the places of this baseline are called."""

    def path(absolute: str) -> str:
        real = os.path.realpath(absolute)
        if place.folder:
            return relative(real, place.folder)
        for home in map(os.path.realpath, around.homes):
            if (below := relative(real, home)) != real.replace(os.sep, "/"):
                return f"~/{below}"
        return real.replace(os.sep, "/")

    return Naming(path, REDACTOR.clean)


def _comparable(around: Surroundings) -> Callable[[str], str]:
    return lambda path: around.comparable(os.path.realpath(path))
