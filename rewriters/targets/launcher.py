"""The command of an entry in whatever shape its host gives to commands, and `unsprawl run … --` put before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import join, quote
from shlex import split as shell_words

from unsprawl.rewriters.operations import Append, Insert, Operation, SetValue
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.situation import Situation, is_identifier
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, body_at, first
from unsprawl.scanner.formats.node import Kind, Node, Path, Value
from unsprawl.scanner.model import Finding
from unsprawl.scanner.packages import is_line
from unsprawl.scanner.servers import word_of
from unsprawl.scanner.shell import commands
from unsprawl.scanner.view import View

_SPECIAL = frozenset("$`|&;<>()*?[]{}~#!\n")
"""What a shell reads as more than itself. In a line with one of them, what would be started cannot be told."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value` before the command of a shell line."""

    name: str
    value: str
    start: int
    end: int
    """Where its name begins and its value ends, quotes aside."""

    def __repr__(self) -> str:
        return f"Assignment({self.name})"


@dataclass(frozen=True, slots=True)
class Launcher:
    """What an entry starts, and where that is written."""

    path: Path
    """Of the program, of the list of program and arguments, or of the line."""
    args: Path
    """Of the list of arguments, whether it is there or not; of no use for a list or a line."""
    node: Node
    has_args: bool
    argv: tuple[str, ...]
    before_args: int
    """How many words of `argv` stand before those of the list of arguments."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where those words stand in a text that is taken apart."""
    quoted: bool = False
    """The host takes the program apart as a shell would."""
    line: bool = False
    """All of it is one line for a shell."""
    assignments: tuple[Assignment, ...] = ()

    def __repr__(self) -> str:  # the words may hold a secret
        return f"Launcher({self.path})"

    def assignment(self, finding: Finding) -> Assignment | None:
        """The assignment of the line that holds the finding."""
        at = _start(finding)
        held = (one for one in self.assignments if one.start <= at < one.end)
        return next(held, None) if self.rewrites(finding.slot.key_path) else None

    def word_of(self, finding: Finding) -> int:
        """Which word of `argv` holds the finding; 0, the program, for what is in no argument."""
        path = finding.slot.key_path
        if self.rewrites(path):
            at = _start(finding)
            return next((index for index, (start, end) in enumerate(self.spans) if start <= at < end), 0)
        return word_of(path) + self.before_args - 1 if path[:-1] == self.args else word_of(path)

    def rewrites(self, path: Path) -> bool:
        """Whether `wrapped` writes the text at a key path anew, so that nothing else needs to change it."""
        return path == self.path and self.node.kind is not Kind.ARRAY

    def wrapped(self, run: Sequence[str], argv: Sequence[str], gone: frozenset[str]) -> list[Operation]:
        """The operations that put `run`, our program with its words up to `--`, before the command. `argv`: what is
        started, without secrets; `gone`: assignments that are left out.
        """
        program, *ours = run
        if self.line:
            kept = [f"{one.name}={quote(one.value)}" for one in self.assignments if one.name not in gone]
            return [SetValue(self.path, " ".join([*kept, join([*run, *argv])]))]
        if self.node.kind is Kind.ARRAY:
            return [Insert((*self.path, 0), word) for word in reversed(run)]
        before: list[Value] = [*ours, *argv[: self.before_args]]
        operations: list[Operation] = [SetValue(self.path, quote(program) if self.quoted else program)]
        if not self.has_args:
            return [*operations, Insert(self.args, before)]
        return operations + [Insert((*self.args, 0), word) for word in reversed(before)]

    def appended(self, words: Sequence[str]) -> list[Operation]:
        """The operations that put further words behind the last argument. Raises `Refused` where there is no list."""
        if self.line or not words:
            return []  # `wrapped` writes the whole line
        if self.node.kind is not Kind.ARRAY and not self.has_args:
            raise Refused("its arguments stand in one text with the program", "Write them apart, then try again.")
        return [Append(self.path if self.node.kind is Kind.ARRAY else self.args, word) for word in words]


def _start(finding: Finding) -> int:
    return finding.slot.start + finding.literal.start


def launcher_of(situation: Situation) -> Launcher:
    """How the entry is started. Raises `Refused` where that cannot be told for sure."""
    entry, node = situation.found.entry, situation.found.server.node
    splits = {host.shape.words for host in situation.hosts}
    if node.text() is not None:  # an entry that is a plain string
        return _line(entry.key_path, node, "the entry")
    steps, holder = body_at(node)
    found = first(holder, COMMAND_KEYS)
    assert found is not None
    key, command = found
    base: Path = (*entry.key_path, *steps)
    if command.kind is Kind.OBJECT:  # older Zed
        base, holder, key = (*base, key), command, "path"
        command = holder.get(key) or command
    path = (*base, key)
    args = first(holder, ARGS_KEYS)
    if args is not None and args[1].kind is not Kind.ARRAY:
        raise Refused(f"`{args[0]}` is not a list", "Correct the entry, then try again.")
    place = (*base, args[0] if args else ARGS_KEYS[0])
    if command.kind is not Kind.ARRAY and "shell" in splits:
        if args is not None and args[1].items:
            raise Refused("its command is a line for a shell, with arguments beside it", "Write them into the line.")
        return _line(path, command, f"`{key}`")
    text = command.text() or ""
    if command.kind is not Kind.ARRAY and splits == {"split"}:
        words, found_at = _words(text, "`command`"), _spans(_views(text))
        argv, spans = (*words, *entry.command[1:]), found_at if len(found_at) == len(words) else ()
        return Launcher(path, place, command, args is not None, argv, len(words), spans, quoted=True)
    if is_line(entry.command[0]):
        raise Refused(
            f"`{key}` is a whole line, and how {situation.hosts[0].name} takes one apart is not known",
            "Write the program and its arguments apart, then try again.",
        )
    return Launcher(path, place, command, args is not None, entry.command, 0 if command.kind is Kind.ARRAY else 1)


def _words(text: str, what: str) -> list[str]:
    try:
        return shell_words(text)
    except ValueError:
        raise Refused(f"{what} has a quote that is never closed", "Correct the entry, then try again.") from None


def _views(text: str) -> list[View]:
    return next(commands(View.of(text)), [])


def _spans(words: Sequence[View]) -> tuple[tuple[int, int], ...]:
    return tuple(word.span(0, len(word.text)) for word in words)


def _line(path: Path, node: Node, what: str) -> Launcher:
    """A line for a shell: assignments, then one command and nothing that the shell would put in its place."""
    text = node.text() or ""
    words = _views(text)
    if _SPECIAL & set(text) or [word.text for word in words] != _words(text, what):
        raise Refused(f"{what} is a line for a shell, which does more than to start one program", "Put it in a script.")
    assignments = []
    for word in words:
        name, equals, value = word.text.partition("=")
        if not equals or not is_identifier(name):
            break
        assignments.append(Assignment(name, value, *word.span(0, len(word.text))))
    rest = words[len(assignments) :]
    if not rest:
        raise Refused(f"{what} starts no program", "Correct the entry, then try again.")
    argv = tuple(word.text for word in rest)
    return Launcher(path, path, node, False, argv, len(argv), _spans(rest), line=True, assignments=tuple(assignments))
