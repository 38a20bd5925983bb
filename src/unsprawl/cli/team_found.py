"""What lies in the folder that a team's policy is for, and which hosts are used there and by this user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from unsprawl.cli.machine import machine
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.own_policy import own
from unsprawl.cli.selection import examined
from unsprawl.cli.team_place import TeamPlace
from unsprawl.rewriters.policy_draft import ENTRIES, PROVIDERS, Answers
from unsprawl.rewriters.team_subjects import Instance, Offers, instances, offers
from unsprawl.scanner.discover import host_files
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.model import Problem, Severity
from unsprawl.scanner.people import Use
from unsprawl.scanner.policy import Demands, Floor, Policy
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.naming import relative
from unsprawl.scanner.sources.policies import PolicyFiles
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.surroundings import Surroundings

_LONGEST_NAME = 100
_HERE = "on this machine"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the questions are about."""

    place: TeamPlace
    around: Surroundings
    files: tuple[Examined, ...]
    problems: tuple[Problem, ...]
    """What could not be looked into."""
    above: Demands
    """Of the user's own policy, and of those in folders above."""
    found: tuple[Instance, ...]
    nameless: tuple[ExaminedEntry, ...]
    """Entries with a key of which no policy can speak: their names are or hold one, or cannot be shown."""
    hosts: Mapping[str, str]
    """Where each host was seen, by id; those of the folder first."""
    likely: tuple[str, ...]
    """Those of them that are probably in use: a file may have more readers than it was written for."""

    @property
    def entries(self) -> frozenset[str]:
        """The names of all entries in the folder that can be written down."""
        names = (found.entry.name for examined in self.files for found in examined.entries)
        return frozenset(filter(tellable, names))

    def offers(self, answers: Answers) -> Mapping[tuple[str, str], Offers]:
        """Where keys could go under a policy with these answers."""
        return offers(self.found, self.files, machine(self.around), self.under(answers))

    def under(self, answers: Answers) -> Demands:
        """What holds in the folder with these answers, but for the targets that they name."""
        there = self.place.policy or Policy(self.place.path, self.around.comparable(self.place.folder))
        draft = there._replace(
            floor=Floor(answers.lowest, frozenset(answers.accept), Severity.HIGH, 1) if answers.lowest else None,
            people=Use(
                answers.usual,
                tuple((subject.name, count) for subject, count in answers.people if subject.kind == ENTRIES),
                tuple(
                    (subject.name.casefold(), count) for subject, count in answers.people if subject.kind == PROVIDERS
                ),
            ),
            move=None,
        )
        return Demands((*self.above.policies, draft))


def look(place: TeamPlace, around: Surroundings) -> Seen:
    """Examine the folder. Nothing is asked for, and nothing is started. Raises UsageError for a policy of the user's
    own that has faults."""
    policy = own(None, around)
    files, problems, _ = examined((place.folder,), around, policy)
    policies = PolicyFiles(around, policy, problems, paths=RealPaths([place.folder]))
    above = tuple(each for each in policies.demands(place.path).policies if each.path != place.path)
    found, nameless = instances(files, tellable)
    return Seen(
        place, around, tuple(files), tuple(dict.fromkeys(problems)), Demands(above), tuple(found), tuple(nameless),
        *_hosts(files, place, around),
    )  # fmt: skip


def tellable(name: str) -> bool:
    """Whether a name from a file may be written into another that everybody gets, and is shown as it is."""
    clean = one_line(REDACTOR.clean(name)) == name
    return clean and bool(name.strip()) and name.isprintable() and len(name) <= _LONGEST_NAME


def _hosts(files: list[Examined], place: TeamPlace, around: Surroundings) -> tuple[dict[str, str], tuple[str, ...]]:
    there: dict[str, list[str]] = {}
    likely: dict[str, None] = {}
    for file in (each.file for each in files if each.file.shared and not each.file.copy):
        readers = [reading.host for reading in file.readings if reading.scope == "project" and not reading.also]
        for id_ in filter(None, readers):
            there.setdefault(id_, []).append(relative(file.path, place.folder))
        likely |= dict.fromkeys(filter(None, readers[:1]))
    mine = dict.fromkeys(
        reading.host
        for file in host_files(around)
        for reading in file.readings
        if reading.host and reading.scope == "user" and not reading.also
    )
    said = {id_: ", ".join(sorted(set(paths))[:2]) for id_, paths in there.items()}
    for id_ in mine:
        said[id_] = f"{said[id_]}, and {_HERE}" if id_ in said else _HERE
    return said, tuple(id_ for id_ in said if id_ in likely or id_ in mine)
