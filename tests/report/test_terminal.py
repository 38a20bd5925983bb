"""What people see: within the width, nothing cut off, nothing of a file interpreted, and the next step said."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tests.cli.homes import build, github
from tests.cli.program import Program, on_a_terminal, program
from unsprawl.scanner.model import Problem
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.lines import Lines, count
from unsprawl.scanner.report.terminal import TerminalReport

WIDTHS = (80, 120)
COMMANDS = (
    "scan .",
    "scan . --verbose",
    "hosts",
    "hosts --all",
    "migrate . --dry-run",
    "migrate . --yes",
    "verify",
    "undo --list",
    "vault stores",
)
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A home with everything that is odd; migrated, so that there is something to verify and to undo."""
    root = tmp_path_factory.mktemp("messy")
    (root / "home").mkdir()
    build(root / "home")
    (root / "home" / "a folder of a very long name" / ("and another one " * 12)).mkdir(parents=True)
    server = {
        "a server with a very long name " * 6: {"command": "x", "env": {"A_VERY_LONG_NAME_" * 8 + "TOKEN": github(1)}}
    }
    wide = {"\u65e5\u672c\u8a9e" * 20: {"command": "x", "env": {"TOKEN": github(2)}}}
    path = root / "home" / "a folder of a very long name" / ("and another one " * 12) / ".mcp.json"
    path.write_text(json.dumps({"mcpServers": {**server, **wide}}))
    return program(root / "home", root / "bin")


@pytest.fixture(scope="module")
def shown(messy: Program) -> dict[tuple[str, int], str]:
    """The output of each command at each width."""
    outputs = {}
    for words in COMMANDS:
        for width in WIDTHS:
            done = messy(*words.split(), env={"COLUMNS": str(width)})
            outputs[words, width] = done.stdout
            assert "a bug" not in done.stderr, done.stderr
            if words.endswith("--yes"):
                messy("undo", "--all", "--yes")
    return outputs


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("words", COMMANDS)
def test_lines(words: str, width: int, shown: dict[tuple[str, int], str]) -> None:
    text = shown[words, width]
    assert text
    assert UNSAFE.search(text) is None
    for line in text.splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()
    assert "\n\n\n" not in text
    assert not text.startswith("\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def joined(text: str) -> str:
    """Without what folding adds."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off(width: int, shown: dict[tuple[str, int], str]) -> None:
    text = joined(shown["scan .", width])
    for name in (
        "a server with a very long name " * 6,
        "A_VERY_LONG_NAME_" * 8,
        "\u65e5\u672c\u8a9e" * 20,
        "and another one " * 12,
    ):
        assert joined(name) in text
    assert "[red]rich[/red][link=x]" in text
    assert "evil\\u202etxt.exe" in text
    assert "colour\\u001b[31mful\\u001b]0;title\\u0007" in text
    assert "\u2026" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_worst_first_and_the_next_step_last(width: int, shown: dict[tuple[str, int], str]) -> None:
    text = shown["scan .", width]
    head, *blocks = re.split("not checked|note", text)[0].split("\n\n")
    ranks = ["critical", "high", "medium", "low"]
    worst = []
    for block in filter(str.strip, blocks):
        files = re.split(r"^  (?=\S)", block, flags=re.MULTILINE)[1:]
        in_host = []
        for file in files:
            here = [ranks.index(word) for word in re.findall(r"^    (critical|high|medium|low)\b", file, re.MULTILINE)]
            assert here == sorted(here)
            in_host += here[:1]
        assert in_host == sorted(in_host)
        worst += in_host[:1]
    assert worst == sorted(worst)
    assert len(worst) > 4
    assert re.match(r"\d+ secrets in \d+ places of \d+ files: \d+ critical, \d+ high", head)
    assert "\n  incomplete: " in head
    assert len(head.splitlines()) < 7
    end = text[text.rindex("\n\n") :]
    assert re.search(r"looked at \d+ entries in \d+ files", joined_lines(end))
    assert "next: unsprawl migrate ~\n" in end


def joined_lines(text: str) -> str:
    return " ".join(text.split())


def test_a_clean_home(home: Path, tmp_path: Path) -> None:
    done = program(home, tmp_path / "bin")("scan")
    assert done.stdout == (
        "no literal secrets; looked at 0 entries in 0 files\n\n"
        "next: unsprawl scan ~\n      looks through your whole home folder\n"
    )
    assert program(home, tmp_path / "bin")("scan", ".").stdout == "no literal secrets; looked at 0 entries in 0 files\n"


def test_paths_are_as_one_would_type_them(home: Path, tmp_path: Path) -> None:
    inside = home / "work" / "it's mine"
    inside.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    for folder in (inside, outside):
        servers = {"x": {"command": "x", "env": {"GITHUB_TOKEN": github(3)}}}
        (folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}))
    start = program(home, tmp_path / "bin", columns=500)
    text = start("scan", str(inside), str(outside), cwd=home).stdout
    assert "~/work/it's mine/.mcp.json" in text
    assert f"{outside}/.mcp.json" in text
    assert f"unsprawl migrate ~/'work/it'\"'\"'s mine' {outside}\n" in text
    assert "\n  .mcp.json\n" in start("scan", ".", cwd=inside).stdout


def test_what_stands_in_a_comment_says_so_once(home: Path, tmp_path: Path) -> None:
    commented = f'// "SOME_TOKEN": "q{github(1)[4:34]}"\n// {github(2)}\n'
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text(commented + '{"mcpServers": {}}\n')
    shown = program(home, tmp_path / "bin")("scan", env={"COLUMNS": "120"}).stdout
    assert shown.count("in a comment") == shown.count(", in a comment\n") == 2
    assert re.search(r"critical +2 +comment +GitHub personal access token \(classic\), in a comment\n", shown)
    assert re.search(r"env SOME_TOKEN +random value .*secret, in a comment\n", shown)


def test_a_folder_with_the_name_of_a_file_is_told_to_those_who_ask(home: Path, tmp_path: Path) -> None:
    (home / "project" / ".mcp.json").mkdir(parents=True)
    start = program(home, tmp_path / "bin")
    quiet, verbose = start("scan", "."), start("scan", ".", "--verbose")
    assert (quiet.returncode, verbose.returncode) == (0, 0)
    assert ".mcp.json" not in quiet.stdout
    assert "no file  ~/project/.mcp.json  a folder, called as a host's file is\n" in verbose.stdout


@pytest.mark.parametrize("words", ["scan", "hosts", "migrate --dry-run"])
def test_colours_on_a_terminal_only(words: str, messy: Program) -> None:
    assert "\x1b[" in on_a_terminal(messy, *words.split()).screen
    assert "\x1b" not in on_a_terminal(messy, *words.split(), NO_COLOR="1").screen
    assert "\x1b" not in on_a_terminal(messy, *words.split(), TERM="dumb").screen
    for variables in ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}):
        assert "\x1b" not in messy(*words.split(), env=variables).stdout


@pytest.mark.parametrize("terminal", ["xterm", "xterm-256color", "linux"])
@pytest.mark.parametrize("words", ["", "scan . --verbose", "migrate --dry-run"])
def test_colours_are_legible_on_light_and_on_dark(words: str, terminal: str, messy: Program) -> None:
    """The terminal's own text colour, bold, red, green and magenta: no yellow, no cyan, no blue, nothing dim."""
    coloured = on_a_terminal(messy, *words.split(), TERM=terminal).screen
    codes = {code for codes in re.findall(r"\x1b\[([0-9;]*)m", coloured) for code in codes.split(";")}
    assert {"1", "31"} <= codes <= {"0", "1", "31", "32", "35"}


def test_colours_change_no_text(messy: Program) -> None:
    coloured = on_a_terminal(messy, "scan", COLUMNS="100").screen.replace("\r\n", "\n")
    plain = messy("scan", env={"COLUMNS": "100"}).stdout
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize("columns", ["1", "0", "x", "-5", "", "99999999"])
def test_odd_widths(columns: str, messy: Program) -> None:
    done = messy("scan", env={"COLUMNS": columns})
    assert (done.returncode, done.stderr) == (1, "")


def report(width: int = 80) -> tuple[TerminalReport, io.StringIO]:
    """A report on a string."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, color_system=None, markup=False, emoji=False, highlight=False)
    return TerminalReport(console, Redactor(), "/home/me", "/home/me"), stream


def problem(number: int, path: str = "/home/me/x.json") -> Problem:
    return Problem(path, "broken", f"thing {number}", "Fix it.", line=number)


def test_problems_of_one_file_are_counted() -> None:
    shown, stream = report()
    shown.problems([*(problem(number) for number in range(1, 21)), problem(1, "/home/me/y.json")])
    assert stream.getvalue() == (
        "not checked  ~/x.json\n  line 1: thing 1\n  line 2: thing 2\n  line 3: thing 3\n  and 17 more\n  Fix it.\n"
        "not checked  ~/y.json:1  thing 1\n  Fix it.\n"
    )


def test_the_same_problem_is_said_once() -> None:
    shown, stream = report()
    shown.problems([problem(1)] * 20)
    assert stream.getvalue() == "not checked  ~/x.json:1  thing 1\n  Fix it.\n"


def test_lines_of_a_file_keep_their_blanks() -> None:
    stream = io.StringIO()
    lines = Lines(Console(file=stream, width=40, color_system=None), Redactor(), "/home/me", "/")
    lines.code(Text('+    "url": "https://example.com/a/long/path"'), 4)
    assert stream.getvalue() == '    +    "url": "https://example.com/a/l\n        ong/path"\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("~/.config/Code/User/globalStorage/x/y.json", ["~/.config/Code/User/", "globalStorage/x/", "y.json"]),
        ("in ~/.config/Code/User/globalStorage/x", ["in", "~/.config/Code/User/", "globalStorage/x"]),
        ("a" * 45 + " b", ["a" * 20, "a" * 20, "aaaaa b"]),
        ("/" + "a" * 30, ["/" + "a" * 19, "a" * 11]),
        ("https://" + "a" * 30, ["https://" + "a" * 12, "a" * 18]),
        ("one two three four five six", ["one two three four", "five six"]),
        ("\u65e5" * 15 + "/x", ["\u65e5" * 10, "\u65e5" * 5 + "/x"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("", [""]),
        ("x" * 20, ["x" * 20]),
        ("x" * 21, ["x" * 20, "x"]),
    ],
)
def test_where_lines_are_folded(text: str, shown: list[str]) -> None:
    lines, stream = report(20)
    lines.line(text)
    assert stream.getvalue().splitlines() == shown


def test_blocks_are_one_blank_line_apart() -> None:
    shown, stream = report()
    shown.gap()
    shown.line("a")
    shown.gap()
    shown.gap()
    shown.line("b")
    shown.gap()
    assert stream.getvalue() == "a\n\nb\n"


def test_numbers() -> None:
    assert [count(number, "entry", "entries") for number in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
    assert count(1, "file") + count(2, "file") == "1 file2 files"
