"""The tables that headers and pairs of a TOML text build, with what each is written by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import Kind, Member, Node, Path, Span
from unsprawl.scanner.formats.toml_syntax import Array, Header, Inline, Key, Pair, Scalar


class Form(StrEnum):
    """How a table comes to be."""

    ROOT = "root"
    HEADER = "header-table"
    IMPLICIT = "implicit"
    """Only named inside the headers of others."""
    DOTTED = "dotted"
    INLINE = "inline"


@dataclass(slots=True, repr=False, eq=False)
class Section:
    """A header with the pairs below it; the root's has none."""

    header: Header | None
    pairs: list[Pair] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.header.span.start if self.header else self.pairs[0].span.start if self.pairs else 0

    @property
    def end(self) -> int:
        """Behind the last pair, or the header."""
        return self.pairs[-1].span.end if self.pairs else self.header.span.end if self.header else 0


@dataclass(slots=True, repr=False, eq=False)
class Table:
    """One table, however written."""

    form: Form
    entries: list[tuple[Key, Entry]] = field(default_factory=list)
    names: dict[str, Entry] = field(default_factory=dict)
    home: Section | Inline | None = None
    """Where its pairs stand."""
    own: list[tuple[Pair, int]] = field(default_factory=list)
    """Pairs that write into it, each with the position of the key that is this table's."""
    sections: list[Section] = field(default_factory=list)
    """Sections that lie in it or below."""

    def get(self, name: str) -> Entry | None:
        """The last entry of that name."""
        return self.names.get(name)

    def add(self, key: Key, entry: Entry) -> None:
        """Take another entry, even of a name that is there."""
        self.entries.append((key, entry))
        self.names[key.name] = entry


@dataclass(slots=True, repr=False, eq=False)
class ArrayOfTables:
    """`[[key]]`, each time another table."""

    items: list[Table] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


@dataclass(slots=True, repr=False, eq=False)
class List:
    """An array in brackets."""

    array: Array
    items: list[Entry] = field(default_factory=list)


Entry: TypeAlias = Table | ArrayOfTables | List | Scalar


def build(statements: list[Header | Pair]) -> Table:
    """The root table. Text that TOML forbids (a key twice, a table extended) is put together as well as it goes."""
    root = Table(Form.ROOT, home=Section(None))
    table = root
    for statement in statements:
        if isinstance(statement, Header):
            table = _enter(root, statement)
        elif isinstance(table.home, Section):
            table.home.pairs.append(statement)
            _assign(table, statement, table.home)
    return root


def _enter(root: Table, header: Header) -> Table:
    section = Section(header)
    table = root
    for key in header.keys[:-1]:
        if isinstance(through := table.get(key.name), ArrayOfTables):
            through.sections.append(section)
        table = _child(table, key, Form.IMPLICIT)
        table.sections.append(section)
    key = header.keys[-1]
    if header.is_array:
        array = table.get(key.name)
        if not isinstance(array, ArrayOfTables):
            array = ArrayOfTables()
            table.add(key, array)
        array.sections.append(section)
        table = Table(Form.HEADER)
        array.items.append(table)
    else:
        found = table.get(key.name)
        if isinstance(found, Table) and found.form is Form.IMPLICIT:
            table = found
        else:
            table.add(key, found := Table(Form.HEADER))
            table = found
        table.form = Form.HEADER
    table.home = section
    table.sections.append(section)
    return table


def _child(table: Table, key: Key, form: Form) -> Table:
    found = table.get(key.name)
    if isinstance(found, ArrayOfTables):
        found = found.items[-1]
    if not isinstance(found, Table):
        found = Table(form)
        table.add(key, found)
    return found


def _assign(table: Table, pair: Pair, home: Section | Inline) -> None:
    table.own.append((pair, 0))
    for depth, key in enumerate(pair.keys[:-1], 1):
        table = _child(table, key, Form.DOTTED)
        if table.home is None:
            table.home = home
        table.own.append((pair, depth))
    table.add(pair.keys[-1], _entry(pair.value))


def _entry(value: Scalar | Array | Inline) -> Entry:
    if isinstance(value, Array):
        return List(value, [_entry(item) for item in value.items])
    if isinstance(value, Inline):
        table = Table(Form.INLINE, home=value)
        for pair in value.pairs:
            _assign(table, pair, value)
        return table
    return value


def find(root: Table, path: Path) -> Entry | None:
    """What stands at a path."""
    entry: Entry | None = root
    for step in path:
        if isinstance(step, str):
            entry = entry.get(step) if isinstance(entry, Table) else None
        elif isinstance(entry, (List, ArrayOfTables)) and 0 <= step < len(entry.items):
            entry = entry.items[step]
        else:
            return None
    return entry


def span_of(entry: Entry) -> Span:
    """The place of an entry: its literal, or from its first to its last line (others may lie between)."""
    match entry:
        case Scalar():
            return entry.span
        case List():
            return entry.array.span
        case ArrayOfTables():
            return Span(span_of(entry.items[0]).start, span_of(entry.items[-1]).end)
        case Table(home=Inline() as inline) if entry.form is Form.INLINE:
            return inline.span
        case Table(home=Section() as section) if entry.form in (Form.HEADER, Form.ROOT):
            return Span(section.start, section.end)
        case Table(own=[(first, _), *_]):
            return Span(first.span.start, entry.own[-1][0].span.end)
    header = entry.sections[0].header if entry.sections else None
    return header.span if header else Span(0, 0)


def freeze(entry: Entry, depth: int = 0) -> Node:
    """The node of an entry; what is nested too deeply becomes OPAQUE."""
    span = span_of(entry)
    if isinstance(entry, Scalar):
        return Node(entry.kind, span, entry.value)
    if depth >= MAX_DEPTH:
        return Node(Kind.OPAQUE, span)
    if isinstance(entry, Table):
        members = [Member(key.name, key.span, freeze(value, depth + 1)) for key, value in entry.entries]
        return Node(Kind.OBJECT, span, members=tuple(members), form=entry.form.value)
    form = "array" if isinstance(entry, List) else "array-of-tables"
    items = [freeze(item, depth + 1) for item in entry.items]
    return Node(Kind.ARRAY, span, items=tuple(items), form=form)
