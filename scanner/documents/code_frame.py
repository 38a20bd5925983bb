"""An open bracket of source text, with the element that is being read in it."""

from __future__ import annotations

from typing import TypeAlias

from unsprawl.scanner.documents.code_text import Part
from unsprawl.scanner.formats.node import Member, Node

LONGEST_CHAIN = 200
"""Of `a.b.c` so many characters are kept; the end says what it is."""
Operand: TypeAlias = "Part | Node"


class Frame:
    """A bracket that is open, or the whole text, with the element that is being read in it."""

    __slots__ = (
        "base", "block", "callee", "items", "key", "key_start", "last", "members", "method", "onto", "opener",
        "operands", "owner", "sign", "sign_broke", "start", "ternary", "values",
    )  # fmt: skip

    def __init__(self, opener: str, start: int, callee: str = "", onto: bool = False) -> None:
        self.opener = opener
        self.start = start
        self.callee = callee
        self.onto = onto
        """Whether it goes on with the value before it: a call of its method, an initializer, a subscript."""
        self.block = False
        """Whether its members are variables of statements."""
        self.members: list[Member] = []
        self.items: list[Node] = []
        self.clear()

    def clear(self) -> None:
        """Begins an element."""
        self.key: str | None = None
        self.key_start = 0
        self.sign = ""
        self.sign_broke = False
        self.values: list[Node] = []
        """What the element may be: `a or b` is either."""
        self.operands: list[Operand] = []
        """What is joined to one value so far."""
        self.last = ""
        """What the last token was: "operand", "operator", "join", "access", or "" at the beginning."""
        self.method = ""
        self.base = ""
        """Of which object the last name is a member or an item."""
        self.owner = ""
        self.ternary = 0


def start_of(operand: Operand) -> int:
    """Where an operand begins."""
    return operand.start if isinstance(operand, Part) else operand.span.start
