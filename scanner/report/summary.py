"""A scan in a few words: how bad, and whose keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from unsprawl.scanner.model import Severity
from unsprawl.scanner.report.terminal import RANK
from unsprawl.scanner.scan import Sprawl

NOBODY = "no known provider"


def worst(sprawl: Sprawl) -> Severity:
    """The severity of a secret is the worst of its places."""
    return min((finding.literal.severity for finding in sprawl.findings), key=RANK.__getitem__)


def severities(sprawls: Sequence[Sprawl]) -> list[tuple[Severity, int]]:
    """How many secrets of each severity, worst first."""
    return sorted(Counter(map(worst, sprawls)).items(), key=lambda item: RANK[item[0]])


def providers(sprawls: Sequence[Sprawl]) -> list[tuple[str, int, Severity]]:
    """(name, number of secrets, worst severity) of each provider, worst first, then by number; unknown ones last."""
    found: dict[str, list[Severity]] = {}
    for sprawl in sprawls:
        found.setdefault(sprawl.provider or NOBODY, []).append(worst(sprawl))
    rows = [(name, len(each), min(each, key=RANK.__getitem__)) for name, each in found.items()]
    return sorted(rows, key=lambda row: (row[0] == NOBODY, RANK[row[2]], -row[1], row[0]))


def shortened(words: Sequence[str], most: int) -> str:
    """`a, b, c`, or `a, b and 4 more`."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
