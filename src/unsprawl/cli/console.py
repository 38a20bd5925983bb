"""Rich consoles on the redacted streams."""

from __future__ import annotations

import os
from typing import TextIO

from rich.console import Console

PIPED_WIDTH = 120


def console_for(stream: TextIO) -> Console:
    """A console that colours on a terminal only, honours NO_COLOR, and reads no markup or emoji out of text."""
    piped = not stream.isatty()
    width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else None
    return Console(
        file=stream,
        width=width or (PIPED_WIDTH if piped else None),
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
    )
