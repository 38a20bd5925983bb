"""`--people`: how many people use the servers, as the user says."""

from __future__ import annotations

from typing import Any

import click

from unsprawl.scanner.people import People, counted


class _Count(click.ParamType[People]):
    """A number from 1 up, `one` or `many`."""

    name = "people"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> People:
        if isinstance(value, People):
            return value
        number = counted(str(value))
        if not number:
            self.fail("it is a number from 1 up, `one` or `many`", param, ctx)
        return People(number, "by --people")


people_option = click.option(
    "--people", type=_Count(), metavar="N|many",
    help="How many people use these servers. A policy can say it for good.",
)  # fmt: skip
