"""Text around blocks: configuration that was pasted into it, commands that add a server, links that install one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents import links
from unsprawl.scanner.documents.addresses import addresses
from unsprawl.scanner.documents.commands import about_servers
from unsprawl.scanner.documents.config import configured
from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage
from unsprawl.scanner.documents.statements import statements
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.slots import slot_group, url_group
from unsprawl.scanner.vendors import named_by_vendor

_OPENING = re.compile(r"^[ \t>]*+(?:\"[^\"\n]{1,100}+\"[ \t]*+:[ \t]*+)?\{", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*+\[(?:\w+\.)?(?:mcp|context)_servers[^\]\n]*+\]", re.MULTILINE)
_STEP = re.compile(r"[{}]|\"(?:[^\"\\\n]|\\.)*+\"")
_LONGEST = 64 * 1024
_TABLE_LINE = re.compile(r"(?:[ \t]*+(?:\[[^\n]*+|[\w.\"-]++[ \t]*+=[^\n]*+|#[^\n]*+)?(?:\r?\n|\Z))*+")
_ADDS = re.compile(r"\bmcp[ \t]+(?:add|install|server|set|secret)|--add-mcp|\bmcp-server[ \t]+add")
_STARTS = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,3}[.)])[ \t]++)?(?:[$>][ \t]++)?`{0,2}((?:npx|bunx|uvx|pipx|docker)[ \t])", re.MULTILINE
)
_URI = re.compile(
    r"(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{2,20}://[^\s/:@\"'<>`]{0,80}:[^\s@/\"'<>`]{3,200}@[^\s\"'<>`|)\]]{3,500}"
)
_PAIR = re.compile(
    r"(?<![A-Za-z0-9_$])([A-Z][A-Z0-9_]{3,60}+)[`*\"']{0,3}[ \t]*+[=:|][ \t]*+[`\"']?([^\s`\"'|,;)<>]{8,300}+)"
)
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{8,4000}+)\1(?!`)")


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What is clearly about a server; what tells by itself is found in any text."""
    yield from around(page, passage)
    if page.about_mcp:
        yield from addresses(page, passage)


def around(page: Page, passage: Passage) -> Iterator[Found]:
    """The same but for addresses, for a text of which these are looked for in the whole."""
    yield from links.read(page, passage)
    if page.about_mcp:
        for chunk in _chunks(passage):
            yield from configured(page, chunk)
        yield from _commands(page, passage)
        yield from _named(page, passage)
        yield from _connections(page, passage)


def _chunks(passage: Passage) -> Iterator[Passage]:
    """Stretches that begin like a configuration and end where their brackets close."""
    text, at = passage.text, 0
    while (opening := _OPENING.search(text, at)) is not None:
        at = _closing(text, opening.end())
        if at - opening.start() > 20:
            yield Passage(passage.view.cut(opening.start(), at), passage.path)
    at = 0
    while (table := _TABLE.search(text, at)) is not None:
        lines = _TABLE_LINE.match(text, table.start(), min(len(text), table.start() + _LONGEST))
        at = max(table.end(), lines.end() if lines else 0)
        yield Passage(passage.view.cut(table.start(), at), passage.path)


def _closing(text: str, start: int) -> int:
    """Behind the bracket that closes the one before `start`; where there is none, at an empty line or far below."""
    depth, last = 1, min(len(text), start + _LONGEST)
    for step in _STEP.finditer(text, start, last):
        depth += {"{": 1, "}": -1}.get(step[0], 0)
        if depth == 0:
            return step.end()
    return last


def _commands(page: Page, passage: Passage) -> Iterator[Found]:
    """Commands about a server: in code within a line, in a line that begins with one, anywhere one adds a server."""
    for code in _CODE.finditer(passage.text):
        if speaks(code[2]) and " " in code[2].strip():
            yield from about_servers(page, passage, passage.view.cut(*code.span(2)))
    if not (_ADDS.search(passage.text) or _STARTS.search(passage.text)):
        return
    for statement in statements(passage.view, Shell.POSIX):
        view = statement.view
        begins = _STARTS.match(view.text)
        if len(view.text) < _LONGEST and (begins or _ADDS.search(view.text)):
            yield from about_servers(page, passage, view.cut(begins.start(1) if begins else 0, len(view.text)))


def _connections(page: Page, passage: Passage) -> Iterator[Found]:
    """Addresses with a password in them."""
    for match in _URI.finditer(passage.text):
        yield Candidate(
            url_group(page.node, passage.path, passage.view.cut(*match.span()), ""), Evidence.TEXT, passage.path
        )


def _named(page: Page, passage: Passage) -> Iterator[Found]:
    """Variables of vendors with a value beside them: `NAME=value`, `NAME: value`, `| NAME | value |`."""
    for pair in _PAIR.finditer(passage.text):
        context = Context(SlotKind.ENV, pair[1])
        if named_by_vendor(context):
            view = passage.view.cut(*pair.span(2))
            yield Candidate(slot_group(context, passage.path, page.node, view), Evidence.TEXT, passage.path)
