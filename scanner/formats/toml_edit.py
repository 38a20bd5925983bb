"""Replace and insert values of a TOML text in the spelling its tables have."""

from __future__ import annotations

import re

from unsprawl.scanner.formats.node import Edit, Path, Span, Value
from unsprawl.scanner.formats.sequence import line_indent, line_start
from unsprawl.scanner.formats.sequence_insert import insert
from unsprawl.scanner.formats.toml_places import comma_list, cut_sections, key_text, merge, tail, whole_lines
from unsprawl.scanner.formats.toml_remove import rewritten
from unsprawl.scanner.formats.toml_syntax import Inline, read
from unsprawl.scanner.formats.toml_tables import (
    ArrayOfTables,
    Form,
    List,
    Section,
    Table,
    build,
    find,
    span_of,
)
from unsprawl.scanner.formats.toml_write import Style, detect, equals_of, write, write_key, write_pair

_LEADING_COMMENTS = re.compile(r"(?:[ \t]*#[^\n]*\n)+[ \t]*\r?\n")


def replace_entry(text: str, path: Path, value: Value) -> tuple[Edit, ...]:
    """Write another value at `path`.

    Raises ValueError when nothing is there, and where the spelling has no place for such a value: a header table can
    only become another table, an array of tables or a table known from deeper headers nothing else.
    """
    statements = read(text)[0]
    root, style = build(statements), detect(text, statements)
    entry, parent = find(root, path), find(root, path[:-1])
    if not path or entry is None:
        raise ValueError("no value at this path")
    if isinstance(entry, Table) and entry.form is Form.DOTTED and not entry.sections and isinstance(parent, Table):
        pair, depth = entry.own[0][0], entry.own[0][1] - 1
        others = [pair for pair, _ in entry.own[1:]]
        new = style.equals + write(value, style)
        if isinstance(entry.home, Inline) and others:
            prefix = text[pair.span.start : pair.keys[depth].span.end]
            return (rewritten(text, entry.home, [pair, *others], prefix, new),)
        first = Edit(Span(pair.keys[depth].span.end, pair.span.end), new)
        return (first, *(Edit(span, "") for span in merge([whole_lines(text, other.span) for other in others])))
    if isinstance(entry, Table) and entry.form is Form.HEADER and isinstance(entry.home, Section):
        if not isinstance(value, dict) or not (header := entry.home.header):
            raise ValueError("a table with a header can only be replaced by a table")
        body = Span(tail(text, header.span.end), max(tail(text, header.span.end), tail(text, entry.home.end)))
        below = [section for section in entry.sections if section is not entry.home]
        return (Edit(body, _body(value, style, line_indent(text, header.span.start))), *cut_sections(text, below))
    if isinstance(entry, ArrayOfTables) or (isinstance(entry, Table) and entry.form is not Form.INLINE):
        raise ValueError("a table known from deeper headers cannot be replaced")
    return (Edit(span_of(entry), write(value, style)),)


def insert_entry(text: str, path: Path, value: Value) -> tuple[Edit, ...]:
    """Add a pair behind its table's own pairs, or an item before its position.

    Raises ValueError when the table or list is missing, the key exists, or TOML cannot say the value.
    """
    statements = read(text)[0]
    root, style = build(statements), detect(text, statements)
    parent = find(root, path[:-1]) if path else None
    step = path[-1] if path else ""
    if isinstance(step, int):
        if isinstance(parent, (List, ArrayOfTables)) and 0 <= step <= len(parent.items):
            if isinstance(parent, ArrayOfTables):
                return (_new_item(text, parent, step, value, style),)
            written = write(value, style)
            return insert(comma_list(text, parent.array), step, lambda *_: written, style.layout(style.array_pad))
        raise ValueError("no such position")
    if not path or not isinstance(parent, Table) or parent.get(step) is not None:
        raise ValueError("no table without this key")
    if parent.own:
        last, depth = parent.own[-1]
        style = Style(style.newline, equals_of(text, last), style.array_pad, style.inline_pad)
        prefix = text[last.span.start : last.keys[depth].span.start]
        line = prefix + write_pair(step, value, style)
    else:
        line = write_pair(step, value, style)
    if isinstance(parent.home, Inline):
        return insert(
            comma_list(text, parent.home), len(parent.home.pairs), lambda *_: line, style.layout(style.inline_pad)
        )
    if parent.form is Form.IMPLICIT:
        return (_new_section(text, parent, path, value, style),)
    if parent.own:
        return (_line_after(text, parent.own[-1][0].span, line, style),)
    if isinstance(parent.home, Section) and parent.home.header:
        return (_line_after(text, parent.home.header.span, line, style),)
    return (_first_of_all(text, line, style, bool(statements)),)


def _line_after(text: str, span: Span, line: str, style: Style) -> Edit:
    at = tail(text, span.end)
    return Edit(Span(at, at), style.newline + line_indent(text, span.start) + line)


def _first_of_all(text: str, line: str, style: Style, has_headers: bool) -> Edit:
    """The first pair of the root: before all headers, behind a comment that stands for the whole file."""
    if not has_headers:
        gap = "" if not text or text.endswith("\n") else style.newline
        return Edit(Span(len(text), len(text)), gap + line + style.newline)
    match = _LEADING_COMMENTS.match(text)
    at = match.end() if match else 0
    return Edit(Span(at, at), line + style.newline * 2)


def _new_section(text: str, table: Table, path: Path, value: Value, style: Style) -> Edit:
    """A header for a table that only deeper headers name, behind the last of these."""
    header, last = table.sections[0].header, table.sections[-1]
    if header is None:
        raise ValueError("no header names this table")
    key = key_text(text, header, sum(isinstance(step, str) for step in path[:-1]))
    name = str(path[-1])
    if isinstance(value, dict):
        new = f"[{key}.{write_key(name)}]" + _body(value, style, "")
    else:
        new = f"[{key}]" + _body({name: value}, style, "")
    at = tail(text, last.end)
    return Edit(Span(at, at), style.newline * 2 + new)


def _new_item(text: str, array: ArrayOfTables, index: int, value: Value, style: Style) -> Edit:
    header = array.sections[0].header
    if not isinstance(value, dict) or header is None:
        raise ValueError("an array of tables holds only tables")
    new = text[header.span.start : header.span.end] + _body(value, style, "")
    if index < len(array.items):
        at = line_start(text, span_of(array.items[index]).start)
        return Edit(Span(at, at), new + style.newline * 2)
    at = tail(text, array.sections[-1].end)
    return Edit(Span(at, at), style.newline * 2 + new)


def _body(value: dict[str, Value], style: Style, indent: str) -> str:
    return "".join(style.newline + indent + write_pair(key, part, style) for key, part in value.items())
