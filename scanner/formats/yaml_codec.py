"""YAML: values with their places, from PyYAML's parser; line by line where the text is broken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unsprawl.scanner.formats import yaml_events
from unsprawl.scanner.formats.node import Edit, Flaw, Node, Parsed, Path, Span, Value
from unsprawl.scanner.formats.yaml_scalars import part_span
from unsprawl.scanner.record import NamedTuple

_MAX_DIRECTIVES = 100
"""libyaml compares each `%TAG` with all before it."""
_UNPRINTABLE = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_MASKED = rf"({_UNPRINTABLE})|[\x85\u2028\u2029]|\\u[dD][89a-fA-F][0-9a-fA-F]{{2}}"
_WITHOUT_BREAKS = str.maketrans("", "", "\t\n\r")
_COMMENT = re.compile(r"(?:^|[ \t])#", re.MULTILINE)


class YamlCodec:
    """The `Codec` of YAML; see there what each method promises."""

    id = "yaml"
    repeats = True

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
        return part_span(text, node, value, start, end)

    def part_edits(self, text: str, root: Node, path: Path, start: int, end: int, new: str) -> tuple[Edit, ...]:
        """Put `new` in place of a part of the string at `path`, in other quotes where it needs them."""
        from unsprawl.scanner.formats.yaml_part import replace_part

        return replace_part(text, root, path, start, end, new)

    def replace_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Replace the whole value at `path`."""
        from unsprawl.scanner.formats.yaml_edit import replace_value

        return replace_value(text, root, path, value)

    def remove_edits(self, text: str, root: Node, path: Path) -> tuple[Edit, ...]:
        """Remove the pair or item at `path` (of a repeated key: the last)."""
        from unsprawl.scanner.formats.yaml_edit import remove_element

        return remove_element(text, root, path)

    def insert_edits(self, text: str, root: Node, path: Path, value: Value) -> tuple[Edit, ...]:
        """Add a pair as last of its object, or an item before position `path[-1]`."""
        from unsprawl.scanner.formats.yaml_edit import insert_element

        return insert_element(text, root, path, value)


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
    if text.isascii() and "\\u" not in text and text.translate(_WITHOUT_BREAKS).isprintable():
        return text, None  # as nearly all are: the pattern takes as long to compile as a dozen files to read
    first = next((match.start() for match in re.finditer(_MASKED, text) if match[1]), None)
    return re.sub(_MASKED, lambda match: "\ufffd" if len(match[0]) == 1 else r"\ufffd", text), first


def _has_comments(text: str, scalars: list[Span]) -> bool:
    at = 0
    for match in _COMMENT.finditer(text) if "#" in text else ():
        while at < len(scalars) and scalars[at].end < match.end():
            at += 1
        if at == len(scalars) or match.end() <= scalars[at].start:
            return True
    return False


YAML = YamlCodec()
