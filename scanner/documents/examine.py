"""One document to its findings: read, judge, keep what is certain enough. No disk, no terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unsprawl.scanner.discover import ConfigFile, speaks_of_mcp
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage, read_within, too_much
from unsprawl.scanner.documents.samples import is_public_here, is_sample
from unsprawl.scanner.documents.telling import telling
from unsprawl.scanner.examine import Examined, Names, judged
from unsprawl.scanner.formats.document import parse
from unsprawl.scanner.formats.node import Span, pointer
from unsprawl.scanner.model import Confidence, Finding, Literal, Problem, Slot
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.view import View

_MOST = 20_000
"""So many values of a document are judged: far above what anybody writes, and some seconds of work."""


def examine_document(file: ConfigFile, data: bytes, name: str) -> Examined | Problem:
    """What is in a document. `name` is what fingerprints call it. Its findings are all `loose`: no host reads it."""
    kind = file.document
    if kind is None:
        raise ValueError("not a document")
    if len(data) > kind.longest:
        size = f"larger than {kind.longest >> 10} KiB, which is more than is read of a document"
        return Problem(file.path, "too-large", size, "Look into it by hand.")
    if kind.history:
        from unsprawl.scanner.documents.histories import cleaned

        data = cleaned(data)
    document = parse(file.path, data, "text")
    if isinstance(document, Problem):
        return document
    page = Page(file, document, document.root, file.telling or speaks_of_mcp(data))
    passage = Passage(View.of(document.text), (), kind.id)
    findings, problems = judge_all(page, [read_within(page, passage), telling(page, passage)], Names(name))
    return Examined(file, name, document, (), findings, unjudged=problems)


def judge_all(
    page: Page, sources: Iterable[Iterator[Found]], names: Names
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """The findings among the candidates, as they stand, and the problems. Of what overlaps the first counts."""
    taken = bytearray(len(page.document.text))
    found: list[tuple[Span, Literal, Slot, Candidate]] = []
    problems: list[Problem] = []
    left = _MOST
    for source in sources:
        for candidate in source:
            left -= 1
            if left < 0:
                problems.append(too_much(page))
                break
            if isinstance(candidate, Problem):
                problems.append(candidate)
                continue
            for slot, judgement in judged(candidate.group) if candidate.group.view.text else ():
                if isinstance(judgement, Literal) and _counts(candidate, slot, judgement):
                    span = _written(page, candidate, slot.start + judgement.start, slot.start + judgement.end)
                    mark = b"\2" if candidate.source is not None and candidate.source.encoded else b"\1"
                    if is_public_here(page.document.text, *span, judgement):
                        continue
                    if not taken[span.start : span.end].strip(b"\0" if mark == b"\1" else b"\0\2"):
                        taken[span.start : span.end] = mark * (span.end - span.start)
                        found.append((span, judgement, slot, candidate))
    found.sort(key=lambda each: each[0])
    return tuple(_finding(page, *each, names) for each in found), tuple(dict.fromkeys(problems))


def _counts(candidate: Candidate, slot: Slot, literal: Literal) -> bool:
    """Whether what speaks for a value is enough for what it was taken for."""
    value = slot.text.reveal()[literal.start : literal.end]
    if is_sample(value, literal, slot.context):
        return False
    if candidate.evidence is Evidence.SERVER:
        return literal.confidence is not Confidence.LOW
    return literal.confidence is Confidence.HIGH and not literal.rule.startswith("generic-")


def _written(page: Page, candidate: Candidate, start: int, end: int) -> Span:
    """Where characters start:end of the candidate's string stand in the document."""
    source = candidate.source
    if source is None:
        return page.span(start, end)
    inner = source.document.codec.part_span(source.document.text, candidate.group.node, start, end)
    return page.span(*source.view.span(*inner))


def _finding(page: Page, span: Span, literal: Literal, slot: Slot, candidate: Candidate, names: Names) -> Finding:
    where = pointer(candidate.where)
    slot = slot._replace(key_path=candidate.where or (slot.context.name,))
    name = names.name(literal.rule, where, slot)
    secret = Secret(slot.text.reveal()[literal.start : literal.end])
    place = page.document.place(span, where)
    return Finding(name, literal, place, slot, page.file.hosts, candidate.entry, secret, document=True)
