"""What git's index or a commit lists: each file's mode and id, all of them or those that a commit would change."""

from __future__ import annotations

import os
from collections.abc import Iterator

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.plumbing import Silent, answer


class Listed(NamedTuple):
    """One file of a listing. A path in conflict is listed once for each of its sides."""

    path: str
    """Relative to the top of the work tree, with `/` between names."""
    mode: str
    id: str
    side: int = 0
    """0 where there is no conflict; 1 the common ancestor, 2 ours, 3 theirs."""

    @property
    def is_file(self) -> bool:
        """No link, whose content is a path, and no submodule, which has an index of its own."""
        return self.mode.startswith("100")


def everything(top: str, *, current: bool) -> list[Listed]:
    """All files of the index. Raises Silent."""
    return list(_staged(_answer(top, "ls-files", "--stage", "-z", current=current)))


def of_commit(top: str, commit: str, *, current: bool) -> list[Listed]:
    """All files of a commit. Raises Silent."""
    said = _answer(top, "ls-tree", "-r", "-z", "--full-tree", commit, "--", current=current)
    found = []
    for record in said.split(b"\0")[:-1]:
        facts, _, path = record.partition(b"\t")
        mode, _, name = facts.decode("ascii").split(" ")
        found.append(Listed(_text(path), mode, name))
    return found


def changed(top: str, *, current: bool) -> list[Listed]:
    """The files of the index that differ from the newest commit; all of them before the first. Raises Silent.

    A file in conflict is listed with all its sides, a deleted one not at all.
    """
    words = ("--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv")
    said = answer(top, "diff-index", *words, "HEAD", "--", current=current)
    if said is None:
        if answer(top, "rev-parse", "--quiet", "--verify", "HEAD", current=current) is not None:
            raise Silent
        return everything(top, current=current)
    found, conflicts = [], set()
    fields = said.split(b"\0")
    for facts, path in zip(fields[0:-1:2], fields[1::2], strict=True):
        _, mode, _, name, status = facts.decode("ascii").split(" ")
        if status == "U":
            conflicts.add(_text(path))
        elif status != "D":
            found.append(Listed(_text(path), mode, name))
    if conflicts:
        sides = _staged(_answer(top, "ls-files", "--unmerged", "-z", current=current))
        found += [each for each in sides if each.path in conflicts]
    return found


def _answer(top: str, *words: str, current: bool) -> bytes:
    said = answer(top, *words, current=current)
    if said is None:
        raise Silent
    return said


def _staged(said: bytes) -> Iterator[Listed]:
    for record in said.split(b"\0")[:-1]:
        facts, _, path = record.partition(b"\t")
        mode, name, side = facts.decode("ascii").split(" ")
        yield Listed(_text(path), mode, name, int(side))


def _text(path: bytes) -> str:
    return os.fsdecode(path)
