"""Careful reading and writing of our own private files: 0600 from birth, whole or not at all, never through a link."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from unsprawl.scanner.errors import VaultError

_TEMPORARY = ".unsprawl-"
_STALE_AFTER_S = 3600
_LARGEST = 16 * 1024 * 1024
_POSIX = os.name == "posix"
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def private_folder(path: Path) -> Path:
    """Makes `path` (0700) and its missing parents, and returns it.

    Raises VaultError when it is a link or belongs to someone else: a folder linked into a dotfiles repository would
    publish the keys in it.
    """
    try:
        for folder in [*reversed(path.parents), path]:
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
        _check_folder(path)
        if _POSIX and stat.S_IMODE(path.lstat().st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise _failed(path, error) from None
    return path


def write_private(path: Path, content: bytes) -> None:
    """Replaces `path` in one step. Raises VaultError; the old content is then still there."""
    _refuse_odd(path)
    try:
        temporary = _temporary(path, content)
        try:
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise _failed(path, error) from None


def create_private(path: Path, content: bytes) -> bool:
    """Creates `path` with all its content, and tells whether it was us: False means that it was there already.

    The content is written beside it and linked into place, so that two processes that start together agree on one
    file, and neither reads half of it.
    """
    try:
        temporary = _temporary(path, content)
        try:
            os.link(temporary, path, follow_symlinks=False)
        except FileExistsError:
            return False
        except (OSError, NotImplementedError):
            return _create_plainly(path, content)  # a file system without hard links
        finally:
            os.unlink(temporary)
        sync_folder(path.parent)
    except OSError as error:
        raise _failed(path, error) from None
    return True


def read_private(path: Path) -> bytes:
    """The content of `path`.

    Raises FileNotFoundError when it does not exist, and VaultError when it is a link, is no plain file, belongs to
    another user, or others may read or write it.
    """
    try:
        _check_folder(path.parent)
        descriptor = os.open(path, _READ | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise _odd(path, "is a link") from None
        raise _failed(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise _odd(path, "is not a plain file")
        if _POSIX and facts.st_uid != os.geteuid():
            raise _odd(path, "belongs to another user")
        if _POSIX and stat.S_IMODE(facts.st_mode) & 0o077:
            raise VaultError(f"{path} can be read or changed by other users", hint=f"chmod 600 {path}")
        if facts.st_size > _LARGEST:
            raise _odd(path, "is far larger than anything we write")
        return file.read()


def remove_private(path: Path) -> bool:
    """Deletes `path` itself (never what a link points to); False when it was not there."""
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _failed(path, error) from None
    return True


def sweep(folder: Path, older_than_s: float = _STALE_AFTER_S, beside: str = "") -> None:
    """Deletes temporary files that a killed run left in `folder` longer ago than that.

    `beside`: only those for the file of this name.
    """
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.startswith(_TEMPORARY + beside) and name.endswith(".tmp"):
            path = folder / name
            try:
                if time.time() - path.lstat().st_mtime > older_than_s:
                    path.unlink()
            except OSError:
                continue


def sync_folder(folder: Path) -> None:
    """Makes a rename or deletion in `folder` last through a power cut, where the system can."""
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems cannot; the content itself is already safe
    finally:
        os.close(descriptor)


def _temporary(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f"{_TEMPORARY}{path.name}-{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, _CREATE, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _create_plainly(path: Path, content: bytes) -> bool:
    try:
        descriptor = os.open(path, _CREATE, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return True


def _check_folder(path: Path) -> None:
    facts = os.lstat(path)
    if not stat.S_ISDIR(facts.st_mode):
        raise _odd(path, "is a link or no folder")
    if _POSIX and facts.st_uid != os.geteuid():
        raise _odd(path, "belongs to another user")


def _refuse_odd(path: Path) -> None:
    try:
        facts = path.lstat()
    except OSError:
        return
    if not stat.S_ISREG(facts.st_mode):
        raise _odd(path, "is a link or no plain file")


def _odd(path: Path, what: str) -> VaultError:
    return VaultError(f"{path} {what}", hint="Nothing was read or written. Look at it, then move it away.")


def _failed(path: Path, error: OSError) -> VaultError:
    return VaultError(f"{path}: {error.strerror or type(error).__name__}")
