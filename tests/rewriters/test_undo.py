"""Undo: to the byte while the file is as it was left, by data while the entry is, never over somebody's own change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rewriters.support import (
    NOTHING,
    PROGRAM,
    Bench,
    env_entry,
    github,
    kept,
    last_journal,
    secret,
    stored_values,
    write_json,
)
from unsprawl.rewriters.journal import State, journals
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.undo import BY_DATA, EXACTLY, undo
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file, places, service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.records import list_records

ROOT = Path(__file__).parents[2]


@pytest.fixture
def claude(home: Path) -> Path:
    """A file that its host writes into all the time."""
    return write_json(home / ".claude.json", {"x": env_entry()}, numStartups=1)


def said(outcomes: tuple[Outcome, ...], status: str = "restored") -> str:
    assert {outcome.status for outcome in outcomes} == {status}, [outcome.reason for outcome in outcomes]
    (reason,) = {outcome.reason for outcome in outcomes}
    assert github() not in reason
    return reason


@pytest.mark.parametrize("target", ["run", "reference"])
def test_to_the_byte(bench: Bench, claude: Path, target: str) -> None:
    before = claude.read_bytes()
    journal = bench.migrate(claude, target=target)
    learned: list[Secret] = []

    assert said(undo(journal, learn=learned.extend)) == EXACTLY

    assert claude.read_bytes() == before
    assert kept() == NOTHING
    assert Secret(github()) in learned
    assert last_journal().files[0].state is State.UNDONE
    assert not last_journal().in_force


def test_twice_does_nothing_more(bench: Bench, claude: Path) -> None:
    bench.migrate(claude)
    undo(last_journal())
    claude.write_text("{}")
    assert undo(last_journal()) == ()
    assert claude.read_text() == "{}"


@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_file_that_changed_elsewhere(bench: Bench, claude: Path, target: str) -> None:
    before = json.loads(claude.read_text())
    bench.migrate(claude, target=target)
    data = json.loads(claude.read_text())
    data = {"tipsHistory": {"a": 1}, **data, "numStartups": 2}
    data["mcpServers"] = {"new": {"command": "b"}, **data["mcpServers"]}
    claude.write_text(json.dumps(data, indent=4))

    assert said(undo(last_journal())) == BY_DATA

    after = json.loads(claude.read_text())
    assert after["mcpServers"]["x"] == before["mcpServers"]["x"]
    assert after["mcpServers"]["new"] == {"command": "b"}
    assert (after["numStartups"], after["tipsHistory"]) == (2, {"a": 1})
    assert kept() == NOTHING


def test_a_toml_file_that_changed_elsewhere(bench: Bench, home: Path) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    entry = f'[mcp_servers.x]\ncommand = "npx"\nargs = ["a"]\nenv = {{ GITHUB_TOKEN = "{github()}" }}\n'
    path.write_text(entry)
    bench.migrate(path, target="run")
    path.write_text('model = "y" # new\n' + path.read_text() + "\n[tui]\nb = 1\n")
    assert said(undo(last_journal())) == BY_DATA
    text = path.read_text()
    assert text.startswith('model = "y" # new\n')
    assert text.endswith("\n[tui]\nb = 1\n")
    assert github() in text
    [examined] = bench.examined(path)
    assert examined.entries[0].entry.command == ("npx", "a")


def test_prompts_that_others_may_use_stay(bench: Bench, home: Path) -> None:
    """Only the entry is put back: another entry may ask for the same input by now."""
    path = write_json(home / ".config" / "Code" / "User" / "mcp.json", {"x": env_entry()}, key="servers")
    bench.migrate(path, target="reference")
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "other": 1}))
    assert said(undo(last_journal())) == BY_DATA
    after = json.loads(path.read_text())
    assert after["servers"]["x"]["env"]["GITHUB_TOKEN"] == github()
    assert after["inputs"] == data["inputs"]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"server-x"', '"server-y"'), ('"x": {', '"renamed": {'), (PROGRAM, "/usr/bin/unsprawl"), ('"--"', '"---"')],
)
def test_an_entry_that_was_changed_is_left_alone(bench: Bench, claude: Path, old: str, new: str) -> None:
    bench.migrate(claude, target="run")
    text = claude.read_text().replace(old, new)
    claude.write_text(text)
    before = kept()

    reason = said(undo(last_journal()), "failed")

    assert "changed or moved since its migration" in reason
    assert claude.read_text() == text
    assert kept() == before
    assert github() in "".join(stored_values())
    assert last_journal().in_force

    claude.write_text(text.replace(new, old))
    assert said(undo(last_journal())) == EXACTLY


def test_a_broken_file_is_left_alone(bench: Bench, claude: Path) -> None:
    bench.migrate(claude)
    text = claude.read_text()
    claude.write_text(text[:-5])
    assert "not in order any more" in said(undo(last_journal()), "failed")
    assert claude.read_text() == text[:-5]


def test_a_file_that_is_gone(bench: Bench, claude: Path) -> None:
    bench.migrate(claude)
    claude.unlink()
    before = kept()
    assert "No such file" in said(undo(last_journal()), "failed")
    assert kept() == before


def test_a_file_that_was_put_back_by_hand(bench: Bench, claude: Path) -> None:
    before = claude.read_bytes()
    bench.migrate(claude, target="run")
    claude.write_bytes(before)
    assert said(undo(last_journal())) == EXACTLY
    assert kept() == NOTHING


def test_a_file_that_was_put_back_with_another_key(bench: Bench, claude: Path) -> None:
    """The digest leaves the secret's place out; forgetting the kept value then would lose it."""
    before = claude.read_text()
    bench.migrate(claude, target="run")
    stored = kept()
    claude.write_text(before.replace(github(), github(2)))
    assert "changed or moved" in said(undo(last_journal()), "failed")
    assert kept() == stored


def test_a_store_that_lost_the_old_text(bench: Bench, claude: Path) -> None:
    journal = bench.migrate(claude, target="run")
    service.discard(AgeStore.id, journal.files[0].reversal)
    text = claude.read_text()
    assert "is gone from the store" in said(undo(last_journal()), "failed")
    assert claude.read_text() == text
    assert kept()[1]


@pytest.mark.parametrize("newest_first", [True, False])
def test_two_migrations_of_one_file(bench: Bench, home: Path, newest_first: bool) -> None:
    path = home / ".claude.json"
    servers: dict[str, object] = {"x": env_entry()}
    write_json(path, servers)
    bench.migrate(path, target="run")
    between = json.loads(path.read_text())
    write_json(path, {**between["mcpServers"], "y": env_entry(github(2), "GITHUB_PAT")})
    full = path.read_bytes()
    bench.migrate(path, target="reference")

    order = list(journals())
    for journal in reversed(order) if newest_first else order:
        said(undo(journal))

    after = json.loads(path.read_text())["mcpServers"]
    assert after == {"x": env_entry(), "y": env_entry(github(2), "GITHUB_PAT")}
    assert kept() == NOTHING
    if newest_first:
        assert full != path.read_bytes()


@pytest.mark.parametrize("first_first", [True, False])
def test_a_shared_variable_stays_while_an_entry_names_it(bench: Bench, home: Path, first_first: bool) -> None:
    first = write_json(home / ".claude.json", {"x": env_entry()})
    second = write_json(home / ".gemini" / "settings.json", {"x": env_entry()})
    bench.migrate(first, target="reference")
    bench.migrate(second, target="reference")
    order = list(journals()) if first_first else list(reversed(list(journals())))

    said(undo(order[0]))

    value = env_file.get_variable("GITHUB_TOKEN")
    assert value == Secret(github())
    said(undo(order[1]))
    assert kept() == NOTHING
    assert github() in first.read_text()
    assert github() in second.read_text()


def test_a_shared_variable_of_one_migration_stays_when_one_file_cannot_be_undone(bench: Bench, home: Path) -> None:
    first = write_json(home / ".claude.json", {"x": env_entry()})
    second = write_json(home / ".gemini" / "settings.json", {"x": env_entry()})
    bench.migrate(first, second, target="reference")
    second.write_text(second.read_text().replace("server-x", "server-y"))
    assert [outcome.status for outcome in undo(last_journal())] == ["failed", "restored"]
    assert env_file.names() == ("GITHUB_TOKEN",)
    second.write_text(second.read_text().replace("server-y", "server-x"))
    said(undo(last_journal()))
    assert kept() == NOTHING


def test_a_variable_that_was_there_before_stays(bench: Bench, claude: Path) -> None:
    env_file.set_variable("GITHUB_TOKEN", Secret(github()))
    bench.migrate(claude, target="reference")
    said(undo(last_journal()))
    assert kept() == (set(), set(), {"GITHUB_TOKEN"})


def test_another_record_of_the_same_name_stays(bench: Bench, home: Path) -> None:
    path = write_json(home / "app" / ".mcp.json", {"github": env_entry()})
    bench.migrate(path, target="run")
    [record] = list_records()
    record_file = next(places.records_dir().glob("*.json"))
    other = service.deposit(Secret("another"), AgeStore()).item
    record_file.write_text(record_file.read_text().replace(record.variables[0][1], other))
    said(undo(last_journal()))
    assert [record.ref for record in list_records()] == ["github"]
    assert service.withdraw(AgeStore.id, other) == Secret("another")


def test_a_damaged_journal_is_told(bench: Bench, claude: Path) -> None:
    bench.migrate(claude)
    last_journal().path.write_text("{}")
    with pytest.raises(NotApplied, match="is damaged"):
        list(journals())


# --- the command


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "unsprawl", *words], env=environ, cwd=home, capture_output=True, text=True, check=False
    )
    for value in (github(), github(2), secret("PASSWORD")):
        assert value not in done.stdout + done.stderr
    return done


def test_undo_puts_the_last_one_back(bench: Bench, claude: Path, home: Path) -> None:
    before = claude.read_bytes()
    bench.migrate(claude, target="run")
    done = command(home, "undo", "--yes")
    assert done.returncode == 0, done.stderr
    assert EXACTLY in done.stdout
    assert "the file now holds the old, dead one" in done.stderr
    assert claude.read_bytes() == before
    assert command(home, "undo", "--yes").returncode == 0


def test_undo_tells_what_it_cannot(bench: Bench, claude: Path, home: Path) -> None:
    bench.migrate(claude, target="run")
    claude.write_text(claude.read_text().replace('"x": {', '"renamed": {'))
    done = command(home, "undo", "--yes")
    assert done.returncode == 4
    assert "changed or moved" in " ".join(done.stdout.split())


def test_undo_of_one_and_of_all(bench: Bench, home: Path) -> None:
    paths = [
        write_json(home / name, {"x": env_entry()})
        for name in (".claude.json", ".cursor/mcp.json", ".gemini/settings.json")
    ]
    befores = [path.read_bytes() for path in paths]
    ids = [bench.migrate(path, target="run").id for path in paths]

    listed = command(home, "undo", "--list")
    assert listed.returncode == 0
    heads = [line.split()[0] for line in listed.stdout.splitlines() if line and not line.startswith(" ")]
    assert heads == ids[::-1], listed.stdout
    assert command(home, "undo", ids[1], "--yes").returncode == 0
    assert [path.read_bytes() == before for path, before in zip(paths, befores, strict=True)] == [False, True, False]
    assert command(home, "undo", ids[1], "--yes").returncode == 4
    assert command(home, "undo", "20000101-000000-000000", "--yes").returncode == 4
    assert command(home, "undo", "--all", "--yes").returncode == 0
    assert [path.read_bytes() for path in paths] == befores
    assert kept() == NOTHING


def test_undo_asks_first(bench: Bench, claude: Path, home: Path) -> None:
    bench.migrate(claude, target="run")
    done = command(home, "undo")
    assert done.returncode == 2
    assert "Add --yes" in done.stderr
    assert last_journal().in_force


NEWER = "".join(["nq", "_", "5hRt8Wx2", "Lm9Pz3Vb"])


def test_a_value_replaced_in_the_vault_since_is_kept(bench: Bench, claude: Path) -> None:
    before = claude.read_bytes()
    journal = bench.migrate(claude, target="run")
    [record] = list_records()
    [(_, item)] = record.variables
    service.replace(record.store, item, Secret(NEWER))
    reason = said(undo(journal))
    assert reason == f"{EXACTLY}; a newer value stays with `{record.ref}`"
    assert claude.read_bytes() == before
    assert list_records() == (record,)
    assert service.withdraw(record.store, item) == Secret(NEWER)


def test_a_variable_replaced_since_is_kept(bench: Bench, claude: Path) -> None:
    journal = bench.migrate(claude, target="reference")
    [name] = env_file.names()
    env_file.set_variable(name, Secret(NEWER))
    assert said(undo(journal)) == f"{EXACTLY}; a newer value stays with `{name}`"
    assert env_file.get_variable(name) == Secret(NEWER)
