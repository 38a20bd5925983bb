"""Command lines and variables in a host's settings: `"allow": ["Bash(GITHUB_TOKEN=… npx …)"]`, hooks, `env`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.documents.examine import judge_all
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage
from unsprawl.scanner.documents.script import read_script
from unsprawl.scanner.documents.telling import telling
from unsprawl.scanner.examine import Names
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Context, Finding, SlotKind
from unsprawl.scanner.servers import everywhere
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.slots import slot_group
from unsprawl.scanner.view import View

_RULE = re.compile(r"\s*(?P<tool>[A-Za-z_][A-Za-z0-9_]{0,60})\((?P<line>[\s\S]*?)(?::\*)?\)?\s*")
"""`Bash(npm run build:*)`; the bracket at the end may be missing."""
_SHELLS = frozenset({"Bash", "Shell", "PowerShell", "run_shell_command"})


def in_settings(document: Document, file: ConfigFile, names: Names) -> tuple[Finding, ...]:
    """The secrets in the command lines and variables that the rules of the file's hosts tell of."""
    found: list[Finding] = []
    for reading in file.readings:
        for prefix, root in document.roots:
            for pattern in reading.commands:
                for path, node in everywhere(root, pattern):
                    found += _judged(document, file, node, names, _line(document, file, node, (*prefix, *path)))
            for pattern in reading.variables:
                for path, node in everywhere(root, pattern):
                    for member in node.members:
                        where = (*prefix, *path, member.key)
                        found += _judged(
                            document, file, member.value, names, _variable(member.value, member.key, where)
                        )
    return tuple(dict.fromkeys(found))


def _judged(
    document: Document, file: ConfigFile, node: Node, names: Names, candidates: Iterator[Found]
) -> tuple[Finding, ...]:
    return judge_all(Page(file, document, node, True), [candidates], names)[0]


def _line(document: Document, file: ConfigFile, node: Node, path: KeyPath) -> Iterator[Found]:
    """What somebody allowed once stays in the file: all that the line holds counts."""
    text = node.text()
    if not text:
        return
    rule = _RULE.fullmatch(text)
    if rule is not None and rule["tool"] not in _SHELLS:
        return
    view = View.of(text).cut(*rule.span("line")) if rule is not None else View.of(text)
    page, passage = Page(file, document, node, True), Passage(view, path, "bash")
    for each in read_script(page, passage, Shell.POSIX, together=False):
        yield each._replace(evidence=Evidence.SERVER) if isinstance(each, Candidate) else each
    yield from telling(page, passage)


def _variable(node: Node, name: str, path: KeyPath) -> Iterator[Found]:
    text = node.text()
    if node.kind is Kind.STRING and text:
        group = slot_group(Context(SlotKind.ENV, name), path, node, View.of(text))
        yield Candidate(group, Evidence.SERVER, path)
