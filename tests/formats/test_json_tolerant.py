"""JSONC, JSON5 and broken JSON: what is allowed, what is told, and what is still found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from generated_documents import VALUES, json_texts, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats.json_codec import JSON
from unsprawl.scanner.formats.json_strict import scan
from unsprawl.scanner.formats.json_tolerant import read
from unsprawl.scanner.formats.node import Parsed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("// c\n{}", {}),
        ("/* c */ [1, /* d */ 2,]", [1, 2]),
        ('{"a": 1,}', {"a": 1}),
        ("{'a': 'it\\'s \"x\"'}", {"a": 'it\'s "x"'}),
        ("{a: 1, $b_2: 2, \\u0063: 3}", {"a": 1, "$b_2": 2, "c": 3}),
        ("[+1, .5, 5., 0x1F, -0x10, Infinity, -Infinity]", [1, 0.5, 5.0, 31, -16, float("inf"), float("-inf")]),
        ('"a\\\nb\\\r\nc\\x41\\v\\0\\q"', "abcA\v\0q"),
        ('{"a": "tab\there"}', {"a": "tab\there"}),
        ("\ufeff{}", {}),
        ('{"u": "https://x/*y*/"} // z', {"u": "https://x/*y*/"}),
    ],
)
def test_liberties_are_no_flaws(text: str, value: Any) -> None:
    parsed = JSON.parse(text)
    assert (parsed.flaws, parsed.comments) == ((), True)
    assert parsed.root is not None
    assert plain(parsed.root) == value


SERVERS = {"mcpServers": {"a": {"command": "x", "env": {"K": "v"}}, "b": {"args": ["-y", "p"]}, "c": {"command": "z"}}}
GOOD = json.dumps(SERVERS, indent=2)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"x",', '"x"', "missing comma"),
        ('"v"\n      }\n    },', '"v"\n      }\n', "bracket is not closed"),
        ('"v"\n      }\n    },', '"v"\n    },', "bracket is not closed"),
        ('"p"\n      ]', '"p"', "bracket is not closed"),
        ('"p"\n      ]', '"p"\n      }', "wrong closing bracket"),
        ('"v"\n      }\n', '"v"\n      }\n      }\n', "closing bracket too many"),
        ('"command": "x"', '"command" "x"', "missing colon"),
        ('"x",', '"x",,', "unexpected comma"),
        ('"x",', '"x", oops', "key without a value"),
        ('"x",', '"x",\n      "empty":', "key without a value"),
        ('"x",', '"x", # note', "comment with # is not JSON"),
        ('"K": "v"', '"K": "v', "string is not closed"),
        ('"K": "v"', '"K": v', "value without quotes"),
        ('"mcpServers": {\n', '"mcpServers": {\n/* never closed\n', "comment is not closed"),
        ('"mcpServers": {\n', '"mcpServers": {\n<<<<<<< HEAD\n=======\n>>>>>>> other\n', "merge conflict marker"),
        ("{\n  ", "\n  ", "missing opening bracket"),
        ("{\n  ", "junk {\n  ", "value without quotes"),
    ],
)
def test_later_servers_are_found_under_their_parent(old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    parsed = JSON.parse(text)
    assert message in {flaw.message for flaw in parsed.flaws}
    assert parsed.root is not None
    assert plain(parsed.root) == SERVERS


@pytest.mark.parametrize("cut", [-2, -6, -20])
def test_a_truncated_file_keeps_what_came_before(cut: int) -> None:
    parsed = JSON.parse(GOOD[:cut])
    assert parsed.flaws
    assert parsed.root is not None
    servers = plain(parsed.root)["mcpServers"]
    assert {name: servers[name] for name in "ab"} == {name: SERVERS["mcpServers"][name] for name in "ab"}


def test_both_sides_of_a_conflict_are_read() -> None:
    text = """{
  "mcpServers": {
<<<<<<< HEAD
    "a": {"x": 1},
    "b": {
=======
    "c": {
>>>>>>> other
      "y": 2
    },
    "d": {}
  }
}"""
    root = JSON.parse(text).root
    assert root is not None
    assert plain(root) == {"mcpServers": {"a": {"x": 1}, "b": {}, "c": {"y": 2}, "d": {}}}


def test_messages_never_quote_the_file() -> None:
    for flaw in JSON.parse('{"hush": hush hush "hush, \'hush').flaws:
        assert "hush" not in flaw.message


def test_an_unreadable_part_that_nobody_wants_does_not_hide_the_rest() -> None:
    text = '{"projects": {"/a": {"h": ["x" "y"], "m": {"s": 1}}}, "junk": [nul, {], "mcpServers": {"a": {"c": 1}}}'
    root = JSON.parse(text, [("mcpServers",), ("projects", "*", "m")]).root
    assert root is not None
    found = [member.key for member in root.members]
    assert found[:2] == ["projects", "junk"]


@settings(deadline=None, max_examples=80)
@given(st.data(), VALUES)
def test_strict_text_reads_the_same_both_ways(data: st.DataObject, value: Any) -> None:
    text = data.draw(json_texts(value, False))
    for wanted in (None, [("a",), ("env", "*")]):
        slow = read(text, wanted)
        assert slow == Parsed(scan(text, wanted))


@pytest.mark.parametrize(
    "piece",
    ["[", '{"a":', '"', "'\"", "/*", '"a"/*', "]\n", '"\\\n\\', "<<<<<<< \n=======\n", '"a":\n}', "a:https://", "} {"],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Not timed: with quadratic time this would take minutes."""
    text = "{" * 150 + piece * (300_000 // len(piece))
    assert JSON.parse(text).flaws
    assert JSON.parse(text, [("a",)]).flaws
