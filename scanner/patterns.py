"""The path patterns of `rules/hosts.yaml`: where each one leads on this machine, and which paths fit it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache

from unsprawl.rules.bundle import HOSTS, WALK
from unsprawl.scanner.host_files import FilePattern, file_patterns
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

_PRUNED = frozenset(item["name"] for item in WALK["names"])


class _Index(NamedTuple):
    """Patterns by the file name they end in."""

    plain: dict[str, tuple[FilePattern, ...]]
    within: dict[str, tuple[FilePattern, ...]]
    """Those whose file name has a `*`, by the name of the folder it is in."""
    anywhere: tuple[FilePattern, ...]
    """Those whose file name has a `*` in any folder."""
    unnamed: tuple[FilePattern, ...]
    """Those that a variable names as a whole."""


@cache
def patterns(folded: bool) -> tuple[FilePattern, ...]:
    """All patterns in the order of the rules; `folded`: in lower case, to compare where case does not count."""
    if not folded:
        return file_patterns()
    return tuple(known._replace(steps=tuple(map(str.lower, known.steps))) for known in file_patterns())


@cache
def _index(folded: bool) -> _Index:
    plain: dict[str, list[FilePattern]] = {}
    within: dict[str, list[FilePattern]] = {}
    anywhere, unnamed = [], []
    for pattern in patterns(folded):
        if not pattern.steps:
            unnamed.append(pattern)
        elif "*" not in pattern.steps[-1]:
            plain.setdefault(pattern.steps[-1], []).append(pattern)
        elif len(pattern.steps) > 1 and "*" not in pattern.steps[-2]:
            within.setdefault(pattern.steps[-2], []).append(pattern)
        else:
            anywhere.append(pattern)
    return _Index(
        {name: tuple(found) for name, found in plain.items()},
        {name: tuple(found) for name, found in within.items()},
        tuple(anywhere),
        tuple(unnamed),
    )


@cache
def _by_folder(name: str, folded: bool) -> tuple[dict[str, tuple[FilePattern, ...]], tuple[FilePattern, ...]]:
    """The patterns of a plain name, in order, by the folder that a file of it is in; and those for any other folder.

    Dozens of hosts have an `mcp.json`, each in a folder of its own.
    """
    known = _index(folded).plain[name]
    folders = [
        pattern.steps[-2] if len(pattern.steps) > 1 and "*" not in pattern.steps[-2] else "" for pattern in known
    ]

    def those_in(*wanted: str) -> tuple[FilePattern, ...]:
        return tuple(pattern for pattern, folder in zip(known, folders, strict=True) if folder in wanted)

    return {folder: those_in("", folder) for folder in folders}, those_in("")


def plain_names(folded: bool) -> frozenset[str]:
    """All file names that some host reads."""
    return frozenset(_index(folded).plain)


def starred_endings(folded: bool) -> tuple[str, ...]:
    """The endings of the file names of which hosts read any that end so."""
    starred = (pattern for pattern in patterns(folded) if pattern.steps and "*" in pattern.steps[-1])
    return tuple(dict.fromkeys(pattern.steps[-1].rpartition("*")[2] for pattern in starred))


def folder_names(folded: bool) -> frozenset[str]:
    """The names of folders that hosts keep their files in, at any depth."""
    return frozenset(step for pattern in patterns(folded) for step in pattern.steps[:-1] if "*" not in step)


def may_fit(parts: list[str], folded: bool) -> Iterator[FilePattern]:
    """The patterns that a file at this path may fit, by its name and its folder's."""
    index, name = _index(folded), parts[-1]
    if name in index.plain:
        by_folder, elsewhere = _by_folder(name, folded)
        yield from by_folder.get(parts[-2], elsewhere) if len(parts) > 1 else index.plain[name]
    folder = index.within.get(parts[-2], ()) if len(parts) > 1 else ()
    yield from (pattern for pattern in (*folder, *index.anywhere) if fnmatchcase(name, pattern.steps[-1]))
    yield from index.unnamed


def is_fixed(pattern: FilePattern) -> bool:
    """Whether only the exact place counts: elsewhere the names below the anchor say too little."""
    return pattern.anchor[:1] in ("$", "/") or pattern.anchor.endswith(":")


def bases(pattern: FilePattern, around: Surroundings) -> tuple[str, ...]:
    """What the anchor of a pattern is here, first as it is usually written; () when it is nothing here."""
    if not pattern.anchor or (pattern.file.systems and around.system not in pattern.file.systems):
        return ()
    return leads_to(pattern.anchor, around)


def leads_to(anchor: str, around: Surroundings) -> tuple[str, ...]:
    """The folders that an anchor (`~`, `$NAME`, `%NAME%`, `<folder>`) leads to here, first as it is usually written."""
    if anchor[0] != "<":
        return _bases(anchor, around)
    found = []
    for path, systems in HOSTS["folders"][anchor[1:-1]]:
        if around.system in systems:
            first, slash, rest = path.partition("/")
            found += [base + slash + rest for base in _bases(first, around)]
    return tuple(dict.fromkeys(found))


def _bases(anchor: str, around: Surroundings) -> tuple[str, ...]:
    if anchor == "~":
        return around.homes
    if anchor[:1] in ("$", "%"):
        folder = around.folder(anchor.strip("$%"))
        return () if folder is None else (folder,)
    return (anchor.rstrip("/"),)


def is_in_place(pattern: FilePattern, parts: list[str], around: Surroundings) -> bool:
    """Whether the path is the very one that the host reads, and not one that looks like it."""
    for base in bases(pattern, around):
        steps = (*around.comparable(base).split("/"), *pattern.steps)
        if (len(steps) == len(parts) or "**" in steps) and fits(steps, parts):
            return True
    return False


def fits(steps: tuple[str, ...], parts: list[str]) -> bool:
    """Whether the last components of a path are `steps`."""
    if len(steps) > 1 and len(parts) > 1 and steps[-2] != parts[-2] and "*" not in steps[-2]:
        return False  # most paths end here
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
