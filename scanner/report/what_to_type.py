"""The commands that `explain` tells: only such as work when they are typed as they stand."""

from __future__ import annotations

from collections.abc import Collection
from shlex import quote

from unsprawl.scanner.approach_tree import OAUTH, PROBE
from unsprawl.scanner.explain import Explained, WhatIf
from unsprawl.scanner.record import NamedTuple


class Typing(NamedTuple):
    """What decides how a command is written."""

    targets: Collection[str]
    """Those of `migrate`."""
    shared_names: Collection[str] = ()
    """Names that more than one entry has: `--entry` alone would mean them all."""
    named_paths: bool = False
    """The entries are of files that somebody named; without a path `migrate` would not see them."""


def to_follow(each: Explained, typing: Typing) -> str | None:
    """What to type to follow the advice; None where there is nothing to type."""
    name = each.found.entry.name
    match each.advice.target:
        case target if target in typing.targets:
            return _migrate(each, target, typing)
        case target if target == OAUTH:
            return _probe(next((one.url for one in each.candidates if one.url), ""))
        case target if target == PROBE and name.isprintable() and name not in typing.shared_names:
            return f"unsprawl probe {'-- ' if name.startswith('-') else ''}{quote(name)}"
        case target if target == PROBE:
            return _probe(next((one.url for one in each.candidates if one.url), ""))
        case _:
            return None


def to_move(each: Explained, what: WhatIf, typing: Typing) -> str | None:
    """What to type for a move that can be made."""
    return _migrate(each, what.target, typing) if what.can and what.target in typing.targets else None


def _migrate(each: Explained, target: str, typing: Typing) -> str | None:
    entry = each.found.entry
    if not entry.name.isprintable():
        return None  # nobody can type what is not shown
    where = f" {quote(entry.path)}" if typing.named_paths or entry.name in typing.shared_names else ""
    if not where.isprintable():
        return None
    return f"unsprawl migrate{where} --to {target} --entry {quote(entry.name)}"


def _probe(url: str) -> str | None:
    return f"unsprawl probe {quote(url)}" if url and url.isprintable() else None
