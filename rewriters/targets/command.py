"""Where the command of a stdio entry stands, and how it is put behind `unsprawl run REF --`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unsprawl.rewriters.operations import Insert, Operation, SetValue
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, first, placed_body
from unsprawl.scanner.formats.node import Kind, Node, Path
from unsprawl.scanner.packages import is_line


class CommandPlace(NamedTuple):
    """The object that holds the command, with the key that names the program."""

    holder: Node
    path: Path
    key: str
    command: Node

    @property
    def args(self) -> tuple[str, Node] | None:
        """The key of the arguments and what stands there."""
        return first(self.holder, ARGS_KEYS)


def command_place(entry: Node, base: Path) -> CommandPlace | None:
    """Where the entry at `base` says what to start; None where it does not, in a way that is understood."""
    holder, path = placed_body(entry, base)
    found = first(holder, COMMAND_KEYS)
    if found is None:
        return None
    key, command = found
    if command.kind is Kind.OBJECT:  # older Zed: command: {path, args}
        program = command.get("path")
        return None if program is None else CommandPlace(command, (*path, key), "path", program)
    return CommandPlace(holder, path, key, command)


def not_wrapped(place: CommandPlace | None) -> tuple[str, str]:
    """Why nothing can be put before the command; ("", "") when it can."""
    if place is None:
        return "how it is started is not understood", "Give it `command` and `args`, then try again."
    args = place.args
    if place.command.kind is not Kind.ARRAY and args is not None and args[1].kind is not Kind.ARRAY:
        return f"`{args[0]}` is not a list", "Correct the entry, then try again."
    words = [place.command, *place.command.items, *(args[1].items if args else ())]
    if any(word.kind not in (Kind.STRING, Kind.NUMBER, Kind.ARRAY) for word in words):
        return "its command line holds something that is no text", "Write it as text, then try again."
    program = place.command.items[0] if place.command.items else place.command
    if is_line(program.text() or ""):
        return "its command is a whole line for a shell", "Write the program and its arguments apart, then try again."
    return "", ""


def wrap(place: CommandPlace, words: Sequence[str]) -> list[Operation]:
    """The operations that put `words` (at least two: a program and its arguments) before the command."""
    program, *before = words
    if place.command.kind is Kind.ARRAY:
        return [Insert((*place.path, place.key, 0), word) for word in reversed(words)]
    operations: list[Operation] = [SetValue((*place.path, place.key), program)]
    behind = [*before, place.command.text() or ""]
    args = place.args
    if args is None:
        return [*operations, Insert((*place.path, ARGS_KEYS[0]), [*behind])]
    return operations + [Insert((*place.path, args[0], 0), word) for word in reversed(behind)]
