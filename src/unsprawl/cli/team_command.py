"""`unsprawl team …`."""

from __future__ import annotations

import click

from unsprawl.cli.team_init_command import init


@click.group("team")
def command() -> None:
    """Migrate the configurations of a team together."""


command.add_command(init)
