"""Options of a command under headings: what a long `--help` needs to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

_REST = "Options"


class Sectioned(click.Command):
    """A command that lists its options by headings; what no heading names comes last."""

    def __init__(self, *args: Any, sections: Mapping[str, Sequence[str]], **more: Any) -> None:
        """`sections`: the options of each heading, by the long names that people type."""
        super().__init__(*args, **more)
        self._headings = {option: heading for heading, options in sections.items() for option in options}
        self._order = [*sections, _REST]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        listed: dict[str, list[tuple[str, str]]] = {heading: [] for heading in self._order}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):  # an argument has a record in some versions
                names = map(self._headings.get, parameter.opts)
                listed[next(filter(None, names), _REST)].append(record)
        for heading, records in listed.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)
