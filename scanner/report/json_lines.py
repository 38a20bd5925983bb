"""`--format jsonl`: the contract's document as one object a line. `report/scan-line.schema.json` is its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.json_report import SCHEMA_VERSION
from unsprawl.scanner.report.printable import Printable

PARTS = {
    "finding": "findings",
    "sprawl": "sprawls",
    "entry": "entries",
    "warning": "warnings",
    "problem": "problems",
}
"""The type of a line, and where such things are in the document."""


def render(document: dict[str, Any], redactor: Redactor) -> Iterator[str]:
    """Every finding, sprawl, entry, warning and problem, then a summary: whoever has read it has read all."""
    for line in Printable(redactor).each(_lines(document)):
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    root = document["root"]
    for kind, part in PARTS.items():
        for item in document[part]:
            yield {"schema_version": SCHEMA_VERSION, "type": kind, "root": root, **item}
    rest = {name: value for name, value in document.items() if name not in PARTS.values()}
    counts = {part: len(document[part]) for part in PARTS.values()}
    yield {"schema_version": SCHEMA_VERSION, "type": "summary", **rest, "counts": counts}
