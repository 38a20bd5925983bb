"""The parts of a server entry in a program put together: calls and objects to one object as configurations have it."""

from __future__ import annotations

from unsprawl.scanner.documents.code_constants import DEEPEST, Constants
from unsprawl.scanner.documents.code_names import canonical, takes
from unsprawl.scanner.documents.code_tree import REFERENCE
from unsprawl.scanner.entry_looks import LEAK_KEYS
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, ENV_KEYS, HEADER_KEYS, URL_KEYS
from unsprawl.scanner.formats.node import Kind, Member, Node, Span

_COMMAND, _ARGS, _ENV, _URL, _HEADERS = (keys[0] for keys in (COMMAND_KEYS, ARGS_KEYS, ENV_KEYS, URL_KEYS, HEADER_KEYS))
_PARTS = frozenset({_COMMAND, _ARGS, _ENV, _URL, _HEADERS})
_HOLDER = "transport"
_AUTHORIZATION = "authorization"
_HEADER = "Authorization"


class Assembly:
    """Puts entries together, with what the names in them stand for."""

    def __init__(self, constants: Constants) -> None:
        self._constants = constants

    def assembled(self, node: Node, taken: tuple[str, ...], depth: int = 0) -> Node:
        """The object with the parts of an entry that a call or another object amounts to."""
        members: list[Member] = []
        words: list[Node] = []
        for member in node.members:
            self._part(canonical(member.key), member, words, members, depth)
        for number, item in enumerate(node.items):
            what = taken[number] if number < len(taken) else taken[-1] if taken[-1:] == ("words",) else ""
            if what == "words":
                words.append(self._constants.resolved(item, depth + 1))
            elif what in (_COMMAND, _URL) and (whole := self._constants.resolved(item, depth + 1)).kind is Kind.OBJECT:
                self._merge(whole, members, depth)
            elif what in _PARTS or what == _AUTHORIZATION:
                self._part(what, Member(what, item.span, item), words, members, depth)
            elif what in ("", "entry"):
                self._merge(self._constants.resolved(item, depth + 1), members, depth)
        if words:
            args = Node(Kind.ARRAY, Span(words[0].span.start, words[-1].span.end), items=tuple(words))
            members.append(Member(_ARGS, args.span, args))
        return Node(Kind.OBJECT, node.span, members=tuple(members))

    def _part(self, key: str, member: Member, words: list[Node], members: list[Member], depth: int) -> None:
        if member.key in LEAK_KEYS:  # entries of their own
            return
        value = self._constants.resolved(member.value, depth + 1)
        if key == _HOLDER and value.kind is Kind.OBJECT:
            self._merge(value, members, depth)
        elif key == _ARGS and value.kind is Kind.STRING and value.form != REFERENCE:
            words.append(value)  # `.arg("x")`, one by one
        elif key == _ARGS and value.kind is Kind.ARRAY:
            words += value.items
        elif key == _AUTHORIZATION and (value := _only(value)).kind is Kind.STRING:  # what is sent in the header
            named = Member(_HEADER, member.key_span, value)
            members.append(Member(_HEADERS, member.key_span, Node(Kind.OBJECT, value.span, members=(named,))))
        elif key == _COMMAND and value.kind is Kind.OBJECT:  # `Command: exec.Command("npx", "-y")`
            self._merge(value, members, depth)
        else:
            if key in (_ENV, _HEADERS):
                value = as_map(value)
            members.append(Member(key, member.key_span, value))

    def _merge(self, value: Node, members: list[Member], depth: int) -> None:
        """Takes over the parts of an object that holds them."""
        if value.kind is Kind.OBJECT and depth < DEEPEST:
            inner = takes(value.form) if value.form else None
            members += self.assembled(value, inner or (), depth + 1).members


def _only(node: Node) -> Node:
    """What is named in a call that names one thing: `BearerAuth(token="…")`."""
    return node.members[0].value if node.form and len(node.members) == 1 and not node.items else node


def as_map(node: Node) -> Node:
    """Pairs of texts as an object: `("NAME", "value")`, `[["NAME", "value"]]`, `of("A", "1", "B", "2")`."""
    if node.kind is not Kind.ARRAY and not (node.kind is Kind.OBJECT and node.items):
        return node
    pairs = [item for item in node.items if item.kind is Kind.ARRAY and len(item.items) == 2]
    members = [*node.members, *(_member(pair.items[0], pair.items[1]) for pair in pairs if pair.items[0].text())]
    flat = [item.text() for item in node.items]
    if not pairs and len(flat) % 2 == 0 and flat and all(text and "=" not in text for text in flat[::2]):
        members += map(_member, node.items[::2], node.items[1::2])
    if not members:
        return node
    rest = tuple(item for item in node.items if item.kind is Kind.STRING and "=" in (item.text() or ""))
    return Node(Kind.OBJECT, node.span, members=tuple(members), items=rest)


def _member(name: Node, value: Node) -> Member:
    return Member(name.text() or "", name.span, value)
