"""The walk: every file below a folder whose name says that a host may read it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.discover import ConfigFile, candidate_names, readings
from unsprawl.scanner.model import Problem
from unsprawl.scanner.surroundings import Surroundings


@dataclass(slots=True)
class Walk:
    """One walk's tally; `files` may be iterated once."""

    root: str
    around: Surroundings
    folders: int = 0
    names: int = 0
    pruned: list[tuple[str, str]] = field(default_factory=list)
    """Folders left out, each with the reason."""
    problems: list[Problem] = field(default_factory=list)

    def files(self) -> Iterator[ConfigFile]:
        """The candidates. Folders behind links are not entered, so a loop cannot happen."""
        names = {item["name"]: item["why"] for item in WALK["names"]}
        below_home = {f"{self.around.home}/{item['path']}": item["why"] for item in WALK["below_home"]}
        plain, endings = candidate_names()
        pending = [self.root]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as listing:
                    self.folders += 1
                    for item in listing:
                        self.names += 1
                        name = item.name
                        if item.is_dir(follow_symlinks=False):
                            why = names.get(name) or below_home.get(item.path)
                            if why is None:
                                pending.append(item.path)
                            else:
                                self.pruned.append((item.path, why))
                            continue
                        if name in plain or name.endswith(endings):
                            yield from self._candidate(item)
            except OSError as error:
                self.problems.append(
                    Problem(folder, "unreadable-folder", f"the folder cannot be read ({error.strerror})")
                )

    def _candidate(self, item: os.DirEntry[str]) -> Iterator[ConfigFile]:
        path = item.path
        found = readings(path, self.around)
        if not found:
            return
        if item.is_symlink():
            real = os.path.realpath(path)
            if os.path.isdir(real):
                return
            inside = os.path.commonpath([real, os.path.realpath(self.root)]) == os.path.realpath(self.root)
            if not inside and not any(reading.in_place and reading.scope == "user" for reading in found):
                self.problems.append(
                    Problem(
                        path,
                        "link-outside",
                        "a link to a file outside the folder that is scanned was not followed",
                        hint="Name the file itself to scan it.",
                    )
                )
                return
        yield ConfigFile(path, found)
