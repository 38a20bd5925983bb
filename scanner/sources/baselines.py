"""Where a baseline lies, what it holds for, and reading it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from unsprawl.scanner.baseline import NAME, Baseline, Known, empty
from unsprawl.scanner.baseline_file import MAX_BYTES, parse
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.tree_files import Content, of_tree
from unsprawl.scanner.surroundings import Surroundings


class BaselinePlace(NamedTuple):
    """A baseline's file and the folder that it holds for; both absolute, links in the folder resolved."""

    path: str
    folder: str
    """"" for everything that is scanned."""


def default_place(paths: Sequence[str], cwd: str) -> BaselinePlace | None:
    """Where the baseline of a scan lies: at the top of the one work tree that it is about, or in the one folder.

    `paths`: what the user named, absolute. None where there is no such place.
    """
    folders = [os.path.realpath(path if os.path.isdir(path) else os.path.dirname(path)) for path in paths]
    tops = {repository_of(folder) for folder in folders or [os.path.realpath(cwd)]}
    top = tops.pop() if len(tops) == 1 else None
    if top is None and len(paths) == 1 and os.path.isdir(paths[0]):
        top = folders[0]
    return None if top is None else BaselinePlace(os.path.join(top, NAME), top)


def named_place(path: str, scanned: Iterable[str]) -> BaselinePlace:
    """The place of a baseline that the user named.

    What lies in a repository, or in a scanned folder, holds for that alone: its content may be somebody else's.
    """
    folder = os.path.realpath(os.path.dirname(path))
    top = repository_of(folder)
    holding = sorted((real for each in scanned if is_within(folder, real := os.path.realpath(each))), key=len)
    return BaselinePlace(os.path.join(folder, os.path.basename(path)), top or next(iter(holding), ""))


def on_disk(path: str) -> Content:
    """A repository's baseline, as it lies there."""
    link = Problem(path, "baseline", "a baseline that is a link is not followed", "Put the file itself there.")
    return of_tree(path, MAX_BYTES, link)


def load(
    place: BaselinePlace, around: Surroundings, content: Callable[[str], Content] = on_disk
) -> Baseline | Problem | None:
    """The baseline at a place; None when there is none."""
    data = content(place.path)
    if data is None:
        return None
    if isinstance(data, Problem):
        return data._replace(code="baseline")
    if len(data) > MAX_BYTES:
        return Problem(place.path, "baseline", f"larger than {MAX_BYTES >> 20} MiB, not read")
    import time

    text = data.decode("utf-8", "replace")
    folder = around.comparable(place.folder) if place.folder else ""
    today = time.strftime("%Y-%m-%d")
    return parse(text, place.path, folder, today, around.comparable_homes, folded=around.folds_case)


def begun(place: BaselinePlace, around: Surroundings) -> Baseline:
    """A baseline that knows nothing yet, for that place."""
    folder = around.comparable(place.folder) if place.folder else ""
    return empty(place.path, folder, around.comparable_homes, folded=around.folds_case)


class Baselines:
    """The baselines of the repositories that a run comes by, each read once. What is wrong goes to `problems`."""

    def __init__(
        self, around: Surroundings, problems: list[Problem], content: Callable[[str], Content] = on_disk
    ) -> None:
        self._around = around
        self._problems = problems
        self._content = content
        self._read: dict[str, Baseline | None] = {}

    def of(self, top: str | None) -> list[Baseline]:
        """The baseline of a work tree, as a list of none or one."""
        if top is None:
            return []
        if top not in self._read:
            found = load(BaselinePlace(os.path.join(top, NAME), top), self._around, self._content)
            if isinstance(found, Problem):
                self._problems.append(found)
                found = None
            self._read[top] = found
        known = self._read[top]
        return [] if known is None else [known]


class Looked(NamedTuple):
    """Where a scan looked, to tell a place that is gone from one that was not looked at."""

    examined: frozenset[str] = frozenset()
    """Files that were read and understood, as comparable real paths."""
    walked: tuple[str, ...] = ()
    """Folders that were walked through, likewise."""
    everything: bool = False
    """Whether nothing below them was left out or could not be read."""

    def gone(self, known: Known, baseline: Baseline) -> bool:
        """Whether the scan looked where the place was known."""
        for file in baseline.files(known):
            if file in self.examined:
                return True
            if any(file.startswith(folder.rstrip("/") + "/") for folder in self.walked):
                return self.everything or not os.path.lexists(file)
        return False


NOWHERE = Looked()
"""Of a scan that cannot tell what is gone: of history, of what is staged."""
