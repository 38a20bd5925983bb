"""Blocks of variables, as environment files have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script, assignment

_VARIABLE = re.compile(
    r"^[ \t]*+(?:(?:export|set)[ \t]++)?(?P<name>[A-Za-z_][A-Za-z0-9_.]{0,80}+)[ \t]*+=[ \t]*+"
    r"(?P<value>\"[^\"\n\r]*+\"|'[^'\n\r]*+'|[^\s#][^\s]*+)",
    re.MULTILINE,
)


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """Each variable with its value, up to a blank."""
    script = Script(page, passage, together=True)
    view = passage.view
    for variable in _VARIABLE.finditer(passage.text):
        script.assigns(assignment(view.cut(*variable.span("name")), view.cut(*variable.span("value"))))
    yield from script.end()
