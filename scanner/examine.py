"""One file to its entries and findings: parse, take apart, judge. No disk, no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from unsprawl.scanner.approach import Approach, classify
from unsprawl.scanner.detect import judge
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.formats.node import at, pointer
from unsprawl.scanner.model import (
    Context,
    Entry,
    Finding,
    Judgement,
    Literal,
    Problem,
    Reference,
    Slot,
    SlotKind,
)
from unsprawl.scanner.placeholders import default_of
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import ServerNode, entries
from unsprawl.scanner.slots import SlotGroup, other_slots, slots


class ExaminedEntry(NamedTuple):
    """An entry with what was found in it."""

    server: ServerNode
    approach: Approach
    findings: tuple[Finding, ...]
    references: tuple[tuple[Slot, Reference], ...]

    @property
    def entry(self) -> Entry:
        return self.server.entry


class Examined(NamedTuple):
    """A file with what was found in it. `loose` are findings beside the entries, such as VS Code inputs."""

    file: ConfigFile
    document: Document
    entries: tuple[ExaminedEntry, ...]
    loose: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for entry in self.entries for finding in entry.findings) + self.loose


BESIDE: tuple[KeyPath, ...] = (("inputs",), ("mcp", "inputs"))
"""Key paths that belong to server configuration without being entries."""


def examine(file: ConfigFile, data: bytes, shown: str) -> Examined | Problem:
    """What is in `data`. `shown` is the path as reports name it, so that fingerprints do not depend on the machine."""
    wanted = [*BESIDE, *(path for reading in file.readings for path in reading.servers)]
    document = parse(file.path, data, file.format, wanted)
    if isinstance(document, Problem):
        return document
    found = tuple(_entry(document, server, file, shown) for server in entries(document, file))
    groups = (
        group
        for path in BESIDE
        if (node := at(document.root, path)) is not None
        for group in other_slots(node, path, str(path[-1]))
    )
    loose = tuple(
        _finding(document, slot, judgement, file.hosts, None, shown)
        for group in groups
        for slot, judgement in judged(group)
        if isinstance(judgement, Literal)
    )
    return Examined(file, document, found, loose)


def _entry(document: Document, server: ServerNode, file: ConfigFile, shown: str) -> ExaminedEntry:
    entry = server.entry
    verdicts = [(slot, judgement) for group in slots(server) for slot, judgement in judged(group)]
    findings = tuple(
        _finding(document, slot, judgement, entry.hosts, entry, shown)
        for slot, judgement in verdicts
        if isinstance(judgement, Literal)
    )
    references = tuple((slot, judgement) for slot, judgement in verdicts if isinstance(judgement, Reference))
    kinds: list[tuple[SlotKind, Judgement]] = [(slot.context.kind, judgement) for slot, judgement in verdicts]
    return ExaminedEntry(server, classify(entry, server.node, kinds, shared=file.shared), findings, references)


def judged(group: SlotGroup) -> Iterator[tuple[Slot, Judgement]]:
    """The judgements of one value: of the whole, or of those parts that the whole's does not cover."""
    whole = judge(group.whole.text.reveal(), group.whole.context)
    if not group.pieces:
        yield from _with_default(group.whole, whole)
        return
    taken: list[tuple[int, int]] = []
    if isinstance(whole, Literal) and not whole.rule.startswith("generic"):
        slot = group.whole
        taken.append((slot.start + whole.start, slot.start + whole.end))
        yield slot, whole
    for piece in group.pieces:
        if any(start < piece.end and piece.start < end for start, end in taken):
            continue
        yield from _with_default(piece, judge(piece.text.reveal(), piece.context))
    if not taken and isinstance(whole, Reference):
        yield group.whole, whole


def _with_default(slot: Slot, judgement: Judgement) -> Iterator[tuple[Slot, Judgement]]:
    """A reference may carry a literal default: `${KEY:-value}`."""
    yield slot, judgement
    if isinstance(judgement, Reference):
        text = slot.text.reveal()
        default = default_of(text)
        if default is not None:
            start, end = default
            context = Context(
                slot.context.kind, slot.context.name, "default", slot.context.package, slot.context.host
            )
            inner = Slot(context, slot.key_path, slot.start + start, slot.start + end, Secret(text[start:end]))
            yield inner, judge(text[start:end], context)


def _finding(
    document: Document, slot: Slot, literal: Literal, hosts: tuple[str, ...], entry: Entry | None, shown: str
) -> Finding:
    node = at(document.root, slot.key_path)
    assert node is not None
    start, end = slot.start + literal.start, slot.start + literal.end
    span = document.codec.part_span(document.text, node, start, end)
    where = pointer(slot.key_path)
    place = document.place(span, where)
    secret = Secret(slot.text.reveal()[literal.start : literal.end])
    return Finding(fingerprint(literal.rule, shown, where, slot), literal, place, slot, hosts, entry, secret)


def fingerprint(rule: str, shown: str, where: str, slot: Slot) -> str:
    """The name of a place: which rule, file and field. Holds nothing of the value, so it may be published."""
    from hashlib import sha256

    parts = (rule, shown.replace("\\", "/"), where, slot.context.kind.value, slot.context.name, slot.context.role)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
