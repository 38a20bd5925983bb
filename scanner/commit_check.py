"""The files of a commit, checked: each as git has it, with what silences a finding. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from unsprawl.scanner.commit_files import Part, Wanted, part_contents
from unsprawl.scanner.commit_rules import Measured, measured
from unsprawl.scanner.discover import ConfigFile, named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding, Problem, Silenced
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.naming import FileNames
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.policy import Policy
    from unsprawl.scanner.sources.staged import Snapshot
    from unsprawl.scanner.suppress import Limits


class Checked(NamedTuple):
    """What the files hold, and by what that is measured."""

    measured: Measured
    problems: list[Problem]

    @property
    def findings(self) -> list[Finding]:
        return [finding for each in self.measured.examined for finding in each.findings]

    @property
    def silenced(self) -> list[Silenced]:
        return [silenced for each in self.measured.examined for silenced in each.silenced]


def check(
    parts: Iterable[Part],
    around: Surroundings,
    problems: list[Problem],
    *,
    own: Policy | None = None,
    limits: Limits | None = None,
) -> Checked:
    """Findings and problems of the files; the problems join those that are given. `own`: the user's policy, if it was
    read already. `limits`: what of the findings is shown; None: the usual.
    """
    found: list[Examined] = []
    others: dict[str, tuple[Part, Wanted]] = {}
    names = FileNames(around)
    snapshots: dict[str, Snapshot] = {}
    for part in parts:
        files: dict[str, ConfigFile] = {}
        wanted = []
        for each in part.files:
            file = named(each.path, around)
            if file is None:
                others[each.real] = part, each
            else:
                files[each.real] = file
                wanted.append(each)
        if part.snapshot is not None:
            snapshots[part.snapshot.top] = part.snapshot
        for path, content in part_contents(part._replace(files=tuple(wanted)), problems):
            _examine(files[path], content, names, found, problems)
    if others and (
        any(entry.env_files for examined in found for entry in examined.entries)
        or any(os.path.basename(path).startswith(".env") for path in others)
    ):
        from unsprawl.scanner.commit_env_files import EnvFiles

        found += tuple(EnvFiles(others, around, names, problems).of(found))
    here = next((top for top, snapshot in snapshots.items() if snapshot.current), None)
    return Checked(
        measured(found, around, problems, _as_git_has_it(snapshots), here=here, own=own, limits=limits), problems
    )


def _as_git_has_it(snapshots: dict[str, Snapshot]) -> Callable[[str], bytes | None]:
    """What git has of a list, a baseline or a policy."""

    def content(path: str) -> bytes | None:
        from unsprawl.scanner.sources.repository import repository_of
        from unsprawl.scanner.sources.staged import contents

        snapshot = snapshots.get(repository_of(os.path.dirname(path)) or "")
        said = next((each for _, each in contents(snapshot, [path])), None) if snapshot is not None else None
        return said if isinstance(said, bytes) else None

    return content


def _examine(
    file: ConfigFile, content: bytes | Problem, names: FileNames, found: list[Examined], problems: list[Problem]
) -> None:
    if isinstance(content, Problem):
        problems.append(content)
        return
    # A file that no host is known to read is looked at only when it speaks of MCP at all.
    if not file.concerns(content):
        return
    result = examine(file, content, names.name(file.path))
    if isinstance(result, Problem):
        if result.code != "empty":
            problems.append(result)
        return
    if found and found[-1].file == file:  # the other side of a conflict
        result = _without(result, found[-1])
    found.append(result)
    problems += result.problems


def _without(theirs: Examined, ours: Examined) -> Examined:
    """What the one side of a conflict has and the other has not."""
    told = {finding.fingerprint for finding in ours.findings}
    known = {each.entry.key_path for each in ours.entries}

    def fresh(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding for finding in findings if finding.fingerprint not in told)

    entries = (each._replace(findings=fresh(each.findings)) for each in theirs.entries)
    fresh_entries = tuple(each for each in entries if each.findings or each.entry.key_path not in known)
    return theirs._replace(entries=fresh_entries, loose=fresh(theirs.loose))
