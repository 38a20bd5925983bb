"""One file to its entries and findings: parse, take apart, judge. No disk, no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from unsprawl.scanner.beside import commands_beside, groups_beside, paths_beside
from unsprawl.scanner.detect import LONGEST, verdicts
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.document_kinds import is_structure
from unsprawl.scanner.entry_parts import ENV_FILE_KEYS, body
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Node, pointer
from unsprawl.scanner.model import (
    Entry,
    EnvTarget,
    Finding,
    Judgement,
    Literal,
    Place,
    Problem,
    Reference,
    Silenced,
    Slot,
    SlotKind,
)
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import ServerNode, entries, key_paths
from unsprawl.scanner.slots import SlotGroup, slots

if TYPE_CHECKING:
    from unsprawl.scanner.approach import Approach


_OTHER_FORMAT = frozenset({"broken", "binary", "encoding"})
"""Problems that a file has which is of another format than it was taken for."""


class ExaminedEntry(NamedTuple):
    """An entry with what was found in it."""

    server: ServerNode
    judged: tuple[tuple[SlotKind, Judgement], ...]
    """What its slots hold."""
    shared: bool
    """The file is shared through git."""
    findings: tuple[Finding, ...]
    references: tuple[tuple[Slot, Reference], ...]
    env_files: tuple[EnvTarget, ...] = ()
    """The environment files that it names."""
    exported: tuple[str, ...] = ()
    """Variables that a migration exported for it, and that its hosts hand on without a word in the entry."""

    @property
    def entry(self) -> Entry:
        return self.server.entry

    @property
    def approach(self) -> Approach:
        """How it authenticates, and what would serve it better: for reports and plans, the commit hook never asks."""
        from unsprawl.scanner.approach import PROXY, PROXY_ADVICE, VAULT, classify
        from unsprawl.scanner.destinations import is_advised
        from unsprawl.scanner.entry_variables import entry_variables

        found = classify(self.entry, self.server.node, self.judged, shared=self.shared, exported=self.exported)
        if found.target == VAULT and is_advised(self.entry, self.findings, entry_variables(self.server.node)):
            return found._replace(target=PROXY, advice=PROXY_ADVICE)
        return found


class Examined(NamedTuple):
    """A file with what was found in it.

    `loose` are findings beside the entries: in VS Code inputs, in the keys of model providers, in an environment file
    that an entry elsewhere names.
    """

    file: ConfigFile
    name: str
    """What fingerprints call it; see `sources.naming`."""
    document: Document
    entries: tuple[ExaminedEntry, ...]
    loose: tuple[Finding, ...]
    silenced: tuple[Silenced, ...] = ()
    """What `suppress` took out of the findings: secrets all the same, for whoever must not show or store one."""
    missing: tuple[EnvTarget, ...] = ()
    """Environment files that its entries name and that are not there, as far as anybody looked."""
    unjudged: tuple[Problem, ...] = ()
    """What was read and not judged. Nothing in it keeps the file from being edited."""
    named_by: Entry | None = None
    """Of an environment file, the entry that names it."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that keeps the findings from being complete."""
        return self.document.problems + self.unjudged

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for entry in self.entries for finding in entry.findings) + self.loose

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host whose file it is, and the others that have an entry in it: many look into an editor's settings."""
        having = (host for found in self.entries for host in found.entry.owners)
        return tuple(dict.fromkeys((*self.file.hosts[:1], *having)))

    @property
    def env_files(self) -> Iterator[EnvTarget]:
        """The environment files that its entries name."""
        yield from (target for entry in self.entries for target in entry.env_files)

    @property
    def secrets(self) -> Iterator[Finding]:
        """The findings and the silenced ones."""
        yield from self.findings
        yield from (each.finding for each in self.silenced)


def examine(file: ConfigFile, data: bytes, name: str) -> Examined | Problem:
    """What is in `data`. `name` is what fingerprints call the file, so that they do not depend on the machine."""
    if file.document is not None:
        from unsprawl.scanner.documents.examine import examine_document

        return examine_document(file, data, name)
    wanted = [*paths_beside(file), *key_paths(file)]
    structured = is_structure(file.path, file.format, hosted=bool(file.hosts))
    document = parse(file.path, data, file.format, None if structured else wanted)
    if isinstance(document, Problem):
        return document._replace(code="empty") if document.code in _OTHER_FORMAT and file.sniffed else document
    names = Names(name)
    seen: set[tuple[str, Place]] = set()
    found = tuple(_once(_entry(document, server, file, names), seen) for server in entries(document, file))
    loose = tuple(
        finding_at(document, group.node, slot, judgement, file, None, names)
        for group in groups_beside(document, file)
        for slot, judgement in judged(group)
        if isinstance(judgement, Literal)
    )
    lines = commands_beside(document, file)
    if lines:
        from unsprawl.scanner.documents.settings import in_commands

        loose += in_commands(document, file, names, lines)
    unjudged: list[Problem] = []
    if len(document.text) > LONGEST:
        unjudged += (_too_long(document, node) for each in found for node in _long_texts(each.server.node))
    if structured:
        from unsprawl.scanner.documents.structure import in_structure

        own = (finding for each in found for finding in each.findings)
        beside, unread = in_structure(document, file, names, [each.server.node for each in found], (*own, *loose))
        loose += beside
        unjudged += unread
    if file.hosts or found:  # comments count in a host's file, and in one that turned out to have entries
        known = (*(finding for each in found for finding in each.findings), *loose)
        switched_off, left = with_comments(document, file, names, known)
        loose += switched_off
        unjudged += left
    # Of what was only taken for this format and is not, a name that leads to nothing makes no entry.
    if document.problems and not loose and not any(map(_says_something, found)) and file.sniffed:
        return Examined(file, name, document._replace(problems=()), (), ())
    return Examined(file, name, document, found, loose, unjudged=tuple(dict.fromkeys(unjudged)))


def _says_something(found: ExaminedEntry) -> bool:
    return bool(found.judged or found.entry.command or found.entry.url)


def _long_texts(node: Node) -> Iterator[Node]:
    """The strings below a node that are longer than what is judged of one."""
    text = node.text()
    if text is not None and len(text) > LONGEST:
        yield node
    for inner in (*(member.value for member in node.members), *node.items):
        yield from _long_texts(inner)


def _too_long(document: Document, node: Node) -> Problem:
    line, column = document.lines.position(node.span.start)
    message = f"a value is longer than {LONGEST >> 10} KiB, and only its beginning was judged"
    return Problem(document.path, "value-too-long", message, "Look into it by hand.", line, column)


def with_comments(
    document: Document, file: ConfigFile, names: Names, known: tuple[Finding, ...], kind: SlotKind | None = None
) -> tuple[tuple[Finding, ...], list[Problem]]:
    """What stands in the comments, and what could not be read of them."""
    if not document.may_have_comments:
        return (), []
    from unsprawl.scanner.commented import commented

    findings: list[Finding] = []
    problems: list[Problem] = []
    for each in commented(document, names, file.hosts, known, kind, copy=file.copy):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            findings.append(each)
    return tuple(findings), problems


def _once(found: ExaminedEntry, seen: set[tuple[str, Place]]) -> ExaminedEntry:
    """Without what an entry before it showed already: with YAML's aliases, one text may belong to many."""
    fresh = []
    for finding in found.findings:
        place = finding.literal.rule, finding.place._replace(pointer="")
        if place not in seen:
            seen.add(place)
            fresh.append(finding)
    return found if len(fresh) == len(found.findings) else found._replace(findings=tuple(fresh))


def _env_files(server: ServerNode) -> tuple[EnvTarget, ...]:
    by_key = any(body(server.node).get(key) is not None for key in ENV_FILE_KEYS)
    if not by_key and not any(word.startswith("--env-file") for word in server.entry.command):
        return ()
    from unsprawl.scanner.env_targets import env_targets

    return tuple(env_targets(server))


def _entry(document: Document, server: ServerNode, file: ConfigFile, names: Names) -> ExaminedEntry:
    entry = server.entry
    verdicts = [(group.node, slot, judgement) for group in slots(server) for slot, judgement in judged(group)]
    findings = tuple(
        finding_at(document, node, slot, judgement, file, entry, names)
        for node, slot, judgement in verdicts
        if isinstance(judgement, Literal)
    )
    references = tuple((slot, judgement) for _, slot, judgement in verdicts if isinstance(judgement, Reference))
    kinds: list[tuple[SlotKind, Judgement]] = [(slot.context.kind, judgement) for _, slot, judgement in verdicts]
    env_files = _env_files(server)
    kinds += [(SlotKind.FILE, Reference("env-file")) for _ in env_files]
    return ExaminedEntry(server, tuple(kinds), file.shared, findings, references, env_files)


def judged(group: SlotGroup) -> Iterator[tuple[Slot, Judgement]]:
    """The judgements of one value: of all that it holds, or of the whole; each with the slot that it is told under."""
    told = {id(held.leaf): held.slot for held in group.held}
    for leaf, judgement, part in verdicts(group.view, group.whole.context, [held.leaf for held in group.held]):
        slot = told.get(id(leaf), group.whole)
        if part is not None:
            start, end = part.span(0, len(part.text))
            text = Secret(slot.text.reveal()[start - slot.start : end - slot.start])
            slot = Slot(slot.context._replace(role="default"), slot.key_path, start, end, text)
        if isinstance(judgement, Literal):
            judgement = judgement._replace(start=judgement.start - slot.start, end=judgement.end - slot.start)
        yield slot, judgement


class Names:
    """Fingerprints of one file; of two findings in one field the later one gets a number."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: dict[str, int] = {}

    def name(self, rule: str, where: str, slot: Slot) -> str:
        first = fingerprint(rule, self._file, where, slot)
        count = self._seen[first] = self._seen.get(first, 0) + 1
        return first if count == 1 else fingerprint(rule, self._file, where, slot, count)


def finding_at(
    document: Document,
    node: Node,
    slot: Slot,
    literal: Literal,
    file: ConfigFile,
    entry: Entry | None,
    names: Names,
) -> Finding:
    start, end = slot.start + literal.start, slot.start + literal.end
    span = document.codec.part_span(document.text, node, start, end)
    where = pointer(slot.key_path)
    secret = Secret(slot.text.reveal()[literal.start : literal.end])
    name = names.name(literal.rule, where, slot)
    hosts = file.hosts if entry is None else entry.hosts
    return Finding(name, literal, document.place(span, where), slot, hosts, entry, secret, file.copy)


def fingerprint(rule: str, file: str, where: str, slot: Slot, count: int = 1) -> str:
    """The name of a place: which rule, file and field. Holds nothing of the value, so it may be published."""
    from hashlib import sha256

    context = slot.context
    parts = [rule, file, where, context.kind.value, context.name, context.role]
    if count > 1:
        parts.append(str(count))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
