"""`--rules`: the option, and what is said when the rules cannot be used."""

from __future__ import annotations

import sys

import click

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.redact import one_line

rules_option = click.option(
    "--rules", "own_rules", multiple=True, type=click.Path(), metavar="DIR",
    help="Use the rules in this folder as well; may be repeated.",
)  # fmt: skip


def use_own_rules(paths: tuple[str, ...]) -> None:
    """Put them in force. Raises UsageError after every fault was told."""
    if not paths:
        return
    from unsprawl.rules.reading import RulesInvalid
    from unsprawl.scanner.own_rules import use

    try:
        use(paths)
    except RulesInvalid as error:
        faults = str(error).splitlines()
    else:
        return
    for fault in faults:
        print(f"unsprawl: {one_line(fault)}", file=sys.stderr)
    number = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise UsageError(f"the rules cannot be used: {number}", hint="Nothing was scanned. `unsprawl rules check` helps.")
