"""Documents to the team's report: who handed in what and when, before and now, what is left to do. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from unsprawl.scanner.policy import Demands, Floor, Policy
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.team.documents import Document, Fault
from unsprawl.scanner.report.team.keys import Seen, identity, keys_of
from unsprawl.scanner.report.team.model import Key, Life, Person, Provider, TeamReport, Totals
from unsprawl.scanner.report.team.people import same
from unsprawl.scanner.report.team.steps import again, joining, steps, violating

NOBODY = "no known provider"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class _Handed(NamedTuple):
    """What one person handed in."""

    name: str
    files: tuple[Document, ...]
    """Scans of files, by date."""
    history: int
    """Secrets in the histories of repositories, each as it was last seen."""
    in_doubt: bool = False
    """Something else was handed in under the name that cannot be used beside it."""

    @property
    def first(self) -> Document | None:
        return self.files[0] if len(self.files) > 1 else None

    @property
    def last(self) -> Document | None:
        return self.files[-1] if self.files else None


def team_report(
    documents: Iterable[Document], faults: Iterable[Fault], policy: Policy | None, own_key: str, made: str
) -> TeamReport:
    """The report. `own_key`: the name of the team key of this machine, or ""; `made`: now, ISO 8601."""
    said = list(faults)
    dated, early = _of_the_past(documents, made, said)
    team_key, kept, strange = _of_one_key(dated, own_key, said)
    strange += early
    members = policy.team.members if policy is not None and policy.team is not None else ()
    handed = _by_person(kept, members, said)
    floors = Demands((policy,)).floors if policy is not None else ()
    lasts = [each.last for each in handed if each.last is not None]
    # Whoever handed in once was so before, too: else the others' progress would look like theirs.
    firsts = [each.first or each.last for each in handed]
    befores = [each for each in firsts if each is not None] if any(each.first for each in handed) else []
    keys = keys_of(
        Seen(document, held, time)
        for time, found in (("before", befores), ("now", lasts), ("", _between(handed)))
        for document in found
        for held in document.secrets
        if time or held.id  # what has no id is followed from the first to the last alone
    )
    people = _people(handed, members, keys, floors, {same(name) for name in strange})
    shown = tuple(keys.values())
    return TeamReport(
        team=policy.team.name if policy is not None and policy.team is not None else "",
        team_key=team_key,
        made=made,
        people=tuple(people),
        keys=shown,
        before=_totals(befores, floors) if befores else None,
        now=_totals(lasts, floors),
        providers=_providers(shown),
        documents=tuple(document for each in handed for document in each.files),
        faults=tuple(said),
        floor=floors[0][1].lowest if floors else None,
        has_members=bool(members),
    )


def _between(handed: Sequence[_Handed]) -> list[Document]:
    return [document for each in handed for document in each.files[1:-1]]


def _of_the_past(documents: Iterable[Document], made: str, said: list[Fault]) -> tuple[list[Document], list[str]]:
    """The documents whose date has come, and the names on the others: one of the future would stay the latest."""
    from datetime import datetime, timedelta

    latest = (datetime.strptime(made, _TIME) + timedelta(days=1)).strftime(_TIME)  # clocks differ
    kept = []
    strange = []
    for document in documents:
        if document.when <= latest:
            kept.append(document)
            continue
        strange.append(document.name)
        said.append(
            Fault(
                document.file,
                f"{document.name} handed it in with a date that is still to come ({document.when[:10]})",
                "Is the clock of that machine right? Then hand in again.",
            )
        )
    return kept, strange


def _of_one_key(documents: list[Document], own_key: str, said: list[Fault]) -> tuple[str, list[Document], list[str]]:
    """The documents that were made with the team's key: the one of this machine, else the one that most have."""
    counts = Counter(document.team_key for document in documents)
    team = own_key if own_key in counts or not counts else max(counts, key=lambda key: (counts[key], key))
    if own_key and counts and own_key not in counts:
        said.append(Fault("", f"none was made with the team key of this machine ({own_key})", left_out=False))
    strange = [document for document in documents if document.team_key != team]
    for document in strange:
        said.append(
            Fault(
                document.file,
                f"{document.name} made it with another team key ({document.team_key}, not {team})",
                "Compare `unsprawl team key` with them, and let them hand in again.",
            )
        )
    return team, [document for document in documents if document.team_key == team], [each.name for each in strange]


def _by_person(documents: Sequence[Document], members: Sequence[str], said: list[Fault]) -> list[_Handed]:
    """What each handed in, by date; those of the policy first, in its order."""
    found: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        found[same(document.name)].append(document)
    order = {same(name): (number, name) for number, name in enumerate(members)}
    made = []
    for key, each in found.items():
        name = order[key][1] if key in order else each[0].name
        told = len(said)
        mine = _of_one_machine(sorted(each, key=lambda document: (document.when, document.file)), said)
        once = _once(mine, said)
        files = tuple(document._replace(name=name) for document in once if document.looked != "history")
        histories = {document.repository: document.history for document in once if document.looked == "history"}
        in_doubt = any(fault.left_out for fault in said[told:])
        made.append(_Handed(name, _with_unseen(files), sum(histories.values()), in_doubt))
    return sorted(made, key=lambda each: (order.get(same(each.name), (len(order), ""))[0], same(each.name)))


def _of_one_machine(documents: Sequence[Document], said: list[Fault]) -> list[Document]:
    """Those of the machine of the newest one. Another machine is no later state of this one."""
    newest = documents[-1]
    for document in documents:
        if document.machine != newest.machine:
            said.append(
                Fault(
                    document.file,
                    f"{document.name} handed it in from another machine than the one of {newest.when[:10]}",
                    "Two machines need two names: --as NAME.",
                )
            )
    return [document for document in documents if document.machine == newest.machine]


def _with_unseen(files: tuple[Document, ...]) -> tuple[Document, ...]:
    """The newest one with what earlier ones saw in files at which nobody looked again: it counts as still there.

    A scan without paths looks into the current repository, which may be another one each time.
    """
    if len(files) < 2:
        return files
    *earlier, last = files
    standing = {identity(last, held) for held in last.standing}
    seen, unseen = set(last.files), []
    for document in reversed(earlier):
        for held in document.standing:
            spots = tuple(
                spot for spot in held.spots if spot.file not in seen and (spot.shared or last.looked == "paths")
            )
            if spots and identity(document, held) not in standing:
                standing.add(identity(document, held))
                unseen.append(held._replace(spots=spots, said=None))
        seen |= document.files
    return (*earlier, last._replace(secrets=(*last.secrets, *unseen), unseen=len(unseen)))


def _once(documents: Sequence[Document], said: list[Fault]) -> list[Document]:
    """Without those that say again what another one of the same person and time says."""
    kept: dict[tuple[str, str], Document] = {}
    for document in documents:
        moment = document.when, document.repository
        other = kept.setdefault(moment, document)
        if other is document:
            continue
        if other._replace(file="") == document._replace(file=""):
            said.append(Fault(document.file, "is the same document as another one", left_out=False))
        else:
            said.append(
                Fault(
                    document.file,
                    f"{document.name} handed in another one of the same time, which says something else",
                    "Two machines need two names: --as NAME.",
                )
            )
    return list(kept.values())


def _people(
    handed: Sequence[_Handed],
    members: Sequence[str],
    keys: dict[str, Key],
    floors: Sequence[tuple[Policy, Floor]],
    strange: set[str],
) -> list[Person]:
    by_name = {same(each.name): each for each in handed}
    known = {same(name) for name in members}
    listed = [*members, *(each.name for each in handed if same(each.name) not in known)]
    listed += [name for name in sorted(strange) if name not in known and name not in by_name]
    # Whoever moved a key replaces or ends it, so nobody else is told to.
    remembered = {identity(each.last, held) for each in handed if each.last is not None for held in each.last.secrets}
    people = []
    for name in listed:
        each = by_name.get(same(name))
        member = same(name) in known or not members
        out = same(name) in strange
        if each is None or each.last is None:
            todo = joining(name)
            if out or each is not None:
                todo = again(
                    name, "what was handed in cannot be used" if out else "only a scan of history was handed in"
                )
            people.append(Person(name, member, None, None, todo, left_out=out or each is not None))
            continue
        former = _former(each, keys, remembered)
        todo = tuple(steps(each.last, keys, floors, each.history, former))
        if out or each.in_doubt:
            todo += again(each.name, "not all that bears this name could be used")
        people.append(Person(each.name, member, each.first, each.last, todo, left_out=out or each.in_doubt))
    return people


def _former(handed: _Handed, keys: dict[str, Key], remembered: Collection[str]) -> list[Key]:
    """Keys that stood in somebody's files and are in nobody's now, of which no machine says more."""
    found = []
    for document in handed.files[:-1]:
        for held in document.standing:
            known = identity(document, held)
            key = keys.get(known)
            if (
                key is not None
                and known not in remembered
                and key.gone
                and key.life is not Life.DEAD
                and key not in found
            ):
                found.append(key)
    return found


def _totals(documents: Sequence[Document], floors: Sequence[tuple[Policy, Floor]]) -> Totals:
    machines: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        for held in document.standing:
            machines[identity(document, held)].add(document.name)
    servers = [server for document in documents for server in document.servers if "copy" not in server.marks]
    ranks = Counter(server.approach for server in servers)
    listed: list[int | None] = [*range(1, 8), *([None] if ranks[None] else [])]
    return Totals(
        secrets=len(machines),
        places=sum(document.places for document in documents),
        shared=sum(len(names) > 1 for names in machines.values()),
        servers=len(servers),
        ranks=tuple((rank, ranks[rank]) for rank in listed),
        violations=sum(len(violating(document, floors)) for document in documents),
    )


def _providers(keys: Sequence[Key]) -> tuple[Provider, ...]:
    groups: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        groups[key.provider or NOBODY].append(key)
    rows = []
    for name, found in groups.items():
        now = [key for key in found if not key.gone]
        lives = Counter(key.life for key in now)
        rows.append(
            Provider(
                name,
                sum(bool(key.before) for key in found),
                len(now),
                lives[Life.LIVE],
                lives[Life.UNKNOWN],
                lives[Life.DEAD],
                sum(key.gone and key.life is not Life.DEAD for key in found),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.name == NOBODY, -row.now, -row.revoke, row.name)))
