"""Makefiles and justfiles: their variables, and the command lines of their recipes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script, assignment, read_script
from unsprawl.scanner.documents.statements import Statement
from unsprawl.scanner.shell import Shell

_VARIABLE = re.compile(
    r"[ \t]{0,3}(?:(?:export|override|private)[ \t]++){0,2}(?P<name>[A-Za-z_][A-Za-z0-9_]{0,80}+)[ \t]*+"
    r"(?::{1,3}|[?+!])?=[ \t]*+(?P<value>\S[^\n\r]*?)[ \t]*+$"
)
_RECIPE = re.compile(r"[ \t]*+[@+-]{0,3}")


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """Variables and recipes; `KEY=value npx …` in a recipe is a command line."""
    return read_script(page, passage, Shell.POSIX, line=_line)


def _line(script: Script, statement: Statement) -> Iterator[Found]:
    view = statement.view
    variable = None if statement.comment else _VARIABLE.fullmatch(view.text)
    if variable is not None:
        script.assigns(assignment(view.cut(*variable.span("name")), view.cut(*variable.span("value"))))
        return
    recipe = _RECIPE.match(view.text)
    line = view.cut(recipe.end() if recipe else 0, len(view.text))
    yield from script.line(line, Shell.POSIX, comment=statement.comment)
