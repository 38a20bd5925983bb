"""What values are taken apart with: views, shells, pairs, packages; and that no value takes long."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.arguments import arguments
from unsprawl.scanner.detect import LONGEST, judge, verdicts
from unsprawl.scanner.dissect import leaves
from unsprawl.scanner.embedded import percent_decoded, strings_of_json
from unsprawl.scanner.model import Context, Literal, SlotKind
from unsprawl.scanner.packages import package_of, started
from unsprawl.scanner.pairs import pairs
from unsprawl.scanner.programs import Program
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.view import View

ROLES = ["", "header", "bearer", "basic", "password", "query", "segment", "login", "body", "cookie", "default"]
ROLES += [str(shell) for shell in Shell]
NAMES = ["", "API_KEY", "API_KEYS", "DB_PASSWORD", "Authorization", "Cookie", "HEADERS", "MAX_TOKENS", "WALLET_SEED"]


def words(line: str, shell: Shell = Shell.POSIX) -> list[list[str]]:
    return [[word.text for word in command] for command in commands(View.of(line), shell)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("  a  b\tc ", [["a", "b", "c"]]),
        ("a 'b c' d", [["a", "b c", "d"]]),
        ('a "b \\"c\\" $X"', [["a", 'b "c" $X']]),
        ("a'b'\"c\"d", [["abcd"]]),
        ("a '' b", [["a", "b"]]),
        ("a 'b", [["a", "b"]]),
        ("a && b || c; d | e & f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
        ("a\\ b c\\'d", [["a b", "c'd"]]),
        ("C:\\dir\\x.exe -k v", [["C:\\dir\\x.exe", "-k", "v"]]),
        ("A=$(op read 'op://a/b c') b", [["A=$(op read 'op://a/b c')", "b"]]),
        ("A=${X:-a b} `pass x y`", [["A=${X:-a b}", "`pass x y`"]]),
        ("a $( b", [["a", "$(", "b"]]),
        ("a \\\n b", [["a", "b"]]),
        ("'it'\\''s'", [["it's"]]),
    ],
)
def test_posix(line: str, expected: list[list[str]]) -> None:
    assert words(line) == expected


@pytest.mark.parametrize(
    ("line", "shell", "expected"),
    [
        ("set A=b&& c 'd e'", Shell.CMD, [["set", "A=b"], ["c", "'d", "e'"]]),
        ('x "a \\"b\\" c" ^& d', Shell.CMD, [["x", 'a "b" c', "&", "d"]]),
        ("$env:A='b c'; d 'it''s'", Shell.POWERSHELL, [["$env:A=b c"], ["d", "it's"]]),
        ('$env:A = "b`"c"', Shell.POWERSHELL, [["$env:A", "=", 'b"c']]),
    ],
)
def test_shells_of_windows(line: str, shell: Shell, expected: list[list[str]]) -> None:
    assert words(line, shell) == expected


def test_words_know_where_they_are_written() -> None:
    line = 'x --t=\'a"b\' "c\\"d"'
    _, flag, quoted = next(commands(View.of(line, 10)))
    assert flag.span(4, 7) == (17, 20)
    start, end = quoted.span(0, 3)
    assert line[start - 10 : end - 10] == 'c\\"d'


@pytest.mark.parametrize(
    ("text", "items", "sign", "separator"),
    [
        ("Server=a;User Id=b;Password=c;", [("Server", "a"), ("User Id", "b"), ("Password", "c")], "=", ";"),
        ("PWD={a;b};UID=c", [("PWD", "a;b"), ("UID", "c")], "=", ";"),
        ("Password='a;b' ;x=y", [("Password", "a;b"), ("x", "y")], "=", ";"),
        ("a=b; HttpOnly; c=d", [("a", "b"), ("c", "d")], "=", ";"),
        ("a=b&c=d=", [("a", "b"), ("c", "d=")], "=", "&"),
        ("A:b,C: d", [("A", "b"), ("C", "d")], ":", ","),
        ("A: b, c, D: e", [("A", "b, c"), ("D", "e")], ":", ","),
        ("A: b\nC: d\n", [("A", "b"), ("C", "d")], ":", "\n"),
        ("host=a password='b c' x=y", [("host", "a"), ("password", "b c"), ("x", "y")], "=", " "),
        ("a=b", [("a", "b")], "=", ""),
        ("Name: a b", [("Name", "a b")], ":", ""),
    ],
)
def test_pairs(text: str, items: list[tuple[str, str]], sign: str, separator: str) -> None:
    found = pairs(text)
    assert found is not None
    assert [(item.name, text[item.start : item.end]) for item in found.items] == items
    assert (found.sign, found.separator) == (sign, separator)


@pytest.mark.parametrize("text", ["", "a", "aGVsbG8=", "aGVsbG8==", "a b c", "a:b=c;d", "x;y;z", "{a}", "1=2"])
def test_no_pairs(text: str) -> None:
    assert pairs(text) is None


@pytest.mark.parametrize(
    ("line", "runs", "package"),
    [
        (("npx -y @a/b@1 --k v",), ("npx", "-y", "@a/b@1", "--k", "v"), "@a/b"),
        (("bash", "-lc", "cd /x && A=b npx -y pkg"), ("npx", "-y", "pkg"), "pkg"),
        (("cmd", "/c", "npx", "-y", "pkg"), ("npx", "-y", "pkg"), "pkg"),
        (("cmd.exe", "/c", "set A=b&& npx -y pkg"), ("npx", "-y", "pkg"), "pkg"),
        (("powershell", "-Command", "$env:A='b'; npx -y pkg"), ("npx", "-y", "pkg"), "pkg"),
        (("env", "A=b", "uvx", "pkg"), ("uvx", "pkg"), "pkg"),
        (("A=b uvx pkg",), ("uvx", "pkg"), "pkg"),
        (("sudo", "-u", "me", "timeout", "5", "uvx", "pkg"), ("uvx", "pkg"), "pkg"),
        (("wsl", "-d", "Ubuntu", "--", "bash", "-c", "npx pkg"), ("npx", "pkg"), "pkg"),
        (("ssh", "-i", "k", "me@box", "docker run -i img"), ("docker", "run", "-i", "img"), "img"),
        (("/My Apps/node", "x.js"), ("/My Apps/node", "x.js"), "x.js"),
        (("bash", "run.sh"), ("bash", "run.sh"), "bash"),
        (("bash", "-c", "echo a | pkg"), ("pkg",), "pkg"),
        ((), (), ""),
    ],
)
def test_what_is_started(line: tuple[str, ...], runs: tuple[str, ...], package: str) -> None:
    assert started(line) == runs
    assert package_of(line) == package


@pytest.mark.parametrize("times", range(4))
def test_strings_of_json_know_their_places(times: int) -> None:
    text = json.dumps({"a": 'b"c\n', "d": [{"e": "ü😀"}], "f": 1, "name": "n", "value": "v"})
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    found = strings_of_json(View.of(text, 5))
    assert found is not None
    assert [(name, view.text) for name, view in found] == [("a", 'b"c\n'), ("e", "ü😀"), ("name", "n"), ("n", "v")]
    for _, view in found:
        start, end = view.span(0, len(view.text))
        written = text[start - 5 : end - 5]
        for _ in range(times + 1):
            written = json.loads(f'"{written}"')
        assert written == view.text


@pytest.mark.parametrize("text", ["", "{", "{secret}", "{{x}}", "[REDACTED]", "[a-z]+", "{a}", "x"])
def test_no_json(text: str) -> None:
    assert not strings_of_json(View.of(text))


def test_percent_decoded() -> None:
    view = percent_decoded(View.of("a%C3%BCb%2", 3))
    assert view.text == "aüb%2"
    assert view.span(1, 2) == (4, 10)
    assert percent_decoded(View.of("%FF%FE")).text == "%FF%FE"


UNITS = [
    *(
        "a",
        "A1b-",
        "eyJ.",
        "${",
        "x=",
        "://",
        "sk-",
        '{"',
        "0",
        "[",
        "{",
        "$(",
        "`",
        '"',
        "'",
        "\\",
        ";",
        "&",
        "\n",
        " ",
    ),
    *("&a=b", ",a:b", "a=b;", "a='", 'a="', "a={", "%41", "a: b\n", "Bearer ", "https://a:b@", "/a", "-e ", "--a=b "),
    *(
        "x y ",
        "${A:-",
        '{"a":"',
        "-----BEGIN PRIVATE KEY-----",
        "k=v ",
        "password=",
        "\\u0041",
        "$env:A=",
        "A=b ",
        "({[",
    ),
    *("A: b, ", "ü", "😀", "AKIA", "ghp_", '\\"', "a@", "a:", "<a", "*", "\t="),
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("role", ["", "header", "query", "login", "body", *map(str, Shell)])
def test_no_value_takes_long(unit: str, role: str) -> None:
    """A square of this length would take minutes."""
    for before in ("", "{", "a="):
        judge(before + unit * (2 * LONGEST // len(unit)), Context(SlotKind.ARG, "API_KEY", role))


PIECES = st.one_of(
    st.sampled_from([*UNITS, "Authorization: ", "token=", "-H", "curl ", "docker run ", "bash -c '", ";password="]),
    st.text(max_size=6),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(NAMES), st.sampled_from(ROLES))
def test_every_part_is_written_where_it_says(text: str, name: str, role: str) -> None:
    context = Context(SlotKind.ENV, name, role)
    view = View.of(text, 7)
    held = leaves(view, context)
    for leaf in held:
        start, end = leaf.view.span(0, len(leaf.view.text))
        assert 7 <= start < end <= 7 + len(text)
        assert len(leaf.view.text) == len(leaf.view.starts) == len(leaf.view.ends) <= end - start
    for _, judgement, default in verdicts(view, context, held):
        if isinstance(judgement, Literal):
            assert 7 <= judgement.start < judgement.end <= 7 + len(text)
            assert default is None or default.text in text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.none(), PIECES, st.sampled_from(["-p", "-u", "--env", "-H", "npx", "sh", "-c"])), max_size=8)
)
def test_arguments_are_parts_of_their_words(line: list[str | None]) -> None:
    for argument in arguments(line):
        word = line[argument.word]
        assert 0 <= argument.start <= argument.end <= len(word or "")


def test_a_program_that_a_line_names_again_and_again_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    meaning = Program.meaning

    def counted(program: Program, flag: str) -> str:
        nonlocal asked
        asked += 1
        return meaning(program, flag)

    monkeypatch.setattr(Program, "meaning", counted)
    words = ["bash", "-c", "curl", "-u"] * 500
    assert [argument.word for argument in arguments(words)][:1] == [0]
    assert asked <= 20 * len(words)
