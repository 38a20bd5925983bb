"""The examples of rules/systems.yaml, asked of `explain` as the program asks, with made-up secrets in them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from unsprawl.broker.install import Installed
from unsprawl.rewriters.planner import Machine
from unsprawl.rewriters.what_if import possibilities
from unsprawl.rules.samples import expand
from unsprawl.scanner.discover import known_file
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.explain import Explained, explained
from unsprawl.scanner.people import People
from unsprawl.scanner.remotes.accounts import second_accounts
from unsprawl.scanner.surroundings import Surroundings

HOME = "/home/you"
AROUND = Surroundings(HOME, HOME, {})
MACHINE = Machine(Installed("/usr/local/bin/unsprawl", True, ""), {})
"""Not this machine's: what the rules allow does not hang on how the program was installed here."""


def filled(value: Any, random: Random) -> Any:
    """With made-up secrets in place of the templates."""
    if isinstance(value, dict):
        return {key: filled(each, random) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, random) for each in value]
    return expand(value, random) if isinstance(value, str) else value


def looked_into(path: str, entries: dict[str, Any], seed: int = 1) -> Examined:
    """A file of a host with these entries, examined. `path` may begin with `~/`."""
    file = known_file(path.replace("~", HOME, 1), AROUND)
    assert file is not None, path
    (key,) = next(each for each in file.readings[0].servers if len(each) == 1)
    found = examine(file, json.dumps({key: filled(entries, Random(seed))}).encode(), "example")
    assert isinstance(found, Examined)
    return found


def told(path: str, entries: dict[str, Any], *, people: People | None = None) -> dict[str, Explained]:
    """What `explain` says of each, by name."""
    examined = looked_into(path, entries)
    possible = possibilities([examined], MACHINE)
    return {
        each.entry.name: explained(
            each,
            second_accounts(examined.entries),
            possible.get((each.entry.path, each.entry.key_path), {}),
            people=people,
        )
        for each in examined.entries
    }


def of_system(system: dict[str, Any]) -> Explained:
    """What `explain` says of a system's example."""
    return told(system["example"]["file"], {system["id"]: system["example"]["entry"]})[system["id"]]
