"""Where a text has comments, by format: real ones only, never what looks like one inside a string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from unsprawl.scanner.formats.node import Span

_TOML = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'{1,2}(?!'))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n\r]|\\.)*+"?'
    r"|'[^'\n\r]*+'?"
    r"|(#[^\n\r]*+)"
)
"""A string or a comment, whichever comes first. An unclosed string ends with its line, or with the text."""

_DOTENV = re.compile(
    r"^[ \t]*+(?:(#[^\n\r]*+)|(?:export[ \t]++)?[\w.-]++[ \t]*+[=:][ \t]*+"
    r"""(?:"(?:[^"\\]|\\[\s\S])*+"|'[^']*+'|`[^`]*+`|(?!["'`])(?:[^\s#]|(?<=\S)#|[ \t]++(?![#\s]))*+)"""
    r"(?:[ \t]*+(?<=[ \t])(#[^\n\r]*+))?)",
    re.MULTILINE,
)
_AFTER_SPACE = re.compile(r"(?:^|(?<=[ \t]))#[^\n\r]*+", re.MULTILINE)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters at which a YAML parser stops."""


def comments(format_id: str, text: str) -> Iterator[Span]:
    """The comments of a text in the order they stand; none where the format has none or is not known here."""
    scanner = _SCANNERS.get(format_id)
    return iter(()) if scanner is None else scanner(text)


def _json(text: str) -> Iterator[Span]:
    """`//` and `/* */`, as JSONC and JSON5 have them."""
    from unsprawl.scanner.formats.json_tokens import END, Notes, Tokens

    tokens = Tokens(text, Notes())
    end = 0
    while True:
        token = tokens.next()
        yield from _json_gap(text, end, token.start)
        if token.kind == END:
            return
        end = token.end


def _json_gap(text: str, start: int, stop: int) -> Iterator[Span]:
    """The comments between two tokens, where nothing but comments and blanks can stand."""
    while start < stop:
        if text.startswith("//", start):
            end = line_end(text, start)
            yield Span(start, end)
        elif text.startswith("/*", start):
            end = text.find("*/", start + 2, stop) + 2
            if end < 2:  # not closed: its line was skipped
                end = line_end(text, start)
            else:
                yield Span(start, end)
        elif text[start] == "#":  # no JSON
            end = line_end(text, start)
        else:
            end = start + 1
        start = end


def line_start(text: str, offset: int) -> int:
    """Where the line begins that `offset` is in."""
    start = text.rfind("\n", 0, offset) + 1
    # No further back than that: a text without a `\r` would be read to its beginning for each comment.
    return max(start, text.rfind("\r", start, offset) + 1)


def line_end(text: str, start: int) -> int:
    """Where the line ends that `start` is in: at its line end, or at the end of the text."""
    feed = text.find("\n", start)
    feed = len(text) if feed < 0 else feed
    # No further than that: a text without a `\r` would be read to its end for each comment.
    bare = text.find("\r", start, feed)
    return feed if bare < 0 else bare


def _toml(text: str) -> Iterator[Span]:
    for match in _TOML.finditer(text):
        if match[1] is not None:
            yield Span(*match.span(1))


def _dotenv(text: str) -> Iterator[Span]:
    for match in _DOTENV.finditer(text):
        for group in (1, 2):
            if match[group] is not None:
                yield Span(*match.span(group))


def _yaml(text: str) -> Iterator[Span]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    position = 0
    try:
        for token in yaml.scan(_NOT_YAML.sub("?", text), loader):
            start, end = token.start_mark.index, token.end_mark.index
            if start > position:
                yield from _hashes(text, position, start)
            if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
                yield from _hashes(text, start, line_end(text, start))  # behind the mark that a block begins with
            position = max(position, end)
    except yaml.YAMLError:
        return


def _hashes(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _AFTER_SPACE.finditer(text, start, end):
        yield Span(*match.span())


def _text(text: str) -> Iterator[Span]:
    from unsprawl.scanner.formats.document_comments import line_comments

    return line_comments(text)


def _notebook(text: str) -> Iterator[Span]:
    from unsprawl.scanner.formats.document_comments import cell_comments

    return cell_comments(text)


_SCANNERS: dict[str, Callable[[str], Iterator[Span]]] = {
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
    "dotenv": _dotenv,
    "text": _text,
    "notebook": _notebook,
}
