"""`scan --format json --anonymous`: what a colleague hands in for the team's report. `anonymous.schema.json` is its
schema, and closed: every text in it is a constant of ours, a word of the bundled rules, or a keyed id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from unsprawl import __version__
from unsprawl.rules.load import layers
from unsprawl.scanner.approach import is_bridge
from unsprawl.scanner.discover import known_file
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Finding, Literal, Problem, SlotKind, Transport, Verdict
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.facts import Facts, started_as
from unsprawl.scanner.remotes.match import matches
from unsprawl.scanner.report.json_report import SCHEMA_VERSION, Identify, Json, suppressed
from unsprawl.scanner.scan import ScannedEntry, ScanResult
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.rewriters.moved import Moved

OWN = "own"
"""What a rule of the user's own is called here."""
_GENERIC = ("generic-secret", "generic-password", "generic-auth-header")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Anonymous(NamedTuple):
    """What goes into the document beside the scan."""

    name: str
    """What its author calls themselves."""
    team_key: str
    """The key's name."""
    when: str
    machine: str
    """An opaque id of this machine."""
    looked: str
    validated: bool
    identify: Identify
    """By the team key."""
    place: Callable[[str], str]
    """The opaque id of a file."""
    ended: Callable[[Secret], str | None]
    """How a secret is remembered to have ended; None for one that is not."""
    moved: Sequence[Moved]
    shared: Callable[[str], bool]
    """Whether others may get a file through git, see `is_shared`."""


def anonymous_json(result: ScanResult, about: Anonymous) -> dict[str, Json]:
    """The whole document."""
    of_files = result.history is None
    number = _Numbers()
    entries = list(result.entries) if of_files else []
    at = {(each.entry.path, each.entry.key_path): index for index, each in enumerate(entries)}
    findings = result.findings if of_files else ()
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "unsprawl", "version": __version__},
        "command": "scan",
        "anonymous": True,
        "as": about.name,
        "team_key": about.team_key,
        "when": about.when,
        "machine": about.machine,
        "looked": about.looked if of_files else "history",
        "validated": about.validated,
        "complete": not result.problems,
        "problems": _problems(result.problems),
        "suppressed": [{"reason": reason, "count": many} for reason, many in suppressed(result).items() if many],
        "violations": len(result.violations),
        "findings": [_finding(each, about, number, entries, at) for each in findings],
        "entries": [_entry(each, about) for each in entries],
        "moved": [
            {**_secret(each.secret, each.literal, about, number), "needed": each.needed}
            for each in (about.moved if of_files else ())
        ],
        "history": None if of_files else _history(result, about),
    }


class _Numbers:
    """Gives each secret a number: that two are the same shows also where no id may be told."""

    def __init__(self) -> None:
        self._known: dict[Secret, int] = {}

    def __call__(self, secret: Secret) -> int:
        return self._known.setdefault(secret, len(self._known) + 1)


def _problems(problems: Iterable[Problem]) -> Json:
    codes = Counter(problem.code if _WORD.fullmatch(problem.code) else "other" for problem in problems)
    return [{"code": code, "count": many} for code, many in sorted(codes.items())]


def _secret(secret: Secret, literal: Literal, about: Anonymous, number: _Numbers) -> dict[str, Json]:
    named = about.identify(secret)
    bundled = literal.rule in _GENERIC or layers()[0].get(literal.rule) is not None
    return {
        "secret": number(secret),
        **({} if named is None else {"secret_id": named}),
        "rule": literal.rule if bundled else OWN,
        "provider": bundled_provider(literal.provider),
        "severity": literal.severity.value,
        "ended": about.ended(secret),
    }


def _finding(
    finding: Finding,
    about: Anonymous,
    number: _Numbers,
    entries: Sequence[ScannedEntry],
    at: dict[tuple[str, KeyPath], int],
) -> Json:
    entry = at.get((finding.entry.path, finding.entry.key_path)) if finding.entry is not None else None
    return {
        **_secret(finding.secret, finding.literal, about, number),
        "confidence": finding.literal.confidence.value,
        "place": about.place(finding.place.path),
        "slot": {"kind": finding.slot.context.kind.value, "key": _known_key(finding)},
        "hosts": list(finding.hosts),
        "shared": about.shared(finding.place.path),
        "copy": finding.copy,
        "commented": finding.commented,
        "document": finding.document,
        "entry": entry,
        "approach": entries[entry].approach.rank if entry is not None else None,
        "verdict": _verdict(finding.verdict),
    }


def _known_key(finding: Finding) -> str | None:
    """The variable, where the rule that was found knows it by name; all others are the user's own words."""
    rule = layers()[0].get(finding.literal.rule)
    context = finding.slot.context
    known = rule is not None and context.kind is SlotKind.ENV and context.name in rule.env_names
    return context.name if known else None


def _verdict(verdict: Verdict | None) -> Json:
    if verdict is None:
        return None
    reach = verdict.reach
    return {
        "state": verdict.state.value,
        "rights": [right.value for right in reach.rights],
        "severity": reach.severity.value if reach.severity is not None else None,
    }


def _entry(scanned: ScannedEntry, about: Anonymous) -> Json:
    entry, approach = scanned
    return {
        "place": about.place(entry.path),
        "transport": entry.transport.value,
        "approach": approach.rank,
        "approach_candidates": list(approach.candidates),
        "marks": list(dict.fromkeys(approach.marks)),
        "hosts": list(entry.hosts),
        "shared": about.shared(entry.path),
        "target": approach.target,
        "service": _service(entry),
    }


def _service(entry: Entry) -> str | None:
    """The service of the bundled catalogue that the entry starts or calls, by its whole name or address."""
    bridge = entry.transport is Transport.STDIO and is_bridge(entry.command)
    address = next((word for word in entry.command if host_of(word)), "") if bridge else entry.url
    started = None if bridge or address else started_as(entry.command)
    nothing = Facts(started, address, (), entry.command, (), frozenset(), (), False, "", entry.owners, False)
    found = {match.service.id for match in matches(nothing)}
    return found.pop() if len(found) == 1 else None


def _history(result: ScanResult, about: Anonymous) -> Json:
    sprawls = result.sprawls()
    owners = Counter(bundled_provider(sprawl.provider) for sprawl in sprawls)
    return {
        "repository": about.place(result.root),
        "secrets": len(sprawls),
        "ended": len({each.secret for each in result.findings if about.ended(each.secret) is not None}),
        "places": len(result.findings),
        "providers": [
            {"provider": name, "secrets": many}
            for name, many in sorted(owners.items(), key=lambda item: item[0] or "~")
        ],
    }


def is_shared(path: str, around: Surroundings) -> bool:
    """Whether the file lies in a project, where others may get it through git; of a file that no host is known to
    read, whether it lies in a work tree."""
    known = known_file(path, around)
    if known is not None and known.hosts:
        return known.shared
    return repository_of(path.rpartition("/")[0] or "/") is not None


@cache
def _providers() -> frozenset[str]:
    return frozenset(rule.provider for rule in layers()[0] if rule.provider)


def bundled_provider(name: str | None) -> str | None:
    """A provider as the bundled rules call it; None for one that only rules of the user's own know."""
    return name if name in _providers() else None


def parts(document: dict[str, Json]) -> Iterator[str]:
    """The document as text in pieces, once it fits its closed schema: nothing else may leave.

    Nothing is redacted in it. It holds no text of any file, and a password that is a word of ours (`critical`) must
    not make holes in it.
    """
    from unsprawl.scanner.report.json_text import pieces

    if not fits(document):
        raise AssertionError("the anonymous document does not fit its schema")
    return pieces(document)


def fits(document: Json) -> bool:
    """Whether a document fits the closed schema. It may come from elsewhere."""
    return bool(_validator().is_valid(document))


@cache
def _validator() -> Any:
    import json
    from importlib.resources import files

    import jsonschema

    text = files("unsprawl.scanner.report").joinpath("anonymous.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))
