"""Source text to a tree of what it writes out: objects, lists, calls and texts, each with the name it is given.

No grammar: brackets, separators, and what stands left of a value. So one reading serves all languages, and broken code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_language import Language
from unsprawl.scanner.documents.code_text import Part, joined, literal
from unsprawl.scanner.documents.code_tokens import Lexed, Lexer, Style, Token
from unsprawl.scanner.formats.node import Kind, Member, Node, Span
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.view import View

REFERENCE = "reference"
"""The form of a string that is an expression alone."""
BLOCK = "{}"
"""The form of an object that is a block of statements, with its variables for members."""
_OPERATORS = frozenset(CODE["words"]["operators"])
_SILENT = frozenset(CODE["words"]["silent"])
_READERS = frozenset(CODE["readers"])
_ENVIRONMENT: str = CODE["variables"][0]
_DEEPEST: int = CODE["deepest"]
_LONGEST_CHAIN = 200
"""Of `a.b.c` so many characters are kept; the end says what it is."""
_CLOSES = {")": "(", "]": "[", "}": "{"}
_CONSTANTS = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None, "nil": None,
    "undefined": None,
}  # fmt: skip
_Operand: TypeAlias = "Part | Node"


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


def last_name(chain: str) -> str:
    """`TOKEN` of `config.TOKEN`, `self::TOKEN`, `$TOKEN`."""
    if chain.isidentifier():
        return chain
    return chain.replace("::", ".").replace("->", ".").rpartition(".")[2].strip("$@")


class _Frame:
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
        self.key: str | None = None
        self.key_start = 0
        self.sign = ""
        self.sign_broke = False
        self.values: list[Node] = []
        """What the element may be: `a or b` is either."""
        self.operands: list[_Operand] = []
        """What is joined to one value so far."""
        self.last = ""
        """What the last token was: "operand", "operator", "join", "access", or "" at the beginning."""
        self.method = ""
        self.base = ""
        """Of which object the last name is a member or an item."""
        self.owner = ""
        self.ternary = 0


def tree(view: View, language: Language) -> Tree:
    """What `view` writes out."""
    lexer = Lexer(view.text, language)
    return _Builder(view.text, language).build(lexer)


class _Builder:
    def __init__(self, text: str, language: Language) -> None:
        self._text = text
        self._whole = View.of(text)
        self._language = language
        self._frames = [_Frame("", 0)]
        self._kept: list[Node] = []
        """Nodes that are known by their ids must not die, or another one would get the id."""
        self._ignored = 0
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._aside: list[tuple[str, Node]] = []
        self._owners: dict[int, str] = {}
        self._constants: dict[str, list[Node]] = {}

    def build(self, lexer: Lexer) -> Tree:
        for token in lexer.tokens():
            self._take(token)
        while len(self._frames) > 1:
            self._close(len(self._text))
        root = self._frames[0]
        self._end(root)
        node = Node(
            Kind.OBJECT, Span(0, len(self._text)), members=tuple(root.members), items=tuple(root.items), form=BLOCK
        )
        return Tree(
            node, self._parts, tuple(self._aside), self._owners, self._constants,
            tuple(lexer.comments),
        )  # fmt: skip

    # Tokens

    def _take(self, lexed: Lexed) -> None:
        token, start, end, broke, style = lexed
        frame = self._frames[-1]
        if token is Token.SIGN:
            self._sign(frame, self._text[start:end], start, end, broke)
        elif token is Token.WORD:
            self._word(frame, self._text[start:end], start, end, broke)
        elif token is Token.STRING and style is not None:
            self._operand(frame, self._literal(start, end, style), broke, literal_=True)
        elif token is Token.NUMBER:
            text = self._text[start : min(end, start + 40)]
            value = int(text) if text.isascii() and text.isdigit() else None
            kind = Kind.LITERAL if value is None else Kind.NUMBER
            self._operand(frame, Node(kind, Span(start, end), value), broke)
        elif token is Token.OPEN:
            self._prepare(frame, broke, literal_=True)
            self._frames.append(_Frame("literal", start))
        elif token is Token.TEXT and style is not None:
            frame.operands.append(self._literal(start, end, style))
        elif token is Token.HOLE:
            self._frames.append(_Frame("hole", start))
        elif token is Token.UNHOLE:
            self._unwind("hole", end)
        elif token is Token.CLOSE:
            self._unwind("literal", end)

    def _literal(self, start: int, end: int, style: Style) -> Part:
        view = literal(self._whole, start, end, style, keeps_escapes=self._language.keeps_escapes)
        return Part(start, end, "", view)

    def _word(self, frame: _Frame, word: str, start: int, end: int, broke: bool) -> None:
        if frame.last == "access" and frame.operands:
            before = frame.operands[-1]
            if isinstance(before, Part) and before.name and before.name != "?":
                frame.base = before.name
                frame.operands[-1] = Part(before.start, end, f"{before.name[-_LONGEST_CHAIN:]}.{word}")
            else:
                frame.method = word
            frame.last = "operand"
        elif word in self._language.signs:
            self._assign(frame, word, broke)
        elif word in _OPERATORS:
            self._operator(frame, broke)
        elif word in _SILENT and frame.last != "operand":
            return
        elif word in _CONSTANTS:
            self._operand(frame, Node(Kind.LITERAL, Span(start, end), _CONSTANTS[word]), broke)
        else:
            self._operand(frame, Part(start, end, word), broke)

    def _sign(self, frame: _Frame, sign: str, start: int, end: int, broke: bool) -> None:
        language = self._language
        if sign in "([{":
            self._open(frame, sign, start, broke)
        elif sign in ")]}":
            self._shut(sign, end)
        elif sign in ",;":
            self._end(frame)
        elif sign == ":" and frame.ternary:
            frame.ternary -= 1
            self._operator(frame, broke)
        elif sign in language.access and (frame.last == "operand" or sign != ":"):
            frame.last = "access" if frame.operands else frame.last
        elif sign in language.joins and frame.last == "operand":
            frame.last = "join"
        elif sign in language.signs:
            self._assign(frame, sign, broke)
        else:
            frame.ternary += sign == "?" and language.ternary
            self._operator(frame, broke)

    # Elements

    def _prepare(self, frame: _Frame, broke: bool, *, literal_: bool = False) -> None:
        """Makes room for an operand: goes on with the value before it, or ends it, or ends the element."""
        if frame.last == "operand":
            before = frame.operands[-1] if frame.operands else None
            touching = literal_ and isinstance(before, Part) and not before.name and self._language.adjacent
            if touching and (frame.opener != "" or not broke):
                return
            if broke:
                self._end(frame)
            else:
                frame.operands = []  # `String name`, `export NAME`: the last one counts
        elif frame.last != "join":
            self._settle(frame)
        frame.last = "operand"

    def _operand(self, frame: _Frame, operand: _Operand, broke: bool, *, literal_: bool = False) -> None:
        self._prepare(frame, broke, literal_=literal_)
        frame.operands.append(operand)
        frame.last = "operand"
        frame.method = frame.base = ""

    def _operator(self, frame: _Frame, broke: bool) -> None:
        if broke and frame.last == "operand" and frame.opener == "":
            self._end(frame)  # a decorator, a word that begins a statement
        self._settle(frame)
        frame.last = "operator"

    def _assign(self, frame: _Frame, sign: str, broke: bool) -> None:
        """What stood before is the name of what follows."""
        if frame.last != "operand" or len(frame.operands) != 1:
            # `x[i]: y`, `else:`, `a + b: c`: nothing that names.
            if len(frame.operands) > 1:
                frame.operands = []
            frame.last = "operator"
            return
        name = self._name(frame.operands[0])
        if name is None:  # `with f(x):`
            self._operator(frame, broke)
            return
        annotated = frame.sign == ":" and sign == "=" and not frame.sign_broke and not frame.values
        if not annotated or frame.key is None:
            frame.key = name
            frame.key_start = self._start(frame.operands[0])
            frame.owner = frame.base
        frame.sign, frame.sign_broke = sign, False
        frame.items += (value for value in frame.values if value.form != REFERENCE)  # `with f(x) as y:`
        frame.operands, frame.values = [], []
        frame.last = "operator"
        frame.base = ""

    def _name(self, operand: _Operand) -> str | None:
        if isinstance(operand, Part):
            return operand.name or operand.text
        if operand.kind is Kind.ARRAY and len(operand.items) == 1:  # `["NAME"] = value` of an initializer
            text = operand.items[0].text()
            return text.removeprefix("${").removesuffix("}") if text else None
        return None

    @staticmethod
    def _start(operand: _Operand) -> int:
        return operand.start if isinstance(operand, Part) else operand.span.start

    def _settle(self, frame: _Frame) -> None:
        """Makes a value of what was joined so far."""
        if frame.operands:
            frame.values += self._nodes(frame.operands)
            frame.operands = []

    def _nodes(self, operands: list[_Operand]) -> list[Node]:
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
        self._parts[id(node)] = parts
        return node

    def _end(self, frame: _Frame) -> None:
        """The element is complete."""
        self._settle(frame)
        if frame.key is not None:
            name = last_name(frame.key)
            frame.block = frame.block or (frame.opener == "{" and frame.sign == "=" and not self._language.fields)
            for value in frame.values:
                if frame.owner:
                    self._owners[id(value)] = frame.owner
                frame.members.append(Member(name, Span(frame.key_start, frame.key_start + len(frame.key)), value))
            if frame.sign != ":" and frame.values and frame.opener not in ("(", "["):
                self._constants.setdefault(frame.key, []).extend(frame.values)
        else:
            frame.items += (value for value in frame.values if frame.opener != "" or value.form != REFERENCE)
        frame.clear()

    # Brackets

    def _open(self, frame: _Frame, sign: str, start: int, broke: bool) -> None:
        if len(self._frames) >= _DEEPEST or self._ignored:
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
                self._settle_but_joined(frame)
        elif attached and frame.method and sign == "(":
            callee, onto = frame.method, True
        elif attached and (sign == "[" or (sign == "{" and self._initializes(before))):
            onto = True
        elif attached:  # `f(x) {`: a body
            self._settle(frame)
            frame.last = "operator"
        inner = _Frame(sign, start, callee, onto)
        self._frames.append(inner)

    def _initializes(self, before: _Operand | None) -> bool:
        return self._language.initializers and isinstance(before, Node)

    def _settle_but_joined(self, frame: _Frame) -> None:
        if frame.last == "operator":
            self._settle(frame)

    def _shut(self, sign: str, end: int) -> None:
        if self._ignored:
            self._ignored -= 1
            return
        opener = _CLOSES[sign]
        for depth in range(len(self._frames) - 1, 0, -1):
            found = self._frames[depth].opener
            if found == opener:
                while len(self._frames) > depth:
                    self._close(end)
                return
            if found in ("hole", "literal"):
                return

    def _unwind(self, opener: str, end: int) -> None:
        """Closes all up to the innermost bracket of this kind."""
        self._ignored = 0
        if any(frame.opener == opener for frame in self._frames):
            while self._frames[-1].opener != opener:
                self._close(end)
            self._close(end)

    def _close(self, end: int) -> None:
        """Ends the innermost bracket and gives what it holds to the one around it."""
        frame = self._frames.pop()
        outer = self._frames[-1]
        if frame.opener == "literal":
            outer.operands += frame.operands or [Part(end, end, "", View("", (), ()))]
            outer.last = "operand"
            return
        self._end(frame)
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

    def _push(self, frame: _Frame, operand: _Operand) -> None:
        """Puts a value that was made of a bracket where the bracket stood."""
        if frame.last not in ("join",):
            self._settle(frame)
        frame.operands.append(operand)
        frame.last = "operand"
        frame.method = frame.base = ""

    def _bracket(self, frame: _Frame, end: int) -> Node:
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
        name = self._parts[id(node)][0].name if node.form == REFERENCE else ""
        return last_name(name) if "." not in name and name != "?" else ""

    def _hole(self, frame: _Frame, outer: _Frame, end: int) -> None:
        """An expression within a literal: its name is what counts, its texts are aside."""
        names = [node for node in frame.items if node.form == REFERENCE]
        name = self._parts[id(names[0])][0].name if len(names) == 1 == len(frame.items) else "?"
        self._aside += ((member.key, member.value) for member in frame.members)
        self._aside += (("", node) for node in frame.items if node.form != REFERENCE)
        outer.operands.append(Part(frame.start, end, name))

    def _subscript(self, frame: _Frame, outer: _Frame, end: int) -> None:
        """`x["NAME"]`: an expression with that name."""
        before = outer.operands[-1] if outer.operands else None
        text = frame.items[0].text() if len(frame.items) == 1 else None
        base = before.name if isinstance(before, Part) else before.form if before is not None else ""
        if text is None or before is None or not base:
            self._aside += (("", node) for node in frame.items if node.form != REFERENCE)
            return
        name = text.removeprefix("${").removesuffix("}")
        chain = f"{base[-_LONGEST_CHAIN:]}.{name}" if name.replace("-", "_").isidentifier() else "?"
        outer.operands[-1] = Part(self._start(before), end, chain)
        outer.last, outer.base, outer.method = "operand", base, ""

    def _group(self, frame: _Frame, outer: _Frame, end: int) -> None:
        """`(a)` is a, `(a, b)` is a list, `(a=b)` an object."""
        if len(frame.items) == 1 and not frame.members:
            (node,) = frame.items
            parts = self._parts.get(id(node))
            self._push(outer, node if parts is None else parts[0])
            outer.operands += parts[1:] if parts else ()
            return
        kind = Kind.OBJECT if frame.members else Kind.ARRAY
        self._push(outer, Node(kind, Span(frame.start, end), members=tuple(frame.members), items=tuple(frame.items)))

    def _call(self, frame: _Frame, outer: _Frame, end: int) -> None:
        start = frame.start
        texts = [node.text() for node in frame.items]
        if reads_variable(frame.callee) and texts and texts[0] and not texts[0].startswith("${"):
            named = f"{frame.callee}.{texts[0]}" if texts[0].isidentifier() else "?"
            self._push(outer, Part(start, end, named))
            for default in frame.items[1:]:
                if default.text() is not None and default.form != REFERENCE:
                    self._owners[id(default)] = _ENVIRONMENT
                    self._settle(outer)
                    outer.values.append(default)
                    self._aside.append((texts[0], default))
            outer.last = "operand"
            return
        span = Span(start, end)
        self._push(
            outer, Node(Kind.OBJECT, span, members=tuple(frame.members), items=tuple(frame.items), form=frame.callee)
        )

    def _extend(self, frame: _Frame, outer: _Frame, end: int) -> None:
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
        self._aside += ((member.key, member.value) for member in frame.members)
        self._aside += (("", node) for node in frame.items if node.form != REFERENCE)


def reads_variable(callee: str) -> bool:
    """Whether a function gives the value of a variable of the environment."""
    return callee in _READERS or callee.replace("::", ".").split(".")[-1] in _READERS or _two(callee) in _READERS


def _two(callee: str) -> str:
    return ".".join(callee.replace("::", ".").split(".")[-2:])


def texts(nodes: Iterable[Node]) -> list[str]:
    """The strings among nodes."""
    return [text for node in nodes if (text := node.text()) is not None]
