"""Undo of an entry that was changed since: what still is as it was left goes back, nothing is guessed."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.rewriters.support import NOTHING, PROGRAM, Bench, env_entry, github, kept, last_journal, write_json
from unsprawl.rewriters.journal import State
from unsprawl.rewriters.offers import Offer
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import MOVED, undo
from unsprawl.vault import env_file
from unsprawl.vault.records import list_records

Entry = dict[str, Any]


def entry_of(path: Path, name: str = "x") -> Entry:
    found: Entry = json.loads(path.read_text())["mcpServers"][name]
    return found


def edit(path: Path, change: Callable[[Entry], object], name: str = "x") -> Entry:
    """Change one entry as its owner might; answers it."""
    data = json.loads(path.read_text())
    change(data["mcpServers"][name])
    path.write_text(json.dumps(data, indent=2))
    return entry_of(path, name)


def undone(accept: bool | None = True) -> tuple[str, str, list[Offer]]:
    """The status and reason of the one entry, and what was offered."""
    seen: list[Offer] = []

    def answer(offer: Offer) -> bool:
        seen.append(offer)
        return bool(accept)

    [outcome] = undo(last_journal(), accept=None if accept is None else answer)
    assert github() not in outcome.reason + repr(seen)
    return outcome.status, outcome.reason, seen


BEFORE = {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": github(), "LOG": "1"}}
ALONE = {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": github()}}
BARE = {"command": "server-x", "env": {"GITHUB_TOKEN": github(), "LOG": "1"}}


def updated(**more: Any) -> Callable[[Entry], object]:
    return lambda entry: entry.update(more)


def longer(entry: Entry) -> None:
    entry["args"].append("--debug")


def another(name: str, value: str) -> Callable[[Entry], object]:
    return lambda entry: entry.setdefault("env", {}).update({name: value})


FITS: list[tuple[str, Entry, Callable[[Entry], object]]] = [
    ("another field", BEFORE, updated(timeout=5)),
    ("an argument more", BEFORE, longer),
    ("an argument of the server's own", BEFORE, lambda entry: entry["args"].__setitem__(-1, "server-y")),
    ("a variable more", BEFORE, another("DEBUG", "1")),
    ("another value beside it", BEFORE, another("LOG", "2")),
    ("a variable in a map that was removed", ALONE, another("DEBUG", "1")),
    ("arguments that were none", BARE, updated(disabled=True)),
    ("a field less", {**BEFORE, "timeout": 1}, lambda entry: entry.pop("timeout")),
]


@pytest.mark.parametrize(("before", "change"), [case[1:] for case in FITS], ids=[case[0] for case in FITS])
def test_what_fits_goes_back_beside_what_was_changed(bench: Bench, home: Path, before: Entry, change: Any) -> None:
    path = write_json(home / ".claude.json", {"x": deepcopy(before)})
    bench.migrate(path, target="run")
    edit(path, change)
    wanted = deepcopy(before)
    change(wanted)

    status, reason, [offer] = undone()

    assert (status, offer.differing) == ("restored", ())
    assert entry_of(path) == wanted
    assert {"command", "args"} <= set(offer.fields)
    assert "env.GITHUB_TOKEN" in offer.fields
    assert "only this was put back" in reason
    assert kept() == NOTHING
    assert last_journal().files[0].state is State.UNDONE


DIFFERS: list[tuple[str, Entry, Callable[[Entry], object], str]] = [
    ("another program", BEFORE, updated(command="/usr/bin/unsprawl"), "command"),
    ("another record", BEFORE, lambda entry: entry["args"].__setitem__(1, "other"), "args"),
    ("no arguments", BEFORE, lambda entry: entry.pop("args"), "args"),
    ("fewer arguments", BEFORE, lambda entry: entry.update(args=entry["args"][:2]), "args"),
    ("an argument before ours", BEFORE, lambda entry: entry["args"].insert(0, "-v"), "args"),
    ("arguments that are none", BEFORE, updated(args="run"), "args"),
    ("the variable again", BEFORE, another("GITHUB_TOKEN", "mine"), "env.GITHUB_TOKEN"),
    ("the variable in a new map", ALONE, another("GITHUB_TOKEN", "mine"), "env"),
    ("no variables", BEFORE, lambda entry: entry.pop("env"), "env.GITHUB_TOKEN"),
    ("variables that are none", BEFORE, updated(env=[]), "env.GITHUB_TOKEN"),
]


@pytest.mark.parametrize(
    ("before", "change", "field"), [case[1:] for case in DIFFERS], ids=[case[0] for case in DIFFERS]
)
def test_what_works_only_together_stays_together(
    bench: Bench, home: Path, before: Entry, change: Any, field: str
) -> None:
    """Half of a wrapped command with the key beside it would be neither the old entry nor the new one."""
    path = write_json(home / ".claude.json", {"x": deepcopy(before)})
    bench.migrate(path, target="run")
    edit(path, change)
    text, stored = path.read_bytes(), kept()

    status, reason, offered = undone()

    assert (status, offered) == ("failed", [])
    assert MOVED in reason
    assert f"(changed: {field})" in reason
    assert "still kept" in reason
    assert path.read_bytes() == text
    assert kept() == stored
    assert last_journal().in_force


def test_references_go_back_one_by_one(bench: Bench, home: Path) -> None:
    before = {"command": "npx", "env": {"GITHUB_TOKEN": github(), "GITHUB_PAT": github(2)}}
    path = write_json(home / ".claude.json", {"x": before})
    bench.migrate(path, target="reference")
    edit(path, another("GITHUB_TOKEN", "${MINE}"))
    names = set(env_file.names())

    status, reason, [offer] = undone()

    assert status == "todo"
    assert (offer.fields, offer.differing) == (("env.GITHUB_PAT",), ("env.GITHUB_TOKEN",))
    assert reason == "put back: env.GITHUB_PAT; changed since, so it stays: env.GITHUB_TOKEN"
    assert entry_of(path)["env"] == {"GITHUB_TOKEN": "${MINE}", "GITHUB_PAT": github(2)}
    assert set(env_file.names()) == names
    assert last_journal().in_force

    status, reason, _ = undone()  # a second time nothing more fits
    assert (status, "changed: env.GITHUB_TOKEN" in reason) == ("failed", True)

    edit(path, another("GITHUB_TOKEN", "${GITHUB_TOKEN}"))
    assert undone()[0] == "restored"
    assert entry_of(path) == before
    assert kept() == NOTHING


def test_no_guess_where_two_values_are_in_one_text(bench: Bench, home: Path) -> None:
    url = f"https://mcp.example.com/mcp?api_key={github()}"
    path = write_json(home / ".claude.json", {"x": {"type": "http", "url": url}})
    bench.migrate(path, target="reference")
    now = edit(path, lambda entry: entry.update(url=entry["url"] + "&page=2"))
    status, reason, _ = undone()
    assert (status, "changed: url" in reason) == ("failed", True)
    assert entry_of(path) == now


def test_headers_and_the_keys_that_name_their_variables_go_together(bench: Bench, home: Path) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    head = '[mcp_servers.x]\nurl = "https://mcp.example.com/mcp"\n'
    head += f'http_headers = {{ Authorization = "Bearer {github()}" }}\n'
    path.write_text(head)
    bench.migrate(path, target="reference")
    migrated = path.read_text()
    path.write_text(migrated.replace("bearer_token_env_var = ", 'bearer_token_env_var = "MINE" # '))
    text = path.read_text()
    assert undone()[0] == "failed"
    assert path.read_text() == text
    path.write_text(migrated + "enabled = false\n")
    assert undone()[0] == "restored"
    assert tomllib.loads(path.read_text()) == tomllib.loads(head + "enabled = false\n")


@pytest.mark.parametrize("accept", [False, None])
def test_what_nobody_accepts_stays(bench: Bench, home: Path, accept: bool | None) -> None:
    path = write_json(home / ".claude.json", {"x": deepcopy(BEFORE)})
    bench.migrate(path, target="run")
    edit(path, longer)
    text, stored = path.read_bytes(), kept()
    status, reason, offered = undone(accept)
    assert status == ("failed" if accept is None else "skipped")
    assert ("can be put back: env.GITHUB_TOKEN, command, args" in reason) == (accept is None), reason
    assert len(offered) == (accept is not None)
    assert (path.read_bytes(), kept()) == (text, stored)


def test_one_of_two_entries(bench: Bench, home: Path) -> None:
    """Both name one variable: it stays as long as one of them does."""
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry()})
    bench.migrate(path, target="reference")
    edit(path, another("GITHUB_TOKEN", "${MINE}"), "y")
    outcomes = undo(last_journal(), accept=lambda offer: True)
    assert {outcome.entry: outcome.status for outcome in outcomes} == {"x": "restored", "y": "failed"}
    assert entry_of(path) == env_entry()
    assert env_file.names() == ("GITHUB_TOKEN",)
    assert [entry.put_back for entry in last_journal().files[0].entries] == [True, False]
    [outcome] = undo(last_journal(), accept=lambda offer: True)  # the first one is no more its business
    assert (outcome.entry, outcome.status) == ("y", "failed")
    edit(path, another("GITHUB_TOKEN", "${GITHUB_TOKEN}"), "y")
    [outcome] = undo(last_journal())
    assert (outcome.entry, outcome.status) == ("y", "restored")
    assert kept() == NOTHING


def test_the_record_of_an_entry_that_is_back_is_forgotten(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2))})
    bench.migrate(path, target="run")
    edit(path, updated(command="/usr/bin/unsprawl"), "y")
    assert len(list_records()) == 2
    undo(last_journal())
    assert [record.entry for record in list_records()] == ["y"]


def test_an_entry_that_was_put_back_by_hand_and_another_that_was_not(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2))})
    bench.migrate(path, target="run")
    edit(path, lambda entry: (entry.clear(), entry.update(env_entry(), note="mine")))
    outcomes = undo(last_journal())
    assert {outcome.entry: outcome.reason for outcome in outcomes}["x"] == "it had been put back already"
    assert entry_of(path) == {**env_entry(), "note": "mine"}
    assert entry_of(path, "y") == env_entry(github(2))
    assert kept() == NOTHING


def test_an_entry_that_is_gone(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path)
    write_json(path, {})
    status, reason, _ = undone()
    assert (status, "there is no such entry any more" in reason) == ("failed", True)
    assert last_journal().in_force


def test_an_interruption_after_the_file_was_replaced(bench: Bench, home: Path) -> None:
    """The journal does not know yet what is back: the next undo sees it."""
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2))})
    bench.migrate(path, target="run")
    edit(path, updated(command="/usr/bin/unsprawl"), "y")

    def stop(step: str) -> None:
        if step == "entries restored":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo(last_journal(), watch=stop)
    assert entry_of(path) == env_entry()
    assert not last_journal().files[0].entries[0].put_back
    outcomes = undo(last_journal())
    assert {outcome.entry: outcome.status for outcome in outcomes} == {"x": "restored", "y": "failed"}
    assert [record.entry for record in list_records()] == ["y"]


@pytest.mark.parametrize("step", ["journal undoing", "replace", "file restored", "forget", "journal undone"])
def test_an_interruption_of_the_undo_of_what_was_left(bench: Bench, home: Path, step: str) -> None:
    """One entry is back since an earlier undo; the other one's undo is cut short."""
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2))})
    bench.migrate(path, target="run")
    edit(path, updated(command="/usr/bin/unsprawl"), "y")
    undo(last_journal())
    edit(path, updated(command=PROGRAM), "y")

    def stop(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo(last_journal(), watch=stop)
    recover()
    assert recover() == ()
    if last_journal().in_force:
        assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert entry_of(path) == env_entry()
    assert entry_of(path, "y") == env_entry(github(2))
    assert kept() == NOTHING


def test_a_host_that_writes_its_own_copy_over_a_whole_undo(bench: Bench, home: Path) -> None:
    """The entry was changed before, so its copy is not as the migration left it either."""
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="run")
    edit(path, longer)
    copy, stored = path.read_bytes(), kept()

    def host(step: str) -> None:
        if step == "file restored":
            path.write_bytes(copy)

    [outcome] = undo(last_journal(), watch=host, accept=lambda offer: True)
    assert outcome.status == "failed"
    assert "wrote its own copy" in outcome.reason
    assert (path.read_bytes(), kept()) == (copy, stored)
    assert undone()[0] == "restored"


@pytest.mark.parametrize("times", [1, 99])
def test_a_host_that_writes_its_own_copy_over_what_was_put_back(bench: Bench, home: Path, times: int) -> None:
    """Its copy still names what is kept: nothing is forgotten while it stands, and nobody is asked twice."""
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2)), "z": env_entry(github(3))})
    bench.migrate(path, target="run")
    edit(path, updated(command="/usr/bin/unsprawl"), "y")
    edit(path, longer, "z")
    copy, records, count, asked = path.read_bytes(), list_records(), 0, []

    def host(step: str) -> None:
        nonlocal count
        if step == "entries restored" and count < times:
            count += 1
            path.write_bytes(copy)

    def accept(offer: Offer) -> bool:
        asked.append(offer.entry.entry)
        return True

    outcomes = {outcome.entry: outcome.status for outcome in undo(last_journal(), watch=host, accept=accept)}

    assert count
    assert asked == ["z"]
    if times == 1:
        assert outcomes == {"x": "restored", "y": "failed", "z": "restored"}
        assert entry_of(path) == env_entry()
        assert [record.entry for record in list_records()] == ["y"]
    else:
        assert set(outcomes.values()) == {"failed"}
        assert path.read_bytes() == copy
        assert list_records() == records
        assert not any(entry.put_back for entry in last_journal().files[0].entries)


def test_another_entry_that_moved_to_its_place_in_a_list_is_not_touched(bench: Bench, home: Path) -> None:
    from unsprawl.rewriters.journal import EntryNote, FileNote
    from unsprawl.rewriters.offers import offers

    after = {"name": "x", "env": {"TOKEN": "${TOKEN}"}}
    operations = [["SetValue", ["servers", 0, "env", "TOKEN"], github()]]
    stored = {"entries": [[["servers", 0], after]], "operations": operations}
    note = FileNote("f", "f", None, "json", "", [], "", [], "", "", State.DONE, [EntryNote("/servers/0", "x", [], "r")])
    for moved, missing in (
        ({**after, "name": "y"}, True),
        ({**after, "note": 1}, False),
        ({"env": after["env"]}, True),
    ):
        [offer] = offers(note, {"servers": [moved]}, stored)
        assert (offer.missing, bool(offer.operations)) == (missing, not missing), moved


# --- the command


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin")


def test_yes_takes_what_fits_and_tells_the_rest(start: Program, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2)), "z": env_entry(github(3))})
    assert start("migrate", "--to", "run", "--yes").returncode == 0
    edit(path, longer, "y")
    edit(path, updated(command="/usr/bin/unsprawl"), "z")
    done = start("undo", "--yes", "--format", "json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert {each["entry"]: each["status"] for each in document["outcomes"]} == {
        "x": "restored", "y": "restored", "z": "failed",
    }  # fmt: skip
    status = json.loads(start("migrate", "--status", "--format", "json").stdout)
    [file] = status["migrations"][0]["files"]
    assert file["state"] == "changed"
    assert [each["state"] for each in file["entries"]] == ["put-back", "put-back", "changed"]
    assert [bool(each["rotate"]) for each in file["entries"]] == [False, False, True]
    assert start("undo", "--yes").returncode == 4
    assert start("undo", "--all", "--yes").returncode == 4


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 4), ("\n", 4), ("\x03", 130)])
def test_on_a_terminal_it_is_shown_and_asked(answer: str, code: int, start: Program, home: Path) -> None:
    pytest.importorskip("pty")
    from tests.cli.terminal import Terminal

    path = write_json(home / ".claude.json", {"x": env_entry()})
    assert start("migrate", "--to", "run", "--yes").returncode == 0
    edit(path, longer)
    text = path.read_bytes()
    with Terminal(start, "undo") as terminal:
        terminal.until(r"with the secrets in them\?")
        terminal.press("y\n")
        terminal.until(r"Put back what can be\? \[y/N\]")
        assert "x  ~/.claude.json" in terminal.shown
        assert "can be put back: env.GITHUB_TOKEN, command, args" in terminal.shown
        terminal.press(answer)
        assert terminal.end() == code
        assert github() not in terminal.raw
        assert "Traceback" not in terminal.shown
        assert terminal.as_found
    assert (path.read_bytes() == text) == (code != 0)
    assert (PROGRAM in path.read_text()) is False
    if code:
        assert start("undo", "--yes").returncode == 0
    assert entry_of(path)["env"] == {"GITHUB_TOKEN": github()}
    assert kept() == NOTHING
