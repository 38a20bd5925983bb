"""What somebody switched off with a comment: entries, pairs, arguments and keys in a file's comments, to findings.

A comment is also where people write sentences, and a sentence must never alarm. So only what is written as
configuration is judged by its name, and in all the rest only formats that tell by themselves what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from unsprawl.rules.load import layers
from unsprawl.scanner.comment_values import Block, candidates
from unsprawl.scanner.examine import Names, judged
from unsprawl.scanner.formats.comments import comments
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.model import ALLOW_MARK, Confidence, Finding, Literal, Problem, Slot, SlotKind
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.view import View

_MOST = 1 << 20
"""So many characters of a file's comments are looked at: far above what anybody writes."""
_LEAD = re.compile(r"^[ \t]*(?://+|/\*+|#+|\*+(?!\S))", re.MULTILINE)
"""What makes a line of a comment one."""
_WORTH = re.compile(r"[:=]|Bearer ")


def commented(
    document: Document,
    names: Names,
    hosts: tuple[str, ...],
    known: Iterable[Finding] = (),
    kind: SlotKind | None = None,
    *,
    copy: bool = False,
) -> Iterator[Finding | Problem]:
    """The secrets in the comments of a file, each once; a problem where there are too many comments to read.

    `known` are those found elsewhere in it: in broken text, what stands behind `//` may be a value as well. `kind` is
    what all values with a name are, or None.
    """
    text = document.text
    told = {(finding.place.line, finding.place.column) for finding in known}
    left = _MOST
    node = Node(Kind.STRING, Span(0, len(text)), text)
    whole = View.of(text)
    for block in _blocks(text, list(comments(document.codec.id, text))):
        left -= block.end - block.start
        if left < 0:
            line, column = document.lines.position(block.start)
            yield Problem(
                document.path, "comments-unread", "has more comments than are read, and secrets may be among the rest",
                "Take what is commented out out of the file.", line, column,
            )  # fmt: skip
            return
        if not _worth_a_look(text[block.start : block.end]):
            continue
        for span, literal, slot in _of_block(Block(_bared(text, block), block.start, node, whole, kind)):
            place = document.place(span, "")
            if (place.line, place.column) not in told:
                name = names.name(literal.rule, "", slot)
                literal = literal._replace(reason=f"{literal.reason}, in a comment")
                secret = Secret(text[span.start : span.end])
                yield Finding(name, literal, place, slot, hosts, None, secret, copy, commented=True)


def _blocks(text: str, spans: list[Span]) -> Iterator[Span]:
    """Comments with nothing but one line end and blanks between them are one text: an entry has many lines."""
    open_: Span | None = None
    for span in spans:
        between = "" if open_ is None else text[open_.end : span.start]
        if open_ is not None and not between.strip() and between.replace("\r\n", "\n").count("\n") <= 1:
            open_ = Span(open_.start, span.end)
            continue
        if open_ is not None:
            yield open_
        open_ = span
    if open_ is not None:
        yield open_


def _worth_a_look(text: str) -> bool:
    return _WORTH.search(text) is not None or any(any(rules.keywords(text)) for rules in layers())


def _bared(text: str, block: Span) -> str:
    """The text of a block with blanks in place of what makes it a comment, so that all places stay."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0])

    bared = _LEAD.sub(blank, text[block.start : block.end])
    bared = bared.replace("*/", "  ")
    return bared.replace(ALLOW_MARK, " " * len(ALLOW_MARK))


def _of_block(block: Block) -> list[tuple[Span, Literal, Slot]]:
    """What is certain enough, in the order it stands; of what overlaps, the likelier reading."""
    found: list[tuple[Span, Literal, Slot]] = []
    taken = bytearray(len(block.text))
    for group, written in candidates(block):
        for slot, judgement in judged(group) if group.view.text else ():
            if isinstance(judgement, Literal) and _certain(judgement, written=written):
                span = Span(slot.start + judgement.start, slot.start + judgement.end)
                inside = slice(span.start - block.offset, span.end - block.offset)
                if not any(taken[inside]):
                    taken[inside] = b"\1" * (span.end - span.start)
                    found.append((span, judgement, slot))
    return sorted(found, key=lambda each: each[0])


def _certain(literal: Literal, *, written: bool) -> bool:
    if not literal.rule.startswith("generic-"):
        return written or literal.confidence is Confidence.HIGH
    return written and literal.confidence is not Confidence.LOW
