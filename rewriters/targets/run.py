"""Target `run`: the value rests in the vault, and `unsprawl run` hands it to the server when the host starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from shlex import join

from unsprawl.rewriters.operations import Operation
from unsprawl.rewriters.plan import EntryStep, Keep, RecordDraft, Refusal
from unsprawl.rewriters.targets.bridge import PACKAGE, bridged, runs_bridge, unsafe_bridge
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.handover import Handover, in_order, without_empty
from unsprawl.rewriters.targets.helper import helped, unaware
from unsprawl.rewriters.targets.launcher import launcher_of
from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.refusing import Refusing
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.approach import run_command
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.model import Finding, Transport
from unsprawl.scanner.parts import host_of
from unsprawl.vault.traps import relative_scripts

_REMOTE = (Transport.HTTP, Transport.SSE)


class Run(Refusing):
    """Wraps the entry's command in `unsprawl run REF --`."""

    id = "run"
    by_hand = False
    _options: tuple[str, ...] = ()
    _bridge_words: tuple[str, ...] = ()
    """What a bridge is told besides."""

    def __init__(self, new_ref: Callable[[str, bool], str], reference: Reference) -> None:
        self._new_ref = new_ref
        self._reference = reference

    def _plan(self, situation: Situation) -> EntryStep:
        found = situation.found
        remote = found.entry.transport in _REMOTE and not any(found.entry.command)
        if remote and (own := self._without_start(situation)) is not None:
            return own
        _check(situation)
        return self._bridged(situation) if remote else self._wrapped(situation)

    def _without_start(self, situation: Situation) -> EntryStep | None:
        """What the host of a remote entry can do by itself; None where nothing is better than to start a bridge."""
        if self.by_hand:
            return None
        return self._asked(situation) or self._own_reference(situation)

    def _bridged(self, situation: Situation) -> EntryStep:
        bridge = bridged(situation, self._shows, self._bridge_words)
        starts = f"; `{PACKAGE}` sends it, and must be allowed to run on this machine"
        step = self._step(situation, bridge.argv, bridge.keeps, starts, bridge.shown)
        words = [*self._before(situation, step), *bridge.argv]
        return replace(step, operations=(*bridge.operations, *bridge.start(words)))

    def _wrapped(self, situation: Situation) -> EntryStep:
        launcher = launcher_of(situation)
        if unsafe := unsafe_bridge(launcher.argv):
            raise Refused(f"{unsafe} runs what a hostile server says (CVE-2025-6514)", f"Write `{PACKAGE}` instead.")
        handover = Handover(situation, launcher, lambda finding: self._shows(situation, finding))
        for finding in in_order(situation.found.findings):
            handover.add(finding)
        added = [word for word in self._bridge_words if runs_bridge(handover.argv) and word not in handover.argv]
        argv = [*handover.argv, *added]
        step = self._step(situation, argv, list(handover.keeps.values()), "", handover.shown)
        operations: list[Operation] = without_empty(situation, handover.operations)
        operations += launcher.wrapped(self._before(situation, step), argv, frozenset(handover.keeps))
        operations += launcher.appended(added)
        return replace(step, operations=tuple(operations))

    def _shows(self, situation: Situation, finding: Finding) -> bool:
        """Whether the server may get it as an argument."""
        return self.by_hand

    def _before(self, situation: Situation, step: EntryStep) -> list[str]:
        """Our program and its words, up to the server's own command."""
        assert step.record is not None
        return [self._program(situation), "run", *self._options, step.record.ref, "--"]

    def _asked(self, situation: Situation) -> EntryStep | None:
        """The step for a host that asks a command for headers; None where it does not, or nothing could answer it."""
        with situation.names.tentative() as keep:
            made = helped(situation)
            if made is None:
                return None
            try:
                _check(situation)
            except Refused:
                return None
            keep()
        entry = situation.found.entry
        ref = situation.refs.claim(self._new_ref(entry.name, situation.shared), situation.root)
        told = made.told(entry.name)
        command = made.ask([self._program(situation), "run", "--headers", ref])
        owners = enumerated(owner.name for owner in situation.hosts)
        unaware_of_it = unaware(situation, made.way)
        notes = [
            f"the key is given to {owners} for {host_of(entry.url)} only, and to what else runs as you and asks for it"
        ]
        if unaware_of_it:
            notes.append(f"{enumerated(unaware_of_it)} reads this file too, and would send no key")
        return EntryStep(
            situation.found, situation.hosts, self.id, (*made.operations, command), tuple(made.keeps),
            RecordDraft(ref, (), situation.root, tuple(made.headers), told),
            f"the vault, as {ref}; {owners} asks for it when it connects", notes=tuple(notes),
        )  # fmt: skip

    def _own_reference(self, situation: Situation) -> EntryStep | None:
        """What the host can do by itself for an entry that nothing is started for."""
        if any(situation.demands.refused([self._reference.id])):
            return None
        with situation.names.tentative() as keep:
            own = self._reference.plan(situation)
            if isinstance(own, Refusal):
                return None
            keep()
        names = enumerated(host.name for host in situation.hosts)
        return replace(own, notes=(*own.notes, f"{names} calls this server itself, so there is nothing to start"))

    def _program(self, situation: Situation) -> str:
        return "unsprawl" if situation.shared else situation.installed.path

    def _step(
        self, situation: Situation, argv: Sequence[str], keeps: Sequence[Keep], how: str, shown: Sequence[str]
    ) -> EntryStep:
        """The step without its operations. Raises `Refused` when the command line is not the same at every start."""
        if any(situation.expands(word) for word in argv):
            raise Refused(
                "its arguments hold references, so its command line is not the same at every start and cannot be bound",
                "Use `--to reference`.",
            )
        if self.by_hand and not shown:
            raise Refused("nothing of it has to be shown as an argument", f"Use `--to {Run.id}`.")
        ref = situation.refs.claim(self._new_ref(situation.found.entry.name, situation.shared), situation.root)
        named = [word for keep in keeps for word in ("--variable", keep.name)]
        return EntryStep(
            situation.found, situation.hosts, self.id, (), tuple(keeps), RecordDraft(ref, tuple(argv), situation.root),
            f"the vault, as {ref}{how}",
            notes=tuple(self._notes(shown)), todo=(others_do(ref, argv, named),) if situation.shared else (),
        )  # fmt: skip

    def _notes(self, shown: Sequence[str]) -> Iterator[str]:
        if shown:
            names = ", ".join(dict.fromkeys(shown))
            yield f"{names} is still handed over as an argument, which other programs can read"


def others_do(ref: str, argv: Sequence[str], named: Sequence[str]) -> Todo:
    """What everybody does who has the file too. `named`: the options that name the variables."""
    own = join(["unsprawl", "vault", "add", *named, ref, "--", *argv])
    return Todo("everyone else with this repository stores a key of their own", own)


class RunInArguments(Run):
    """The same for servers that take a key as an argument only: a choice that nobody makes for the user."""

    id = "run-argv"
    by_hand = True


def _check(situation: Situation) -> None:
    """Raises `Refused` for what no command line can mend."""
    entry = situation.found.entry
    if run_command(entry.command) is not None:
        raise Refused("it is started by `unsprawl run` already", "Store the further value with `unsprawl vault set`.")
    if entry.transport not in (Transport.STDIO, *_REMOTE):
        raise Refused("it starts and calls nothing that is known", "Use `--to reference`.")
    if situation.moved_vault:
        raise Refused(
            "UNSPRAWL_HOME is set, hosts do not pass it on, and the server would look for its key in the usual place",
            "Migrate without UNSPRAWL_HOME.",
        )
    if not situation.shared and not situation.installed.permanent:
        raise Refused(
            f"this unsprawl will not be there when the host starts the server: {situation.installed.reason}",
            situation.installed.hint,
        )
    script = next(filter(_is_one_name, relative_scripts(entry.command, programs=True)), "")
    if script and not situation.shared:
        raise Refused(
            f"{script} is another file in each folder that the host is opened in, and the key must not go to any",
            "Write its whole path into the entry, then try again.",
        )
    if "".join(entry.command[:1]).startswith("~"):
        raise Refused(
            "its command begins with `~`, which stands for a folder only to the host",
            "Write its whole path into the entry, then try again.",
        )
    for finding in situation.found.findings:
        if finding.slot.context.role == "default":
            raise Refused(
                f"{place_name(finding)} holds the key as the default of a reference", "Take the default out by hand."
            )
        if situation.expands(situation.whole(finding)):
            raise Refused(
                f"{place_name(finding)} holds a reference beside the key, which the host would not expand in the vault",
                "Use `--to reference`.",
            )


def _is_one_name(word: str) -> bool:
    """Not a program for an interpreter, which may hold the key itself."""
    return not any(c.isspace() or c in "'\"`;|&=$" for c in word)
