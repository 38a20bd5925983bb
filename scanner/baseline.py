"""The baseline: places whose secrets are known, so that only new ones fail. Text in, text out. Pure.

It names places, as fingerprints do, and holds nothing of a value: a new value at a known place is not new to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unsprawl.scanner.formats.text import Lines
from unsprawl.scanner.model import Problem, Silence
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import MASK, one_line

NAME = ".unsprawl.baseline.json"
SCHEMA_VERSION = 1
MAX_BYTES = 16 * 1024 * 1024
LONGEST_REASON = 500
KNOWN, FALSE_POSITIVE = "known", "false-positive"
_PRINT = re.compile(r"[0-9a-f]{24}")
_QUOTED_PRINT = re.compile(r'"([0-9a-f]{24})"')
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_WHY = "It is compared with nothing until it is mended."


class Known(NamedTuple):
    """One place that is known. The names are redacted: they are for people, the fingerprint tells the place."""

    fingerprint: str
    path: str
    """From the folder that the baseline holds for; `~/…` or absolute where it holds for everything."""
    rule: str
    entry: str = ""
    slot: str = ""
    """Kind and name of the field."""
    status: str = KNOWN
    """KNOWN, or FALSE_POSITIVE."""
    reason: str = ""
    expires: str = ""
    """The last day on which it counts, `YYYY-MM-DD`; "" for no end."""
    history: bool = False
    """It was found in a commit, so it is not gone when the work tree has it no more."""


_OPTIONAL = {"entry": "", "slot": "", "status": KNOWN, "reason": "", "expires": "", "history": False}
_KEYS = ("fingerprint", "path", "rule", *_OPTIONAL)


class Baseline(NamedTuple):
    """A baseline that was read."""

    path: str
    """The file, absolute."""
    folder: str
    """What it holds for, in the spelling of `Surroundings.comparable`; "" for everything."""
    known: dict[str, Known]
    lines: Mapping[str, int]
    """Where each fingerprint stands in the file."""
    expired: frozenset[str]
    """Fingerprints whose last day is over."""
    homes: tuple[str, ...] = ()
    """What `~` stands for in its paths, comparable."""
    folded: bool = False
    """Case does not count in paths."""

    @property
    def reason(self) -> Silence:
        return Silence.BASELINE

    @property
    def insists(self) -> bool:
        """`--no-ignore` is about ignore lists: a baseline counts because somebody asked for it."""
        return True

    def silences(self, fingerprint: str, file: str) -> tuple[int, str] | None:
        """The line and the note of a known place in `file` (a comparable real path); None for a new one."""
        known = self.known.get(fingerprint)
        if known is None or fingerprint in self.expired or not self.is_of(known, file):
            return None
        return self.lines.get(fingerprint, 1), known.reason

    def holds_for(self, file: str) -> bool:
        """Whether it may speak of the file (a comparable real path)."""
        return not self.folder or file.startswith(self.folder.rstrip("/") + "/")

    def is_of(self, known: Known, file: str) -> bool:
        """Whether the file is the one that was known: two repositories below one folder have equal fingerprints."""
        if not self.holds_for(file):
            return False
        if MASK in known.path:
            return True
        return one_line(file) in map(one_line, self.files(known))

    def files(self, known: Known) -> Sequence[str]:
        """The files that the path of a known place may stand for, comparable."""
        path = known.path.lower() if self.folded else known.path
        if path.startswith("~/"):
            return [f"{home}{path[1:]}" for home in self.homes]
        return [path if path.startswith("/") or path[1:2] == ":" else f"{self.folder.rstrip('/')}/{path}"]


def empty(path: str, folder: str, homes: tuple[str, ...] = (), *, folded: bool = False) -> Baseline:
    """A baseline that knows nothing yet."""
    return Baseline(path, folder, {}, {}, frozenset(), homes, folded)


def parse(
    text: str, path: str, folder: str, today: str, homes: tuple[str, ...] = (), *, folded: bool = False
) -> Baseline | Problem:
    """The baseline in `text`, or why it is none. `today`: as `YYYY-MM-DD`."""
    document = _document(text, path)
    if isinstance(document, Problem):
        return document
    lines = _lines(text)
    known: dict[str, Known] = {}
    for number, item in enumerate(document, 1):
        fingerprint = item.get("fingerprint") if isinstance(item, dict) else None
        line = lines.get(fingerprint) if isinstance(fingerprint, str) else None
        fault = _fault(item)
        if fault is None and fingerprint in known:
            fault = "names a place that stands there already"
        if fault is not None:
            where = "" if line else f"finding {number}: "
            return _broken(path, f"{where}{fault}", line)
        known[item["fingerprint"]] = Known(**item)
    over = frozenset(each.fingerprint for each in known.values() if each.expires and each.expires < today)
    return Baseline(path, folder, known, lines, over, homes, folded)


def _document(text: str, path: str) -> list[Any] | Problem:
    """The list of findings, each of them still unchecked."""
    import json

    conflict = _CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        what = "a merge left its conflict marks in this baseline"
        return Problem(path, "baseline", what, "Keep the lines of both sides and take the marks out.", line)
    try:
        document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        return _broken(path, "no baseline: not valid JSON", error.lineno)
    except _Twice:
        return _broken(path, "no baseline: a key is written twice")
    except (ValueError, RecursionError):
        return _broken(path, "no baseline: not valid JSON")
    version = document.get("schema_version") if isinstance(document, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        return _broken(path, "no baseline: it has no schema_version")
    if version > SCHEMA_VERSION:
        what = f"written by a newer unsprawl (schema_version {version}; this one knows {SCHEMA_VERSION})"
        return Problem(path, "baseline", what, "Update unsprawl; until then the baseline is compared with nothing.")
    unknown = set(document) - {"$schema", "schema_version", "findings"}
    if unknown:
        return _broken(path, "no baseline: it has keys beside schema_version and findings")
    findings = document.get("findings")
    return findings if isinstance(findings, list) else _broken(path, "no baseline: it has no list of findings")


class _Twice(Exception):
    """A key is written twice in one object."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _broken(path: str, what: str, line: int | None = None) -> Problem:
    return Problem(path, "baseline", what, f"{_WHY} Take it from git as it was, or delete it and write it anew.", line)


def _fault(item: Any) -> str | None:
    """What is wrong with one finding of the list, quoting nothing of it."""
    if not isinstance(item, dict):
        return "is no object"
    missing = [key for key in ("fingerprint", "path", "rule") if key not in item]
    if missing:
        return f"lacks {', '.join(missing)}"
    if not item.keys() <= set(_KEYS):
        return f"has an unknown key; known are {', '.join(_KEYS)}"
    for key, value in item.items():
        wanted = bool if key == "history" else str
        if not isinstance(value, wanted):
            return f"{key} must be {'true or false' if wanted is bool else 'a text'}"
    if not _PRINT.fullmatch(item["fingerprint"]):
        return "fingerprint must be 24 hex digits in lower case"
    if item.get("status", KNOWN) not in (KNOWN, FALSE_POSITIVE):
        return f"status must be {KNOWN} or {FALSE_POSITIVE}"
    if item.get("expires") and not is_day(item["expires"]):
        return "expires must be a day, as YYYY-MM-DD"
    return None


def is_day(text: str) -> bool:
    """Whether the text is a day of the calendar, as `YYYY-MM-DD`."""
    from datetime import date

    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _lines(text: str) -> dict[str, int]:
    lines = Lines(text)
    found: dict[str, int] = {}
    for match in _QUOTED_PRINT.finditer(text):
        found.setdefault(match[1], lines.position(match.start())[0])
    return found


def render(known: Iterable[Known]) -> str:
    """The file's text: one finding a line, in an order that does not depend on where a value stands in its file."""
    import json

    rows = []
    for each in sorted(known, key=lambda each: (each.path, each.rule, each.entry, each.slot, each.fingerprint)):
        fields = each._asdict()
        kept = {key: value for key, value in fields.items() if key not in _OPTIONAL or value != _OPTIONAL[key]}
        rows.append(f"    {json.dumps(kept, ensure_ascii=False)}")
    body = "[\n" + ",\n".join(rows) + "\n  ]" if rows else "[]"
    return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "findings": {body}\n}}\n'
