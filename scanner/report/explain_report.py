"""What `explain` says of entries, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote

from rich.text import Text

from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.approach_scores import Score, right_when
from unsprawl.scanner.approach_tree import BY_HAND, LEAVE, OAUTH, PROBE
from unsprawl.scanner.explain import Explained, WhatIf
from unsprawl.scanner.remotes.candidates import Candidate
from unsprawl.scanner.report.json_report import Json, entry_json
from unsprawl.scanner.report.own_client_report import own_client_json, show_own_client
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport
from unsprawl.scanner.scan import ScannedEntry

_GRADES = {"good": "green", "fair": "", "poor": "red", "none": "dim"}
_NONE = "-"
_LABEL = 10
SHORT = 4
"""So many reasons are told where not all of an entry is."""


def explain_json(each: Explained, root: str, targets: Iterable[str]) -> dict[str, Json]:
    """One item of `entries`: what `scan` says of it, and the rest."""
    advice = each.advice
    return {
        **entry_json(ScannedEntry(each.found.entry, each.approach), root),
        "likely": each.likely,
        "criteria": [_score(score) for score in each.scores],
        "recommendation": {
            "target": advice.target,
            "approach": advice.rank,
            "says": advice.says,
            "reasons": list(advice.reasons),
            "next": next_command(each, targets),
        },
        "path_of_decision": [{"id": step.id, "asks": step.asks, "answer": step.answer} for step in advice.path],
        "remotes": [_remote(candidate) for candidate in each.candidates],
        "register": [own_client_json(client) for client in each.clients],
        "what_if": [
            {
                "target": what.target,
                "possible": what.can,
                "firm": what.firm,
                "approach": what.rank,
                "mark": what.mark or None,
                "says": what.says,
                "changes": [
                    {"criterion": before.criterion.id, "before": before.grade, "after": after.grade, "says": after.says}
                    for before, after in what.changes
                ],
            }
            for what in each.what_if
        ],
    }


def _score(score: Score) -> Json:
    return {"id": score.criterion.id, "grade": score.grade, "says": score.says}


def _remote(candidate: Candidate) -> Json:
    service = candidate.service
    return {
        "id": service.id,
        "name": service.name,
        "status": service.status,
        "registration": service.registration,
        "standing": candidate.standing.value,
        "url": candidate.url or None,
        "headers": [name for name, _ in candidate.headers],
        "confirm": candidate.confirm,
        "reasons": list(candidate.reasons),
        "blockers": [
            {"kind": one.kind, "says": one.says, "because": one.because or None, "firm": one.firm}
            for one in candidate.blockers
        ],
        "asks": list(candidate.asks),
        "hosts": [{"id": fit.host, "works": fit.works, "reason": fit.reason} for fit in candidate.fits],
        "caveats": list(service.caveats),
        "evidence": list(service.evidence),
    }


def next_command(each: Explained, targets: Iterable[str]) -> str | None:
    """What to type to follow the advice; None where there is nothing to type."""
    target, name = each.advice.target, quote(each.found.entry.name)
    word = f"-- {name}" if name.startswith("-") else name
    if target in targets:
        return f"unsprawl migrate --to {target} --entry {name}"
    if target == OAUTH:
        return f"unsprawl probe {quote(next(one.url for one in each.candidates if one.url))}"
    return f"unsprawl probe {word}" if target == PROBE else None


class ExplainReport(TerminalReport):
    """Entries, one after the other."""

    def entry(self, each: Explained, targets: Iterable[str], *, whole: bool) -> None:
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
        command = next_command(each, targets)
        if command:
            self._told("next", self.text(command, "bold"))
        if whole:
            self._path(each)
            self._criteria(each)
            self._what_if(each)
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
        self.gap()
        self.line(Text("the way to this advice", "bold"), first="  ")
        for step in each.advice.path:
            self.line(Text(step.asks, "dim"), first=f"    {step.id}  ")
            self.line(self.text(step.answer), first="        ")

    def _criteria(self, each: Explained) -> None:
        if not each.scores or each.likely is None:
            return
        self.gap()
        self.line(Text(f"what {each.likely} {NAMES[each.likely]} is worth", "bold"), first="  ")
        width = max(len(score.criterion.name) for score in each.scores)
        for score in each.scores:
            grade = _NONE if score.grade == "none" else score.grade
            first = Text(f"    {score.criterion.name.ljust(width)}  ").append(grade.ljust(6), _GRADES[score.grade])
            self.line(Text(score.says), first=first)
        right, wrong = right_when(each.likely)
        self.line(Text(f"right: {right}; wrong: {wrong}", "dim"), first="    ")

    def _what_if(self, each: Explained) -> None:
        if not each.what_if:
            return
        self.gap()
        self.line(Text("what if it moved to", "bold"), first="  ")
        width = max(len(what.target) for what in each.what_if)
        for what in each.what_if:
            self._move(what, width)

    def _move(self, what: WhatIf, width: int) -> None:
        first = f"    {what.target.ljust(width)}  "
        rank = f"{what.rank} " if what.rank is not None and what.target != OAUTH else ""
        before_it = "" if what.can else "no: " if what.firm else "only by hand: "
        self.line(Text().append(before_it, NOTICE).append_text(self.text(f"{rank}{what.says}")), first=first)
        for before, after in what.changes:
            said = Text(f"{before.criterion.name}: {_grade(before)} -> ").append(_grade(after), _GRADES[after.grade])
            self.line(said.append(f", {after.says}", "dim"), first=" " * len(first))


_WORD = {LEAVE: "leave it", OAUTH: "log in", PROBE: "probe it", BY_HAND: "by hand"}


def _grade(score: Score) -> str:
    return _NONE if score.grade == "none" else score.grade
