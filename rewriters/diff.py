"""What a step changes, as a diff that shows no secret."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from unsprawl.rewriters.blank import secret_spans
from unsprawl.rewriters.operations import carry_out
from unsprawl.rewriters.plan import EntryStep, FilePlan
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.redact import MASK


def masked_diff(file: FilePlan, step: EntryStep) -> Iterator[str]:
    """Lines of a unified diff of one step, without those that name files.

    Secrets are masked by their place in the text, so in whatever escapes they are written; both texts are masked
    before they are compared.
    """
    before = file.examined
    document = before.document
    changed = carry_out(document.codec, document.text, step.operations)
    after = examine(before.file, document.decoded.encode(changed.text), before.file.path)
    if isinstance(after, Examined):
        lines = unified_diff(_masked(before).splitlines(), _masked(after).splitlines(), lineterm="", n=2)
        for index, line in enumerate(lines):
            if index >= 2:
                yield line


def _masked(examined: Examined) -> str:
    text = examined.document.text
    for start, end in reversed(secret_spans(examined)):
        text = text[:start] + MASK + text[end:]
    return text
