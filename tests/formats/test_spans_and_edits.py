"""Properties of both codecs: spans are exact, edits change what they say and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from typing import Any

import pytest
from generated_documents import (
    OBJECTS,
    TOML_TABLES,
    TOML_TEXTS,
    TOML_VALUES,
    VALUES,
    containers,
    dig,
    edited,
    json_texts,
    paths,
    plain,
    toml_texts,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats.json_codec import JSON
from unsprawl.scanner.formats.node import Codec, Edit, Kind, Node, Parsed, Path, Span, apply_edits, at
from unsprawl.scanner.formats.toml_codec import TOML

moderate = settings(deadline=None, max_examples=80)


def parsed(codec: Codec, text: str) -> Parsed:
    result = codec.parse(text)
    assert result.flaws == ()
    assert result.root is not None
    return result


def undone(text: str, edits: Sequence[Edit]) -> str:
    """The text after making the edits and then their inverses."""
    new, shift, inverse = apply_edits(text, edits), 0, []
    for edit in sorted(edits, key=lambda e: e.span):
        start = edit.span.start + shift
        inverse.append(Edit(Span(start, start + len(edit.text)), text[edit.span.start : edit.span.end]))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return apply_edits(new, inverse)


def check_spans(codec: Codec, text: str, node: Node) -> None:
    """Every JSON value's written text, taken alone, is that value."""
    again = codec.parse(text[node.span.start : node.span.end])
    assert again.root is not None
    assert plain(again.root) == plain(node)
    for member in node.members:
        key = codec.parse(text[member.key_span.start : member.key_span.end]).root
        assert key is not None
        assert key.value == member.key
        check_spans(codec, text, member.value)
    for item in node.items:
        check_spans(codec, text, item)


def check_edit(codec: Codec, text: str, edits: tuple[Edit, ...], expected: Any) -> None:
    before = parsed(codec, text)
    after = apply_edits(text, edits)
    result = parsed(codec, after)
    assert result.root is not None
    assert plain(result.root) == expected
    assert not result.comments or before.comments
    assert undone(text, edits) == text


@moderate
@given(st.data(), VALUES, st.booleans())
def test_json_spans_are_exact(data: st.DataObject, value: Any, liberal: bool) -> None:
    text = data.draw(json_texts(value, liberal))
    root = parsed(JSON, text).root
    assert root is not None
    assert plain(root) == value
    check_spans(JSON, text, root)


@moderate
@given(st.data(), OBJECTS.filter(bool), st.booleans())
def test_json_remove(data: st.DataObject, value: Any, liberal: bool) -> None:
    text = data.draw(json_texts(value, liberal))
    root = parsed(JSON, text).root
    assert root is not None
    path = data.draw(st.sampled_from(paths(value)))
    check_edit(JSON, text, JSON.remove_edits(text, root, path), edited(value, path, "remove"))


@moderate
@given(st.data(), OBJECTS.filter(bool), VALUES, st.booleans())
def test_json_replace(data: st.DataObject, value: Any, new: Any, liberal: bool) -> None:
    text = data.draw(json_texts(value, liberal))
    root = parsed(JSON, text).root
    assert root is not None
    path = data.draw(st.sampled_from(paths(value)))
    check_edit(JSON, text, JSON.replace_edits(text, root, path, new), edited(value, path, "replace", new))


@moderate
@given(st.data(), OBJECTS, VALUES, st.booleans())
def test_json_insert(data: st.DataObject, value: Any, new: Any, liberal: bool) -> None:
    text = data.draw(json_texts(value, liberal))
    root = parsed(JSON, text).root
    assert root is not None
    parent = data.draw(st.sampled_from(containers(value)))
    inside = dig(value, parent)
    step = data.draw(st.integers(0, len(inside))) if isinstance(inside, list) else "NEW"
    edits = JSON.insert_edits(text, root, (*parent, step), new)
    check_edit(JSON, text, edits, edited(value, (*parent, step), "insert", new))


@moderate
@given(st.data(), OBJECTS.filter(bool), st.booleans())
def test_json_insert_then_remove_in_a_filled_object_is_nothing(data: st.DataObject, value: Any, liberal: bool) -> None:
    text = data.draw(json_texts(value, liberal))
    root = parsed(JSON, text).root
    assert root is not None
    filled = [path for path in containers(value) if isinstance(dig(value, path), dict) and dig(value, path)]
    path = (*data.draw(st.sampled_from(filled)), "NEW")
    longer = apply_edits(text, JSON.insert_edits(text, root, path, "x"))
    again = parsed(JSON, longer).root
    assert again is not None
    after = apply_edits(longer, JSON.remove_edits(longer, again, path))
    # Comments in odd places may leave a line end behind, never more.
    assert after == text or (liberal and "".join(after.split()) == "".join(text.split()))


@moderate
@given(st.data(), st.text(alphabet="ab \\\"'\n\té😀\x01", max_size=8), st.text(max_size=5), st.booleans())
def test_json_parts(data: st.DataObject, value: str, new: str, liberal: bool) -> None:
    text = data.draw(json_texts([value], liberal))
    root = parsed(JSON, text).root
    assert root is not None
    node = at(root, (0,))
    assert node is not None
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    span = JSON.part_span(text, node, start, end)
    after = apply_edits(text, [Edit(span, JSON.inside(text, node, new))])
    changed = parsed(JSON, after).root
    assert changed is not None
    assert plain(changed) == [value[:start] + new + value[end:]]


@moderate
@given(st.text(alphabet="{}[]:,\"'\\/*# \n\tab1e.-+<=>|é\x00", max_size=60))
def test_json_never_raises(text: str) -> None:
    result = JSON.parse(text)
    wanted = JSON.parse(text, [("a",), ("b", "*")])
    assert bool(result.flaws) == bool(wanted.flaws)
    try:
        value = json.loads(text, parse_constant=lambda _: {}[0])
    except (ValueError, KeyError):
        assert result.flaws or result.comments
    else:
        assert not result.flaws
        assert result.root is not None
        assert result.root.kind is not Kind.OPAQUE
        assert plain(result.root) == value


def toml_value(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def is_refused(text: str, path: Path, how: str, new: Any = None) -> bool:
    """Whether TOML has no place for this edit in the spelling at hand."""
    root = parsed(TOML, text).root
    assert root is not None
    node, parent = at(root, path), at(root, path[:-1])
    assert parent is not None
    if how == "remove":
        return parent.form == "array-of-tables" and len(parent.items) == 1
    if how == "insert":
        return parent.form == "array-of-tables" and not isinstance(new, dict)
    assert node is not None
    extended = node.form == "dotted" and f"{node.form}" and any(m.value.form == "header-table" for m in node.members)
    return (
        node.form in ("array-of-tables", "implicit")
        or extended
        or (node.form == "header-table" and not isinstance(new, dict))
    )


def check_toml_edit(text: str, path: Path, how: str, new: Any = None) -> None:
    root = parsed(TOML, text).root
    assert root is not None
    make = {
        "remove": lambda: TOML.remove_edits(text, root, path),
        "replace": lambda: TOML.replace_edits(text, root, path, new),
        "insert": lambda: TOML.insert_edits(text, root, path, new),
    }[how]
    if is_refused(text, path, how, new):
        with pytest.raises(ValueError, match=r"\w"):
            make()
        return
    edits = make()
    after = apply_edits(text, edits)
    assert plain(parsed(TOML, after).root) == toml_value(after) == edited(toml_value(text), path, how, new)
    assert undone(text, edits) == text


@moderate
@given(st.data(), TOML_TABLES)
def test_toml_reads_as_tomllib(data: st.DataObject, value: dict[str, Any]) -> None:
    text = data.draw(toml_texts(value))
    root = parsed(TOML, text).root
    assert plain(root) == toml_value(text) == value
    assert root is not None
    for path in paths(value):
        node = at(root, path)
        assert node is not None
        if node.form in ("", "array", "inline"):
            written = text[node.span.start : node.span.end]
            assert tomllib.loads("x = " + written)["x"] == dig(value, path)


@moderate
@given(st.data(), TOML_TABLES.filter(bool))
def test_toml_remove(data: st.DataObject, value: dict[str, Any]) -> None:
    text = data.draw(toml_texts(value))
    check_toml_edit(text, data.draw(st.sampled_from(paths(value))), "remove")


@moderate
@given(st.data(), TOML_TABLES.filter(bool), TOML_VALUES)
def test_toml_replace(data: st.DataObject, value: dict[str, Any], new: Any) -> None:
    text = data.draw(toml_texts(value))
    check_toml_edit(text, data.draw(st.sampled_from(paths(value))), "replace", new)


@moderate
@given(st.data(), TOML_TABLES, TOML_VALUES)
def test_toml_insert(data: st.DataObject, value: dict[str, Any], new: Any) -> None:
    text = data.draw(toml_texts(value))
    parent = data.draw(st.sampled_from(containers(value)))
    inner = dig(value, parent)
    step = data.draw(st.integers(0, len(inner))) if isinstance(inner, list) else "NEW"
    check_toml_edit(text, (*parent, step), "insert", new)


@moderate
@given(st.data(), TOML_TEXTS, st.text(alphabet="ab \\\"'\n\té\x01\r", max_size=5))
def test_toml_parts(data: st.DataObject, value: str, new: str) -> None:
    text = data.draw(toml_texts({"k": value}))
    root = parsed(TOML, text).root
    assert root is not None
    node = at(root, ("k",))
    assert node is not None
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    span = TOML.part_span(text, node, start, end)
    try:
        inside = TOML.inside(text, node, new)
    except ValueError:
        assert text[node.span.start] == "'"
        return
    after = apply_edits(text, [Edit(span, inside)])
    assert toml_value(after) == {"k": value[:start] + new + value[end:]}


@moderate
@given(st.text(alphabet="[]{}.,\"'\\# \n\tab1=-_:\x00é", max_size=60))
def test_toml_never_raises(text: str) -> None:
    result = TOML.parse(text)
    try:
        value = tomllib.loads(text)
    except ValueError:
        assert result.flaws
    else:
        assert not result.flaws
        assert result.root is not None
        assert plain(result.root).keys() == value.keys()
