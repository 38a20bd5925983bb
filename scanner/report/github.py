"""`--format github`: workflow commands, which GitHub shows as annotations beside the lines of a pull request.

It shows ten of a level a step; whatever is more, and known places, follow as lines of the log.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from unsprawl.scanner.model import Severity
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.report.sarif import advice
from unsprawl.scanner.report.verdicts import in_a_word
from unsprawl.scanner.scan import shown_path

MOST = 10
"""Annotations of one level that GitHub shows of one step."""
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", None: "notice"}
_SEVERITIES = [*map(str, Severity), None]
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


class _Told(NamedTuple):
    """One annotation."""

    level: str
    severity: str | None
    place: dict[str, Any]
    title: str
    message: str


def render(document: dict[str, Any], base: str, redactor: Redactor) -> Iterator[str]:
    """The document as annotations, worst first. `base`: the folder that GitHub knows files from."""
    told = sorted(_told(document, base, Printable(redactor)), key=lambda each: _SEVERITIES.index(each.severity))
    shown: Counter[str] = Counter()
    more: list[_Told] = []
    for each in told:
        shown[each.level] += 1
        if shown[each.level] <= MOST:
            yield redactor.clean(f"{_command(each)}\n")
        else:
            more.append(each)
    for each in more:
        yield redactor.clean(_plain(f"{each.level}: {_where(each.place)}: {each.title}: {each.message}"))
    yield _plain(_sum(document))


def _placed(items: Iterable[dict[str, Any]], root: str, base: str) -> Iterator[dict[str, Any]]:
    """With every path relative to `base`: what lies elsewhere is told without a file, GitHub has no such."""
    for item in items:
        place = item.get("place", item)
        absolute = os.path.join(root, place["path"])
        path = shown_path(absolute, base)
        place = {**place, "path": path.replace(os.sep, "/"), "inside": path != absolute}
        yield {key: value for key, value in item.items() if key != "path"} | {"place": place}


def _told(document: dict[str, Any], base: str, printable: Printable) -> Iterator[_Told]:
    def each(part: str) -> Iterator[dict[str, Any]]:
        return printable.each(_placed(document[part], document["root"], base))

    for finding in each("findings"):
        slot = finding["slot"]
        entry = f' of the server "{finding["entry"]}"' if finding["entry"] else ""
        what = f"{finding['reason']} in {slot['kind']} {slot['key']}".strip()
        severity = finding["severity"]
        title = f"unsprawl: {severity} secret ({finding['rule']})"
        message = " ".join(filter(None, (f"{what}{entry}.", in_a_word(finding), advice(finding))))
        yield _Told(_LEVELS[severity], severity, finding["place"], title, message)
    for problem in each("problems"):
        message = " ".join(filter(None, (f"{problem['message']}.", problem["hint"])))
        yield _Told("warning", "medium", problem["place"], f"unsprawl: not checked ({problem['code']})", message)
    for warning in each("warnings"):
        entry = f"{warning['entry']}: " if warning["entry"] else ""
        severity = warning["severity"]
        title = f"unsprawl: {warning['rule']}"
        yield _Told(_LEVELS[severity], severity, warning["place"], title, f"{entry}{warning['reason']}")


def _command(told: _Told) -> str:
    place = told.place
    fields: dict[str, Any] = {}
    if place["inside"]:
        fields["file"] = place["path"]
        fields["line"] = place["line"]
        end_line = place.get("end_line")  # problems have none, and some no line either
        if end_line is None:
            fields["col"] = place["column"]
        elif end_line == place["line"]:  # columns only count within one line
            fields["col"], fields["endColumn"] = place["column"], place["end_column"]
        else:
            fields["endLine"] = end_line
    fields["title"] = told.title
    properties = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in fields.items() if value)
    message = told.message if place["inside"] else f"{place['path']}: {told.message}"
    return f"::{told.level} {properties}::{_escaped(message, _DATA)}"


def _escaped(text: str, by: Mapping[str, str]) -> str:
    return "".join(by.get(character, character) for character in text)


def _where(place: dict[str, Any]) -> str:
    return f"{place['path']}:{place['line']}" if place["line"] else str(place["path"])


def _plain(text: str) -> str:
    """A line of the log that the runner takes for no command, whatever a file is called."""
    return "  " + text.replace("##[", "## [").replace("::", ": :") + "\n"


def _sum(document: dict[str, Any]) -> str:
    known = document["suppressed"]["baseline"]
    counts = [f"secrets: {len(document['findings'])}", f"policy violations: {document['policy']['violations']}"]
    counts += [f"not checked: {len(document['problems'])}", *([f"known to the baseline: {known}"] if known else [])]
    return f"unsprawl: {', '.join(counts)}"
