"""Environment files of a commit that belong to a project's entries, staged with them or tracked before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from unsprawl.scanner.commit_files import Part, Wanted, part_contents
from unsprawl.scanner.discover import ConfigFile, known_file, readings
from unsprawl.scanner.env_files import as_env_file, examine_beside, examine_env_file, is_env_file, referenced
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Entry, Problem
from unsprawl.scanner.patterns import plain_names, starred_endings
from unsprawl.scanner.sources.env_paths import permitted
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.naming import FileNames
from unsprawl.scanner.sources.plumbing import Silent, refusal
from unsprawl.scanner.sources.project import opened_folder
from unsprawl.scanner.sources.staged import Snapshot, full_path, listed_contents, silence
from unsprawl.scanner.surroundings import Surroundings


class EnvFiles:
    """Looks for the environment files among those of a commit that hosts do not read. Problems go to `problems`."""

    def __init__(
        self, others: dict[str, tuple[Part, Wanted]], around: Surroundings, names: FileNames, problems: list[Problem]
    ) -> None:
        self._others = others
        self._around = around
        self._names = names
        self._problems = problems

    def of(self, found: Iterable[Examined]) -> Iterator[Examined]:
        """Those of the commit that entries name, each with the first entry, and those beside a project's entries.

        The entries are those of `found`, and of what git tracks beside a file that is called `.env`.
        """
        beside = tuple(found)
        beside += tuple(self._tracked({each.file.path for each in beside}))
        for examined in beside:
            for target in examined.env_files:
                path = next(
                    (path for path in permitted(target, examined.file, self._around)[0] if path in self._others), None
                )
                if path is not None:
                    file = as_env_file(path, examined.file)
                    for content in self._content(*self._others.pop(path)):
                        result = examine_env_file(file, content, self._names.name(path), target.entry)
                        yield from self._told(result)
        for folder, (config, wanted) in _projects(beside).items():
            for path in [path for path in self._others if os.path.dirname(path) == folder]:
                if is_env_file(os.path.basename(path)) and not readings(path, self._around):
                    file = as_env_file(path, config)
                    for content in self._content(*self._others.pop(path)):
                        yield from self._told(examine_beside(file, content, self._names.name(path), wanted))

    def _tracked(self, given: set[str]) -> Iterator[Examined]:
        """What hosts read in the folders of the environment files and above, as git has it; but for what was `given`.

        Nothing is told of these files themselves: the commit does not touch them.
        """
        folders: dict[Snapshot, set[str]] = {}
        for path, (part, _) in self._others.items():
            if part.snapshot is not None and is_env_file(os.path.basename(path)):
                folders.setdefault(part.snapshot, set()).add(os.path.dirname(path))
        plain, endings = plain_names(self._around.folds_case), starred_endings(self._around.folds_case)
        for snapshot, beside in folders.items():
            try:
                listing = snapshot.listing()
            except Silent:
                self._problems.append(silence(snapshot.top, refusal(snapshot.top, current=snapshot.current)))
                continue
            listed, files = [], {}
            for each in listing:
                name = self._around.comparable(each.path.rpartition("/")[2])
                if name in plain or name.endswith(endings):
                    path = full_path(snapshot.top, each.path)
                    file = known_file(path, self._around) if path not in given else None
                    if file is not None and any(is_within(folder, opened_folder(file)) for folder in beside):
                        listed.append(each)
                        files[path] = file
            for path, content in listed_contents(snapshot, listed) if listed else ():
                if isinstance(content, bytes) and files[path].concerns(content):
                    examined = examine(files[path], content, self._names.name(path))
                    if isinstance(examined, Examined):
                        yield examined

    def _content(self, part: Part, wanted: Wanted) -> Iterator[bytes]:
        for _, content in part_contents(part._replace(files=(wanted,)), self._problems):
            if isinstance(content, Problem):
                self._problems.append(content)
            else:
                yield content

    def _told(self, result: Examined | Problem) -> Iterator[Examined]:
        if isinstance(result, Examined):
            self._problems += result.problems
            yield result
        elif result.code != "empty":
            self._problems.append(result)


def _projects(beside: Iterable[Examined]) -> Mapping[str, tuple[ConfigFile, dict[str, Entry]]]:
    """By folder: a project's configuration, and the variables that all of them there take."""
    found: dict[str, tuple[ConfigFile, dict[str, Entry]]] = {}
    for examined in beside:
        if examined.entries and examined.file.shared and not examined.file.copy:
            _, wanted = found.setdefault(opened_folder(examined.file), (examined.file, {}))
            for name, entry in referenced(examined).items():
                wanted.setdefault(name, entry)
    return found
