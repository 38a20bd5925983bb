"""The tree that the tolerant reader grows: open objects and arrays, and the values put into them."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.formats.json_frames import Frame, State
from unsprawl.scanner.formats.json_scalars import read_string, read_word
from unsprawl.scanner.formats.json_strict import MAX_DEPTH, NotStrict, Wish, begin_wish, narrow, skip_value
from unsprawl.scanner.formats.json_tokens import END, STRING, Notes, Token, Tokens
from unsprawl.scanner.formats.node import Kind, Node, Path, Span

_MAX_FAILED_SKIPS = 8
"""Each may have read the whole rest of the text, so few are allowed."""


class Builder:
    """A stack of open frames over a run of tokens. What may come where is decided by who uses it."""

    def __init__(self, text: str, wanted: Sequence[Path] | None) -> None:
        self.notes = Notes()
        self.root: Frame | Node | None = None
        self._text = text
        self._wish = begin_wish(wanted)
        self._tokens = Tokens(text, self.notes)
        self._stack: list[Frame] = []
        self._line_indent = 0
        self._failed_skips = 0

    def _scalar(self, token: Token) -> None:
        if token.kind == STRING:
            node = read_string(self._text, token, self.notes)
        else:
            node = read_word(self._text, self._tokens, token, self.notes)
        self._attach(Node(Kind.OPAQUE, node.span) if self._child_wish() == () else node)

    def _open(self, token: Token) -> None:
        wish = self._child_wish()
        if wish == () and self._failed_skips < _MAX_FAILED_SKIPS:
            try:
                end = skip_value(self._text, token.start)
            except (NotStrict, RecursionError):
                self._failed_skips += 1
            else:
                self._tokens.jump(end)
                self._attach(Node(Kind.OPAQUE, Span(token.start, end)))
                return
        if len(self._stack) >= MAX_DEPTH:
            self.notes.flaw(token.start, "nested too deeply")
            self._attach(Node(Kind.OPAQUE, Span(token.start, self._skip_deep())))
            return
        self._push(Kind.OBJECT if token.kind == "{" else Kind.ARRAY, token, wish)

    def _skip_deep(self) -> int:
        depth = 1
        while depth and (token := self._tokens.peek()).kind != END:
            self._tokens.next()
            depth += (token.kind in "{[") - (token.kind in "}]")
            end = token.end
        return end if depth == 0 else len(self._text)

    def _child_wish(self) -> Wish:
        if not self._stack:
            return self._wish
        frame = self._stack[-1]
        return narrow(frame.wish, frame.key[0] if frame.kind is Kind.OBJECT else len(frame.items))

    def _push(self, kind: Kind, token: Token, wish: Wish) -> None:
        parent = self._stack[-1] if self._stack else None
        frame = Frame(kind, token.start, wish, self._line_indent, token.line, parent)
        self._attach(frame)
        self._stack.append(frame)

    def _attach(self, child: Frame | Node) -> None:
        if self._stack:
            self._stack[-1].add(child)
        else:
            self.root = child

    def _abandon(self, frame: Frame, end: int) -> None:
        self.notes.flaw(frame.start, "bracket is not closed")
        frame.end = end

    def _finish(self, frame: Frame, end: int) -> None:
        frame.end = end
        if frame.kind is Kind.OBJECT and frame.state in (State.COLON, State.VALUE):
            self.notes.flaw(end - 1, "key without a value")
        elif frame.after_comma and frame.state is not State.COMMA:
            self.notes.liberties = True
