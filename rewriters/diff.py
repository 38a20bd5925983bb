"""What a step changes, as a diff that shows no secret."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from unsprawl.scanner.redact import Redactor


def masked_diff(path: str, before: str, after: str, redactor: Redactor) -> Iterator[str]:
    """Lines of a unified diff, every known value masked. Both texts are masked before they are compared."""
    old, new = (redactor.clean(text).splitlines() for text in (before, after))
    for index, line in enumerate(unified_diff(old, new, lineterm="", n=2)):
        if index >= 2:  # the two lines with file names; the caller has said which file it is
            yield line
