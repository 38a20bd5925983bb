"""Call a store's program: found where programs are installed, bounded in time, without terminal, question or window.

Its environment is made here and not inherited: a repository's entry may say PATH, GNUPGHOME, BASH_ENV or
PASSWORD_STORE_EXTENSIONS_DIR, and a host leaves away what the user's shell says.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.programs import candidates, in_project, trusted_place
from unsprawl.vault.stores import State, StoreDown

_USUAL = (
    (
        *("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin"),
        *("/opt/local/bin", "/run/current-system/sw/bin", "/nix/var/nix/profiles/default/bin", "/snap/bin"),
    )
    if os.name == "posix"
    else ()
)
_USUAL_AT_HOME = (".nix-profile/bin", ".local/bin") if os.name == "posix" else ()
_KEPT = ("HOME", "USER", "LOGNAME") if os.name == "posix" else ("SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_AFTER_KILL_S = 2.0


class Answer(NamedTuple):
    """What a program said. `said` is for us to search in, never to be shown: it may hold a value."""

    code: int
    output: bytes
    said: str


def found(names: Sequence[str], folders: Sequence[str] = ()) -> dict[str, str]:
    """The path of each program. Raises StoreDown for the first one that is not installed.

    The usual places come before the folders of PATH, and of these only such count where packages install programs.
    """
    paths: dict[str, str] = {}
    for name in names:
        path = next((path for path in _candidates(name, folders) if trusted_place(path)), None)
        if path is None:
            raise StoreDown(f"`{name}` is not installed where programs usually are", State.MISSING)
        paths[name] = path
    return paths


def _candidates(name: str, folders: Sequence[str]) -> list[str]:
    places = os.pathsep.join([*usual_folders(), *folders])
    given = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    first = candidates(name, {**os.environ, "PATH": places}, os.sep)
    last = candidates(name, {**os.environ, "PATH": os.pathsep.join(given)}, os.sep) if given else ()
    return [*first, *(path for path in last if not in_project(path, _here()))]


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return os.sep


def usual_folders() -> list[str]:
    """Where programs are, the system's own first."""
    home = os.path.expanduser("~")
    return [*_USUAL, *(os.path.join(home, *folder.split("/")) for folder in _USUAL_AT_HOME)]


def quiet_environment(paths: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program and what it starts in turn."""
    folders = dict.fromkeys([*usual_folders(), *(os.path.dirname(path) for path in paths.values())])
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PATH": os.pathsep.join(folder for folder in folders if os.path.isdir(folder)),
        "LC_ALL": "C.UTF-8",  # what it says is compared
        "TERM": "dumb",
        **more,
    }


def call(argv: Sequence[str], given: bytes, environ: Mapping[str, str], limit_s: float) -> Answer:
    """Runs `argv` with `given` on its standard input. Raises StoreDown when it does not end in time or cannot start.

    It gets a session of its own, so that there is no terminal to ask on, and everything it started ends with it.
    """
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    pipe = subprocess.PIPE
    name = os.path.basename(argv[0])
    whole = _in_memory(given)
    try:
        process = subprocess.Popen(
            argv, stdin=pipe if whole is None else whole, stdout=pipe, stderr=pipe, env=dict(environ),
            cwd=os.path.abspath(os.sep), start_new_session=True, creationflags=flags,
        )  # fmt: skip
    except OSError as error:
        raise StoreDown(f"`{name}` cannot be started ({error.strerror})", State.MISSING) from None
    finally:
        if whole is not None:
            os.close(whole)
    try:
        output, said = process.communicate(given if whole is None else None, timeout=limit_s)
    except subprocess.TimeoutExpired:
        _end(process)
        raise StoreDown(
            f"`{name}` did not answer within {limit_s:g} s; it may be waiting for somebody", State.LOCKED
        ) from None
    except BaseException:
        _end(process)
        raise
    return Answer(process.returncode, output, said.decode("utf-8", "replace"))


def _in_memory(given: bytes) -> int | None:
    """A descriptor from which all of `given` can be read, in memory only; None where the system has no such thing.

    Through a pipe a program would take the first half of a value for all of it, should we be killed in between.
    """
    if sys.platform != "linux":
        return None
    try:
        descriptor = os.memfd_create("", os.MFD_CLOEXEC)
    except (OSError, AttributeError):  # an old kernel, or a C library without it
        return None
    with open(descriptor, "wb", closefd=False) as file:
        file.write(given)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and what it started, and does not wait for who else may hold its pipes."""
    with suppress(OSError):  # it has just ended
        if os.name == "posix":
            import signal

            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):  # what was not written yet has nobody to read it
                stream.close()
    with suppress(subprocess.TimeoutExpired):  # in the kernel's hands: it ends when a disk or a network answers
        process.wait(_AFTER_KILL_S)
