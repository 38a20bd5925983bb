"""`unsprawl team …`."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "join": "Store your own keys for the shared entries of repositories.",
}
"""In the order of `--help`. The texts stand here so that the help of the group imports no command."""


class Team(click.Group):
    """Imports `unsprawl.cli.team_<name>_command` when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"unsprawl.cli.team_{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("team", cls=Team)
def command() -> None:
    """Migrate the configurations of a team, together."""
