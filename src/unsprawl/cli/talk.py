"""What is said on stderr between two questions: one line each, folded between words where a terminal shows it."""

from __future__ import annotations

import sys

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.redact import one_line

_NARROWEST = 40


def say(text: str) -> None:
    """Talk to the user. `text` may hold foreign names; blanks at its beginning are kept on all its lines."""
    line = one_line(REDACTOR.clean(text))  # before it is folded: a value must not be cut in two
    print(folded(line) if sys.stderr.isatty() else line, file=sys.stderr)


def folded(line: str) -> str:
    """A line as wide as the terminal; what does not fit stands below its words."""
    from shutil import get_terminal_size
    from textwrap import wrap

    width = max(get_terminal_size().columns, _NARROWEST)
    if len(line) <= width:
        return line
    begin = " " * (len(line) - len(line.lstrip()))
    wrapped = wrap(line, width, subsequent_indent=f"{begin}  ", break_on_hyphens=False, break_long_words=False)
    return "\n".join(wrapped)
