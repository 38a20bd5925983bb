"""What a report on stdout is made of."""

from __future__ import annotations

import sys

from rich.console import Console

from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.surroundings import Surroundings


def report_options(around: Surroundings) -> tuple[Console, Redactor, str, str]:
    """Console, redactor, home and working folder."""
    return console_for(sys.stdout), REDACTOR, around.home, around.cwd
