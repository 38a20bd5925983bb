"""The elements of a bracket of source text: operands that are joined to values, values with the name they are given."""

from __future__ import annotations

from unsprawl.scanner.documents.code_frame import Frame, Operand, start_of
from unsprawl.scanner.documents.code_language import Language
from unsprawl.scanner.documents.code_text import Part
from unsprawl.scanner.documents.code_tree import REFERENCE, last_name
from unsprawl.scanner.formats.node import Kind, Member, Node, Span


class Elements:
    """Puts the elements of one text together, and collects what a Tree says of them."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._kept: list[Node] = []
        """Nodes that are known by their ids must not die, or another one would get the id."""
        self.parts: dict[int, tuple[Part, ...]] = {}
        self.aside: list[tuple[str, Node]] = []
        self.owners: dict[int, str] = {}
        self.constants: dict[str, list[Node]] = {}

    def prepare(self, frame: Frame, broke: bool, *, literal: bool = False) -> None:
        """Makes room for an operand: goes on with the value before it, or ends it, or ends the element."""
        if frame.last == "operand":
            before = frame.operands[-1] if frame.operands else None
            touching = literal and isinstance(before, Part) and not before.name and self._language.adjacent
            if touching and (frame.opener != "" or not broke):
                return
            if broke:
                self.end(frame)
            else:
                frame.operands = []  # `String name`, `export NAME`: the last one counts
        elif frame.last != "join":
            self.settle(frame)
        frame.last = "operand"

    def operand(self, frame: Frame, operand: Operand, broke: bool, *, literal: bool = False) -> None:
        """The next operand. `broke`: a line ended before it."""
        self.prepare(frame, broke, literal=literal)
        frame.operands.append(operand)
        frame.last = "operand"
        frame.method = frame.base = ""

    def operator(self, frame: Frame, broke: bool) -> None:
        """A sign or a word between two values."""
        if broke and frame.last == "operand" and frame.opener == "":
            self.end(frame)  # a decorator, a word that begins a statement
        self.settle(frame)
        frame.last = "operator"

    def assign(self, frame: Frame, sign: str, broke: bool) -> None:
        """What stood before is the name of what follows."""
        if frame.last != "operand" or len(frame.operands) != 1:
            # `x[i]: y`, `else:`, `a + b: c`: nothing that names.
            if len(frame.operands) > 1:
                frame.operands = []
            frame.last = "operator"
            return
        name = _name(frame.operands[0])
        if name is None:  # `with f(x):`
            self.operator(frame, broke)
            return
        annotated = frame.sign == ":" and sign == "=" and not frame.sign_broke and not frame.values
        if not annotated or frame.key is None:
            frame.key = name
            frame.key_start = start_of(frame.operands[0])
            frame.owner = frame.base
        frame.sign, frame.sign_broke = sign, False
        frame.items += (value for value in frame.values if value.form != REFERENCE)  # `with f(x) as y:`
        frame.operands, frame.values = [], []
        frame.last = "operator"
        frame.base = ""

    def settle(self, frame: Frame) -> None:
        """Makes a value of what was joined so far."""
        if frame.operands:
            frame.values += self._nodes(frame.operands)
            frame.operands = []

    def _nodes(self, operands: list[Operand]) -> list[Node]:
        nodes = [operand for operand in operands if isinstance(operand, Node)]
        parts = tuple(operand for operand in operands if isinstance(operand, Part))
        if parts:
            nodes.append(self._text_node(parts))
        return nodes

    def _text_node(self, parts: tuple[Part, ...]) -> Node:
        only = parts[0] if len(parts) == 1 else None
        if only is not None:
            form = REFERENCE if only.name else ""
            node = Node(Kind.STRING, Span(only.start, only.end), only.text, form=form)
        else:
            start, end = min(part.start for part in parts), max(part.end for part in parts)
            node = Node(Kind.STRING, Span(start, end), "".join(part.text for part in parts))
        self._kept.append(node)
        self.parts[id(node)] = parts
        return node

    def end(self, frame: Frame) -> None:
        """The element is complete."""
        self.settle(frame)
        if frame.key is not None:
            name = last_name(frame.key)
            frame.block = frame.block or (frame.opener == "{" and frame.sign == "=" and not self._language.fields)
            for value in frame.values:
                if frame.owner:
                    self.owners[id(value)] = frame.owner
                frame.members.append(Member(name, Span(frame.key_start, frame.key_start + len(frame.key)), value))
            if frame.sign != ":" and frame.values and frame.opener not in ("(", "["):
                self.constants.setdefault(frame.key, []).extend(frame.values)
        else:
            frame.items += (value for value in frame.values if frame.opener != "" or value.form != REFERENCE)
        frame.clear()


def _name(operand: Operand) -> str | None:
    if isinstance(operand, Part):
        return operand.name or operand.text
    if operand.kind is Kind.ARRAY and len(operand.items) == 1:  # `["NAME"] = value` of an initializer
        text = operand.items[0].text()
        return text.removeprefix("${").removesuffix("}") if text else None
    return None
