"""Command lines in a host's settings: `"allow": ["Bash(GITHUB_TOKEN=… npx …)"]`, hooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.documents.examine import judge_all
from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import read_script
from unsprawl.scanner.documents.telling import telling
from unsprawl.scanner.examine import Names
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Finding
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.view import View

_RULE = re.compile(r"\s*(?P<tool>[A-Za-z_][A-Za-z0-9_]{0,60})\((?P<line>[\s\S]*?)(?::\*)?\)?\s*")
"""`Bash(npm run build:*)`; the bracket at the end may be missing."""
_SHELLS = frozenset({"Bash", "Shell", "PowerShell", "run_shell_command"})


def in_commands(
    document: Document, file: ConfigFile, names: Names, lines: Iterable[tuple[KeyPath, Node]]
) -> tuple[Finding, ...]:
    """The secrets in command lines, each a string of the document with the path to it."""
    found: list[Finding] = []
    for path, node in lines:
        page = Page(file, document, node, True)
        found += judge_all(page, [_line(page, path)], names)[0]
    return tuple(found)


def _line(page: Page, path: KeyPath) -> Iterator[Found]:
    """What somebody allowed once stays in the file: all that the line holds counts."""
    text = page.node.text()
    if not text:
        return
    rule = _RULE.fullmatch(text)
    if rule is not None and rule["tool"] not in _SHELLS:
        return
    view = View.of(text).cut(*rule.span("line")) if rule is not None else View.of(text)
    passage = Passage(view, path, "bash")
    yield from read_script(page, passage, Shell.POSIX, together=False, certain=True)
    yield from telling(page, passage)
