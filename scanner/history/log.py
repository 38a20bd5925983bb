"""One `git log --raw -m` for all of history: which blob each commit put at which path, and what was there before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from itertools import chain

from unsprawl.scanner.history.process import Asker, Stream
from unsprawl.scanner.record import NamedTuple

NOTHING = b""
"""Stands for the blob of a path that is not there, or that is a link or a submodule."""
_WORDS = (
    "log", "--raw", "-m", "-z", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
    "--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "--full-history", "--encoding=UTF-8",
    "--format=%x01%H%x00%P%x00%aI",
)  # fmt: skip
_DATE = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:Z|[+-][0-9]{2}:[0-9]{2})")
_MODULE = b"160000"
_MOST_PATHS = 64
"""With more of them, git takes longer to compare each name than to list them all."""
_MOST_NAMES = 10_000
"""So many paths of one content are followed: a few trees that hold each other spell a million names."""
_EMPTY = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The content that really stands at many paths, and holds nothing; in either kind of repository."""
MOST_ROWS = 5_000_000
"""A commit that changes more paths than any repository holds: git would go on for ever."""


class Tips(NamedTuple):
    """From where history is read."""

    refs: bool
    """Whether from all refs, and the checked-out commits of all work trees."""
    ids: tuple[str, ...] = ()
    """And from these commits; with `^` before one, not what it reaches."""


class Commit(NamedTuple):
    """One commit that touched something of interest."""

    id: bytes
    parents: int
    date: str
    """Of its author, ISO 8601; "" where the commit tells none that git can read."""


class Change(NamedTuple):
    """What a commit did to one path: (blob before, blob after) for each parent that has another blob there."""

    commit: Commit
    sides: list[tuple[bytes, bytes]]


class Log(NamedTuple):
    """The changes of each path of interest, newest first."""

    changes: dict[bytes, list[Change]]
    commits: int
    """How many there are, whatever they touched."""
    modules: frozenset[bytes] = frozenset()
    """Paths of submodules."""
    cut: str = ""
    """What was not gathered, of which there was too much; "" where it is all."""


def start(git: Asker, tips: Tips, paths: Sequence[bytes] = ()) -> Stream:
    """The running command. With `paths`, only what touches them is told, as far as that helps."""
    lines = [*(tip.encode("ascii") for tip in tips.ids), b"--", *(paths if helps(paths) else ())]
    refs = ("--all",) if tips.refs else ()
    return git.stream(*_WORDS, *refs, "--stdin", feed=[b"".join(line + b"\n" for line in lines)])


def helps(paths: Collection[bytes]) -> bool:
    """Whether git is faster when it is told that only these paths matter."""
    return len(paths) <= _MOST_PATHS and not any(b"\n" in path for path in paths)


def read(chunks: Iterable[bytes], speaks: Callable[[bytes], bool], blobs: Set[bytes] = frozenset()) -> Log:
    """Gather what happened at the paths that speak for themselves, and what put or replaced one of the `blobs`.

    `speaks` is asked once about each path.
    """
    changes: dict[bytes, list[Change]] = {}
    modules: set[bytes] = set()
    spoken: dict[bytes, bool] = {}
    names: Counter[bytes] = Counter()
    seen, rows, cut = 0, 0, ""
    last, commit = b"", Commit(b"", 0, "")
    for head, row, path in _rows(chunks):
        if not row:
            rows = 0
            seen += head[0] != last  # once for each parent of a merge
            last = head[0]
            continue
        rows += 1
        if rows > MOST_ROWS:
            cut = f"a commit changes more than {MOST_ROWS:,} paths: it and the older ones were left out"
            break
        wanted = spoken.get(path)
        if wanted is None:
            wanted = spoken[path] = speaks(path)
        if not wanted and not blobs and _MODULE not in row:
            continue
        old, new, before, after, _ = row.split(b" ")
        if new == _MODULE:
            modules.add(path)
        before, after = _blob(old[-6:], before), _blob(new, after)
        if not wanted and before not in blobs and after not in blobs:
            continue
        if path not in changes:
            held = before or after
            names[held] += held not in _EMPTY
            if names[held] > _MOST_NAMES:
                cut = f"a content stands at more than {_MOST_NAMES:,} paths: only so many of them are told"
                continue
        if commit.id != head[0]:
            commit = _commit(*head)
        known = changes.setdefault(path, [])
        if not known or known[-1].commit is not commit:
            known.append(Change(commit, []))
        known[-1].sides.append((before, after))
    return Log(changes, seen, frozenset(modules), cut)


def _rows(chunks: Iterable[bytes]) -> Iterator[tuple[tuple[bytes, bytes, bytes], bytes, bytes]]:
    """The id, parents and date of each commit, with what it did and to which path; first with nothing."""
    head, rest, tokens = (b"", b"", b""), b"", list[bytes]()
    for chunk in chunks:
        *more, rest = (rest + chunk).split(b"\0")
        tokens += more
        at, end = 0, len(tokens)
        while at + 1 < end:
            token = tokens[at]
            if b":" in token[:2]:
                yield head, token, tokens[at + 1]
                at += 2
            elif token[:1] != b"\x01":  # between commits
                at += 1
            elif at + 2 < end:
                head = token[1:], tokens[at + 1], tokens[at + 2]
                yield head, b"", b""
                at += 3
            else:
                break
        del tokens[:at]


def _commit(id_: bytes, parents: bytes, date: bytes) -> Commit:
    return Commit(id_, parents.count(b" ") + 1 if parents else 0, _date(date))


def _date(said: bytes) -> str:
    """What git says of a date; it repeats the question where the commit has none."""
    return said.decode("ascii") if _DATE.fullmatch(said) else ""


def _blob(mode: bytes, id_: bytes) -> bytes:
    return id_ if mode[:3] == b"100" else NOTHING


def versions(log: Log) -> Iterator[tuple[bytes, bytes]]:
    """(path, blob) of every version of every path, newest first within a path."""
    for path, changes in log.changes.items():
        sides = chain.from_iterable((after, before) for change in changes for before, after in change.sides)
        yield from ((path, blob) for blob in dict.fromkeys(sides) if blob)


def added(log: Log) -> Iterator[tuple[bytes, bytes]]:
    """Those of them that a commit brought: not what was there before all of it."""
    for path, changes in log.changes.items():
        after = dict.fromkeys(change.sides[0][1] for change in changes)
        yield from ((path, blob) for blob in after if blob)
