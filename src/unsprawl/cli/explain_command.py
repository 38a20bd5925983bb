"""`unsprawl explain`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import click

from unsprawl.broker.external.facts import known as known_brokers
from unsprawl.broker.external.here import Here, State
from unsprawl.broker.external.registry import looks
from unsprawl.cli.console import report_options
from unsprawl.cli.machine import machine
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import own
from unsprawl.cli.people_option import people_option
from unsprawl.cli.selection import examined
from unsprawl.rewriters.planner import ALL_TARGETS, Machine
from unsprawl.rewriters.what_if import possibilities
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.explain import Explained, explained
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.people import People
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.remotes.accounts import second_accounts
from unsprawl.scanner.remotes.whose import whose
from unsprawl.scanner.report.explain_json import explain_json
from unsprawl.scanner.report.explain_report import ExplainReport
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.report.what_to_type import Typing
from unsprawl.scanner.scan import shown_path
from unsprawl.scanner.selection import folders_of
from unsprawl.scanner.sources.policies import PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.scanner.toxic import toxic_pairs
from unsprawl.scanner.what_if import BrokerHere


@click.command("explain")
@click.argument("entries", nargs=-1, metavar="[ENTRY]...")
@click.option("--path", "paths", multiple=True, type=click.Path(), help="Look at these files or folders instead.")
@people_option
@click.option("--verbose", is_flag=True, help="Without ENTRIES: all that is known of each.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def command(entries: tuple[str, ...], paths: tuple[str, ...], people: People | None, verbose: bool, output: str) -> int:
    """Say how entries get their keys, what that is worth, and what would serve them better.

    With ENTRIES: all of it, the seven criteria, the decision tree, and what would change if an entry moved. Without:
    what each entry is and the advice. Changes nothing, and connects to nothing outside of this machine.
    """
    around = Surroundings.here()
    policy = own(None, around)
    files, problems, root = examined(paths, around, policy)
    known = {found.entry.name for file in files for found in file.entries}
    missing = sorted(set(entries) - known)
    if missing:
        raise UsageError(f"no such entry: {', '.join(missing)}", hint="`unsprawl explain` shows what there is.")
    whole = bool(entries) or verbose or output == "json"
    # Where not all is told nobody needs to look for them.
    brokers = looks(known_brokers(), around) if whole else {}
    here = replace(machine(around), told=people, brokers=brokers)
    every = _explained(files, paths, around, policy, here)
    told = [each for each in every if not entries or _is_one(each, entries)]
    names = Counter(each.found.entry.name for each in every)
    typing = Typing(ALL_TARGETS, {name for name, number in names.items() if number > 1}, bool(paths))
    if output == "json":
        document = envelope("explain", problems, root, {"entries": len(told)})
        document["root"] = root
        document["entries"] = [explain_json(each, root, typing) for each in told]
        sys.stdout.writelines(render(document, REDACTOR))
    else:
        report = ExplainReport(*report_options(around))
        for each in told:
            report.entry(each, typing, whole=whole)
        report.problems(problems)
        if not told and not problems:
            report.line("No entries here.")
        elif told and not entries and not verbose:
            report.gap()
            report.line("next: ", "unsprawl explain ENTRY  tells all of one")
    return Exit.INCOMPLETE if problems else Exit.CLEAN


def _is_one(each: Explained, names: tuple[str, ...]) -> bool:
    return each.found.entry.name in names


def _explained(
    files: list[Examined], paths: tuple[str, ...], around: Surroundings, policy: Policy | None, here: Machine
) -> list[Explained]:
    policies = PolicyFiles(around, policy, [], paths=RealPaths(folders_of(paths, around)))
    possible = possibilities(files, here, policies.demands)
    found = [each for file in files for each in file.entries]
    doubled = second_accounts(found)
    findings = [finding for file in files for finding in file.findings]
    names = {file.file.path: file.name for file in files}
    pairs = toxic_pairs(
        [each.entry for each in found], findings, around, names, lambda path: shown_path(path, around.cwd)
    )
    reads = {(pair.path, pair.pointer): pair.message for pair in pairs}
    return [
        explained(
            each,
            doubled,
            possible.get((each.entry.path, each.entry.key_path), {}),
            reads.get((each.entry.path, pointer(each.entry.key_path)), ""),
            demands.people(each.entry.name, theirs, here.told),
            brokers_here(here.brokers),
            demands.wish(each.entry.name, theirs),
            _place(demands.unused(each.entry.hosts)),
        )
        for each in found
        for demands in (policies.demands(each.entry.path),)
        for theirs in (whose(each),)
    ]


def _place(of: tuple[Policy, int] | None) -> str:
    return f"{of[0].path}:{of[1]}" if of is not None else ""


def brokers_here(looked: Mapping[str, Here]) -> dict[str, BrokerHere]:
    """Brokers of others that were looked for, as `explain` tells them."""
    found = {}
    for broker_id, here in looked.items():
        facts = known_brokers()[broker_id]
        installed = here.state not in (State.MISSING, State.ELSEWHERE)
        found[broker_id] = BrokerHere(
            broker_id, facts.name, here.state.value, installed, facts.ran, facts.good_for, facts.needs,
            facts.instructions, facts.serves,
        )  # fmt: skip
    return found
