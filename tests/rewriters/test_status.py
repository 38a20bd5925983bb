"""`migrate --status`: how all that was ever done stands, and that it finishes what a crash left."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.report.test_contract import checked
from tests.rewriters.support import NOTHING, Bench, env_entry, github, kept, last_journal, strays, write_json
from tests.rewriters.test_crash import child
from unsprawl.rewriters.journal import State, journals
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file, service
from unsprawl.vault.records import list_records

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
PAGE = "https://github.com/settings/tokens"


@pytest.fixture
def bench(home: Path) -> Bench:
    bench = Bench(home)
    bench.environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return bench


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin", columns=100)


@pytest.fixture
def claude(home: Path) -> Path:
    return write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2), "GITHUB_PAT")}, numStartups=1)


def status(start: Program, code: int = 0) -> dict[str, Any]:
    """The document; the terminal must not show a value either, and tells the same exit code."""
    shown = start("migrate", "--status")
    done = start("migrate", "--status", "--format", "json")
    assert (shown.returncode, done.returncode) == (code, code), shown.stdout + shown.stderr
    for value in (github(), github(2)):
        assert value not in shown.stdout + shown.stderr + done.stdout + done.stderr
    return checked(done.stdout, "migration")


def states(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Of each file: its state and those of its entries."""
    return [
        (file["state"], [entry["state"] for entry in file["entries"]])
        for migration in document["migrations"]
        for file in migration["files"]
    ]


def keys(document: dict[str, Any]) -> list[str]:
    """The entries whose keys are still to be replaced."""
    return [
        entry["entry"]
        for migration in document["migrations"]
        for file in migration["files"]
        for entry in file["entries"]
        if entry["rotate"]
    ]


def test_nothing(start: Program) -> None:
    assert status(start)["migrations"] == []
    assert start("migrate", "--status").stdout == "Nothing was ever migrated here.\n"


@pytest.mark.parametrize("target", ["run", "reference"])
def test_done_and_undone(bench: Bench, claude: Path, start: Program, target: str) -> None:
    bench.migrate(claude, target=target)
    document = status(start)
    assert states(document) == [("done", ["done", "done"])]
    assert keys(document) == ["x", "y"]
    assert document["todo"] == [
        f"replace the GitHub personal access token (classic), which stood in a file: {PAGE}",
        "to see which old keys are left, and how to have them ended: unsprawl revoke",
    ]
    undo(last_journal())
    document = status(start)
    assert states(document) == [("undone", ["undone", "undone"])]
    assert (keys(document), document["todo"]) == ([], [])
    bench.migrate(claude, target=target)
    assert [state for state, _ in states(status(start))] == ["undone", "done"]


def test_on_a_terminal(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude, target="reference")
    journal = last_journal()
    assert start("migrate", "--status").stdout == (
        f"{journal.id}  {journal.created_at}\n"
        "  ~/.claude.json: as the migration left it\n"
        "    done  x  reference: GITHUB_TOKEN\n"
        "    done  y  reference: GITHUB_PAT\n"
        "\n"
        "1 migration: 2 entries moved.\n"
        "\n"
        "Now it is your turn:\n"
        f"  - replace the GitHub personal access token (classic), which stood in a file:\n      {PAGE}\n"
        "  - to see which old keys are left, and how to have them ended: unsprawl revoke\n"
    )


def test_replaced_keys_are_no_longer_told(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude, target="run")
    [first, _] = list_records()
    service.replace(first.store, first.variables[0][1], Secret("a newer one"))
    assert keys(status(start)) == ["y"]
    undo(last_journal())
    bench.migrate(claude, target="reference")
    env_file.set_variable("GITHUB_PAT", Secret("a newer one"))
    assert keys(status(start)) == ["x"]


def test_a_file_that_changed_elsewhere(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude)
    claude.write_text(claude.read_text().replace('"numStartups": 1', '"numStartups": 2'))
    assert states(status(start)) == [("moved-on", ["done", "done"])]


def test_an_entry_that_changed_and_one_that_is_gone(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude)
    data = json.loads(claude.read_text())
    data["mcpServers"]["x"]["args"].append("--debug")
    claude.write_text(json.dumps(data))
    document = status(start)
    assert states(document) == [("changed", ["changed", "done"])]
    assert any(f"unsprawl undo {last_journal().id}" in line for line in document["todo"])
    del data["mcpServers"]["y"]
    claude.write_text(json.dumps(data))
    document = status(start)
    assert states(document) == [("changed", ["changed", "gone"])]
    assert keys(document) == ["x", "y"]


def test_a_file_that_is_gone_or_unreadable(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude)
    text = claude.read_text()
    claude.unlink()
    document = status(start)
    assert states(document) == [("gone", ["gone", "gone"])]
    assert keys(document) == ["x", "y"]
    claude.mkdir()
    document = status(start, 3)
    assert states(document) == [("unreadable", ["unreadable", "unreadable"])]
    claude.rmdir()
    claude.write_text(text[:-5])
    assert states(status(start)) == [("changed", ["gone", "gone"])]


def test_a_file_that_was_put_back_by_hand(bench: Bench, claude: Path, start: Program) -> None:
    before = claude.read_bytes()
    bench.migrate(claude)
    claude.write_bytes(before)
    assert states(status(start)) == [("put-back", ["put-back", "put-back"])]


def test_a_store_that_lost_what_was_kept(bench: Bench, claude: Path, start: Program) -> None:
    journal = bench.migrate(claude)
    service.discard(journal.files[0].store, journal.files[0].reversal)
    assert states(status(start)) == [("done", ["done", "done"])]
    claude.write_text(claude.read_text().replace('"numStartups": 1', '"numStartups": 2'))
    document = status(start, 3)
    assert states(document) == [("unknown", ["unknown", "unknown"])]
    assert "gone from the store" in document["migrations"][0]["files"][0]["reason"]


def test_a_damaged_journal_hides_no_other(bench: Bench, claude: Path, home: Path, start: Program) -> None:
    bench.migrate(claude)
    second = write_json(home / ".gemini" / "settings.json", {"z": env_entry()})
    bench.migrate(second)
    first, _ = journals()
    first.path.write_text("{")
    document = status(start, 3)
    assert states(document) == [("done", ["done"])]
    assert document["complete"] is False
    assert {problem["code"] for problem in document["problems"]} == {"journal", "not-settled"}


def test_while_another_one_works(bench: Bench, claude: Path, start: Program) -> None:
    bench.migrate(claude)
    with exclusive():
        document = status(start, 3)
    assert states(document) == [("done", ["done", "done"])]
    assert "another unsprawl is changing files right now" in document["problems"][0]["message"]


# --- after a crash


@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_crash_at_any_step_is_finished(bench: Bench, home: Path, tmp_path: Path, start: Program, target: str) -> None:
    """Right after the kill one look at the status is enough: nothing is half, and what is told is true."""
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    path = write_json(fresh / ".claude.json", {"x": env_entry()})
    _, steps = child(fresh, "migrate", target, -1, path)
    for position, step in enumerate(steps):
        shutil.rmtree(home)
        home.mkdir(mode=0o700)
        path = write_json(home / ".claude.json", {"x": env_entry()})
        before = path.read_bytes()
        child(home, "migrate", target, position, path)

        done = start("migrate", "--status", "--format", "json")

        assert done.returncode == 0, (step, done.stdout)
        document = checked(done.stdout, "migration")
        changed = path.read_bytes() != before
        if step == "journal planned":
            assert document["migrations"] == []
        else:
            state = "done" if changed else "rolled-back"
            assert states(document) == [(state, [state])], step
            settled = {State.PLANNED} if step != "end" else set()
            assert bool(document["settled"]) == bool(settled), step
        assert not strays(home)
        if not changed:
            assert kept() == NOTHING, step
        again = checked(start("migrate", "--status", "--format", "json").stdout, "migration")
        assert again["settled"] == []
        assert states(again) == states(document)


def test_what_cannot_be_settled_is_told(bench: Bench, home: Path, start: Program) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    _, steps = child(home, "migrate", "run", -1, path)
    child(home, "undo", "run", -1)
    child(home, "migrate", "run", steps.index("replaced"), path)
    path.write_text("{}")
    for _ in range(2):
        document = status(start, 3)
        assert states(document)[1:] == [("interrupted", ["interrupted"])]
        assert "stays in the store" in document["settled"][0]
        assert kept()[0]
    path.unlink()
    assert states(status(start, 3))[1:] == [("interrupted", ["interrupted"])]


def test_a_killed_undo(bench: Bench, home: Path, start: Program) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    before = path.read_bytes()
    bench.migrate(path)
    _, steps = child(home, "undo", "run", -1)
    for step, state in (("replace", "done"), ("replaced", "undone")):
        bench.migrate(path)
        child(home, "undo", "run", steps.index(step))
        document = status(start)
        assert states(document)[-1] == (state, [state]), step
        if state == "done":
            undo(last_journal())
        assert path.read_bytes() == before
