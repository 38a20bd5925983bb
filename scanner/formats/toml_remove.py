"""Remove pairs, items and tables of a TOML text; a table that loses its last pair stays, empty."""

from __future__ import annotations

from unsprawl.scanner.formats.node import Edit, Path, Span
from unsprawl.scanner.formats.sequence_remove import remove
from unsprawl.scanner.formats.toml_places import comma_list, cut_sections, key_text, merge, whole_lines
from unsprawl.scanner.formats.toml_syntax import Inline, Pair, read
from unsprawl.scanner.formats.toml_tables import ArrayOfTables, Form, List, Table, build, find
from unsprawl.scanner.formats.toml_write import detect


def remove_entry(text: str, path: Path) -> tuple[Edit, ...]:
    """Take out what stands at `path`, with all below it.

    Raises ValueError when nothing is there, and for the only item of an array of tables: TOML has no empty one.
    """
    statements = read(text)[0]
    root = build(statements)
    entry, parent = find(root, path), find(root, path[:-1])
    if not path or entry is None:
        raise ValueError("no value at this path")
    step = path[-1]
    if isinstance(parent, List) and isinstance(step, int):
        return remove(comma_list(text, parent.array), step)
    if isinstance(parent, ArrayOfTables) and isinstance(entry, Table):
        if len(parent.items) == 1:
            raise ValueError("the only item of an array of tables cannot be removed")
        return tuple(cut_sections(text, entry.sections))
    if not isinstance(parent, Table):
        raise ValueError("no value at this path")
    sections = entry.sections if isinstance(entry, (Table, ArrayOfTables)) else []
    pairs = [pair for pair, depth in parent.own if pair.keys[depth].name == step]
    bare = len(parent.own) == len(pairs) and len(parent.sections) == len(sections)
    empty = detect(text, statements).equals + "{}" if bare and parent.form is Form.DOTTED else ""
    depth = parent.own[0][1] if parent.own else 0
    if isinstance(parent.home, Inline):
        return _from_inline(text, parent.home, pairs, depth, empty)
    keep = ""
    if bare and parent.form is Form.IMPLICIT and sections and (header := sections[0].header):
        keep = f"[{key_text(text, header, sum(isinstance(step, str) for step in path[:-1]))}]"
    edits = cut_sections(text, sections, keep)
    if empty and pairs:
        edits.append(_emptied(pairs.pop(0), depth, empty))
    edits += [Edit(span, "") for span in merge([whole_lines(text, pair.span) for pair in pairs])]
    return tuple(sorted(edits))


def _emptied(pair: Pair, depth: int, empty: str) -> Edit:
    """`a.b.c = 1` becomes `a.b = {}`."""
    return Edit(Span(pair.keys[depth - 1].span.end, pair.span.end), empty)


def _from_inline(text: str, inline: Inline, pairs: list[Pair], depth: int, empty: str) -> tuple[Edit, ...]:
    if len(pairs) == 1:
        if empty:
            return (_emptied(pairs[0], depth, empty),)
        return remove(comma_list(text, inline), inline.pairs.index(pairs[0]))
    return (rewritten(text, inline, pairs, text[pairs[0].span.start : pairs[0].keys[depth - 1].span.end], empty),)


def rewritten(text: str, inline: Inline, gone: list[Pair], prefix: str, rest: str) -> Edit:
    """The inline table without some of its pairs, and with `prefix` + `rest` for them unless that is empty."""
    parts = [text[pair.span.start : pair.span.end] for pair in inline.pairs if pair not in gone]
    if rest:
        parts.append(prefix + rest)
    return Edit(inline.span, "{ " + ", ".join(parts) + " }" if parts else "{}")
