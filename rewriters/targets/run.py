"""Target `run`: the value rests in the vault, and `unsprawl run` hands it to the server when the host starts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from shlex import join

from unsprawl.rewriters.operations import Operation
from unsprawl.rewriters.plan import EntryStep, Keep, RecordDraft, Refusal
from unsprawl.rewriters.targets.bridge import PACKAGE, bridged, unsafe_bridge
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.handover import Handover, in_order, without_empty
from unsprawl.rewriters.targets.helper import helped, unaware
from unsprawl.rewriters.targets.launcher import launcher_of
from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.approach import run_command
from unsprawl.scanner.model import Transport
from unsprawl.scanner.parts import host_of
from unsprawl.vault.traps import relative_scripts

_REMOTE = (Transport.HTTP, Transport.SSE)


class Run:
    """Wraps the entry's command in `unsprawl run REF --`."""

    id = "run"
    by_hand = False

    def __init__(self, new_ref: Callable[[str, bool], str], reference: Reference) -> None:
        self._new_ref = new_ref
        self._reference = reference

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        try:
            return self._plan(situation)
        except Refused as refused:
            reason, hint = refused.args
            return Refusal(situation.found, self.id, reason, hint)

    def _plan(self, situation: Situation) -> EntryStep:
        found = situation.found
        remote = found.entry.transport in _REMOTE and not any(found.entry.command)
        if remote and not self.by_hand and (asked := self._asked(situation)) is not None:
            return asked
        if remote and not self.by_hand and (own := self._own_reference(situation)) is not None:
            return own
        _check(situation)
        if remote:
            bridge = bridged(situation, in_arguments=self.by_hand)
            starts = f"; `{PACKAGE}` sends it, and must be allowed to run on this machine"
            step = self._step(situation, bridge.argv, bridge.keeps, starts, bridge.shown)
            assert step.record is not None
            words = [self._program(situation), "run", step.record.ref, "--", *bridge.argv]
            return replace(step, operations=(*bridge.operations, *bridge.start(words)))
        launcher = launcher_of(situation)
        if unsafe := unsafe_bridge(launcher.argv):
            raise Refused(f"{unsafe} runs what a hostile server says (CVE-2025-6514)", f"Write `{PACKAGE}` instead.")
        handover = Handover(situation, launcher, in_arguments=self.by_hand)
        for finding in in_order(found.findings):
            handover.add(finding)
        step = self._step(situation, handover.argv, list(handover.keeps.values()), "", handover.shown)
        assert step.record is not None
        operations: list[Operation] = without_empty(situation, handover.operations)
        operations += launcher.wrapped(
            self._program(situation), step.record.ref, handover.argv, frozenset(handover.keeps)
        )
        return replace(step, operations=tuple(operations))

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
        owners = " and ".join(dict.fromkeys(owner.name for owner in situation.hosts))
        unaware_of_it = unaware(situation, made.way)
        notes = [
            f"the key is given to {owners} for {host_of(entry.url)} only, and to what else runs as you and asks for it"
        ]
        if unaware_of_it:
            notes.append(f"{' and '.join(unaware_of_it)} reads this file too, and would send no key")
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
        names = " and ".join(dict.fromkeys(host.name for host in situation.hosts))
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
        own = join(["unsprawl", "vault", "add", *named, ref, "--", *argv])
        others = Todo("everyone else with this repository stores a key of their own", own)
        seen = f"{', '.join(dict.fromkeys(shown))} is still handed over as an argument, which other programs can read"
        return EntryStep(
            situation.found, situation.hosts, self.id, (), tuple(keeps), RecordDraft(ref, tuple(argv), situation.root),
            f"the vault, as {ref}{how}",
            notes=(seen,) if shown else (), todo=(others,) if situation.shared else (),
        )  # fmt: skip


class RunInArguments(Run):
    """The same for servers that take a key as an argument only: a choice that nobody makes for the user."""

    id = "run-argv"
    by_hand = True


def _check(situation: Situation) -> None:
    """Raises `Refused` for what no command line can mend."""
    entry = situation.found.entry
    if run_command(entry.command):
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
