"""Blobs to findings: one for each value at a place, however many versions of the file hold it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from unsprawl.scanner.discover import ConfigFile, readings
from unsprawl.scanner.env_files import as_env_file, examine_beside, examine_env_file, referenced
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.history.names import PathNames
from unsprawl.scanner.history.objects import Blob
from unsprawl.scanner.model import Entry, Finding, Problem, Silenced
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.env_paths import permitted
from unsprawl.scanner.sources.ignore_files import IgnoreFiles
from unsprawl.scanner.sources.marks import by_content
from unsprawl.scanner.sources.project import opened_folder
from unsprawl.scanner.suppress import Limits, Silencer, sifted
from unsprawl.scanner.surroundings import Surroundings


class Key(NamedTuple):
    """What makes two findings one: the value is the same, at the same place."""

    path: bytes
    fingerprint: str
    secret: Secret


@dataclass(slots=True)
class Held:
    """A value at a place, through all versions of its file."""

    finding: Finding
    """In the version that was examined first, which is the newest."""
    blob: bytes
    silenced: Silenced | None
    blobs: set[bytes] = field(default_factory=set)


class EnvFile(NamedTuple):
    """Why an environment file of the repository is looked at."""

    config: ConfigFile
    """The file that names it, or that it lies beside."""
    entry: Entry | None
    """The entry that names it in some version."""
    wanted: Mapping[str, Entry]
    """Where none names it: the variables that the entries beside it take, see `examine_beside`."""


class Findings:
    """Gathers what is in blobs, which come newest first."""

    def __init__(
        self,
        names: PathNames,
        around: Surroundings,
        lists: IgnoreFiles,
        limits: Limits,
        fresh: Callable[[Examined], None] | None = None,
    ) -> None:
        """`fresh` is told each version that has a value which no newer one had at that place."""
        self._fresh = fresh
        self._names = names
        self._around = around
        self._lists = lists
        self._limits = limits
        self._known_lists: dict[str, tuple[str, list[Silencer]]] = {}
        self._looked_at: set[tuple[bytes, bytes]] = set()
        self._troubles: dict[tuple[str, str], tuple[Problem, set[bytes]]] = {}
        self.held: dict[Key, Held] = {}
        self.env_files: dict[bytes, EnvFile] = {}
        """Environment files that entries name, or that lie beside a project's entries, by path."""
        self._projects: dict[bytes, tuple[ConfigFile, dict[str, Entry]]] = {}
        """By folder: a project's configuration, and the variables that all of them there took, in whatever version."""
        self._opened: dict[str, bytes | None] = {}
        self.files: set[bytes] = set()
        """Paths of which some version was examined."""
        self.oversized = 0

    def add(self, blob: Blob, path: bytes) -> Examined | None:
        """What the blob holds as the file at `path`."""
        if (blob.id, path) in self._looked_at:
            return None
        self._looked_at.add((blob.id, path))
        file = self._names.file(path)
        if blob.data is None:
            self._unread(blob, path, file)
            return None
        if file is None:
            file = by_content(self._names.full(path), blob.data)
        elif not file.concerns(blob.data):
            return None
        if file is None:
            return None
        examined = self._settled(examine(file, blob.data, os.fsdecode(path)), blob, path)
        if examined is not None:
            self._note_env_files(examined)
            self._note_project(examined)
        return examined

    def beside(self, paths: Iterable[bytes]) -> None:
        """Of these environment files those count that lie where a project has, or had, its entries."""
        for path in paths:
            project = self._projects.get(path.rpartition(b"/")[0])
            if (
                project is not None
                and path not in self.env_files
                and not readings(self._names.full(path), self._around)
            ):
                self.env_files[path] = EnvFile(project[0], None, project[1])

    def add_env_file(self, blob: Blob, path: bytes) -> None:
        """What the blob holds as an environment file."""
        if blob.data is None:
            self._unread(blob, path, None)
            return
        self._settled(self._variables(blob.data, path), blob, path)

    def _variables(self, data: bytes, path: bytes) -> Examined | Problem:
        why = self.env_files[path]
        file = as_env_file(self._names.full(path), why.config)
        if why.entry is None:
            return examine_beside(file, data, os.fsdecode(path), why.wanted)
        return examine_env_file(file, data, os.fsdecode(path), why.entry)

    def looked_at(self, blob: bytes, path: bytes) -> bool:
        """Whether this version was examined."""
        return (blob, path) in self._looked_at

    def secrets(self, data: bytes, path: bytes) -> set[Secret]:
        """The values that the content holds as the file at `path`; nothing of it is kept."""
        if path in self.env_files:
            examined = self._variables(data, path)
        else:
            known = self._names.file(path) or by_content(self._names.full(path), data)
            if known is None or not known.concerns(data):
                return set()
            examined = examine(known, data, os.fsdecode(path))
        return set() if isinstance(examined, Problem) else {finding.secret for finding in examined.findings}

    @property
    def problems(self) -> Iterator[Problem]:
        """What could not be read or judged, once for all versions of a file."""
        for first, blobs in self._troubles.values():
            many = f"in {len(blobs)} versions" if len(blobs) > 1 else "in one version"
            yield first._replace(message=f"{first.message} ({many})", line=None, column=None)

    def _settled(self, result: Examined | Problem, blob: Blob, path: bytes) -> Examined | None:
        problems: Iterable[Problem] = (result,) if isinstance(result, Problem) else result.problems
        for problem in problems:
            if problem.code != "empty":
                hint = f"git cat-file blob {blob.id.decode('ascii')[:12]} shows it; --exclude leaves the file out."
                self._trouble(problem._replace(hint=hint), blob)
        if isinstance(result, Problem):
            return None
        self.files.add(path)
        if not result.findings:
            return result
        result = sifted(result, self._limits, *self._ignore_lists(result.file.path))
        known = len(self.held)
        for finding in result.findings:
            self._hold(finding, None, blob, path)
        for silenced in result.silenced:
            self._hold(silenced.finding, silenced, blob, path)
        if self._fresh is not None and len(self.held) > known:
            self._fresh(result)
        return result

    def _ignore_lists(self, path: str) -> tuple[str, list[Silencer]]:
        if not self._limits.ignore:
            return "", []
        if path not in self._known_lists:  # a path has many versions
            self._known_lists[path] = self._lists.lists(path)
        return self._known_lists[path]

    def _hold(self, finding: Finding, silenced: Silenced | None, blob: Blob, path: bytes) -> None:
        key = Key(path, finding.fingerprint, finding.secret)
        held = self.held.get(key)
        if held is None:
            held = self.held[key] = Held(finding, blob.id, silenced)
        held.blobs.add(blob.id)

    def _unread(self, blob: Blob, path: bytes, file: ConfigFile | None) -> None:
        if blob.why == "too-large" and (file is None or not file.hosts):
            self.oversized += 1
            return
        told = {
            "too-large": ("too-large", "larger than is read of such a file", "Look into it by hand."),
            "missing": (
                "missing-object", "its content is not here",
                "Fetch what is missing first: git fetch --refetch --no-filter",
            ),
            "damaged": ("damaged-object", "git cannot read it", "`git fsck` tells what is damaged."),
        }  # fmt: skip
        code, message, hint = told[blob.why]
        full = self._names.full(path)
        self._trouble(Problem(full, code, message, hint), blob)

    def _trouble(self, problem: Problem, blob: Blob) -> None:
        self._troubles.setdefault((problem.path, problem.code), (problem, set()))[1].add(blob.id)

    def _note_env_files(self, examined: Examined) -> None:
        for target in examined.env_files:
            inside, _ = permitted(target, examined.file, self._around)
            for full in inside:
                path = self._names.path(full)
                if path is not None and path not in self.env_files and not readings(full, self._around):
                    self.env_files[path] = EnvFile(examined.file, target.entry, {})

    def _note_project(self, examined: Examined) -> None:
        if not examined.entries or not examined.file.shared or examined.file.copy:
            return
        path = examined.file.path
        if path not in self._opened:  # a path has many versions
            self._opened[path] = self._names.path(os.path.join(opened_folder(examined.file), ".env"))
        beside = self._opened[path]
        if beside is not None:
            _, wanted = self._projects.setdefault(beside.rpartition(b"/")[0], (examined.file, {}))
            for name, entry in referenced(examined).items():
                wanted.setdefault(name, entry)
