"""Entries whose approach a policy does not allow, and parts of policies that have no effect, as warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from unsprawl.scanner.cautions import Caution, fingerprint
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.policy import Demands, violated, violation
from unsprawl.scanner.sources.policies import Note


def violations(examined: Examined, demands: Demands, file: str, shown: Callable[[str], str]) -> Iterator[Caution]:
    """One warning for each entry. `file`: its comparable real path. `shown`: a path as reports name it."""
    floors = [
        (policy, floor)
        for policy, floor in demands.floors
        if policy.ignores is None or policy.ignores.silences("", file) is None
    ]
    for found in examined.entries if floors else ():
        strictest = violated(found.approach, floors)
        if strictest is None:
            continue
        policy, floor = strictest
        entry, where = found.entry, pointer(found.entry.key_path)
        yield Caution(
            "policy-approach", entry.path, entry.line, where, entry.hosts, entry.name,
            f"{violation(found.approach, floor)} ({shown(policy.path)}:{floor.line})",
            fingerprint("policy-approach", examined.name, where), floor.severity,
        )  # fmt: skip


def without_effect(notes: Iterable[Note], name: Callable[[str], str]) -> Iterator[Caution]:
    """One warning for each part of a policy that has no effect. `name`: what fingerprints call a file."""
    for note in notes:
        print_ = fingerprint(note.code, name(note.path), str(note.line))
        yield Caution(note.code, note.path, note.line, "", (), None, note.message, print_)
