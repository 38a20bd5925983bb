"""How fast all of a repository's history is looked through, against git reading the same objects, and what is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.generated_history import Planted, make
from benchmarks.measure import Command, Measured, in_turns
from benchmarks.peers import Peer


class Row(NamedTuple):
    """One command, against the one that its table is about."""

    what: str
    mine: Measured
    base: Measured
    limit: str = ""
    found: str = ""


def history_scan(
    folder: Path, unsprawl: str, peers: Sequence[Peer], commits: int, rounds: int, command: Callable[..., Command]
) -> tuple[list[Row], list[Row]]:
    """All blobs, against git reading all of them; then names only, against git listing them. The peers have one way."""
    with ProcessPoolExecutor(1) as apart:  # what is started later would be said to take as much memory as making it
        planted = apart.submit(make, folder / "history", commits).result().planted
    top = str(folder / "history")
    scan = (unsprawl, "scan", "--history", top, "--format", "json")
    mine = {
        "read": command("git", "-C", top, "cat-file", "--batch-all-objects", "--batch"),
        "list": command("git", "-C", top, "rev-list", "--objects", "--all"),
        "all": command(*scan),
        "paths": command(*scan, "--paths-only"),
    }
    found = in_turns(mine, rounds)
    theirs = in_turns({peer.package: command(*peer.argv(folder, top, history=True)) for peer in peers}, 1)
    read, listed = found["read"], found["list"]
    whole = [
        Row("`git cat-file --batch-all-objects --batch`", read, read),
        Row("`unsprawl scan --history`", found["all"], read, "1.4", _right(found["all"], planted)),
        *(Row(name, measured, read, "", _reported(measured, planted)) for name, measured in theirs.items()),
    ]
    quick = [
        Row("`git rev-list --objects --all`", listed, listed),
        Row("`unsprawl scan --history --paths-only`", found["paths"], listed, "2.5", _right(found["paths"], planted)),
        *(Row(name, measured, listed, "", _reported(measured, planted)) for name, measured in theirs.items()),
    ]
    return whole, quick


def _right(measured: Measured, planted: Sequence[Planted]) -> str:
    """How many of the planted keys are told with the right commits. A report names no value: places and commits do."""
    wanted = [(each.path, each.introduced, each.removed, each.public, each.present) for each in planted]
    for finding in json.loads(measured.output)["findings"]:
        past = finding["history"]
        commits = frozenset(past["introduced"]), frozenset(past["removed"])
        told = finding["place"]["path"], *commits, past["reachable_from_remote"], past["in_worktree"]
        if told in wanted:
            wanted.remove(told)
    return f"{len(planted) - len(wanted)} of {len(planted)}"


def _reported(measured: Measured, planted: Sequence[Planted]) -> str:
    """How many of the planted keys stand in a peer's report, at whatever place."""
    text = measured.output.decode(errors="replace")
    return f"{sum(each.value in text for each in planted)} of {len(planted)}"
