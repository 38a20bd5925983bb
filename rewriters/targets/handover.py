"""How each value of a stdio entry leaves it, and how the server gets it when `unsprawl run` starts it."""

from __future__ import annotations

from collections.abc import Callable

from unsprawl.broker.fill import reference_place, value_place
from unsprawl.rewriters.operations import Operation, Remove, SetPart
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.scripts.handed import Handed, Script, Unclear
from unsprawl.rewriters.scripts.posix import hand_over
from unsprawl.rewriters.scripts.windows import hand_over_cmd, hand_over_powershell
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.launcher import Launcher
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier, place_name
from unsprawl.scanner.approach import is_bridge_header
from unsprawl.scanner.arguments import arguments, assignment_of
from unsprawl.scanner.formats.node import Path, at
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.packages import CONTAINERS
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.shell import Shell

_SETTING = frozenset({"env", "cross-env", "cross-env-shell"})
"""Programs that set the variables which stand before the command they start."""
_ELSEWHERE = frozenset({"sudo", "doas", "su", "ssh", "plink", "wsl"})
"""What they start does not get the variables of whoever starts them."""
_SCRIPTS: dict[Shell, Callable[[Script], Handed]] = {
    Shell.POSIX: hand_over,
    Shell.CMD: hand_over_cmd,
    Shell.POWERSHELL: hand_over_powershell,
}
_HINT = "Use `--to reference` where the host expands references there."


class Handover:
    """Collects what moves, finding by finding; the later ones of a list or a text come first."""

    def __init__(self, situation: Situation, launcher: Launcher, *, in_arguments: bool) -> None:
        self._situation = situation
        self._launcher = launcher
        self._in_arguments = in_arguments
        self.argv = list(launcher.argv)
        """The command line as it is started afterwards."""
        self.operations: list[Operation] = []
        self.keeps: dict[str, Keep] = {}
        self.shown: list[str] = []
        """What the server still gets as an argument."""
        self._moved: dict[Path, int] = {}
        """Where in each value the part begins that has moved already, with all that it holds."""

    def add(self, finding: Finding) -> None:
        """Take one value out of the entry. Raises `Refused` where that cannot be done."""
        kind = finding.slot.context.kind
        moved = self._moved.get(finding.slot.key_path)
        if moved is not None and self._situation.covers(finding)[0] >= moved:
            return
        assigned = self._launcher.assignment(finding)
        if assigned is not None:
            self._keep(assigned.name, Secret(assigned.value))
        elif kind is SlotKind.ENV:
            self._variable(finding)
        elif kind is SlotKind.ARG and (isinstance(finding.slot.key_path[-1], int) or self._in_line(finding)):
            self._word(finding)
        elif kind is SlotKind.ARG:
            self._show(finding)
            raise Refused(f"{place_name(finding)} is part of a line for a shell", "Write the arguments apart.")
        else:
            raise Refused(f"{place_name(finding)} is read by the host, not by the server", _HINT)

    def _keep(self, name: str, value: Secret) -> None:
        known = self.keeps.setdefault(name, Keep("vault", name, value))
        if known.secret != value:
            raise Refused(f"two values of this entry want the name {name}", "")

    def _remove(self, path: Path, gone: Path) -> None:
        """Remove what the value at `path` is, or is a part of."""
        self._moved[path] = 0
        self.operations.append(Remove(gone))

    def _variable(self, finding: Finding) -> None:
        """A variable of the entry: the whole pair goes, however it is written."""
        path, name = finding.slot.key_path, finding.slot.context.name
        whole = self._situation.whole(finding)
        if path[-1] == name:
            gone, value = path, whole
        elif isinstance(path[-1], int):  # `NAME=value` in a list
            match = assignment_of("-e", whole)
            if match is None or match[1] != name:
                raise Refused(f"{place_name(finding)} stands with others in one text", "Write them apart.")
            gone, value = path, match[2]
        elif str(path[-1]).lower() == "value" and isinstance(path[-2], int):  # {name, value}
            gone, value = path[:-1], whole
        else:
            raise Refused(f"how {place_name(finding)} is written is not understood", "Write it as `NAME: value`.")
        if not is_identifier(name):
            raise Refused(f"`{name}` is not a variable's name that can be handed over", _HINT)
        self._remove(path, gone)
        self._keep(name, Secret(value))

    def _word(self, finding: Finding) -> None:
        """A value on the command line."""
        path = finding.slot.key_path
        position = self._launcher.word_of(finding)
        shell = _shell_of(self.argv, position)
        passes = not any(base_name(word) in _ELSEWHERE for word in self.argv[:position])
        if shell is not None and passes:
            self._script(finding, shell, position)
        elif not (passes and (self._of_container(path, position) or self._of_setter(path, position))):
            start, end = self._place(finding, position)
            if is_bridge_header(self.argv, position):
                name = self._name(finding, finding.secret)
                self._replace(path, position, start, end, self._reference(name))
                self._keep(name, finding.secret)
            else:
                self._argument(finding, position, start, end)

    def _in_line(self, finding: Finding) -> bool:
        """Whether the finding is in a word of a line that is taken apart and written anew."""
        return self._launcher.rewrites(finding.slot.key_path) and bool(self._launcher.spans)

    def _place(self, finding: Finding, position: int) -> tuple[int, int]:
        """Where the finding is within its word: in a line there may be quotes around it."""
        if not self._launcher.rewrites(finding.slot.key_path):
            return self._situation.covers(finding)
        start = self.argv[position].find(finding.secret.reveal())
        if start < 0:
            raise Refused(f"{place_name(finding)} is written with escapes", "Write the arguments apart.")
        return start, start + finding.literal.end - finding.literal.start

    def _replace(self, path: Path, position: int, start: int, end: int, text: str) -> None:
        rewritten = self._launcher.rewrites(path)
        self._moved[path] = start + (self._launcher.spans[position][0] if rewritten else 0)
        if not rewritten:
            self.operations.append(SetPart(path, start, end, text))
        self.argv[position] = self.argv[position][:start] + text + self.argv[position][end:]

    def _name(self, finding: Finding, value: Secret) -> str:
        return self._situation.names.claim(derived_name(finding, self._situation.found.entry.name), value)

    def _reference(self, name: str) -> str:
        """What the server or a shell replaces itself, spelled so that the host leaves it alone."""
        plain = f"${{{name}}}"
        return plain if self._situation.leaves(plain) else reference_place(name)

    def _of_container(self, path: Path, position: int) -> bool:
        """`docker run -e NAME=value`: without a value docker passes on its own variable of that name."""
        before, word = self.argv[:position], self.argv[position]
        image = self._situation.found.entry.package
        if not any(base_name(each) in CONTAINERS for each in before) or image in before:
            return False
        flag = next((sign for sign in ("--env=", "-e") if word.startswith(sign)), "")
        if not flag and before[-1] not in ("-e", "--env"):
            return False
        name, equals, value = word.removeprefix(flag).partition("=")
        if not equals or not is_identifier(name):
            return False
        self._replace(path, position, len(flag) + len(name), len(word), "")
        self._keep(name, Secret(value))
        return True

    def _of_setter(self, path: Path, position: int) -> bool:
        """`env NAME=value server`: the word goes, since the program passes its own variables on."""
        name, equals, value = self.argv[position].partition("=")
        at_ = position
        while at_ and "=" in self.argv[at_] and is_identifier(self.argv[at_].partition("=")[0]):
            at_ -= 1
        if at_ == position or base_name(self.argv[at_]) not in _SETTING or not equals:
            return False
        if not self._launcher.rewrites(path):
            self._remove(path, path)
        del self.argv[position]
        self._keep(name, Secret(value))
        return True

    def _script(self, finding: Finding, shell: Shell, position: int) -> None:
        """A word that a shell reads."""
        start, end = self._place(finding, position)
        script = Script(self.argv[position], start, end, tuple(self.argv[:position]))
        try:
            handed = _SCRIPTS[shell](script)
        except Unclear as unclear:
            raise Refused(
                f"{place_name(finding)} is in a script, and nobody can tell what taking it out does: {unclear}",
                "Put the key into `env`, where the host's format has it, then try again.",
            ) from None
        if handed.in_arguments:
            self._show(finding)
        name = handed.variable or self._name(finding, handed.value)
        text = ""
        if handed.expands:
            reference = f"$env:{name}" if handed.expands == "powershell" else self._reference(name)
            text = handed.before + reference + handed.after
        self._replace(finding.slot.key_path, position, handed.start, handed.end, text)
        self._keep(name, handed.value)

    def _argument(self, finding: Finding, position: int, start: int, end: int) -> None:
        """A value that the server takes as an argument only."""
        self._show(finding)
        name = self._name(finding, finding.secret)
        self._replace(finding.slot.key_path, position, start, end, value_place(name))
        self._keep(name, finding.secret)

    def _show(self, finding: Finding) -> None:
        called = place_name(finding) if finding.slot.context.name else "its key"
        if not self._in_arguments:
            raise Refused(
                f"the server takes {called} as an argument, where every process of this machine could read it: "
                "nothing would be won",
                _HINT,
            )
        self.shown.append(called)


def in_order(findings: tuple[Finding, ...]) -> list[Finding]:
    """The later ones first, so that the places of the earlier ones stay true."""

    def place(finding: Finding) -> tuple[list[tuple[int, str]], int]:
        steps = [(step, "") if isinstance(step, int) else (-1, step) for step in finding.slot.key_path]
        return steps, finding.slot.start + finding.literal.start

    return sorted(findings, key=place, reverse=True)


def without_empty(situation: Situation, operations: list[Operation]) -> list[Operation]:
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


def _shell_of(argv: list[str], position: int) -> Shell | None:
    """The shell that a word is a script for."""
    roles = {argument.role for argument in arguments(argv) if argument.word == position}
    return next((shell for shell in Shell if shell.value in roles), None)
