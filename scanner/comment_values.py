"""The values that the text of comments holds: pairs, arguments, command lines, addresses, each as a slot to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.arguments import arguments
from unsprawl.scanner.entry_parts import COMMAND_KEYS, URL_KEYS
from unsprawl.scanner.formats.json_strings import pieces
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.names import secret_header
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.programs import program_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.slots import SlotGroup, argument_context, slot_group, url_group
from unsprawl.scanner.view import View

_LONGEST_LINE = 16 * 1024
_MOST_WORDS = 200
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


class Candidate(NamedTuple):
    """A value of a comment, and whether it is written as configuration: if not, only a known format counts."""

    group: SlotGroup
    written: bool


class Block(NamedTuple):
    """A text of comments, where it begins in the document, and the document as the one string that it is part of."""

    text: str
    offset: int
    node: Node
    whole: View
    kind: SlotKind | None

    def __repr__(self) -> str:  # the text may hold secrets
        return f"Block(at {self.offset})"

    def inside(self, start: int, end: int) -> View:
        """What is between the quotes at start:end, or the bare text there; without escapes."""
        if self.text[start] in "\"'" and end - start >= 2:
            start, end = start + 1, end - 1
        view = self.whole.cut(self.offset + start, self.offset + min(end, start + _LONGEST_LINE))
        return view.decoded(pieces(view.text, 0, len(view.text))) if "\\" in view.text else view


def candidates(block: Block) -> Iterator[Candidate]:
    """The values of a text of comments, the likeliest reading of each stretch first."""
    yield from _tokens(block)
    for pair in _BARE_PAIR.finditer(block.text):
        name = pair["name"].strip('"')
        yield Candidate(_named(block, name, *pair.span("value")), _is_configuration(name, pair["value"]))
    items = list(_ITEM.finditer(block.text))
    if items:
        yield from _arguments(block, [item.span("word") for item in items[:_MOST_WORDS]], ())
    yield from _lines(block)


def _is_configuration(name: str, value: str) -> bool:
    """Whether a bare `name: value` is no sentence of two words, as `token: required` is."""
    return any(map(str.isdigit, value)) or _UPPER.fullmatch(name) is not None


def _tokens(block: Block) -> Iterator[Candidate]:
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
        yield Candidate(_named(block, name, *token.span("value")), written=True)
    if words:
        yield from _list(block, words, command)


def _list(block: Block, words: list[tuple[int, int]], command: tuple[str, ...]) -> Iterator[Candidate]:
    """Quoted words side by side. A single one in a sentence is no argument."""
    if len(words) > 1 or block.text[: words[0][0]].rstrip()[-1:] == "[":
        yield from _arguments(block, words, command)


def _arguments(block: Block, words: list[tuple[int, int]], command: tuple[str, ...]) -> Iterator[Candidate]:
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
        yield Candidate(group, bool(argument.name or argument.role))


def _named(block: Block, name: str, start: int, end: int) -> SlotGroup:
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


def _lines(block: Block) -> Iterator[Candidate]:
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
            yield Candidate(slot_group(Context(SlotKind.ARG, "", Shell.POSIX), ("",), block.node, view), written=True)
        for url in _URL.finditer(block.text, start, end):
            inner = block.whole.cut(block.offset + url.start(), block.offset + url.end())
            yield Candidate(url_group(block.node, ("",), inner, ""), written=False)
        context = Context(SlotKind.OTHER)
        group = slot_group(context, ("",), block.node, view)
        yield Candidate(group._replace(held=()), written=False)
