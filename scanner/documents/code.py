"""Programs of any language of rules/code.yaml: the servers that they start or call, and what else they write out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.rules.bundle_code import CODE
from unsprawl.rules.load import compiled, layers
from unsprawl.scanner.documents.code_assembly import as_map
from unsprawl.scanner.documents.code_comments import uncommented
from unsprawl.scanner.documents.code_constants import Constants
from unsprawl.scanner.documents.code_entries import Entries
from unsprawl.scanner.documents.code_language import language, written_value
from unsprawl.scanner.documents.code_names import canonical
from unsprawl.scanner.documents.code_parser import tree
from unsprawl.scanner.documents.code_tree import BLOCK, REFERENCE, CodeCodec, Tree, last_name
from unsprawl.scanner.documents.code_values import holds, holds_login, is_name, is_no_word
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage, Source, read_within
from unsprawl.scanner.entry_looks import is_server_address
from unsprawl.scanner.entry_parts import ARGS_KEYS, ENV_KEYS, HEADER_KEYS
from unsprawl.scanner.formats.node import Kind, Member, Node
from unsprawl.scanner.model import Context, Problem, SlotKind
from unsprawl.scanner.names import Secrecy, secrecy, secret_header
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.servers import ServerNode, entry_of
from unsprawl.scanner.slots import slot_group, slots, url_group
from unsprawl.scanner.vendors import named_by_vendor
from unsprawl.scanner.view import View, positions

_LONGEST: int = CODE["longest"]
_SETTERS = frozenset(CODE["setters"])
_PAIRS = frozenset(CODE["pairs"])
_FRAGMENTS = (ENV_KEYS[0], HEADER_KEYS[0], ARGS_KEYS[0])
_EMBEDDED = re.compile(r"(?i)mcp|\"(?:command|url)\"\s*:")
_LONGEST_EMBEDDED = 64 * 1024
_IN_A_NAME = r"[\w${}]+"
_SCHEMES = ("http://", "https://", "ws://", "wss://")


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What the program holds, first what belongs to a server; then what its comments hold, which may be code too."""
    if not page.about_mcp:
        return
    if len(passage.text) > _LONGEST:
        yield _too_long(page)
        return
    if not _may_hold(passage.text, passage.language):
        return
    spoken = language(passage.language)
    found = tree(View.of(passage.text), spoken)
    yield from _Reading(page, passage, found).read()
    commented = uncommented(passage.text, found.comments)
    if commented:
        inner = tree(View.of(commented), spoken)
        yield from _Reading(page, passage, inner).read()


def _may_hold(text: str, spoken: str) -> bool:
    """Whether to make a tree of it, which is what takes long. Nothing is found but what is written out in a literal or
    as a number, or a vendor's format where a name should stand."""
    return written_value(spoken).search(text) is not None or any(
        compiled(_IN_A_NAME).fullmatch(keyword) for rules in layers() for keyword, _ in rules.held(text)
    )


def _too_long(page: Page) -> Problem:
    size = f"holds more than {_LONGEST >> 20} MiB of code, in which only what tells by itself was looked for"
    return Problem(page.file.path, "code-too-long", size, "Look into it by hand.")


class _Named(NamedTuple):
    """A node of the tree with the name it is given, or that of the call or list around it."""

    node: Node
    name: str


class _Reading:
    """Goes through one tree."""

    def __init__(self, page: Page, passage: Passage, found: Tree) -> None:
        self._page = page
        self._passage = passage
        self._tree = found
        self._constants = Constants(found)
        self._entries = Entries(self._constants)
        document = page.document._replace(codec=CodeCodec(found), root=found.root, others=())
        self._source = Source(document, passage.view)
        self._told: set[int] = set()
        """Ids of texts that belong to a server."""
        self._blocks = 0

    def read(self) -> Iterator[Found]:
        named = list(_walk(self._tree))
        for node, name in named:
            if node.kind is Kind.OBJECT:
                for entry in self._entries.of(node, name):
                    yield from self._slots(entry.name, entry.node)
        for node, name in named:
            yield from self._fragments(node)
            yield from self._pairs(node)
            if node.kind is Kind.STRING and node.form != REFERENCE and id(node) not in self._told:
                yield from self._text(node, name)

    def _slots(self, name: str, node: Node) -> Iterator[Candidate]:
        path = (*self._passage.path, name) if name else self._passage.path
        entry = entry_of(self._source.document, path, name, node, [], ())
        start = self._passage.view.starts[min(node.span.start, len(self._passage.text) - 1)]
        entry = entry._replace(line=self._page.line(start))
        for group in slots(ServerNode(entry, node)):
            self._told.add(id(group.node))
            yield Candidate(group, Evidence.SERVER, group.whole.key_path, entry, self._source)

    def _fragments(self, node: Node) -> Iterator[Found]:
        """Variables, headers and arguments that no entry around them holds: only what is random counts there."""
        named = [(canonical(member.key), member.value) for member in node.members]
        if self._is_environment(node):
            named.append((ENV_KEYS[0], node._replace(form="")))
        for key, found in named:
            # `args` that is a map is what a tool is called with.
            if key not in _FRAGMENTS or found.kind is Kind.STRING or (key == ARGS_KEYS[0] and found.members):
                continue
            value = self._constants.resolved(found, 1)
            value = value if key == ARGS_KEYS[0] else as_map(value)
            whole = Node(Kind.OBJECT, value.span, members=(Member(key, value.span, value),))
            for candidate in self._slots("", whole) if value.kind in (Kind.OBJECT, Kind.ARRAY) else ():
                if is_no_word(candidate.group.view.text, candidate.group.whole.context.name):
                    yield candidate._replace(entry=None)

    def _is_environment(self, node: Node) -> bool:
        """`environment { NAME = "value" }`, `os.environ.update({…})`, `{...process.env, NAME: "value"}`."""
        if node.kind is not Kind.OBJECT:
            return False
        chains = [self._tree.parts[id(item)][0].name for item in node.items if item.form == REFERENCE]
        if node.form and node.form != BLOCK:
            chains += [node.form, node.form.rpartition(".")[0]]
        return any(holds(chain) is SlotKind.ENV for chain in chains)

    def _pairs(self, node: Node) -> Iterator[Found]:
        """`setenv("NAME", "value")`, `("NAME", "value")`."""
        sets = node.form in _SETTERS or last_name(node.form) in _SETTERS
        for member in node.members if sets else ():  # `Sys.setenv(NAME = "value")`
            if member.value.text() and member.value.form != REFERENCE:
                self._told.add(id(member.value))
                yield from self._named(member.value, member.key, SlotKind.ENV)
        if len(node.items) < 2 or node.members or (node.form and last_name(node.form) not in _PAIRS):
            return
        for name, value in zip(node.items[::2], node.items[1::2], strict=False):
            text = name.text() or ""
            if value.text() and value.form != REFERENCE and is_name(text) and id(value) not in self._told:
                self._told.add(id(value))
                yield from self._named(value, text, SlotKind.ENV if sets else None)

    def _text(self, node: Node, name: str) -> Iterator[Found]:
        text = node.text() or ""
        if len(text) < 4:
            return
        if len(text) <= _LONGEST_EMBEDDED and _EMBEDDED.search(text) and (" " in text or "\n" in text):
            language_ = "json" if text.lstrip()[:1] in ("{", "[") else "markdown" if "\n" in text else ""
            yield from read_within(self._page, self._inner(self._tree.view(node), language_))
        if text.startswith(_SCHEMES):
            if is_server_address(text):
                group = url_group(node, (*self._passage.path, name), View.of(text), "")
                yield Candidate(group, Evidence.SERVER, group.whole.key_path, None, self._source)
        elif name or holds_login(text):
            yield from self._named(node, name, holds(self._tree.owners.get(id(node), "")))

    def _named(self, node: Node, name: str, owner: SlotKind | None) -> Iterator[Found]:
        """A value with a name and no server around it: one that the program puts into its environment, which the
        servers get that it starts, or one whose name tells; else only a format of the vendor that the name is of.

        `owner` is what the object that it is put into holds.
        """
        kind = owner or (SlotKind.ENV if name.isupper() else SlotKind.OTHER)
        if "-" in name and secret_header(name):
            kind = SlotKind.HEADER
        context, text = Context(kind, name), node.text() or ""
        random = secrecy(name) in (Secrecy.STRONG, Secrecy.WEAK) and is_no_word(text, name)
        if random or named_by_vendor(context) or holds_login(text):
            group = slot_group(context, (*self._passage.path, name), node, View.of(text))
            served = random and (owner is not None or speaks(name))
            yield Candidate(
                group, Evidence.SERVER if served else Evidence.TEXT, group.whole.key_path, None, self._source
            )

    def _inner(self, view: View, language_: str) -> Passage:
        """A text within the program as a passage of its own."""
        around = self._passage.view
        starts, ends = positions(), positions()
        starts.extend(around.starts[at] for at in view.starts)
        ends.extend(around.ends[at - 1] for at in view.ends)
        self._blocks += 1
        return self._passage.inner(View(view.text, starts, ends), self._blocks - 1, language_)


def _walk(found: Tree) -> Iterator[_Named]:
    """All nodes, what is around others first."""
    waiting = [_Named(node, name) for name, node in reversed(found.aside)]
    waiting.append(_Named(found.root, ""))
    while waiting:
        node, name = waiting.pop()
        yield _Named(node, name)
        waiting += [_Named(item, name) for item in reversed(node.items)]
        waiting += [_Named(member.value, member.key) for member in reversed(node.members)]
