"""Which files a commit is about: those that are named, those that it would change, or all that git tracks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.current import WorkTrees
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.sources.index import Listed
    from unsprawl.scanner.sources.staged import Snapshot


class Wanted(NamedTuple):
    """A file to check."""

    path: str
    """Absolute, as it was named."""
    real: str
    """With no links in its folder; the file itself may be a link, which is then what is staged."""
    listed: Listed | None = None
    """Where a listing gave it."""


class Part(NamedTuple):
    """Files of one work tree."""

    snapshot: Snapshot | None
    """Where their content is; None outside of any repository, where it is on disk."""
    files: tuple[Wanted, ...]


def named_files(paths: Iterable[str], around: Surroundings) -> list[Part]:
    """The files at these paths, by work tree. They are checked as they are staged, outside of a repository as they lie
    on disk. Between two commits, which pre-commit tells, they are checked as the later one has them.
    """
    trees = WorkTrees(around)
    parts: dict[str | None, list[Wanted]] = {}
    for path in paths:
        full = os.path.normpath(os.path.join(around.cwd, path))
        # git follows no links to folders.
        real = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
        parts.setdefault(trees.of(real), []).append(Wanted(full, real))
    return [Part(_snapshot(top, trees, around), tuple(files)) for top, files in parts.items()]


def _snapshot(top: str | None, trees: WorkTrees, around: Surroundings) -> Snapshot | None:
    if top is None:
        return None
    from unsprawl.scanner.sources.staged import Snapshot

    current = top == trees.current
    # A commit is being made where git names its index; what an outer pre-commit was told counts for that one alone.
    between = around.environ.get("PRE_COMMIT_FROM_REF") and not around.environ.get("GIT_INDEX_FILE")
    later = around.environ.get("PRE_COMMIT_TO_REF", "")
    if current and between and later:
        from unsprawl.scanner.sources.plumbing import Silent

        commit = Snapshot(top, later, current)
        try:
            if commit.exists():
                return commit
        except Silent:
            pass  # the index will be silent too, and that is told
    return Snapshot(top, current=current)


def changed_files(tops: Iterable[str], around: Surroundings, problems: list[Problem]) -> list[Part]:
    """What is staged in these work trees: each file that differs from the newest commit."""
    from unsprawl.scanner.sources.index import changed
    from unsprawl.scanner.sources.staged import Snapshot

    trees = WorkTrees(around)
    snapshots = [Snapshot(top, current=top == trees.current) for top in tops]
    return _listed(snapshots, lambda snapshot: changed(snapshot.top, current=snapshot.current), problems)


def tracked_files(top: str, around: Surroundings, problems: list[Problem]) -> list[Part]:
    """Every file of a work tree's index, or of the later one of two commits that pre-commit tells."""
    snapshot = _snapshot(top, WorkTrees(around), around)
    return _listed([snapshot] if snapshot is not None else [], lambda snapshot: snapshot.listing(), problems)


def _listed(
    snapshots: Iterable[Snapshot], listing: Callable[[Snapshot], list[Listed]], problems: list[Problem]
) -> list[Part]:
    from unsprawl.scanner.sources.plumbing import Silent, refusal
    from unsprawl.scanner.sources.staged import full_path, silence

    parts = []
    for snapshot in snapshots:
        top = snapshot.top
        try:
            listed = listing(snapshot)
        except Silent:
            problems.append(silence(top, refusal(top, current=snapshot.current)))
            continue
        paths = [full_path(top, each.path) for each in listed]
        files = tuple(Wanted(path, path, each) for path, each in zip(paths, listed, strict=True))
        parts.append(Part(snapshot, files))
    return parts


def part_contents(part: Part, problems: list[Problem]) -> Iterator[tuple[str, bytes | Problem]]:
    """What is to be checked of each file. A deleted file holds nothing to check, and neither does a link."""
    snapshot, files = part.snapshot, part.files
    if snapshot is None:
        yield from ((file.real, read(file.real)) for file in files)
        return
    if not files:
        return
    from unsprawl.scanner.sources.staged import contents, is_committed, listed_contents

    listed = [file.listed for file in files if file.listed is not None]
    for path, content in listed_contents(snapshot, listed) if listed else ():
        if content is not None:
            yield path, content
    for path, content in contents(snapshot, [file.real for file in files if file.listed is None]):
        if isinstance(content, Problem) and content.code == "not-staged":
            problems.append(content._replace(message=f"{content.message}; the file on disk was checked instead"))
            yield path, read(path)
        elif content is not None:
            yield path, content
        elif os.path.lexists(path) or not is_committed(snapshot, path):
            yield path, read(path)
