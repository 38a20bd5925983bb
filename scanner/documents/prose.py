"""Text without blocks: only what tells by itself counts in it, which every document is searched for."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Found, Page, Passage


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """Nothing further."""
    return iter(())
