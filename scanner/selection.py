"""Which files a scan is about: from what the user named, or this user's host files and the current repository."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain

from unsprawl.scanner.discover import ConfigFile, host_copies, host_files, named
from unsprawl.scanner.model import Problem
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.sources.entrance import Entrance
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.sources.homes import holds_a_home
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.walk import Walk
from unsprawl.scanner.surroundings import Surroundings, full_path


class Selection:
    """Which files a run is about. Files may be iterated once; the tallies are right afterwards."""

    def __init__(
        self, options: ScanOptions, around: Surroundings, root: str, problems: list[Problem] | None = None
    ) -> None:
        self.options = options
        self.around = around
        self.root = root
        self.problems = [] if problems is None else problems
        self.walks: list[Walk] = []
        self.paths = RealPaths(folders_of(options.paths, around))
        self.excluded = 0
        """Files and folders that the user left out."""
        self.vanished = 0
        """Files that were gone when their turn came."""

    def files(self) -> Iterator[ConfigFile]:
        seen: set[str] = set()
        for file in self._all():
            real = self.paths.real(file.path)
            if real in seen:
                continue
            seen.add(real)
            if not self.leaves_out(file.path):
                yield file

    def leaves_out(self, path: str) -> bool:
        """Whether the user does not want a file read; counted."""
        left_out = self._excluded.covers(path)
        self.excluded += left_out
        return left_out

    @property
    def _excluded(self) -> Excluded:
        return Excluded(self.options.exclude, self.root)

    def _all(self) -> Iterator[ConfigFile]:
        if not self.options.paths:
            yield from host_files(self.around)
            yield from host_copies(self.around)
            yield from self._histories(self.around)
            repository = repository_of(self.around.cwd)
            if repository is not None:
                yield from self._walk(repository)
            return
        for path in self.options.paths:
            full = full_path(path, self.around)
            if os.path.isdir(full):
                yield from self._folder(full)
            elif not os.path.lexists(full):
                self.problems.append(
                    Problem(full, "missing", "no such file or folder", hint="Check the spelling of the path.")
                )
            else:
                file = named(full, self.around)
                if file is None:
                    self.problems.append(
                        Problem(
                            full, "unknown-type", "not a kind of file that holds MCP entries",
                            "JSON, JSONC, JSON5, TOML and YAML files are read, and documents of many kinds.",
                        )
                    )  # fmt: skip
                else:
                    yield file

    def _folder(self, full: str) -> Iterator[ConfigFile]:
        """The user's own files below a folder first: a walk enters no links, has no name for `$OPENCODE_CONFIG`."""
        home = full in self.around.homes
        around = self.around._replace(home=full, real_home=self.around.home) if home else self.around
        prefix = full.rstrip(os.sep) + os.sep
        # Files outside the home, such as managed ones, belong to it.
        known = chain(host_files(around), host_copies(around), self._histories(around))
        yield from (file for file in known if home or file.path.startswith(prefix))
        yield from self._walk(full)

    def _histories(self, around: Surroundings) -> Iterator[ConfigFile]:
        if self.options.documents:
            from unsprawl.scanner.sources.shell_histories import shell_histories

            yield from shell_histories(around)

    def _walk(self, root: str) -> Iterator[ConfigFile]:
        excluded = self._excluded
        entrance = Entrance(root, self.around, excluded.covers if excluded else None)
        thorough = self.options.thorough
        if thorough is None:
            thorough = not holds_a_home(root, self.around)
        walk = Walk(root, self.around, entrance, thorough, self.options.documents)
        self.walks.append(walk)
        yield from walk.files()
        self.problems += [*entrance.problems, *walk.problems]
        self.excluded += entrance.left_out


def folders_of(paths: Iterable[str], around: Surroundings) -> list[str]:
    """The folders among the paths that the user named."""
    return [full for path in paths if os.path.isdir(full := full_path(path, around))]


def root_of(options: ScanOptions, around: Surroundings) -> str:
    """What relative paths in reports are relative to: the one folder that was named, else the working folder."""
    if len(options.paths) == 1:
        full = full_path(options.paths[0], around)
        if os.path.isdir(full):
            return full
    return around.cwd
