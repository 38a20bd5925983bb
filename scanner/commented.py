"""What somebody switched off with a comment: entries, pairs, arguments and keys in a file's comments, to findings.

A comment is also where people write sentences, and a sentence must never alarm. So only what is written as
configuration is judged by its name, and in all the rest only formats that tell by themselves what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from unsprawl.rules.load import layers
from unsprawl.scanner.arguments import arguments
from unsprawl.scanner.examine import Names, judged
from unsprawl.scanner.formats.comments import comments
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.json_strings import pieces
from unsprawl.scanner.formats.node import Kind, Node, Span
from unsprawl.scanner.model import ALLOW_MARK, Confidence, Context, Finding, Literal, Slot, SlotKind
from unsprawl.scanner.names import secret_header
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.programs import program_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.servers import COMMAND_KEYS, URL_KEYS
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.slots import SlotGroup, argument_context, slot_group, url_group
from unsprawl.scanner.view import View

_MOST = 1 << 20
"""So many characters of a file's comments are looked at: far above what anybody writes."""
_LONGEST_LINE = 16 * 1024
_MOST_WORDS = 200
_LEAD = re.compile(r"^[ \t]*(?://+|/\*+|#+|\*+(?!\S))", re.MULTILINE)
"""What makes a line of a comment one."""
_QUOTED = r'"(?:[^"\\\n\r]|\\.)*+"|(?<![\w\'])\'[^\'\n\r]*+\''
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,80}"
_TOKEN = re.compile(
    rf"(?:(?P<quoted>{_QUOTED})|(?<![\w.-])(?P<bare>{_NAME}))(?P<sign>[ \t]*[:=])[ \t]*+(?P<value>{_QUOTED})?"
    rf"|(?P<word>{_QUOTED})"
)
"""A name with its sign and, where it is a quoted one, its value; or a quoted text alone."""
_BARE_PAIR = re.compile(
    rf"^[ \t]*+(?:-[ \t]++)?(?:(?:export|set)[ \t]++)?(?P<name>{_NAME}|\"{_NAME}\")"
    r"(?:[ \t]*=[ \t]*|:[ \t]++)(?P<value>(?:(?:Bearer|Basic|Token|token|bearer)[ \t]++)?[^\s\"'#,;{}\[\]][^\s,;]*+)"
    r"[ \t,;]*+(?:(?:#|//)[^\n\r]*+)?$",
    re.MULTILINE,
)
"""`NAME=value` or `name: value` and nothing else on its line: with more words it is a sentence."""
_ITEM = re.compile(r"^[ \t]*+-[ \t]++(?P<word>[^\s\"'#][^\n\r]*?)[ \t]*+$", re.MULTILINE)
"""An item of a YAML list without quotes."""
_URL = re.compile(r"(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'<>`]{4,4000}")
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_WORTH = re.compile(rf"[:=]|{_NAME}://|Bearer ")


class _Candidate(NamedTuple):
    """A value of a comment, and whether it is written as configuration: if not, only a known format counts."""

    group: SlotGroup
    written: bool


def commented(
    document: Document,
    names: Names,
    hosts: tuple[str, ...],
    known: Iterable[Finding] = (),
    kind: SlotKind | None = None,
    *,
    copy: bool = False,
) -> Iterator[Finding]:
    """The secrets in the comments of a file, each once. `known` are those found elsewhere in it: in broken text, what
    stands behind `//` may be a value as well. `kind` is what all values with a name are, or None.
    """
    text = document.text
    told = {(finding.place.line, finding.place.column) for finding in known}
    left = _MOST
    node = Node(Kind.STRING, Span(0, len(text)), text)
    whole = View.of(text)
    for block in _blocks(text, list(comments(document.codec.id, text))):
        left -= block.end - block.start
        if left < 0:
            return
        if not _worth_a_look(text[block.start : block.end]):
            continue
        for span, literal, slot in _of_block(_Block(_bared(text, block), block.start, node, whole, kind)):
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


class _Block(NamedTuple):
    """A text of comments, where it begins in the document, and the document as the one string that it is part of."""

    text: str
    offset: int
    node: Node
    whole: View
    kind: SlotKind | None

    def __repr__(self) -> str:  # the text may hold secrets
        return f"_Block(at {self.offset})"

    def inside(self, start: int, end: int) -> View:
        """What is between the quotes at start:end, or the bare text there; without escapes."""
        if self.text[start] in "\"'" and end - start >= 2:
            start, end = start + 1, end - 1
        view = self.whole.cut(self.offset + start, self.offset + min(end, start + _LONGEST_LINE))
        return view.decoded(pieces(view.text, 0, len(view.text))) if "\\" in view.text else view


def _of_block(block: _Block) -> list[tuple[Span, Literal, Slot]]:
    """What is certain enough, in the order it stands; of what overlaps, the likelier reading."""
    found: list[tuple[Span, Literal, Slot]] = []
    taken = bytearray(len(block.text))
    for group, written in _candidates(block):
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


def _candidates(block: _Block) -> Iterator[_Candidate]:
    """The values of a text of comments, the likeliest reading of each stretch first."""
    yield from _tokens(block)
    for pair in _BARE_PAIR.finditer(block.text):
        name = pair["name"].strip('"')
        yield _Candidate(_named(block, name, *pair.span("value")), _is_configuration(name, pair["value"]))
    items = list(_ITEM.finditer(block.text))
    if items:
        yield from _arguments(block, [item.span("word") for item in items[:_MOST_WORDS]], ())
    yield from _lines(block)


def _is_configuration(name: str, value: str) -> bool:
    """Whether a bare `name: value` is no sentence of two words, as `token: required` is."""
    return any(map(str.isdigit, value)) or _UPPER.fullmatch(name) is not None


def _tokens(block: _Block) -> Iterator[_Candidate]:
    """Names with quoted values, and lists of quoted words, which are the arguments of the program named before."""
    words: list[tuple[int, int]] = []
    command: tuple[str, ...] = ()
    end = 0
    for token in _TOKEN.finditer(block.text):
        alone = token.start("word") >= 0
        if words and not (alone and not block.text[end : token.start()].strip(" \t\r\n,[")):
            yield from _list(block, words, command)
            words = []
        end = token.end()
        if alone:
            if len(words) < _MOST_WORDS:
                words.append(token.span("word"))
            continue
        if token.start("value") < 0:
            continue
        name = token["bare"] or block.inside(*token.span("quoted")).text
        if name in COMMAND_KEYS:
            command = (block.inside(*token.span("value")).text,)
        yield _Candidate(_named(block, name, *token.span("value")), written=True)
    if words:
        yield from _list(block, words, command)


def _list(block: _Block, words: list[tuple[int, int]], command: tuple[str, ...]) -> Iterator[_Candidate]:
    """Quoted words side by side. A single one in a sentence is no argument."""
    if len(words) > 1 or block.text[: words[0][0]].rstrip()[-1:] == "[":
        yield from _arguments(block, words, command)


def _arguments(block: _Block, words: list[tuple[int, int]], command: tuple[str, ...]) -> Iterator[_Candidate]:
    views = [block.inside(*span) for span in words]
    line = (*command, *(view.text for view in views))
    package = package_of(line)
    for argument in arguments(line):
        index = argument.word - len(command)
        if index < 0 or argument.end <= argument.start:
            continue
        context = argument_context(argument, package, "")
        view = views[index].cut(argument.start, argument.end)
        group = slot_group(context, (argument.name,), block.node, view)
        yield _Candidate(group, bool(argument.name or argument.role))


def _named(block: _Block, name: str, start: int, end: int) -> SlotGroup:
    """The value of a name, as the slot that it would be if it were no comment."""
    view = block.inside(start, end)
    if name in URL_KEYS:
        return url_group(block.node, (name,), view, "")
    if name in COMMAND_KEYS and " " in view.text:
        return slot_group(Context(SlotKind.ARG, "", Shell.POSIX), (name,), block.node, view)
    return slot_group(Context(block.kind or _kind(name), name), (name,), block.node, view)


def _kind(name: str) -> SlotKind:
    if _UPPER.fullmatch(name):
        return SlotKind.ENV
    if secret_header(name) and ("-" in name or name[0].isupper()):
        return SlotKind.HEADER
    return SlotKind.OTHER


def _lines(block: _Block) -> Iterator[_Candidate]:
    """What is left: command lines, addresses, and formats that tell by themselves what they are."""
    at = 0
    for line in block.text.splitlines(keepends=True):
        start, end = at + len(line) - len(line.lstrip()), at + min(len(line.rstrip()), _LONGEST_LINE)
        at += len(line)
        if end <= start:
            continue
        view = block.whole.cut(block.offset + start, block.offset + end)
        first, _, rest = view.text.lstrip("$ ").partition(" ")
        if rest and " -" in view.text and program_of(first) is not None:
            yield _Candidate(slot_group(Context(SlotKind.ARG, "", Shell.POSIX), ("",), block.node, view), written=True)
        for url in _URL.finditer(block.text, start, end):
            inner = block.whole.cut(block.offset + url.start(), block.offset + url.end())
            yield _Candidate(url_group(block.node, ("",), inner, ""), written=False)
        context = Context(SlotKind.OTHER)
        group = slot_group(context, ("",), block.node, view)
        yield _Candidate(group._replace(held=()), written=False)
