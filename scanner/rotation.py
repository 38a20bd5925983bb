"""Where a person replaces a credential: the page that its rule names."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.rules.load import load
from unsprawl.scanner.model import Finding


def rotation_pages(findings: Iterable[Finding]) -> list[list[str]]:
    """(what it is, page or "") of each kind of credential among the findings, each once."""
    pages: dict[str, str] = {}
    for finding in findings:
        rule = load().get(finding.literal.rule)
        name = rule.name if rule else finding.literal.reason
        pages.setdefault(name, rule.rotate_url if rule else "")
    return [[name, page] for name, page in pages.items()]
