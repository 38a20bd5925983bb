"""Text that has no format of its own, as one string: what readers of documents take apart themselves. Only read."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.formats.node import Kind, Node, Parsed, Path, Span


class PlainCodec:
    """The `Codec` of documents: the one string is the whole text."""

    id = "text"

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text: there is nothing to be wrong."""
        return Parsed(Node(Kind.STRING, Span(0, len(text)), text))

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of the string are written; raises ValueError for a range outside."""
        if not 0 <= start <= end <= len(text):
            raise ValueError("not a part of the value")
        return Span(start, end)


PLAIN = PlainCodec()
