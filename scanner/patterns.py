"""The path patterns of `rules/hosts.yaml`: where each one leads on this machine, and which paths fit it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.hosts import Host, HostFile, hosts
from unsprawl.scanner.surroundings import Surroundings

_PRUNED = frozenset(item["name"] for item in WALK["names"])


class Pattern(NamedTuple):
    """One path pattern of one host."""

    host: Host
    file: HostFile
    anchor: str
    """`~`, `$NAME`, `%NAME%`, `/`, `C:`, or "" for a project."""
    steps: tuple[str, ...]
    """The names below the anchor, with `*` for anything in a name and `**` for any number of folders."""

    @property
    def fixed(self) -> bool:
        """Whether only the exact place counts: elsewhere the names below the anchor say too little."""
        return self.anchor[:1] in ("$", "/") or self.anchor.endswith(":")


@cache
def patterns(folded: bool) -> tuple[Pattern, ...]:
    """All patterns in the order of the rules; `folded`: in lower case, to compare where case does not count."""
    found = []
    for host in hosts():
        for file in host.files:
            first, *rest = file.pattern.split("/")
            anchored = first in ("", "~") or first[:1] in ("$", "%") or first.endswith(":")
            steps = tuple(rest if anchored else (first, *rest))
            anchor = (first or "/") if anchored else ""
            found.append(Pattern(host, file, anchor, tuple(map(str.lower, steps)) if folded else steps))
    return tuple(found)


@cache
def _by_name(folded: bool) -> tuple[dict[str, tuple[Pattern, ...]], tuple[Pattern, ...], tuple[Pattern, ...]]:
    """Patterns by the plain file name they end in, those whose file name has a `*`, and those without a name."""
    plain: dict[str, tuple[Pattern, ...]] = {}
    for pattern in patterns(folded):
        if pattern.steps and "*" not in pattern.steps[-1]:
            plain[pattern.steps[-1]] = (*plain.get(pattern.steps[-1], ()), pattern)
    starred = tuple(pattern for pattern in patterns(folded) if pattern.steps and "*" in pattern.steps[-1])
    return plain, starred, tuple(pattern for pattern in patterns(folded) if not pattern.steps)


@cache
def candidate_names(folded: bool) -> tuple[frozenset[str], tuple[str, ...]]:
    """The cheap first look of a walk: file names, and endings of file names, that a host may read.

    Endings serve the patterns whose name starts with `*`. `discover.readings` has the last word.
    """
    plain, starred, _ = _by_name(folded)
    return frozenset(plain), tuple(pattern.steps[-1].rpartition("*")[2] for pattern in starred)


def may_fit(name: str, folded: bool) -> tuple[Pattern, ...]:
    """The patterns that a file of this name may fit."""
    plain, starred, unnamed = _by_name(folded)
    return (*plain.get(name, ()), *(p for p in starred if fnmatchcase(name, p.steps[-1])), *unnamed)


def bases(pattern: Pattern, around: Surroundings) -> tuple[str, ...]:
    """What the anchor of a pattern is here, first as it is usually written; () when it is nothing here."""
    if not pattern.anchor or (pattern.file.systems and around.system not in pattern.file.systems):
        return ()
    if pattern.anchor == "~":
        return around.homes
    if pattern.anchor[:1] in ("$", "%"):
        folder = around.folder(pattern.anchor.strip("$%"))
        return () if folder is None else (folder,)
    return (pattern.anchor.rstrip("/"),)


def is_in_place(pattern: Pattern, parts: list[str], around: Surroundings) -> bool:
    """Whether the path is the very one that the host reads, and not one that looks like it."""
    for base in bases(pattern, around):
        steps = (*around.comparable(base).split("/"), *pattern.steps)
        if (len(steps) == len(parts) or "**" in steps) and fits(steps, parts):
            return True
    return False


def fits(steps: tuple[str, ...], parts: list[str]) -> bool:
    """Whether the last components of a path are `steps`."""
    if "**" not in steps:
        return len(parts) >= len(steps) and all(
            step == part or ("*" in step and fnmatchcase(part, step))
            for step, part in zip(reversed(steps), reversed(parts), strict=False)
        )
    cut = steps.index("**")
    head, tail = steps[:cut], steps[cut + 1 :]
    if not fits(tail, parts):
        return False
    above = parts[: len(parts) - len(tail)]
    return any(fits(head, above[:end]) for end in range(len(head), len(above) + 1))


def existing(base: str, steps: tuple[str, ...]) -> Iterator[str]:
    """The paths that exist below `base` and fit. Not `glob`: it follows links in `**`, and a loop of them for long."""
    if not steps:
        if os.path.lexists(base):
            yield os.path.normpath(base)
        return
    head, rest = steps[0], steps[1:]
    if head == "**":
        for folder, folders, _ in os.walk(base):
            folders[:] = sorted(name for name in folders if name not in _PRUNED)
            yield from existing(folder, rest)
    elif "*" in head:
        try:
            names = sorted(os.listdir(base))
        except OSError:
            return
        for name in names:
            if fnmatchcase(name, head):
                yield from existing(os.path.join(base, name), rest)
    else:
        yield from existing(f"{base.rstrip('/')}/{head}", rest)
