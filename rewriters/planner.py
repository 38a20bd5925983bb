"""From what a scan found to a plan: which entry can move where. Reads nothing but its arguments; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache
from shlex import quote
from typing import TYPE_CHECKING

from unsprawl.broker.external.facts import WIRE, known
from unsprawl.broker.external.here import Here
from unsprawl.broker.install import Installed
from unsprawl.rewriters.advised import ADVISED, of_many, order, passed_over
from unsprawl.rewriters.env_home import EnvHome
from unsprawl.rewriters.exposure import named_by_a_secret
from unsprawl.rewriters.launch import readers
from unsprawl.rewriters.leftover import would_leave_one
from unsprawl.rewriters.operations import misfit
from unsprawl.rewriters.plan import EntryStep, FilePlan, Plan, RefNames, Refusal, VariableNames
from unsprawl.rewriters.stated import NOTHING_STATED, Stated
from unsprawl.rewriters.targets import Target
from unsprawl.rewriters.targets.brokered import Brokered
from unsprawl.rewriters.targets.env_file import EnvFile
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.run import Run, RunInArguments
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rewriters.targets.wire import Wire
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.discover import Reading
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Node, Path, at
from unsprawl.scanner.hosts import Host, host
from unsprawl.scanner.people import People
from unsprawl.scanner.policy import NOTHING, Demands, NotAllowed
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import MISPLACED
from unsprawl.scanner.sources.project import project_folder
from unsprawl.vault.record import Destination
from unsprawl.vault.records import new_ref

if TYPE_CHECKING:
    from unsprawl.scanner.remotes.accounts import Account

_REFERENCE = Reference()
TARGETS: dict[str, Target] = {
    Reference.id: _REFERENCE,
    Run.id: Run(lambda name, shared: new_ref(name, shared=shared), _REFERENCE),
    RunInArguments.id: RunInArguments(lambda name, shared: new_ref(name, shared=shared), _REFERENCE),
    EnvFile.id: EnvFile(_REFERENCE),
    Wire.id: Wire(lambda name, shared: new_ref(name, shared=shared), _REFERENCE),
    OAuth.id: OAuth(),
}
"""Every place of ours that a secret can move to."""
EXTERNAL: dict[str, Target] = {
    facts.id: Brokered(facts, lambda name, shared: new_ref(name, shared=shared))
    for facts in known().values()
    if facts.kind == WIRE
}
"""Brokers of others. What they can take depends on this machine, and only the user chooses one."""
ALL_TARGETS = {**TARGETS, **EXTERNAL}
AUTO = "auto"
ABLE = tuple(name for name, known in TARGETS.items() if name in ADVISED or not known.by_hand)
"""What `auto` may take without being told."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the planner knows of this machine: this program's own place, and the names that stand for values already."""

    installed: Installed
    taken: Mapping[str, Secret]
    refs: frozenset[tuple[str | None, str]] = frozenset()
    """(project or None, name) of the vault records that exist."""
    moved_vault: bool = False
    """The vault lies where UNSPRAWL_HOME says, which hosts do not pass on."""
    env_homes: Mapping[str, EnvHome] = field(default_factory=dict)
    """The files of variables that hosts load by themselves, by the host's id."""
    brokers: Mapping[str, Here] = field(default_factory=dict)
    """Brokers of others that somebody has looked for, by id."""
    sent: tuple[Destination, ...] = ()
    """Where the user says that keys are sent, by the names of their places."""
    told: People | None = None
    """How many people use the servers, as the user says."""
    asking: bool = False
    """The user is asked about each entry."""
    logins: bool = True
    """Whether `auto` looks for the login of a vendor: what only wants to know whether anything can move need not."""
    stated: Stated = NOTHING_STATED
    """Where the user says that entries can log in."""
    folds_case: bool = False
    """Variables whose names differ only in case are one (Windows)."""


def make_plan(
    files: Iterable[Examined],
    machine: Machine,
    target: str = AUTO,
    only: Iterable[str] = (),
    demands: Callable[[str], Demands] = lambda path: NOTHING,
) -> Plan:
    """A step or a refusal for every entry that holds a literal secret; with `only`, just for entries of these names.

    `demands`: what policies demand of the file at a path.
    """
    found = situations(files, machine, only, demands)
    return assembled((situation, plan_entry(situation, target)) for situation in found)


def situations(
    files: Iterable[Examined],
    machine: Machine,
    only: Iterable[str] = (),
    demands: Callable[[str], Demands] = lambda path: NOTHING,
) -> Iterator[Situation]:
    """Each entry that holds a literal secret, in order. They share the names that are taken as they are planned."""
    names, refs = VariableNames(machine.taken, folds_case=machine.folds_case), RefNames(machine.refs)
    wanted, files = frozenset(only), tuple(files)
    neighbours = tuple(found for examined in files for found in examined.entries)
    doubled = cache(lambda: _second_accounts(neighbours))
    for examined in files:
        root = project_folder(examined.file) if examined.file.shared else None
        for found in examined.entries:
            if not found.findings or (wanted and found.entry.name not in wanted):
                continue
            demanded = demands(examined.file.path)
            whose = _whose(found) if demanded else frozenset()
            yield Situation(
                examined,
                found,
                readers(examined.file, found.entry),
                names,
                refs,
                machine.installed,
                root,
                machine.moved_vault,
                demanded,
                whose,
                machine.env_homes,
                machine.brokers,
                machine.sent,
                machine.stated,
                found.entry.name in wanted | machine.stated.entries,
                neighbours=neighbours,
                doubled=doubled,
                people=demanded.people(found.entry.name, whose, machine.told),
                asking=machine.asking,
                logins=machine.logins,
            )


def _second_accounts(entries: Iterable[ExaminedEntry]) -> Set[Account]:
    from unsprawl.scanner.remotes.accounts import second_accounts  # the catalogue, which the hook never needs

    return second_accounts(entries)


def _whose(found: ExaminedEntry) -> frozenset[str]:
    from unsprawl.scanner.remotes.whose import whose

    return whose(found)


def assembled(answers: Iterable[tuple[Situation, EntryStep | Refusal]]) -> Plan:
    """The plan of what was answered for each entry; those of one file stand together."""
    planned: dict[str, FilePlan] = {}
    refusals: list[Refusal] = []
    claimed: set[tuple[str, str]] = set()
    for situation, first in answers:
        answer = _claimed_once(first, claimed)
        if isinstance(answer, Refusal):
            refusals.append(answer)
            continue
        examined = situation.examined
        before = planned.get(examined.file.path, FilePlan(examined, (), situation.root))
        planned[examined.file.path] = replace(before, steps=(*before.steps, answer))
    return Plan(tuple(planned.values()), tuple(refusals))


def _claimed_once(answer: EntryStep | Refusal, claimed: set[tuple[str, str]]) -> EntryStep | Refusal:
    """A refusal for what a broker that sends one account to each host could not tell from an entry before."""
    deposit = answer.deposit if isinstance(answer, EntryStep) else None
    if isinstance(answer, Refusal) or deposit is None or not known()[deposit.broker].single:
        return answer
    wanted = [(deposit.broker, name) for bound in deposit.bounds for name in bound.hosts]
    for claim in wanted:
        if claim in claimed or wanted.count(claim) > 1:
            broker = known()[deposit.broker].name
            reason = f"{broker} sends one account to each host, and another value is for {claim[1]} already"
            return Refusal(answer.found, answer.target, reason, "Choose another target for this one with `--to`.")
    claimed.update(wanted)
    return answer


def plan_entry(situation: Situation, target: str) -> EntryStep | Refusal:
    """What would happen to one entry. Claims the names that it needs."""
    answer = _plan_entry(situation, target)
    if isinstance(answer, EntryStep):
        notes = (*of_many(situation, answer.target), *_others(situation, answer), *_unused(situation))
        todo = _approvals(situation, answer)
        return replace(answer, notes=(*answer.notes, *notes), todo=(*answer.todo, *todo))
    return answer


def _plan_entry(situation: Situation, target: str) -> EntryStep | Refusal:
    found = situation.found
    if named_by_a_secret(situation):
        reason = "a name of the entry, or of its file, is or holds a key"
        return Refusal(found, target, reason, "Change the name first.")
    reason, hint = _never(situation.examined, found, situation.hosts)
    if reason:
        return Refusal(found, target, reason, hint)
    if target != AUTO:
        return _attempt(target, situation)
    if situation.wish is not None:
        return _as_the_policy_says(situation)
    # The recommended target first, then the other one; never silently: the summary says where the value goes.
    answers: list[Refusal] = []
    unchosen = replace(situation, chosen=False)
    for name in order(situation, ABLE):
        answer = _attempt(name, unchosen)
        if isinstance(answer, EntryStep):
            why = (*(_passed_over(no, name) for no in answers), *_login_passed_over(situation, name))
            return replace(answer, notes=answer.notes + why)
        answers.append(answer)
    best = answers[0]
    others = "; ".join(f"{answer.target}: {answer.reason}" for answer in answers[1:])
    hint = "Let the server read it from its environment, if it can." if "`--to " in best.hint else best.hint
    no_login, how = _login_not_taken(situation, AUTO)
    told = (f"{best.target}: {best.reason}", others, f"{OAuth.id}: {no_login}" if no_login else "")
    return Refusal(found, AUTO, "; ".join(filter(None, told)), f"{hint}{f' Or log in: {how}.' if how else ''}")


def _as_the_policy_says(situation: Situation) -> EntryStep | Refusal:
    """What `auto` does where policies name the target. That is the user's choice only if their own policy says it."""
    found, wish = situation.found, situation.wish
    assert wish is not None
    if len(wish.targets) > 1:
        reason = f"the policy names several targets for it, {' and '.join(wish.targets)} ({wish.by})"
        return Refusal(found, AUTO, reason, "Have one named for it, under `entries` of `move`.")
    [target] = wish.targets
    own = [(policy.move, moved) for policy, moved in situation.moved if policy.is_own]
    if not own and target not in ABLE:
        reason = f"the policy moves it to `{target}` ({wish.by}), and only you can choose that"
        return Refusal(found, AUTO, reason, f"Choose it: `--to {target} --entry {quote(found.entry.name)}`.")
    named = any(moves is not None and moved in moves.entries for moves, moved in own)
    answer = _attempt(target, replace(situation, chosen=bool(own), named=situation.named or named))
    if isinstance(answer, Refusal):
        reason = f"{answer.reason}; and the policy moves it nowhere but to `{target}` ({wish.by})"
        return Refusal(found, AUTO, reason, answer.hint)
    return replace(answer, notes=(*answer.notes, f"to `{target}` since the policy says so ({wish.by})"))


def _others(situation: Situation, step: EntryStep) -> Iterator[str]:
    """Who reads the file too without being asked, and may not understand what will stand there."""
    entry = situation.found.entry
    if step.record is not None or step.deposit is not None:
        return  # a command is a command for all of them
    if step.target == OAuth.id:
        yield from _without_login(situation)
        return
    slots = {finding.slot.context.kind.group for finding in situation.found.findings}
    for reading in situation.examined.file.readings:
        if reading.host not in entry.also:
            continue
        other = host(reading.host)
        written = {way.write for owner in situation.hosts for way in owner.references}
        if not any(way.write in written and slots <= way.slots for way in other.ways(reading.pattern) or ()):
            yield f"{other.name} reads this file too, and is not known to expand the reference"


def _unused(situation: Situation) -> Iterator[str]:
    """That nobody is said to use the hosts of the file."""
    unused = situation.demands.unused(situation.found.entry.hosts)
    if unused is not None:
        policy, line = unused
        yield f"by the policy none of the hosts that read it is in use ({policy.name}:{line})"


def _without_login(situation: Situation) -> Iterator[str]:
    """Who reads the entry too, and cannot call its server any more."""
    for reading in situation.examined.file.readings:
        if reading.host in situation.found.entry.also:
            other = host(reading.host).at(reading.pattern)
            if other.remote is None or not (other.oauth.native and other.oauth.proven):
                yield f"{other.name} reads this file too, and is not known to log in by itself"


def _approvals(situation: Situation, step: EntryStep) -> Iterator[str]:
    """Hosts that ask once more before they start what a repository tells them to."""
    if (step.record is not None or step.target == OAuth.id) and situation.shared:
        for reader in situation.hosts:
            if reader.approve:
                yield Todo(f"approve it again, {reader.name} asks when a command changes", reader.approve)


def _passed_over(refusal: Refusal, taken: str) -> str:
    """Why the better target was not taken; its hint, unless that names the target which was."""
    hint = "" if f"`--to {taken}`" in refusal.hint else refusal.hint
    return f"not `{refusal.target}`: {refusal.reason}. {hint}".strip()


def _login_passed_over(situation: Situation, taken: str) -> Iterator[str]:
    """Why the vendor's login is not what is recommended; how one gets it all the same, where that works."""
    why, how = _login_not_taken(situation, taken)
    if why:
        yield f"not `{OAuth.id}`: {why}.{f' Name it, if you want that: {how}.' if how else ''}"


def _login_not_taken(situation: Situation, taken: str) -> tuple[str, str]:
    """Why, and what to type for it all the same; each "" where there is nothing to say."""
    why = passed_over(situation, taken, ABLE)
    if not why:
        return "", ""
    with situation.names.tentative():
        works = isinstance(_attempt(OAuth.id, replace(situation, named=True)), EntryStep)
    return why, f"`--to {OAuth.id} --entry {quote(situation.found.entry.name)}`" if works else ""


def _attempt(target: str, situation: Situation) -> EntryStep | Refusal:
    """The target's answer; a refusal gives back the names that it claimed on the way. A policy is asked first."""
    if (no := situation.not_allowed(target)) is not None:
        return _not_allowed(situation, target, no)
    with situation.names.tentative() as keep:
        answer = ALL_TARGETS[target].plan(situation)
        if isinstance(answer, EntryStep):
            if (no := situation.not_allowed(answer.target)) is not None:
                return _not_allowed(situation, target, no)
            reason = misfit(situation.examined.document, answer.operations)
            if reason:
                return Refusal(situation.found, target, reason, "Change the entry by hand.")
            if would_leave_one(situation.examined, situation.found.entry.key_path, answer.operations):
                reason = "what would stand in place of the value looks like a secret itself there"
                return Refusal(situation.found, target, reason, "Change the entry by hand.")
            keep()
        return answer


def _not_allowed(situation: Situation, target: str, no: NotAllowed) -> Refusal:
    instead = "Leave `--to` out" if no.instead else "Choose another target with `--to`"
    return Refusal(situation.found, target, no.said, f"{instead}, or have the policy changed.")


def _never(examined: Examined, found: ExaminedEntry, owners: tuple[Host, ...]) -> tuple[str, str]:
    """Why an entry must not be edited by whatever target; ("", "") when nothing speaks against it."""
    if examined.document.problems:
        problem = examined.document.problems[0]
        return f"the file is not in order ({problem.message}), and a broken file is never edited", problem.hint
    if editing_codec_for(examined.document.codec.id) is None:
        return f"{examined.document.codec.id.upper()} files are not edited yet", (
            "Put a reference in place of the value by hand, then revoke the old key."
        )
    if at(examined.document.root, found.entry.key_path) is None:
        return "the entry is in a later document of its file, and only the first is edited", (
            "Put a reference in place of the value by hand, then revoke the old key."
        )
    if examined.document.decoded.spared:
        return "the file is too large to be edited", "Take the key out with the host itself."
    if not owners:
        return "no known host reads this file, so nobody can tell what a reference in it would do", ""
    for owner in owners:
        if owner.rewrite_refused:
            return owner.rewrite_refused, ""
    if MISPLACED in found.entry.marks:
        return "the entry is under a key where no host of this file looks", "Move it to where it belongs, or delete it."
    mine = [reading for reading in examined.file.readings if reading.host in found.entry.owners]
    if any(reading.scope == "managed" for reading in mine):
        return "the file is managed by this machine's administrator", "Ask them to take the key out."
    if not _in_use(mine):
        return "the file is a copy that no host reads", "Delete it, or name the real file."
    if _written_twice(examined.document.root, found.entry.key_path):
        return "a key is written twice on the way to this entry, and hosts differ in which one they read", (
            "Remove one of the two, then try again."
        )
    return "", ""


def _in_use(readings: list[Reading]) -> bool:
    return any(reading.in_place for reading in readings)


def _written_twice(root: Node, path: Path) -> bool:
    for length in range(len(path) + 1):
        node = at(root, path[:length])
        keys = [member.key for member in node.members] if node else []
        step = path[length] if length < len(path) else None
        if step is not None and keys.count(str(step)) > 1:
            return True
    entry = at(root, path)
    return entry is not None and _any_twice(entry)


def _any_twice(node: Node) -> bool:
    keys = [member.key for member in node.members]
    return len(keys) != len(set(keys)) or any(_any_twice(member.value) for member in node.members)
