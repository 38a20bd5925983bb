"""What a commit in one repository would hold, made and checked in memory before anything is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from unsprawl.rewriters.branches.checks import Facts
from unsprawl.rewriters.branches.guide import Left, MovedFile, Told, guide, message
from unsprawl.rewriters.branches.guide_file import free_name
from unsprawl.rewriters.branches.hook_files import hook_file
from unsprawl.rewriters.branches.new_file import Placed
from unsprawl.rewriters.branches.tracked import TrackedFiles
from unsprawl.rewriters.plan import FilePlan, Plan, Refusal
from unsprawl.rewriters.prepare import Prepared, prepare
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.model import Finding
from unsprawl.scanner.report.loose import why_loose
from unsprawl.scanner.sources.policies import MAX_BYTES, NAME, checked
from unsprawl.scanner.sources.policies import on_disk as policy_on_disk
from unsprawl.scanner.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files of one repository that may be in its commit, and those with keys that may not."""

    facts: Facts
    tracked: TrackedFiles
    files: tuple[Examined, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Moving:
    """All that would become of one repository."""

    chosen: Chosen
    branch: str
    plan: Plan
    prepared: tuple[Prepared, ...]
    placed: tuple[Placed, ...]
    """Files beside the moved ones."""
    left: tuple[Left, ...]
    message: str
    notes: tuple[str, ...]
    hook_command: str

    def __repr__(self) -> str:
        return f"Moving({len(self.prepared)} files)"

    @property
    def facts(self) -> Facts:
        return self.chosen.facts

    @property
    def names(self) -> list[str]:
        """All files of the commit."""
        moved = (self.chosen.tracked.name_of(each.real) or "" for each in self.prepared)
        return sorted([*moved, *(each.name for each in self.placed)])

    @property
    def open(self) -> int:
        """What others will still find."""
        return sum(not each.local for each in self.left)


def choose_files(facts: Facts, files: Iterable[Examined]) -> Chosen:
    """Sort the files of a repository out. Raises NotApplied where git does not answer."""
    tracked = TrackedFiles(facts.repository)
    kept: list[Examined] = []
    left: list[Left] = []
    for examined in files:
        if not examined.findings:
            kept.append(examined)  # what entries beside it need to know
            continue
        content = examined.document.decoded.encode(examined.document.text)
        name = tracked.name_of(examined.file.path)
        if not examined.file.shared and examined.file.hosts:
            left.append(_left(examined, name, "it is your own file, and not the repository's",
                              "`unsprawl migrate` with its path moves it.", local=True))  # fmt: skip
        elif (stays := tracked.why_not(examined.file.path, content)) is not None:
            left.append(_left(examined, name, stays.reason, stays.hint, local=stays.local))
        else:
            kept.append(examined)
    return Chosen(facts, tracked, tuple(kept), tuple(left))


def _left(examined: Examined, name: str | None, reason: str, hint: str, *, local: bool) -> Left:
    what = ", ".join(dict.fromkeys(map(_what, examined.findings)))
    return Left(name or examined.file.path, what, reason, hint, local)


def _what(finding: Finding) -> str:
    """Which entry and field."""
    slot = finding.slot.context
    field = f"{slot.kind.value} {slot.name}".strip()
    return f"{finding.entry.name} {field}" if finding.entry is not None else field


def of_repository(
    chosen: Chosen,
    whole: Plan,
    branch: str,
    around: Surroundings,
    *,
    policy: bytes | None,
    in_use: Callable[[str], Collection[str] | None],
    clean: Callable[[str], str],
    loose: bool = True,
) -> Moving:
    """The part of a plan that is about one repository. `policy`: the content of the team's policy file; `in_use`: the
    hosts that a policy names for a file; `clean`: takes known values out of a text; `loose`: what stands beside the
    entries is told too. Raises NotApplied.
    """
    mine = {each.file.path for each in chosen.files}
    prepared, steps, refusals = [], [], [r for r in whole.refusals if r.found.entry.path in mine]
    for file in whole.files:
        if file.examined.file.path not in mine:
            continue
        try:
            prepared.append(prepare(file))
            steps.append(file)
        except NotApplied as error:
            refusals += [Refusal(step.found, step.target, error.message, error.hint) for step in file.steps]
    left = [*chosen.left, *_refused(chosen, refusals), *(_loose(chosen) if loose else ())]
    plan = Plan(tuple(steps), tuple(refusals))
    empty = Moving(chosen, branch, plan, tuple(prepared), (), tuple(left), "", chosen.facts.notes, "")
    if not prepared:
        return empty
    tracked = chosen.tracked
    notes = list(chosen.facts.notes)
    placed: list[Placed] = []
    found = _policy(chosen, policy, around, notes)
    if found is not None:
        placed.append(found)
    hook = hook_file(tracked, chosen.facts.repository.top)
    if hook.file is not None:
        placed.append(hook.file)
    if hook.told:
        notes.append(hook.told)
    told = Told(
        free_name([*tracked.names(), *_on_disk(chosen.facts.repository.top)]), branch,
        tuple(_moved(chosen, file, in_use) for file in steps), tuple(left),
        found is not None or tracked.get(NAME) is not None,
        hook.file.name if hook.file is not None else "", hook.then, hook.told,
    )  # fmt: skip
    placed.append(Placed(told.name, None, clean(guide(told, clean)).encode("utf-8"), "100644", "the guide"))
    for file_ in placed:
        if driver := tracked.filter_of(file_.name):
            raise NotApplied(
                f"{file_.name} would go through the filter `{driver}` into git",
                hint="No filter is started here: migrate it without --branch, and commit it yourself.",
            )
        if file_.before is None and tracked.is_ignored(file_.name):
            notes.append(f"git ignores {file_.name} here; it is in the commit all the same")
    return replace(
        empty, placed=tuple(placed), message=clean(message(told, clean)), notes=tuple(notes), hook_command=hook.then
    )


def _moved(chosen: Chosen, file: FilePlan, in_use: Callable[[str], Collection[str] | None]) -> MovedFile:
    examined = file.examined
    patterns = {reading.host: reading.pattern for reading in reversed(examined.file.readings)}
    readers = dict.fromkeys(each for step in file.steps for each in step.found.entry.hosts)
    owners = dict.fromkeys(each for step in file.steps for each in step.found.entry.owners)
    used = in_use(examined.file.path)
    ids = [each for each in readers if used is not None and each in used] or list(owners)
    hosts: tuple[Host, ...] = tuple(host(each).at(patterns[each]) for each in ids if each in patterns)
    return MovedFile(chosen.tracked.name_of(examined.file.path) or "", hosts, file.steps)


def _refused(chosen: Chosen, refusals: Iterable[Refusal]) -> Iterator[Left]:
    for refusal in refusals:
        path = refusal.found.entry.path
        what = ", ".join(dict.fromkeys(map(_what, refusal.found.findings))) or refusal.found.entry.name
        yield Left(chosen.tracked.name_of(path) or path, what, refusal.reason, refusal.hint)


def _loose(chosen: Chosen) -> Iterator[Left]:
    for examined in chosen.files:
        for finding in examined.loose:
            reason, hint = why_loose(finding)
            path = finding.place.path
            yield Left(chosen.tracked.name_of(path) or path, _what(finding), reason, hint)


def _policy(chosen: Chosen, policy: bytes | None, around: Surroundings, notes: list[str]) -> Placed | None:
    """The team's policy for the repository, where it has none."""
    if policy is None:
        return None
    path = os.path.join(chosen.facts.repository.top, NAME)
    there = policy_on_disk(path)
    if there is None and len(policy) <= MAX_BYTES:
        return Placed(NAME, None, policy, "100644", "the policy")
    if there == policy:
        if chosen.tracked.get(NAME) is None:
            notes.append(f"its {NAME} is the team's, but git does not track it: add it, or nobody else gets it")
    else:
        notes.append(f"it has a {NAME} of its own that differs from --policy: it stays, and both hold")
    return None


def _on_disk(top: str) -> list[str]:
    try:
        return os.listdir(top)
    except OSError as error:
        raise NotApplied(f"{error.strerror}") from None


def tree_policy_faults(path: str, around: Surroundings) -> str:
    """What keeps a policy file from being one of a repository; "" for nothing."""
    found = checked(path, around, own=False)
    return "; ".join(fault.message for fault in found) if isinstance(found, list) else ""
