"""Which repository a history scan is about, and what its refs are."""

from __future__ import annotations

import os

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.history.process import OLDEST, Asker, Ended, HistoryUnavailable
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

_TOLD = ("GIT_DIR", "GIT_WORK_TREE")


class Repository(NamedTuple):
    """One repository. `top` is its work tree or, where it has none, its own folder: what its paths are below."""

    git: Asker
    top: str
    bare: bool
    shallow: bool


class Ref(NamedTuple):
    """One ref. `kind` is what it leads to: `commit`, `tree` or `blob`, or `tag` where that leads on."""

    name: str
    target: str
    kind: str


def open_repository(path: str, around: Surroundings) -> Repository:
    """The repository that the folder `path` is in; "" for the one that we are in.

    Raises UsageError where there is none, HistoryUnavailable where git does not open it.
    """
    folder = os.path.normpath(os.path.join(around.cwd, path))
    if not os.path.isdir(folder):
        what = "this is a file" if os.path.lexists(folder) else "no such folder"
        raise UsageError(f"{path}: {what}", hint="--history wants the folder of a git repository.")
    if os.path.basename(folder) == ".git" and os.path.isdir(folder):
        folder = os.path.dirname(folder)
    # Like git itself: what the caller's variables say is for where we are, not for a repository that was named.
    current = not path and any(around.environ.get(name) for name in _TOLD)
    asker = Asker(folder, current)
    ended, said = asker.ask(
        "rev-parse", "--is-shallow-repository", "--is-bare-repository", "--is-inside-work-tree", "--show-toplevel"
    )
    answers = said.split(b"\n", 3)
    if len(answers) < 4 or not {*answers[:3]} <= {b"true", b"false"}:
        raise _refused(ended, path or ".", answers[0])
    shallow, bare, inside = (answer == b"true" for answer in answers[:3])
    if inside and not bare:
        top = os.path.realpath(os.fsdecode(answers[3].removesuffix(b"\n")))
    else:
        top = os.path.realpath(folder)
    return Repository(Asker(top if not current else folder, current), top, bare or not inside, shallow)


def _refused(ended: Ended, path: str, answer: bytes) -> UsageError | HistoryUnavailable:
    if answer.startswith(b"--"):  # an option that it did not know
        return HistoryUnavailable("this git is too old", hint=f"Histories are read with git {OLDEST} or later.")
    if "dubious ownership" in ended.said:
        return HistoryUnavailable(
            f"{path}: git does not open a repository that belongs to another user",
            hint=f"If you trust its owner: git config --global --add safe.directory {_quoted(os.path.realpath(path))}",
        )
    if "not a git repository" in ended.said:
        return UsageError(
            f"{path}: not a git repository", hint="Name the folder of one, or leave --history out to scan files."
        )
    return HistoryUnavailable(
        f"{path}: git does not open this repository ({ended.said or 'it said nothing'})",
        hint="Run `git status` in its folder to see why.",
    )


def _quoted(path: str) -> str:
    from shlex import quote

    return quote(path)


def refs(repository: Repository) -> list[Ref]:
    """All refs, tags followed one step. Raises HistoryUnavailable."""
    fields = "%(objectname) %(objecttype) %(*objecttype) %(refname)"
    ended, said = repository.git.ask("for-each-ref", f"--format={fields}")
    if ended.code:
        raise HistoryUnavailable(
            f"git does not list the branches and tags ({ended.said or 'it said nothing'})",
            hint="`git fsck` tells what is damaged.",
        )
    found = []
    for row in said.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n") if said else ():
        target, kind, behind, name = row.split(" ", 3)
        found.append(Ref(name, target, behind or kind))
    return found


def stashes(repository: Repository, known: list[Ref]) -> list[str]:
    """The ids of all stashes: the newest is a ref, the others stand in its log only."""
    if not any(ref.name == "refs/stash" for ref in known):
        return []
    _, said = repository.git.ask("log", "-g", "--format=%H", "refs/stash", "--")
    newest = [ref.target for ref in known if ref.name == "refs/stash"]
    return list(dict.fromkeys([*newest, *said.decode("ascii", "replace").split()]))
