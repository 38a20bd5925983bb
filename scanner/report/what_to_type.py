"""The commands that `explain` tells: only such as work when they are typed as they stand."""

from __future__ import annotations

from collections.abc import Collection
from shlex import join

from unsprawl.scanner.approach_tree import OAUTH, PROBE
from unsprawl.scanner.explain import Explained
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.what_if import WhatIf


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
    if each.advice.target in typing.targets:
        return _migrate(each, each.advice.target, typing)
    return _probe(each, typing) if each.advice.target in (OAUTH, PROBE) else None


def to_move(each: Explained, what: WhatIf, typing: Typing) -> str | None:
    """What to type for a move that can be made, or to learn whether it can."""
    if what.target == OAUTH and not each.candidates:
        return _probe(each, typing)
    return _migrate(each, what.target, typing) if what.can and what.target in typing.targets else None


def _migrate(each: Explained, target: str, typing: Typing) -> str | None:
    name, path = each.found.entry.name, _path(each, typing)
    where = [path] if path else []
    return _typed("migrate", *where, "--to", target, "--entry", name)


def _probe(each: Explained, typing: Typing) -> str | None:
    """By its name; the vendor's server for an entry that calls none."""
    name, path = each.found.entry.name, _path(each, typing)
    url = next((one.url for one in each.candidates if one.url), "")
    if each.advice.target != PROBE and url:
        return _typed("probe", url)
    where = ["--path", path] if path else []
    return _typed("probe", *where, *(["--"] if name.startswith("-") else []), name) if "://" not in name else None


def _path(each: Explained, typing: Typing) -> str:
    """The file, where the name alone does not find the entry, or finds others too; else ""."""
    entry = each.found.entry
    return entry.path if typing.named_paths or entry.name in typing.shared_names else ""


def _typed(*words: str) -> str | None:
    """The command; None where nobody could type it, since not all of it can be shown."""
    command = f"unsprawl {join(words)}"
    return command if command.isprintable() else None
