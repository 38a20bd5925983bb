"""What a new file must have of the one that it replaces: owner, mode, access lists, labels, notes of other programs."""

from __future__ import annotations

import os
import stat
import sys

from unsprawl.scanner.errors import NotApplied

_OF_THE_CONTENT = frozenset({"security.ima", "security.evm"})
"""The kernel makes these anew: they sign the content."""
_COPY_ACCESS_LIST, _COPY_ATTRIBUTES = 1 << 0, 1 << 2
"""Flags of `fcopyfile` on macOS."""


def carry_over(descriptor: int, real: str, facts: os.stat_result) -> None:
    """Give the open new file what `real` has. `facts`: of `real`.

    Raises NotApplied where one of them would be lost, OSError when the disk fails.
    """
    if os.name != "posix":
        return
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (facts.st_uid, facts.st_gid):
        try:
            os.fchown(descriptor, facts.st_uid, facts.st_gid)
        except PermissionError:
            raise NotApplied(
                f"{real} belongs to a group that you are not in, and a new file could not be given to it",
                hint=f"Give it to your own group first: chgrp {os.getegid()} {real}",
            ) from None
    if hasattr(os, "listxattr"):
        _attributes(descriptor, real)
    elif sys.platform == "darwin":
        _attributes_of_macos(descriptor, real)
    os.fchmod(descriptor, stat.S_IMODE(facts.st_mode))  # last: an access list changes the mode


def _attributes(descriptor: int, real: str) -> None:
    """Also takes away what the new file has got from its folder: a default access list lets others read it."""
    try:
        wanted = {name: os.getxattr(real, name) for name in os.listxattr(real)}
        there = {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except OSError:
        return  # a file system without them
    for name in wanted.keys() | there.keys():
        if wanted.get(name) == there.get(name) or name in _OF_THE_CONTENT:
            continue
        try:
            if name in wanted:
                os.setxattr(descriptor, name, wanted[name])
            else:
                os.removexattr(descriptor, name)
        except OSError as error:
            raise _lost(real, name, error) from None


def _attributes_of_macos(descriptor: int, real: str) -> None:
    import ctypes

    source = os.open(real, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.fcopyfile(source, descriptor, None, _COPY_ACCESS_LIST | _COPY_ATTRIBUTES) != 0:
            code = ctypes.get_errno()
            raise _lost(real, "access list or extended attributes", OSError(code, os.strerror(code)))
    finally:
        os.close(source)


def _lost(real: str, name: str, error: OSError) -> NotApplied:
    return NotApplied(f"{real}: its {name} cannot be given to a new file ({error.strerror})")
