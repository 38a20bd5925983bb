"""The records of a join: a shared entry with what it takes from this machine, and how that stands. Frozen."""

from __future__ import annotations

from enum import StrEnum

from unsprawl.scanner.approach import RunCommand
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import Service
from unsprawl.scanner.remotes.facts import started_as


class Way(StrEnum):
    """How a shared entry comes by its secret on each machine."""

    RUN = "run"
    """A record of the vault: `unsprawl run REF -- …`."""
    VARIABLE = "variable"
    """Variables that its hosts read."""
    LOGIN = "login"
    """A login of its host, or of what it starts."""
    OTHER = "other"
    """A broker of others, headers that a host asks for, a literal: nothing that a join can give."""


class Route(NamedTuple):
    """Where the value of one variable may be sent by `run --wire`."""

    variable: str
    hosts: tuple[str, ...]
    places: tuple[str, ...]
    unasked: tuple[str, ...] = ()
    """Those of the hosts that only the repository names: they count once their owner has said yes to each."""
    reason: str = ""
    """Why there are none."""


class Wanted(NamedTuple):
    """One shared entry, and what it takes from this machine."""

    found: ExaminedEntry
    file: ConfigFile
    project: str
    """The repository's folder, links resolved: what a record is tied to."""
    folder: str
    """Where its host starts it."""
    owners: tuple[Host, ...]
    way: Way
    run: RunCommand | None = None
    service: Service | None = None
    """Whose server it is, by the whole name of its package or by its address; None where the catalogue does not know
    it."""
    variables: tuple[str, ...] = ()
    """Names of what it is given."""
    said_by: str = ""
    """Who says that these are the names, with the verb."""
    routes: tuple[Route, ...] = ()
    refused: str = ""
    """Why nothing is given to it, whatever its owner says."""
    hint: str = ""
    by_hand: str = ""
    """What only its user can do."""

    @property
    def place(self) -> tuple[str, str]:
        """Its file, and the pointer in it."""
        return self.found.entry.path, pointer(self.found.entry.key_path)

    @property
    def argv(self) -> tuple[str, ...]:
        """What is started with the secret."""
        return self.run.command if self.run is not None else self.found.entry.command

    @property
    def package(self) -> str:
        """What is started: its package, or its program; "" where nothing tells."""
        starts = started_as(self.argv)
        return self.found.entry.package or (starts.name if starts is not None else "")

    def __repr__(self) -> str:
        return f"Wanted({self.way.value})"


class Need(StrEnum):
    """What an entry lacks here."""

    NOTHING = "nothing"
    VALUE = "value"
    """A record, or variables."""
    COMMAND = "command"
    """There is a record, and it is bound to something else."""
    LOGIN = "login"
    HAND = "by-hand"
    """Something that only a person can do, as `reason` says."""
    REFUSED = "refused"


class Standing(NamedTuple):
    """How an entry stands on this machine."""

    need: Need
    reason: str = ""
    missing: tuple[str, ...] = ()
    """Variables without a value."""
