"""The JSON codec on texts that people write: strict reading, and edits in the file's style."""

from __future__ import annotations

import json
from typing import Any

import pytest
from generated_documents import plain

from unsprawl.scanner.formats.json_codec import JSON
from unsprawl.scanner.formats.node import Kind, Node, Path, apply_edits, at


def root_of(text: str) -> Node:
    parsed = JSON.parse(text)
    assert not parsed.flaws
    assert parsed.root is not None
    return parsed.root


def remove(text: str, *path: str | int) -> str:
    return apply_edits(text, JSON.remove_edits(text, root_of(text), path))


def insert(text: str, path: Path, value: Any) -> str:
    return apply_edits(text, JSON.insert_edits(text, root_of(text), path, value))


@pytest.mark.parametrize("text", ["", " \n\t", "\r\n"])
def test_empty_text(text: str) -> None:
    parsed = JSON.parse(text)
    assert parsed.root is None
    assert [flaw.message for flaw in parsed.flaws] == ["empty file"]


def test_only_wanted_values_are_built() -> None:
    text = '{"big": [1, {"a": 2}], "mcpServers": {"x": {"env": {"K": "v"}}}, "projects": {"/p": {"m": {"y": 1}}}}'
    root = JSON.parse(text, [("mcpServers",), ("projects", "*", "m")]).root
    assert root is not None
    big = root.get("big")
    assert big is not None
    assert big.kind is Kind.OPAQUE
    assert text[slice(*big.span)] == '[1, {"a": 2}]'
    assert plain(at(root, ("mcpServers",))) == {"x": {"env": {"K": "v"}}}
    assert plain(at(root, ("projects", "/p", "m"))) == {"y": 1}


def test_unwanted_values_are_still_checked() -> None:
    parsed = JSON.parse('{"big": [1, 2,], "a": {"b": nul}}', [("zz",)])
    assert parsed.comments
    assert [flaw.message for flaw in parsed.flaws] == ["value without quotes"]


@pytest.mark.parametrize("depth", [150, 201, 5000, 200000])
def test_nesting_is_bounded(depth: int) -> None:
    text = "[" * depth + "]" * depth
    messages = [flaw.message for flaw in JSON.parse(text).flaws]
    assert messages == ([] if depth <= 200 else ["nested too deeply"])
    JSON.parse('{"a": ' + text + "}", [("b",)])


def test_repeated_keys_are_kept_and_the_last_counts() -> None:
    root = root_of('{"a": 1, "a": 2}')
    assert [member.value.value for member in root.members] == [1, 2]
    assert remove('{"a": 1, "a": 2}', "a") == '{"a": 1}'


def test_numbers_beyond_all_limits() -> None:
    root = root_of("[" + "9" * 5000 + ", 1e999, -0, 1.50]")
    assert [item.kind for item in root.items] == [Kind.NUMBER] * 4


@pytest.mark.parametrize("text", [r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00\ud83d\ud83d\ude00"', r'"\u00e9\/\b"'])
def test_escapes_mean_what_json_says(text: str) -> None:
    assert root_of(text).value == json.loads(text)


def test_nothing_shows_values() -> None:
    root = root_of('{"hush": "hush"}')
    assert "hush" not in repr(root) + repr(root.members)


LINES = '{\n  "a": 1, // one\n  // about b\n  "b": 2, // two\n  "c": 3 // three\n}'


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ('{"a": 1}', ("a",), "{}"),
        ('{\n  "a": 1\n}\n', ("a",), "{}\n"),
        ('{"a": 1, "b": 2}', ("a",), '{"b": 2}'),
        ('{"a": 1, "b": 2}', ("b",), '{"a": 1}'),
        ('{ "a": 1, "b": 2, "c": 3 }', ("b",), '{ "a": 1, "c": 3 }'),
        ('{"a": 1, "b": 2,}', ("b",), '{"a": 1,}'),
        ('{\r\n\t"a": 1,\r\n\t"b": 2\r\n}', ("b",), '{\r\n\t"a": 1\r\n}'),
        ('{\r\n\t"a": 1,\r\n\t"b": 2\r\n}', ("a",), '{\r\n\t"b": 2\r\n}'),
        (LINES, ("a",), '{\n  // about b\n  "b": 2, // two\n  "c": 3 // three\n}'),
        (LINES, ("b",), '{\n  "a": 1, // one\n  // about b\n  "c": 3 // three\n}'),
        (LINES, ("c",), '{\n  "a": 1, // one\n  // about b\n  "b": 2 // two\n}'),
        ('{\n  // keep\n  "a": 1,\n}', ("a",), "{\n  // keep\n}"),
        ('{\n  "a": {\n    "b": 1\n  },\n  "c": 2\n}', ("a",), '{\n  "c": 2\n}'),
        ('{\n  "a": {\n    "b": 1\n  },\n  "c": 2\n}', ("a", "b"), '{\n  "a": {},\n  "c": 2\n}'),
        ('["a", "b", "c"]', (1,), '["a", "c"]'),
        ('[\n  "a",\n  "b"\n]', (1,), '[\n  "a"\n]'),
        ('{\n  "a": 1\n, "b": 2\n, "c": 3\n}', ("b",), '{\n  "a": 1\n, "c": 3\n}'),
        ('{\n  "a": 1\n, "b": 2\n}', ("b",), '{\n  "a": 1\n}'),
        ('{"a": 1, "b": 2, // both\n "c": 3}', ("b",), '{"a": 1, // both\n "c": 3}'),
    ],
)
def test_remove(text: str, path: Path, after: str) -> None:
    assert remove(text, *path) == after


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        ("{}", ("k",), "v", '{\n  "k": "v"\n}'),
        ('{"a": 1}', ("k",), "v", '{"a": 1, "k": "v"}'),
        ('{"a":1}', ("k",), [1, {"x": 2}], '{"a":1,"k":[1,{"x":2}]}'),
        ('{ "a" : 1 }', ("k",), {}, '{ "a" : 1, "k" : {} }'),
        ('{\n\t"a": 1\n}', ("k",), {"x": ["y"]}, '{\n\t"a": 1,\n\t"k": {\n\t\t"x": ["y"]\n\t}\n}'),
        ('{\r\n    "a": {}\r\n}', ("a", "k"), "v", '{\r\n    "a": {\r\n        "k": "v"\r\n    }\r\n}'),
        ('{\n  "a": 1, // last\n}', ("k",), True, '{\n  "a": 1, // last\n  "k": true,\n}'),
        ('{\n  "a": 1 // last\n}', ("k",), None, '{\n  "a": 1, // last\n  "k": null\n}'),
        ('{\n  // "off": 1\n}', ("k",), 1, '{\n  // "off": 1\n  "k": 1\n}'),
        ('{\n  "a": {"b": {}}\n}', ("a", "b", "k"), 1, '{\n  "a": {"b": {"k": 1}}\n}'),
        ("{a: 'x'}", ("k",), "it's", "{a: 'x', k: 'it\\'s'}"),
        ('["a"]', (0,), "b", '["b", "a"]'),
        ('["a"]', (1,), "b", '["a", "b"]'),
        ("[]", (0,), "b", '["b"]'),
        ('[\n  "a", // one\n  // about c\n  "c"\n]', (1,), "b", '[\n  "a", // one\n  "b",\n  // about c\n  "c"\n]'),
        ('["a" // x\n]', (1,), "b", '["a", // x\n  "b"\n]'),
        ('{\n  "a": 1\n, "b": 2\n}', ("k",), 3, '{\n  "a": 1\n, "b": 2\n, "k": 3\n}'),
        ('{"a": "\\u00e9"}', ("k",), "😀", '{"a": "\\u00e9", "k": "\\ud83d\\ude00"}'),
    ],
)
def test_insert(text: str, path: Path, value: Any, after: str) -> None:
    assert insert(text, path, value) == after


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        ('{"a": "old"}', ("a",), "new", '{"a": "new"}'),
        ('{\n  "a": "old" // c\n}', ("a",), {"x": 1}, '{\n  "a": {\n    "x": 1\n  } // c\n}'),
        ('["a", "b"]', (1,), ["c"], '["a", ["c"]]'),
    ],
)
def test_replace(text: str, path: Path, value: Any, after: str) -> None:
    assert apply_edits(text, JSON.replace_edits(text, root_of(text), path, value)) == after


@pytest.mark.parametrize(
    ("path", "how"), [((), "remove"), (("zz",), "remove"), (("a", "b"), "insert"), (("a",), "insert"), ((0,), "insert")]
)
def test_impossible_edits_are_refused(path: Path, how: str) -> None:
    text = '{"a": 1}'
    act = remove if how == "remove" else lambda text, *path: insert(text, path, 1)
    with pytest.raises(ValueError, match=r"\w"):
        act(text, *path)


def test_part_of_an_escaped_string() -> None:
    text = r'{"a": "x\n\u00e9\ud83d\ude00-key"}'
    node = at(root_of(text), ("a",))
    assert node is not None
    assert text[slice(*JSON.part_span(text, node, 1, 4))] == r"\n\u00e9\ud83d\ude00"
    assert JSON.inside(text, node, 'é"') == r"\u00e9\""
    assert text[slice(*JSON.part_span(text, node, 8, 8))] == ""
    with pytest.raises(ValueError, match="part"):
        JSON.part_span(text, node, 3, 9)
