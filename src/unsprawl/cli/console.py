"""Rich consoles on the redacted streams."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rich.console import Console

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.surroundings import Surroundings

PIPED_WIDTH = 120
NARROWEST = 40


def console_for(stream: TextIO) -> Console:
    """A console that styles on a terminal only and not under NO_COLOR, and reads no markup or emoji out of text."""
    piped = not stream.isatty()
    asked = os.environ.get("COLUMNS", "")
    width = max(int(asked), NARROWEST) if asked.isdecimal() and int(asked) else PIPED_WIDTH if piped else None
    return Console(
        file=stream,
        width=width,
        # With NO_COLOR alone rich would still write the escapes for bold and dim.
        color_system=None if piped or os.environ.get("NO_COLOR") else "auto",
        force_terminal=False if piped else None,
        markup=False,
        emoji=False,
        highlight=False,
    )


def report_options(around: Surroundings) -> tuple[Console, Redactor, str, str]:
    """What a report on stdout is made of."""
    return console_for(sys.stdout), REDACTOR, around.home, around.cwd
