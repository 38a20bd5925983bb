"""`scan --staged`: the same report as a scan, of what is staged in git instead of what lies on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from unsprawl.scanner.cautions import file_warnings
from unsprawl.scanner.commit_check import Checked, check
from unsprawl.scanner.commit_files import Part, changed_files
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScannedEntry, ScanResult, Stats, shown_path
from unsprawl.scanner.sources.current import WorkTrees
from unsprawl.scanner.sources.env_files import missing_env_files
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.scanner.toxic import toxic_pairs


def run_staged(
    options: ScanOptions, around: Surroundings, progress: Callable[[Examined], None] | None = None
) -> ScanResult:
    """Scan what is staged: in the repository that we are in, or of the paths that the options name.

    Raises UsageError where there is no repository. Paths of several repositories are told below the working folder.
    """
    asked = _asked(options, around)
    problems: list[Problem] = []
    root = next(iter(asked)) if len(asked) == 1 else around.cwd
    excluded = Excluded(options.exclude, root)
    parts, left_out = [], 0
    for part in changed_files(asked, around, problems):
        assert part.snapshot is not None
        folders = asked[part.snapshot.top]
        files = [file for file in part.files if any(is_within(file.real, folder) for folder in folders)]
        problems += _unknown(folders, part)
        kept = [file for file in files if not excluded.covers(file.real)]
        left_out += len(files) - len(kept)
        parts.append(part._replace(files=tuple(kept)))
    checked = check(parts, around, problems, own=options.policy, limits=options.limits)
    if progress is not None:
        for examined in checked.measured.examined:
            progress(examined)
    return _result(checked, options, root, left_out, around)


def _asked(options: ScanOptions, around: Surroundings) -> dict[str, list[str]]:
    """By work tree the files and folders that were named; the top for the whole of it."""
    trees = WorkTrees(around)
    if not options.paths:
        if trees.current is None:
            raise UsageError("--staged: there is no git repository here", hint="Go into one, or name a path in it.")
        return {trees.current: [trees.current]}
    asked: dict[str, list[str]] = {}
    for path in options.paths:
        full = full_path(path, around)
        folder = os.path.isdir(full) and not os.path.islink(full)
        real = os.path.realpath(full) if folder else _with_real_folder(full)
        top = trees.of(os.path.join(real, "x") if folder else real)
        if top is None:
            raise UsageError(f"--staged: {path} is in no git repository", hint="Name a path in one.")
        asked.setdefault(top, []).append(real)
    return asked


def _with_real_folder(path: str) -> str:
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def _unknown(named: list[str], part: Part) -> Iterator[Problem]:
    """Of what was named, the paths that are neither staged nor on disk."""
    for path in named:
        if not os.path.lexists(path) and not any(is_within(file.real, path) for file in part.files):
            yield Problem(path, "missing", "neither staged nor on disk", hint="Check the spelling of the path.")


def _result(checked: Checked, options: ScanOptions, root: str, left_out: int, around: Surroundings) -> ScanResult:
    measured, findings = checked.measured, checked.findings
    examined = [each._replace(missing=missing_env_files(each, around)) for each in measured.examined]
    names = {each.file.path: each.name for each in examined}
    entries = tuple(ScannedEntry(entry.entry, entry.approach) for each in examined for entry in each.entries)
    warnings = [warning for each in examined for warning in file_warnings(each)]
    warnings += toxic_pairs(
        [found.entry for found in entries], findings, around, names, lambda path: shown_path(path, root)
    )
    return ScanResult(
        root=root,
        findings=tuple(findings),
        entries=entries,
        warnings=(*warnings, *measured.warnings),
        problems=tuple(checked.problems),
        stats=Stats(files=len(names), entries=len(entries), excluded=left_out),
        silenced=tuple(checked.silenced),
        policy=options.policy.path if options.policy is not None else "",
        excused=measured.excused,
        tolerated=measured.tolerated,
    )
