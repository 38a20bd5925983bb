"""Whether an entry is started through a credential broker of others."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.programs import base_name


def broker_of(command: Sequence[str]) -> str:
    """The id of the broker that a command line begins with, "" for any other."""
    if len(command) < 3 or "--" not in command[2:]:
        return ""
    from unsprawl.rules.bundle_brokers import BROKERS

    name = base_name(command[0])
    for record in BROKERS:
        # The words by which it is told to start something, without options and what differs from entry to entry.
        words = record["wrap"][1:]
        fixed = [word for number, word in enumerate(words) if not any(w[:1] in "-{" for w in words[: number + 1])]
        if name in record["programs"] and fixed and list(command[1 : len(fixed) + 1]) == fixed:
            return str(record["id"])
    return ""
