"""The questions of `unsprawl team init` on a real terminal: what each answer does, and Ctrl-C at each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.cli.test_team_init import (
    AWS,
    FILE,
    GITHUB,
    KEY,
    LINEAR,
    TICKETS,
    TIME,
    TOKEN,
    config,
    leftovers,
    policy,
    put,
)

pty = pytest.importorskip("pty")
from tests.cli.terminal import Terminal  # noqa: E402

NAME, MEMBERS, HOSTS = r"Name  \[.*\]: ", r"Names.*: ", r"Numbers, or ids.*: "
FLOOR, USUAL, OTHERS = r"Which\?  .*\[\?\] help  ", r"Usually  \[.*\]: ", r"Another number for some  \[.*\]: "
TARGET, WRITE = r"Where to\?  .*\[\?\] help  ", r"Write it\?  .*\[\?\] help  "
USUALLY = [(NAME, "\r"), (MEMBERS, "ada bo\r"), (HOSTS, "\r"), (FLOOR, "1"), (USUAL, "\r"), (OTHERS, "\r")]
"""What is answered up to the targets."""


@pytest.fixture
def filled(project: Path) -> Path:
    put(project / ".mcp.json", config(gh=GITHUB, tickets=TICKETS, linear=LINEAR, time=TIME))
    return project


def answered(
    start: Program, folder: Path, answers: list[tuple[str, str]], columns: int = 80, **variables: str
) -> tuple[str, int]:
    """What was shown when each question got its answer, and the exit code."""
    with Terminal(start, "team", "init", str(folder), columns=columns, **variables) as terminal:
        asked: dict[str, int] = {}
        for pattern, keys in answers:
            asked[pattern] = asked.get(pattern, 0) + 1
            terminal.until(pattern, asked[pattern])
            terminal.press(keys)
        code = terminal.end()
        for value in (TOKEN, KEY):
            assert value not in terminal.raw
        assert terminal.as_found
        return terminal.shown, code


def test_everything_as_it_is_proposed(start: Program, filled: Path) -> None:
    shown, code = answered(start, filled, [*USUALLY, (TARGET, "a"), (WRITE, "y")])
    assert code == 0
    for part in (
        "1 of 6  What is the team called?",
        "Name  [project]: ",
        "2 of 6  Who is in it?",
        "3 of 6  Which hosts are in use?",
        "1  Claude Code (claude-code)",
        "Numbers, or ids  [1]: ",
        "4 of 6  How may a server get its key?",
        "1  no key in plain, as is usual",
        "(lowest: 4, accept:",
        "5 of 6  How many people use each?",
        "     gh in .mcp.json:3",
        "6 of 6  Where do the keys of each go?",
        "y  reference, recommended",
        "1  run",
        "Where to?  [y]es  [a]ll  [1] run  [2] wire  [n]ot said  [?] help  a",
        "unsprawl team key --new",
    ):
        assert part in shown, part
    assert shown.count("Where to?") == 1
    assert shown.index("members:") < shown.index("Write it?")
    found = policy(filled)
    assert found.team is not None
    assert (found.team.name, found.team.members) == ("project", ("ada", "bo"))
    assert found.move is not None
    assert {each.name: each.target for each in (*found.move.entries, *found.move.providers)} == {
        "github": "reference",
        "tickets": "reference",
        "linear": "reference",
    }


def test_every_answer_counts(start: Program, filled: Path) -> None:
    answers = [
        (NAME, "no such\r"), (NAME, "acme\r"),
        (MEMBERS, "\r"), (MEMBERS, "ada, b/o\r"), (MEMBERS, f"ada {AWS}\r"), (MEMBERS, "ada,bo  cem\r"),
        (HOSTS, "9\r"), (HOSTS, "cursr\r"), (HOSTS, "1, zed\r"),
        (FLOOR, "?"), (FLOOR, "x"), (FLOOR, "2"),
        (USUAL, "none\r"), (USUAL, "7\r"),
        (OTHERS, "9=1\r"), (OTHERS, "2\r"), (OTHERS, "2=1 linear=many\r"),
        (TARGET, "1"), (TARGET, "n"), (TARGET, "n"),
        (WRITE, "y"),
    ]  # fmt: skip
    shown, code = answered(start, filled, answers)
    assert code == 0
    for part in (
        "another one, please: it is a plain name",
        "another one, please: it looks like a key",
        "did you mean cursor?",
        "a number from 1 up, please",
        "for example 2=1, please",
    ):
        assert part in shown, part
    found = policy(filled)
    assert found.team is not None
    assert found.hosts is not None
    assert found.floor is not None
    assert found.people is not None
    assert found.move is not None
    assert found.team.members == ("ada", "bo", "cem")
    assert found.hosts.ids == {"claude-code", "zed"}
    assert (found.floor.lowest, found.floor.accept) == (4, {"vaulted"})
    assert found.people.usual == 7
    assert dict((*found.people.entries, *found.people.providers)) == {"tickets": 1, "linear": 1 << 30}
    # under this floor `run` is what is recommended, and `1` shows one that breaks it
    assert [(each.name, each.target) for each in found.move.providers] == [("github", "reference")]
    assert "is not allowed by the policy" in shown
    assert AWS not in (filled / FILE).read_text()


@pytest.mark.parametrize("number", range(8))
def test_ctrl_c_leaves_nothing(number: int, start: Program, filled: Path) -> None:
    answers = [*USUALLY, (TARGET, "a"), (WRITE, "y")][:number]
    with Terminal(start, "team", "init", str(filled)) as terminal:
        for pattern, keys in answers:
            terminal.until(pattern)
            terminal.press(keys)
        terminal.until([*USUALLY, (TARGET, ""), (WRITE, "")][number][0])
        terminal.press("\x03")
        assert terminal.end() == 130
        assert terminal.as_found
        assert "Traceback" not in terminal.shown
    assert not (filled / FILE).exists()
    assert leftovers(filled) == []


@pytest.mark.parametrize("number", [0, 1, 4])
def test_the_end_of_input_leaves_nothing(number: int, start: Program, filled: Path) -> None:
    with Terminal(start, "team", "init", str(filled)) as terminal:
        for pattern, keys in USUALLY[:number]:
            terminal.until(pattern)
            terminal.press(keys)
        terminal.until(USUALLY[number][0])
        terminal.press("\x04")
        assert terminal.end() == 130
    assert not (filled / FILE).exists()


def test_no_writes_nothing(start: Program, filled: Path) -> None:
    shown, code = answered(start, filled, [*USUALLY, (TARGET, "a"), (WRITE, "?"), (WRITE, "n")])
    assert code == 4
    assert "Nothing was written." in shown
    assert not (filled / FILE).exists()


@pytest.mark.parametrize("columns", [80, 60])
def test_it_fits_and_needs_no_colour(columns: int, start: Program, filled: Path) -> None:
    put(filled / ".cursor/mcp.json", config(tickets=TICKETS, **{"x" * 70: TICKETS}))
    answers = [*USUALLY, (TARGET, "a"), (WRITE, "y")]
    with Terminal(start, "team", "init", str(filled), columns=columns, NO_COLOR="1") as terminal:
        for pattern, keys in answers:
            terminal.until(pattern)
            terminal.press(keys)
        assert terminal.end() == 0
        assert "\x1b[3" not in terminal.raw  # a colour
        asked = [line for line in terminal.shown.splitlines() if len(line) > columns]
    assert [line for line in asked if columns == 80 or "[?] help" not in line] == []


def test_a_policy_that_is_there_is_what_enter_takes(start: Program, filled: Path) -> None:
    text = (
        "# ours\nversion: 1\nteam:\n  name: acme # us\n  members: [ada, bo]\nhosts: [zed, claude-code]\n"
        "approach:\n  lowest: 5 # for now\n  accept: [referenced, vaulted]\n"
        "people: {usual: 3, entries: {tickets: 1, far: 2}}\n"
        "move:\n  providers: {GitHub: run, Linear: reference}\n  entries: {far: wire, tickets: run}\n"
    )
    put(filled / FILE, text)
    answers = [(NAME, "\r"), (MEMBERS, "\r"), (HOSTS, "\r"), (FLOOR, "k"), (USUAL, "\r"), (OTHERS, "\r"), (TARGET, "y"),
               (TARGET, "y"), (TARGET, "y")]  # fmt: skip
    shown, code = answered(start, filled, answers)
    assert code == 0, shown
    for part in (
        "Name  [acme]: ", "Names  [ada bo]: ", "Numbers, or ids  [1 zed]: ", "Usually  [3]: ", "[2=1]: ",
        "run, as the policy says now", "says that already: nothing to write",
    ):  # fmt: skip
        assert part in shown, part
    assert (filled / FILE).read_text() == text


def test_where_nothing_is_configured_less_is_asked(start: Program, project: Path) -> None:
    answers = [(NAME, "acme\r"), (MEMBERS, "ada\r"), (HOSTS, "cursor\r"), (FLOOR, "4"), (WRITE, "y")]
    shown, code = answered(start, project, answers)
    assert code == 0
    assert "4 of 4" in shown
    found = policy(project)
    assert (found.people, found.move) == (None, None)


def test_what_nothing_can_take_is_said(start: Program, project: Path) -> None:
    twice = config(tickets=TICKETS).replace('"command"', '"env": {}, "command"')
    put(project / ".mcp.json", twice)
    shown, code = answered(start, project, [*USUALLY, (WRITE, "y")])
    assert code == 0
    assert "nothing can take its key now: " in shown
    assert policy(project).move is None


def test_foreign_text_moves_no_cursor(start: Program, project: Path) -> None:
    put(project / "a\u202eb/.mcp.json", config(**{"[bold]x": TICKETS, "t\x1b[2J": TICKETS}))
    shown, code = answered(start, project, [*USUALLY, (TARGET, "a"), (WRITE, "y")])
    assert code == 0
    assert "[bold]x" in shown
    assert "\u202e" not in shown
    assert "\x1b[2J" not in shown
