"""A file's digest that tells whether it changed, and tells nothing about the secrets in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from unsprawl.rewriters.operations import plain
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import Path, at
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


def entry_digest(examined: Examined, found: ExaminedEntry) -> str:
    """The keyed digest of an entry as data without the secrets in it: hosts write the same data anew all the time."""
    base = found.entry.key_path
    node = at(examined.document.root, base)
    data: Any = plain(node) if node is not None else None
    inside = [each for each in examined.secrets if each.slot.key_path[: len(base)] == base]
    for finding in sorted(inside, key=_beginning, reverse=True):  # the later ones first: earlier places stay true
        _blank(data, finding.slot.key_path[len(base) :], _beginning(finding), finding.slot.start + finding.literal.end)
    return digest(machine_key(), "entry", json.dumps(data, sort_keys=True))


def _beginning(finding: Finding) -> int:
    return finding.slot.start + finding.literal.start


def _blank(data: Any, path: Path, start: int, end: int) -> None:
    try:
        for step in path[:-1]:
            data = data[step]
        text = data[path[-1]]
        data[path[-1]] = text[:start] + "\0" + text[end:]
    except (KeyError, IndexError, TypeError):  # a comment's finding names no place in the data
        return
