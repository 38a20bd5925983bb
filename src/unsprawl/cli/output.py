"""The process's two streams behind the last redactor, and the edge where errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO, cast

from unsprawl.scanner.errors import Exit, UnsprawlError
from unsprawl.scanner.redact import RedactingStream, Redactor, one_line

REDACTOR = Redactor()
"""Every value found in this process is taught to it before anything is printed."""


def install() -> None:
    """Put the redactor in front of stdout and stderr, whoever writes to them."""
    if not isinstance(sys.stdout, RedactingStream):
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a file name that is not UTF-8 must not end the run
                reconfigure(errors="backslashreplace")
        sys.stdout = cast(TextIO, RedactingStream(sys.stdout, REDACTOR))
        sys.stderr = cast(TextIO, RedactingStream(sys.stderr, REDACTOR))


def guarded(command: Callable[[], int]) -> int:
    """Run a command; turn whatever it raises into one clear message and an exit code."""
    install()
    try:
        code = command()
        sys.stdout.flush()
    except UnsprawlError as error:
        return said(error)
    except KeyboardInterrupt:
        print("unsprawl: interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`). Python would complain once more when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return Exit.INTERRUPTED
    except RecursionError as error:
        return _bug(error)
    except Exception as error:
        return _bug(error)
    finally:
        sys.stderr.flush()
    return code


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
