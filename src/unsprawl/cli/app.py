"""The click group: knows the commands by name and imports only the one that is asked for."""

from __future__ import annotations

import importlib
import os
import sys

import click
from click.shell_completion import CompletionItem

from unsprawl import __version__
from unsprawl.cli.completion import VARIABLE, complete
from unsprawl.cli.output import said
from unsprawl.scanner.errors import Exit, UnsprawlError

COMMANDS = {
    "scan": "Find literal secrets in MCP configurations.",
    "migrate": "Move secrets out of the configurations, one entry at a time.",
    "undo": "Take a migration back.",
    "verify": "Check that migrated entries are clean and still work.",
    "probe": "See what login a remote server really offers.",
    "login": "Log in to a remote server once, and take the login back.",
    "revoke": "End a secret where it was issued, and see that it is dead.",
    "explain": "Say how an entry gets its key, and what would serve it better.",
    "hosts": "Show the known hosts and which of their files exist here.",
    "run": "Start a server with its secrets from the vault.",
    "vault": "List, add, replace, allow and remove stored secrets.",
    "rules": "Show what is looked for; check rules of your own.",
    "policy": "Check policies: what entries may be, and what fails.",
    "team": "Migrate the configurations of a team together.",
    "hook": "Check staged files; for git and pre-commit.",
}
"""In the order of `--help`. The texts stand here so that the help of the group imports no command."""
DIRECT = frozenset({"run", "hook"})


class LazyGroup(click.Group):
    """Imports `unsprawl.cli.<name>_command` when that command is used; its `--help` list needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in DIRECT:  # `unsprawl.cli.main` has taken these before click was imported
            return click.Command(cmd_name, params=_parameters(cmd_name), help=COMMANDS[cmd_name])
        module = importlib.import_module(f"unsprawl.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _parameters(name: str) -> list[click.Parameter]:
    """What shell completion offers for a command that is not click's."""
    found: list[click.Parameter] = [click.Argument(["files"], nargs=-1, type=click.Path())]
    if name == "hook":
        from unsprawl.cli.hook import CHECKS, INSTALLS

        found += [click.Option([option], is_flag=True) for option in (*CHECKS, *INSTALLS)]
    return found


EPILOG = (
    "Exit codes: 0 clean or done, 1 secrets were found, 2 usage, 3 something could not be read or checked, "
    "4 not applied (files are as before), 70 a bug, 130 interrupted."
)


@click.command(
    cls=LazyGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, package_name="unsprawl")
@click.pass_context
def app(ctx: click.Context) -> int:
    """Find secrets sprawled across MCP configurations, and move them somewhere safe.

    Without a command: what is on this machine, in ten lines.
    """
    if ctx.invoked_subcommand is not None:
        return Exit.CLEAN
    from unsprawl.cli.card_command import show_card

    return show_card()


def invoke(words: list[str]) -> int:
    """Run one command line. Click's own errors become exit code 2: its 1 would mean "found"."""
    asked = os.environ.get(VARIABLE)
    if asked:
        return complete(app, asked)
    try:
        result = app.main(args=words, prog_name="unsprawl", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except SystemExit:  # click's answer to a reader that went away is a 1, which would mean "found"
        raise BrokenPipeError from None
    except click.Abort:
        print(file=sys.stderr)  # what was asked has no line end
        raise KeyboardInterrupt from None
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return Exit.USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"See `{context.command_path} --help`." if context is not None else "See `unsprawl --help`."
        return said(_Usage(error.format_message(), hint=hint))
    return result if isinstance(result, int) else Exit.CLEAN


class _Usage(UnsprawlError):
    exit = Exit.USAGE
