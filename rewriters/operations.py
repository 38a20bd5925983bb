"""Changes to a document as values, and what they do to its text and to its plain data. Pure.

The text is changed through the codec, one operation after the other, each on a fresh parse, so that no span is ever
stale. The plain data is changed apart from it; `apply` compares both and refuses when they disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.document import Document, editing_codec_for
from unsprawl.scanner.formats.node import Edit, EditingCodec, Kind, Node, Path, Span, Value, apply_edits, at


@dataclass(frozen=True, slots=True)
class SetPart:
    """Put `text` in place of characters start:end of the string at `key_path`."""

    key_path: Path
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """Put `value` in place of the whole value at `key_path`."""

    key_path: Path
    value: Value = field(repr=False)


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the pair or list item at `key_path`."""

    key_path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """Add a pair at the end of an object, or an item before a position of a list."""

    key_path: Path
    value: Value = field(repr=False)
    """Hidden: in an `inverse` it is the secret."""


@dataclass(frozen=True, slots=True)
class Append:
    """Add an item at the end of the list at `key_path`, making the list where there is none; not a second time."""

    key_path: Path
    item: Value = field(repr=False)


Operation: TypeAlias = SetPart | SetValue | Remove | Insert | Append


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new text, and the edits that lead back to the old one, last made first."""

    text: str
    reversal: tuple[tuple[Edit, ...], ...]

    def __repr__(self) -> str:  # the reversal holds the secrets
        return f"Rewritten({len(self.reversal)} edits back)"


def carry_out(
    codec: EditingCodec, text: str, operations: Sequence[Operation], wanted: Sequence[Path] | None = None
) -> Rewritten:
    """The text with all operations done. `wanted`: the key paths they are in, so that the rest may be skipped.

    Raises NotApplied when one does not fit the document.
    """
    reversal: list[tuple[Edit, ...]] = []
    for operation in operations:
        parsed = codec.parse(text, wanted)
        if parsed.root is None or parsed.flaws:
            raise NotApplied("the file would not be well-formed after the change", hint="Please report this as a bug.")
        try:
            edits = _edits(codec, text, parsed.root, operation)
            reversal.insert(0, _back(text, edits))
            text = apply_edits(text, edits)
        except (ValueError, KeyError, IndexError):
            raise NotApplied("the entry does not have the shape that was planned for") from None
    return Rewritten(text, tuple(reversal))


def misfit(document: Document, operations: Sequence[Operation]) -> str:
    """Why the operations cannot be done in this document, or "": what an alias repeats cannot be changed in one place.

    Only tried where the format has such things; what can be said at once need not wait until a file is to be written.
    """
    codec = editing_codec_for(document.codec.id)
    if codec is None or not codec.repeats:
        return ""
    try:
        after = codec.parse(carry_out(codec, document.text, operations).text)
    except NotApplied:
        return "a value of this entry cannot be changed where it stands: an anchor, a merge key or an odd spelling"
    if after.root is None or after.flaws or plain(after.root) != changed(plain(document.root), operations):
        return "a value of this entry is repeated elsewhere in the file by an alias"
    return ""


def take_back(text: str, reversal: Sequence[Sequence[Edit]]) -> str:
    """The text as it was before. Raises ValueError when the edits do not fit it."""
    for edits in reversal:
        text = apply_edits(text, edits)
    return text


def _edits(codec: EditingCodec, text: str, root: Node, operation: Operation) -> tuple[Edit, ...]:
    match operation:
        case SetPart(key_path, start, end, new):
            node = at(root, key_path)
            if node is None or node.kind is not Kind.STRING:
                raise KeyError(key_path)
            return codec.part_edits(text, root, key_path, start, end, new)
        case SetValue(key_path, value):
            return codec.replace_edits(text, root, key_path, value)
        case Remove(key_path):
            return codec.remove_edits(text, root, key_path)
        case Insert(key_path, value):
            return codec.insert_edits(text, root, key_path, value)
        case Append(key_path, item):
            node = at(root, key_path)
            if node is None:
                return codec.insert_edits(text, root, key_path, [item])
            if node.kind is not Kind.ARRAY:
                raise KeyError(key_path)
            if _is_there(item, [plain(known) for known in node.items]):
                return ()
            return codec.insert_edits(text, root, (*key_path, len(node.items)), item)
        case _:
            assert_never(operation)


def _back(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits that undo `edits`, with spans in the new text."""
    back, shift = [], 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        start = edit.span.start + shift
        back.append(Edit(Span(start, start + len(edit.text)), text[edit.span.start : edit.span.end]))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return tuple(back)


def plain(node: Node) -> Value:
    """The data of a tree. A key written twice counts once, as its last value, as hosts read it."""
    if node.kind is Kind.OBJECT:
        return {member.key: plain(member.value) for member in node.members}
    if node.kind is Kind.ARRAY:
        return [plain(item) for item in node.items]
    if node.value != node.value:
        return "NaN"  # which is not equal to itself, and would make every comparison fail
    return node.value


def changed(data: Value, operations: Sequence[Operation]) -> Value:
    """What the data must be after the operations. Raises NotApplied when one does not fit."""
    data = deepcopy(data)
    for operation in operations:
        try:
            _change(data, operation)
        except (KeyError, IndexError, TypeError):
            raise NotApplied("the entry does not have the shape that was planned for") from None
    return data


def _change(data: Any, operation: Operation) -> None:
    """Change plain data in place. A step that does not fit raises KeyError, IndexError or TypeError."""
    holder: Any = data
    for step in operation.key_path[:-1]:
        holder = holder[step]
    last: Any = operation.key_path[-1]
    match operation:
        case SetPart(_, start, end, new):
            old = holder[last]
            if not isinstance(old, str) or not 0 <= start <= end <= len(old):
                raise TypeError
            holder[last] = old[:start] + new + old[end:]
        case SetValue(_, value):
            holder[last]
            holder[last] = value
        case Remove():
            del holder[last]
        case Insert(_, value):
            _insert(holder, last, value)
        case Append(_, item):
            if isinstance(holder, dict):
                holder.setdefault(last, [])
            items = holder[last]
            if not isinstance(items, list):
                raise TypeError
            if not _is_there(item, items):
                items.append(deepcopy(item))
        case _:
            assert_never(operation)


def _is_there(item: Value, items: Sequence[Value]) -> bool:
    """Whether the list has the item. What has an `id`, such as a prompt, is the same when the `id` is."""
    wanted = item.get("id") if isinstance(item, dict) else None
    return item in items or (
        wanted is not None and any(isinstance(known, dict) and known.get("id") == wanted for known in items)
    )


def _insert(holder: Any, last: Any, value: Value) -> None:
    if isinstance(holder, dict) and last not in holder:
        holder[last] = value
    elif isinstance(holder, list) and isinstance(last, int) and 0 <= last <= len(holder):
        holder.insert(last, value)
    else:
        raise TypeError
