"""`unsprawl team …`."""

from __future__ import annotations

import click

from unsprawl.cli.team_init_command import init
from unsprawl.cli.team_join_command import join
from unsprawl.cli.team_key_command import key
from unsprawl.cli.team_report_command import report


@click.group("team")
def command() -> None:
    """Migrate the configurations of a team together."""


command.add_command(init)
command.add_command(join)
command.add_command(key)
command.add_command(report)
