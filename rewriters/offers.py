"""What can be put back of an entry that somebody changed since its migration: field by field, and never by a guess.

A field is put back while it stands as the migration left it. What only works together (a command, its arguments and the
variables that it is given; a header and the key that names its variable) goes back together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from unsprawl.rewriters.inverse import from_json, value_at
from unsprawl.rewriters.journal import EntryNote, FileNote
from unsprawl.rewriters.operations import Insert, Operation, Remove, SetValue, changed
from unsprawl.rewriters.standing import Kept
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.node import Path, Value, pointer
from unsprawl.scanner.record import NamedTuple

_MISSING = object()
_IDENTITY = ("name", "id")
"""What tells one entry of a list from the others."""


class Offer(NamedTuple):
    """What of one entry can be put back."""

    file: str
    entry: EntryNote
    as_left: bool
    """Nothing of the entry was changed since."""
    fields: tuple[str, ...]
    """What would be put back of an entry that was changed, as the entry names it."""
    differing: tuple[str, ...]
    """What was changed since, and stays."""
    operations: tuple[Operation, ...]
    missing: bool = False
    """There is no such entry any more."""

    @property
    def whole(self) -> bool:
        """Whether nothing that the migration did to the entry would be left."""
        return not self.differing and not self.missing

    def __repr__(self) -> str:  # the operations hold the secrets
        return f"Offer({self.entry.entry})"


def offers(note: FileNote, now: Value, kept: Kept) -> tuple[Offer, ...]:
    """One for each entry that is not put back yet. `now`: the file's data."""
    left = {pointer(tuple(path)): (tuple(path), value) for path, value in kept["entries"]}
    operations = from_json(kept["operations"])
    return tuple(_offer(note, each, *left[each.pointer], now, operations) for each in note.entries if not each.put_back)


def _offer(
    note: FileNote, entry: EntryNote, base: Path, after: Value, now: Value, operations: Sequence[Operation]
) -> Offer:
    own = [each for each in operations if each.key_path[: len(base)] == base]
    current = _get(now, base)
    if current == after:
        return Offer(note.path, entry, True, (), (), tuple(own))
    if current is _MISSING or not isinstance(current, dict) or not _same_one(base, after, current):
        return Offer(note.path, entry, False, (), (), (), missing=True)
    units: list[list[_Part]] = [[]]
    for field in _fields(own, base):
        parts = [each for each in own if each.key_path[: len(base) + len(field)] == (*base, *field)]
        part = _part(field, [replace(each, key_path=each.key_path[len(base) :]) for each in parts], after, current)
        alone = entry.ref is None and entry.target != OAuth.id and all(isinstance(each, SetValue) for each in parts)
        units.append([part]) if alone else units[0].append(part)
    fields: list[str] = []
    differing: list[str] = []
    todo: list[Operation] = []
    for unit in filter(None, units):
        bad = [part for part in unit if part.operations is None]
        if bad:
            # With a part of it gone the others mean something else now.
            differing += [part.name for part in bad]
            continue
        for part in unit:
            done = part.operations or ()
            fields += part.fields if done else ()
            todo += [replace(each, key_path=(*base, *each.key_path)) for each in done]
    # What was changed last goes back first; people read it the other way round.
    return Offer(note.path, entry, False, tuple(reversed(fields)), tuple(reversed(differing)), tuple(todo))


class _Part(NamedTuple):
    """One field of an entry."""

    name: str
    fields: tuple[str, ...]
    operations: tuple[Operation, ...] | None
    """What puts it back, nothing if it is back already; None where it was changed since."""


def _fields(operations: Sequence[Operation], base: Path) -> list[Path]:
    """The fields that operations touch, in order: a list counts as one, and so does what is inside another one."""
    found: list[Path] = []
    for each in operations:
        path = each.key_path[len(base) :]
        cut = next((number for number, step in enumerate(path) if isinstance(step, int)), len(path))
        found.append(path[:cut])
    tops = [field for field in found if not any(field != other and field[: len(other)] == other for other in found)]
    return list(dict.fromkeys(tops))


def _part(field: Path, operations: Sequence[Operation], after: Value, current: Value) -> _Part:
    name = _name(field)
    was, is_ = _get(after, field), _get(current, field)
    try:
        before = _get(changed(after, operations), field)
    except NotApplied:
        return _Part(name, (), None)
    if is_ == was and (was is not _MISSING or isinstance(_get(current, field[:-1]), dict)):
        pairs = [_name((*field, key)) for key in before] if was is _MISSING and isinstance(before, dict) else [name]
        return _Part(name, tuple(pairs), tuple(operations))
    if is_ == before:
        return _Part(name, (), ())
    if isinstance(was, list) and isinstance(is_, list):
        touched = _touched(field, operations, len(was))
        fits = touched is not None and all(place < len(is_) and is_[place] == was[place] for place in touched)
        return _Part(name, (name,), tuple(operations) if fits else None)
    if was is _MISSING and isinstance(before, dict) and isinstance(is_, dict):
        return _merged(field, before, is_)
    return _Part(name, (), None)


def _merged(field: Path, before: dict[str, Value], current: dict[str, Value]) -> _Part:
    """A map that the migration removed, and that somebody made anew: its pairs go in where their keys are free."""
    if any(key in current and current[key] != value for key, value in before.items()):
        return _Part(_name(field), (), None)
    free = [key for key in before if key not in current]
    inserts = tuple(Insert((*field, key), before[key]) for key in free)
    return _Part(_name(field), tuple(_name((*field, key)) for key in free), inserts)


def _touched(field: Path, operations: Sequence[Operation], length: int) -> set[int] | None:
    """The places of a list that operations change or stand beside; None where that cannot be told."""
    items: list[int | None] = list(range(length))
    touched: set[int | None] = set()
    for each in operations:
        if len(each.key_path) <= len(field):
            return None  # the list as a whole
        place = cast(int, each.key_path[len(field)])
        match each:
            case Remove() if len(each.key_path) == len(field) + 1:
                touched.add(items.pop(place))
            case Insert() if len(each.key_path) == len(field) + 1:
                touched.update(items[max(place - 1, 0) : place + 1])
                items.insert(place, None)
            case _:
                touched.add(items[place])
    return {place for place in touched if place is not None}


def _same_one(base: Path, after: Value, current: dict[str, Value]) -> bool:
    """Whether it is the entry that was migrated: in a list another one may have moved to its place."""
    if not any(isinstance(step, int) for step in base):
        return True
    names = [(key, after[key]) for key in _IDENTITY if isinstance(after, dict) and key in after]
    return bool(names) and all(current.get(key) == value for key, value in names)


def _get(data: Any, path: Path) -> Any:
    try:
        return value_at(data, path)
    except (KeyError, IndexError, TypeError):
        return _MISSING


def _name(field: Path) -> str:
    return ".".join(map(str, field))


def told(offer: Offer) -> Iterator[str]:
    """What an offer is about, for people: what would be put back, and what stays."""
    if offer.fields:
        yield f"can be put back: {', '.join(offer.fields)}"
    if offer.differing:
        yield f"was changed since, and stays: {', '.join(offer.differing)}"
