"""Which files of a repository its commit may hold: those that git tracks, as they are, through no filter."""

from __future__ import annotations

import os

from unsprawl.rewriters.branches.repository import Repository
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.links import is_below
from unsprawl.scanner.sources.repository import repository_of


class Tracked(NamedTuple):
    """One file of the index."""

    path: str
    """Relative to the top, with `/`."""
    mode: str
    id: str
    hidden: bool
    """Git was told not to look at its changes."""


class Stays(NamedTuple):
    """Why a file is left out of the commit."""

    reason: str
    hint: str
    local: bool = False
    """It is of no concern to others: git ignores it, or it is the user's own."""


class TrackedFiles:
    """What git knows of the files of one work tree."""

    def __init__(self, repository: Repository) -> None:
        """Raises NotApplied."""
        self._repository = repository
        self._files: dict[str, Tracked] = {}
        for record in repository.do("ls-files", "-v", "--stage", "-z").split(b"\0")[:-1]:
            facts, _, path = record.partition(b"\t")
            tag, mode, name, _ = facts.decode("ascii").split(" ")
            shown = os.fsdecode(path)
            self._files[shown] = Tracked(shown, mode, name, tag.islower() or tag == "S")

    def name_of(self, path: str) -> str | None:
        """What the index would call the file that a path leads to; None for one that is not of this work tree."""
        real = os.path.realpath(path)
        if not is_below(real, self._repository.top) or repository_of(os.path.dirname(real)) != self._repository.top:
            return None
        return os.path.relpath(real, self._repository.top).replace(os.sep, "/")

    def get(self, name: str) -> Tracked | None:
        return self._files.get(name)

    def names(self) -> list[str]:
        return list(self._files)

    def why_not(self, path: str, content: bytes) -> Stays | None:
        """Why the file at a path, with that content, stays out of the commit; None where it can be in it."""
        name = self.name_of(path)
        if name is None:
            return Stays("it belongs to another repository, or lies outside", "Name that repository as well.")
        known = self._files.get(name)
        if known is None:
            if self.is_ignored(name):
                return Stays("git ignores it: it is this machine's alone", "`unsprawl migrate` with its path moves it.",
                             local=True)  # fmt: skip
            return Stays("git does not track it", "`unsprawl migrate` with its path moves it; then `git add` it.")
        if not known.mode.startswith("100"):
            return Stays("git has no file there, but a link or a submodule", "Name what it leads to.")
        if driver := self.filter_of(name):
            return Stays(
                f"its content goes through the filter `{driver}` on its way into git, and none is started here",
                "`unsprawl migrate` with its path moves it; then commit it yourself.",
            )
        if self.id_of(name, content) != known.id:
            hidden = ": git was told not to look at it (assume-unchanged, skip-worktree)" if known.hidden else ""
            return Stays(f"it is not what git has{hidden}", "Commit it first, or `unsprawl migrate` with its path.")
        return None

    def is_ignored(self, name: str) -> bool:
        """Whether git would leave a file of that path alone."""
        # It takes the path as it stands, and no other word for that; "./" keeps `:(…)` from meaning anything.
        said = self._repository.ask("--no-literal-pathspecs", "check-ignore", "-q", "--", f"./{name}")
        return said is not None

    def filter_of(self, name: str) -> str:
        """The filter that the attributes of a path name; "" where there is none."""
        said = self._repository.do("check-attr", "-z", "filter", "--", name).split(b"\0")
        value = os.fsdecode(said[2]) if len(said) > 2 else ""
        return "" if value in ("unspecified", "unset", "") else value

    def id_of(self, name: str, content: bytes, *, write: bool = False) -> str:
        """The object that git would keep for the content there: line ends and encodings are changed as it would, and no
        filter is started. Raises NotApplied.
        """
        words = ("hash-object", *(("-w",) if write else ()), "--stdin", f"--path={name}")
        return self._repository.do(*words, stdin=content).decode("ascii").strip()

    def content_of(self, object_id: str) -> bytes:
        """What an object holds. Raises NotApplied."""
        return self._repository.do("cat-file", "blob", object_id)
