"""Puts what its user said yes to where the entry takes it from: into the vault, or into the file of variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unsprawl.rewriters.joining.model import Wanted
from unsprawl.rewriters.joining.standing import entry_environment
from unsprawl.rewriters.launch import started_environment
from unsprawl.scanner.errors import NotApplied, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.add import Served, add
from unsprawl.vault.allow import allow
from unsprawl.vault.guarded import guards
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.record import Destination
from unsprawl.vault.records import Record, read_record, record_path
from unsprawl.vault.stores import Store


def store_record(
    wanted: Wanted, values: Mapping[str, Secret], wire: Sequence[Destination], around: Surroundings, store: Store | None
) -> Record:
    """Store the values, read them back, and bind them to this very command in this repository.

    `store`: the one that the user named; None for the best that works, and another where that one refuses a value.
    Raises UnsprawlError; then nothing is kept.
    """
    run, entry = wanted.run, wanted.found.entry
    assert run is not None
    served = Served(entry.name, entry.hosts, entry.path, entry_environment(wanted, around))
    environ = started_environment(entry.hosts, around)
    return add(run.ref, values, run.command, wanted.folder, environ, wire=wire, entry=served, store=store)


def bind_again(wanted: Wanted, around: Surroundings) -> Record:
    """Let the entry's present command use the record that is there. Raises UnsprawlError."""
    run, entry = wanted.run, wanted.found.entry
    assert run is not None
    now = guards(entry_environment(wanted, around), {}, machine_key()).guarded
    record = read_record(record_path(run.ref, wanted.project))
    before = {name for binding in record.bindings if binding.argv == run.command for name in binding.guarded}
    words = [f"{name}:{value}" for name, value in now.items()] + [f"{name}:" for name in before - now.keys()]
    environ = started_environment(entry.hosts, around)
    return allow(run.ref, run.command, wanted.folder, environ, here=True, env=words, config=entry.path)


def store_variables(values: Mapping[str, Secret]) -> None:
    """Put the values into the file that the user's shell loads, and read them back. Raises UnsprawlError; then none of
    them is there.
    """
    if reason := taken_by_git(str(env_file.path())):
        raise NotApplied(f"{env_file.path()}: {reason}")
    done: list[str] = []
    try:
        for name, secret in values.items():
            if env_file.get_variable(name) is not None:
                raise NotApplied(f"{name} is in {env_file.path()} already")
            env_file.set_variable(name, secret)
            done.append(name)
            if env_file.get_variable(name) != secret:
                raise VaultError(f"{env_file.path()} gave back another value than it was given")
    except (VaultError, NotApplied):
        for name in done:
            env_file.remove_variable(name)
        raise
