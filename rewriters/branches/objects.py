"""The commit as git's objects: contents, tree, commit. They change nothing that anybody sees until a ref names them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from unsprawl.rewriters.branches.repository import Repository
from unsprawl.rewriters.branches.signing import Signing
from unsprawl.rewriters.journal import PlacedNote
from unsprawl.scanner.errors import NotApplied

_NONE = "0" * 40


def index_lines(placed: Iterable[PlacedNote], *, back: bool = False) -> bytes:
    """What `git update-index --index-info -z` reads: the files as in the commit, or as they were."""
    lines = []
    for each in placed:
        name = each.before if back else each.after
        mode = each.mode if name is not None else "0"
        lines.append(f"{mode} {name or _NONE}\t".encode("ascii") + os.fsencode(each.path) + b"\0")
    return b"".join(lines)


def make_tree(repository: Repository, git: str, base: str, placed: Iterable[PlacedNote]) -> str:
    """The tree of the commit `base` with these files; made in an index of its own. Raises NotApplied."""
    index = os.path.join(git, "unsprawl-index")
    variables = {"GIT_INDEX_FILE": index}
    try:
        _remove(index)
        repository.do("read-tree", base, variables=variables)
        repository.do("update-index", "-z", "--index-info", stdin=index_lines(placed), variables=variables)
        # Of a partial clone not every content is here, and none is fetched for this.
        return repository.do("write-tree", "--missing-ok", variables=variables).decode("ascii").strip()
    finally:
        _remove(index)


def make_commit(repository: Repository, tree: str, base: str, message: str, signing: Signing | None) -> str:
    """A commit of the tree, by whoever git says, signed where that is set. Raises NotApplied."""
    said = repository.run(
        "commit-tree", tree, "-p", base, *(("-S",) if signing else ()),
        stdin=message.encode("utf-8"), waits=signing is not None,
        settings=("i18n.commitEncoding=UTF-8", *(signing.settings if signing else ())),
    )  # fmt: skip
    if said.code != 0 and signing is not None:
        raise NotApplied(
            f"the commit could not be signed ({signing.format}: {said.complaint})",
            hint="Try `git commit` yourself: does it sign?",
        )
    if said.code != 0:
        raise NotApplied(f"the commit could not be made ({said.complaint})")
    return said.out.decode("ascii").strip()


def _remove(path: str) -> None:
    for each in (path, f"{path}.lock"):
        with suppress(FileNotFoundError):
            os.unlink(each)


def set_index(
    repository: Repository, placed: Iterable[PlacedNote], *, back: bool = False, settings: tuple[str, ...] = ()
) -> None:
    """Put the files into the index as the commit has them, or as they were; nothing else in it changes.

    Raises NotApplied.
    """
    placed = list(placed)
    repository.do("update-index", "-z", "--index-info", stdin=index_lines(placed, back=back), settings=settings)
    # Once more from the work tree, with the time and size there, so that nobody has to compare contents.
    there = [each.path for each in placed if (each.before if back else each.after) is not None]
    repository.run("update-index", "-z", "--stdin", stdin=b"".join(os.fsencode(path) + b"\0" for path in there))
    wanted = {each.path: each.before if back else each.after for each in placed}
    if index_of(repository, wanted) != {path: name for path, name in wanted.items() if name is not None}:
        repository.run("update-index", "-z", "--index-info", stdin=index_lines(placed, back=back))
        raise NotApplied("the index could not be written as it should", hint="Try again.")


def index_of(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    """The objects that the index has for these paths. Raises NotApplied."""
    found = {}
    said = repository.do("ls-files", "--stage", "-z", "--", *paths)
    for record in said.split(b"\0")[:-1]:
        facts, _, path = record.partition(b"\t")
        found[os.fsdecode(path)] = facts.decode("ascii").split(" ")[1]
    return found
