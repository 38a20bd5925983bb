"""What somebody may call themselves in what they hand in."""

from __future__ import annotations

from unsprawl.scanner.policy_team import MEMBER

_PLAIN = "letters, digits, and . _ - between them, 32 at most"


def name_fault(name: str) -> str:
    """What is wrong with a name, or "". The name itself is not told: it may be a key in the wrong place."""
    from unsprawl.scanner.known import find

    if MEMBER.fullmatch(name) is None:
        return f"a name is a plain one: {_PLAIN}"
    return "this looks like a key, and is no name" if find(name) is not None else ""


def same(name: str) -> str:
    """The name as names are compared: case does not tell two people apart."""
    return name.casefold()
