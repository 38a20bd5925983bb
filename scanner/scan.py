"""The scan: find the files, examine each, gather the results. Reads disk, changes nothing, connects nowhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from unsprawl.scanner.discover import ConfigFile, host_files, named
from unsprawl.scanner.examine import Examined, ExaminedEntry, examine
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.walk import Walk
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What to look at. No paths: this user's host files and the current repository."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Paths or glob patterns, relative to the root or absolute."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something worth knowing that is not a literal secret."""

    code: str
    path: str
    line: int
    pointer: str
    hosts: tuple[str, ...]
    entry: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Sprawl:
    """One secret with all its places."""

    provider: str | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """How much was looked at."""

    folders: int = 0
    names: int = 0
    files: int = 0
    entries: int = 0
    pruned: tuple[tuple[str, str], ...] = ()
    excluded: int = 0


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All that a scan saw."""

    root: str
    findings: tuple[Finding, ...]
    entries: tuple[ExaminedEntry, ...]
    warnings: tuple[Caution, ...]
    problems: tuple[Problem, ...]
    stats: Stats

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be read and understood."""
        return not self.problems

    def sprawls(self) -> tuple[Sprawl, ...]:
        """Findings grouped by value, in the order of their first place."""
        groups: dict[object, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.secret, []).append(finding)
        return tuple(Sprawl(found[0].literal.provider, tuple(found)) for found in groups.values())


@dataclass(slots=True)
class _Selection:
    """Which files a run is about. Files may be iterated once; the tallies are right afterwards."""

    options: ScanOptions
    around: Surroundings
    root: str
    problems: list[Problem] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    excluded: int = 0

    def files(self) -> Iterator[ConfigFile]:
        seen: set[str] = set()
        for file in self._all():
            real = os.path.realpath(file.path)
            if real in seen:
                continue
            seen.add(real)
            if self._is_excluded(file.path):
                self.excluded += 1
            else:
                yield file

    def _all(self) -> Iterator[ConfigFile]:
        if not self.options.paths:
            yield from host_files(self.around)
            repository = repository_of(self.around.cwd)
            if repository is not None:
                yield from self._walk(repository)
            return
        for path in self.options.paths:
            full = os.path.normpath(os.path.join(self.around.cwd, path))
            if os.path.isdir(full):
                yield from self._walk(full)
                if full == self.around.home:  # host files outside the home, such as managed ones, belong to it
                    yield from (file for file in host_files(self.around) if not file.path.startswith(full + os.sep))
            elif not os.path.lexists(full):
                self.problems.append(Problem(full, "missing", "no such file or folder"))
            else:
                file = named(full, self.around)
                if file is None:
                    self.problems.append(
                        Problem(
                            full, "unknown-type", "not a kind of file that holds MCP entries",
                            "JSON, JSONC, JSON5 and TOML files are read.",
                        )
                    )  # fmt: skip
                else:
                    yield file

    def _walk(self, root: str) -> Iterator[ConfigFile]:
        walk = Walk(root, self.around)
        self.walks.append(walk)
        yield from walk.files()
        self.problems += walk.problems

    def _is_excluded(self, path: str) -> bool:
        if not self.options.exclude:
            return False
        from fnmatch import fnmatch

        relative = os.path.relpath(path, self.root)
        return any(
            fnmatch(candidate, pattern) or candidate.startswith(pattern.rstrip("/") + "/")
            for pattern in self.options.exclude
            for candidate in (path, relative)
        )


def root_of(options: ScanOptions, around: Surroundings) -> str:
    """What relative paths in reports are relative to."""
    if len(options.paths) == 1:
        full = os.path.normpath(os.path.join(around.cwd, options.paths[0]))
        return full if os.path.isdir(full) else os.path.dirname(full)
    return around.cwd


def shown_path(path: str, root: str) -> str:
    """Relative to the root when under it, otherwise as it is."""
    prefix = root.rstrip("/\\") + os.sep
    return path[len(prefix) :] if path.startswith(prefix) else path


def examined_files(
    options: ScanOptions, around: Surroundings, problems: list[Problem], selection: _Selection | None = None
) -> Iterator[Examined]:
    """Each selected file that could be read, examined; what could not be is added to `problems`."""
    selection = selection or _Selection(options, around, root_of(options, around), problems)
    for file in selection.files():
        data = read(file.path)
        result = data if isinstance(data, Problem) else examine(file, data, shown_path(file.path, selection.root))
        if isinstance(result, Problem):
            if result.code != "empty":
                problems.append(result)
            continue
        problems.extend(result.document.problems)
        yield result


def run_scan(
    options: ScanOptions, around: Surroundings, progress: Callable[[Examined], None] | None = None
) -> ScanResult:
    """Scan what the options name. Never raises for what a file contains; see `ScanResult.problems`."""
    problems: list[Problem] = []
    selection = _Selection(options, around, root_of(options, around), problems)
    findings: list[Finding] = []
    entries: list[ExaminedEntry] = []
    warnings: list[Caution] = []
    files = 0
    for examined in examined_files(options, around, problems, selection):
        files += 1
        findings += examined.findings
        entries += examined.entries
        warnings += file_warnings(examined)
        if progress is not None:
            progress(examined)
    return ScanResult(
        root=selection.root,
        findings=tuple(findings),
        entries=tuple(entries),
        warnings=tuple(warnings),
        problems=tuple(problems),
        stats=Stats(
            folders=sum(walk.folders for walk in selection.walks),
            names=sum(walk.names for walk in selection.walks),
            files=files,
            entries=len(entries),
            pruned=tuple(item for walk in selection.walks for item in walk.pruned),
            excluded=selection.excluded,
        ),
    )


def file_warnings(examined: Examined) -> Iterator[Caution]:
    """References that a host sends as they stand, and files with secrets that everybody may read."""
    known = {host.id: host for host in hosts()}
    for found in examined.entries:
        for slot, _ in found.references:
            for dialect, _, _, _ in references(slot.text.reveal()):
                dead = [
                    host_id
                    for host_id in found.entry.hosts
                    if not any(dialect in way.reads for way in known[host_id].references)
                ]
                if dead and _is_variable_dialect(dialect):
                    yield _warning(
                        examined, found, slot.key_path, "dead-reference", tuple(dead),
                        "the host does not expand this kind of reference: it is sent to the server as it stands",
                    )  # fmt: skip
    if examined.findings and os.name == "posix":
        try:
            mode = os.stat(examined.file.path).st_mode
        except OSError:
            return
        if mode & 0o004 and not examined.file.shared:
            yield Caution(
                "world-readable", examined.file.path, 1, "", examined.file.hosts, None,
                "every user of this machine may read this file",
            )  # fmt: skip


def _is_variable_dialect(dialect: str) -> bool:
    """Whether some host expands it at all; other references (`op://…`) are resolved by what the entry starts."""
    return any(dialect in way.reads for host in hosts() for way in host.references)


def _warning(
    examined: Examined, found: ExaminedEntry, path: Sequence[str | int], code: str, at_hosts: tuple[str, ...], text: str
) -> Caution:
    from unsprawl.scanner.formats.node import at, pointer

    node = at(examined.document.root, tuple(path))
    line = examined.document.lines.position(node.span.start)[0] if node else found.entry.line
    return Caution(code, examined.file.path, line, pointer(tuple(path)), at_hosts, found.entry.name, text)
