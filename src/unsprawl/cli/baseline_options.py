"""The options of `scan` that are about a baseline; what they do is imported when one of them is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from unsprawl.scanner.baseline import NAME

_Command = TypeVar("_Command", bound=Callable[..., object])


def baseline_options(command: _Command) -> _Command:
    """The three options. FILE may be left out: a folder that follows is a folder to scan."""
    for option in (
        click.option("--triage", is_flag=True, help="Decide about each new secret, here on the terminal."),
        click.option("--update-baseline", "update", is_flag=True, help="Write the baseline: all that is found now."),
        click.option("--baseline", is_flag=False, flag_value="", metavar="[FILE]",
                     help=f"Only what this file does not know counts. Default: {NAME} of the repository."),
    ):  # fmt: skip
        command = option(command)
    return command
