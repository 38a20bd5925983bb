"""Notebooks: the sources of their cells, each in its language, and what the cells printed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from unsprawl.scanner.documents.addresses import addresses
from unsprawl.scanner.documents.code_language import is_language
from unsprawl.scanner.documents.reader import Candidate, Found, Page, Passage, read_within
from unsprawl.scanner.documents.telling import telling
from unsprawl.scanner.embedded import content_of
from unsprawl.scanner.formats.json_codec import JSON
from unsprawl.scanner.formats.node import Kind, Node, at
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View, positions

_LANGUAGE_PATHS: tuple[KeyPath, ...] = (
    ("metadata", "kernelspec", "language"),
    ("metadata", "language_info", "name"),
    ("metadata", "polyglot_notebook", "kernelInfo", "defaultKernelName"),
)
_MAGIC = re.compile(r"\s*%%(\w+)([^\n]*)(?:\n|\Z)")
_LINE = re.compile(r"^[ \t]*([!%])[ \t]*([^\n]*)$", re.MULTILINE)
_VARIABLE = re.compile(r"(?:set_)?env[ \t]+([A-Za-z_]\w{0,80})[ \t]*[= ][ \t]*(\S[^\n]*)")
_OUTPUT_KEYS = frozenset(
    {"text", "text/plain", "text/html", "text/markdown", "application/json", "evalue", "traceback"}
)
_SHELLS = {"sh": "bash", "script": "bash", "cmd": "batch", "system": "bash", "sx": "bash"}
_NO_CODE = frozenset({"html", "svg", "latex", "capture", "time", "timeit"})


class _Cell(NamedTuple):
    """One text of a cell."""

    view: View
    path: KeyPath

    def __repr__(self) -> str:
        return f"_Cell({len(self.view.text)} characters)"


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What the cells hold, and what they printed; the cells of the notebook's own language as one program."""
    if not page.about_mcp:
        return
    root = JSON.parse(passage.text).root
    if root is None:
        return
    spoken = _spoken(root)
    program: list[_Cell] = []
    sources: list[Passage] = []
    for path, cell in _cells(root):
        kind = (cell.get("cell_type") or root).text()
        source = _joined(passage, cell.get("source") or cell.get("input"))
        here = (*passage.path, *path, "source")
        if source is not None and kind == "code":
            rest = _magic(source)
            if rest is None:
                bare, lines = _without_lines(source, here)
                program.append(_Cell(bare, here))
                for line in lines:
                    yield from read_within(page, line)
            elif rest.language:
                yield from read_within(page, rest._replace(path=here))
        elif source is not None:
            yield from read_within(page, Passage(source, here, "markdown"))
        if source is not None:
            sources.append(Passage(source, here))
        for output in _printed(passage, cell, path):
            yield from _output(page, output)
    yield from _program(page, passage, program, spoken)
    for written in sources:  # last: what a server gets is told as that
        yield from telling(page, written)


def _spoken(root: Node) -> str:
    for path in _LANGUAGE_PATHS:
        node = at(root, path)
        name = (node.text() if node is not None else None) or ""
        if is_language(name):
            return name
    return "python"


def _cells(root: Node) -> Iterator[tuple[KeyPath, Node]]:
    """The cells, also of older notebooks, which have them in worksheets."""
    holders: list[tuple[KeyPath, Node | None]] = [(("cells",), root.get("cells"))]
    sheets = root.get("worksheets")
    for number, sheet in enumerate(sheets.items if sheets is not None else ()):
        holders.append((("worksheets", number, "cells"), sheet.get("cells")))
    for path, holder in holders:
        for number, cell in enumerate(holder.items if holder is not None else ()):
            yield (*path, number), cell


def _joined(passage: Passage, node: Node | None) -> View | None:
    """A text, or a list of its lines, as one."""
    if node is None:
        return None
    views = [content_of(passage.view, item) for item in (node, *node.items) if item.kind is Kind.STRING and item.text()]
    if len(views) < 2:
        return views[0] if views else None
    starts, ends = positions(), positions()
    for view in views:
        starts.extend(view.starts)
        ends.extend(view.ends)
    return View("".join(view.text for view in views), starts, ends)


def _magic(source: View) -> Passage | None:
    """What a cell is in another language, by its first line; a language of "" for what nobody reads."""
    magic = _MAGIC.match(source.text)
    if magic is None:
        return None
    name = _SHELLS.get(magic[1].lower(), magic[1].lower())
    if name == "writefile":
        name = magic[2].strip().rpartition(".")[2]
    return Passage(source.cut(magic.end(), len(source.text)), (), "" if name in _NO_CODE else name)


def _without_lines(source: View, path: KeyPath) -> tuple[View, list[Passage]]:
    """The program of a cell, with blanks for the lines that are none: `!command`, `%env NAME=value`."""
    lines = []
    for line in _LINE.finditer(source.text):
        variable = _VARIABLE.match(line[2]) if line[1] == "%" else None
        if variable is not None:
            value = source.cut(line.start(2) + variable.start(2), line.start(2) + variable.end(2))
            lines.append(Passage(_set(variable[1], value), path, "python"))
        elif line[1] == "!":
            lines.append(Passage(source.cut(*line.span(2)), path, "bash"))
    text = _LINE.sub(lambda line: " " * len(line[0]), source.text)
    return source._replace(text=text), lines


def _set(name: str, value: View) -> View:
    """`%env NAME=value` as the program would write it."""
    before, behind = f"os.environ['{name}'] = r'", "'"
    first, last = value.span(0, 1), value.span(len(value.text) - 1, len(value.text))
    return View(
        before + value.text + behind,
        [*[first[0]] * len(before), *value.starts, last[0]],
        [*[first[1]] * len(before), *value.ends, last[1]],
    )


def _printed(passage: Passage, cell: Node, path: KeyPath) -> Iterator[_Cell]:
    """What is below the outputs of a cell, as far as it is text."""
    outputs = cell.get("outputs")
    waiting = [((*passage.path, *path, "outputs"), outputs)] if outputs is not None else []
    while waiting:
        where, node = waiting.pop()
        for member in node.members:
            if member.key in _OUTPUT_KEYS:
                view = _joined(passage, member.value)
                if view is not None:
                    yield _Cell(view, (*where, member.key))
            if member.value.kind is Kind.OBJECT:
                waiting.append(((*where, member.key), member.value))
        waiting += [((*where, number), item) for number, item in enumerate(node.items) if item.kind is Kind.OBJECT]


def _output(page: Page, output: _Cell) -> Iterator[Found]:
    passage = Passage(output.view, output.path, "python")
    yield from addresses(page, passage)
    yield from read_within(page, passage)
    yield from telling(page, passage)


def _program(page: Page, passage: Passage, cells: list[_Cell], spoken: str) -> Iterator[Found]:
    """All cells of the notebook's language as one text: what one of them sets, another one uses."""
    if not cells:
        return
    text, begins = list[str](), list[int]()
    starts, ends = positions(), positions()
    for view, _ in cells:
        begins.append(len(starts))
        text.append(view.text + "\n")
        starts.extend(view.starts)
        starts.append(view.starts[-1])
        ends.extend(view.ends)
        ends.append(view.ends[-1])
    whole = Passage(View("".join(text), starts, ends), (*passage.path, "cells"), spoken)
    for found in read_within(page, whole):
        if isinstance(found, Candidate) and found.source is not None and found.source.view is whole.view:
            yield _in_cell(found, cells, begins, whole)
        else:
            yield found


def _in_cell(found: Candidate, cells: list[_Cell], begins: list[int], whole: Passage) -> Candidate:
    """With a pointer to the cell that the value is in."""
    source, slot = found.source, found.group.whole
    if source is None or not found.group.view.text:
        return found
    inner = source.document.codec.part_span(source.document.text, found.group.node, slot.start, slot.end)
    cell = cells[bisect_right(begins, inner.start) - 1]
    return found._replace(where=(*cell.path, *found.where[len(whole.path) :]))
