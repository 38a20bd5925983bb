"""A file's digest that tells whether it changed, and tells nothing about the secrets in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import at
from unsprawl.scanner.model import Finding
from unsprawl.vault.machine_key import digest, machine_key


def secret_spans(examined: Examined) -> list[list[int]]:
    """Where the file's secrets stand, from the first to the last."""
    return spans_of(examined, examined.secrets)


def spans_of(examined: Examined, findings: Iterable[Finding]) -> list[list[int]]:
    """Where these findings stand in the file's text, from the first to the last."""
    spans = []
    for finding in findings:
        node = at(examined.document.root, finding.slot.key_path)
        if node is not None:
            start, end = finding.slot.start + finding.literal.start, finding.slot.start + finding.literal.end
            spans.append(list(examined.document.codec.part_span(examined.document.text, node, start, end)))
    return sorted(spans)


def blanked_digest(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The keyed digest of a text without what stands at `spans`.

    The spans are kept beside the digest, so that it can be made again whatever later rules may find.
    """
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    return digest(machine_key(), "file", "\0".join(kept))
