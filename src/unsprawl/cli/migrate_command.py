"""`unsprawl migrate`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.login_options import client_option, port_option, remote_option, stated
from unsprawl.cli.migrating import Migration
from unsprawl.cli.own_policy import own, policy_option
from unsprawl.cli.own_rules import rules_option, use_own_rules
from unsprawl.cli.people_option import people_option
from unsprawl.cli.plan_files import place_for_plan, requested
from unsprawl.cli.sections import Sectioned
from unsprawl.cli.starting import can_start
from unsprawl.cli.status import show_status
from unsprawl.cli.stores_command import store_option
from unsprawl.cli.target_option import destinations, sent_option, target_option
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.people import People
from unsprawl.scanner.surroundings import Surroundings

SECTIONS = {
    "What to move, and where": (
        "--to",
        "--sent",
        "--remote",
        "--client-id",
        "--store",
        "--entry",
        "--people",
        "--rules",
        "--policy",
    ),
    "Look first": ("--dry-run", "--plan-out", "--plan", "--status"),
    "Repositories, on a branch": ("--branch", "--hooks"),
    "Do it": ("--yes", "--start", "--format"),
}
"""The options of `--help`, by what one wants."""


@click.command("migrate", cls=Sectioned, sections=SECTIONS)
@click.argument("paths", nargs=-1, type=click.Path())
@target_option
@sent_option
@remote_option
@client_option
@port_option
@store_option
@click.option("--entry", "only", multiple=True, metavar="NAME", help="Only servers of this name; may be repeated.")
@people_option
@rules_option
@policy_option
@click.option("--dry-run", is_flag=True, help="Show what would be done, change nothing.")
@click.option("--plan-out", type=click.Path(), metavar="FILE",
              help="Write what would be done to a file, without any value; change nothing else.")  # fmt: skip
@click.option("--plan", "plan_file", type=click.Path(), metavar="FILE",
              help="Plan again, and do only what is just as this file says.")  # fmt: skip
@click.option("--status", is_flag=True, help="Show every migration of this machine, and finish what a crash left.")
@click.option(
    "--branch",
    metavar="NAME",
    help="Make one commit in each repository that PATHS name, on a new branch, with a MIGRATION.md for colleagues.",
)
@click.option(
    "--hooks",
    type=click.Choice(["run", "skip"]),
    help="With --branch: whether a repository's own hooks run at that commit. Not said, such a one is left alone.",
)
@click.option("--yes", is_flag=True, help="Do it without asking. Starts no server and no host.")
@click.option(
    "--start",
    is_flag=True,
    help="Afterwards run the logins of hosts, and start each moved server as `verify --start` does.",
)
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    target: str,
    sent: tuple[str, ...],
    remotes: tuple[str, ...],
    clients: tuple[str, ...],
    ports: tuple[str, ...],
    store: str | None,
    only: tuple[str, ...],
    people: People | None,
    own_rules: tuple[str, ...],
    policy: str | None,
    dry_run: bool,
    plan_out: str | None,
    plan_file: str | None,
    status: bool,
    branch: str | None,
    hooks: str | None,
    yes: bool,
    start: bool,
    output: str,
) -> int:
    """Move secrets out of MCP configurations.

    Without PATHS: those of your hosts' files and of the current repository. Shows each entry with what would change,
    asks, and then stores the value, reads it back and edits the file. Every migration can be taken back with
    `unsprawl undo`.
    """
    around = Surroundings.here()
    _sensible(ctx)
    if status:
        return show_status(around, output)
    if start:
        can_start()
    place = place_for_plan(plan_out, around) if plan_out is not None else None
    request = requested(plan_file, target, around) if plan_file is not None else None
    use_own_rules(own_rules)
    asking = not yes and not dry_run and place is None and output == "terminal"
    asking = asking and sys.stdin.isatty() and sys.stdout.isatty()
    if branch is not None:
        from unsprawl.cli.branching import Branching  # GitPython

        return Branching(
            around=around,
            paths=paths,
            branch=branch,
            hooks=hooks,
            target=target,
            sent=destinations(sent, target),
            stated=stated(remotes, clients, ports, target),
            store_id=store or "",
            only=only,
            people=people,
            policy=own(policy, around),
            policy_file=policy,
            output=output,
            asking=asking,
            doing=yes,
            looking=dry_run,
        ).run()
    migration = Migration(
        around=around,
        paths=paths,
        target=target,
        sent=destinations(sent, target),
        stated=stated(remotes, clients, ports, target),
        store_id=store or "",
        only=only,
        people=people,
        policy=own(policy, around),
        output=output,
        asking=asking,
        doing=yes,
        looking=dry_run or place is not None,
        starting=start,
        plan_out=(place, plan_out) if place is not None and plan_out is not None else None,
        options=_repeated(ctx),
        request=request,
    )
    return migration.run()


_EXCLUDING = {"plan_out": ("yes", "plan_file", "start"), "branch": ("plan_out", "plan_file", "start")}
"""What one of these does not go with."""
_INSTEAD = {
    "start": "Go into each repository afterwards: unsprawl verify --start",
    "plan_out": "`--branch NAME --dry-run` shows what would be done.",
    "plan_file": "A plan names no branch. Look with --dry-run, then say --yes.",
}
"""What to do for what does not go with --branch."""
_SPELLED = {"plan_file": "--plan", "own_rules": "--rules", "only": "--entry", "target": "--to", "paths": "a path",
            "remotes": "--remote", "clients": "--client-id", "ports": "--callback-port"}  # fmt: skip


def _sensible(ctx: click.Context) -> None:
    """Raises UsageError for options that contradict each other: whoever gives both may mean either."""
    given = [
        name
        for name in ctx.params
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE and ctx.params[name]
    ]
    if "hooks" in given and "branch" not in given:
        raise UsageError("--hooks is for --branch", hint="Without it nothing is committed, so no hook runs.")
    excluding = {**_EXCLUDING, "status": [name for name in ctx.params if name not in ("status", "output")]}
    for name, others in excluding.items():
        clash = [other for other in given if other in others]
        if name in given and clash:
            hint = _INSTEAD.get(clash[0], "") if name == "branch" else ""
            raise UsageError(
                f"{_spelled(name)} does not go with {_spelled(clash[0])}", hint=hint or "Leave one of them out."
            )


def _repeated(ctx: click.Context) -> tuple[str, ...]:
    """The options that decide what is planned, as they would be typed again."""
    words: list[str] = []
    for name in ("target", "sent", "remotes", "clients", "ports", "only", "people", "own_rules", "policy", "store"):
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            value = ctx.params[name]
            if isinstance(value, People):
                value = value.spoken
            for each in value if isinstance(value, tuple) else (value,):
                words += [_spelled(name), str(each)]
    return tuple(words)


def _spelled(name: str) -> str:
    return _SPELLED.get(name, f"--{name.replace('_', '-')}")
