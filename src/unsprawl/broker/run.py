"""`unsprawl run REF -- CMD ARGS…`: becomes CMD, with the record's secrets in its environment.

Started by an MCP host for every server, so: no click, nothing on stdout, one line on stderr when it cannot, and on
POSIX no process of ours stays behind. Our core-dump limit is left alone, since the server would inherit it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.errors import Exit, UnsprawlError, UsageError

if TYPE_CHECKING:
    from unsprawl.vault.record import Record

NOT_EXECUTABLE = 126
NOT_FOUND = 127

HELP = """\
Usage: unsprawl run REF -- COMMAND [ARGS…]
       unsprawl run --headers REF

Start COMMAND with the secrets of the vault record REF in its environment.
MCP hosts call this; `unsprawl migrate` writes it into their configurations.

REF is bound to the command, folder and environment of the migration. To allow
another one: unsprawl vault allow REF -- COMMAND [ARGS…]

With --headers: print the headers of REF as JSON, for a host that asks a command
for them (Claude Code's headersHelper), and only for the server they belong to.

Exit codes: the command's own; 2 usage; 4 refused, missing or locked;
126 COMMAND cannot be executed; 127 COMMAND not found.
"""


def main(argv: Sequence[str]) -> int:
    """`argv`: what follows `run`. Returns an exit code, on POSIX only when the command was not started."""
    try:
        if argv and argv[0] in ("-h", "--help"):
            sys.stdout.write(HELP)
            return Exit.CLEAN
        if argv and argv[0] == "--headers":
            if len(argv) != 2:
                raise UsageError("exactly one record must stand after `--headers`", hint="unsprawl run --headers REF")
            from unsprawl.broker.headers import print_headers

            return print_headers(argv[1])
        ref, command = _split(argv)
        program, command, environ = _prepare(ref, command)
        if program is None:
            if os.sep in command[0] and os.path.exists(command[0]):
                return _complain(
                    f"{_shown(command[0])} cannot be executed", "chmod +x it, if it is yours.", NOT_EXECUTABLE
                )
            return _complain(f"{_shown(command[0])}: command not found", "Install it, or check PATH.", NOT_FOUND)
        return _start(program, command, environ)
    except UnsprawlError as error:
        return _complain(error.message, error.hint, error.exit)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:
        # Only the type: the text of an unknown error may hold anything, and the host keeps it in a log.
        return _complain(f"a bug in unsprawl ({type(error).__name__})", "Please report it.", Exit.BUG)


def _split(argv: Sequence[str]) -> tuple[str, list[str]]:
    usage = "unsprawl run REF -- COMMAND [ARGS…]"
    if "--" not in argv:
        raise UsageError("`--` must stand before the command", hint=usage)
    split = argv.index("--")
    before, command = argv[:split], list(argv[split + 1 :])
    if len(before) != 1 or before[0].startswith("-"):
        raise UsageError("exactly one record must stand before `--`", hint=usage)
    if not command or not command[0]:
        raise UsageError("there is no command after `--`", hint=usage)
    return before[0], command


def _prepare(ref: str, command: list[str]) -> tuple[str | None, list[str], dict[str, str]]:
    """The program to start, its command line and its environment; secrets are read only when the binding fits."""
    from unsprawl.broker.fill import fill, has_places
    from unsprawl.broker.values import values_of
    from unsprawl.vault.binding import fitting
    from unsprawl.vault.machine_key import machine_key
    from unsprawl.vault.programs import path_without_project, resolve
    from unsprawl.vault.records import load

    try:
        cwd = os.getcwd()
    except OSError:
        raise UnsprawlError("the current folder does not exist any more") from None
    environ = _given_environment()
    record = load(ref, cwd)
    binding = fitting(record, command, cwd, environ, machine_key())
    program = resolve(command[0], environ, cwd)
    if program is not None:
        if binding.root is None and "PATH" in environ:
            environ["PATH"] = path_without_project(environ["PATH"], cwd, binding.programs)
        values = {name: value.reveal() for name, value in values_of(record).items()}
        if record.oauth:
            _tell_of_ends(record)
        if has_places(command):
            # What may follow a bound prefix was never approved to show a value.
            bound = max(len(known.argv) for known in record.bindings if tuple(command[: len(known.argv)]) == known.argv)
            filled, shown = fill(command[:bound], values)
            command = filled + command[bound:]
            values = {name: value for name, value in values.items() if name not in shown}
        environ.update(values)
    return program, command, environ


def _tell_of_ends(record: Record) -> None:
    """One line for the host's log: the server keeps the access token that it gets now, whatever becomes of it."""
    from unsprawl.broker.values import ends_of

    for name, end in ends_of(record).items():
        _complain(f"{name} is an access token, and the server has it until {end}", "With --wire it is renewed.", 0)


def _given_environment() -> dict[str, str]:
    """The environment as the host made it.

    Without a locale (hosts strip LANG too) Python itself adds LC_CTYPE=C.UTF-8 at its start; it is not for the server.
    """
    environ = dict(os.environ)
    if "LC_CTYPE" in environ:
        try:
            with open("/proc/self/environ", "rb") as file:
                given = file.read()
        except OSError:
            return environ
        if not any(line.startswith(b"LC_CTYPE=") for line in given.split(b"\0")):
            del environ["LC_CTYPE"]
    return environ


def _start(program: str, command: list[str], environ: Mapping[str, str]) -> int:
    try:
        if os.name == "nt":
            import subprocess

            return subprocess.run([program, *command[1:]], env=dict(environ), check=False).returncode
        import signal

        for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores them, and what is ignored stays so through exec
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_DFL)
        os.execve(program, command, environ)
    except FileNotFoundError:
        return _complain(f"{_shown(program)}: the interpreter in its first line was not found", "", NOT_FOUND)
    except OSError as error:
        import errno

        hint = "A secret or the command line is too long for an environment." if error.errno == errno.E2BIG else ""
        return _complain(f"{_shown(program)}: {error.strerror or 'cannot be executed'}", hint, NOT_EXECUTABLE)


def _shown(text: str) -> str:
    from unsprawl.vault.plain import shown

    return shown(text)


def _complain(message: str, hint: str, code: int) -> int:
    from unsprawl.vault.plain import printable

    line = f"unsprawl: {message}. {hint}" if hint else f"unsprawl: {message}."
    try:
        sys.stderr.write(printable(line) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the host closed stderr; the exit code still tells
    return code
