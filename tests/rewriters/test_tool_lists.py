"""The same tools as before: asked before a migration, kept as names, compared after it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, github, last_journal, write_json
from tests.rewriters.test_verify import RECORDER, Asked, bench, entry_of
from unsprawl.rewriters.outcome import Status
from unsprawl.rewriters.start import start_entry, tools_before
from unsprawl.rewriters.tool_lists import compared, note_tools, noted_tools
from unsprawl.scanner.secret import Secret

__all__ = ["bench"]  # the fixture


@pytest.mark.parametrize(
    ("now", "before", "status", "how"),
    [
        ("a b", None, "done", "has 2 tools"),
        ("a", "a", "done", "has the same 1 tool as before"),
        ("a b", "a b", "done", "has the same 2 tools as before"),
        ("", "", "done", "has the same 0 tools as before"),
        ("a b c", "a", "done", "has all 1 tool that it had before, and 2 more: b, c"),
        ("a", "a b c", "failed", "lacks 2 of the 3 tools that it had before: b, c"),
        ("", "a b c d e f", "failed", "lacks 6 of the 6 tools that it had before: a, b, c, d, e, …"),
        ("a \x1b[2J", "a", "done", "has the same 1 tool as before"),
        ("a", "a \x1b[2J", "failed", "lacks 1 of the 2 tools that it had before: (an odd name)"),
    ],
)
def test_how_they_compare(now: str, before: str | None, status: Status, how: str) -> None:
    names = None if before is None else frozenset(before.split())
    assert compared(frozenset(now.split()), names) == (status, how)


@pytest.fixture
def server(home: Path) -> Path:
    """A program that is the recording server, with the tools of a file beside it."""
    path = home / ".local" / "server.py"
    path.parent.mkdir(exist_ok=True)
    text = RECORDER.read_text().replace(
        "named = tuple(", f"named = tuple(open({str(path)!r} + '.tools').read().split()) or tuple("
    )
    path.write_text(text)
    offer(path, "one", "two")
    return path


def offer(server: Path, *tools: str) -> None:
    server.with_name(f"{server.name}.tools").write_text(" ".join(tools))


def moved(bench: Bench, path: Path, target: str) -> None:
    """As `migrate --start` does it."""
    plan = bench.plan(path, target=target)
    learnt: set[Secret] = set()
    before = tools_before(plan, bench.around, Asked(True), learnt.update)
    outcomes, journal = bench.apply(plan)
    assert {outcome.status for outcome in outcomes} == {"done"}
    note_tools(journal, before, plan)


@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_server_is_asked_before_and_after(bench: Bench, home: Path, server: Path, target: str) -> None:
    entry = {"command": sys.executable, "args": [str(server)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry, "y": {"command": "a"}})
    moved(bench, path, target)
    found = next(each for each in bench.examined(path)[0].entries if each.entry.name == "x")
    names = noted_tools(found.entry)
    assert names == {"one", "two"}
    assert last_journal().files[0].entries[0].tools == ["one", "two"]

    def told() -> tuple[Status, str]:
        learnt: set[Secret] = set()
        [outcome] = start_entry(found, bench.around, Asked(True), before=names, learn=learnt.update)
        assert Secret(github()) in learnt
        return outcome.status, outcome.reason

    assert told() == ("done", "the server answered and has the same 2 tools as before (protocol 2025-11-25)")
    offer(server, "two", "three")
    assert told() == (
        "failed",
        "the server answered and lacks 1 of the 2 tools that it had before: one (protocol 2025-11-25)",
    )


def test_a_name_that_holds_the_key_is_not_kept(bench: Bench, home: Path, server: Path) -> None:
    entry = {"command": sys.executable, "args": [str(server)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    offer(server, "one", github(), f"get_{github()}", "odd\x1bname")
    moved(bench, path, "run")
    assert noted_tools(entry_of(bench, path).entry) == {"one"}
    assert github() not in last_journal().path.read_text()


def test_nobody_asked_before(bench: Bench, home: Path, server: Path) -> None:
    entry = {"command": sys.executable, "args": [str(server)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    bench.migrate(path, target="run")
    assert noted_tools(entry_of(bench, path).entry) is None


def test_a_damaged_journal_compares_nothing(bench: Bench, home: Path, server: Path) -> None:
    entry = {"command": sys.executable, "args": [str(server)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    moved(bench, path, "run")
    last_journal().path.write_text("{")
    assert noted_tools(entry_of(bench, path).entry) is None


def test_a_journal_of_before_tools_were_kept_still_reads(bench: Bench, home: Path, server: Path) -> None:
    entry = {"command": sys.executable, "args": [str(server)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    bench.migrate(path, target="run")
    journal = last_journal().path
    data = json.loads(journal.read_text())
    del data["files"][0]["entries"][0]["tools"]
    journal.write_text(json.dumps(data))
    assert noted_tools(entry_of(bench, path).entry) is None


def test_a_server_that_does_not_answer_before_is_moved_all_the_same(bench: Bench, home: Path) -> None:
    entry = {"command": sys.executable, "args": ["-c", "pass"], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    moved(bench, path, "run")
    assert noted_tools(entry_of(bench, path).entry) is None
