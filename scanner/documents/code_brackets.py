"""The brackets of source text that are open: what opens one, what closes it, also where they do not match."""

from __future__ import annotations

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_closing import Closing
from unsprawl.scanner.documents.code_elements import Elements
from unsprawl.scanner.documents.code_frame import Frame, Operand
from unsprawl.scanner.documents.code_language import Language
from unsprawl.scanner.documents.code_text import Part
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.view import View

_DEEPEST: int = CODE["deepest"]
_CLOSES = {")": "(", "]": "[", "}": "{"}


class Brackets:
    """The stack of what is open, the whole text at its bottom."""

    def __init__(self, elements: Elements, language: Language) -> None:
        self._elements = elements
        self._closing = Closing(elements)
        self._initializers = language.initializers
        self.frames = [Frame("", 0)]
        self._ignored = 0
        """So many brackets within the deepest one are open."""

    def open(self, frame: Frame, sign: str, start: int, broke: bool) -> None:
        """A bracket within `frame`, the innermost one: by itself, or of what stands before it."""
        if len(self.frames) >= _DEEPEST or self._ignored:
            self._ignored += 1
            return
        before = frame.operands[-1] if frame.operands and frame.last == "operand" else None
        attached = (
            before is not None
            and not (broke and sign != "(" and frame.opener != "(")
            and not (broke and not frame.opener)
        )
        callee, onto = "", False
        if attached and isinstance(before, Part) and before.name and not frame.method:
            callee = before.name
            if sign == "[":
                onto = True
            else:
                frame.operands.pop()
                frame.last = "join" if frame.operands else "operator"
                if frame.last == "operator":
                    self._elements.settle(frame)
        elif attached and frame.method and sign == "(":
            callee, onto = frame.method, True
        elif attached and (sign == "[" or (sign == "{" and self._initializes(before))):
            onto = True
        elif attached:  # `f(x) {`: a body
            self._elements.settle(frame)
            frame.last = "operator"
        self.frames.append(Frame(sign, start, callee, onto))

    def _initializes(self, before: Operand | None) -> bool:
        return self._initializers and isinstance(before, Node)

    def shut(self, sign: str, end: int) -> None:
        """Closes up to the bracket that `sign` closes, if one is open within the literal or the hole around."""
        if self._ignored:
            self._ignored -= 1
            return
        opener = _CLOSES[sign]
        for depth in range(len(self.frames) - 1, 0, -1):
            found = self.frames[depth].opener
            if found == opener:
                while len(self.frames) > depth:
                    self._close(end)
                return
            if found in ("hole", "literal"):
                return

    def unwind(self, opener: str, end: int) -> None:
        """Closes all up to the innermost bracket of this kind."""
        self._ignored = 0
        if any(frame.opener == opener for frame in self.frames):
            while self.frames[-1].opener != opener:
                self._close(end)
            self._close(end)

    def finish(self, end: int) -> Frame:
        """Closes all that is open, and gives the frame of the whole text."""
        while len(self.frames) > 1:
            self._close(end)
        root = self.frames[0]
        self._elements.end(root)
        return root

    def _close(self, end: int) -> None:
        """Ends the innermost bracket and gives what it holds to the one around it."""
        frame = self.frames.pop()
        outer = self.frames[-1]
        if frame.opener == "literal":
            outer.operands += frame.operands or [Part(end, end, "", View("", (), ()))]
            outer.last = "operand"
            return
        self._elements.end(frame)
        self._closing.give(frame, outer, end)
