"""What PyYAML's parser sees in a YAML text, as trees. Only its events are used: no tag ever makes an object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import MAX_FLAWS, Flaw, Kind, Member, Node, Span
from unsprawl.scanner.formats.yaml_scalars import FOLDED, LITERAL, PLAIN, WHOLE, decode, plain_value

if TYPE_CHECKING:
    import yaml

MAX_REPEATED = 100_000
"""Nodes that aliases may repeat in one file: the tree is walked as if each stood there again."""

_PROPERTIES = re.compile(r"(?:!<[^> \t\r\n]*+>|[&!][^ \t\r\n,\[\]{}]*+|[ \t\r\n]++|#[^\r\n]*+)*+")
_SAID = {
    "found character that cannot start any token": "a character that cannot begin a value; put the value in quotes",
    "found a tab character that violates indentation": "a tab where YAML wants spaces",
    "found unexpected end of stream": "a quote is not closed",
    "found unexpected document indicator": "a quote is not closed",
    "found unknown escape character": "an escape that YAML does not have",
    "found invalid Unicode character escape code": "an escape that YAML does not have",
    "did not find expected key": "wrong indentation, or a value that needs quotes",
    "mapping values are not allowed in this context": "wrong indentation, or a value that needs quotes",
    "mapping values are not allowed here": "wrong indentation, or a value that needs quotes",
    "did not find expected '-' indicator": "wrong indentation in a list",
    "could not find expected ':'": "a colon is missing, or a value needs quotes",
    "did not find expected ',' or ']'": "a bracket is not closed, or a value in it needs quotes",
    "did not find expected ',' or '}'": "a bracket is not closed, or a value in it needs quotes",
    "exceeded maximum nesting depth": "nested too deeply",
}
"""libyaml's words in ours. What is not listed is not shown: the pure Python parser quotes the text."""


def loader() -> Any:
    """The one parser that is used: libyaml's, or PyYAML's own where it was built without."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """Deeper than we follow."""


class _Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "deepest", "is_flow", "items", "key", "kind", "members", "size", "start")

    def __init__(self, kind: Kind, start: int, anchor: str | None, is_flow: bool) -> None:
        self.kind = kind
        self.start = start
        self.anchor = anchor
        self.is_flow = is_flow
        self.members: list[Member] = []
        self.items: list[Node] = []
        self.key: Node | None = None
        self.size = 1
        self.deepest = 0


class Builder:
    """Documents out of events, without recursion."""

    def __init__(self, text: str, masked: str) -> None:
        self.documents: list[Node] = []
        self.flaws: list[Flaw] = []
        self.scalars: list[Span] = []
        self._text = text
        # A second byte order mark is no character to the parser, but counts in some of its places.
        self._base = len(text) - len(text.lstrip("\ufeff"))
        self._masked = masked[self._base :]
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        """Of each anchor: the node, how many nodes it is with all repetitions, and how deep."""
        self._repeated = 0

    def build(self) -> Flaw | None:
        """Read everything; what stopped the parser, if anything did."""
        import yaml

        at = self._base
        try:
            events: Any = yaml.parse(self._masked, Loader=loader())
            for event in events:
                at = self._base + event.start_mark.index
                self._event(event)
        except yaml.YAMLError as error:  # it quotes the text: only its place and its kind are used
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            at = at if mark is None else self._base + mark.index
            said = _SAID.get(str(getattr(error, "problem", "")), "not valid YAML")
            if self._text.startswith("\t", at):
                said = "a tab where YAML wants spaces"
        except _Stop:
            said = "nested too deeply"
        except (ValueError, OverflowError, RecursionError):  # numbers in escapes and directives
            said = "not valid YAML"
        else:
            return None
        return Flaw(min(at, len(self._text)), said)

    def _event(self, event: Any) -> None:
        import yaml

        start, end = self._base + event.start_mark.index, self._base + event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor or event.tag:
                start = self._behind_properties(start, end)
            self._add(self._scalar(event, Span(start, end)), 1, 0, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "", Span(start, end))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._stack) >= MAX_DEPTH:
                raise _Stop
            if event.anchor or event.tag:
                start = self._behind_properties(start, len(self._text))
            kind = Kind.OBJECT if isinstance(event, yaml.MappingStartEvent) else Kind.ARRAY
            self._stack.append(_Frame(kind, start, event.anchor, bool(event.flow_style)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(self._stack.pop(), end)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors = {}

    def _flaw(self, flaw: Flaw) -> None:
        if len(self.flaws) < MAX_FLAWS - 2:  # `read` may add two
            self.flaws.append(flaw)

    def _behind_properties(self, start: int, end: int) -> int:
        """Where the value itself begins, behind its anchor and tag."""
        match = _PROPERTIES.match(self._text, start, end)
        return match.end() if match else start

    def _scalar(self, event: yaml.ScalarEvent, span: Span) -> Node:
        form = event.style if event.style in ("'", '"', LITERAL, FOLDED) else PLAIN
        self.scalars.append(span)
        value = decode(self._text, span, form, event.value)
        if value != event.value and self._differs(span, form, event.value):
            self._flaw(Flaw(span.start, "uses YAML that unsprawl cannot place"))
            return Node(Kind.STRING, span, event.value, form=WHOLE)
        if form == PLAIN and event.implicit[0]:
            kind, resolved = plain_value(value)
            return Node(kind, span, resolved, form=form)
        return Node(Kind.STRING, span, value, form=form)

    def _differs(self, span: Span, form: str, value: str) -> bool:
        """Whether the parser read something else than we do, what was masked aside."""
        at = Span(span.start - self._base, span.end - self._base)
        return decode(self._masked, at, form, value) != value

    def _alias(self, name: str, span: Span) -> None:
        known = self._anchors.get(name)
        if known is None:
            self._flaw(Flaw(span.start, "an alias without its anchor"))
            self._add(Node(Kind.OPAQUE, span), 1, 0, None)
            return
        node, size, depth = known
        if self._repeated + size > MAX_REPEATED or len(self._stack) + depth > MAX_DEPTH:
            self._flaw(Flaw(span.start, "aliases repeat too much"))
            self._add(Node(Kind.OPAQUE, span), 1, 0, None)
            return
        self._repeated += size
        frame = self._stack[-1]
        if frame.kind is Kind.OBJECT and frame.key is None:  # a key's place is where it is used
            node = Node(Kind.STRING, span, self._key(node), form=WHOLE)
        self._add(node, size, depth, None)

    def _close(self, frame: _Frame, end: int) -> None:
        if not frame.is_flow:  # the parser's end of a block is where the next thing begins
            children = [*(member.value for member in frame.members), *frame.items]
            ends = [child.span.end for child in children if child.span.start >= frame.start]
            end = max([frame.start, *(member.key_span.end for member in frame.members), *ends])
        span = Span(frame.start, end)
        node = Node(frame.kind, span, members=_merged(frame.members), items=tuple(frame.items))
        self._add(node, frame.size, frame.deepest + 1, frame.anchor)

    def _add(self, node: Node, size: int, depth: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (node, size, depth)
        if not self._stack:
            self.documents.append(node)
            return
        frame = self._stack[-1]
        frame.size += size
        frame.deepest = max(frame.deepest, depth)
        if frame.kind is Kind.ARRAY:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            frame.members.append(Member(self._key(key), key.span, node))

    def _key(self, node: Node) -> str:
        """The name of a pair; "" where it is no scalar."""
        if node.form == PLAIN and node.kind is not Kind.STRING:
            return self._text[node.span.start : node.span.end]
        return node.value if isinstance(node.value, str) else ""


def _merged(members: list[Member]) -> tuple[Member, ...]:
    """With what `<<` brings in, before the object's own pairs: those win, and of several the first named one."""
    own: list[Member] = []
    brought: list[Member] = []
    for member in members:
        sources = _sources(member.value) if member.key == "<<" else ()
        for source in sources:
            brought[:0] = source.members
        if not sources:
            own.append(member)
    return (*brought, *own)


def _sources(node: Node) -> tuple[Node, ...]:
    """What `<<: node` names: an object, or a list of them."""
    sources = node.items if node.kind is Kind.ARRAY else (node,)
    return sources if all(source.kind is Kind.OBJECT for source in sources) else ()
