"""The tree of what source text writes out: objects, lists, calls and texts, and where the texts are written."""

from __future__ import annotations

from unsprawl.scanner.documents.code_text import Part, joined, stretch
from unsprawl.scanner.formats.node import Node, Parsed, Span
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

REFERENCE = "reference"
"""The form of a string that is an expression alone."""
BLOCK = "{}"
"""The form of an object that is a block of statements, with its variables for members."""


class Tree(NamedTuple):
    """What was read. What the node of a text is made of is in `parts`, by its id."""

    root: Node
    parts: dict[int, tuple[Part, ...]]
    aside: tuple[tuple[str, Node], ...]
    """Texts that are no value of anything: within an expression. With their names."""
    owners: dict[int, str]
    """By the id of a value the object that it is put into by name: `os.environ` of `os.environ["NAME"] = value`."""
    constants: dict[str, list[Node]]
    """By name what is assigned to it."""
    comments: tuple[Span, ...]

    def __repr__(self) -> str:
        return "Tree(<hidden>)"

    def view(self, node: Node) -> View:
        """The text of a node, with the places of its characters."""
        return joined(self.parts[id(node)])


class CodeCodec:
    """Where the texts of a tree are written: a `Codec` that only tells places."""

    id = "code"

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def parse(self, text: str, wanted: object = None) -> Parsed:
        """Nothing: the tree is made elsewhere."""
        return Parsed(None)

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of a text are written; of one that is put together, the longest stretch."""
        return Span(*stretch(self._tree.view(node), start, end))


def last_name(chain: str) -> str:
    """`TOKEN` of `config.TOKEN`, `self::TOKEN`, `$TOKEN`."""
    if chain.isidentifier():
        return chain
    return chain.replace("::", ".").replace("->", ".").rpartition(".")[2].strip("$@")
