"""The scan: find the files, examine each, gather the results. Reads disk, changes nothing, connects nowhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from unsprawl.scanner.approach import Approach
from unsprawl.scanner.baseline_update import Compared
from unsprawl.scanner.cautions import Caution, file_warnings
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Finding, Problem, Silenced
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.selection import Selection, root_of
from unsprawl.scanner.sources.baselines import NOWHERE, Looked
from unsprawl.scanner.sources.env_files import EnvFiles, missing_env_files
from unsprawl.scanner.sources.naming import FileNames
from unsprawl.scanner.sources.worktree import VANISHED, read
from unsprawl.scanner.standing import Standing
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.scanner.toxic import toxic_pairs
from unsprawl.scanner.violations import of_another_target, of_no_host_in_use, violations, without_effect


class Sprawl(NamedTuple):
    """One secret with all its places."""

    provider: str | None
    findings: tuple[Finding, ...]


class Stats(NamedTuple):
    """How much was looked at."""

    folders: int = 0
    names: int = 0
    files: int = 0
    entries: int = 0
    pruned: tuple[tuple[str, str], ...] = ()
    excluded: int = 0
    searched: int = 0
    """Files opened because their name says too little."""
    unsearched: int = 0
    """Files of configuration types that a quick scan did not open."""
    oversized: int = 0
    """Files that were too long to be opened for what they may hold."""
    vanished: int = 0
    """Files and folders that were gone when their turn came."""
    misnamed: tuple[str, ...] = ()
    """Folders that have the name of a host's file."""


class ScannedEntry(NamedTuple):
    """An entry and how it authenticates: what a report tells of it. The text and the tree of its file are gone."""

    entry: Entry
    approach: Approach


class HistoryStats(NamedTuple):
    """How much of a history was looked at."""

    commits: int
    blobs: int
    unreached: int = 0
    """Blobs that may matter and that no ref reaches: nobody looked at them."""
    submodules: tuple[str, ...] = ()
    """Their paths. Each has a history of its own."""


class ScanResult(NamedTuple):
    """All that a scan saw."""

    root: str
    findings: tuple[Finding, ...]
    entries: tuple[ScannedEntry, ...]
    warnings: tuple[Caution, ...]
    problems: tuple[Problem, ...]
    stats: Stats
    silenced: tuple[Silenced, ...] = ()
    """Findings that are not shown, each with what silenced it."""
    looked: Looked = NOWHERE
    """Where it looked, as far as a baseline needs to know."""
    baseline: Compared | None = None
    """What a baseline says of the findings, where there is one."""
    policy: str = ""
    """The file of the user's own policy; "" where there is none."""
    excused: frozenset[str] = frozenset()
    """Fingerprints of findings that by this policy make no run fail."""
    tolerated: frozenset[Problem] = frozenset()
    """Problems that by this policy make no run incomplete."""
    history: HistoryStats | None = None
    """Where it was a scan of history."""

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be read and understood."""
        return not self.problems

    @property
    def violations(self) -> tuple[Caution, ...]:
        """What a policy forbids."""
        return tuple(warning for warning in self.warnings if warning.severity is not None)

    @property
    def fails(self) -> bool:
        """Whether there is something that must not be there."""
        return bool(self.violations) or any(each.fingerprint not in self.excused for each in self.findings)

    @property
    def falls_short(self) -> bool:
        """Whether less was checked than a policy allows."""
        return any(problem not in self.tolerated for problem in self.problems)

    def sprawls(self) -> tuple[Sprawl, ...]:
        """Findings grouped by value, in the order of their first place."""
        groups: dict[object, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.secret, []).append(finding)
        return tuple(Sprawl(found[0].literal.provider, tuple(found)) for found in groups.values())


def shown_path(path: str, root: str) -> str:
    """Relative to the root when under it, otherwise as it is."""
    prefix = root.rstrip("/\\") + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else path


def examined_files(
    options: ScanOptions,
    around: Surroundings,
    problems: list[Problem],
    selection: Selection | None = None,
    standing: Standing | None = None,
) -> Iterator[Examined]:
    """Each selected file that could be read, examined, with the environment files that its entries name behind it.

    What could not be read is added to `problems`.
    """
    selection = selection or Selection(options, around, root_of(options, around), problems)
    names = FileNames(around, selection.paths)
    standing = standing or standing_of(options, around, selection)
    env_files = EnvFiles(around, problems, names.name, selection.leaves_out, selection.paths)

    def settled(result: Examined) -> Examined:
        problems.extend(result.problems)
        return standing.settled(result)

    for file in selection.files():
        data = read(file.path)
        # Any file that the user names is looked into; of those that a walk comes by, only what its host would read.
        if isinstance(data, bytes) and all(reading.when for reading in file.readings) and not file.concerns(data):
            continue
        result = data if isinstance(data, Problem) else examine(file, data, names.name(file.path))
        if isinstance(result, Problem):
            if result.code == VANISHED:
                selection.vanished += 1
            elif result.code != "empty":
                problems.append(result)
            continue
        result = with_exported(result, options.exported)
        yield settled(result._replace(missing=missing_env_files(result, around)))
        yield from map(settled, env_files.read(result))
    if options.documents:
        yield from map(settled, env_files.beside())


def with_exported(examined: Examined, exported: Mapping[tuple[str, str], tuple[str, ...]]) -> Examined:
    """The file with what is known to be exported for its entries."""
    path = examined.file.path
    if not any(known == path for known, _ in exported):
        return examined
    return examined._replace(
        entries=tuple(
            found._replace(exported=exported.get((path, pointer(found.entry.key_path)), ()))
            for found in examined.entries
        )
    )


def standing_of(options: ScanOptions, around: Surroundings, selection: Selection) -> Standing:
    """What stands over the findings of a scan."""
    return Standing(
        around,
        selection.problems,
        limits=options.limits,
        own=options.policy,
        baseline=options.baseline,
        paths=selection.paths,
    )


def run_scan(
    options: ScanOptions, around: Surroundings, progress: Callable[[Examined], None] | None = None
) -> ScanResult:
    """Scan what the options name. Never raises for what a file contains; see `ScanResult.problems`."""
    problems: list[Problem] = []
    selection = Selection(options, around, root_of(options, around), problems)
    findings: list[Finding] = []
    entries: list[ScannedEntry] = []
    warnings: list[Caution] = []
    silenced: list[Silenced] = []
    names: dict[str, str] = {}
    standing = standing_of(options, around, selection)

    def shown(path: str) -> str:
        return shown_path(path, selection.root)

    for examined in examined_files(options, around, problems, selection, standing):
        names[examined.file.path] = examined.name
        findings += examined.findings
        entries += (ScannedEntry(found.entry, found.approach) for found in examined.entries)
        silenced += examined.silenced
        warnings += file_warnings(examined)
        if demands := standing.demands(examined.file.path):
            real = around.comparable(selection.paths.real(examined.file.path))
            warnings += violations(examined, demands, real, shown)
            warnings += of_no_host_in_use(examined, demands, shown)
            warnings += of_another_target(examined, demands, shown)
        if progress is not None:
            progress(examined)
    unclear = {problem.path for problem in problems}
    looked = Looked(
        frozenset(around.comparable(selection.paths.real(path)) for path in names if path not in unclear),
        tuple(around.comparable(walk.real_root) for walk in selection.walks),
        not problems and not selection.excluded and not any(walk.unsearched for walk in selection.walks),
    )
    warnings += toxic_pairs([found.entry for found in entries], findings, around, names, shown)
    warnings += without_effect(standing.notes, FileNames(around, selection.paths).name)
    return ScanResult(
        root=selection.root,
        findings=tuple(findings),
        entries=tuple(entries),
        warnings=tuple(warnings),
        problems=tuple(problems),
        stats=Stats(
            folders=sum(walk.folders for walk in selection.walks),
            names=sum(walk.names for walk in selection.walks),
            files=len(names),
            entries=len(entries),
            pruned=tuple(item for walk in selection.walks for item in walk.entrance.pruned),
            excluded=selection.excluded,
            searched=sum(walk.searched for walk in selection.walks),
            unsearched=sum(walk.unsearched for walk in selection.walks),
            oversized=sum(walk.oversized for walk in selection.walks),
            vanished=selection.vanished + sum(walk.vanished for walk in selection.walks),
            misnamed=tuple(path for walk in selection.walks for path in walk.misnamed),
        ),
        silenced=tuple(silenced),
        looked=looked,
        policy=options.policy.path if options.policy is not None else "",
        excused=standing.excused(findings),
        tolerated=standing.tolerated(problems),
    )
