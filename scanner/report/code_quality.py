"""`--format gitlab`: GitLab's code quality report, which merge requests show beside the changed lines."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import Any

from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.json_report import printable_json
from unsprawl.scanner.scan import shown_path

_SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor", None: "info"}


def render(document: dict[str, Any], base: str, redactor: Redactor) -> str:
    """Findings, warnings and problems below `base`, the folder that GitLab knows files from; it has no others."""
    root = document["root"]

    def inside(path: str) -> str | None:
        absolute = os.path.join(root, path)
        below = shown_path(absolute, base)
        return None if below == absolute else below.replace(os.sep, "/")

    issues = []
    for item in (*document["findings"], *document["warnings"]):
        path = inside(item["place"]["path"])
        if path is not None:
            slot = item["slot"]
            where = f" in {slot['kind']} {slot['key']}".rstrip() if slot else ""
            entry = f' of the server "{item["entry"]}"' if item["entry"] else ""
            issues.append(
                {
                    "description": f"{item['reason']}{where}{entry}",
                    "check_name": item["rule"],
                    "fingerprint": item["fingerprint"],
                    "severity": _SEVERITIES[item["severity"]],
                    "location": {"path": path, "lines": {"begin": item["place"]["line"] or 1}},
                }
            )
    for problem in {json.dumps(each): each for each in document["problems"]}.values():
        path = inside(problem["path"])
        if path is not None:
            named = "\0".join((problem["code"], path, str(problem["line"]), str(problem["column"]), problem["message"]))
            issues.append(
                {
                    "description": f"not checked: {problem['message']}",
                    "check_name": problem["code"],
                    "fingerprint": sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:24],
                    "severity": "major",
                    "location": {"path": path, "lines": {"begin": problem["line"] or 1}},
                }
            )
    return json.dumps(printable_json(issues, redactor), indent=2, ensure_ascii=False) + "\n"
