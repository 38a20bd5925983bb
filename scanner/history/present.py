"""What of the history is still there: in the checked-out commit, the index, on disk; and on a remote."""

from __future__ import annotations

import os
from collections.abc import Collection
from itertools import islice

from unsprawl.scanner.history.log import MOST_ROWS
from unsprawl.scanner.history.process import Asker, Stream
from unsprawl.scanner.history.repository import Repository
from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.worktree import read

_NEVER = frozenset({"", ".", "..", ".git"})


def asked_for_current(repository: Repository) -> list[Stream]:
    """The running questions what the checked-out commit and the index hold."""
    asked = [repository.git.stream("ls-tree", "-r", "-z", "--full-tree", "HEAD", "--")]
    if not repository.bare and not _waits(os.path.join(repository.top, ".git", "index")):
        asked.append(repository.git.stream("ls-files", "-s", "-z", "--"))
    return asked


def _waits(index: str) -> bool:
    """Whether git would wait for ever for its index: a pipe, a device."""
    return os.path.exists(index) and not os.path.isfile(index)


def current_blobs(asked: list[Stream], paths: Collection[bytes]) -> dict[bytes, set[bytes]]:
    """The blobs that they have at these paths."""
    found: dict[bytes, set[bytes]] = {}
    for stream in asked:
        for row in islice(stream.rows(b"\0"), MOST_ROWS):
            head, _, path = row.partition(b"\t")
            if path in paths:
                # `mode type id` of a commit, `mode id stage` of the index
                found.setdefault(path, set()).add(max(head.split(b" "), key=len))
        stream.close()  # a repository without a commit has no HEAD
    return found


def on_disk(repository: Repository, path: bytes) -> bytes | None:
    """The file in the work tree; None where there is none, or where links lead out of it."""
    steps = os.fsdecode(path).split("/")
    if repository.bare or not _NEVER.isdisjoint(map(str.lower, steps)):
        return None
    full = os.path.join(repository.top, *steps)
    if os.path.islink(full) or not is_within(os.path.realpath(os.path.dirname(full)), repository.top):
        return None
    data = read(full)
    return None if isinstance(data, Problem) else data


def blob_id(data: bytes, like: bytes) -> bytes:
    """The id that git gives this content, in a repository whose ids look like this one."""
    import hashlib

    named = hashlib.new("sha1" if len(like) == 40 else "sha256", usedforsecurity=False)
    named.update(b"blob %d\0" % len(data))
    named.update(data)
    return named.hexdigest().encode("ascii")


def asked_for_public(git: Asker, commits: Collection[bytes], remote: Collection[str]) -> Stream | None:
    """The running question which of the commits `remote`, the tips of the remote-tracking branches, do not reach."""
    if not remote or not commits:
        return None
    lines = [*commits, *(b"^" + tip.encode("ascii") for tip in remote)]
    return git.stream("rev-list", "--stdin", feed=[b"\n".join(lines) + b"\n"])


def public(asked: Stream | None, commits: Collection[bytes]) -> set[bytes]:
    """Those of the commits that they reach."""
    if asked is None:
        return set()
    private = set(commits).intersection(asked.rows(b"\n"))
    return set() if asked.close().code else set(commits) - private
