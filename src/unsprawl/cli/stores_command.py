"""`unsprawl vault stores`, `unsprawl vault use`, and the option that names a store."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click
from rich.text import Text

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.journal import journals
from unsprawl.scanner.errors import Exit, NotApplied, UsageError
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.json_report import Json, envelope, render
from unsprawl.scanner.report.lines import Lines
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import store_settings
from unsprawl.vault.choose import STORES, automatic, choose
from unsprawl.vault.records import list_records
from unsprawl.vault.store_facts import known
from unsprawl.vault.stores import Availability, Store

AUTO = "auto"

store_option = click.option(
    "--store", "store", type=click.Choice(list(STORES)), default=None,
    help="Where the vault keeps the values; `unsprawl vault stores` shows which work here.",
)  # fmt: skip


class _Probed(NamedTuple):
    store: Store
    answer: Availability
    used: bool


@click.command("stores", short_help="Try each store: which work here, and which is used.")
@click.option("--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="How to show it.")
def stores(output: str) -> int:
    """Try each store with a worthless value: which work here, which do not and why, and which one is used."""
    around = Surroundings.here()
    # What works is offered first.
    found = sorted(_probed(), key=lambda each: (not each.used, not each.answer.works, bool(each.answer.caution)))
    if output == "json":
        working = sum(each.answer.works for each in found)
        document = envelope("vault stores", [], around.cwd, {"stores": len(found), "working": working})
        document["preferred"] = store_settings.preferred() or None
        document["stores"] = [_json(each) for each in found]
        sys.stdout.writelines(render(document, REDACTOR))
        return Exit.CLEAN
    report = Lines(*report_options(around))
    for each in found:
        _show(report, each)
    return Exit.CLEAN


def _probed() -> Iterator[_Probed]:
    answers = [(store, store.probe()) for store in (make() for make in STORES.values())]
    preferred = store_settings.preferred()
    first = next((store.id for store, answer in answers if automatic(store, answer)), "")
    for store, answer in answers:
        yield _Probed(store, answer, used=answer.works and store.id == (preferred or first))


def _show(report: Lines, each: _Probed) -> None:
    store, answer, used = each
    state = Text(answer.state.value, "green" if answer.works else "")
    title = Text(f"  {store.title}", "dim")
    report.line(Text(store.id, "bold"), "  ", state, Text(", used" if used else "", "green"), title, rest="  ")
    report.line(report.text(answer.reason, "dim"), first="  ")
    if answer.caution:
        report.line(report.text(f"not chosen by itself: {answer.caution}"), first="  ")
    if answer.hint:
        report.line(report.text(answer.hint), first="  ")
    for name, value in (store_settings.kept(store.id) or {}).items():
        report.line(Text(f"{name}: ", "dim"), report.path(value, ""), first="  ", rest="    ")


def _json(each: _Probed) -> Json:
    store, answer, used = each
    return {
        "id": store.id,
        "title": store.title,
        "state": answer.state.value,
        "reason": answer.reason,
        "caution": answer.caution or None,
        "hint": answer.hint or None,
        "used": used,
        "automatic": known()[store.id].automatic,
        "settings": store_settings.kept(store.id),
    }


@click.command("use", short_help="Say in which store values are kept from now on.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="Where the program's own store is.")
@click.argument("store", type=click.Choice([AUTO, *STORES]))
def use(given: tuple[str, ...], store: str) -> int:
    """Keep values in STORE from now on, if it works here; `auto` takes the first that works.

    Values that are stored already stay where they are. `keepassxc` needs --set database=FILE and --set key_file=FILE,
    `1password` --set vault=NAME; `pass` takes folder, gnupg and signing_key, and finds them in your shell.
    """
    if store == AUTO:
        if given:
            raise UsageError("--set needs a store by its name")
        store_settings.prefer("")
        print(f"Used from now on: {choose().store.title}.", file=sys.stderr)
        return Exit.CLEAN
    before = store_settings.kept(store)
    settings = _settings(store, given)
    if given and before is not None and settings != before:
        _nothing_kept_in(store)
    if given:
        store_settings.keep(store, settings)
    try:
        chosen = choose(store)
    except BaseException:
        if given:
            store_settings.restore(store, before)
        raise
    if known()[store].program is not None:
        store_settings.keep(store, store_settings.wanted(store, os.environ))
    store_settings.prefer(store)
    print(f"Used from now on: {chosen.store.title}.", file=sys.stderr)
    if chosen.caution:
        print(f"Mind: {chosen.caution}.", file=sys.stderr)
    return Exit.CLEAN


def _settings(store: str, given: tuple[str, ...]) -> dict[str, str]:
    program = known()[store].program
    names = {setting.name: setting for setting in program.settings} if program else {}
    settings = dict(store_settings.kept(store) or {})
    for word in given:
        name, equals, value = word.partition("=")
        if name not in names or not equals or not value:
            what = "; ".join(f"{setting.name} ({setting.about})" for setting in names.values())
            raise UsageError(
                f"--set takes NAME=VALUE, and {store} has no such setting", hint=f"It has: {what or 'none'}."
            )
        settings[name] = store_settings.normal(names[name], value)
    return settings


def _nothing_kept_in(store: str) -> None:
    refs = [record.ref for record in list_records() if record.store == store]
    holding = (journal for journal in journals() if any(f.store == store and f.state.holds for f in journal.files))
    kept = [*refs, *(f"migration {journal.id}" for journal in holding)]
    if kept:
        raise NotApplied(
            f"values are kept there with the present settings ({', '.join(kept)})",
            hint="Take them back with `unsprawl undo` or drop them with `unsprawl vault remove`, then migrate again.",
        )
