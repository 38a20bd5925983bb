"""Scripts and blocks for PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script, assignment, read_script
from unsprawl.scanner.documents.statements import Statement
from unsprawl.scanner.shell import Shell

_SET = re.compile(
    r"SetEnvironmentVariable\(\s{0,9}[\"']([A-Za-z_][A-Za-z0-9_]{0,80})[\"']\s{0,9},\s{0,9}[\"']([^\"'\n]{1,4096})[\"']"
    r"|\$env:([A-Za-z_][A-Za-z0-9_]{0,80})[ \t]*+=[ \t]*+[\"']([^\"'\n]{1,4096})[\"']",
    re.IGNORECASE,
)


def read(page: Page, passage: Passage, *, together: bool = True) -> Iterator[Found]:
    """Command lines, variables, here-strings."""
    return read_script(page, passage, Shell.POWERSHELL, together=together, line=_line)


def _line(script: Script, statement: Statement) -> Iterator[Found]:
    view = statement.view
    sets = [] if statement.comment else list(_SET.finditer(view.text))
    for match in sets:
        name, value = (1, 2) if match[1] else (3, 4)
        script.assigns(assignment(view.cut(*match.span(name)), view.cut(*match.span(value))))
    if not sets or view.text[sets[-1].end() :].strip(" \t;)"):
        yield from script.line(view, Shell.POWERSHELL, comment=statement.comment)
