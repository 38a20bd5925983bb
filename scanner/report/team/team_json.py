"""`team report --format json`. `team.schema.json` is its schema."""

from __future__ import annotations

from unsprawl import __version__
from unsprawl.scanner.report.json_report import SCHEMA_VERSION, Json
from unsprawl.scanner.report.team import words
from unsprawl.scanner.report.team.documents import Document
from unsprawl.scanner.report.team.model import Key, Person, TeamReport, Totals
from unsprawl.scanner.scan import shown_path


def team_json(report: TeamReport, root: str) -> dict[str, Json]:
    """The whole report as one document. `root`: what relative paths are relative to."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "unsprawl", "version": __version__},
        "command": "team report",
        "complete": report.complete,
        "problems": [
            {
                "path": shown_path(fault.file, root) if fault.file else "",
                "line": None,
                "column": None,
                "code": "left-out" if fault.left_out else "noted",
                "message": fault.message,
                "hint": fault.hint,
            }
            for fault in report.faults
        ],
        "stats": {"documents": len(report.documents), "people": len(report.people), "left": report.left},
        "team": report.team or None,
        "team_key": report.team_key or None,
        "made": report.made,
        "headline": words.headline(report),
        "members_known": report.has_members,
        "lowest_approach": report.floor,
        "before": None if report.before is None else _totals(report.before),
        "now": _totals(report.now),
        "people": [_person(person) for person in report.people],
        "keys": [_key(key) for key in report.keys],
        "providers": [each._asdict() for each in report.providers],
        "documents": [_document(each, root) for each in report.documents],
    }


def _totals(totals: Totals) -> Json:
    return {
        "secrets": totals.secrets,
        "places": totals.places,
        "on_several_machines": totals.shared,
        "servers": totals.servers,
        "violations": totals.violations,
        "approaches": [{"approach": rank, "servers": number} for rank, number in totals.ranks],
    }


def _person(person: Person) -> Json:
    return {
        "name": person.name,
        "member": person.member,
        "standing": person.standing.value,
        "before": len(person.first.standing) if person.first is not None else None,
        "now": len(person.last.standing) if person.last is not None else None,
        "steps": [
            {"kind": step.kind.value, "says": step.says, "commands": list(step.commands), "keys": list(step.keys)}
            for step in person.steps
        ],
    }


def _key(key: Key) -> Json:
    return {
        "label": key.label,
        "provider": key.provider,
        "what": key.what,
        "severity": key.severity.value,
        "state": key.life.value,
        "rights": [right.value for right in key.rights],
        "comparable": key.comparable,
        "before": list(key.before),
        "now": list(key.now),
        "places": key.places,
        "needed": list(key.needed),
        "next": words.advice(key),
    }


def _document(document: Document, root: str) -> Json:
    return {
        "path": shown_path(document.file, root),
        "as": document.name,
        "when": document.when,
        "looked": document.looked,
        "validated": document.validated,
        "problems": document.problems,
        "secrets": len(document.standing),
    }
