"""The few questions of `team init`, one after the other, most with an answer that a key takes. Changes nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from rich.text import Text

from unsprawl.cli.guided import ALL, HELP, NO, YES, pressed
from unsprawl.cli.team_floors import FLOORS, spelled
from unsprawl.rewriters.policy_draft import Subject
from unsprawl.rewriters.team_subjects import Instance, Offer, Offers
from unsprawl.scanner.hosts import host
from unsprawl.scanner.people import MANY, counted
from unsprawl.scanner.policy_team_reader import unknown_host
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.report.team.people import name_fault
from unsprawl.scanner.sources.naming import relative

_T = TypeVar("_T")
_KEEP = "k"
_SHOWN = 3


class Questions:
    """Asks. Every method raises KeyboardInterrupt for Ctrl-C and at the end of input."""

    def __init__(self, report: QuestionReport, folder: str, total: int) -> None:
        """`folder`: the one that the policy is for."""
        self._report = report
        self._folder = folder
        self._total = total
        self._number = 0

    def name(self, usual: str) -> str:
        """What the team is called."""
        self._title("What is the team called?")

        return self._typed("Name", usual, _name)

    def members(self, usual: Sequence[str]) -> tuple[str, ...]:
        """How its people call themselves."""
        self._title("Who is in it?", "Short names, as people will call themselves in what they hand in for the report.")

        def read(text: str) -> tuple[str, ...]:
            found = {word.casefold(): _name(word) for word in _words(text)}
            if not found:
                raise ValueError("names with blanks between them, please")
            return tuple(found.values())

        return self._typed("Names", " ".join(usual), read)

    def hosts(self, offered: Mapping[str, str], usual: Sequence[str]) -> tuple[str, ...]:
        """Which hosts are in use. `offered`: where each was seen, by id."""
        self._title("Which hosts are in use?", "A server that none of them reads is told from then on.")
        ids = list(offered)
        for number, id_ in enumerate(ids, 1):
            self._report.choice(str(number), f"{host(id_).name} ({id_})", [offered[id_]])

        def read(text: str) -> tuple[str, ...]:
            found: dict[str, None] = {}
            for word in _words(text):
                number = int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0
                id_ = ids[number - 1] if 1 <= number <= len(ids) else word.lower()
                if unknown := unknown_host(id_):
                    raise ValueError(unknown)
                found[id_] = None
            return tuple(found)

        shown = " ".join(str(ids.index(id_) + 1) if id_ in ids else id_ for id_ in usual)
        return self._typed("Numbers, or ids", shown, read)

    def floor(self, now: tuple[int, tuple[str, ...]] | None) -> tuple[int, tuple[str, ...]]:
        """The lowest approach, and the marks that are fine all the same. `now`: what the policy says."""
        self._title("How may a server get its key?", "What is worse fails: in `unsprawl scan`, and before each commit.")
        keys = [(str(number), each.title) for number, each in enumerate(FLOORS, 1)]
        for (key, title), each in zip(keys, FLOORS, strict=True):
            told = f"{each.says} ({spelled(each.lowest, each.accept)})"
            self._report.choice(key, f"{title}{', as is usual' if each is FLOORS[0] else ''}", [told])
        kept = ""
        if now is not None:
            kept = "[k]eep what it says  "
            self._report.choice(_KEEP, "as the policy says now", [spelled(*now)])
            keys.append((_KEEP, "leave it as the policy says now"))
        key = pressed(self._report, f"Which?  [1]-[{len(FLOORS)}]  {kept}[?] help  ", [*keys, (HELP, "show this list")])
        if key == _KEEP and now is not None:
            return now
        chosen = FLOORS[int(key) - 1]
        return chosen.lowest, chosen.accept

    def people(
        self, found: Sequence[Instance], usual: int, now: Sequence[tuple[Subject, int]]
    ) -> tuple[int, tuple[tuple[Subject, int], ...]]:
        """How many people use each server, and of which it is another number."""
        self._title("How many people use each?", "Of what many use, each gets a login or a key of their own.")
        for number, instance in enumerate(found, 1):
            self._report.choice(str(number), instance.subject.name, [_where(self._folder, instance)])

        def read(text: str) -> int:
            if not (number := counted(text)):
                raise ValueError("a number from 1 up, please, or many")
            return number

        everyone = self._typed("Usually", _spoken(usual), read)

        def others(text: str) -> tuple[tuple[Subject, int], ...]:
            said: dict[tuple[str, str], tuple[Subject, int]] = {}
            for word in [] if text == "none" else _words(text):
                which, _, many = word.rpartition("=")
                subject = _chosen(found, which)
                if subject is None or not counted(many):
                    raise ValueError("for example 2=1, please: its number above, and how many people; or none")
                said[subject.key] = subject, counted(many)
            return tuple(said.values())

        of = [(number, each.subject.key) for number, each in enumerate(found, 1)]
        there = {subject.key: many for subject, many in now}
        elsewhere = tuple(each for each in now if each[0].key not in {key for _, key in of})
        shown = " ".join(f"{number}={_spoken(there[key])}" for number, key in of if key in there)
        return everyone, (*elsewhere, *self._typed("Another number for some", shown or "none", others))

    def move(
        self, found: Sequence[Instance], offers: Mapping[tuple[str, str], Offers], now: Mapping[tuple[str, str], str]
    ) -> list[tuple[Subject, str]]:
        """Where the keys of each go. `now`: what the policy says, by `Subject.key`."""
        self._title("Where do the keys of each go?", "`unsprawl migrate` takes that target, and no other.")
        answers: list[tuple[Subject, str]] = []
        everything = False
        for instance in found:
            key, offer = instance.subject.key, offers[instance.subject.key]
            best = now.get(key, "") or offer.best
            if everything or not offer.possible:
                answers += [(instance.subject, best)] if best else []
                if not everything:
                    self._subject(instance)
                    self._report.line(self._report.text(f"nothing can take its key now: {offer.why_not}"), first="    ")
                continue
            pressed_ = self._target(instance, offer, best, as_now=bool(now.get(key)))
            everything = pressed_ == ALL
            target = best if pressed_ in (YES, ALL) else "" if pressed_ == NO else pressed_
            answers += [(instance.subject, target)] if target else []
        return answers

    def _target(self, instance: Instance, offers: Offers, best: str, *, as_now: bool) -> str:
        """`YES`, `NO`, `ALL`, or a target."""
        self._subject(instance)
        others = {str(number): each for number, each in enumerate((o for o in offers.possible if o.target != best), 1)}
        keys: list[tuple[str, str]] = []
        if best:
            why = "as the policy says now" if as_now else "recommended"
            self._report.choice(YES, f"{best}, {why}", _told(*(o for o in offers.possible if o.target == best)))
            keys = [(YES, f"{best}"), (ALL, "this one and all that follow as marked")]
        for key, offer in others.items():
            self._report.choice(key, offer.target, _told(offer))
            keys.append((key, offer.target))
        keys += [(NO, "say nothing of it: each migration decides"), (HELP, "show this list")]
        digits = "".join(f"[{key}] {offer.target}  " for key, offer in others.items())
        yes = "[y]es  [a]ll  " if best else ""
        key = pressed(self._report, f"Where to?  {yes}{digits}[n]ot said  [?] help  ", keys)
        return others[key].target if key in others else key

    def write(self) -> bool:
        """Whether the file may be written."""
        keys = [(YES, "write it"), (NO, "write nothing"), (HELP, "show this list")]
        return pressed(self._report, "Write it?  [y]es  [n]o  [?] help  ", keys) == YES

    def _subject(self, instance: Instance) -> None:
        self._report.gap()
        self._report.line(self._report.text(instance.subject.name, "bold"), first="  ")
        self._report.line(self._report.text(_where(self._folder, instance)), first="    ")

    def _title(self, asks: str, says: str = "") -> None:
        self._number += 1
        self._report.gap()
        self._report.line(Text(asks, "bold"), first=Text(f"{self._number} of {self._total}  ", "dim"), rest="        ")
        if says:
            self._report.line(Text(says), first="  ")

    def _typed(self, label: str, usual: str, read: Callable[[str], _T]) -> _T:
        """What was typed, as `read` takes it; what it raises ValueError for is told, and asked again."""
        while True:
            self._report.pause()
            bracket = f"  [{self._report.text(usual).plain}]" if usual else ""
            sys.stdout.write(f"{label}{bracket}: ")
            sys.stdout.flush()
            line = sys.stdin.readline()
            if not line:
                sys.stdout.write("\n")
                raise KeyboardInterrupt
            try:
                return read(line.strip() or usual)
            except ValueError as error:
                self._report.line(Text(str(error)), first="  ")


def _name(text: str) -> str:
    """A name that may be written down. Raises ValueError."""
    if fault := name_fault(text):
        raise ValueError(f"another one, please: {fault}")
    return text


def _told(*offers: Offer) -> list[str]:
    said = [line for offer in offers for line in (offer.says or "it is there now", offer.against)]
    return list(filter(None, said))


def _where(folder: str, instance: Instance) -> str:
    """The entries of an instance, a few of them; not by the name that is its own."""
    places = [
        ("" if each.entry.name == instance.subject.name else f"{each.entry.name} in ")
        + f"{relative(each.entry.path, folder)}:{each.entry.line}"
        for each in instance.entries
    ]
    more = len(places) - _SHOWN
    return ", ".join(places[:_SHOWN]) + (f" and {count(more, 'more place')}" if more > 0 else "")


def _chosen(found: Sequence[Instance], word: str) -> Subject | None:
    """An instance by its number, or its name."""
    if word.isascii() and word.isdigit() and len(word) < 5 and 1 <= int(word) <= len(found):
        return found[int(word) - 1].subject
    return next((each.subject for each in found if each.subject.name.casefold() == word.casefold()), None)


def _spoken(number: int) -> str:
    return "many" if number == MANY else str(number)


def _words(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip(" ,\t")) if text.strip(" ,\t") else []


def asked_of(found: Iterable[Instance]) -> int:
    """How many questions there are: the last two are about what was found."""
    return 6 if any(True for _ in found) else 4
