"""What the names in a program stand for, where its text says that once: constants put in their places."""

from __future__ import annotations

from unsprawl.scanner.documents.code_names import takes
from unsprawl.scanner.documents.code_text import Part
from unsprawl.scanner.documents.code_tree import REFERENCE, Tree, last_name
from unsprawl.scanner.formats.node import Kind, Node

DEEPEST = 8
"""Below so many objects, or names that stand for each other, nothing is looked up."""
_MOST_STEPS = 60_000
"""What names stand for is looked up until so many nodes and characters were put together: a list of names of lists of
names has no end."""


class Constants:
    """The constants of one tree, whose texts those that are put together here come to as well."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._kept: list[Node] = []
        """Their texts are known by their ids."""
        self._left = _MOST_STEPS
        self._constants = {name: nodes[0] for name, nodes in tree.constants.items() if len(nodes) == 1}
        by_last: dict[str, list[Node]] = {}
        for name, node in self._constants.items():
            by_last.setdefault(last_name(name), []).append(node)
        self._by_last = {name: nodes[0] for name, nodes in by_last.items() if len(nodes) == 1}

    def resolved(self, node: Node, depth: int) -> Node:
        """The node with what its names stand for, where the text says that once; without calls that change nothing."""
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            return node
        if node.kind is Kind.STRING:
            return self._text(node, depth)
        if node.kind is Kind.ARRAY:
            return node._replace(items=tuple(self.resolved(item, depth + 1) for item in node.items))
        if node.kind is not Kind.OBJECT or (node.form and takes(node.form) is not None):
            return node
        if node.form and not node.members and len(node.items) == 1:  # `new URL("…")`, `str(x)`, `dict({…})`
            return self.resolved(node.items[0], depth + 1)
        members = [member._replace(value=self.resolved(member.value, depth + 1)) for member in node.members]
        items = [self.resolved(item, depth + 1) for item in node.items]
        for item in tuple(items):
            if item.kind is Kind.OBJECT and not item.form:  # `{...common, X: "y"}`, `Object.assign({}, a, b)`
                members += item.members
                items.remove(item)
        if not members:
            return node._replace(kind=Kind.ARRAY, items=tuple(items), form="")
        return node._replace(members=tuple(members), items=tuple(items))

    def _text(self, node: Node, depth: int) -> Node:
        parts = self._tree.parts.get(id(node), ())
        if not any(part.name for part in parts) or self._left < 0:
            return node
        if node.form == REFERENCE:
            constant = self._constant(parts[0].name)
            return node if constant is None else self.resolved(constant, depth + 1)
        spelled: list[Part] = []
        for part in parts:
            constant = self._constant(part.name) if part.name else None
            inner = self._tree.parts.get(id(constant), ()) if constant is not None else ()
            spelled += inner if inner and not any(each.name for each in inner) else (part,)
        self._left -= sum(len(part.text) for part in spelled)
        return self._joined(node, tuple(spelled))

    def _constant(self, name: str) -> Node | None:
        found = self._constants.get(name)
        return found if found is not None else self._by_last.get(last_name(name)) if "." in name else None

    def _joined(self, node: Node, parts: tuple[Part, ...]) -> Node:
        made = Node(Kind.STRING, node.span, "".join(part.text for part in parts))
        self._kept.append(made)
        self._tree.parts[id(made)] = parts
        return made
