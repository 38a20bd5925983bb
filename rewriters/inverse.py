"""The way back by data: operations that undo operations, for a file that has changed elsewhere since.

The exact way back (the old text) needs the very text that a migration left. Hosts write into their own files, so for
those the changed keys are put back one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from unsprawl.rewriters.operations import Append, Insert, Operation, Remove, SetPart, SetValue, changed
from unsprawl.scanner.formats.node import Path, Value


def inverse(data: Value, operations: Sequence[Operation], bases: Sequence[Path]) -> tuple[Operation, ...]:
    """What takes `operations` on `data` back, as far as they are below one of `bases` (the entries), last one first."""
    back: list[Operation] = []
    for operation in operations:
        path = operation.key_path
        if any(path[: len(base)] == base for base in bases):
            match operation:
                case Insert():
                    back.insert(0, Remove(path))
                case Remove():
                    back.insert(0, Insert(path, value_at(data, path)))
                case Append():
                    back[:0] = _without(data, operation)
                case SetPart() | SetValue():
                    back.insert(0, SetValue(path, value_at(data, path)))
        data = changed(data, [operation])
    return tuple(back)


def _without(data: Value, operation: Append) -> list[Operation]:
    """What takes an appended item away; nothing when it was there before."""
    try:
        items = value_at(data, operation.key_path)
    except (KeyError, IndexError, TypeError):
        return [Remove(operation.key_path)]
    assert isinstance(items, list)
    grown = value_at(changed(data, [operation]), operation.key_path)
    return [] if grown == items else [Remove((*operation.key_path, len(items)))]


def value_at(data: Value, path: Path) -> Value:
    """The value at a path. Raises KeyError, IndexError or TypeError where there is none."""
    found: Any = data
    for step in path:
        found = found[step]
    return cast(Value, found)


def to_json(operations: Sequence[Operation]) -> list[Any]:
    """The operations as plain data. As secret as the values in them."""
    return [[type(each).__name__, list(each.key_path), getattr(each, "value", None)] for each in operations]


def from_json(data: Sequence[Any]) -> tuple[Operation, ...]:
    """The operations again. Raises KeyError for a kind that `inverse` does not make."""
    made: list[Operation] = []
    for kind, path, value in data:
        match kind:
            case "Insert":
                made.append(Insert(tuple(path), value))
            case "Remove":
                made.append(Remove(tuple(path)))
            case "SetValue":
                made.append(SetValue(tuple(path), value))
            case _:
                raise KeyError(kind)
    return tuple(made)
