"""The team's report for a terminal: the result, who does what next, then keys, vendors and approaches."""

from __future__ import annotations

from rich.text import Text

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.report.lines import Lines, count
from unsprawl.scanner.report.team import words
from unsprawl.scanner.report.team.model import Key, Life, Person, Standing, TeamReport

SHOWN = 15
"""So many keys are listed; the others are counted."""
_BAR = 24
_LEAST = 12
"""So many columns of a bar are worth a line."""
_STYLES = {
    Standing.DONE: "green",
    Standing.TODO: "yellow",
    Standing.NEVER: "bold red",
    Standing.UNCLEAR: "magenta",
}
_LIVES = {Life.LIVE: "red", Life.UNKNOWN: "", Life.DEAD: "dim"}


class TeamLines(Lines):
    """Prints a team's report."""

    def report(self, report: TeamReport) -> None:
        """All of it."""
        said = words.headline(report)
        said = f"{report.team}: {said[0].lower()}{said[1:]}" if report.team else said
        self.line(Text(said, "bold"), rest="  ")
        if report.documents:
            self.line(words.progress(report), first="  ")
        self.gap()
        self.line(Text("who does what next", "bold"))
        for person in report.people:
            self._person(person)
        self._keys(report)
        self._ladder(report)
        self._faults(report)
        self.gap()

    def _person(self, person: Person) -> None:
        told = [words.figures(person), words.dates(person)]
        if not person.member:
            told.append("not named by the policy")
        self.line(
            self.text(person.name, "bold"),
            "  ",
            Text(words.standing(person), _STYLES[person.standing]),
            Text("".join(f"; {each}" for each in told if each), "dim"),
            first="  ", rest="    ",
        )  # fmt: skip
        for number, step in enumerate(person.steps):
            about = words.about(step)
            self.line(self.text(f"{step.says} ({about})" if about else step.says), first="    - ")
            for command in words.typed(person.steps, number):
                self.line(self.text(command, "bold"), first="      ", rest="        ")

    def _keys(self, report: TeamReport) -> None:
        listed = [key for key in report.keys if key.now or key.life is not Life.DEAD]
        if not listed:
            return
        self.gap()
        self.line(Text("keys", "bold"), ": harm, what their vendor says, in whose files they stand")
        shown = listed[:SHOWN]
        rows = [_cells(self, key) for key in shown]
        advice = [Text(words.advice(key), "dim") for key in shown]
        if not self.columns([[*row, said] for row, said in zip(rows, advice, strict=True)], 2):
            below = [[Text("next: ", "dim").append_text(said)] for said in advice]
            if not self.columns(rows, 2, below, 1):
                for row, more in zip(rows, below, strict=True):
                    self.line(Text("  ").join(row), first="  ", rest="    ")
                    self.line(more[0], first="    ")
        if len(listed) > SHOWN:
            self.line(f"and {len(listed) - SHOWN} more; --html shows them all", first="  ")
        shared = report.now.shared
        if shared:
            self.line(f"{count(shared, 'key stands', 'keys stand')} on more than one machine", first="  ")

    def _ladder(self, report: TeamReport) -> None:
        if not report.now.servers:
            return
        self.gap()
        title = "before (-) and now (=)" if report.before is not None else "now"
        self.line(Text(f"how the servers get their keys, best way first, {title}", "bold"), rest="  ")
        before = dict(report.before.ranks) if report.before is not None else {}
        most = words.most_of(report)
        names = max(len(words.approach(rank)) for rank in (*NAMES, None))
        beside = self.width >= names + 2 * _LEAST
        room = min(_BAR, self.width - (names if beside else 0) - 12)
        for rank, number in report.now.ranks:
            name = words.approach(rank)
            if not beside:
                self.line(name, first="  ", rest="    ")
                name = ""
            if before.get(rank, 0):
                self._bar(name.ljust(names if beside else 0), before[rank], most, room, "-", "dim")
                name = ""
            poor = rank is not None and rank in (5, 6)
            self._bar(name.ljust(names if beside else 0), number, most, room, "=", "yellow" if poor else "green")
        if report.floor is not None:
            lowest = words.approach(report.floor)
            broken = count(report.now.violations, "server is", "servers are")
            earlier = f" ({report.before.violations} before)" if report.before is not None else ""
            self.line(f"{broken} below what the policy allows, {lowest}{earlier}", first="  ", rest="    ")

    def _bar(self, name: str, number: int, most: int, room: int, mark: str, style: str) -> None:
        length = -(-number * room // most) if most else 0
        self.line(f"{name}  {str(number).rjust(4)}  ", Text(mark * length, style), first="  ")

    def _faults(self, report: TeamReport) -> None:
        if not report.has_members:
            self.gap()
            self.line("no policy names the members, so nobody can be told to be missing (--policy FILE)", rest="  ")
        if not report.faults:
            return
        self.gap()
        self.line(Text("about what was handed in", "bold magenta"))
        for fault in report.faults:
            where = [self.path(fault.file, ""), Text(": ")] if fault.file else []
            out = " (left out)" if fault.left_out and fault.file else ""
            self.line(*where, self.text(fault.message), out, first="  ", rest="    ")
            if fault.hint:
                self.line(self.text(fault.hint, "dim"), first="    ")


def _cells(lines: Lines, key: Key) -> list[Text]:
    return [
        Text(key.label, "bold"),
        Text(key.severity.value, "red" if key.severity.value == "critical" else ""),
        Text(words.state(key), _LIVES[key.life]),
        lines.text(words.machines(key)),
    ]
