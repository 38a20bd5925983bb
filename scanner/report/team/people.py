"""What a team may be called, and somebody in what they hand in."""

from __future__ import annotations

from unsprawl.scanner.policy_team import MEMBER, PLAIN


def name_fault(name: str) -> str:
    """What is wrong with a name, or "". The name itself is not told: it may be a key in the wrong place."""
    from unsprawl.scanner.known import find

    if MEMBER.fullmatch(name) is None:
        return f"it is a plain name: {PLAIN}"
    return "it looks like a key, and is no name" if find(name) is not None else ""


def same(name: str) -> str:
    """The name as names are compared: case does not tell two people apart."""
    return name.casefold()
