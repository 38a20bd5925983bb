"""Texts that are written inside a text with an encoding of their own: JSON, percent-encoding."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.load import compiled
from unsprawl.scanner.formats.literal import Piece
from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.view import View

_MOST_STRINGS = 500
_MOST_ESCAPES = 4
"""Levels of backslashes that are taken off before a text is no JSON."""
_ENCODED = r"(?:%[0-9A-Fa-f]{2})+"


def percent_decoded(view: View) -> View:
    """The text behind `%40` and the like; the view itself where nothing is encoded or the bytes spell no text."""
    if "%" not in view.text:
        return view
    pieces, at = [], 0
    for match in compiled(_ENCODED).finditer(view.text):
        if at < match.start():
            pieces.append(Piece(at, match.start(), view.text[at : match.start()], plain=True))
        try:
            characters = bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
        except ValueError:
            return view
        at = match.start()
        for character in characters:
            width = 3 * len(character.encode("utf-8"))
            pieces.append(Piece(at, at + width, character))
            at += width
    pieces.append(Piece(at, len(view.text), view.text[at:], plain=True))
    return view.decoded(pieces)


def strings_of_json(view: View) -> list[tuple[str, View]] | None:
    """(nearest key, string) of a JSON text, also of one with escaped quotes or JSON5's liberties; None for no JSON."""
    from unsprawl.scanner.formats.json_codec import JSON
    from unsprawl.scanner.formats.json_strings import pieces

    broken: list[tuple[str, View]] | None = None
    for _ in range(_MOST_ESCAPES):
        parsed = JSON.parse(view.text)
        if parsed.flaws and "\n" in view.text:
            # A key of several lines whose line ends nobody escaped; one character for one, so that places stay.
            joined = JSON.parse(view.text.replace("\n", " "))
            parsed = parsed if joined.flaws else joined
        root = parsed.root
        if root is not None and (not parsed.flaws or (root.kind is Kind.OBJECT and _has_members(root))):
            strings = [(name, content_of(view, node)) for name, node in strings_below(root, "")]
            if not parsed.flaws:
                return strings
            broken = broken or strings
        if '\\"' not in view.text:
            return broken
        view = view.decoded(pieces(view.text, 0, len(view.text)))
    return broken


def _has_members(root: Node) -> bool:
    """Whether a broken text says enough to be taken for JSON: `{secret}` and `{{x}}` do not."""
    return any(member.key and member.value.kind in (Kind.STRING, Kind.OBJECT) for member in root.members)


def strings_below(node: Node, name: str) -> Iterator[tuple[str, Node]]:
    """The strings below a node in file order, each with the nearest key; no more than `_MOST_STRINGS`."""
    waiting = [(name, node)]
    count = 0
    while waiting and count < _MOST_STRINGS:
        name, node = waiting.pop()
        if node.kind is Kind.STRING and node.text():
            count += 1
            yield name, node
        waiting += [(name, item) for item in reversed(node.items)]
        called = own_name(node)
        waiting += [
            (called if called and member.key.lower() == "value" else member.key, member.value)
            for member in reversed(node.members)
        ]


def own_name(node: Node) -> str:
    """What `{"name": "Cookie", "value": …}` calls its value; "" for an object that is no such pair."""
    members = {member.key.lower(): member.value for member in node.members}
    called = members.get("name") or members.get("key")
    return (called.text() or "") if called is not None and "value" in members else ""


def content_of(view: View, node: Node) -> View:
    """A string of the JSON text without its quotes and escapes."""
    from unsprawl.scanner.formats.json_strings import pieces

    start, end = node.span
    if view.text[start] in "\"'":
        end -= end - start > 1 and view.text[end - 1] == view.text[start]
        start += 1
    inner = view.text[start:end]
    return view.decoded(pieces(view.text, start, end)) if "\\" in inner else view.cut(start, end)
