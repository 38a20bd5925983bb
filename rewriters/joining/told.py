"""What a repository's MIGRATION.md says of its entries: foreign text, of which only proposals are made.

Whoever migrated the shared files leaves there what everybody else types: `unsprawl vault add --variable NAME REF -- …`.
The names of variables are in no shared file otherwise. They are shown before they count; destinations never count
unless their owner says yes to each.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from unsprawl.rewriters.branches.guide_file import read_names
from unsprawl.rewriters.branches.markdown import behind_ticks
from unsprawl.rewriters.targets.run import ADDS
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.tree_files import of_tree
from unsprawl.vault.destination_text import destination_of
from unsprawl.vault.record import Destination

MAX_BYTES = 256 * 1024
_MOST = 500
"""So many of its lines are looked at that hold such a command."""


class Told(NamedTuple):
    """One such command."""

    ref: str
    argv: tuple[str, ...]
    variables: tuple[str, ...]
    sent: tuple[Destination, ...]


def told(folder: str) -> tuple[Told, ...]:
    """What the files in `folder` propose; nothing of one that is no plain file, or too large."""
    return tuple(each for name in read_names() for each in _of_file(f"{folder}/{name}"))


def of_entry(proposals: Sequence[Told], ref: str, argv: Sequence[str]) -> Told | None:
    """The one for this very command line; None where there is none, or they disagree."""
    same = {each for each in proposals if each.ref == ref and each.argv == tuple(argv)}
    return same.pop() if len(same) == 1 else None


def _of_file(path: str) -> Iterator[Told]:
    data = of_tree(path, MAX_BYTES, Problem(path, "link", "is a link"))
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    lines = (line for line in text.splitlines() if ADDS in line)
    for line, _ in zip(lines, range(_MOST), strict=False):
        try:
            words = shlex.split(behind_ticks(line, ADDS))
        except ValueError:
            continue
        if (found := _read(words)) is not None:
            yield found


def _read(words: Sequence[str]) -> Told | None:
    names: list[str] = []
    sent: list[Destination] = []
    rest = list(words)
    while len(rest) > 1 and rest[0] in ("--variable", "--sent"):
        option, value, *rest = rest
        if option == "--variable":
            names.append(value)
            continue
        try:
            sent.append(destination_of(value))
        except UsageError:
            return None
    if len(rest) < 3 or rest[1] != "--" or not names:
        return None
    return Told(rest[0], tuple(rest[2:]), tuple(dict.fromkeys(names)), tuple(sent))
