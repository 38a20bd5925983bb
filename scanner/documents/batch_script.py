"""Scripts and blocks for the command prompt of Windows."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import read_script
from unsprawl.scanner.shell import Shell


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """Command lines, assignments."""
    return read_script(page, passage, Shell.CMD)
