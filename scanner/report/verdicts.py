"""What a vendor said of a credential: for the contract, in words, and how many of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unsprawl.rules.check import RECALLED
from unsprawl.scanner.model import Reach, State, Verdict

WORDS = {
    State.LIVE: "live",
    State.RESTRICTED: "live, with few rights",
    State.REVOKED: "revoked",
    State.EXPIRED: "expired",
    State.INVALID: "not valid",
    State.RATE_LIMITED: "not known: asked too often",
    State.UNKNOWN: "not known",
}
_SCOPES = 8
"""So many scopes are told; the others are counted."""
_RESOURCES = 3


def verdict_json(verdict: Verdict | None) -> dict[str, Any] | None:
    """`verdict` of a finding, as in the contract."""
    if verdict is None:
        return None
    reach = verdict.reach
    named = verdict.login or verdict.account
    told = reach != Reach()
    return {
        "state": verdict.state.value,
        "account": {"login": verdict.login or None, "name": verdict.account or None} if named else None,
        "reach": {
            "scopes": list(reach.scopes),
            "expires": reach.expires or None,
            "last_used": reach.last_used or None,
            "resources": list(reach.resources),
            "rights": [right.value for right in reach.rights],
            "severity": reach.severity.value if reach.severity is not None else None,
            "unclear": list(reach.unclear),
            "roles": list(reach.roles),
        }
        if told
        else None,
        "checked_at": verdict.checked_at or None,
        "host": verdict.host or None,
        "reason": verdict.reason,
        "evidence": verdict.evidence or None,
    }


def said(verdict: Verdict) -> str:
    """In one line what was found out, behind its state. Foreign text: not printable yet."""
    parts = []
    if verdict.login or verdict.account:
        parts.append(", ".join(filter(None, (verdict.login, verdict.account))))
    reach = verdict.reach
    if reach.severity is not None:
        parts.append(f"{reach.severity.value}: {', '.join(reach.rights) or 'only what anybody sees'}")
    if reach.roles:
        parts.append(f"is {_some(reach.roles, _SCOPES)}")
    if reach.scopes:
        parts.append(f"may {_some(reach.scopes, _SCOPES)}")
    if reach.resources:
        parts.append(f"opens {_some(reach.resources, _RESOURCES)}")
    if reach.expires:
        parts.append(f"until {reach.expires[:10]}")
    if verdict.reason and not verdict.state.works:
        parts.append(verdict.reason)
    if verdict.evidence == RECALLED:
        parts.append("nobody has confirmed this check")
    return "; ".join(parts)


def _some(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def in_a_word(finding: Mapping[str, Any]) -> str:
    """For reports that are published: the state alone, as a sentence, or ""; whose it is stays at home."""
    verdict = finding.get("verdict")
    state = State(verdict["state"]) if verdict else State.UNKNOWN
    if state is State.UNKNOWN or state is State.RATE_LIMITED:
        return ""
    return f"Its vendor says: {WORDS[state]}."


def tally(verdicts: Iterable[Verdict]) -> list[tuple[State, int]]:
    """How many of each state, in the order of the states."""
    found = Counter(verdict.state for verdict in verdicts)
    return [(state, found[state]) for state in State if found[state]]
