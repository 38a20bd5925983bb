"""The table of docs/kinds.md and the counts in README, from the rule files: parts of `python -m tests.pages`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from unsprawl.rules.check import RECALLED, listed
from unsprawl.rules.load import load
from unsprawl.rules.reading import read
from unsprawl.scanner.report.rule_report import recognised_by

RULES = Path(__file__).parent.parent / "rules" / "providers"
Kind = Mapping[str, Any]
HEADS = ("vendor", "kind", "detected by", "validated", "identity", "reach", "revocation", "confidence")


@cache
def kinds() -> tuple[Kind, ...]:
    """The rule files, by vendor and name; those that name no vendor last."""
    found: list[Kind] = [read(path) for path in sorted(RULES.glob("*.yaml"))]
    return tuple(
        sorted(found, key=lambda kind: (not kind.get("provider"), str(kind.get("provider")).lower(), kind["id"]))
    )


def cells(kind: Kind) -> list[str]:
    """One line of the table."""
    return [
        kind.get("provider", "-"),
        f"`{kind['id']}`",
        recognised_by(load()[kind["id"]])[0],
        validated(kind),
        identity(kind),
        reach(kind),
        revocation(kind),
        kind["confidence"],
    ]


def validated(kind: Kind) -> str:
    """When its vendor is asked: by the check that needs the least leave."""
    checks = listed(kind.get("check", []))
    known = [check for check in checks if check["evidence"] != RECALLED]
    if not known:
        return "`--experimental`" if checks else "-"
    return "`--costly`" if all(check.get("cost") or check.get("traces") for check in known) else "yes"


def told(kind: Kind) -> set[str]:
    """What some answer tells, beyond the state."""
    return {
        field
        for check in listed(kind.get("check", []))
        for each in (check, *check.get("more", ()))
        for field in each.get("tells", {})
    }


def identity(kind: Kind) -> str:
    return ", ".join(name for name in ("login", "account") if name in told(kind)) or "-"


def reach(kind: Kind) -> str:
    names = {
        "scopes": "scopes",
        "resources": "what it opens",
        "expires": "end",
        "last_used": "last use",
        "roles": "roles",
    }
    parts = [name for field, name in names.items() if field in told(kind)]
    if measured(kind):
        parts.append("severity" if _evidence(kind) != RECALLED else "severity (recalled)")
    return ", ".join(parts) or "-"


def measured(kind: Kind) -> bool:
    """Whether rights and a severity follow from it."""
    return "reach" in kind


def _evidence(kind: Kind) -> str:
    known = kind["reach"]
    if "like" in known:
        known = next(each["reach"] for each in kinds() if each["id"] == known["like"])
    evidence: str = known["evidence"]
    return evidence


def revocation(kind: Kind) -> str:
    page = f"[page]({kind['rotate_url']})" if kind.get("rotate_url") else ""
    return ", ".join(filter(None, ("`revoke`" if kind.get("revoke") else "", page))) or "-"


def rows() -> Iterable[list[str]]:
    return map(cells, kinds())


def counts() -> str:
    """How many kinds there are, and of how many what is known."""
    found = kinds()
    asked = [kind for kind in found if kind.get("check")]
    plain = sum(validated(kind) == "yes" for kind in asked)
    vendors = len({kind["provider"] for kind in found if kind.get("provider")})
    named = sum(bool(told(kind) & {"login", "account"}) for kind in asked)
    scoped = sum(bool(told(kind) & {"scopes", "resources"}) for kind in asked)
    harm = sum(map(measured, asked))
    return (
        f"It knows {len(found)} kinds of secrets of {vendors} vendors ([docs/kinds.md](docs/kinds.md)). "
        f"`scan --validate` can ask about {len(asked)}\n"
        f"of them, {plain} without another option: whose they are is told of {named}, their scopes or what they\n"
        f"open of {scoped}, and how much harm that can do of {harm}.\n"
    )
