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


def env_files(
    found: Iterable[Examined],
    others: dict[str, tuple[Part, Wanted]],
    around: Surroundings,
    names: FileNames,
    problems: list[Problem],
) -> Iterator[Examined]:
    """Those of the `others` that entries name, each with the first entry, and those beside a project's entries.

    The entries are those of `found`, and of what git tracks beside a file that is called `.env`.
    """
    beside = tuple(found)
    beside += tuple(_tracked({each.file.path for each in beside}, others, around, names, problems))
    for examined in beside:
        for target in examined.env_files:
            path = next((path for path in permitted(target, examined.file, around)[0] if path in others), None)
            if path is not None:
                file = as_env_file(path, examined.file)
                for content in _content(*others.pop(path), problems):
                    result = examine_env_file(file, content, names.name(path), target.entry)
                    yield from _told(result, problems)
    for folder, (config, wanted) in _projects(beside).items():
        for path in [path for path in others if os.path.dirname(path) == folder]:
            if is_env_file(os.path.basename(path)) and not readings(path, around):
                file = as_env_file(path, config)
                for content in _content(*others.pop(path), problems):
                    yield from _told(examine_beside(file, content, names.name(path), wanted), problems)


def _projects(beside: Iterable[Examined]) -> Mapping[str, tuple[ConfigFile, dict[str, Entry]]]:
    """By folder: a project's configuration, and the variables that all of them there take."""
    found: dict[str, tuple[ConfigFile, dict[str, Entry]]] = {}
    for examined in beside:
        if examined.entries and examined.file.shared and not examined.file.copy:
            _, wanted = found.setdefault(opened_folder(examined.file), (examined.file, {}))
            for name, entry in referenced(examined).items():
                wanted.setdefault(name, entry)
    return found


def _tracked(
    given: set[str],
    others: Mapping[str, tuple[Part, Wanted]],
    around: Surroundings,
    names: FileNames,
    problems: list[Problem],
) -> Iterator[Examined]:
    """What hosts read in the folders of the environment files and above, as git has it; but for what was `given`.

    Nothing is told of these files themselves: the commit does not touch them.
    """
    folders: dict[Snapshot, set[str]] = {}
    for path, (part, _) in others.items():
        if part.snapshot is not None and is_env_file(os.path.basename(path)):
            folders.setdefault(part.snapshot, set()).add(os.path.dirname(path))
    plain, endings = plain_names(around.folds_case), starred_endings(around.folds_case)
    for snapshot, beside in folders.items():
        try:
            listing = snapshot.listing()
        except Silent:
            problems.append(silence(snapshot.top, refusal(snapshot.top, current=snapshot.current)))
            continue
        listed, files = [], {}
        for each in listing:
            name = around.comparable(each.path.rpartition("/")[2])
            if name in plain or name.endswith(endings):
                path = full_path(snapshot.top, each.path)
                file = known_file(path, around) if path not in given else None
                if file is not None and any(is_within(folder, opened_folder(file)) for folder in beside):
                    listed.append(each)
                    files[path] = file
        for path, content in listed_contents(snapshot, listed) if listed else ():
            if isinstance(content, bytes) and files[path].concerns(content):
                examined = examine(files[path], content, names.name(path))
                if isinstance(examined, Examined):
                    yield examined


def _content(part: Part, wanted: Wanted, problems: list[Problem]) -> Iterator[bytes]:
    for _, content in part_contents(part._replace(files=(wanted,)), problems):
        if isinstance(content, Problem):
            problems.append(content)
        else:
            yield content


def _told(result: Examined | Problem, problems: list[Problem]) -> Iterator[Examined]:
    if isinstance(result, Examined):
        problems += result.problems
        yield result
    elif result.code != "empty":
        problems.append(result)
