"""The walk: every file below a folder whose name says that a host may read it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.discover import ConfigFile, readings
from unsprawl.scanner.model import Problem
from unsprawl.scanner.patterns import candidate_names, endings_within
from unsprawl.scanner.surroundings import Surroundings


@dataclass(slots=True)
class Walk:
    """One walk's tally; `files` may be iterated once."""

    root: str
    around: Surroundings
    leave_out: Callable[[str], bool] | None = None
    """Answers for a folder whether the user does not want it entered."""
    folders: int = 0
    names: int = 0
    left_out: int = 0
    pruned: list[tuple[str, str]] = field(default_factory=list)
    """Folders left out by the rules, each with the reason."""
    problems: list[Problem] = field(default_factory=list)

    def files(self) -> Iterator[ConfigFile]:
        """The candidates, folder by folder in the order of names. Links to folders are not followed: no loops."""
        prunes = {item["name"]: item["why"] for item in WALK["names"]}
        below_home = {
            os.path.join(home, *item["path"].split("/")): item["why"]
            for home in self.around.homes
            for item in WALK["below_home"]
        }
        folds_case = self.around.folds_case
        plain, anywhere = candidate_names(folds_case)
        within = endings_within(folds_case)
        pending = [self.root]
        while pending:
            folder = pending.pop()
            here = os.path.basename(folder)
            endings = anywhere + within.get(here.lower() if folds_case else here, ())
            below: list[str] = []
            candidates: list[os.DirEntry[str]] = []
            try:
                with os.scandir(folder) as listing:
                    self.folders += 1
                    items = list(listing)
                    self.names += len(items)
                    for item in items:
                        name = item.name
                        if item.is_dir(follow_symlinks=False):
                            why = prunes.get(name) or below_home.get(item.path)
                            if why is not None:
                                self.pruned.append((item.path, why))
                            elif self.leave_out is not None and self.leave_out(item.path):
                                self.left_out += 1
                            else:
                                below.append(item.path)
                            continue
                        if folds_case:
                            name = name.lower()
                        if name in plain or name.endswith(endings):
                            candidates.append(item)
            except OSError as error:
                self.problems.append(
                    Problem(
                        folder,
                        "unreadable-folder",
                        f"the folder cannot be read ({error.strerror})",
                        hint="Check its owner and permissions, or leave it out with --exclude.",
                    )
                )
            below.sort(reverse=True)
            pending += below
            for item in sorted(candidates, key=lambda item: item.name):
                yield from self._candidate(item)

    def _candidate(self, item: os.DirEntry[str]) -> Iterator[ConfigFile]:
        found = readings(item.path, self.around)
        if not found:
            return
        if item.is_symlink():
            real = os.path.realpath(item.path)
            if os.path.isdir(real):
                return
            own = any(reading.in_place and reading.scope == "user" for reading in found)
            if not own and not _is_below(real, os.path.realpath(self.root)):
                self.problems.append(
                    Problem(
                        item.path,
                        "link-outside",
                        "a link to a file outside the folder that is scanned was not followed",
                        hint="Name the file itself to scan it.",
                    )
                )
                return
        yield ConfigFile(item.path, found)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
