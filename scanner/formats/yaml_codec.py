"""YAML: values with their places, from PyYAML's parser; line by line where the text is broken."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.formats import yaml_events
from unsprawl.scanner.formats.literal import locate
from unsprawl.scanner.formats.node import Node, Parsed, Path, Span
from unsprawl.scanner.formats.yaml_scalars import content, pieces


class YamlCodec:
    """The `Codec` of YAML; see there what each method promises. It only reads."""

    id = "yaml"

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text. Everything is built, wanted or not: what an alias repeats may stand anywhere."""
        found = yaml_events.read(text)
        documents, comments = found.documents, found.comments
        if found.broken:
            from unsprawl.scanner.formats import yaml_lines

            documents, comments = yaml_lines.read(text)
        root, *others = documents or (None,)
        return Parsed(root, found.flaws, comments, tuple(others))

    def part_span(self, text: str, node: Node, start: int, end: int) -> Span:
        """Where characters start:end of the string are written; raises ValueError for other nodes and ranges."""
        value = node.text()
        if value is None:
            raise ValueError("not a string")
        spelled = pieces(text, node.span, node.form, value)
        return locate(spelled, content(node.span, node.form).end, start, end)


YAML = YamlCodec()
