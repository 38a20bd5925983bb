"""The rich console of a report: styled on a terminal only, and reading no markup out of text."""

from __future__ import annotations

import os
from typing import TextIO

from rich.console import Console

PIPED_WIDTH = 120
PIPED_HEIGHT = 25
NARROWEST = 40


def console_for(stream: TextIO, screen: TextIO | None = None) -> Console:
    """A console that writes to `stream`, for a reader at `screen` (the same, if not given).

    It styles on a terminal only and not under NO_COLOR, and reads no markup or emoji out of text.
    """
    piped = not (screen or stream).isatty()
    asked = os.environ.get("COLUMNS", "")
    width = max(int(asked), NARROWEST) if asked.isdecimal() and int(asked) else PIPED_WIDTH if piped else None
    return Console(
        file=stream,
        width=width,
        height=PIPED_HEIGHT if piped else None,  # else rich asks for it at every line
        # With NO_COLOR alone rich would still write the escapes for bold and dim.
        color_system=None if piped or os.environ.get("NO_COLOR") else "auto",
        force_terminal=False if piped else True if screen else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
