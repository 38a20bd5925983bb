"""What is to be done about findings: what `migrate` moves or tells of, and what is taken out by hand."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.scanner.model import Finding

BY_HAND = "what stands in documents is taken out by hand"


def for_migrate(findings: Iterable[Finding]) -> bool:
    """Whether `migrate` is the next step: of each secret outside of documents it tells what becomes of it."""
    return any(not finding.document for finding in findings)


def movable(findings: Iterable[Finding]) -> bool:
    """Whether `migrate` may move one: it is in an entry, and not in a document, a comment or a copy."""
    return any(
        finding.entry is not None and not (finding.document or finding.commented or finding.copy)
        for finding in findings
    )


def by_hand(findings: Iterable[Finding]) -> bool:
    """Whether one stands in a document."""
    return any(finding.document for finding in findings)
