"""A baseline as a file: its text to its places, and back. Pure; what is no baseline is a problem, never ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from unsprawl.scanner.baseline import FALSE_POSITIVE, KNOWN, Baseline, Known
from unsprawl.scanner.formats.text import Lines
from unsprawl.scanner.keys_once import KeyTwice, keys_once
from unsprawl.scanner.model import Problem

SCHEMA_VERSION = 1
MAX_BYTES = 16 * 1024 * 1024
_PRINT = re.compile(r"[0-9a-f]{24}")
_QUOTED_PRINT = re.compile(r'"([0-9a-f]{24})"')
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_WHY = "It is compared with nothing until it is mended."
_OPTIONAL = {"entry": "", "slot": "", "status": KNOWN, "reason": "", "expires": "", "history": False}
_KEYS = ("fingerprint", "path", "rule", *_OPTIONAL)


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
        document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=keys_once)
    except json.JSONDecodeError as error:
        return _broken(path, "no baseline: not valid JSON", error.lineno)
    except KeyTwice:
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
