"""What a step changes, line by line, without any text of the file that the step does not touch.

A diff of the file would show its neighbours: comments, values that no rule knows, or all of a file that is one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from unsprawl.rewriters.operations import Append, Insert, Remove, SetPart, SetValue, plain
from unsprawl.rewriters.plan import EntryStep, FilePlan
from unsprawl.scanner.formats.node import Node, Path, Value, at
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import MASK


class Change(NamedTuple):
    """One line: a sign (`-` or `+`), the field as the entry names it, and its value."""

    sign: str
    field: str
    pieces: tuple[str, ...]
    """The value, cut wherever a change begins or ends: what stays and what changes are pieces of their own. Each may
    be shortened by itself; the beginning and the end of a piece are next to a change.
    """

    @property
    def line(self) -> str:
        """The whole of it. Foreign text: redact it before it is shown."""
        return f"{self.sign} {self.field}: {''.join(self.pieces)}"


def changes(file: FilePlan, step: EntryStep) -> Iterator[Change]:
    """The lines of one step; removed values are masked."""
    root = file.examined.document.root
    base = step.found.entry.key_path
    shown: set[Path] = set()
    for operation in step.operations:
        path = operation.key_path
        name = _name(path, base)
        match operation:
            case SetPart() if path not in shown:
                shown.add(path)
                parts = [op for op in step.operations if isinstance(op, SetPart) and op.key_path == path]
                yield Change("-", name, _with(root, path, parts, masked=True))
                yield Change("+", name, _with(root, path, parts, masked=False))
            case SetValue(_, value):
                node = at(root, path)
                if node is not None and plain(node) == value:
                    continue  # written anew as it was
                yield Change("-", name, (_spelled(plain(node)) if node else MASK,))
                yield Change("+", name, (_spelled(value),))
            case Remove():
                for inner in _leaves(at(root, path), name):
                    yield Change("-", inner, (MASK,))
            case Insert() if isinstance(path[-1], int) and path[:-1] not in shown:
                shown.add(path[:-1])
                at_front, words = _put_in(step, path[:-1])
                before = () if at_front else ("... ",)
                yield Change("+", _name(path[:-1], base), (*before, " ".join(words), " ..."))
            case Insert(_, value) if not isinstance(path[-1], int):
                yield Change("+", name, (_spelled(value),))
            case Append(_, item):
                yield Change("+", name, (_spelled(item),))
            case _:
                continue


def _name(path: Path, base: Path) -> str:
    """The field within the entry; with a leading `/` for what stands beside it."""
    if path[: len(base)] == base and len(path) > len(base):
        return ".".join(map(str, path[len(base) :]))
    return "/" + "/".join(map(str, path))


def _with(root: Node, path: Path, parts: list[SetPart], *, masked: bool) -> tuple[str, ...]:
    """The string at `path` with its parts replaced, in pieces."""
    node = at(root, path)
    text = (node.text() if node else None) or ""
    pieces, end = ['"'], 0
    for part in sorted(parts, key=lambda part: part.start):
        pieces += [_inner(text[end : part.start]), _inner(MASK if masked else part.text)]
        end = part.end
    return (*pieces, _inner(text[end:]), '"')


def _inner(text: str) -> str:
    """A piece of a string as JSON spells it."""
    return _spelled(text)[1:-1]


def _put_in(step: EntryStep, path: Path) -> tuple[bool, list[str]]:
    """What is put into a list, in the order in which it will stand there, and whether that is in front of all."""
    put = [
        (last, str(operation.value))
        for operation in step.operations
        if isinstance(operation, Insert) and operation.key_path[:-1] == path
        for last in operation.key_path[-1:]
        if isinstance(last, int)
    ]
    first = min(last for last, _ in put)
    words: list[str] = []
    for last, word in put:
        words.insert(last - first, word)
    return first == 0, words


def _leaves(node: Node | None, name: str) -> list[str]:
    if node is None or not node.members:
        return [name]
    return [leaf for member in node.members for leaf in _leaves(member.value, f"{name}.{member.key}")]


def _spelled(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
