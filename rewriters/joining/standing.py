"""How a shared entry stands on this machine: what it lacks, if anything. Reads the vault and variables."""

from __future__ import annotations

import os

from unsprawl.rewriters.joining.model import Need, Standing, Wanted, Way
from unsprawl.rewriters.launch import expanded, started_environment, unseen_places, variables
from unsprawl.rewriters.verify import taken
from unsprawl.scanner.approach import WIRE
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.errors import BindingRefused, UnsprawlError
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import places
from unsprawl.vault.binding import check
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.plain import printable
from unsprawl.vault.records import read_record, record_path
from unsprawl.vault.service import withdraw


def standing_of(wanted: Wanted, around: Surroundings) -> Standing:
    """How the entry stands. Nothing is changed or asked."""
    if wanted.refused:
        return Standing(Need.REFUSED, wanted.refused)
    if wanted.by_hand:
        return Standing(Need.HAND, wanted.by_hand)
    match wanted.way:
        case Way.RUN:
            return _of_record(wanted, around)
        case Way.VARIABLE:
            return _of_variables(wanted, around)
        case Way.LOGIN:
            return Standing(Need.LOGIN)
        case Way.OTHER:
            return Standing(Need.NOTHING)


def entry_environment(wanted: Wanted, around: Surroundings) -> dict[str, str]:
    """What the entry itself sets for its server, as the server will see it, without what the vault gives."""
    known = variables(around, wanted.owners)
    texts = entry_variables(wanted.found.server.node)
    return {name: expanded(text, wanted.owners, known) for name, text in texts.items() if name not in wanted.variables}


def _of_record(wanted: Wanted, around: Surroundings) -> Standing:
    run = wanted.run
    assert run is not None
    if places.OVERRIDE in around.environ:
        return Standing(
            Need.REFUSED,
            f"{places.OVERRIDE} is set, hosts do not pass it on, and the server would look in the usual place",
        )
    if record_path(run.ref).exists():
        return Standing(
            Need.REFUSED,
            f"`{run.ref}` is a record of your own, for another server: the entry would be given that one's secret",
        )
    path = record_path(run.ref, wanted.project)
    if not path.exists():
        return Standing(Need.VALUE, f"there is no record `{run.ref}` for this repository", wanted.variables)
    try:
        record = read_record(path)
        if record.wire and not run.wire:
            reason = f"your record keeps the key from the server, and the entry has lost its `{WIRE}`"
            return Standing(Need.REFUSED, reason)
        if run.wire and not record.wire:
            reason = f"the entry has `{WIRE}` and your record says no host: unsprawl vault remove --force {run.ref}"
            return Standing(Need.REFUSED, f"{reason}, then join again")
        for name, item in record.variables:
            try:
                withdraw(record.store, item)
            except UnsprawlError as error:
                return Standing(
                    Need.REFUSED,
                    f"the value of {name} cannot be had from {record.store}: {error.message}. If it is gone for good: "
                    f"unsprawl vault remove --force {run.ref}, then join again",
                )
        environ = started_environment(wanted.found.entry.hosts, around) | entry_environment(wanted, around)
        check(record, run.command, wanted.folder, environ, machine_key())
    except BindingRefused as refused:
        bound = " or ".join(printable(" ".join(binding.argv)) for binding in record.bindings)
        return Standing(Need.COMMAND, f"{refused.message}; bound is: {bound}")
    except UnsprawlError as error:
        return Standing(Need.REFUSED, error.message)
    return Standing(Need.NOTHING)


def _of_variables(wanted: Wanted, around: Surroundings) -> Standing:
    takes = taken(wanted.found, wanted.owners)
    known = variables(around, wanted.owners)
    absent = sorted(
        file for file in takes.files if file not in known and not os.path.isfile(_full(file, wanted, around))
    )
    missing = tuple(name for name in wanted.variables if name not in known)
    if missing and (hidden := unseen_places(wanted.owners)):
        return Standing(Need.HAND, f"{', '.join(missing)} not set here, but {hidden}, where nobody else can look")
    if missing:
        return Standing(Need.VALUE, f"not set here: {', '.join(missing)}", missing)
    if absent:
        return Standing(Need.HAND, f"put your own value into {', '.join(absent)}, which only you can read")
    if takes.prompts:
        hosts = " and ".join(host.name for host in wanted.owners)
        return Standing(Need.NOTHING, f"{hosts} asks for {', '.join(sorted(takes.prompts))} when it starts")
    return Standing(Need.NOTHING)


def _full(path: str, wanted: Wanted, around: Surroundings) -> str:
    if path.startswith("~/"):
        return around.home + path[1:]
    return os.path.join(os.path.dirname(wanted.found.entry.path), path)
