"""`unsprawl revoke`."""

from __future__ import annotations

import sys

import click

from unsprawl.cli.delivery import deliver
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.revoke_session import Asking
from unsprawl.cli.revoking import checklist, remembered_by_hand, revoked
from unsprawl.cli.validate_options import hosts_of_an_option
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.report.revoke_json import Outcome, Told, revoke_json
from unsprawl.scanner.surroundings import Surroundings


@click.command("revoke")
@click.argument("names", nargs=-1, metavar="[ENTRY|REF|SECRET_ID]...")
@click.option("--done", is_flag=True, help="Remember that you have revoked these yourself; connects to nobody.")
@click.option("--force", is_flag=True, help="Also what an entry, a vault record or a variable still needs.")
@click.option("--yes", "-y", is_flag=True, help="Do it without asking; still not what is needed.")
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Also look at these files or folders.")
@click.option("--allow-host", "allowed", multiple=True, metavar="HOST[:PORT]",
              help="A server of your own that may get its secret; may be repeated.")  # fmt: skip
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(
    names: tuple[str, ...],
    done: bool,
    force: bool,
    yes: bool,
    paths: tuple[str, ...],
    allowed: tuple[str, ...],
    output: str,
) -> int:
    """End a secret where it was issued, and see that it is dead.

    Name an entry, a vault record, a migration, or a secret by its `secret_id` or `fingerprint` (scan --format json).
    Shows whose it is, how far it reaches and every place that has it, and asks; then sends one request to its vendor,
    and asks the vendor until it knows the secret no more. It cannot be taken back.

    Without names: what is still to be revoked after migrations, and what was. Where no source says that a secret can
    end itself, you get the page where a person does it; --done remembers that you did.

    Exit code 0: dead. 1: one is not, though others may be. 3: not known. 4: nothing was revoked.
    """
    if (done or force or yes) and not names:
        raise UsageError("which secrets?", hint="Without names nothing is revoked: `unsprawl revoke` lists them.")
    if done and (force or yes):
        raise UsageError("--done sends nothing, so it goes with neither --force nor --yes")
    asks = sys.stdin.isatty() and sys.stderr.isatty() and output == "terminal"
    if names and not done and not yes and not asks:
        raise UsageError("a secret is revoked after a question, and this is no terminal to ask on",
                         hint="Add --yes to revoke it without being asked.")  # fmt: skip
    around = Surroundings.here()
    asking = Asking(around, yes=yes, force=force, allowed=hosts_of_an_option(allowed), shown=output == "terminal")
    asking.look(paths)
    if not names:
        told = checklist(asking)
    elif done:
        told = remembered_by_hand(asking, names)
    else:
        told = revoked(asking, names)
    if output == "json":
        stats = {outcome.value: sum(each.outcome is outcome for each in told) for outcome in Outcome}
        document = envelope("revoke", asking.problems, asking.root, {key: n for key, n in stats.items() if n})
        document["root"] = asking.root
        document["revocations"] = revoke_json(told, asking.identify, asking.root)
        document["remembered"] = [each._asdict() for each in asking.memory]
        deliver(render(document, REDACTOR), None, exact=False)
    elif asking.report is not None:
        asking.report.problems(asking.problems)
    if asking.interrupted:
        return Exit.INTERRUPTED
    return exit_code(told) if names else Exit.INCOMPLETE if asking.problems else Exit.CLEAN


def exit_code(told: list[Told]) -> Exit:
    """What lives on beats what is not known, and that beats what was left alone."""
    outcomes = {each.outcome for each in told}
    if Outcome.STILL_LIVE in outcomes:
        return Exit.FOUND
    if Outcome.UNKNOWN in outcomes:
        return Exit.INCOMPLETE
    if all(outcome.dead for outcome in outcomes):
        return Exit.CLEAN
    return Exit.FOUND if any(outcome.dead for outcome in outcomes) else Exit.NOT_APPLIED
