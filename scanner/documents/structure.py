"""Configuration of other programs that starts or calls servers: compose files, pipelines, clusters, manifests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from unsprawl.rules.bundle import STRUCTURES
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.documents.addresses import addresses
from unsprawl.scanner.documents.command_line import command_of
from unsprawl.scanner.documents.commands import slots_of
from unsprawl.scanner.documents.examine import judge_all
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage, Source, read_within
from unsprawl.scanner.documents.script import read_script
from unsprawl.scanner.documents.structure_names import ENVIRONMENTS, is_about_server, named, variables
from unsprawl.scanner.documents.structure_views import VIEWS, decoded
from unsprawl.scanner.documents.telling import telling
from unsprawl.scanner.entry_parts import HEADER_KEYS
from unsprawl.scanner.examine import Names
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.formats.plain_codec import PLAIN
from unsprawl.scanner.model import Context, Finding, Problem, SlotKind
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.randomness import has_random_run
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.slots import slot_group
from unsprawl.scanner.view import View

_LONGEST: int = STRUCTURES["longest"]
_COMMANDS = frozenset(STRUCTURES["commands"])
_STARTING = frozenset(STRUCTURES["starting"])
_SCRIPTS = frozenset(STRUCTURES["scripts"])
_ENCODED = frozenset(STRUCTURES["encoded"])
_HEADERS = frozenset(HEADER_KEYS)
_EMBEDDED = re.compile(
    r"(?i)mcp_?servers|mcp[ \t]+add|--mcp-config|mcp-remote|\"(?:command|url)\"\s*:|modelcontextprotocol"
)
_LONGEST_EMBEDDED = 64 * 1024
_ASSIGNED = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.-]{0,80})=([\s\S]+)")


class _Unit(NamedTuple):
    """An object with what is below a key of it, for instance a service of a compose file."""

    node: Node
    path: KeyPath
    sure: bool
    """Whether it says that it is about a server."""

    def __repr__(self) -> str:
        return f"_Unit({len(self.path)} keys deep)"


def in_structure(
    document: Document, file: ConfigFile, names: Names, entries: Iterable[Node], known: Iterable[Finding]
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """The secrets beside the entries of a file, and what could not be read of it. `known` are those of the entries."""
    text = document.text
    whole = Node(Kind.STRING, Span(0, len(text)), text)
    page = Page(file, document._replace(codec=PLAIN, root=whole, others=()), whole, True)
    reading = _Reading(page, document, {id(node) for node in entries})
    sources: list[Iterator[Found]] = [reading.read()]
    if len(text) <= _LONGEST:
        sources.append(telling(page, Passage(View.of(text))))
    findings, problems = judge_all(page, sources, names)
    taken = [_extent(finding) for finding in known]
    return tuple(finding for finding in findings if not _overlaps(_extent(finding), taken)), problems


_Extent: TypeAlias = "tuple[tuple[int, int], tuple[int, int]]"


def _extent(finding: Finding) -> _Extent:
    place = finding.place
    return (place.line, place.column), (place.end_line, place.end_column)


def _overlaps(extent: _Extent, others: list[_Extent]) -> bool:
    return any(start < extent[1] and extent[0] < end for start, end in others)


class _Reading:
    """Goes through one document."""

    def __init__(self, page: Page, document: Document, entries: set[int]) -> None:
        self._page = page
        self._document = document
        self._view = VIEWS[document.codec.id]
        self._source = Source(document, View.of(document.text))
        self._entries = entries
        self._about = page.file.telling or bool(entries)

    def read(self) -> Iterator[Found]:
        for prefix, root in self._document.roots:
            waiting: list[tuple[Node, KeyPath, str, Node | None]] = [(root, prefix, "", None)]
            seen: set[Span] = set()
            while waiting:
                node, path, key, around = waiting.pop()
                if id(node) in self._entries or (node.span in seen and node.span.end > node.span.start):
                    continue  # an alias repeats what was read
                seen.add(node.span)
                if node.kind is Kind.OBJECT:
                    yield from self._unit(node, path, key, around)
                elif node.kind is Kind.STRING:
                    yield from self._text(node, path, key)
                numbered = reversed([*enumerate(node.items)])
                waiting += [(item, (*path, number), key, None) for number, item in numbered]
                waiting += [(member.value, (*path, member.key), member.key, node) for member in reversed(node.members)]

    def _unit(self, node: Node, path: KeyPath, key: str, around: Node | None) -> Iterator[Found]:
        """What an object says of a program: its variables and its command lines."""
        unit: _Unit | None = None
        for member in node.members:
            here = (*path, member.key)
            environment = member.key in ENVIRONMENTS or member.key in _HEADERS
            encoded = member.key in _ENCODED and (node.get("kind") or node).text() == "Secret"
            if member.key in _STARTING and member.value.kind is Kind.OBJECT:  # `build: {args: {NAME: value}}`
                environment = True
            if not (environment or encoded or member.key in _COMMANDS | _STARTING | _SCRIPTS):
                continue
            unit = unit or _Unit(node, path, self._about or speaks(key) or is_about_server(node, around))
            if environment or encoded:
                kind = SlotKind.HEADER if member.key in _HEADERS else SlotKind.ENV
                for name, value, where in variables(member.value, here):
                    yield from self._variable(unit, name, value, where, kind, encoded=encoded)
            elif member.key in _SCRIPTS:
                for script in member.value.members:
                    yield from self._lines(unit, script.value, (*here, script.key), starts=False)
            else:
                starts = unit.sure and member.key in _STARTING
                yield from self._lines(unit, member.value, here, starts=starts)

    def _variable(
        self, unit: _Unit, name: str, value: Node, where: KeyPath, kind: SlotKind, *, encoded: bool
    ) -> Iterator[Found]:
        view = View.of(value.text() or "")
        if encoded:
            view = decoded(view)
        elif not name:
            match = _ASSIGNED.fullmatch(view.text)
            if match is None:
                return
            name, view = match[1], view.cut(*match.span(2))
        if view.text:
            group = slot_group(Context(kind, name), where, value, view)
            yield Candidate(group, _evidence(unit.sure), where, None, self._source)

    def _lines(self, unit: _Unit, node: Node, path: KeyPath, *, starts: bool) -> Iterator[Found]:
        """A command line, several, or the words of one."""
        strings = [item for item in node.items if item.kind is Kind.STRING and item.text()]
        if node.kind is Kind.STRING and node.text():
            view = self._view(self._document.text, node)
            yield from self._script(unit, view, path, starts=starts)
        elif strings and any(" " in (item.text() or "") and not _is_flag(item) for item in strings):
            for number, item in enumerate(node.items):
                if item.kind is Kind.STRING and item.text():
                    view = self._view(self._document.text, item)
                    yield from self._script(unit, view, (*path, number), starts=starts)
        elif strings:
            words = command_of([self._view(self._document.text, item) for item in strings])
            sure = unit.sure or words.concerns
            yield from slots_of(self._page, Passage(View.of(""), path), words, _evidence(sure))

    def _script(self, unit: _Unit, view: View, path: KeyPath, *, starts: bool) -> Iterator[Found]:
        certain = starts or (unit.sure and "\n" not in view.text.strip())
        return read_script(self._page, Passage(view, path, "bash"), Shell.POSIX, certain=certain)

    def _text(self, node: Node, path: KeyPath, key: str) -> Iterator[Found]:
        """A string of any key: configuration or commands in it, an address, a value with a telling name."""
        text = node.text() or ""
        if not 4 <= len(text) <= _LONGEST_EMBEDDED:
            return
        if "://" in text or _EMBEDDED.search(text):
            passage = Passage(self._view(self._document.text, node), path)
            yield from addresses(self._page, passage)
            if _EMBEDDED.search(text):
                yield from read_within(self._page, passage)
        name = named(self._document, path) or key
        if secrecy(name) in (Secrecy.STRONG, Secrecy.WEAK) and " " not in text and has_random_run(text):
            group = slot_group(Context(SlotKind.OTHER, name), path, node, View.of(text))
            yield Candidate(group, _evidence(self._about), path, None, self._source)


def _evidence(sure: bool) -> Evidence:
    return Evidence.SERVER if sure else Evidence.TEXT


def _is_flag(node: Node) -> bool:
    return (node.text() or "").startswith("-")
