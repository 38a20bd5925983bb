"""What a policy demands: the lowest approach, where secrets may move, what fails, which paths are left alone. Pure.

One in a scanned tree can only tighten what the user's own demands, and only below its folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from unsprawl.scanner.approach import NAMES, Approach
from unsprawl.scanner.ignore import IgnoreList
from unsprawl.scanner.model import Confidence, Finding, Severity
from unsprawl.scanner.people import People, Use
from unsprawl.scanner.policy_team import InUse, Moved, Moves, Team, Wish
from unsprawl.scanner.record import NamedTuple

VERSION = 1
NO_AUTH = 7
"""The approach of a server without a credential: nothing could sit better, so it violates nothing."""
_SEVERITIES, _CONFIDENCES = list(Severity), list(Confidence)
_ALL = len(_SEVERITIES)


class Floor(NamedTuple):
    """The lowest approach that is allowed."""

    lowest: int
    """A rank of `approach.NAMES`; a greater one is worse."""
    accept: frozenset[str]
    """Marks of entries that are fine whatever their rank, such as `vaulted`."""
    severity: Severity
    line: int


class Targets(NamedTuple):
    """Where secrets may move."""

    names: frozenset[str]
    line: int


class Policy(NamedTuple):
    """One policy. What it does not speak of is None."""

    path: str
    """The file, absolute."""
    folder: str | None
    """The folder that it holds for, comparable; None for the user's own, which holds everywhere."""
    floor: Floor | None = None
    targets: Targets | None = None
    severity: Severity | None = None
    """Findings of this one and worse fail."""
    confidence: Confidence | None = None
    allow_unreadable: bool | None = None
    ignores: IgnoreList | None = None
    people: Use | None = None
    team: Team | None = None
    hosts: InUse | None = None
    move: Moves | None = None
    notes: tuple[tuple[int, str, str], ...] = ()
    """(line, code, what) of parts that have no effect: an exception whose last day is over, a demand that is laxer."""

    called: str = ""
    """The file as people call it, `~/…` below the home; "" when it is the path."""

    @property
    def name(self) -> str:
        return self.called or self.path

    @property
    def is_own(self) -> bool:
        return self.folder is None


class NotAllowed(NamedTuple):
    """That a policy does not allow a target."""

    target: str
    policy: Policy
    line: int
    instead: str
    """The one target that it names for the entry; "" where it forbids the target for all."""

    @property
    def said(self) -> str:
        """Why, for people."""
        where = f"({self.policy.name}:{self.line})"
        return (
            f"the policy moves it to `{self.instead}` {where}"
            if self.instead
            else f"the policy does not allow it {where}"
        )


class Demands(NamedTuple):
    """What the policies that hold for a file demand together, outermost first, the user's own before all."""

    policies: tuple[Policy, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.policies)

    def fails(self, finding: Finding) -> bool:
        """Whether the finding makes a run fail."""
        own = [policy for policy in self.policies if policy.is_own]
        severities = [policy.severity for policy in self.policies if policy.severity]
        confidences = [policy.confidence for policy in self.policies if policy.confidence]
        # Without a word of the user's own everything fails. One in a tree may only let more of it fail.
        severity = max(map(_SEVERITIES.index, severities)) if any(policy.severity for policy in own) else _ALL
        confidence = max(map(_CONFIDENCES.index, confidences)) if any(policy.confidence for policy in own) else _ALL
        literal = finding.literal
        return _SEVERITIES.index(literal.severity) <= severity and _CONFIDENCES.index(literal.confidence) <= confidence

    @property
    def allows_unreadable(self) -> bool:
        """Whether a file that could not be checked does not make a run incomplete."""
        said = [policy.allow_unreadable for policy in self.policies]
        own = any(policy.allow_unreadable for policy in self.policies if policy.is_own)
        return own and False not in said

    @property
    def floors(self) -> tuple[tuple[Policy, Floor], ...]:
        """The lowest approaches, strictest first."""
        found = [(policy, policy.floor) for policy in self.policies if policy.floor is not None]
        return tuple(sorted(found, key=lambda item: item[1].lowest))

    def refused(self, targets: Iterable[str], entry: str, providers: Collection[str]) -> Iterator[NotAllowed]:
        """Those of the targets that a policy does not allow for an entry of that name with keys of these providers
        (folded), each once."""
        for target in targets:
            for policy in self.policies:
                if policy.targets is not None and target not in policy.targets.names:
                    yield NotAllowed(target, policy, policy.targets.line, "")
                    break
                moved = () if policy.move is None else policy.move.of(entry, providers)
                other = next((each for each in moved if each.target != target), None)
                if other is not None:
                    yield NotAllowed(target, policy, other.line, other.target)
                    break

    def moved(self, entry: str, providers: Collection[str]) -> tuple[tuple[Policy, Moved], ...]:
        """Where policies say that the keys of such an entry go, outermost first; of several targets none is allowed."""
        return tuple(
            (policy, each)
            for policy in self.policies
            if policy.move is not None
            for each in policy.move.of(entry, providers)
        )

    def wish(self, entry: str, providers: Collection[str]) -> Wish | None:
        """The same for people; None where no policy names a target."""
        said = self.moved(entry, providers)
        if not said:
            return None
        places = dict.fromkeys(f"{policy.name}:{each.line}" for policy, each in said)
        return Wish(tuple(dict.fromkeys(each.target for _, each in said)), " and ".join(places))

    def unused(self, hosts: Collection[str]) -> tuple[Policy, int] | None:
        """The first policy, with its line, by which none of these hosts is in use."""
        for policy in self.policies:
            if policy.hosts is not None and policy.hosts.ids.isdisjoint(hosts):
                return policy, policy.hosts.line
        return None

    @property
    def team(self) -> Team | None:
        """The team of the innermost policy that names one."""
        return next((policy.team for policy in reversed(self.policies) if policy.team is not None), None)

    def people(self, entry: str, providers: Collection[str], told: People | None = None) -> People | None:
        """How many people use an entry of that name with keys of these providers (folded); None where nobody says.

        `told`: what the user says now, which counts before what their own policy says. A policy in a tree can only make
        it more: one person needs less than many do.
        """
        found = told
        for policy in self.policies:
            count = policy.people.of(entry, providers) if policy.people is not None else 0
            own = policy.is_own and found is None
            more = not policy.is_own and count > max(1, found.number if found is not None else 1)
            if policy.people is not None and count and (own or more):
                found = People(count, f"the policy says so ({policy.name}:{policy.people.line})")
        return found

    @property
    def ignores(self) -> tuple[IgnoreList, ...]:
        return tuple(policy.ignores for policy in self.policies if policy.ignores is not None)


NOTHING = Demands()
"""Where no policy holds."""


def violated(approach: Approach, floors: Sequence[tuple[Policy, Floor]]) -> tuple[Policy, Floor] | None:
    """The strictest policy that an entry's approach violates; None when it may be as it is.

    Where only a probe can tell the approach, the best that it may be counts: nothing is claimed that was not seen.
    """
    rank = approach.rank if approach.rank is not None else min(approach.candidates, default=NO_AUTH)
    if rank == NO_AUTH or "copy" in approach.marks:
        return None
    return next((each for each in floors if rank > each[1].lowest and each[1].accept.isdisjoint(approach.marks)), None)


def violation(approach: Approach, floor: Floor) -> str:
    """What is wrong with the approach of an entry, for people."""
    lowest = f"{floor.lowest} {NAMES[floor.lowest]}"
    if approach.rank is None:
        return f"at best it uses an approach that the policy does not allow: {lowest} or better is"
    also = f", or {' or '.join(sorted(floor.accept))}" if floor.accept else ""
    return f"{approach.rank} {NAMES[approach.rank]} is not allowed by the policy: {lowest} or better is{also}"


def laxer(policy: Policy, own: Policy | None) -> bool:
    """Whether a tree's policy lets less fail than the user's own does, which it cannot."""
    severity, confidence = (own.severity, own.confidence) if own is not None else (None, None)
    return (
        policy.severity is not None and _SEVERITIES.index(policy.severity) < _SEVERITIES.index(severity or Severity.LOW)
    ) or (
        policy.confidence is not None
        and _CONFIDENCES.index(policy.confidence) < _CONFIDENCES.index(confidence or Confidence.LOW)
    )
