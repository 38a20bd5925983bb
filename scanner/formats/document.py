"""A configuration file's bytes as a document: decoded text, tree, and positions for people."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.scanner.formats.node import Codec, EditingCodec, Kind, Node, Path, Span, at
from unsprawl.scanner.formats.text import Decoded, Lines, decode
from unsprawl.scanner.model import Place, Problem
from unsprawl.scanner.record import NamedTuple


class Document(NamedTuple):
    """One parsed file. `problems` not empty: it was read as far as possible, and must not be edited."""

    path: str
    decoded: Decoded
    codec: Codec
    root: Node
    comments: bool
    problems: tuple[Problem, ...]
    lines: Lines
    others: tuple[Node, ...] = ()
    """The later documents of a YAML file."""

    def __repr__(self) -> str:  # the text may hold secrets
        return f"Document({self.codec.id})"

    @property
    def text(self) -> str:
        return self.decoded.text

    @property
    def may_have_comments(self) -> bool:
        """Whether it is worth looking for comments. The codec of TOML, where they are no liberty, does not tell."""
        return self.comments or (self.codec.id == "toml" and "#" in self.text)

    @property
    def roots(self) -> tuple[tuple[Path, Node], ...]:
        """Every document of the file with what its paths begin with: nothing for the first, else its number from 0."""
        return ((), self.root), *((("document", number), node) for number, node in enumerate(self.others, 1))

    def at(self, path: Path) -> Node | None:
        """The node at a path that begins with one of `roots`."""
        for prefix, root in reversed(self.roots):
            if path[: len(prefix)] == prefix:
                return at(root, path[len(prefix) :])
        return None

    def place(self, span: Span, pointer: str) -> Place:
        """Lines and columns of a span."""
        line, column = self.lines.position(span.start)
        end_line, end_column = self.lines.position(span.end)
        return Place(self.path, line, column, end_line, end_column, pointer)


def codec_for(format_id: str) -> Codec:
    """The codec of a format named in the rules. Raises KeyError for another name."""
    codec = editing_codec_for(format_id)
    if codec is not None:
        return codec
    if format_id == "dotenv":
        from unsprawl.scanner.formats.dotenv_codec import DOTENV

        return DOTENV
    if format_id == "text":
        from unsprawl.scanner.formats.plain_codec import PLAIN

        return PLAIN
    raise KeyError(format_id)


def editing_codec_for(format_id: str) -> EditingCodec | None:
    """The codec of a format that can be written; None for one that is only read."""
    if format_id == "json":
        from unsprawl.scanner.formats.json_codec import JSON

        return JSON
    if format_id == "toml":
        from unsprawl.scanner.formats.toml_codec import TOML

        return TOML
    if format_id == "yaml":
        from unsprawl.scanner.formats.yaml_codec import YAML

        return YAML
    return None


_MOST_BYTES = {"toml": 1 << 20}
"""A TOML tree can take three hundred times its text; no host's file of this format comes near it."""


def parse(path: str, data: bytes, format_id: str, wanted: Sequence[Path] | None = None) -> Document | Problem:
    """The document in `data`, or why there is none.

    `wanted` are key paths (with "*" for any key); what lies beside them may be skipped unread.
    """
    if len(data) > _MOST_BYTES.get(format_id, len(data)):
        size = f"larger than {_MOST_BYTES[format_id] >> 20} MiB, which is more than is read of this format"
        return Problem(path, "too-large", size, "Look into it by hand.")
    decoded = decode(data, spare=True)
    if decoded.binary:
        return Problem(
            path, "binary", "holds binary data, not text", "Put it right, or leave it out of the scan with --exclude."
        )
    if not decoded.text or decoded.text.isspace():
        return Problem(path, "empty", "the file is empty")
    codec = codec_for(format_id)
    parsed = codec.parse(decoded.text, wanted)
    lines = Lines(decoded.text)
    problems = []
    for flaw in parsed.flaws:
        line, column = lines.position(flaw.offset)
        problems.append(
            Problem(
                path, "broken", flaw.message, "Fix the file, or leave it out of the scan with --exclude.", line, column
            )
        )
    if not decoded.valid:
        problems.append(Problem(path, "encoding", "not valid UTF-8, read as far as possible"))
    if parsed.root is None and parsed.comments and not parsed.flaws:  # all of it is switched off
        parsed = parsed._replace(root=Node(Kind.OBJECT, Span(0, len(decoded.text))))
    if parsed.root is None:
        return problems[0] if problems else Problem(path, "empty", "the file is empty")
    return Document(path, decoded, codec, parsed.root, parsed.comments, tuple(problems), lines, parsed.others)
