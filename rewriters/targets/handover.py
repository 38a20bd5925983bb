"""How each value of a stdio entry leaves it, and how the server gets it when `unsprawl run` starts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from unsprawl.broker.fill import reference_place, value_place
from unsprawl.rewriters.operations import Operation, Remove, SetPart
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.scripts.handed import ELSEWHERE, Handed, Script, Unclear, names
from unsprawl.rewriters.scripts.posix import hand_over
from unsprawl.rewriters.scripts.windows import hand_over_cmd, hand_over_powershell
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.launcher import Launcher
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier, place_name
from unsprawl.scanner.approach import is_bridge_header
from unsprawl.scanner.arguments import arguments, assignment_of
from unsprawl.scanner.formats.node import Path, at
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.packages import CONTAINERS, is_assignment
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.shell import Shell

_SETTING = frozenset({"env", "cross-env", "cross-env-shell"})
"""Programs that set the variables which stand before the command they start."""
_LAUNCHES = frozenset({"npx", "-y", "--yes", "pnpm", "yarn", "bunx", "dlx", "exec", "cmd", "/c"})
"""What may stand before one of them without being more than its start."""
_SCRIPTS: dict[Shell, Callable[[Script], Handed]] = {
    Shell.POSIX: hand_over,
    Shell.CMD: hand_over_cmd,
    Shell.POWERSHELL: hand_over_powershell,
}
_HINT = "Use `--to reference` where the host expands references there."


class _Place(NamedTuple):
    """A part of a word of the command line."""

    path: Path
    position: int
    start: int
    end: int
    anew: bool
    """The whole line is written anew, so that no operation of its own is needed."""


class Handover:
    """Collects what moves, finding by finding; the later ones of a list or a text come first."""

    def __init__(self, situation: Situation, launcher: Launcher, shows: Callable[[Finding], bool]) -> None:
        """`shows`: whether the server may get that value, or what stands in for it, as an argument."""
        self._situation = situation
        self._launcher = launcher
        self._shows = shows
        self.argv = list(launcher.argv)
        """The command line as it is started afterwards."""
        self.operations: list[Operation] = []
        self.keeps: dict[str, Keep] = {}
        self.shown: list[str] = []
        """What the server still gets as an argument."""
        self._moved: dict[tuple[Path, int], int] = {}
        """Where in each value, or word of a line, the part begins that has moved already with all that it holds."""

    def add(self, finding: Finding) -> None:
        """Take one value out of the entry. Raises `Refused` where that cannot be done."""
        kind = finding.slot.context.kind
        assigned = self._launcher.assignment(finding)
        if assigned is not None:
            self._keep(assigned.name, Secret(assigned.value))
        elif kind is SlotKind.ENV:
            self._variable(finding)
        elif kind is SlotKind.ARG:
            self._word(finding)
        else:
            raise Refused(f"{place_name(finding)} is read by the host, not by the server", _HINT)

    def _keep(self, name: str, value: Secret) -> None:
        known = self.keeps.setdefault(name, Keep("vault", name, value))
        if known.secret != value:
            raise Refused(f"two values of this entry want the name {name}", "")

    def _remove(self, path: Path, position: int, gone: Path) -> None:
        """Remove what the value at `path` is, or is a part of."""
        self._moved[path, position] = 0
        self.operations.append(Remove(gone))

    def _variable(self, finding: Finding) -> None:
        """A variable of the entry: the whole pair goes, however it is written."""
        path, name = finding.slot.key_path, finding.slot.context.name
        if (path, 0) in self._moved:
            return
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
        self._remove(path, 0, gone)
        self._keep(name, Secret(value))

    def _word(self, finding: Finding) -> None:
        """A value on the command line."""
        word = self._place(finding)
        if word is None:
            return
        shell = _shell_of(self.argv, word.position)
        before = names(self.argv[: word.position])
        passes = before.isdisjoint(ELSEWHERE)
        direct = passes and before.isdisjoint(CONTAINERS)  # within a container there are other variables
        if shell is not None and direct:
            self._script(finding, shell, word)
        elif not (passes and (self._of_container(word) or (direct and self._of_setter(word)))):
            if direct and is_bridge_header(self.argv, word.position):
                name = self._name(finding, finding.secret)
                self._replace(word, word.start, word.end, self._reference(name))
                self._keep(name, finding.secret)
            else:
                self._argument(finding, word)

    def _place(self, finding: Finding) -> _Place | None:
        """Where the finding is in what is started; None when what holds it has moved already."""
        path, position = finding.slot.key_path, self._launcher.word_of(finding)
        start, end = self._situation.covers(finding)
        anew = self._launcher.rewrites(path)
        if anew:  # a word of a line, in which quotes and escapes are gone
            value = finding.secret.reveal()
            start = self.argv[position].find(value)
            end = start + len(value)
            if position == 0 or self.argv[position].count(value) != 1:
                if (path, position) in self._moved:
                    return None
                raise Refused(f"{place_name(finding)} is no plain word of its line", "Write the arguments apart.")
        moved = self._moved.get((path, position))
        return None if moved is not None and start >= moved else _Place(path, position, start, end, anew)

    def _replace(self, word: _Place, start: int, end: int, text: str) -> None:
        self._moved[word.path, word.position] = start
        if not word.anew:
            self.operations.append(SetPart(word.path, start, end, text))
        old = self.argv[word.position]
        self.argv[word.position] = old[:start] + text + old[end:]

    def _name(self, finding: Finding, value: Secret) -> str:
        return self._situation.names.claim(derived_name(finding, self._situation.found.entry.name), value)

    def _reference(self, name: str) -> str:
        """What the server or a shell replaces itself, spelled so that the host leaves it alone."""
        plain = f"${{{name}}}"
        return plain if self._situation.leaves(plain) else reference_place(name)

    def _of_container(self, place: _Place) -> bool:
        """`docker run -e NAME=value`: without a value docker passes on its own variable of that name."""
        before, word = self.argv[: place.position], self.argv[place.position]
        image = self._situation.found.entry.package
        if names(before).isdisjoint(CONTAINERS) or image in before:
            return False
        flag = next((sign for sign in ("--env=", "-e") if word.startswith(sign)), "")
        if not flag and before[-1] not in ("-e", "--env"):
            return False
        name, equals, value = word.removeprefix(flag).partition("=")
        if not equals or not is_identifier(name):
            return False
        self._replace(place, len(flag) + len(name), len(word), "")
        self._keep(name, Secret(value))
        return True

    def _of_setter(self, place: _Place) -> bool:
        """`env NAME=value server`: the word goes, since the program passes its own variables on."""
        name, equals, value = self.argv[place.position].partition("=")
        setter = place.position
        while setter and is_assignment(self.argv[setter]):
            setter -= 1
        if (
            not _LAUNCHES.issuperset(map(base_name, self.argv[:setter]))
            or place.anew
            or setter == place.position
            or not is_identifier(name)
            or base_name(self.argv[setter]) not in _SETTING
            or not equals
        ):
            return False
        self._remove(place.path, place.position, place.path)
        del self.argv[place.position]
        self._keep(name, Secret(value))
        return True

    def _script(self, finding: Finding, shell: Shell, place: _Place) -> None:
        """A word that a shell reads."""
        script = Script(self.argv[place.position], place.start, place.end, tuple(self.argv[: place.position]))
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
        self._replace(place, handed.start, handed.end, text)
        self._keep(name, handed.value)

    def _argument(self, finding: Finding, place: _Place) -> None:
        """A value that the server takes as an argument only."""
        self._show(finding)
        name = self._name(finding, finding.secret)
        self._replace(place, place.start, place.end, value_place(name))
        self._keep(name, finding.secret)

    def _show(self, finding: Finding) -> None:
        called = place_name(finding) if finding.slot.context.name else "its key"
        if not self._shows(finding):
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
    root, base = situation.examined.document.root, situation.found.entry.key_path
    removed: dict[Path, int] = {}
    for operation in operations:
        if isinstance(operation, Remove):
            holder = operation.key_path[:-1]
            removed[holder] = removed.get(holder, 0) + 1
    empty = {
        holder
        for holder, count in removed.items()
        if holder != base
        and (node := at(root, holder)) is not None
        and len(node.members) == count
        and not situation.commented(node)
    }
    if not empty:
        return operations
    kept = [op for op in operations if not (isinstance(op, Remove) and op.key_path[:-1] in empty)]
    return without_empty(situation, [*kept, *(Remove(holder) for holder in sorted(empty, key=str))])


def _shell_of(argv: list[str], position: int) -> Shell | None:
    """The shell that a word is a script for."""
    roles = {argument.role for argument in arguments(argv) if argument.word == position}
    return next((shell for shell in Shell if shell.value in roles), None)
