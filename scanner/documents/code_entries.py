"""Server entries that source text writes out: calls that take a server, and objects with the parts of one.

An entry is put together as an object with the names of rules/entries.yaml, so that all the rest takes it for one of a
configuration. Its texts keep their places.
"""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_text import Part, stretch
from unsprawl.scanner.documents.code_tree import BLOCK, REFERENCE, Tree, last_name
from unsprawl.scanner.entry_looks import LEAK_KEYS, has_parts
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, ENV_KEYS, HEADER_KEYS, NAME_KEYS, URL_KEYS, declared
from unsprawl.scanner.formats.node import Kind, Member, Node, Parsed, Path, Span
from unsprawl.scanner.record import NamedTuple

_TAKES: dict[str, tuple[str, ...]] = {
    name: tuple(entry["takes"]) for entry in CODE["callables"] for name in entry["names"]
}
_SPEAKING: tuple[str, ...] = tuple(CODE["speaking"])
_KEYS: dict[str, str] = {
    **{name: key for key, names in CODE["keys"].items() for name in names},
    **{
        key: keys[0] for keys in (COMMAND_KEYS, ARGS_KEYS, ENV_KEYS, URL_KEYS, HEADER_KEYS) for key in keys
    },
}  # fmt: skip
_PARTS = frozenset({*COMMAND_KEYS[:1], *ARGS_KEYS[:1], *ENV_KEYS[:1], *URL_KEYS[:1], *HEADER_KEYS[:1]})
_COMMAND, _ARGS, _ENV, _URL, _HEADERS = (keys[0] for keys in (COMMAND_KEYS, ARGS_KEYS, ENV_KEYS, URL_KEYS, HEADER_KEYS))
HOLDER = "transport"
_AUTHORIZATION = "authorization"
_HEADER = "Authorization"
_DEEPEST = 8
_MOST_STEPS = 60_000
"""What names stand for is looked up until so many nodes and characters were put together: a list of names of lists of
names has no end."""
_REMOTE = "mcp"
"""What `type` says of a tool that is a server."""


class CodeEntry(NamedTuple):
    """A server as source text writes it: `node` is an object with the parts of an entry."""

    name: str
    node: Node

    def __repr__(self) -> str:
        return "CodeEntry(<hidden>)"


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


def canonical(key: str) -> str:
    """The name of a part of an entry by which all its names are known; the key itself for anything else."""
    return _KEYS.get(key, key)


def takes(callee: str) -> tuple[str, ...] | None:
    """What the positional arguments of a function that takes a server are; None for another function."""
    plain = callee.replace("::", ".").replace("->", ".")
    names = plain.split(".")
    for known in (callee, plain, ".".join(names[-2:]), names[-1]):
        if known in _TAKES:
            return _TAKES[known]
    # `StdioServerParameters.builder`: what a class makes is one of it.
    return next((_TAKES[name] for name in names[:-1] if name[:1].isupper() and name in _TAKES), None)


def speaks(callee: str) -> bool:
    """Whether the name of a function says that it is about servers."""
    lower = callee.lower()
    return any(word in lower for word in _SPEAKING)


class Entries:
    """The entries of one tree, whose texts those that are put together here come to as well."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._kept: list[Node] = []
        self._left = _MOST_STEPS
        self._constants = {name: nodes[0] for name, nodes in tree.constants.items() if len(nodes) == 1}
        by_last: dict[str, list[Node]] = {}
        for name, node in self._constants.items():
            by_last.setdefault(last_name(name), []).append(node)
        self._by_last = {name: nodes[0] for name, nodes in by_last.items() if len(nodes) == 1}

    def of(self, node: Node, name: str) -> Iterator[CodeEntry]:
        """The entries that an object or a call is, itself or by the map or list that it takes."""
        taken = takes(node.form) if node.form else None
        if taken is not None:
            yield from self._called(node, name, taken)
        elif node.kind is Kind.OBJECT and node.form != BLOCK and self._may_be(node):
            entry = self._assembled(node, ())
            if self._looks(entry, node):
                yield CodeEntry(name, entry)
        for member in node.members:
            if member.key in LEAK_KEYS:
                yield from self._listed(self.resolved(member.value, 0), sure=member.key != "servers")

    def _called(self, node: Node, name: str, taken: tuple[str, ...]) -> Iterator[CodeEntry]:
        for what, item in zip(taken, node.items, strict=False):
            whole = self.resolved(item, 0)
            if what == "servers":
                yield from self._listed(whole, sure=True)
            for member in whole.members:
                if member.key in LEAK_KEYS:
                    yield from self._listed(self.resolved(member.value, 0), sure=True)
        entry = self._assembled(node, taken)
        if has_parts(entry) or any(entry.get(part) is not None for part in (_ENV, _HEADERS, _ARGS)):
            yield CodeEntry(name or last_name(node.form), entry)

    def _listed(self, holder: Node, *, sure: bool) -> Iterator[CodeEntry]:
        """The entries of a map or a list."""
        named = [(member.key, member.value) for member in holder.members]
        for name, value in (*named, *(("", item) for item in holder.items)):
            inner = self.resolved(value, 1)
            if inner.kind is Kind.OBJECT and (takes(inner.form) is None or not inner.form):
                entry = self._assembled(inner, ())
                if has_parts(entry) if sure else self._looks(entry, inner):
                    yield CodeEntry(name or _called_so(entry), entry)

    @staticmethod
    def _may_be(node: Node) -> bool:
        return any(canonical(member.key) in (_COMMAND, _URL) for member in node.members)

    def _looks(self, entry: Node, node: Node) -> bool:
        """Whether an object looks like an entry, where no name says that it is one."""
        kind = entry.get("type")
        said = declared(entry) is not None or (kind is not None and kind.text() == _REMOTE)
        if node.form and not speaks(node.form):
            return entry.get(_COMMAND) is not None and entry.get(_ARGS) is not None
        if entry.get(_COMMAND) is not None:
            return said or bool(node.form) or entry.get(_ARGS) is not None or entry.get(_ENV) is not None
        # `{url, method, headers}` is a request.
        request = any(entry.get(key) is not None for key in ("method", "body", "data", "params"))
        return (
            entry.get(_URL) is not None and (said or bool(node.form) or entry.get(_HEADERS) is not None) and not request
        )

    # Putting together

    def _assembled(self, node: Node, taken: tuple[str, ...], depth: int = 0) -> Node:
        """The object with the parts of an entry that a call or another object amounts to."""
        members: list[Member] = []
        words: list[Node] = []
        for member in node.members:
            self._part(canonical(member.key), member, words, members, depth)
        for number, item in enumerate(node.items):
            what = taken[number] if number < len(taken) else taken[-1] if taken[-1:] == ("words",) else ""
            if what == "words":
                words.append(self.resolved(item, depth + 1))
            elif what in (_COMMAND, _URL) and (whole := self.resolved(item, depth + 1)).kind is Kind.OBJECT:
                self._merge(whole, members, depth)
            elif what in _PARTS or what == _AUTHORIZATION:
                self._part(what, Member(what, item.span, item), words, members, depth)
            elif what in ("", "entry"):
                self._merge(self.resolved(item, depth + 1), members, depth)
        if words:
            args = Node(Kind.ARRAY, Span(words[0].span.start, words[-1].span.end), items=tuple(words))
            members.append(Member(_ARGS, args.span, args))
        return Node(Kind.OBJECT, node.span, members=tuple(members))

    def _part(self, key: str, member: Member, words: list[Node], members: list[Member], depth: int) -> None:
        if member.key in LEAK_KEYS:  # entries of their own
            return
        value = self.resolved(member.value, depth + 1)
        if key == HOLDER and value.kind is Kind.OBJECT:
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
        if value.kind is Kind.OBJECT and depth < _DEEPEST:
            inner = takes(value.form) if value.form else None
            members += self._assembled(value, inner or (), depth + 1).members

    def resolved(self, node: Node, depth: int) -> Node:
        """The node with what its names stand for, where the text says that once; without calls that change nothing."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return node
        if node.kind is Kind.STRING:
            return self._text(node, depth)
        if node.kind is Kind.ARRAY:
            return node._replace(items=tuple(self.resolved(item, depth + 1) for item in node.items))
        if node.kind is not Kind.OBJECT or (node.form and takes(node.form) is not None):
            return node
        if node.form and not node.members and len(node.items) == 1:  # `new URL("…")`, `str(x)`, `dict({…})`
            return self.resolved(node.items[0], depth + 1)
        members = [member._replace(value=self.resolved(member.value, depth + 1)) for member in node.members]
        items = [self.resolved(item, depth + 1) for item in node.items]
        for item in tuple(items):
            if item.kind is Kind.OBJECT and not item.form:  # `{...common, X: "y"}`, `Object.assign({}, a, b)`
                members += item.members
                items.remove(item)
        if not members:
            return node._replace(kind=Kind.ARRAY, items=tuple(items), form="")
        return node._replace(members=tuple(members), items=tuple(items))

    def _text(self, node: Node, depth: int) -> Node:
        parts = self._tree.parts.get(id(node), ())
        if not any(part.name for part in parts) or self._left < 0:
            return node
        if node.form == REFERENCE:
            constant = self._constant(parts[0].name)
            return node if constant is None else self.resolved(constant, depth + 1)
        spelled: list[Part] = []
        for part in parts:
            constant = self._constant(part.name) if part.name else None
            inner = self._tree.parts.get(id(constant), ()) if constant is not None else ()
            spelled += inner if inner and not any(each.name for each in inner) else (part,)
        self._left -= sum(len(part.text) for part in spelled)
        return self._joined(node, tuple(spelled))

    def _constant(self, name: str) -> Node | None:
        found = self._constants.get(name)
        return found if found is not None else self._by_last.get(last_name(name)) if "." in name else None

    def _joined(self, node: Node, parts: tuple[Part, ...]) -> Node:
        made = Node(Kind.STRING, node.span, "".join(part.text for part in parts))
        self._kept.append(made)
        self._tree.parts[id(made)] = parts
        return made


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


def _called_so(entry: Node) -> str:
    return next((text for key in NAME_KEYS if (node := entry.get(key)) is not None and (text := node.text())), "")


__all__ = ["CodeCodec", "CodeEntry", "Entries", "Path", "as_map", "canonical", "speaks", "takes"]
