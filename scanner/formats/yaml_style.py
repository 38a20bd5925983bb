"""How a YAML file is written: line ends, indentation, brackets, quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.yaml_places import column_of, is_flow
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, SINGLE
from unsprawl.scanner.formats.yaml_write import Style

_ENOUGH = 2_000
"""Values that are looked at for habits."""


def detect(text: str, root: Node) -> Style:
    """Read the style off the first example of each habit."""
    newline = re.search(r"\r\n|\n|\r", text)
    style: dict[str, str | int] = {"newline": newline[0] if newline else "\n"}
    for column, node in islice(_walk(text, root, None), _ENOUGH):
        if node.kind is Kind.STRING and node.form in (SINGLE, DOUBLE):
            style.setdefault("quote", node.form)
        elif node.items or node.members:
            _collection(text, node, column, style)
    return Style(**style)  # type: ignore[arg-type]


def _collection(text: str, node: Node, column: int | None, style: dict[str, str | int]) -> None:
    is_map = bool(node.members)
    if is_flow(text, node):
        if not is_map:
            style.setdefault("brackets", True)
        pad = " " if text[node.span.start + 1] == " " else ""
        style.setdefault("map_pad" if is_map else "list_pad", pad)
        return
    if not is_map and node.items[0].kind not in (Kind.OBJECT, Kind.ARRAY):
        style.setdefault("brackets", False)
    if column is not None and (further := column_of(text, node.span.start) - column) >= (1 if is_map else 0):
        style.setdefault("unit" if is_map else "dash", further)


def _walk(text: str, root: Node, column: int | None) -> Iterator[tuple[int | None, Node]]:
    """The nodes in file order, each with the column of the key that it is the value of."""
    waiting: list[tuple[int | None, Node]] = [(column, root)]
    while waiting:
        column, node = waiting.pop()
        yield column, node
        waiting += [(None, item) for item in reversed(node.items)]
        waiting += [(column_of(text, m.key_span.start), m.value) for m in reversed(node.members)]
