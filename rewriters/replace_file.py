"""The one place that writes into a host's file: whole or not at all, and only where nothing speaks against it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable

from unsprawl.scanner.errors import NotApplied

Watch = Callable[[str], None]
"""Told the name of each step before it is taken; tests kill the process there."""


def unwatched(step: str) -> None:
    """Watches nothing."""


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
    if not stat.S_ISREG(facts.st_mode):
        raise NotApplied(f"{path} is not a regular file")
    if root is not None and os.path.commonpath([real, os.path.realpath(root)]) != os.path.realpath(root):
        raise NotApplied(f"{path} is a link out of its project", hint=f"Name the file itself: {real}")
    if os.name != "posix":
        return real
    if facts.st_uid != os.geteuid():
        raise NotApplied(f"{path} belongs to another user", hint="Let its owner do it.")
    if facts.st_nlink > 1:
        raise NotApplied(f"{path} has {facts.st_nlink} names (hard links), and replacing it would part them")
    if not facts.st_mode & stat.S_IWUSR:
        raise NotApplied(f"{path} is write-protected", hint="Take the protection off first: chmod u+w")
    _check_folders(path, os.path.dirname(real))
    return real


def _check_folders(path: str, folder: str) -> None:
    """Others who may write into a folder above could exchange the file under our hands."""
    while True:
        facts = os.stat(folder)
        others = facts.st_mode & stat.S_IWOTH
        group = facts.st_mode & stat.S_IWGRP and facts.st_gid != os.getegid()
        if (others or group) and not facts.st_mode & stat.S_ISVTX:
            raise NotApplied(
                f"{path}: other users may write into {folder}", hint=f"Take that right away first: chmod go-w {folder}"
            )
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def read_whole(path: str) -> bytes:
    """The bytes of a file. Raises NotApplied."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}") from None


def replace(real: str, before: bytes, after: bytes, label: str, watch: Watch = unwatched) -> None:
    """Put `after` in place of `before` in one step: same mode, owner and extended attributes.

    `label` names the temporary file beside it, so that a later run can sweep what a killed one left. Raises NotApplied,
    with the file as it was, when it changed meanwhile or anything fails; never once the new file stands.
    """
    temporary = temporary_path(real, label)
    try:
        facts = os.stat(real)
        watch("create temporary file")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                watch("write temporary file")
                file.write(after)
                file.flush()
                _same_rights(file.fileno(), real, facts)
                os.fsync(file.fileno())
            if read_whole(temporary) != after:
                raise NotApplied(f"{real}: what was written beside it reads back differently; is the disk failing?")
            watch("compare once more")
            if read_whole(real) != before:
                raise NotApplied(
                    f"{real} changed while it was worked on", hint="Close the program that writes it, then try again."
                )
            watch("replace")
            os.replace(temporary, real)
        except BaseException:
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise
        watch("replaced")
        _sync_folder(os.path.dirname(real))
    except OSError as error:
        raise NotApplied(f"{real}: {error.strerror}") from None


def temporary_path(real: str, label: str) -> str:
    """Where `replace` writes first."""
    return os.path.join(os.path.dirname(real), f".unsprawl-{label}.tmp")


def _same_rights(descriptor: int, real: str, facts: os.stat_result) -> None:
    if os.name != "posix":
        return
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (facts.st_uid, facts.st_gid):
        os.fchown(descriptor, facts.st_uid, facts.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(facts.st_mode))
    if hasattr(os, "listxattr"):
        try:
            names = os.listxattr(real)
        except OSError:
            return  # a file system without them
        for name in names:
            os.setxattr(descriptor, name, os.getxattr(real, name))


def _sync_folder(folder: str) -> None:
    """Make the replacement last through a power cut, where the system can.

    Never raises: the new file stands, and an error now would be taken for "nothing was changed".
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # a folder that may be written but not listed
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems cannot; the file itself is on disk
    finally:
        os.close(descriptor)
