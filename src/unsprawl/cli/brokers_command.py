"""`unsprawl vault brokers`: credential brokers of others on this machine, and when which is worth it."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from unsprawl.broker.external.facts import BrokerFacts, known
from unsprawl.broker.external.here import Here
from unsprawl.broker.external.registry import BROKERS, looks
from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.report.json_report import Json, envelope, render
from unsprawl.scanner.report.lines import Lines
from unsprawl.scanner.surroundings import Surroundings


@click.command("brokers", short_help="Credential brokers of others: which are here, and what each is good for.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def brokers(output: str) -> int:
    """Look for credential brokers of others: which are installed, which could take a secret now, and what is known of
    them. Nothing is started, and nothing waits for a click.
    """
    around = Surroundings.here()
    here = looks(known(), around)
    # What could be used is told first.
    order = sorted(known().values(), key=lambda facts: (not here[facts.id].ready, not here[facts.id].program))
    if output == "json":
        ready = sum(each.ready and each.id in BROKERS for each in here.values())
        document = envelope("vault brokers", [], around.cwd, {"brokers": len(here), "ready": ready})
        document["brokers"] = [_json(facts, here[facts.id]) for facts in order]
        sys.stdout.writelines(render(document, REDACTOR))
        return Exit.CLEAN
    report = Lines(*report_options(around))
    for facts in order:
        _show(report, facts, here[facts.id])
    report.line(report.text("docs/brokers.md compares them", "dim"))
    return Exit.CLEAN


def _show(report: Lines, facts: BrokerFacts, here: Here) -> None:
    version = f" {here.version}" if here.version else ""
    state = Text(here.state.value, "green" if here.ready else "")
    report.line(Text(facts.id, "bold"), "  ", state, report.text(f"  {facts.name}{version}", "dim"), rest="  ")
    for text, style in ((here.reason, "dim"), (here.hint, "")):
        if text:
            report.line(report.text(text, style), first="  ")
    if not here.program:
        return
    if facts.instructions:
        report.line(report.text(facts.instructions), first="  ")
    elif here.ready:
        report.line("unsprawl migrate --to ", facts.id, first="  ")
    report.line(Text("good for: ", "dim"), report.text(facts.good_for), first="  ", rest="    ")
    for flaw in facts.flaws:
        report.line(Text("mind: ", "dim"), report.text(flaw), first="  ", rest="    ")


def _json(facts: BrokerFacts, here: Here) -> Json:
    return {
        "id": facts.id,
        "name": facts.name,
        "state": here.state.value,
        "reason": here.reason or None,
        "hint": here.hint or None,
        "program": here.program or None,
        "version": here.version or None,
        "tested": facts.tested,
        "ran": facts.ran,
        "target": facts.id in BROKERS,
        "good_for": facts.good_for,
        "flaws": list(facts.flaws),
    }
