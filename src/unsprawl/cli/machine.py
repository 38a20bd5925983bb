"""This machine as a plan is made for it, with what its user says of that plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from unsprawl.broker.external.registry import looks
from unsprawl.broker.install import where
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.env_home import env_homes, with_values
from unsprawl.rewriters.planner import Machine
from unsprawl.rewriters.stated import Stated
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.people import People
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file, places
from unsprawl.vault.record import Destination
from unsprawl.vault.records import list_records


def asked_machine(
    files: Sequence[Examined],
    around: Surroundings,
    policy: Policy | None,
    *,
    target: str,
    only: Iterable[str],
    sent: tuple[Destination, ...],
    stated: Stated,
    people: People | None,
    asking: bool,
) -> Machine:
    """The machine of a `migrate` of these files. `policy`: the user's own. Raises UsageError for what is said of
    something that is in none of the files.
    """
    _known_entries(only, files)
    _known_places(sent, files)
    _known_entries(sorted(stated.entries), files)
    here = machine(around, target, *_named(policy))
    return replace(here, sent=sent, stated=stated, told=people, asking=asking)


def _known_entries(only: Iterable[str], files: Iterable[Examined]) -> None:
    """Raises UsageError for a name that no entry has."""
    missing = set(only) - {found.entry.name for file in files for found in file.entries}
    if missing:
        raise UsageError(f"no such entry: {', '.join(sorted(missing))}", hint="`unsprawl scan` shows what there is.")


def _known_places(sent: Iterable[Destination], files: Iterable[Examined]) -> None:
    """Raises UsageError for a destination of a key that is nowhere."""
    here = {finding.slot.context.name for file in files for finding in file.findings}
    missing = [each.variable for each in sent if each.variable not in here]
    if missing:
        raise UsageError(
            f"no key stands in {', '.join(sorted(missing))}", hint="`unsprawl scan` shows what each place is called."
        )


def _named(own: Policy | None) -> Iterator[str]:
    """The targets that the user's own policy names for entries or providers."""
    if own is not None and own.move is not None:
        yield from (moved.target for moved in (*own.move.entries, *own.move.providers))


def machine(around: Surroundings, *targets: str) -> Machine:
    """This machine: where unsprawl is, which names stand for values already, and the brokers that are asked for."""
    taken = {name: Secret(value) for name, value in around.environ.items()}
    for name in env_file.names():
        value = env_file.get_variable(name)
        if value is not None:
            REDACTOR.learn([value])
            taken[name] = value
    refs = frozenset((record.project, record.ref) for record in list_records())
    homes = env_homes(around)
    taken = with_values(taken, homes.values())
    return Machine(
        where(),
        taken,
        refs,
        moved_vault=places.OVERRIDE in around.environ,
        env_homes=homes,
        folds_case=around.system == "windows",
        brokers=looks(targets, around),
    )
