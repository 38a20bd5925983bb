"""The environment files that a run's entries name, read once each after the file that names them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from unsprawl.scanner.discover import ConfigFile, readings
from unsprawl.scanner.env_files import (
    MAX_BYTES,
    as_env_file,
    examine_beside,
    examine_env_file,
    is_env_file,
    referenced,
)
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Entry, EnvTarget, Problem
from unsprawl.scanner.sources.env_paths import Standing, locate
from unsprawl.scanner.sources.private_file import kept_privately
from unsprawl.scanner.sources.project import opened_folder
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings


def missing_env_files(examined: Examined, around: Surroundings) -> tuple[EnvTarget, ...]:
    """Those that the file's entries name and that are not there."""
    targets = examined.env_files
    return tuple(each for each in targets if locate(each, examined.file, around).standing is Standing.MISSING)


class EnvFiles:
    """One run's environment files. What cannot be read goes to `problems`."""

    def __init__(
        self,
        around: Surroundings,
        problems: list[Problem],
        name: Callable[[str], str],
        leave_out: Callable[[str], bool],
        paths: RealPaths | None = None,
    ) -> None:
        """`name` gives what fingerprints call a file; `leave_out` tells what the user does not want read."""
        self._paths = paths or RealPaths()
        self._around = around
        self._problems = problems
        self._name = name
        self._leave_out = leave_out
        self._seen: set[str] = set()
        self._beside: dict[str, tuple[ConfigFile, dict[str, Entry]]] = {}
        """By folder: a project's configuration, and the variables that all of them there take."""

    def read(self, examined: Examined) -> Iterator[Examined]:
        """Those that the file's entries name, examined, each with the first entry that names it."""
        if examined.entries and examined.file.shared and not examined.file.copy:
            _, wanted = self._beside.setdefault(opened_folder(examined.file, self._paths), (examined.file, {}))
            for name, entry in referenced(examined).items():
                wanted.setdefault(name, entry)
        for target in examined.env_files:
            standing, path = locate(target, examined.file, self._around)
            if standing is Standing.THERE:
                found = self._read(path, examined, target.entry)
                if found is not None:
                    yield found
            elif standing is not Standing.MISSING:
                self._problems.append(_not_read(standing, path, examined, target))

    def beside(self) -> Iterator[Examined]:
        """Those that lie where a project has its entries, although none names them; after all that `read` gave."""
        for folder, (file, wanted) in self._beside.items():
            try:
                names = sorted(filter(is_env_file, os.listdir(folder)))
            except OSError:  # the configuration was read from there, so it vanished
                continue
            for path in (os.path.join(folder, name) for name in names):
                if not os.path.islink(path) and os.path.isfile(path) and self._first(path):
                    data = read(path, MAX_BYTES)
                    found = self._told(
                        data
                        if isinstance(data, Problem)
                        else examine_beside(as_env_file(path, file), data, self._name(path), wanted)
                    )
                    if found is not None:
                        yield found

    def _first(self, path: str) -> bool:
        """Whether the file is to be read, and was not before."""
        real = self._paths.real(path)
        if real in self._seen or readings(path, self._around):  # a host's own file is no list of variables
            return False
        self._seen.add(real)
        return not self._leave_out(path)

    def _read(self, path: str, examined: Examined, entry: Entry) -> Examined | None:
        if not self._first(path) or kept_privately(path):
            return None
        data = read(path, MAX_BYTES)
        if isinstance(data, Problem):
            return self._told(data)
        return self._told(examine_env_file(as_env_file(path, examined.file), data, self._name(path), entry))

    def _told(self, result: Examined | Problem) -> Examined | None:
        if isinstance(result, Problem):
            if result.code != "empty":
                self._problems.append(result)
            return None
        return result


def _not_read(standing: Standing, path: str, examined: Examined, target: EnvTarget) -> Problem:
    if standing is Standing.LINK_OUTSIDE:
        message = "a link to an environment file outside the folder of the entry that names it was not followed"
        return Problem(path, "link-outside", message, "Look into the file that it leads to by hand.")
    node = examined.document.at(target.key_path)
    line = examined.document.lines.position(node.span.start)[0] if node else target.entry.line
    message = "an entry names an environment file outside of its project or home, which was not read"
    return Problem(examined.file.path, "env-file-outside", message, "Look into that file by hand.", line)
