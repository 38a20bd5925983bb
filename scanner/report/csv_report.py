"""`--format csv`: one row a finding, for spreadsheets. RFC 4180: CRLF, quotes where needed; UTF-8 without a mark."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from unsprawl.scanner.redact import Redactor, one_line
from unsprawl.scanner.report.printable import Printable

COLUMNS = (
    "severity", "confidence", "provider", "rule", "reason",
    "path", "line", "column", "end_line", "end_column", "pointer", "commit",
    "hosts", "entry", "slot_kind", "slot_key", "fingerprint", "secret_id",
    "introduced", "removed", "author_date", "reachable_from_remote", "in_worktree",
    "document", "commented",
    "verdict", "login", "account", "scopes", "expires", "last_used", "checked_at", "verdict_reason",
    "rights", "reach", "resources",
)  # fmt: skip
"""New columns may come, at the end; none changes its meaning."""

_FORMULA = re.compile("(^|[,;|])([\\s\"']*)([=+@\uff1d\uff0b\uff0d\uff20-])")
"""At the start, or after what another reader of the file takes for a separator; also as full-width characters."""


def render(document: dict[str, Any], redactor: Redactor) -> Iterator[str]:
    """The findings of the document as rows under a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in chain([COLUMNS], Printable(redactor).each(map(_row, document["findings"]))):
        writer.writerow(map(cell, row))
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def cell(text: str) -> str:
    """The text on one line and with `'` before whatever a spreadsheet would take for the beginning of a formula."""
    return _FORMULA.sub(r"\1\2'\3", one_line(text))


def _row(finding: dict[str, Any]) -> list[str]:
    history = dict(finding["history"] or {})
    for name in ("introduced", "removed"):
        history[name] = " ".join(history.get(name, ()))
    flat = {
        **finding,
        **_verdict(finding["verdict"]),
        **history,
        **finding["place"],
        "hosts": " ".join(finding["hosts"]),
        "slot_kind": finding["slot"]["kind"],
        "slot_key": finding["slot"]["key"],
    }
    return [_cell(flat.get(name)) for name in COLUMNS]


def _verdict(verdict: dict[str, Any] | None) -> dict[str, Any]:
    if verdict is None:
        return {"verdict": None}
    account, reach = verdict["account"] or {}, verdict["reach"] or {}
    return {
        "verdict": verdict["state"],
        "login": account.get("login"),
        "account": account.get("name"),
        "scopes": " ".join(reach.get("scopes", ())),
        "expires": reach.get("expires"),
        "last_used": reach.get("last_used"),
        "checked_at": verdict["checked_at"],
        "verdict_reason": verdict["reason"],
        "rights": " ".join(reach.get("rights", ())),
        "reach": reach.get("severity"),
        "resources": "; ".join(reach.get("resources", ())),
    }


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
