"""`--format sarif`: SARIF 2.1.0, for code scanning services and editors.

It names places only: no id of a value is in it, since such reports are published.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from unsprawl import __version__
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.model import Silence, Silenced
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.each import Each, Together
from unsprawl.scanner.report.json_report import finding_json
from unsprawl.scanner.report.json_text import pieces
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.report.sarif_rules import LEVELS, caution_rule, secret_rule
from unsprawl.scanner.report.uris import file_uri, relative_uri
from unsprawl.scanner.report.verdicts import in_a_word
from unsprawl.scanner.scan import shown_path

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "unsprawl/v1"
COMMIT = "unsprawlIntroduced/v1"
ROOT = "%SRCROOT%"
_SEVERITIES = tuple(LEVELS)
_KINDS = {Silence.ALLOWED: "inSource", Silence.IGNORED: "external", Silence.BASELINE: "external"}
_NO_LINKS = str.maketrans("[]{}", "()()")
"""Viewers make links of `[text](address)` in a message and fill in `{0}`: foreign text must have neither."""


def render(document: dict[str, Any], silenced: Sequence[Silenced], base: str, redactor: Redactor) -> Iterator[str]:
    """The scan's document as SARIF, in pieces. `base` is the folder that relative URIs start from.

    Of what is silenced, results are made of what a comment, a list or the baseline silences, not of what nobody asked
    to see.
    """
    root = document["root"]

    def located(item: dict[str, Any], path: str) -> dict[str, Any]:
        return item | {"artifact": _artifact(path, root, base, redactor)}

    def placed(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return (located(item, item["place"]["path"]) for item in items)

    def sides(found: Iterable[Silenced]) -> Iterator[dict[str, Any]]:
        for each in found:
            by = {"line": each.line, "note": each.note, "reason": each.reason.value}
            finding = located(_silenced_finding(each, root), each.finding.place.path)
            yield {"finding": finding, "by": located(by, each.path)}

    parts: dict[str, Any] = {
        "findings": Each(document["findings"], placed),
        "warnings": Each(document["warnings"], placed),
        "problems": [located(item, item["path"]) for item in document["problems"]],
        "silenced": Each([each for each in silenced if each.reason in _KINDS], sides),
    }
    return pieces(_Sarif(Printable(redactor).document(document | parts)).log())


def _silenced_finding(silenced: Silenced, root: str) -> dict[str, Any]:
    finding = finding_json(silenced.finding, root, lambda secret: None)
    assert isinstance(finding, dict)
    return finding


def _artifact(path: str, root: str, base: str, redactor: Redactor) -> dict[str, str]:
    """Relative to the base where the file is below it. Redacted before it is encoded, and afterwards again."""
    absolute = os.path.join(root, path)
    inside = shown_path(absolute, base)
    if inside == absolute:
        return {"uri": file_uri(redactor.clean(absolute))}
    return {"uri": relative_uri(redactor.clean(inside)), "uriBaseId": ROOT}


class _Sarif:
    """One run, from a document in which every string is redacted and printable."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._rules: dict[str, dict[str, Any]] = {}
        self._indexes: dict[str, int] = {}
        self._names = {host.id: host.name for host in hosts()}

    def log(self) -> dict[str, Any]:
        worst: dict[str, str] = {}
        for finding in chain(self._document["findings"], (each["finding"] for each in self._document["silenced"])):
            before = worst.get(finding["rule"], finding["severity"])
            worst[finding["rule"]] = min(before, finding["severity"], key=_SEVERITIES.index)
        self._rules |= {rule: secret_rule(rule, severity) for rule, severity in worst.items()}
        for warning in self._document["warnings"]:
            self._rules.setdefault(warning["rule"], caution_rule(warning["rule"]))
        self._indexes = {rule: index for index, rule in enumerate(self._rules)}
        results = Together(
            Each(self._document["findings"], lambda found: map(self._finding, found)),
            Each(self._document["silenced"], lambda found: map(self._silenced, found)),
            Each(self._document["warnings"], lambda found: map(self._warning, found)),
        )
        codes = list(dict.fromkeys(problem["code"] for problem in self._document["problems"]))
        driver = {
            "name": "unsprawl",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": list(self._rules.values()),
            "notifications": [{"id": code, "defaultConfiguration": {"level": "error"}} for code in codes],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [
                {
                    "executionSuccessful": self._document["complete"],
                    "toolExecutionNotifications": [
                        self._notification(problem, codes) for problem in self._document["problems"]
                    ],
                }
            ],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the work tree, or what was scanned."}}},
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "results": results,
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": Each([run], iter)}

    def _result(self, item: dict[str, Any], level: str, message: str) -> dict[str, Any]:
        place = item["place"]
        physical = {"artifactLocation": item["artifact"], "region": _region(place)}
        location: dict[str, Any] = {"physicalLocation": physical}
        logical = [{"name": item["entry"], "kind": "object"}] if item["entry"] else []
        if place["pointer"]:
            logical.append({"fullyQualifiedName": place["pointer"], "kind": "value"})
        if logical:
            location["logicalLocations"] = logical
        return {
            "ruleId": item["rule"],
            "ruleIndex": self._indexes[item["rule"]],
            "level": level,
            "message": {"text": message},
            "locations": [location],
            "partialFingerprints": {FINGERPRINT: item["fingerprint"]},
        }

    def _finding(self, finding: dict[str, Any]) -> dict[str, Any]:
        slot = finding["slot"]
        where = _linkless(f"{slot['kind']} {slot['key']}".strip())
        what = f"{_linkless(finding['reason'])} in {where}{self._owner(finding)}"
        message = " ".join(filter(None, (f"{what}.", in_a_word(finding), advice(finding))))
        result = self._result(finding, LEVELS[finding["severity"]], message)
        kept = ("severity", "confidence", "provider", "hosts")
        if self._document.get("baseline"):
            result["baselineState"] = "new"
        result["properties"] = {name: finding[name] for name in kept if finding[name] is not None}
        if finding.get("verdict"):  # whose it is stays at home
            result["properties"]["verdict"] = finding["verdict"]["state"]
        if finding["place"]["commit"]:
            result["properties"]["commit"] = finding["place"]["commit"]
        if finding["history"]:
            result["properties"]["history"] = finding["history"]
            if finding["history"]["introduced"]:  # two values may have stood at one place, one after the other
                result["partialFingerprints"][COMMIT] = finding["history"]["introduced"][0]
        return result

    def _silenced(self, each: dict[str, Any]) -> dict[str, Any]:
        by = each["by"]
        suppression: dict[str, Any] = {"kind": _KINDS[Silence(by["reason"])], "status": "accepted"}
        if by["note"]:
            suppression["justification"] = by["note"]
        physical = {"artifactLocation": by["artifact"], "region": {"startLine": by["line"]}}
        suppression["location"] = {"physicalLocation": physical}
        state = {"baselineState": "unchanged"} if by["reason"] == Silence.BASELINE else {}
        return self._finding(each["finding"]) | state | {"suppressions": [suppression]}

    def _warning(self, warning: dict[str, Any]) -> dict[str, Any]:
        level = LEVELS[warning["severity"]] if warning["severity"] else "note"
        return self._result(warning, level, f"{_linkless(warning['reason'])}{self._owner(warning)}.")

    def _owner(self, item: dict[str, Any]) -> str:
        """` of the server "github" (Claude Code)`."""
        entry = f' of the server "{_linkless(item["entry"])}"' if item["entry"] else ""
        readers = ", ".join(self._names.get(host, host) for host in item["hosts"])
        return entry + (f" ({readers})" if readers else "")

    def _notification(self, problem: dict[str, Any], codes: list[str]) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": problem["artifact"]}
        if problem["line"]:
            physical["region"] = {"startLine": problem["line"]}
            if problem["column"]:
                physical["region"]["startColumn"] = problem["column"]
        message = " ".join(filter(None, (_linkless(problem["message"]) + ".", _linkless(problem["hint"]))))
        return {
            "level": "error",
            "message": {"text": message},
            "descriptor": {"id": problem["code"], "index": codes.index(problem["code"])},
            "locations": [{"physicalLocation": physical}],
        }


def advice(finding: dict[str, Any]) -> str:
    """What to do about a finding, in a sentence. Documents are edited by hand alone."""
    history, move = finding["history"], "take it out by hand" if finding["document"] else "move it out of the file"
    if history is None:
        return f"{move.capitalize()}, then replace it."
    since = f" since commit {history['introduced'][0]}" if history["introduced"] else ""
    first = f"It is in the history{since}: replace it first"
    return f"{first}, then {move}." if history["in_worktree"] else f"{first}."


def _linkless(text: str) -> str:
    return text.translate(_NO_LINKS)


def _region(place: dict[str, Any]) -> dict[str, int]:
    """Lines and columns from 1; the end column is the one after the last character, as in the document."""
    names = {
        "startLine": place["line"],
        "startColumn": place["column"],
        "endLine": place["end_line"],
        "endColumn": place["end_column"],
    }
    return {name: value for name, value in names.items() if value is not None}
