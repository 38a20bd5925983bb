"""The guided migration on a real terminal: what it shows, what each key does, and Ctrl-C at each question."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.homes import brave, github
from tests.cli.program import Program, program
from tests.rewriters.support import NOTHING, kept
from unsprawl.scanner.oauth.login.sdk import usable

pty = pytest.importorskip("pty")
from tests.cli.terminal import Terminal  # noqa: E402

TOKEN, OTHER, BRAVE = github(401), github(402), brave(403)
ASKED = r"Move it\?  .*\[\?\] help  "


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    servers = {
        "github": {"command": "npx", "args": ["-y", "@mcp/server-github"], "env": {"GITHUB_TOKEN": TOKEN}},
        "search": {"command": "npx", "args": ["-y", "brave-mcp"], "env": {"BRAVE_API_KEY": BRAVE}},
        "remote": {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": f"Bearer {OTHER}"}},
    }
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"mcpServers": servers}, indent=2) + "\n")
    copy = home / ".claude.json"
    copy.write_text(json.dumps({"mcpServers": {"github": servers["github"]}}, indent=2) + "\n")
    return program(home, tmp_path / "bin")


def files(home: Path) -> dict[str, bytes]:
    return {name: (home / name).read_bytes() for name in (".cursor/mcp.json", ".claude.json")}


def answered(start: Program, keys: str, *words: str, columns: int = 80, **variables: str) -> tuple[str, int]:
    """What was shown when each question got one of the keys, and the exit code."""
    with Terminal(start, "migrate", *words, columns=columns, **variables) as terminal:
        for number, key in enumerate(keys, 1):
            terminal.until(ASKED, number)
            terminal.press(key)
        code = terminal.end()
        for value in (TOKEN, OTHER, BRAVE):
            assert value not in terminal.raw
        assert terminal.as_found
        return terminal.shown, code


def test_one_entry_at_a_time(start: Program, home: Path) -> None:
    before = files(home)
    shown, code = answered(start, "yyyy", columns=100)
    assert code == 0
    for which in ("1 of 4", "2 of 4", "3 of 4", "4 of 4"):
        assert shown.count(which) == 1
    first = shown[: shown.index("2 of 4")]
    for part in (
        "1 of 4  github  ~/.claude.json:3",
        "Claude Code starts @mcp/server-github on this machine",
        "env GITHUB_TOKEN: GitHub personal access token (classic)",
        "critical",
        "for api.github.com, github.com; what it may do there, GitHub can tell",
        "the same key is also in ~/.cursor/mcp.json:10",
        "2 servers of Claude Code and Cursor have it, in 2 files",
        "replaced at https://github.com/settings/tokens",
        "goes to the vault, as github-",
        "recommended: keep the key in the vault and hand it over when the server starts",
        "- env.GITHUB_TOKEN: <hidden>",
        '- command: "npx"',
        "Move it?  [y]es  [n]o  [1] reference  [2] wire  [m]any use it  [a]ll  [q]uit asking  [?] help  y",
    ):
        assert part in first, part
    assert "Cursor calls mcp.example.com" in shown
    assert "[1] run  " in shown  # of the remote one, for which a reference is recommended
    closing = shown[shown.index("Now it is your turn:") :]
    for part in ("restart Claude Code, Cursor", "https://github.com/settings/tokens", "unsprawl undo "):
        assert part in closing
    assert not any(value.encode() in data for value in (TOKEN, OTHER, BRAVE) for data in files(home).values())
    assert start("undo", "--yes").returncode == 0
    assert files(home) == before


@pytest.mark.parametrize(
    ("keys", "moved", "code"),
    [
        ("nnnn", [], 4),
        ("ynnn", ["claude github"], 1),
        ("nyq", ["cursor github"], 1),
        ("q", [], 4),
        ("yq", ["claude github"], 1),
        ("na", ["cursor github", "cursor search", "cursor remote"], 1),
        ("a", ["claude github", "cursor github", "cursor search", "cursor remote"], 0),
        ("?xX \r\nnn\x1b[Ann", [], 4),
    ],
)
def test_what_the_keys_do(keys: str, moved: list[str], code: int, start: Program, home: Path) -> None:
    if len(keys) > 4:  # what is no key asks again, and is no answer
        pressed = [key for key in re.split(r"(\x1b\[A|.)", keys, flags=re.DOTALL) if key]
        with Terminal(start, "migrate") as terminal:
            for number, key in enumerate(pressed, 1):
                terminal.until(ASKED, number)
                terminal.press(key)
            assert terminal.end() == code
            assert "q  ask no more" in terminal.shown
    else:
        assert answered(start, keys)[1] == code
    now = files(home)
    parts = {
        "claude github": (TOKEN, ".claude.json"),
        "cursor github": (TOKEN, ".cursor/mcp.json"),
        "cursor search": (BRAVE, ".cursor/mcp.json"),
        "cursor remote": (OTHER, ".cursor/mcp.json"),
    }
    assert [name for name, (value, file) in parts.items() if value.encode() not in now[file]] == moved


def test_another_target_by_key(start: Program, home: Path) -> None:
    shown, code = answered(start, "1yn1nq", columns=100)
    assert code == 1
    assert shown.count("1 of 4") == 2  # the same entry once more, with the other target
    assert "goes to a reference to GITHUB_TOKEN" in shown
    assert shown.count("recommended is `run`: keep the key in the vault") == 2
    assert json.loads((home / ".claude.json").read_text())["mcpServers"]["github"]["env"] == {
        "GITHUB_TOKEN": "${GITHUB_TOKEN}"
    }
    assert TOKEN in (home / ".cursor/mcp.json").read_text()
    assert kept() == (kept()[0], set(), {"GITHUB_TOKEN"})


def test_why_another_target_is_not_offered(start: Program, home: Path) -> None:
    for path in files(home):
        (home / path).unlink()
    desktop = home / ".config" / "Claude" / "claude_desktop_config.json"
    desktop.parent.mkdir(parents=True)
    server = {"command": "npx", "env": {"GITHUB_TOKEN": TOKEN}}
    desktop.write_text(json.dumps({"mcpServers": {"github": server}}))
    shown, code = answered(start, "n", columns=100)
    assert code == 4
    assert "    not `reference`: " in shown
    assert "[1] wire  [a]ll" in shown
    assert "[2]" not in shown
    assert "run-argv" not in shown


def test_names_of_what_is_left_are_free_again(start: Program, home: Path) -> None:
    """The first entry would have taken the name; it stays, so the second one gets it."""
    data = json.loads((home / ".claude.json").read_text())
    data["mcpServers"]["github"]["env"]["GITHUB_TOKEN"] = github(404)
    (home / ".claude.json").write_text(json.dumps(data))
    shown, _ = answered(start, "nyq", "--to", "reference", columns=100)
    assert "goes to a reference to GITHUB_TOKEN" in shown[shown.index("2 of ") :]
    assert kept()[2] == {"GITHUB_TOKEN"}


def test_a_requested_plan_is_asked_about_as_it_is(start: Program, home: Path) -> None:
    assert start("migrate", "--plan-out", "plan.json").returncode == 1
    shown, code = answered(start, "ynnn", "--plan", "plan.json", columns=100)
    assert code == 1
    assert "[1]" not in shown
    assert TOKEN not in (home / ".claude.json").read_text()
    assert TOKEN in (home / ".cursor/mcp.json").read_text()


@pytest.mark.parametrize("way", ["signal", "key", "end of input"])
@pytest.mark.parametrize("question", [1, 2, 3, 4])
def test_stopped_at_each_question(question: int, way: str, start: Program, home: Path) -> None:
    before = files(home)
    with Terminal(start, "migrate") as terminal:
        for number in range(1, question):
            terminal.until(ASKED, number)
            terminal.press("y")
        terminal.until(ASKED, question)
        if way == "signal":
            terminal.interrupt()
        else:
            terminal.press("\x03" if way == "key" else "\x04")
        assert terminal.end() == 130
        assert "unsprawl: nothing was changed" in terminal.shown
        assert "unsprawl: interrupted" in terminal.shown
        assert "Traceback" not in terminal.shown
        assert terminal.as_found
    assert files(home) == before
    assert kept() == NOTHING
    assert not list((home / ".local/share/unsprawl").glob("journal/*"))


SLOW = """
import time
import unsprawl.rewriters.apply as apply
_real = apply.replace
def _replace(*arguments, **more):
    if {before}:
        print("now", flush=True); time.sleep({pause})
    _real(*arguments, **more)
    if not {before}:
        print("now", flush=True); time.sleep({pause})
apply.replace = _replace
"""


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("file", [1, 2])
def test_stopped_while_it_is_done(file: int, before: bool, home: Path, tmp_path: Path, start: Program) -> None:
    """Each file is the old or the new one, and what was moved can be taken back."""
    olds = files(home)
    slow = program(home, tmp_path / "slow", extra=SLOW.format(before=before, pause=1.5))
    with Terminal(slow, "migrate") as terminal:
        terminal.until(ASKED)
        terminal.press("a")
        terminal.until("now", file)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "Traceback" not in terminal.shown
        done = 0 if file == 1 and before else 1 if file == 1 or before else 2
        assert ("to take back what was moved: unsprawl undo" in terminal.shown) == bool(done), terminal.shown
    assert sum(data != olds[name] for name, data in files(home).items()) == done
    status = json.loads(start("migrate", "--status", "--format", "json").stdout)
    assert status["complete"]
    assert start("undo", "--all", "--yes").returncode == 0
    assert files(home) == olds
    assert kept() == NOTHING


@pytest.mark.skipif(not usable(), reason="needs the MCP SDK")
@pytest.mark.parametrize("question", [1, 2])
def test_stopped_before_a_server_is_started(question: int, start: Program, home: Path) -> None:
    """First its tools are listed as it is; then, as it has become. What was moved by then stays, and all is told."""
    server = {"command": "/bin/cat", "env": {"GITHUB_TOKEN": TOKEN}}
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"x": server}}))
    olds = files(home)
    with Terminal(start, "migrate", ".claude.json", "--start") as terminal:
        terminal.until(ASKED)
        terminal.press("a")
        terminal.until(r"Start it\?")
        if question == 2:
            terminal.press("n\n")
            terminal.until(r"Start it\?", 2)
        terminal.press("\x03")
        assert terminal.end() == 130
        assert "Traceback" not in terminal.shown
        assert ("Now it is your turn:" in terminal.shown) == (question == 2), terminal.shown
        assert ("unsprawl: nothing was changed" in terminal.shown) == (question == 1)
    assert (files(home) != olds) == (question == 2)
    assert start("undo", "--yes").returncode == 0
    assert files(home) == olds


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("colour", [True, False])
def test_how_it_looks(columns: int, colour: bool, start: Program, home: Path) -> None:
    data = json.loads((home / ".cursor/mcp.json").read_text())
    data["mcpServers"]["a-long-name-" * 4] = {
        "url": f"https://mcp.example.com/{'a/' * 60}?api_key={OTHER}",
        "headers": {"X-Note": "word " * 60},
    }
    (home / ".cursor/mcp.json").write_text(json.dumps(data))
    variables = {} if colour else {"NO_COLOR": "1"}
    with Terminal(start, "migrate", columns=columns, **variables) as terminal:
        terminal.until(ASKED)
        terminal.press("?")
        for number in range(2, 7):
            terminal.until(ASKED, number)
            terminal.press("y")
        terminal.end()
        lines = terminal.shown.splitlines()
        assert [line for line in lines if len(line) > columns] == []
        assert max(len(line) for line in lines) > columns * 0.8
        assert "\n\n\n" not in terminal.shown
        styles = set(re.findall(r"\x1b\[([0-9;]*)m", terminal.raw))
        if colour:
            # Legible on light and on dark ground: no yellow, cyan, white, black or dim text, no background.
            assert styles <= {"", "0", "1", "31", "32", "35", "1;31", "1;35"}, styles
            assert {"1", "31", "32"} <= styles
        else:
            assert "\x1b" not in terminal.raw


def test_where_there_is_no_terminal_nothing_is_asked(start: Program, home: Path) -> None:
    before = files(home)
    done = start("migrate", stdin="y\ny\ny\ny\n")
    assert (done.returncode, "Add --yes" in done.stderr) == (4, True)
    assert files(home) == before


def test_a_policy_that_names_the_target_leaves_no_other(start: Program, home: Path) -> None:
    policy = home / ".config/unsprawl/policy.yaml"
    policy.parent.mkdir(parents=True)
    policy.write_text("version: 1\nmove: {entries: {search: reference}}\n")
    with Terminal(start, "migrate", "--entry", "search", columns=300) as terminal:
        terminal.until(ASKED)
        terminal.press("n")
        assert terminal.end() == 4
        shown = " ".join(terminal.shown.split())
    assert "recommended: the policy says so (~/.config/unsprawl/policy.yaml:2)" in shown
    assert "Move it? [y]es [n]o [a]ll" in shown
    assert "not `run`" not in shown
