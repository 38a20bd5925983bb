"""The TOML codec on texts that people write."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from generated_documents import plain

from unsprawl.scanner.formats.node import Kind, Node, Path, apply_edits, at
from unsprawl.scanner.formats.toml_codec import TOML

CODEX = """\
# my settings
model = "o3" # best

[mcp_servers.a] # first
command = "npx"
args = ["-y", "p"]

[mcp_servers.a.env]
K = "v" # key
L = 'w'

# about b
[mcp_servers.b]
url = "https://x"
http_headers = { A = "1", "B-C" = "2" }
env.X = "x"
env.Y = "y"
"""


def root_of(text: str) -> Node:
    parsed = TOML.parse(text)
    assert not parsed.flaws
    assert parsed.root is not None
    return parsed.root


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        CODEX,
        CODEX.replace("\n", "\r\n"),
        "a = 0x1F\nb = +1_0\nc = 6.02e2_3\nd = -inf\ne = 0o17\nf = 0b1\ng = true",
        "a = \"\"\"\nx\\\n   y\\u00e9\"\"\"\"\nb = '''\nq''''\nc = ''\nd = \"\"",
        "[a.b]\n[a]\nx = 1\n[[d.e]]\n[d.e.f]\nq = 1\n[[d.e]]\n[[d.e.g]]\n[d]\nz = 1",
        '"é ü" = "日本 # é" # é\n\'k\'."l m".n = 1\nlast = "😀"',
        "[a]\nb.c = 1\n[a.b.d]\nz = 1",
        "m = [[1, 2], [{ x = 1 }],\n  [ # c\n ], ]",
    ],
)
def test_reads_as_tomllib(text: str) -> None:
    assert plain(root_of(text)) == tomllib.loads(text)


@pytest.mark.parametrize("date", ["1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5", "1979-05-27", "07:32:00"])
def test_dates_keep_their_text(date: str) -> None:
    node = root_of(f"d = {date}").get("d")
    assert node is not None
    assert (node.kind, node.value) == (Kind.LITERAL, date)


@pytest.mark.parametrize(
    ("text", "found", "line"),
    [
        ("[a]\nx = 1\ny = [1, 2\n[b]\nz = 'hush\n[c]\nw = 2\n", {"c": {"w": 2}}, 4),
        ("[a]\nhush\nx = 1\n", {"a": {"x": 1}}, 2),
        ("a = 1\na = 2\n", {"a": 2}, 2),
        ("[a]\nx = 1\n[a]\ny = 2\n", {}, 3),
    ],
)
def test_broken_text_is_told_and_read_as_far_as_possible(text: str, found: dict[str, Any], line: int) -> None:
    parsed = TOML.parse(text)
    assert len(parsed.flaws) == 1
    assert text.count("\n", 0, parsed.flaws[0].offset) + 1 == line
    assert "hush" not in parsed.flaws[0].message
    assert parsed.root is not None
    assert found.items() <= plain(parsed.root).items()


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000, "a." * 100_000 + "b = 1", "[" + "a." * 5000 + "b]", "a=" + "{a=" * 999]
)
def test_deep_nesting_is_bounded(text: str) -> None:
    assert TOML.parse(text).flaws


def test_undecodable_bytes_are_characters_like_others() -> None:
    text = b"# \xff\nk = 'v\xfe'\nl = 1".decode("utf-8", "surrogateescape")
    assert plain(root_of(text)) == {"k": "v\udcfe", "l": 1}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("model",), 'model = "o3" # best\n', ""),
        (("mcp_servers", "a", "args"), 'args = ["-y", "p"]\n', ""),
        (("mcp_servers", "a", "args", 0), '["-y", "p"]', '["p"]'),
        (("mcp_servers", "a", "env", "K"), 'K = "v" # key\n', ""),
        (("mcp_servers", "a", "env"), "[mcp_servers.a.env]\nK = \"v\" # key\nL = 'w'\n\n", ""),
        (("mcp_servers", "b", "http_headers", "A"), '{ A = "1", "B-C" = "2" }', '{ "B-C" = "2" }'),
        (("mcp_servers", "b", "env", "X"), 'env.X = "x"\n', ""),
        (("mcp_servers", "b", "env"), 'env.X = "x"\nenv.Y = "y"\n', ""),
    ],
)
def test_remove(path: Path, old: str, new: str) -> None:
    assert old in CODEX
    after = apply_edits(CODEX, TOML.remove_edits(CODEX, root_of(CODEX), path))
    assert after == CODEX.replace(old, new)


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ('[a.env]\nK = "v"\n', ("a", "env", "K"), "[a.env]\n"),
        ('[a.env]\nK = "v"\n', ("a", "env"), "[a]\n"),
        ('[a]\nenv.K = "v" # c\n', ("a", "env", "K"), "[a]\nenv = {} # c\n"),
        ('x = 1\n\n[a]\nK = "v"', ("a",), "x = 1\n"),
        ("a = { b.c = 1, b.d = 2, e = 3 }", ("a", "b"), "a = { e = 3 }"),
        ("[[a]]\nx = 1\n\n[[a]]\nx = 2\n", ("a", 0), "[[a]]\nx = 2\n"),
        ("[[a]]\nx = 1\n\n[[a]]\nx = 2\n", ("a", 1), "[[a]]\nx = 1\n"),
        ("a = [\n  1, # one\n  2, # two\n]\n", ("a", 1), "a = [\n  1, # one\n]\n"),
        ("a = [\n  1, # one\n  2 # two\n]\n", ("a", 1), "a = [\n  1 # one\n]\n"),
    ],
)
def test_remove_last(text: str, path: Path, after: str) -> None:
    assert apply_edits(text, TOML.remove_edits(text, root_of(text), path)) == after


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("mcp_servers", "a", "n"), "v", '"p"]\n', '"p"]\nn = "v"\n'),
        (("mcp_servers", "a", "env_vars"), ["A", "B"], '"p"]\n', '"p"]\nenv_vars = ["A", "B"]\n'),
        (("mcp_servers", "a", "env", "x y"), True, "L = 'w'\n", "L = 'w'\n\"x y\" = true\n"),
        (("mcp_servers", "b", "http_headers", "D"), "3", '"2" }', '"2", D = "3" }'),
        (("mcp_servers", "b", "env", "Z"), "z", 'env.Y = "y"\n', 'env.Y = "y"\nenv.Z = "z"\n'),
        (
            ("mcp_servers", "b", "h"),
            {"A": "1", "B C": [1]},
            'env.Y = "y"\n',
            'env.Y = "y"\nh = { A = "1", "B C" = [1] }\n',
        ),
        (("mcp_servers", "a", "args", 2), 'q"', '"p"]', '"p", "q\\""]'),
        (("flag",), False, "# best\n", "# best\nflag = false\n"),
        (("mcp_servers", "c"), {"url": "u"}, 'env.Y = "y"\n', 'env.Y = "y"\n\n[mcp_servers.c]\nurl = "u"\n'),
    ],
)
def test_insert(path: Path, value: Any, old: str, new: str) -> None:
    after = apply_edits(CODEX, TOML.insert_edits(CODEX, root_of(CODEX), path, value))
    assert after == CODEX.replace(old, new)


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        ("", ("a",), 1, "a = 1\n"),
        ("# c", ("a",), 1, "# c\na = 1\n"),
        ("# licence\n\n[t]\n", ("a",), 1, "# licence\n\na = 1\n\n[t]\n"),
        ("[t]", ("t", "a"), 1, "[t]\na = 1"),
        ("[t]\r\na=1\r\n", ("t", "b"), 2, "[t]\r\na=1\r\nb=2\r\n"),
        ("a = {}", ("a", "b"), 2, "a = { b = 2 }"),
        ("a = [\n  1, # one\n]\n", ("a", 1), 2, "a = [\n  1, # one\n  2,\n]\n"),
        ("a = [\n  1 # one\n]\n", ("a", 1), 2, "a = [\n  1, # one\n  2\n]\n"),
        ("[[a]]\nx = 1\n", ("a", 1), {"x": 2}, "[[a]]\nx = 1\n\n[[a]]\nx = 2\n"),
    ],
)
def test_insert_elsewhere(text: str, path: Path, value: Any, after: str) -> None:
    assert apply_edits(text, TOML.insert_edits(text, root_of(text), path, value)) == after


def test_replace_table_body() -> None:
    after = apply_edits(CODEX, TOML.replace_edits(CODEX, root_of(CODEX), ("mcp_servers", "a", "env"), {"N": "n"}))
    assert after == CODEX.replace("K = \"v\" # key\nL = 'w'\n", 'N = "n"\n')


@pytest.mark.parametrize("value", [None, {"a": None}, ["\ud800"]])
def test_what_toml_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="TOML"):
        TOML.insert_edits("", root_of(""), ("a",), value)


@pytest.mark.parametrize(
    ("literal", "new", "written"),
    [
        ('"a"', 'q"\\\n', r"q\"\\\n"),
        ("'a'", "b", "b"),
        ("'a'", "it's", None),
        ("'''a'''", "x\ny", "x\ny"),
        ("'''a'''", "\nx", None),
        ('"""a"""', 'x"""', r"x\"\"\""),
        ('"""\\\n  a"""', " x", r"\u0020x"),
    ],
)
def test_inside(literal: str, new: str, written: str | None) -> None:
    text = f"k = {literal}"
    node = at(root_of(text), ("k",))
    assert node is not None
    if written is None:
        with pytest.raises(ValueError, match="cannot hold"):
            TOML.inside(text, node, new)
    else:
        assert TOML.inside(text, node, new) == written
