"""The sentences of the team's report, for every way of showing it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.report.ladder import UNKNOWN
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.team.model import Key, Life, Person, Standing, Step, TeamReport, Totals
from unsprawl.scanner.report.team.steps import listed

LIVES = {Life.LIVE: "live", Life.UNKNOWN: "not known", Life.DEAD: "dead"}


def headline(report: TeamReport) -> str:
    """The result in one sentence."""
    if not report.documents:
        return "Nothing that could be used was handed in."
    absent = [person.name for person in report.people if person.standing is Standing.NEVER]
    late = f"{listed(absent)} never joined" if absent else ""
    if report.now.secrets:
        machines = len({name for key in report.keys for name in key.now})
        of = count(len([each for each in report.people if each.last is not None]), "machine")
        stand = count(report.now.secrets, "secret still stands", "secrets still stand")
        where = f"on {machines} of {of}" if machines != 1 or not of.startswith("1 ") else "on one machine"
        return f"{stand} in files {where}" + (f", and {late}." if late else ".")
    clean = "No secret stands in a file" + (" any more" if report.before and report.before.secrets else "")
    if late:
        return f"{clean}, but {late}."
    if report.left:
        return f"{clean}; {count(report.left, 'thing is', 'things are')} left to do."
    return f"{clean}, and nothing is left to do." if report.complete else f"{clean}, as far as could be seen."


def progress(report: TeamReport) -> str:
    """From where to where, or what is missing to tell."""
    if report.before is None:
        return "Nobody handed in a second document yet, so there is nothing to compare with."
    before, now = report.before, report.now
    if before.secrets == now.secrets:
        return f"{count(now.secrets, 'secret')} in files before and now."
    return f"{count(before.secrets, 'secret')} in files before, {now.secrets} now."


def standing(person: Person) -> str:
    """How far somebody is, in a few words."""
    left = sum(not step.kind.is_gap for step in person.steps)
    words = {
        Standing.DONE: "done",
        Standing.TODO: f"{count(left, 'thing')} to do",
        Standing.NEVER: "never joined",
        Standing.UNCLEAR: "not everything was seen",
    }
    return words[person.standing]


def figures(person: Person) -> str:
    """What stands in somebody's files, before and now."""
    if person.last is None:
        return ""
    now = len(person.last.standing)
    if person.first is None:
        return f"{count(now, 'secret') if now else 'no secret'} in files"
    before = len(person.first.standing)
    return f"{count(before, 'secret')} before, {now} now"


def dates(person: Person) -> str:
    """When somebody handed in what."""
    if person.last is None:
        return ""
    day = person.last.when[:10]
    return f"{person.first.when[:10]} and {day}" if person.first is not None and person.first.when[:10] != day else day


def approach(rank: int | None) -> str:
    """An approach with its number."""
    return f"{rank} {NAMES[rank]}" if rank is not None else f"? {UNKNOWN}"


def machines(key: Key) -> str:
    """On whose machines a key stands in files."""
    return listed(key.now) if key.now else "in no file"


def advice(key: Key) -> str:
    """What becomes of a key next."""
    if key.life is Life.DEAD:
        return "take it out of the files" if key.now else "nothing"
    if len(key.now) > 1:
        return "one for each person, then end it"
    if key.now:
        return "move it, then replace it"
    return "replace it, then end it" if key.needed else "end it"


def state(key: Key) -> str:
    """Whether a key works, and how far it reaches."""
    rights = f": {', '.join(key.rights)}" if key.rights and key.life is not Life.DEAD else ""
    return f"{LIVES[key.life]}{rights}"


def about(step: Step) -> str:
    """The keys that a step is about, where its sentence does not name them."""
    return "" if any(key in step.says for key in step.keys) else listed(step.keys)


def typed(steps: Sequence[Step], number: int) -> tuple[str, ...]:
    """What to type for a step; nothing where the next one is done by the same command."""
    mine = steps[number].commands
    return () if number + 1 < len(steps) and steps[number + 1].commands == mine else mine


def percent(number: int, most: int) -> int:
    """A share of a bar, of which a little shows for all but nothing."""
    return 0 if not number or not most else max(2, round(100 * number / most))


def most_of(report: TeamReport) -> int:
    """The longest bar of the ladder."""
    both: tuple[Totals | None, ...] = (report.before, report.now)
    return max((number for each in both if each is not None for _, number in each.ranks), default=0)
