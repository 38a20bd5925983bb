"""Anonymous documents from files to records. They come from elsewhere: size, depth and every text are checked first."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unsprawl.scanner.model import Problem, Right, Severity, State
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.report.anonymous_json import bundled_provider, fits
from unsprawl.scanner.report.json_report import SCHEMA_VERSION
from unsprawl.scanner.report.team.people import name_fault
from unsprawl.scanner.sources.worktree import read

MAX_BYTES = 16 * 1024 * 1024
MOST_FILES = 2000
_MAKE = "It is made by: unsprawl scan --format json --anonymous --as NAME > FILE"


class Spot(NamedTuple):
    """One place of a secret."""

    file: str
    """Opaque."""
    hosts: tuple[str, ...]
    shared: bool
    by_hand: bool
    """No command moves it: it stands in a copy, a comment, a document or beside the entries."""


class Said(NamedTuple):
    """What a vendor said."""

    state: State
    rights: tuple[Right, ...] = ()
    severity: Severity | None = None


class Held(NamedTuple):
    """One secret of one document."""

    id: str
    """Keyed with the team key; "" for one that could be guessed."""
    here: str
    """Of one without an id: its file, its rule, and which of them it is. Its author's documents have that in common."""
    rule: str
    provider: str | None
    severity: Severity
    ended: str
    """`vendor`, `hand` or ""."""
    spots: tuple[Spot, ...] = ()
    said: Said | None = None
    moved: bool = False
    """It stands in no file any more."""
    needed: bool = False
    """Moved, and something of the machine still uses it."""


class Server(NamedTuple):
    """One entry."""

    approach: int | None
    candidates: tuple[int, ...]
    marks: tuple[str, ...]
    literal: bool
    """A secret is written out in it."""


class Document(NamedTuple):
    """What somebody handed in once."""

    file: str
    name: str
    when: str
    machine: str
    looked: str
    team_key: str
    version: str
    problems: int
    validated: bool
    secrets: tuple[Held, ...]
    servers: tuple[Server, ...]
    files: frozenset[str]
    """Opaque ids of the files in which an entry or a secret was seen."""
    history: int
    """Secrets of a scan of history that are not known to be dead."""
    repository: str
    """Whose history, by an id that means nothing elsewhere; "" for a scan of files."""
    unseen: int = 0
    """Of `secrets`, those of an earlier document whose file was not looked at again."""

    @property
    def standing(self) -> tuple[Held, ...]:
        """The secrets that stand in files."""
        return tuple(each for each in self.secrets if not each.moved)

    @property
    def places(self) -> int:
        return sum(len(each.spots) for each in self.secrets)


class Fault(NamedTuple):
    """A file that is left out, or something odd about one, and what to do."""

    file: str
    message: str
    hint: str = ""
    left_out: bool = True


def read_documents(files: Iterable[str]) -> tuple[list[Document], list[Fault]]:
    """The documents of these files, by absolute path, and what is wrong with the others. No content is quoted."""
    documents: list[Document] = []
    faults: list[Fault] = []
    for number, file in enumerate(files):
        if number >= MOST_FILES:
            faults.append(Fault(file, f"more than {MOST_FILES} files; this one and those after it were not read"))
            break
        found = _read(file)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            documents.append(found)
    return documents, faults


def _read(file: str) -> Document | Fault:
    if not os.path.lexists(file):
        return Fault(file, "there is no such file", "Check the spelling of the path.")
    data = read(file, MAX_BYTES)
    if isinstance(data, Problem):
        return Fault(file, data.message, _MAKE)
    return parsed(file, data)


def parsed(file: str, data: bytes) -> Document | Fault:
    """The document in `data`, or what is wrong with it. Pure."""
    import json

    if not data.strip():
        return Fault(file, "is empty: the scan that should have written it was stopped", _MAKE)
    try:
        raw = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no, parse_float=_no)
    except (ValueError, RecursionError):
        return Fault(file, "is not valid JSON", _MAKE)
    if not isinstance(raw, dict) or raw.get("command") != "scan":
        return Fault(file, "is no scan by unsprawl", _MAKE)
    if raw.get("anonymous") is not True:
        return Fault(file, "is a scan that is not anonymous: it names paths, and nothing of it was used", _MAKE)
    version = raw.get("schema_version")
    if version != SCHEMA_VERSION:
        newer = isinstance(version, int) and version > SCHEMA_VERSION
        return Fault(
            file,
            f"is of {'a newer' if newer else 'an unknown'} version; this unsprawl knows version {SCHEMA_VERSION}",
            "Update unsprawl." if newer else _MAKE,
        )
    if not fits(raw) or name_fault(raw["as"]) or not _is_time(raw["when"]):
        what = "does not fit the schema of an anonymous scan: it was changed, or made by something else"
        return Fault(file, what, _MAKE)
    return _document(file, raw)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys are each written once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no(written: str) -> Any:
    """Numbers are whole ones."""
    raise ValueError


def _is_time(text: str) -> bool:
    from datetime import datetime

    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return True


def _document(file: str, raw: Mapping[str, Any]) -> Document:
    places: dict[int, list[Mapping[str, Any]]] = {}
    for finding in raw["findings"]:
        places.setdefault(finding["secret"], []).append(finding)
    alike: Counter[str] = Counter()
    secrets = [_held(found, alike) for found in places.values()]
    secrets += [_moved(each, alike) for each in raw["moved"] if each["secret"] not in places]
    literal = {finding["entry"] for finding in raw["findings"]}
    history = raw["history"]
    return Document(
        file,
        raw["as"],
        raw["when"],
        raw["machine"],
        raw["looked"],
        raw["team_key"],
        raw["tool"]["version"],
        sum(each["count"] for each in raw["problems"]) or (0 if raw["complete"] else 1),
        raw["validated"],
        tuple(secrets),
        tuple(
            Server(each["approach"], tuple(each["approach_candidates"]), tuple(each["marks"]), index in literal)
            for index, each in enumerate(raw["entries"])
        ),
        frozenset(each["place"] for each in (*raw["findings"], *raw["entries"])),
        max(0, history["secrets"] - history["ended"]) if history is not None else 0,
        history["repository"] if history is not None else "",
    )


def _held(found: Sequence[Mapping[str, Any]], alike: Counter[str]) -> Held:
    first = found[0]
    said = next((each["verdict"] for each in found if each["verdict"] is not None), None)
    return _secret(first, first["place"], alike)._replace(
        severity=min((Severity(each["severity"]) for each in found), key=list(Severity).index),
        spots=tuple(
            Spot(
                each["place"],
                tuple(each["hosts"]),
                each["shared"],
                each["copy"] or each["commented"] or each["document"] or each["entry"] is None,
            )
            for each in found
        ),
        said=None
        if said is None
        else Said(
            State(said["state"]),
            tuple(map(Right, said["rights"])),
            Severity(said["severity"]) if said["severity"] is not None else None,
        ),
    )


def _moved(raw: Mapping[str, Any], alike: Counter[str]) -> Held:
    return _secret(raw, "", alike)._replace(moved=True, needed=raw["needed"])


def _secret(raw: Mapping[str, Any], place: str, alike: Counter[str]) -> Held:
    """What is not of this release's rules has no name here: a document cannot bring words of its own."""
    provider = bundled_provider(raw["provider"])
    severity = Severity(raw["severity"])
    where = f"{place}:{raw['rule']}"
    alike[where] += 1
    here = f"{where}:{alike[where]}"
    return Held(raw.get("secret_id", ""), here, raw["rule"], provider, severity, raw["ended"] or "")
