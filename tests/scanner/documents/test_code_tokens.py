"""The lexer of source text: literals with exact places in any language, comments, and what tricks simple lexers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.documents.code_language import is_language, language
from unsprawl.scanner.documents.code_parser import tree
from unsprawl.scanner.documents.code_tokens import Lexer, Token
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.view import View

LANGUAGES = [entry["id"] for entry in CODE["languages"]]


def strings(text: str, name: str) -> list[str]:
    """What the literals of a text say, in the order they stand in its tree."""
    found = tree(View.of(text), language(name))
    nodes = [found.root, *(node for _, node in found.aside)]
    said: list[tuple[int, str]] = []
    while nodes:
        node = nodes.pop()
        value = node.text()
        if value is not None and not node.form:
            said.append((node.span.start, value))
        nodes += [*node.items, *(member.value for member in node.members)]
    return [value for _, value in sorted(said)]


SAID = [
    ("python", "f('a', \"b\", '''c\n'd''', r'\\e', u'f', b\"g\")", ["a", "b", "c\n'd", "\\e", "f", "g"]),
    ("python", "('a' \"b\"\n 'c')", ["abc"]),
    ("python", "x = 'a'\n'b'", ["a", "b"]),
    ("python", "f'{a}-{b!r:>{w}}-{{c}}'", ["${a}-${value}-{c}"]),
    ("python", "f'{d[\"k\"]}'", []),
    ("python", "'a\\x41\\u0042\\n\\d'", ["aAB\n\\d"]),
    ("python", "# 'no'\n'yes' # \"no\"", ["yes"]),
    ("python", "'never closed\nx = 'a'", ["never closed", "a"]),
    ("javascript", "a(`b ${c ? `d ${e}` : 'f'} g`)", ["b ${value} g", "d ${e}", "f"]),
    ("javascript", "x = /['\"`]/g; y = 'a'", ["a"]),
    ("javascript", "x = a / 'b' / c", ["b"]),
    ("javascript", "x = (a) / 2; y = 'b/c'; z = d[0] / 'e'", ["b/c", "e"]),
    ("javascript", "return /it's/.test(x) ? 'a' : \"b\"", ["a", "b"]),
    ("javascript", "x = /[/'\"]/ // 'no'\ny = 'a'", ["a"]),
    ("javascript", "<p>Don't</p>;\nx = 'a'", ["a"]),
    ("javascript", "/* 'no' */ 'a' // 'no'\n/* never closed 'b'", ["a", "b"]),
    ("javascript", "'it\\'s' + `\\`a`", ["it's`a"]),
    ("go", "x := 'a'; y := \"b\" + `c\\n`", ["bc\\n"]),
    ("rust", "fn f<'a>(x: &'a str) { '\"'; \"a\"; r#\"b\"c\"#; b'x' }", ["a", 'b"c']),
    ("java", 'char c = \'"\'; String s = """\n  a "b"\n  """;', ['\n  a "b"\n  ']),
    ("csharp", '@"a""b\\" + $"c{d}e" + "f"', ['a"b\\c${d}ef']),
    ("kotlin", '"a${b}c" + """d"""', ["a${b}cd"]),
    ("ruby", "# 'no'\n{ 'a' => \"b#{c}\" }", ["b${c}"]),
    ("php", "$x = 'a' . \"b{$c}\"; # 'no'", ["ab${c}"]),
    ("swift", '"a\\(b)c"', ["a${b}c"]),
    ("lua", "--[[ 'no' ]] x = [[a]] -- 'no'", ["a"]),
    ("nix", "x = ''a ${b}'';", ["a ${b}"]),
]


@pytest.mark.parametrize(("name", "text", "expected"), SAID)
def test_literals_say_what_they_say(name: str, text: str, expected: list[str]) -> None:
    assert strings(text, name) == expected


def test_every_language_has_a_name_and_an_example() -> None:
    assert all(is_language(name) for entry in CODE["languages"] for name in entry["names"])
    names = [name for entry in CODE["languages"] for name in (entry["id"], *entry["names"])]
    assert len(names) == len(set(names))
    assert {name for name, _, _ in SAID} <= set(LANGUAGES)


PIECES = [
    *("'", '"', "`", '"""', "'''", "\\", "${", "#{", "{", "}", "(", ")", "[", "]", "//", "/*", "*/", "#", "\n", "\r\n"),
    *("f'", 'r#"', '@"', '$"', "=", ":", "=>", ",", ";", "+", ".", "::", "?", "/", "<A, B>", " ", "é", "😀", "\ud800"),
    *("a", "KEY", "env", "command", "headers", "mcpServers", "StdioServerParameters", "os.environ", "getenv", "new"),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LANGUAGES), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_tokens_go_forward_and_trees_keep_places(name: str, text: str) -> None:
    lexer = Lexer(text, language(name))
    last = 0
    for token, start, end, _, _ in lexer.tokens():
        assert last <= start <= end <= len(text)
        last = end if token is not Token.STRING else start
    found = tree(View.of(text), language(name))
    nodes: list[Node] = [found.root]
    while nodes:
        node = nodes.pop()
        value = node.text()
        if value is not None:
            view = found.view(node)
            assert view.text == value
            assert len(view.starts) == len(view.ends) == len(value)
            assert all(0 <= start <= end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
        nodes += [*node.items, *(member.value for member in node.members)]


HOSTILE = {
    "openings": "'" * 12_000,
    "escaped openings": '"\\' * 12_000,
    "templates": "`${" * 9_000,
    "unclosed holes": "`a${b" * 6_000,
    "regular expressions": "=/[" * 12_000,
    "brackets": "[{(" * 12_000,
    "closers": "}])" * 12_000,
    "crossed": "({[" * 90 + "})]" * 12_000,
    "comments": "/*" * 16_000,
    "generics": "A<" * 16_000,
    "fences": 'r#"' * 12_000,
    "triple": '"""' * 9_001,
    "names": "a." * 16_000,
    "words in a block": "{" + "a " * 16_000 + "}",
    "items": "[" + "a," * 16_000 + "]",
    "joined": "x = " + "'a' + " * 12_000,
    "ternaries": "a ? b : " * 12_000,
    "calls": "f(" * 99 + ")()" * 9_000,
    "keys": "a: " * 16_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["python", "javascript", "rust"])
def test_hostile_text_costs_no_square(name: str, text: str) -> None:
    """Four times the text takes about four times as long; a square would take sixteen times as long."""

    def seconds(text: str) -> float:
        begun = time.process_time()
        tree(View.of(text), language(name))
        return time.process_time() - begun

    seconds(text[:2000])
    # What else the machine does may lengthen one turn; a square would be one in each.
    assert any(seconds(text) <= 10 * max(seconds(text[: len(text) // 4]), 0.02) for _ in range(4))
