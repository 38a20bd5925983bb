"""Text around blocks: configuration that was pasted into it, commands that add a server, links that install one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents import links
from unsprawl.scanner.documents.commands import added
from unsprawl.scanner.documents.config import configured
from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.statements import statements
from unsprawl.scanner.shell import Shell

_OPENING = re.compile(r"^[ \t>]*+(?:\"[^\"\n]{1,100}+\"[ \t]*+:[ \t]*+)?\{", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*+\[(?:\w+\.)?(?:mcp|context)_servers[^\]\n]*+\]", re.MULTILINE)
_STEP = re.compile(r"[{}]|\"(?:[^\"\\\n]|\\.)*+\"")
_LONGEST = 64 * 1024
_TABLE_LINE = re.compile(r"(?:[ \t]*+(?:\[[^\n]*+|[\w.\"-]++[ \t]*+=[^\n]*+|#[^\n]*+)?(?:\r?\n|\Z))*+")
_ADDS = re.compile(r"\bmcp[ \t]+(?:add|install|server|set|secret)|--add-mcp|\bmcp-server[ \t]+add")
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{8,4000}+)\1(?!`)")


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What is clearly about a server; what tells by itself is found in any text."""
    yield from links.read(page, passage)
    if page.about_mcp:
        for chunk in _chunks(passage):
            yield from configured(page, chunk)
        yield from _commands(page, passage)


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
    """Commands that add a server: in a line, or in code within one."""
    if not _ADDS.search(passage.text):
        return
    for code in _CODE.finditer(passage.text):
        if _ADDS.search(code[2]):
            yield from added(page, passage, passage.view.cut(*code.span(2)))
    for statement in statements(passage.view, Shell.POSIX):
        if _ADDS.search(statement.view.text) and len(statement.view.text) < _LONGEST:
            yield from added(page, passage, statement.view)
