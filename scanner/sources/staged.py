"""Files as a commit will hold them: the blobs in git's index, or in a commit that is named; never the files on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.index import Listed, everything, of_commit
from unsprawl.scanner.sources.plumbing import Absent, Contents, Silent, answer, object_name, refusal
from unsprawl.scanner.sources.worktree import MAX_BYTES

Content: TypeAlias = bytes | Problem | None
"""None where there is no file of that name."""
_ANCESTOR = 1
"""The side of a conflict that nobody will commit."""


class Snapshot(NamedTuple):
    """The content of a work tree as git has it."""

    top: str
    """The top of the work tree, without links."""
    commit: str = ""
    """A commit; "" for the index."""
    current: bool = True
    """It is the repository that git started us for, if it did."""

    def listing(self) -> list[Listed]:
        """All its files. Raises Silent."""
        if self.commit:
            return of_commit(self.top, self.commit, current=self.current)
        return everything(self.top, current=self.current)

    def exists(self) -> bool:
        """Whether the repository has the commit. Raises Silent."""
        words = ("rev-parse", "--quiet", "--verify", "--end-of-options", self.commit + "^{commit}")
        return answer(self.top, *words, current=self.current) is not None


def contents(snapshot: Snapshot, paths: Iterable[str]) -> Iterator[tuple[str, Content]]:
    """Each path (absolute) with its content: None where the snapshot does not have it, a Problem where git does not
    tell. Nothing for a link or a submodule, which hold nothing to check. Of a path in conflict, both sides.
    """
    yield from _told(_Asking(snapshot), ((path, None) for path in paths))


def listed_contents(snapshot: Snapshot, files: Iterable[Listed]) -> Iterator[tuple[str, Content]]:
    """The same for files that a listing of the snapshot gave."""
    yield from _told(_Asking(snapshot), ((full_path(snapshot.top, file.path), file) for file in files))


def full_path(top: str, path: str) -> str:
    """The path of a listing as one of this system."""
    return os.path.join(top, path.replace("/", os.sep))


class _Asking:
    """One conversation with git about the files of a snapshot. The listing is asked for only when something is odd."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._prefix = f"{snapshot.commit}:".encode() if snapshot.commit else b":0:"
        self._listing: dict[str, list[Listed]] | None = None

    def by_path(self, batch: Contents, path: str) -> Iterator[Content]:
        """What is under a path."""
        relative = os.path.relpath(path, self.snapshot.top).replace(os.sep, "/")
        found = batch.ask(object_name(self._prefix, relative))
        if isinstance(found, bytes) and not os.path.islink(path):
            yield found
            return
        if self._listing is None:
            self._listing = {}
            for file in self.snapshot.listing():
                self._listing.setdefault(file.path, []).append(file)
        files = self._listing.get(relative)
        if files is None:
            yield None
        for file in files or ():
            yield from self.by_id(batch, path, file)

    def by_id(self, batch: Contents, path: str, file: Listed) -> Iterator[Content]:
        """What a listing names."""
        if not file.is_file or file.side == _ANCESTOR:
            return
        found = batch.ask(file.id.encode("ascii"))
        if found is Absent.TOO_LARGE:
            yield Problem(path, "too-large", f"larger than {MAX_BYTES >> 20} MiB, not read")
        elif isinstance(found, Absent):
            yield Problem(
                path,
                "not-here",
                "git has this file, and its content is not here",
                hint="In a partial clone `git checkout` fetches it; elsewhere `git fsck` tells what is damaged.",
            )
        else:
            yield found


def _told(asking: _Asking, wanted: Iterable[tuple[str, Listed | None]]) -> Iterator[tuple[str, Content]]:
    """Git may fall silent at any file: then that one and all behind it are told as such."""
    snapshot, hint, batch = asking.snapshot, "", None
    try:
        for path, file in wanted:
            try:
                if hint:
                    raise Silent
                batch = batch or Contents(snapshot.top, current=snapshot.current)
                found = asking.by_path(batch, path) if file is None else asking.by_id(batch, path, file)
                yield from ((path, content) for content in found)
            except Silent:
                hint = hint or refusal(snapshot.top, current=snapshot.current)
                yield path, silence(path, hint)
    finally:
        if batch is not None:
            batch.close()


def silence(path: str, hint: str) -> Problem:
    """That git does not tell what is staged."""
    return Problem(path, "not-staged", "git did not tell what is staged", hint=hint)


def is_committed(snapshot: Snapshot, path: str) -> bool:
    """Whether the newest commit holds the file: one that is gone since then was deleted."""
    relative = os.path.relpath(path, snapshot.top)
    name = os.fsdecode(object_name(b"HEAD:", relative))
    try:
        return answer(snapshot.top, "cat-file", "-e", name, current=snapshot.current) is not None
    except Silent:
        return False
