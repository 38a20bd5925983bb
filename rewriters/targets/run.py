"""Target `run`: the value rests in the vault, and `unsprawl run` hands it to the server when the host starts it."""

from __future__ import annotations

from collections.abc import Callable
from shlex import join

from unsprawl.rewriters.launch import dialects
from unsprawl.rewriters.operations import Operation, Remove, SetPart
from unsprawl.rewriters.plan import EntryStep, Keep, RecordDraft, Refusal
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.launcher import Launcher, launcher_of
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier, place_name
from unsprawl.scanner.approach import is_bridge_header, run_reference
from unsprawl.scanner.formats.node import Path, at
from unsprawl.scanner.model import Finding, SlotKind, Transport
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret
from unsprawl.vault.traps import relative_script

_CONTAINERS = frozenset({"docker", "podman", "nerdctl"})


class Run:
    """Wraps the entry's command in `unsprawl run REF --`."""

    id = "run"

    def __init__(self, new_ref: Callable[[str, bool], str]) -> None:
        self._new_ref = new_ref

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        found = situation.found
        entry = found.entry
        reason, hint = _refused(situation)
        if reason:
            return Refusal(found, self.id, reason, hint)
        try:
            launcher = launcher_of(situation)
        except Refused as refused:
            return Refusal(found, self.id, *refused.args)
        keeps: dict[str, Keep] = {}
        operations: list[Operation] = []
        argv = list(launcher.argv)
        for finding in sorted(found.findings, key=lambda f: f.slot.start, reverse=True):
            moved = _move(situation, finding, argv, launcher)
            if isinstance(moved, str):
                return Refusal(found, self.id, moved, "Use `--to reference` where the host expands references there.")
            operation, keep = moved
            if keep.name in keeps and keeps[keep.name].secret != keep.secret:
                return Refusal(found, self.id, f"two values of this entry want the name {keep.name}")
            keeps[keep.name] = keep
            if operation is not None and operation not in operations:
                operations.append(operation)
        if any(_expands(situation, word) for word in argv):
            return Refusal(
                found, self.id,
                "its arguments hold references, so its command line is not the same at every start and cannot be bound",
                "Use `--to reference`.",
            )  # fmt: skip
        operations = _without_empty(situation, operations)
        ref = situation.refs.claim(self._new_ref(entry.name, situation.shared), situation.root)
        program = "unsprawl" if situation.shared else situation.installed.path
        operations += launcher.wrapped(program, ref, argv, frozenset(keeps))
        record = RecordDraft(ref, tuple(argv), situation.root)
        named = [word for name in keeps for word in ("--variable", name)]
        own = join(["unsprawl", "vault", "add", *named, ref, "--", *argv])
        others = f"everyone else with this repository stores a key of their own: {own}"
        return EntryStep(
            found, situation.hosts, self.id, tuple(operations), tuple(keeps.values()), record,
            f"the vault, as {ref}", todo=(others,) if situation.shared else (),
        )  # fmt: skip


def _expands(situation: Situation, text: str) -> bool:
    """Whether a host would replace something in `text`."""
    return any(dialect in dialects(situation.hosts) for dialect, *_ in references(text))


def _refused(situation: Situation) -> tuple[str, str]:
    entry = situation.found.entry
    if run_reference(entry.command) is not None:
        return "it is started by `unsprawl run` already", "Store the further value with `unsprawl vault set`."
    if entry.transport is not Transport.STDIO:
        return "the host calls this server itself and starts no command", "Use `--to reference`."
    if situation.moved_vault:
        return (
            "UNSPRAWL_HOME is set, hosts do not pass it on, and the server would look for its key in the usual place",
            "Migrate without UNSPRAWL_HOME.",
        )
    if not situation.shared and not situation.installed.permanent:
        return (
            f"this unsprawl will not be there when the host starts the server: {situation.installed.reason}",
            situation.installed.hint,
        )
    script = next((word for word in entry.command if relative_script(word)), "")
    if script and not situation.shared:
        return (
            f"{script} is another file in each folder that the host is opened in, and the key must not go to any",
            "Write its whole path into the entry, then try again.",
        )
    if entry.command[0].startswith("~"):
        return "its command begins with `~`, which stands for a folder only to the host", (
            "Write its whole path into the entry, then try again."
        )
    for finding in situation.found.findings:
        if finding.slot.context.role == "default":
            return f"{place_name(finding)} holds the key as the default of a reference", "Take the default out by hand."
        if _expands(situation, situation.whole(finding)):
            return (
                f"{place_name(finding)} holds a reference beside the key, which the host would not expand in the vault",
                "Use `--to reference`.",
            )
    return "", ""


def _move(
    situation: Situation, finding: Finding, argv: list[str], launcher: Launcher
) -> tuple[Operation | None, Keep] | str:
    """What takes one value out of the entry, or why that cannot be done. Changes `argv` to what will be started."""
    kind, path = finding.slot.context.kind, finding.slot.key_path
    assigned = launcher.assignment(finding)
    if assigned is not None:
        return None, Keep("vault", assigned.name, Secret(assigned.value))
    if kind is SlotKind.ENV:
        name = str(path[-1])
        if not is_identifier(name):
            return f"`{name}` is not a variable's name that can be handed over"
        return Remove(path), Keep("vault", name, Secret(situation.whole(finding)))
    if kind is not SlotKind.ARG:
        return f"{place_name(finding)} is read by the host, not by the server"
    position = launcher.word_of(finding)
    start, end = situation.covers(finding)
    if base_name(argv[0]) in _CONTAINERS and _is_passed_on(argv, position, situation.found.entry.package):
        word = argv[position]
        name, equals, value = word.removeprefix("--env=").partition("=")
        if equals and is_identifier(name):
            cut = len(word) - len(value) - 1
            argv[position] = word[:cut]
            operation = None if launcher.rewrites(finding) else SetPart(path, cut, len(word), "")
            return operation, Keep("vault", name, Secret(value))
    if is_bridge_header(argv, position):
        name = situation.names.claim(derived_name(finding, situation.found.entry.name), finding.secret)
        reference = f"${{{name}}}"
        if launcher.rewrites(finding):
            argv[position] = argv[position].replace(finding.secret.reveal(), reference)
            return None, Keep("vault", name, finding.secret)
        # Of two keys in one header the later one comes first, so that the place of the earlier one stays true.
        argv[position] = argv[position][:start] + reference + argv[position][end:]
        return SetPart(path, start, end, reference), Keep("vault", name, finding.secret)
    called = place_name(finding) if finding.slot.context.name else "its key"
    return (
        f"the server takes {called} as an argument, where every process of this machine could read it: "
        "nothing would be won"
    )


def _is_passed_on(argv: list[str], position: int, image: str) -> bool:
    """Whether the word sets a variable of the container, and so stands before the image."""
    before_image = image not in argv or position < argv.index(image)
    return before_image and (argv[position].startswith("--env=") or argv[position - 1] in ("-e", "--env"))


def _without_empty(situation: Situation, operations: list[Operation]) -> list[Operation]:
    """A map that would be left empty is removed as a whole, unless comments would go with it."""
    removed: dict[Path, int] = {}
    for operation in operations:
        if isinstance(operation, Remove):
            holder = operation.key_path[:-1]
            removed[holder] = removed.get(holder, 0) + 1
    root = situation.examined.document.root
    empty = {
        holder
        for holder, count in removed.items()
        if (node := at(root, holder)) is not None and len(node.members) == count and not situation.commented(node)
    }
    kept = [op for op in operations if not (isinstance(op, Remove) and op.key_path[:-1] in empty)]
    return kept + [Remove(holder) for holder in sorted(empty, key=str)]
