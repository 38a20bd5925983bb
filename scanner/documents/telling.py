"""What tells by itself what it is, anywhere in a text: formats of vendors, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.rules.load import layers
from unsprawl.scanner.detect import LONGEST
from unsprawl.scanner.documents.reader import Candidate, Evidence, Page, Passage
from unsprawl.scanner.known import find
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.slots import undivided

_LINE = re.compile(r"[^\r\n]+")
_OVERLAP = 512
"""A line that is longer than what is judged at once is cut into pieces that share so much."""


def telling(page: Page, passage: Passage) -> Iterator[Candidate]:
    """Every line that has a value of a vendor's format in it."""
    keywords = [entry for rules in layers() for entry in rules.held(passage.text)]
    quiet: set[str] = set()
    for line in _LINE.finditer(passage.text) if keywords else ():
        start, end = line.span()
        said = line[0]
        # What is in the whole text is known: most lines have none of it, and are not taken apart again.
        if not any(shortest <= end - start and keyword in said for keyword, shortest in keywords):
            continue
        while start < end:
            stop = min(end, start + LONGEST)
            text = passage.text[start:stop]
            hit = find(text) if text not in quiet else None
            if hit is None or hit.stand_in:
                quiet.add(text)  # histories are full of repetitions
            else:
                view = passage.view.cut(start, stop)
                group = undivided(Context(SlotKind.OTHER), passage.path, page.node, view)
                yield Candidate(group, Evidence.TEXT, passage.path)
            start = stop if stop == end else stop - _OVERLAP
