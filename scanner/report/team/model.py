"""The team's report as records: what every way of showing it is made of."""

from __future__ import annotations

from enum import StrEnum

from unsprawl.scanner.model import Right, Severity
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.team.documents import Document, Fault


class Life(StrEnum):
    """Whether a secret works, as far as anybody knows."""

    LIVE = "live"
    UNKNOWN = "unknown"
    DEAD = "dead"


class Kind(StrEnum):
    """What somebody must do."""

    JOIN = "join"
    HAND_IN = "hand-in"
    MIGRATE = "migrate"
    BY_HAND = "by-hand"
    APPROACH = "approach"
    REPLACE = "replace"
    REVOKE = "revoke"
    HISTORY = "history"
    UNREAD = "unread"

    @property
    def is_gap(self) -> bool:
        """Whether it only keeps the report from being whole."""
        return self in (Kind.HAND_IN, Kind.UNREAD)


class Step(NamedTuple):
    """One thing that one person must do."""

    kind: Kind
    says: str
    commands: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """The labels of the keys that it is about."""


class Standing(StrEnum):
    """How far somebody is."""

    DONE = "done"
    TODO = "todo"
    NEVER = "never-joined"
    UNCLEAR = "unclear"
    """Nothing is known to be left, and not everything could be seen."""


class Person(NamedTuple):
    """One who is named by the policy or by a document."""

    name: str
    member: bool
    """By the policy; True where it names nobody."""
    first: Document | None
    """The earliest of several; None where there is one or none."""
    last: Document | None
    steps: tuple[Step, ...] = ()
    left_out: bool = False
    """Something was handed in that cannot be used."""

    @property
    def standing(self) -> Standing:
        if self.last is None:
            return Standing.UNCLEAR if self.left_out else Standing.NEVER
        if any(not step.kind.is_gap for step in self.steps):
            return Standing.TODO
        return Standing.UNCLEAR if self.steps else Standing.DONE


class Key(NamedTuple):
    """One secret of the team."""

    label: str
    provider: str | None
    what: str
    """Its kind, as the rules call it."""
    severity: Severity
    life: Life
    rights: tuple[Right, ...]
    comparable: bool
    """It has an id, so that its copies on several machines are seen to be the same."""
    before: tuple[str, ...]
    """The people in whose files it stood."""
    now: tuple[str, ...]
    """Those in whose files it stands."""
    places: int
    """In which it stands now."""
    needed: tuple[str, ...]
    """Those whose vault, broker or variables hold it, and use it."""
    page: str
    """Where it is replaced, or ""."""

    @property
    def gone(self) -> bool:
        return not self.now


class Totals(NamedTuple):
    """The team at one time."""

    secrets: int
    places: int
    shared: int
    """Secrets that stand on more than one machine."""
    servers: int
    ranks: tuple[tuple[int | None, int], ...]
    """How many servers use each approach, best first; None for those that only a probe can tell."""
    violations: int
    """Servers whose approach the policy does not allow."""


class Provider(NamedTuple):
    """The secrets of one vendor."""

    name: str
    before: int
    now: int
    live: int
    """Of those that stand in files now, as the three below."""
    unknown: int
    dead: int
    revoke: int
    """Gone from all files, and not known to be dead."""


class TeamReport(NamedTuple):
    """All that is known."""

    team: str
    """Its name by the policy, or ""."""
    team_key: str
    made: str
    people: tuple[Person, ...]
    keys: tuple[Key, ...]
    before: Totals | None
    """None where nobody handed in two documents."""
    now: Totals
    providers: tuple[Provider, ...]
    documents: tuple[Document, ...]
    """All that count, by person and date."""
    faults: tuple[Fault, ...]
    floor: int | None
    """The lowest approach that the policy allows."""
    has_members: bool

    @property
    def left(self) -> int:
        """How many things are left to do."""
        return sum(not step.kind.is_gap for person in self.people for step in person.steps)

    @property
    def complete(self) -> bool:
        """Whether everything that was handed in counts, and was all that there is to see."""
        gap = any(step.kind.is_gap for person in self.people for step in person.steps)
        return not gap and not any(fault.left_out for fault in self.faults) and bool(self.documents)
