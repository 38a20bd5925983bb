"""Who must do what next, in words and commands. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from unsprawl.scanner.approach import NAMES, Approach
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.policy import Floor, Policy, violated
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.team.documents import Document, Held, Server, Spot
from unsprawl.scanner.report.team.keys import identity
from unsprawl.scanner.report.team.model import Key, Kind, Life, Step

ANYWHERE = "other files"
MIGRATE = "unsprawl migrate"
_NAMED = 3
"""So many keys or people are named in a sentence; the others are counted."""


def hand_in(name: str, paths: str = "") -> str:
    """The command that makes the document of somebody."""
    return f"unsprawl scan{paths} --format json --anonymous --as {name} > {name}.json"


def joining(name: str) -> tuple[Step, ...]:
    """For one who handed in nothing."""
    return (Step(Kind.JOIN, "join, then hand in a scan", ("unsprawl team join", hand_in(name))),)


def again(name: str, why: str) -> tuple[Step, ...]:
    """For one who handed in nothing that shows how their files are."""
    return (Step(Kind.HAND_IN, f"{why}: hand in a scan of the files", (hand_in(name),)),)


def steps(
    last: Document, keys: Mapping[str, Key], floors: Sequence[tuple[Policy, Floor]], history: int, former: Sequence[Key]
) -> Iterator[Step]:
    """What the author of this document must do. `former`: keys that stood in their files, and in nobody's now."""
    yield from _to_move(last, keys)
    yield from _by_hand(last, keys)
    yield from _approach(last, floors)
    yield from _dead_or_not(last, keys, former)
    if history:
        says = f"{count(history, 'secret')} in the history of a repository: end them, everybody with a clone has them"
        yield Step(Kind.HISTORY, says, ("unsprawl scan --history",))
    if last.problems:
        says = f"{count(last.problems, 'file or setting', 'files or settings')} could not be read or checked"
        yield Step(Kind.UNREAD, says, ("unsprawl scan",))
    if last.unseen:
        says = f"{count(last.unseen, 'secret')} in files at which the last scan did not look: counted as still there"
        yield Step(Kind.HAND_IN, says, (hand_in(last.name, " ~"),))
    elif last.looked == "paths":
        yield Step(Kind.HAND_IN, "only some paths were looked at: hand in a scan of all", (hand_in(last.name),))


def _to_move(last: Document, keys: Mapping[str, Key]) -> Iterator[Step]:
    """What `migrate` moves, by host; each secret once, where it stands first."""
    found: dict[str, list[Held]] = defaultdict(list)
    shared: list[Held] = []
    for held in last.standing:
        spot = next((each for each in held.spots if not each.by_hand), None)
        if spot is not None:
            (shared if spot.shared else found[_host(spot)]).append(held)
    for where, each in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        yield Step(Kind.MIGRATE, f"move {_many(each)} out of {where}", (MIGRATE,), _labels(last, each, keys))
    moved = [held for held in shared if _moved_by_others(keys.get(identity(last, held)))]
    if moved:
        says = f"get {_many(moved)} out of a project's files: gone from those of others, so pull, then join"
        yield Step(Kind.MIGRATE, says, ("git pull", "unsprawl team join"), _labels(last, moved, keys))
    shared = [held for held in shared if held not in moved]
    if shared:
        says = f"move {_many(shared)} out of a project's files, which others may get through git"
        yield Step(Kind.MIGRATE, says, (MIGRATE,), _labels(last, shared, keys))


def _moved_by_others(key: Key | None) -> bool:
    """Whether it stood in the files of somebody in whose files it is no more, or whose vault has it now."""
    return key is not None and bool({*key.before, *key.needed} - {*key.now})


def _by_hand(last: Document, keys: Mapping[str, Key]) -> Iterator[Step]:
    found = [held for held in last.standing if all(spot.by_hand for spot in held.spots)]
    if found:
        says = f"take {_many(found)} out by hand, from copies, comments, documents or beside the entries"
        yield Step(Kind.BY_HAND, says, ("unsprawl scan",), _labels(last, found, keys))


def _approach(last: Document, floors: Sequence[tuple[Policy, Floor]]) -> Iterator[Step]:
    """Servers that hold no secret in a file, and whose approach the policy does not allow all the same."""
    broken = [server for server in violating(last, floors) if not server.literal]
    if broken:
        lowest = floors[0][1].lowest
        says = f"{count(len(broken), 'server')} below what the policy allows ({lowest} {NAMES[lowest]} or better)"
        yield Step(Kind.APPROACH, says, ("unsprawl explain",))


def _dead_or_not(last: Document, keys: Mapping[str, Key], former: Sequence[Key]) -> Iterator[Step]:
    """Keys that left the files and are not known to be dead: a copy of such a file may be anywhere."""
    mine = [keys[known] for held in last.secrets if held.moved and (known := identity(last, held)) in keys]
    alive = [key for key in mine if key.life is not Life.DEAD]
    ready = [key for key in alive if key.gone and not key.needed]
    if ready:
        says = f"end {_these(ready)}: {_they(ready)} stood in files, and nobody uses {_they(ready, 'them')} any more"
        yield Step(Kind.REVOKE, says, ("unsprawl revoke",), tuple(key.label for key in ready))
    used = [key for key in alive if key.gone and last.name in key.needed]
    if used:
        says = f"replace {_these(used)}, since {_they(used)} stood in files: put a new one in, then end the old"
        commands = ("unsprawl vault list", "unsprawl vault set REF", "unsprawl revoke")
        yield Step(Kind.REPLACE, says, commands, tuple(key.label for key in used))
    # Where it still stands in their own files, too, at which the last scan did not look, they are told to move it.
    for key in (key for key in alive if not key.gone and last.name not in key.now):
        machines = count(len(key.now), "machine")
        says = f"{key.label} left your files and is still on {machines} ({listed(key.now)}): end it after that"
        yield Step(Kind.REVOKE, says, (), (key.label,))
    if former:
        pages = tuple(dict.fromkeys(key.page for key in former if key.page))
        says = f"end {_these(former)} at the vendor's: {_they(former)} stood in files, and nobody says it was done"
        yield Step(Kind.REVOKE, says, pages, tuple(key.label for key in former))


def violating(document: Document, floors: Sequence[tuple[Policy, Floor]]) -> list[Server]:
    """The servers whose approach the policy does not allow."""
    if not floors:
        return []
    return [
        server
        for server in document.servers
        if violated(Approach(server.approach, server.candidates, server.marks, "", None, ""), floors) is not None
    ]


def _host(spot: Spot) -> str:
    known = {each.id: each.name for each in hosts()}
    names = [known[host] for host in spot.hosts if host in known]
    return names[0] if names else ANYWHERE


def _many(found: Sequence[Held]) -> str:
    """`2 GitHub keys and 1 other secret`, those of the most vendors first; `1 secret` where no vendor is known."""
    unnamed = "other secret" if any(held.provider for held in found) else "secret"
    owners = Counter(f"{held.provider} key" if held.provider else unnamed for held in found)
    return listed([count(many, owner) for owner, many in sorted(owners.items(), key=lambda item: (-item[1], item[0]))])


def _labels(last: Document, found: Sequence[Held], keys: Mapping[str, Key]) -> tuple[str, ...]:
    known = (keys.get(identity(last, held)) for held in found)
    return tuple(sorted({key.label for key in known if key is not None}, key=lambda label: (len(label), label)))


def _these(keys: Sequence[Key]) -> str:
    return listed([key.label for key in keys])


def _they(keys: Sequence[Key], many: str = "they") -> str:
    return "it" if len(keys) == 1 else many


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    if len(words) > _NAMED + 1:
        words = [*words[:_NAMED], f"{len(words) - _NAMED} more"]
    return enumerated(words)
