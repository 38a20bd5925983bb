"""`unsprawl rules …`: what is looked for, and whether rules of one's own are sound."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import Any

import click
from rich.text import Text

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_rules import rules_option, use_own_rules
from unsprawl.rules import reading
from unsprawl.rules.load import load
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.own_rules import check as check_own
from unsprawl.scanner.own_rules import check_bundled, rule_files
from unsprawl.scanner.report.json_report import envelope, render
from unsprawl.scanner.report.lines import Lines, count
from unsprawl.scanner.report.rule_report import recognised_by, speaks_of, summary, told_of, whole
from unsprawl.scanner.surroundings import Surroundings

GENERIC = {
    "generic-secret": "a random value whose name, place or neighbours say that it is a credential",
    "generic-password": "a value under the name of a password, or in the place of one",
    "generic-auth-header": "what stands in an authorization header and is no reference",
}
"""What findings are called that no rule file is about."""
format_option = click.option(
    "--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it."
)


@click.group("rules")
def command() -> None:
    """Show what is looked for, and check rules of your own (docs/rules.md)."""


@command.command("list", short_help="List the rules, or those that have some words.")
@click.argument("words", nargs=-1)
@rules_option
@format_option
def list_(words: tuple[str, ...], own_rules: tuple[str, ...], output: str) -> int:
    """List the rules: what each finds, how bad it is, and how it is recognised.

    With WORDS: only rules that have all of them in their id, name, vendor, variables, headers or hosts.
    """
    use_own_rules(own_rules)
    found = sorted((rule for rule in load() if speaks_of(rule, words)), key=lambda rule: rule.id)
    if output == "json":
        document = envelope("rules", [], "", {"rules": len(found)})
        document["rules"] = [summary(rule) for rule in found]
        sys.stdout.writelines(render(document, REDACTOR))
        return Exit.CLEAN
    report = Lines(*report_options(Surroundings.here()))
    rows = [
        (
            report.text(rule.id, "bold"),
            report.text(rule.name),
            Text(rule.severity),
            Text(", ".join(recognised_by(rule)), "dim"),
        )
        for rule in found
    ]
    if rows and not report.columns(rows, 0):
        for rule_id, name, severity, by in rows:
            report.line(rule_id, "  ", severity, rest="  ")
            report.line(name, "  ", by, first="  ", rest="    ")
    report.gap()
    if not found:
        report.line(
            Text("no rule has these words", "bold"), "; what no rule knows is told by its name and its randomness"
        )
        report.line("next: ", Text("unsprawl rules list", "bold"), " shows them all", rest="  ")
        return Exit.CLEAN
    report.line(Text(count(len(found), "rule"), "bold"), "; what no rule knows is told by its name and its randomness")
    report.line("next: ", Text("unsprawl rules show ID", "bold"), rest="  ")
    return Exit.CLEAN


@command.command("show", short_help="Show one rule in words.")
@click.argument("rule_id", metavar="ID")
@rules_option
@format_option
def show(rule_id: str, own_rules: tuple[str, ...], output: str) -> int:
    """Show one rule: its formats in words, the names beside it, where the key is replaced, and what is known how."""
    use_own_rules(own_rules)
    report = Lines(*report_options(Surroundings.here()))
    if rule_id in GENERIC and output == "terminal":
        report.line(Text(rule_id, "bold"), f"  {GENERIC[rule_id]}", rest="  ")
        report.line("No rule file is behind it: no vendor's format is known for such a value.", first="  ")
        return Exit.CLEAN
    rule = load().get(rule_id)
    if rule is None:
        near = get_close_matches(rule_id, [*(rule.id for rule in load()), *GENERIC], n=3)
        hint = f"Perhaps {' or '.join(near)}?" if near else "`unsprawl rules list` shows them all."
        raise UsageError(f"no such rule: {rule_id}", hint=hint)
    details = _details(rule_id, own_rules)
    if output == "json":
        document = envelope("rules", [], "", {"rules": 1})
        document["rules"] = [whole(rule, details)]
        sys.stdout.writelines(render(document, REDACTOR))
        return Exit.CLEAN
    report.line(report.text(rule.id, "bold"), "  ", report.text(rule.name), f"  {rule.severity}", rest="  ")
    for label, text in told_of(rule, details):
        report.line(report.text(text), first=Text(f"  {label.ljust(11)}", "dim"))
    return Exit.CLEAN


def _details(rule_id: str, own_rules: tuple[str, ...]) -> dict[str, Any]:
    """The rule as its file has it: what people and tests read is not in the bundle."""
    bundled = reading.FOLDER / "providers" / f"{rule_id}.yaml"
    path = bundled if bundled.is_file() else next(file for file in rule_files(own_rules) if file.stem == rule_id)
    details: dict[str, Any] = reading.read(path)
    return details


@command.command("check", short_help="Check rule files.")
@click.argument("paths", nargs=-1, type=click.Path())
def check(paths: tuple[str, ...]) -> int:
    """Check rule files: their form, their patterns, their examples, and that they take nothing over.

    PATHS are folders and files of rules; without any, the bundled ones are checked. Exit code 1 means that something
    is wrong with a file.
    """
    checked = check_own(paths) if paths else check_bundled()
    from unsprawl.scanner.validate.examples import answer_failures

    faults = list(checked.faults)
    faults += [f"{file.shown}: {what}" for file in checked.rules for what in answer_failures(file.rule)]
    report = Lines(*report_options(Surroundings.here()))
    for fault in faults:
        report.line(report.text(fault), rest="  ")
    report.gap()
    if faults:
        report.line(Text(count(len(faults), "fault"), "bold red"), f" in {count(checked.files, 'rule file')}")
        return Exit.FOUND
    report.line(Text(f"{count(checked.files, 'rule file')}, no fault", "bold green"))
    if paths:
        asked = Text(" ").join([Text("unsprawl scan"), *(Text("--rules ").append(report.word(path)) for path in paths)])
        report.line("next: ", asked, rest="  ")
    return Exit.CLEAN
