"""What of a history is not here, or cannot be read: each told once, with what to do about it."""

from __future__ import annotations

from unsprawl.scanner.history.log import Tips
from unsprawl.scanner.history.process import Asker, Stream
from unsprawl.scanner.history.repository import Repository
from unsprawl.scanner.history.unnamed import lines
from unsprawl.scanner.model import Problem

FETCH = "Fetch what is missing first: git fetch --refetch --no-filter"
_PROMISED = r"^(extensions\.partialclone|remote\..*\.promisor)$"


def cut(repository: Repository, tips: Tips) -> list[Problem]:
    """That the clone is shallow: its oldest commits have parents that are not here."""
    if not repository.shallow:
        return []
    if not tips.refs and not _reaches_the_cut(repository, tips):
        return []
    return [
        Problem(
            repository.top, "shallow",
            "a shallow clone: its older commits are not here, and nobody looked at them",
            "Fetch them first: git fetch --unshallow (on CI: fetch-depth: 0)",
        )
    ]  # fmt: skip


def _reaches_the_cut(repository: Repository, tips: Tips) -> bool:
    given = ["".join(f"{tip}\n" for tip in tips.ids).encode("ascii")]
    # A commit whose parents were cut off looks like a first one.
    found = list(lines(repository.git, "rev-list", "--max-parents=0", "--stdin", given=given))
    return bool(found)


def asked_for_promises(git: Asker) -> Stream:
    """The running question whether the repository is a partial clone."""
    return git.stream("config", "--get-regexp", _PROMISED)


def absent(git: Asker, tips: Tips, promises: Stream) -> set[bytes]:
    """The objects that a partial clone left on its remote. They are never fetched."""
    said = b"".join(promises.chunks())
    promises.close()
    if not said:
        return set()
    refs = ("--all",) if tips.refs else ()
    given = ["".join(f"{tip}\n" for tip in tips.ids).encode("ascii")]
    words = ("rev-list", "--objects", *refs, "--missing=print", "--stdin")
    return {row[1:] for row in lines(git, *words, given=given) if row[:1] == b"?"}


def missing(repository: Repository, absent: set[bytes], lost: set[bytes]) -> list[Problem]:
    """That they are not here. `lost`: what git missed on its way, promised by a remote or not."""
    told = ((absent, "a partial clone: "), (lost - absent, "this repository is damaged: "))
    return [
        Problem(
            repository.top, "missing-objects",
            f"{why}{'1 object is' if len(ids) == 1 else f'{len(ids)} objects are'} not here,"
            " and nobody looked at what is in there", FETCH,
        )
        for ids, why in told
        if ids
    ]  # fmt: skip


def broken(repository: Repository, what: str, said: str) -> Problem:
    """That git gave up on the way."""
    return Problem(
        repository.top, "history-incomplete",
        f"git could not read all {what} ({said or 'it said nothing'})",
        "`git fsck` tells what is damaged; in a partial clone, fetch what is missing first.",
    )  # fmt: skip


def too_much(repository: Repository, what: str) -> Problem:
    """That more was there than anybody follows."""
    hint = "No repository grows so by itself: look at it by hand, `git ls-tree -r -t` tells what a commit holds."
    return Problem(repository.top, "history-incomplete", what, hint)
