"""The one place that writes into a host's file: whole or not at all, and only where nothing speaks against it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

from unsprawl.rewriters.attributes import carry_over
from unsprawl.rewriters.exchange import put_in_place
from unsprawl.scanner.errors import NotApplied

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_HINTS = {
    errno.EBUSY: "It is mounted by itself, as files in containers are: migrate it where the container gets it from.",
    errno.EPERM: "It may be protected: `lsattr` shows it, `chattr -i` takes the protection off.",
    errno.EROFS: "Nothing can be written there.",
}

Watch = Callable[[str], None]
"""Told the name of each step before it is taken; tests kill the process there."""


def unwatched(step: str) -> None:
    """Watches nothing."""


class FileChanged(NotApplied):
    """The file is not what it was: a program writes it meanwhile. Nothing was changed."""


def read_whole(path: str) -> bytes:
    """The bytes of a regular file; a pipe is never waited for. Raises NotApplied."""
    try:
        descriptor = os.open(path, _READ)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotApplied(f"{path} is not a regular file")
            return file.read()
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}") from None


def replace(
    real: str, before: bytes, after: bytes, label: str, watch: Watch = unwatched, *, live: bool = False
) -> None:
    """Put `after` in place of `before` in one step: same mode, owner and extended attributes.

    `label` names the temporary file beside it, so that a later run can sweep what a killed one left. `live`: its host
    may write it at any time, so nothing that it writes may be overwritten, not even in the last moment.

    Raises NotApplied, with the file as it was, when it changed meanwhile (FileChanged) or anything fails; never once
    the new file stands. Only after Unsettled nobody knows.
    """
    temporary = temporary_path(real, label)
    try:
        facts = os.lstat(real)
        _check_same(real, facts)
        watch("create temporary file")
        descriptor = os.open(temporary, _CREATE, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                watch("write temporary file")
                file.write(after)
                file.flush()
                carry_over(file.fileno(), real, facts)
                os.fsync(file.fileno())
            if read_whole(temporary) != after:
                raise NotApplied(f"{real}: what was written beside it reads back differently; is the disk failing?")
            watch("compare once more")
            _check_same(real, facts)
            if read_whole(real) != before:
                raise _changed(real)
            watch("replace")
            if not live:
                os.replace(temporary, real)
        except BaseException:
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise
        if live:
            _exchange(temporary, real, before, after)
        watch("replaced")
        _sync_folder(os.path.dirname(real))
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "")
        raise NotApplied(f"{real}: {error.strerror}", hint=hint) from None


def create(path: str, content: bytes, label: str, mode: int = 0o666) -> None:
    """A new file with all of its content, never over one that appeared meanwhile. `mode`: less what the umask takes.

    `label`: see `replace`. Raises FileExistsError, and other kinds of OSError; nothing is left behind then.
    """
    temporary = write_beside(path, content, label, mode)
    try:
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(path):
                raise
            os.rename(temporary, path)
            return
        os.unlink(temporary)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise


def write_beside(path: str, content: bytes, label: str, mode: int) -> str:
    """Write a file beside the one that it will become; answers its path. Raises OSError."""
    sweep(path, label)
    temporary = temporary_path(path, label)
    descriptor = os.open(temporary, _CREATE, mode)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def sweep(path: str, label: str) -> None:
    """Remove what a run left that was killed. Raises OSError."""
    temporary = temporary_path(path, label)
    if os.path.lexists(temporary):
        os.unlink(temporary)


def _exchange(temporary: str, real: str, before: bytes, after: bytes) -> None:
    """An interruption leaves the temporary file where it is: it may be what the host wrote last."""
    try:
        done = put_in_place(temporary, real, before, after)
        if done is None:
            os.replace(temporary, real)
    except OSError:
        os.unlink(temporary)
        raise
    if done is False:
        raise _changed(real)


def _check_same(real: str, facts: os.stat_result) -> None:
    """Raises FileChanged when the path leads elsewhere by now, or its owner or rights are others."""
    now = os.lstat(real)
    rights = (now.st_mode, now.st_uid, now.st_gid, now.st_nlink)
    if os.path.realpath(real) != real or rights != (facts.st_mode, facts.st_uid, facts.st_gid, facts.st_nlink):
        raise _changed(real)


def _changed(real: str) -> FileChanged:
    return FileChanged(
        f"{real} changed while it was worked on", hint="Close the program that writes it, then try again."
    )


def temporary_path(real: str, label: str) -> str:
    """Where `replace` writes first."""
    return os.path.join(os.path.dirname(real), f".unsprawl-{label}.tmp")


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
