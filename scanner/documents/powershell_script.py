"""Scripts and blocks for PowerShell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script, assignment
from unsprawl.scanner.documents.statements import statements
from unsprawl.scanner.shell import Shell

_SET = re.compile(
    r"SetEnvironmentVariable\(\s{0,9}[\"']([A-Za-z_][A-Za-z0-9_]{0,80})[\"']\s{0,9},\s{0,9}[\"']([^\"'\n]{1,4096})[\"']"
    r"|\$env:([A-Za-z_][A-Za-z0-9_]{0,80})[ \t]*+=[ \t]*+[\"']([^\"'\n]{1,4096})[\"']",
    re.IGNORECASE,
)


def read(page: Page, passage: Passage, *, together: bool = True) -> Iterator[Found]:
    """Command lines, variables, here-strings."""
    script = Script(page, passage, together=together)
    for statement in statements(passage.view, Shell.POWERSHELL):
        view = statement.view
        if statement.language is not None:
            yield from script.block(statement)
            continue
        sets = [] if statement.comment else list(_SET.finditer(view.text))
        for match in sets:
            name, value = (1, 2) if match[1] else (3, 4)
            script.assigns(assignment(view.cut(*match.span(name)), view.cut(*match.span(value))))
        if not sets or view.text[sets[-1].end() :].strip(" \t;)"):
            yield from script.line(view, Shell.POWERSHELL, comment=statement.comment)
    yield from script.end()
