"""A join on a terminal and as JSON: each entry whole before it is asked about, and what became of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from unsprawl.rewriters.joining.model import Need
from unsprawl.rewriters.joining.own_values import OwnValue
from unsprawl.rewriters.joining.shown import command_shown
from unsprawl.rewriters.joining.survey import Item
from unsprawl.rewriters.outcome import Outcome
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.report.terminal import NOTICE, grouped
from unsprawl.scanner.scan import shown_path

_WORDS = {"done": "ready", "todo": "open", "skipped": "left", "refused": "refused", "failed": "failed"}
_STYLES = {"done": "green", "todo": NOTICE, "skipped": "", "refused": "bold red", "failed": "bold red"}
_WHAT = 9
"""So many columns what is said of an entry begins after: the longest word, and a gap."""


class JoinReport(QuestionReport):
    """Shows entries of shared files, which are foreign text."""

    def entry(self, item: Item, which: str = "") -> None:
        """All that its author wrote and that is known of it; nothing is cut."""
        self.gap()
        self.entry_title(item.wanted.found.entry, Text(f"{which}  " if which else ""))
        for line in item.lines:
            style = NOTICE if line.notice else ""
            self.line(
                self.text(line.text, style),
                first=Text.assemble("  ", (line.what.ljust(_WHAT), style or "dim"), " "),
                rest=" " * (_WHAT + 3),
            )
        if item.standing.reason:
            self.line(self.text(item.standing.reason), first="  ", rest="    ")
        if item.unused:
            self.line(self.text(f"by the policy none of its hosts is in use ({item.unused})"), first="  ", rest="    ")
        self.gap()

    def confirmable(self, item: Item) -> None:
        """What somebody types to say yes to just this in a script."""
        self.line(self.text(f"--confirm {item.digest}"), first="  ", rest="    ")
        self.gap()

    def own_value(self, variable: str, value: OwnValue) -> None:
        """Something that could be used for a variable; not the value."""
        self.gap()
        self.line(self.text(f"For {variable}: {value.where}."), first="  ", rest="  ")

    def joined(self, outcomes: Iterable[Outcome]) -> None:
        """What became of each entry, file by file, in the words of a join."""
        for path, of_file in grouped(outcomes, lambda outcome: outcome.path):
            self.gap()
            self.line(self.path(path), rest="  ")
            for outcome in of_file:
                word = Text(_WORDS.get(outcome.status, outcome.status).ljust(8), _STYLES.get(outcome.status, ""))
                begin = Text("  ").append_text(word)
                self.line(self.text(outcome.entry, "bold"), "  ", self.text(outcome.reason), first=begin, rest=" " * 12)
        self.gap()


def item_json(item: Item, root: str) -> Json:
    """One entry of the document: what it is, what it lacks, what is unusual, and its digest."""
    wanted = item.wanted
    entry = wanted.found.entry
    return {
        "path": shown_path(entry.path, root),
        "pointer": pointer(entry.key_path),
        "hosts": list(entry.hosts),
        "entry": entry.name,
        "way": wanted.way.value,
        "ref": wanted.run.ref if wanted.run is not None else None,
        "command": command_shown(wanted.argv) if any(wanted.argv) else None,
        "url": entry.url or None,
        "service": wanted.service.name if wanted.service is not None else None,
        "variables": list(wanted.variables),
        "named_by": wanted.said_by or None,
        "sent": [
            {"variable": each.variable, "hosts": list(each.hosts), "places": list(each.places)}
            for each in wanted.routes
        ],
        "needs": item.standing.need.value,
        "missing": list(item.standing.missing),
        "reason": item.standing.reason,
        "unusual": [{"code": each.code, "says": each.says} for each in item.unusual],
        "confirm": None if item.standing.need is Need.REFUSED else item.digest,
    }


def items_json(items: Sequence[Item], root: str) -> list[Json]:
    """All of them."""
    return [item_json(item, root) for item in items]
