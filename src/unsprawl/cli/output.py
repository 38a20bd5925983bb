"""The process's two streams behind the last redactor, and the edge where errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TextIO, cast

from unsprawl.scanner.errors import Exit, UnsprawlError
from unsprawl.scanner.redact import RedactingStream, Redactor, one_line
from unsprawl.scanner.secret import Secret

_CI = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
"""One of them is set where somebody else than a person may read what is written."""


class LastRedactor(Redactor):
    """Also hides what has a vendor's format, though no file was found to hold it: a key may be the name of a server or
    a folder, or an argument that the user mistyped."""

    def clean(self, text: str) -> str:
        text = super().clean(text)
        if not text.isspace():
            hits = list(_vendor_formats(text))
            if hits:
                self.learn(map(Secret, hits))
                text = super().clean(text)
        return text


def _vendor_formats(text: str) -> Iterator[str]:
    from unsprawl.rules.load import load
    from unsprawl.scanner.known import find

    present = load().held(text)
    for line in text.splitlines() if present else ():
        if any(shortest <= len(line) and keyword in line for keyword, shortest in present):
            while (hit := find(line, joined=True)) is not None and not hit.stand_in:
                yield line[hit.start : hit.end]
                line = line[: hit.start] + " " * 8 + line[hit.end :]


REDACTOR: Redactor = LastRedactor()
"""Every value found in this process is taught to it before anything is printed."""


def install() -> None:
    """Put the redactor in front of stdout and stderr, whoever writes to them."""
    if not isinstance(sys.stdout, RedactingStream):
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a file name that is not UTF-8 must not end the run
                reconfigure(errors="backslashreplace")
        logged = any(os.environ.get(name) for name in _CI)
        sys.stdout = cast(TextIO, RedactingStream(sys.stdout, REDACTOR, logged=logged))
        sys.stderr = cast(TextIO, RedactingStream(sys.stderr, REDACTOR, logged=logged))


def guarded(command: Callable[[], int]) -> int:
    """Run a command; turn whatever it raises into one clear message and an exit code."""
    install()
    try:
        code = _told(command)
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        # The reader went away (`| head`). Python would complain once more when it flushes the streams at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        return Exit.INTERRUPTED
    return code


def _told(command: Callable[[], int]) -> int:
    try:
        return command()
    except UnsprawlError as error:
        return said(error)
    except KeyboardInterrupt:
        print("unsprawl: interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, FileNotFoundError) and not _in_a_folder():
            return said(
                UnsprawlError("the current folder does not exist any more", hint="Go to another one with `cd`.")
            )
        return _bug(error)


def _in_a_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def said(error: UnsprawlError) -> int:
    """Print an error of ours; answers its exit code."""
    print(f"unsprawl: {one_line(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"  {one_line(error.hint)}", file=sys.stderr)
    return error.exit


def _bug(error: BaseException) -> int:
    """A bug is told by kind and places only: an exception's text may quote the file that was read."""
    from traceback import extract_tb

    print(f"unsprawl: a bug in unsprawl ({type(error).__name__}). Nothing more was done.", file=sys.stderr)
    for frame in extract_tb(error.__traceback__)[-8:]:
        print(f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}", file=sys.stderr)
    print("  Please report these lines; they hold no content of your files.", file=sys.stderr)
    return Exit.BUG
