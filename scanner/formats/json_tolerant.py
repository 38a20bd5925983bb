"""Slow reader for JSONC, JSON5 and broken JSON: finds its way back after a mistake and never raises.

A text whose brackets do not balance is read a second time with its indentation as a hint, so that the entries
behind a forgotten or a surplus bracket still land under the right parent.
"""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.formats.json_builder import Builder
from unsprawl.scanner.formats.json_frames import Frame, State, freeze
from unsprawl.scanner.formats.json_scalars import read_key
from unsprawl.scanner.formats.json_tokens import END, JUNK, MARK, STRING, WORD, Token
from unsprawl.scanner.formats.node import MAX_FLAWS, Flaw, Kind, Node, Parsed, Path, Span


def read(text: str, wanted: Sequence[Path] | None = None) -> Parsed:
    """Parse any text at all; what is wrong with it is told in the flaws."""
    first = _Reader(text, wanted)
    first.run()
    best = first
    if (first.missing or first.surplus) and len(first.notes.flaws) < MAX_FLAWS:  # more than that is beyond hints
        second = _Reader(text, wanted, hint_missing=first.missing > 0, hint_surplus=first.surplus > 0)
        second.run()
        if second.missing + second.surplus < first.missing + first.surplus:
            best = second
    root = None if best.root is None else freeze(best.root)
    flaws = best.notes.flaws or ([] if root else [Flaw(0, "empty file")])
    return Parsed(root, tuple(sorted(flaws)), best.notes.liberties)


class _Reader(Builder):
    """Decides what each token means, also where it should not be."""

    def __init__(
        self, text: str, wanted: Sequence[Path] | None, *, hint_missing: bool = False, hint_surplus: bool = False
    ) -> None:
        super().__init__(text, wanted)
        self.missing = 0
        """Brackets that had to be thought closed without any hint where."""
        self.surplus = 0
        """Closing brackets that nothing had opened, as seen by the text that follows."""
        self._hint_missing = hint_missing
        self._hint_surplus = hint_surplus
        self._before_conflict: list[tuple[Frame, State]] | None = None

    def run(self) -> None:
        end = 0
        while (token := self._tokens.next()).kind != END:
            end = token.end
            if token.indent >= 0:
                self._line_indent = token.indent
            if token.kind == MARK:
                self._conflict(token)
            elif token.kind == JUNK:
                self.notes.flaw(token.start, "unexpected character")
            elif not self._stack:
                self._outside(token)
            elif token.kind in "}]":
                self._close(token)
            else:
                self._step(token)
        for frame in reversed(self._stack):
            self._abandon(frame, end)
            self.missing += 1

    # --- what may come where

    def _outside(self, token: Token) -> None:
        """A token before, after or without the root value."""
        kind, root = token.kind, self.root
        keyed = kind in (STRING, WORD) and self._is_key(token)
        if root is not None:
            self.notes.flaw(token.start, "text after the end of the value")
            self.surplus += 1
            if isinstance(root, Node) and (keyed or kind in "{["):
                root = self.root = None  # it was garbage in front of the real thing
        if root is None:
            if kind in "{[":
                self._open(token)
            elif keyed:
                self.notes.flaw(token.start, "missing opening bracket")
                self._push(Kind.OBJECT, token, self._wish)
                self._step(token)
            elif kind in (STRING, WORD):
                self._scalar(token)
            else:
                self.notes.flaw(token.start, "unexpected character")
        elif isinstance(root, Frame) and (keyed or kind in "{[,"):
            self._stack.append(root)
            root.to(State.KEY if root.kind is Kind.OBJECT else State.VALUE)
            if keyed or kind == "[" or (kind == "{" and root.kind is Kind.ARRAY):
                self._step(token)

    def _step(self, token: Token) -> None:
        frame = self._stack[-1]
        if token.kind in (STRING, WORD) and token.indent >= 0 and self._is_key(token):
            frame = self._fit_key(frame, token)
        if frame.kind is Kind.OBJECT:
            self._in_object(frame, token)
        else:
            self._in_array(frame, token)

    def _in_object(self, frame: Frame, token: Token) -> None:
        kind, flaw = token.kind, self.notes.flaw
        if frame.state is State.COMMA:
            if kind == ",":
                frame.to(State.KEY, after_comma=True)
                return
            if kind == ":":
                flaw(token.start, "unexpected colon")
                return
            flaw(token.start, "missing comma")
            frame.to(State.KEY)
        elif frame.state is State.COLON and kind == ":":
            frame.to(State.VALUE)
            return
        elif frame.state is not State.KEY:
            if kind == ",":
                flaw(token.start, "key without a value")
                frame.to(State.KEY, after_comma=True)
                return
            if kind == ":":
                flaw(token.start, "unexpected colon")
                return
            if kind in (STRING, WORD) and self._is_key(token):
                flaw(token.start, "key without a value")
                frame.to(State.KEY)
            elif frame.state is State.COLON:
                flaw(token.start, "missing colon")
                frame.to(State.VALUE)
        if frame.state is State.VALUE:
            self._value(token)
        elif kind in (STRING, WORD):
            frame.key = read_key(self._text, token, self.notes)
            frame.note_indent(token.indent)
            frame.to(State.COLON)
        elif kind == ",":
            flaw(token.start, "unexpected comma")
        else:
            flaw(token.start, "missing key")
            frame.key = ("", Span(token.start, token.start))
            frame.to(State.VALUE)
            if kind != ":":
                self._value(token)

    def _in_array(self, frame: Frame, token: Token) -> None:
        kind, flaw = token.kind, self.notes.flaw
        if kind == ":":
            flaw(token.start, "unexpected colon")
        elif kind == ",":
            if frame.state is not State.COMMA:
                flaw(token.start, "unexpected comma")
            frame.to(State.VALUE, after_comma=True)
        else:
            if frame.state is State.COMMA:
                flaw(token.start, "missing comma")
            self._value(token)

    def _value(self, token: Token) -> None:
        if token.kind in "{[":
            self._open(token)
        else:
            self._scalar(token)

    def _is_key(self, token: Token) -> bool:
        """Whether a colon follows; `https://` on the other hand is an unquoted value."""
        after = self._tokens.peek()
        return after.kind == ":" and not (token.kind == WORD and self._text.startswith("//", after.end))

    # --- closing

    def _close(self, token: Token) -> None:
        frame = self._stack[-1]
        kind = Kind.OBJECT if token.kind == "}" else Kind.ARRAY
        if self._hint_surplus and token.indent > frame.indent:
            self.notes.flaw(token.start, "closing bracket too many")
            return
        wanted = frame
        if self._hint_missing and 0 <= token.indent < frame.indent and token.line != frame.line:
            wanted = next((f for f in reversed(self._stack) if f.kind is kind and f.indent == token.indent), frame)
        if wanted is frame and frame.kind is not kind:
            wanted = frame.other or frame
            same_line = token.line == frame.line
            if wanted is frame or same_line or token.indent == frame.indent != wanted.indent:
                if not (same_line or token.indent == frame.indent):
                    self.notes.flaw(token.start, "closing bracket too many")
                    self.surplus += 1
                    return
                self.notes.flaw(token.start, "wrong closing bracket")
                wanted = frame
            else:
                self.missing += 1
        while self._stack[-1] is not wanted:
            self._abandon(self._stack.pop(), token.start)
        self._stack.pop()
        self._finish(wanted, token.end)

    # --- hints

    def _fit_key(self, frame: Frame, token: Token) -> Frame:
        """The frame that a key at the start of a line belongs to, which may mean that open ones end before it."""
        if frame.kind is Kind.ARRAY and len(self._stack) > 1 and self._stack[-2].kind is Kind.OBJECT:
            parent = self._stack[-2]  # an array has no keys: its closing bracket was forgotten
            self._abandon(self._stack.pop(), token.start)
            parent.to(State.KEY if frame.after_comma and frame.state is State.VALUE else State.COMMA)
            frame = parent
        if self._hint_missing and frame.kind is Kind.OBJECT and token.indent < frame.child_indent:
            fitting = next((f for f in self._stack if f.child_indent == token.indent and f.kind is Kind.OBJECT), None)
            after_comma = frame.state is State.KEY
            while fitting is not None and frame is not fitting:
                self._abandon(self._stack.pop(), token.start)
                frame = self._stack[-1]
                if frame is fitting:
                    frame.to(State.KEY if after_comma else State.COMMA)
        return frame

    def _conflict(self, token: Token) -> None:
        """A git conflict marker: both sides are read, each from the state before the first."""
        self.notes.flaw(token.start, "merge conflict marker")
        side = self._text[token.start]
        if side == "<":
            self._before_conflict = [(frame, frame.state) for frame in self._stack]
        elif side == ">":
            self._before_conflict = None
        elif self._before_conflict is not None:
            for frame in self._stack:
                frame.end = token.start
            self._stack = [frame for frame, _ in self._before_conflict]
            for frame, state in self._before_conflict:
                frame.to(state)
