"""`--format json`: the versioned contract that scripts read. `report/scan.schema.json` is its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from unsprawl import __version__
from unsprawl.scanner.baseline_update import Compared
from unsprawl.scanner.cautions import Caution
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Finding, History, Place, Problem, Silence
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.each import Each
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.report.verdicts import verdict_json
from unsprawl.scanner.scan import ScannedEntry, ScanResult, Sprawl, shown_path
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.suppress import tellable

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Each[Json] | Mapping[str, Json] | None"
SCHEMA_VERSION = 1
Identify: TypeAlias = Callable[[Secret], str | None]
"""Gives a value's keyed id, or None where the value could be guessed from it."""


def envelope(command: str, problems: Sequence[Problem], root: str, stats: Mapping[str, Json]) -> dict[str, Json]:
    """What every command's document begins with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "unsprawl", "version": __version__},
        "command": command,
        "complete": not problems,
        "problems": [problem_json(problem, root) for problem in problems],
        "stats": stats,
    }


def problem_json(problem: Problem, root: str) -> Json:
    return {
        "path": shown_path(problem.path, root),
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def scan_json(result: ScanResult, identify: Identify) -> dict[str, Json]:
    """The whole scan as one document."""
    stats = result.stats
    document = envelope(
        "scan",
        result.problems,
        result.root,
        {
            "folders": stats.folders,
            "names": stats.names,
            "files": stats.files,
            "entries": stats.entries,
            "findings": len(result.findings),
            "pruned": len(stats.pruned),
            "searched": stats.searched,
            "unsearched": stats.unsearched,
            "oversized": stats.oversized,
            "vanished": stats.vanished,
            "misnamed": len(stats.misnamed),
            **_history_stats(result),
        },
    )
    document["root"] = result.root
    root = result.root
    document["findings"] = Each(result.findings, lambda found: (finding_json(each, root, identify) for each in found))
    document["entries"] = Each(result.entries, lambda found: (entry_json(each, root) for each in found))
    document["sprawls"] = Each(result.sprawls(), lambda found: (_sprawl(each, identify) for each in found))
    document["warnings"] = Each(result.warnings, lambda found: (_caution(each, root) for each in found))
    document["suppressed"] = suppressed(result)
    document["policy"] = _policy(result)
    document["baseline"] = _baseline(result.baseline, result.root)
    return document


def _policy(result: ScanResult) -> Json:
    return {
        "path": shown_path(result.policy, result.root) if result.policy else None,
        "violations": len(result.violations),
        "excused": [finding.fingerprint for finding in result.findings if finding.fingerprint in result.excused],
        "tolerated": len(result.tolerated),
    }


def _baseline(compared: Compared | None, root: str) -> Json:
    if compared is None:
        return None
    return {
        "path": shown_path(compared.path, root),
        "known": compared.known,
        "new": compared.new,
        "expired": [
            {"fingerprint": finding.fingerprint, "expires": known.expires, "reason": tellable(known.reason)}
            for finding, known in compared.expired
        ],
        "gone": compared.gone,
    }


def _history_stats(result: ScanResult) -> dict[str, Json]:
    found = result.history
    if found is None:
        return {}
    return {
        "commits": found.commits,
        "blobs": found.blobs,
        "unreached": found.unreached,
        "submodules": len(found.submodules),
    }


def suppressed(result: ScanResult) -> dict[str, int]:
    """How much the user left out or silenced, by reason."""
    reasons = Counter(each.reason for each in result.silenced)
    return {"excluded": result.stats.excluded} | {str(reason): reasons[reason] for reason in Silence}


def _sprawl(sprawl: Sprawl, identify: Identify) -> Json:
    return {
        **_id(sprawl.findings[0], identify),
        "provider": sprawl.provider,
        "places": [finding.fingerprint for finding in sprawl.findings],
    }


def _id(finding: Finding, identify: Identify) -> dict[str, Json]:
    found = identify(finding.secret)
    return {} if found is None else {"secret_id": found}


def finding_json(finding: Finding, root: str, identify: Identify) -> Json:
    literal = finding.literal
    return {
        "fingerprint": finding.fingerprint,
        **_id(finding, identify),
        "rule": literal.rule,
        "provider": literal.provider,
        "severity": literal.severity.value,
        "confidence": literal.confidence.value,
        "reason": literal.reason,
        "place": place_json(finding.place, root),
        "slot": {"kind": finding.slot.context.kind.value, "key": finding.slot.context.name},
        "hosts": list(finding.hosts),
        "copy": finding.copy,
        "commented": finding.commented,
        "document": finding.document,
        "entry": finding.entry.name if finding.entry else None,
        "verdict": verdict_json(finding.verdict),
        "history": history_json(finding.history),
    }


def history_json(history: History | None) -> Json:
    """The commits of a finding; None where the scan was not one of history."""
    if history is None:
        return None
    return {
        "introduced": list(history.introduced),
        "removed": list(history.removed),
        "author_date": history.author_date,
        "reachable_from_remote": history.reachable_from_remote,
        "in_worktree": history.in_worktree,
    }


def place_json(place: Place, root: str) -> Json:
    return {
        "path": shown_path(place.path, root),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "pointer": place.pointer,
        "commit": place.commit,
    }


def entry_json(scanned: ScannedEntry, root: str) -> dict[str, Json]:
    """One item of `entries`."""
    entry, approach = scanned
    return {
        "path": shown_path(entry.path, root),
        "pointer": pointer(entry.key_path),
        "line": entry.line,
        "hosts": list(entry.hosts),
        "name": entry.name,
        "transport": entry.transport.value,
        "approach": approach.rank,
        "approach_candidates": list(approach.candidates),
        "marks": list(approach.marks),
        "reason": approach.reason,
        "recommendation": {"target": approach.target, "reason": approach.advice},
    }


def _caution(caution: Caution, root: str) -> Json:
    """Like a finding, where the two have something in common."""
    return {
        "fingerprint": caution.fingerprint,
        "rule": caution.code,
        "provider": None,
        "severity": caution.severity.value if caution.severity is not None else None,
        "confidence": None,
        "reason": caution.message,
        "place": {
            "path": shown_path(caution.path, root),
            "line": caution.line,
            "column": None,
            "end_line": None,
            "end_column": None,
            "pointer": caution.pointer,
            "commit": None,
        },
        "slot": None,
        "hosts": list(caution.hosts),
        "entry": caution.entry,
        "verdict": None,
        "history": None,
    }


def render(document: Mapping[str, Json], redactor: Redactor) -> Iterator[str]:
    """The document as text in pieces; every string in it redacted and made printable first."""
    from unsprawl.scanner.report.json_text import pieces

    return pieces(Printable(redactor).document(document))
