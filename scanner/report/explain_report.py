"""What `explain` says of entries, for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rich.text import Text

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.approach_scores import Score, criteria, right_when
from unsprawl.scanner.approach_tree import BY_HAND, LEAVE, OAUTH, PROBE
from unsprawl.scanner.explain import Explained
from unsprawl.scanner.report.own_client_report import show_own_client
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport
from unsprawl.scanner.report.what_to_type import Typing, to_follow, to_move
from unsprawl.scanner.what_if import WhatIf

_GRADES = {"good": "green", "fair": "", "poor": "red", "none": "dim"}
_NONE = "-"
_BROKER = 1
"""The rank of what is behind a broker."""
_LABEL = 10
SHORT = 4
"""So many reasons are told where not all of an entry is."""


class ExplainReport(TerminalReport):
    """Entries, one after the other."""

    def entry(self, each: Explained, typing: Typing, *, whole: bool) -> None:
        """One entry; with `whole` also the criteria, the way through the tree and what other moves would change."""
        entry, advice = each.found.entry, each.advice
        self.gap()
        where = self.path(entry.path, "").append(f":{entry.line}")
        self.line(self.text(entry.name, "bold"), "  ", where, rest="  ")
        self._told("approach", Text(self._approach(each), "bold").append(f": {each.approach.reason}", "not bold"))
        if each.approach.marks:
            self._told("marks", Text(", ".join(each.approach.marks)))
        good = advice.target == LEAVE
        after = f" ({advice.rank} {NAMES[advice.rank]})" if advice.rank is not None and not good else ""
        style = "green" if good else NOTICE if advice.target in (PROBE, BY_HAND) else "bold green"
        self._told("advice", self.text(f"{_WORD.get(advice.target, advice.target)}: {advice.says}{after}", style))
        reasons = list(dict.fromkeys(advice.reasons))
        shown = reasons if whole or len(reasons) <= SHORT else reasons[: SHORT - 1]
        for reason in shown:
            self._told("", self.text(reason))
        if len(shown) < len(reasons):
            self._told("", self.text(f"and {len(reasons) - len(shown)} more that should be known"))
        command = to_follow(each, typing)
        if command:
            self._told("next", self.text(command, "bold"))
        if whole:
            self._path(each)
            self._criteria(each)
            self._what_if(each, typing)
            for client in each.clients:
                self.gap()
                show_own_client(self, client)

    def _approach(self, each: Explained) -> str:
        if each.approach.rank is not None:
            return f"{each.approach.rank} {NAMES[each.approach.rank]}"
        if not each.approach.candidates:
            return "not known"
        ranks = " or ".join(map(str, each.approach.candidates))
        likely = f"; {each.likely} by the catalogue" if each.likely is not None else ""
        return f"not known before a probe ({ranks}{likely})"

    def _told(self, label: str, text: Text) -> None:
        self.line(text, first=Text("  ").append(label.ljust(_LABEL + 2), "dim"))

    def _path(self, each: Explained) -> None:
        if not each.advice.path:
            return
        self.gap()
        self.line(Text("the way to this advice", "bold"), first="  ")
        for step in each.advice.path:
            self.line(Text(step.asks, "dim"), first=f"    {step.id}  ")
            self.line(self.text(step.answer), first="        ")
            if step.why and step.why != each.approach.reason:  # that stands above
                self.line(self.text(f"({step.why})", "dim"), first="        ")

    def _criteria(self, each: Explained) -> None:
        if not each.scores or each.likely is None:
            return
        self.gap()
        self.line(Text(f"what {each.likely} {NAMES[each.likely]} is worth", "bold"), first="  ")
        width = max(len(score.criterion.name) for score in each.scores)
        for score in each.scores:
            grade = _grade(score)
            first = Text(f"    {score.criterion.name.ljust(width)}  ").append_text(grade).append(" " * (6 - len(grade)))
            self.line(Text(score.says), first=first)
        right, wrong = right_when(each.likely)
        self.line(Text(f"right: {right}; wrong: {wrong}", "dim"), first="    ")

    def _what_if(self, each: Explained, typing: Typing) -> None:
        if not each.what_if:
            return
        self.gap()
        self.line(Text("what if it moved to", "bold"), first="  ")
        self._grades(each)
        self.gap()
        width = max(len(what.target) for what in each.what_if)
        for what in each.what_if:
            if what.can:
                self._move(each, what, width, typing)
        missing = [what.target for what in each.what_if if what.broker is not None and not what.broker.installed]
        for targets, what in _refused(each.what_if, missing):
            before_it = Text("no: " if what.firm else "only by hand: ", NOTICE)
            self._under(targets, width, before_it.append_text(self.text(what.says)))
        if missing:
            told = Text("not installed here; ").append("unsprawl vault brokers", "bold").append(" compares them")
            self._under(missing, width, told)

    def _grades(self, each: Explained) -> None:
        """A row for each move, a column for each criterion; none where they do not fit."""
        heads = [Text(""), Text(""), *(Text(each.short, "dim") for each in criteria())]
        rows = [heads]
        if each.likely is not None and each.scores:
            rows.append([Text("now", "bold"), Text(str(each.likely)), *map(_grade, each.scores)])
        for what in each.what_if:
            if what.scores:
                style = "bold" if what.target == each.advice.target else "" if what.can else "dim"
                rank = what.rank if what.rank is not None else _BROKER
                rows.append([Text(what.target, style), Text(str(rank), style), *map(_grade, what.scores)])
        if len(rows) > 1:
            self.columns(rows, 4)

    def _move(self, each: Explained, what: WhatIf, width: int, typing: Typing) -> None:
        rank = f"{what.rank} " if what.rank is not None and what.target != OAUTH else ""
        self._under([what.target], width, self.text(f"{rank}{what.says}"))
        indent = " " * (width + 6)
        if what.target == each.advice.target:
            for before, after in what.changes:
                said = Text(f"{before.criterion.name}: ").append_text(_grade(before)).append(" -> ")
                self.line(said.append_text(_grade(after)).append(f", {after.says}", "dim"), first=indent)
        command = to_move(each, what, typing)
        if command and what.target != each.advice.target:  # that stands above
            self.line(self.text(command, "bold"), first=indent)

    def _under(self, targets: Iterable[str], width: int, told: Text) -> None:
        names = ", ".join(targets)
        if len(names) <= width:
            self.line(told, first=f"    {names.ljust(width)}  ")
        else:
            self.line(names, first="    ")
            self.line(told, first=" " * (width + 6))


def _refused(what_if: Iterable[WhatIf], without: Collection[str]) -> Iterator[tuple[list[str], WhatIf]]:
    """Moves that cannot be made; those for one reason together."""
    found: dict[tuple[str, bool], tuple[list[str], WhatIf]] = {}
    for what in what_if:
        if not what.can and what.target not in without:
            found.setdefault((what.says, what.firm), ([], what))[0].append(what.target)
    yield from found.values()


_WORD = {LEAVE: "leave it", OAUTH: "log in", PROBE: "probe it", BY_HAND: "by hand"}


def _grade(score: Score) -> Text:
    return Text(_NONE if score.grade == "none" else score.grade, _GRADES[score.grade])
