"""`unsprawl run REF -- CMD ARGS…`: becomes CMD, with the record's secrets in its environment.

Started by an MCP host for every server, so: no click, nothing on stdout, one line on stderr when it cannot, and on
POSIX no process of ours stays behind (with `--wire` one does: the proxy). Our core-dump limit is left alone, since the
server would inherit it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from unsprawl.scanner.errors import Exit, UnsprawlError, UsageError

NOT_EXECUTABLE = 126
NOT_FOUND = 127

HELP = """\
Usage: unsprawl run [--wire] REF -- COMMAND [ARGS…]
       unsprawl run --headers REF

Start COMMAND with the secrets of the vault record REF in its environment.
MCP hosts call this; `unsprawl migrate` writes it into their configurations.

REF is bound to the command, folder and environment of the migration. To allow
another one: unsprawl vault allow REF -- COMMAND [ARGS…]

With --wire: COMMAND gets placeholders. A proxy in this process puts the secrets
into its HTTPS requests, only to the hosts that REF names; anything else with a
placeholder in it is stopped. What was sent where: unsprawl vault log REF

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
        return _run(argv)
    except UnsprawlError as error:
        return complain(error.message, error.hint, error.exit)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:
        # Only the type: the text of an unknown error may hold anything, and the host keeps it in a log.
        return complain(f"a bug in unsprawl ({type(error).__name__})", "Please report it.", Exit.BUG)


def _run(argv: Sequence[str]) -> int:
    from unsprawl.broker.approved import approve, completed

    wired = argv[:1] == ["--wire"]
    ref, command = _split(argv[1:] if wired else argv)
    approved = approve(ref, command, wired=wired)
    program = approved.program
    if program is None:
        if os.sep in command[0] and os.path.exists(command[0]):
            return complain(f"{_shown(command[0])} cannot be executed", "chmod +x it, if it is yours.", NOT_EXECUTABLE)
        return complain(f"{_shown(command[0])}: command not found", "Install it, or check PATH.", NOT_FOUND)
    if wired:
        from unsprawl.broker.wire.run import serve

        return serve(approved, program)
    from unsprawl.broker.values import ends_of, values_of

    record = approved.record
    read = values_of(record, approved.environ, approved.binding.guarded)
    values = {name: value.reveal() for name, value in read.items()}
    if record.oauth:
        for name, end in ends_of(record).items():
            complain(f"{name} is an access token that ends {end}", "With --wire it is renewed.", Exit.CLEAN)
    return _start(program, *completed(approved, values))


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
    except OSError as error:
        return not_started(program, error)


def not_started(program: str, error: OSError) -> int:
    """Says why the system did not start `program`, and answers the exit code."""
    import errno

    if error.errno == errno.ENOENT:
        return complain(f"{_shown(program)}: the interpreter in its first line was not found", "", NOT_FOUND)
    hint = "A secret or the command line is too long for an environment." if error.errno == errno.E2BIG else ""
    return complain(f"{_shown(program)}: {error.strerror or 'cannot be executed'}", hint, NOT_EXECUTABLE)


def _shown(text: str) -> str:
    from unsprawl.vault.plain import shown

    return shown(text)


def complain(message: str, hint: str, code: int) -> int:
    """One line on stderr, for the log of the host; answers `code`."""
    from unsprawl.vault.plain import printable

    line = f"unsprawl: {message}. {hint}" if hint else f"unsprawl: {message}."
    try:
        sys.stderr.write(printable(line) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass  # the host closed stderr; the exit code still tells
    return code
