"""Source text to a tree of what it writes out: objects, lists, calls and texts, each with the name it is given.

No grammar: brackets, separators, and what stands left of a value. So one reading serves all languages, and broken code.
"""

from __future__ import annotations

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_brackets import Brackets
from unsprawl.scanner.documents.code_elements import Elements
from unsprawl.scanner.documents.code_frame import LONGEST_CHAIN, Frame
from unsprawl.scanner.documents.code_language import Language
from unsprawl.scanner.documents.code_text import Part, literal
from unsprawl.scanner.documents.code_tokens import Lexed, Lexer, Style, Token
from unsprawl.scanner.documents.code_tree import BLOCK, Tree
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.view import View

_OPERATORS = frozenset(CODE["words"]["operators"])
_SILENT = frozenset(CODE["words"]["silent"])
_CONSTANTS = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None, "nil": None,
    "undefined": None,
}  # fmt: skip


def tree(view: View, language: Language) -> Tree:
    """What `view` writes out."""
    lexer = Lexer(view.text, language)
    return _Parser(view.text, language).parse(lexer)


class _Parser:
    """Takes the tokens of one text, one by one."""

    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._whole = View.of(text)
        self._language = language
        self._elements = Elements(language)
        self._brackets = Brackets(self._elements, language)
        self._frames = self._brackets.frames

    def parse(self, lexer: Lexer) -> Tree:
        """The tree of all tokens."""
        for token in lexer.tokens():
            self._take(token)
        root = self._brackets.finish(len(self._text))
        node = Node(
            Kind.OBJECT, Span(0, len(self._text)), members=tuple(root.members), items=tuple(root.items), form=BLOCK
        )
        found = self._elements
        return Tree(node, found.parts, tuple(found.aside), found.owners, found.constants, tuple(lexer.comments))

    def _take(self, lexed: Lexed) -> None:
        token, start, end, broke, style = lexed
        frame = self._frames[-1]
        if token is Token.SIGN:
            self._sign(frame, self._text[start:end], start, end, broke)
        elif token is Token.WORD:
            self._word(frame, self._text[start:end], start, end, broke)
        elif token is Token.STRING and style is not None:
            self._elements.operand(frame, self._literal(start, end, style), broke, literal=True)
        elif token is Token.NUMBER:
            text = self._text[start : min(end, start + 40)]
            value = int(text) if text.isascii() and text.isdigit() else None
            kind = Kind.LITERAL if value is None else Kind.NUMBER
            self._elements.operand(frame, Node(kind, Span(start, end), value), broke)
        elif token is Token.OPEN:
            self._elements.prepare(frame, broke, literal=True)
            self._frames.append(Frame("literal", start))
        elif token is Token.TEXT and style is not None:
            frame.operands.append(self._literal(start, end, style))
        elif token is Token.HOLE:
            self._frames.append(Frame("hole", start))
        elif token is Token.UNHOLE:
            self._brackets.unwind("hole", end)
        elif token is Token.CLOSE:
            self._brackets.unwind("literal", end)

    def _literal(self, start: int, end: int, style: Style) -> Part:
        view = literal(self._whole, start, end, style, keeps_escapes=self._language.keeps_escapes)
        return Part(start, end, "", view)

    def _word(self, frame: Frame, word: str, start: int, end: int, broke: bool) -> None:
        if frame.last == "access" and frame.operands:
            before = frame.operands[-1]
            if isinstance(before, Part) and before.name and before.name != "?":
                frame.base = before.name
                frame.operands[-1] = Part(before.start, end, f"{before.name[-LONGEST_CHAIN:]}.{word}")
            else:
                frame.method = word
            frame.last = "operand"
        elif word in self._language.signs:
            self._elements.assign(frame, word, broke)
        elif word in _OPERATORS:
            self._elements.operator(frame, broke)
        elif word in _SILENT and frame.last != "operand":
            return
        elif word in _CONSTANTS:
            self._elements.operand(frame, Node(Kind.LITERAL, Span(start, end), _CONSTANTS[word]), broke)
        else:
            self._elements.operand(frame, Part(start, end, word), broke)

    def _sign(self, frame: Frame, sign: str, start: int, end: int, broke: bool) -> None:
        language = self._language
        if sign in "([{":
            self._brackets.open(frame, sign, start, broke)
        elif sign in ")]}":
            self._brackets.shut(sign, end)
        elif sign in ",;":
            self._elements.end(frame)
        elif sign == ":" and frame.ternary:
            frame.ternary -= 1
            self._elements.operator(frame, broke)
        elif sign in language.access and (frame.last == "operand" or sign != ":"):
            frame.last = "access" if frame.operands else frame.last
        elif sign in language.joins and frame.last == "operand":
            frame.last = "join"
        elif sign in language.signs:
            self._elements.assign(frame, sign, broke)
        else:
            frame.ternary += sign == "?" and language.ternary
            self._elements.operator(frame, broke)
