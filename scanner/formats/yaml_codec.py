"""YAML: values with their places, from PyYAML's parser; line by line where the text is broken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from unsprawl.scanner.formats import yaml_events
from unsprawl.scanner.formats.literal import locate
from unsprawl.scanner.formats.node import Flaw, Node, Parsed, Path, Span
from unsprawl.scanner.formats.yaml_scalars import content, pieces

_MAX_DIRECTIVES = 100
"""libyaml compares each `%TAG` with all before it."""
_UNPRINTABLE = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_MASKED = re.compile(rf"({_UNPRINTABLE})|[\x85\u2028\u2029]|\\u[dD][89a-fA-F][0-9a-fA-F]{{2}}")
_COMMENT = re.compile(r"(?:^|[ \t])#", re.MULTILINE)


class YamlCodec:
    """The `Codec` of YAML; see there what each method promises. It only reads."""

    id = "yaml"

    def parse(self, text: str, wanted: Sequence[Path] | None = None) -> Parsed:
        """Parse any text. Everything is built, wanted or not: what an alias repeats may stand anywhere."""
        found = read(text)
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


class Read(NamedTuple):
    """The documents of a text. `broken`: the parser stopped somewhere, so they are not all of it."""

    documents: tuple[Node, ...]
    flaws: tuple[Flaw, ...]
    broken: bool
    comments: bool


def read(text: str) -> Read:
    """All documents of any text, as far as the parser understands it. Never raises."""
    masked, strange = _mask(text)
    builder = yaml_events.Builder(text, masked)
    flaws = [] if strange is None else [Flaw(strange, "a character that YAML does not allow")]
    if masked.count("\n%") + masked.count("\r%") > _MAX_DIRECTIVES:
        stopped: Flaw | None = Flaw(0, "too many directives")
    else:
        stopped = builder.build()
    flaws += builder.flaws
    if stopped is not None:
        flaws.insert(0, stopped)
    return Read(tuple(builder.documents), tuple(flaws), stopped is not None, _has_comments(text, builder.scalars))


def _mask(text: str) -> tuple[str, int | None]:
    """`text` as the parser bears it, character for character, and where the first is that YAML forbids.

    What is masked is read from the text itself again. Three kinds: characters that make the parser stop; the line
    ends of YAML 1.1 that YAML 1.2 no longer has; surrogate escapes, as JSON writes them in pairs.
    """
    first = next((match.start() for match in _MASKED.finditer(text) if match[1]), None)
    return _MASKED.sub(lambda match: "\ufffd" if len(match[0]) == 1 else r"\ufffd", text), first


def _has_comments(text: str, scalars: list[Span]) -> bool:
    at = 0
    for match in _COMMENT.finditer(text) if "#" in text else ():
        while at < len(scalars) and scalars[at].end < match.end():
            at += 1
        if at == len(scalars) or match.end() <= scalars[at].start:
            return True
    return False


YAML = YamlCodec()
