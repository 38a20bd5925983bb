"""Where a report goes: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable

from unsprawl.scanner.errors import NotApplied, UsageError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import RedactingStream
from unsprawl.scanner.surroundings import Surroundings


class Destination(NamedTuple):
    """A file that can be written, as far as one can tell before."""

    path: str
    """Absolute; links resolved, except to what is no file."""
    shown: str
    """As the user typed it."""
    special: bool
    """A pipe or a device: written to, never replaced."""


def destination(file: str | None, around: Surroundings, option: str = "--output") -> Destination | None:
    """The file that the user named with `option`; None for stdout, which `-` is too.

    Raises UsageError, before any work, for what must not be or cannot be written: a folder, a file in a folder that
    does not exist, the configuration of a host.
    """
    if file is None or file == "-":
        return None
    full = os.path.join(around.cwd, file)
    path = os.path.realpath(full)
    try:
        mode = os.stat(full).st_mode
    except OSError:
        mode = None
    if not file or file.endswith(("/", os.sep)) or (mode is not None and stat.S_ISDIR(mode)):
        raise UsageError(f"{option} {file}: this is a folder", hint="Name a file in it.")
    if mode is not None and not stat.S_ISREG(mode):  # `/dev/stdout` resolves to what is no path at all
        return Destination(full, file, special=True)
    if not os.path.isdir(os.path.dirname(path)):
        raise UsageError(f"{option} {file}: there is no such folder", hint="Make it first.")
    from unsprawl.scanner.discover import readings

    if readings(full, around) or readings(path, around):
        raise UsageError(f"{option} {file}: an MCP host reads this file", hint="Choose another name.")
    return Destination(path, file, special=False)


def deliver(pieces: Iterable[str], to: Destination | None, *, exact: bool) -> None:
    """Write a report in which everything was redacted. `exact`: UTF-8 and its own line ends, also on stdout.

    A report holds no secret and is made to be handed on: a new file has the rights that any new file has, an existing
    one keeps its own. Raises NotApplied when the file cannot be written; it is as before then.
    """
    if to is None:
        assert isinstance(sys.stdout, RedactingStream)
        sys.stdout.pass_on(pieces, exact=exact)
        return
    data = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    replace_file(to.path, data, f"--output {to.shown}", special=to.special)


def replace_file(path: str, data: Iterable[bytes], what: str, *, special: bool = False) -> None:
    """Put `data` there, whole or not at all. Raises NotApplied, which begins with `what`; the file is as before then.

    `special`: a pipe or a device, which is written to.
    """
    try:
        if special:
            with open(path, "wb") as stream:
                stream.writelines(data)
        else:
            _replace(path, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotApplied(f"{what}: cannot be written ({reason})", hint="Choose another place.") from None


def _replace(path: str, data: Iterable[bytes]) -> None:
    """Beside it first, then in its place."""
    temporary = f"{path}.{os.urandom(6).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with open(descriptor, "wb") as stream:
            stream.writelines(data)
            stream.flush()
            os.fsync(descriptor)
        if os.path.exists(path):
            os.chmod(temporary, stat.S_IMODE(os.stat(path).st_mode))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
