"""Blocks of which nobody says what they are: configuration, else commands."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.documents import config, links
from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import read_script
from unsprawl.scanner.shell import Shell


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """What is configured, else what is typed."""
    yield from links.read(page, passage)
    found = list(config.read(page, passage))
    yield from found or read_script(page, passage, Shell.POSIX)
