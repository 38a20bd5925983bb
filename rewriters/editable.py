"""Which file may be replaced: one that is ours alone, where it seems to be, and no special file."""

from __future__ import annotations

import os
import stat
from functools import cache

from unsprawl.scanner.errors import NotApplied
from unsprawl.vault.records import inside

_LOCKED = sum(getattr(stat, name, 0) for name in ("UF_IMMUTABLE", "UF_APPEND", "SF_IMMUTABLE", "SF_APPEND"))
"""Flags of BSD and macOS."""


def editable(path: str, root: str | None) -> str:
    """The real path of a file that may be replaced. Raises NotApplied with the reason when it may not.

    `root`: the project folder that the real file must be in; None for a file of the user's own, which may be a link
    to wherever the user keeps such files.
    """
    real = os.path.realpath(path)
    try:
        facts = os.lstat(real)
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}") from None
    if stat.S_ISLNK(facts.st_mode):
        raise NotApplied(f"{path} is a link that leads to itself")
    if not stat.S_ISREG(facts.st_mode):
        raise NotApplied(f"{path} is not a regular file")
    if root is not None and not inside(real, root):
        raise NotApplied(f"{path} is a link out of its project", hint=f"Name the file itself: {real}")
    if os.name != "posix":
        return real
    if facts.st_uid != os.geteuid():
        raise NotApplied(f"{path} belongs to another user", hint="Let its owner do it.")
    if facts.st_nlink > 1:
        raise NotApplied(f"{path} has {facts.st_nlink} names (hard links), and replacing it would part them")
    if not facts.st_mode & stat.S_IWUSR:
        raise NotApplied(f"{path} is write-protected", hint="Take the protection off first: chmod u+w")
    if getattr(facts, "st_flags", 0) & _LOCKED:
        raise NotApplied(f"{path} is locked", hint="Take the lock off first: chflags nouchg")
    check_folders(path, os.path.dirname(real))
    if os.path.abspath(path) != real:  # whoever may exchange the link chooses which of our files is edited
        check_folders(path, os.path.dirname(os.path.abspath(path)))
    return real


def check_folders(path: str, folder: str) -> None:
    """Raises NotApplied where others may write into the folder, or one above: they could exchange the file at `path`
    under our hands.
    """
    while True:
        facts = os.stat(folder)
        others = facts.st_mode & stat.S_IWOTH
        group = facts.st_mode & stat.S_IWGRP and facts.st_gid != os.getegid()
        if (others or group) and not facts.st_mode & stat.S_ISVTX:
            raise NotApplied(
                f"{path}: other users may write into {folder}", hint=f"Take that right away first: chmod go-w {folder}"
            )
        if facts.st_uid not in (0, os.geteuid()) and not _from_outside(facts.st_uid):
            raise NotApplied(f"{path}: {folder} belongs to another user, who could exchange what is in it")
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


@cache
def _from_outside(uid: int) -> bool:
    """Whether an owner is what a container shows for all users of the machine around it, root first of all."""
    try:
        with open("/proc/sys/kernel/overflowuid", encoding="ascii") as file:
            if uid != int(file.read()):
                return False
        with open("/proc/self/uid_map", encoding="ascii") as file:
            ranges = [line.split() for line in file]
    except (OSError, ValueError):
        return False
    return not any(int(start) <= uid < int(start) + int(count) for start, _, count in ranges)
