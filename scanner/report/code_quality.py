"""`--format gitlab`: GitLab's code quality report, which merge requests show beside the changed lines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from typing import Any

from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.report.verdicts import in_a_word
from unsprawl.scanner.scan import shown_path

_SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor", None: "info"}


def render(document: dict[str, Any], base: str, redactor: Redactor) -> Iterator[str]:
    """Findings, warnings and problems below `base`, the folder that GitLab knows files from; it has no others."""
    before = "["
    for issue in Printable(redactor).each(_issues(document, base)):
        yield f"{before}\n  {json.dumps(issue, ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def _issues(document: dict[str, Any], base: str) -> Iterator[dict[str, Any]]:
    root = document["root"]
    for item in chain(document["findings"], document["warnings"]):
        path = _inside(item["place"]["path"], root, base)
        if path is not None:
            slot = item["slot"]
            where = f" in {slot['kind']} {slot['key']}".rstrip() if slot else ""
            entry = f' of the server "{item["entry"]}"' if item["entry"] else ""
            said = ". ".join(filter(None, (f"{item['reason']}{where}{entry}", in_a_word(item).rstrip("."))))
            yield _issue(said, item["rule"], item["fingerprint"], item["severity"], path, item["place"]["line"])
    for problem in document["problems"]:
        path = _inside(problem["path"], root, base)
        if path is not None:
            parts = (problem["code"], path, str(problem["line"]), str(problem["column"]), problem["message"])
            name = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
            yield _issue(f"not checked: {problem['message']}", problem["code"], name, "medium", path, problem["line"])


def _inside(path: str, root: str, base: str) -> str | None:
    absolute = os.path.join(root, path)
    below = shown_path(absolute, base)
    return None if below == absolute else below.replace(os.sep, "/")


def _issue(
    description: str, check: str, fingerprint: str, severity: str | None, path: str, line: int | None
) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[severity],
        "location": {"path": path, "lines": {"begin": line or 1}},
    }
