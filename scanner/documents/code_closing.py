"""What a closed bracket of source text amounts to where it stood: a call, a list, a subscript, more of a value."""

from __future__ import annotations

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_elements import Elements
from unsprawl.scanner.documents.code_frame import LONGEST_CHAIN, Frame, Operand, start_of
from unsprawl.scanner.documents.code_text import Part
from unsprawl.scanner.documents.code_tree import BLOCK, REFERENCE, last_name
from unsprawl.scanner.formats.node import Kind, Member, Node, Span

_READERS = frozenset(CODE["readers"])
_ENVIRONMENT: str = CODE["variables"][0]


class Closing:
    """Gives what closed brackets hold to the ones around them."""

    def __init__(self, elements: Elements) -> None:
        self._elements = elements

    def give(self, frame: Frame, outer: Frame, end: int) -> None:
        """Puts what `frame` held into `outer`. Its last element is ended."""
        if frame.opener == "hole":
            self._hole(frame, outer, end)
        elif frame.opener == "[" and frame.onto:
            self._subscript(frame, outer, end)
        elif frame.onto:
            self._extend(frame, outer, end)
        elif frame.opener == "(":
            self._call(frame, outer, end) if frame.callee else self._group(frame, outer, end)
        else:
            self._push(outer, self._bracket(frame, end))

    def _push(self, frame: Frame, operand: Operand) -> None:
        """Puts a value that was made of a bracket where the bracket stood."""
        if frame.last != "join":
            self._elements.settle(frame)
        frame.operands.append(operand)
        frame.last = "operand"
        frame.method = frame.base = ""

    def _bracket(self, frame: Frame, end: int) -> Node:
        span, members, items = Span(frame.start, end), tuple(frame.members), tuple(frame.items)
        if frame.opener == "{" and items:  # `{command, args}`: each under its own name
            short = {id(node): name for node in items if (name := self._word_of(node))}
            members += tuple(Member(short[id(node)], node.span, node) for node in items if id(node) in short)
            items = tuple(node for node in items if id(node) not in short)
        if not members and (items or frame.opener == "["):
            return Node(Kind.ARRAY, span, items=items)
        return Node(Kind.OBJECT, span, members=members, items=items, form=BLOCK if frame.block else frame.callee)

    def _word_of(self, node: Node) -> str:
        """The name that a value is, if it is nothing else."""
        name = self._elements.parts[id(node)][0].name if node.form == REFERENCE else ""
        return last_name(name) if "." not in name and name != "?" else ""

    def _hole(self, frame: Frame, outer: Frame, end: int) -> None:
        """An expression within a literal: its name is what counts, its texts are aside."""
        names = [node for node in frame.items if node.form == REFERENCE]
        name = self._elements.parts[id(names[0])][0].name if len(names) == 1 == len(frame.items) else "?"
        self._elements.aside += ((member.key, member.value) for member in frame.members)
        self._elements.aside += (("", node) for node in frame.items if node.form != REFERENCE)
        outer.operands.append(Part(frame.start, end, name))

    def _subscript(self, frame: Frame, outer: Frame, end: int) -> None:
        """`x["NAME"]`: an expression with that name."""
        before = outer.operands[-1] if outer.operands else None
        text = frame.items[0].text() if len(frame.items) == 1 else None
        base = before.name if isinstance(before, Part) else before.form if before is not None else ""
        if text is None or before is None or not base:
            self._elements.aside += (("", node) for node in frame.items if node.form != REFERENCE)
            return
        name = text.removeprefix("${").removesuffix("}")
        chain = f"{base[-LONGEST_CHAIN:]}.{name}" if name.replace("-", "_").isidentifier() else "?"
        outer.operands[-1] = Part(start_of(before), end, chain)
        outer.last, outer.base, outer.method = "operand", base, ""

    def _group(self, frame: Frame, outer: Frame, end: int) -> None:
        """`(a)` is a, `(a, b)` is a list, `(a=b)` an object."""
        if len(frame.items) == 1 and not frame.members:
            (node,) = frame.items
            parts = self._elements.parts.get(id(node))
            self._push(outer, node if parts is None else parts[0])
            outer.operands += parts[1:] if parts else ()
            return
        kind = Kind.OBJECT if frame.members else Kind.ARRAY
        self._push(outer, Node(kind, Span(frame.start, end), members=tuple(frame.members), items=tuple(frame.items)))

    def _call(self, frame: Frame, outer: Frame, end: int) -> None:
        start = frame.start
        texts = [node.text() for node in frame.items]
        if _reads_variable(frame.callee) and texts and texts[0] and not texts[0].startswith("${"):
            named = f"{frame.callee}.{texts[0]}" if texts[0].isidentifier() else "?"
            self._push(outer, Part(start, end, named))
            for default in frame.items[1:]:
                if default.text() is not None and default.form != REFERENCE:
                    self._elements.owners[id(default)] = _ENVIRONMENT
                    self._elements.settle(outer)
                    outer.values.append(default)
                    self._elements.aside.append((texts[0], default))
            outer.last = "operand"
            return
        span = Span(start, end)
        self._push(
            outer, Node(Kind.OBJECT, span, members=tuple(frame.members), items=tuple(frame.items), form=frame.callee)
        )

    def _extend(self, frame: Frame, outer: Frame, end: int) -> None:
        """A method of the value before it, or its initializer: what a chain of calls says belongs to one object."""
        before = outer.operands[-1] if outer.operands else None
        outer.method = ""
        outer.last = "operand"
        if isinstance(before, Node) and before.kind is Kind.OBJECT:
            members, items = list(before.members), list(before.items)
            if frame.callee:
                value = frame.items[0] if len(frame.items) == 1 and not frame.members else self._bracket(frame, end)
                members.append(Member(frame.callee, Span(frame.start, frame.start), value))
            else:
                members += frame.members
                items += frame.items
            outer.operands[-1] = before._replace(
                span=Span(before.span.start, end), members=tuple(members), items=tuple(items)
            )
            return
        if isinstance(before, Node) and not before.items:  # `new() {…}`
            outer.operands[-1] = self._bracket(frame, end)
            return
        self._elements.aside += ((member.key, member.value) for member in frame.members)
        self._elements.aside += (("", node) for node in frame.items if node.form != REFERENCE)


def _reads_variable(callee: str) -> bool:
    """Whether a function gives the value of a variable of the environment."""
    return callee in _READERS or callee.replace("::", ".").split(".")[-1] in _READERS or _two(callee) in _READERS


def _two(callee: str) -> str:
    return ".".join(callee.replace("::", ".").split(".")[-2:])
