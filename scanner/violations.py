"""What policies say of entries, as warnings: an approach that is not allowed, hosts that nobody uses; and parts of
policies that have no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from unsprawl.scanner.cautions import Caution, fingerprint
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Severity
from unsprawl.scanner.policy import Demands, violated, violation
from unsprawl.scanner.policy_team import STANDS
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
        message = f"{violation(found.approach, floor)} ({shown(policy.path)}:{floor.line})"
        yield _of_entry("policy-approach", examined, found.entry, message, floor.severity)


def of_no_host_in_use(examined: Examined, demands: Demands, shown: Callable[[str], str]) -> Iterator[Caution]:
    """A note for each entry that, by a policy, none of the hosts in use reads. Nothing is said of files of no host."""
    for found in examined.entries:
        entry = found.entry
        unused = demands.unused(entry.hosts) if entry.hosts else None
        if unused is None:
            continue
        policy, line = unused
        message = f"by the policy none of the hosts that read this is in use ({shown(policy.path)}:{line})"
        yield _of_entry("policy-host", examined, entry, message)


def of_another_target(examined: Examined, demands: Demands, shown: Callable[[str], str]) -> Iterator[Caution]:
    """A note for each entry whose key is elsewhere already, and not where a policy says by its name. Whose key it is
    only the catalogue could tell, and `explain` does; one that is written out is a finding.
    """
    for found in examined.entries:
        now = [STANDS[mark] for mark in found.approach.marks if mark in STANDS]
        if found.findings or not now:
            continue
        wrong = [
            (policy, moved, at[0])
            for policy, moved in demands.moved(found.entry.name, ())
            for at in now
            if moved.target not in at
        ]
        for policy, moved, at in wrong[:1]:
            by = f"{shown(policy.path)}:{moved.line}"
            message = f"its key is at `{at}`, the policy moves it to `{moved.target}` ({by})"
            yield _of_entry("policy-target", examined, found.entry, message)


def _of_entry(code: str, examined: Examined, entry: Entry, message: str, severity: Severity | None = None) -> Caution:
    where = pointer(entry.key_path)
    print_ = fingerprint(code, examined.name, where)
    return Caution(code, entry.path, entry.line, where, entry.hosts, entry.name, message, print_, severity)


def without_effect(notes: Iterable[Note], name: Callable[[str], str]) -> Iterator[Caution]:
    """One warning for each part of a policy that has no effect. `name`: what fingerprints call a file."""
    for note in notes:
        print_ = fingerprint(note.code, name(note.path), str(note.line))
        yield Caution(note.code, note.path, note.line, "", (), None, note.message, print_)
