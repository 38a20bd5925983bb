"""Where another file system begins below a folder: a walk stays on the one that it was started on."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeAlias

from unsprawl.rules.bundle import WALK


class Crossing(NamedTuple):
    """A folder at which another file system begins. `why` it holds no files of its own, or ""."""

    why: str


Boundary: TypeAlias = "Callable[[str, os.DirEntry[str]], Crossing | None]"
"""Answers for a folder of the walk, by its path and its item, whether another file system begins there."""
_MOUNTS = "/proc/self/mountinfo"


def boundary_of(root: str) -> Boundary | None:
    """The boundaries below `root`; None where there are none. `root` itself may lie anywhere."""
    if sys.platform == "win32":
        return _junction
    with suppress(OSError), open(_MOUNTS, "rb") as file:
        below = mounts_below(root, os.path.realpath(root), file.read())
        return (lambda path, _: below.get(path)) if below else None
    with suppress(OSError):
        return _other_device(os.stat(root).st_dev)
    return None


def mounts_below(root: str, real: str, mountinfo: bytes) -> dict[str, Crossing]:
    """The mounts that the kernel lists below `real`, by their path below `root`, which may lead there through links."""
    virtual = {kind: item["why"] for item in WALK["filesystems"] for kind in item["kinds"]}
    prefix = real.rstrip("/") + "/"
    found = {}
    for line in mountinfo.splitlines():
        fields, _, kind = line.partition(b" - ")
        if fields.count(b" ") < 4 or not kind:
            continue
        point = os.fsdecode(_plain(fields.split(b" ")[4]))
        if point.startswith(prefix):
            name = os.fsdecode(kind.split(b" ")[0])
            found[os.path.join(root, point[len(prefix) :])] = Crossing(virtual.get(name, ""))
    return found


def _plain(field: bytes) -> bytes:
    r"""A field without its escapes: blanks are written `\040`."""
    head, *rest = field.split(b"\\")
    return head + b"".join(
        bytes([int(part[:3], 8) & 255]) + part[3:] if part[:3].isdigit() else b"\\" + part for part in rest
    )


def _other_device(device: int) -> Boundary:
    def boundary(path: str, item: os.DirEntry[str]) -> Crossing | None:
        try:
            return Crossing("") if item.stat(follow_symlinks=False).st_dev != device else None
        except OSError:
            return None

    return boundary


def _junction(path: str, item: os.DirEntry[str]) -> Crossing | None:
    """Folders that Windows shows from elsewhere: mounted volumes, junctions. They may lead in circles."""
    with suppress(OSError):
        attributes = getattr(item.stat(follow_symlinks=False), "st_file_attributes", 0)
        if attributes & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400):
            return Crossing("a link to another folder")
    return None
