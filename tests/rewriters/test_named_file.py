"""A private file of variables that one entry names: what goes in, what a scan says of it, and how it goes again."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from tests.git import git
from tests.rewriters.support import (
    NOTHING,
    Bench,
    env_entry,
    files_with,
    github,
    kept,
    last_journal,
    strays,
    write_json,
)
from unsprawl.rewriters.entry_tools import tools_of
from unsprawl.rewriters.plan_file import plan_json
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.own_files import entry_env_files

TARGET = "env-file"
RECORDER = Path(__file__).parents[1] / "servers" / "recorder.py"
HOSTS = {
    "vscode": (".config/Code/User/mcp.json", "servers"),
    "vscode settings": (".config/Code/User/profiles/work/mcp.json", "servers"),
    "cursor": (".cursor/mcp.json", "mcpServers"),
}


def own_files() -> list[Path]:
    return sorted(Path(entry_env_files()).glob("*"))


def in_scan(bench: Bench, path: Path) -> list[Path]:
    """The files of all findings."""
    return [Path(f.place.path) for examined in bench.examined(path) for f in examined.findings]


@pytest.mark.parametrize(("file", "key"), HOSTS.values(), ids=HOSTS.keys())
def test_the_value_moves_and_comes_back(home: Path, file: str, key: str) -> None:
    path, bench = write_json(home / file, {"x": env_entry(LOG_LEVEL="info")}, key=key), Bench(home)
    before = path.read_bytes()
    mask = os.umask(0)
    try:
        bench.migrate(path, target=TARGET)
    finally:
        os.umask(mask)

    [own] = own_files()
    assert own.read_text() == f"GITHUB_TOKEN={github()}\n"
    if os.name == "posix":
        assert stat.S_IMODE(own.stat().st_mode) == 0o600
        assert stat.S_IMODE(own.parent.stat().st_mode) == 0o700
    entry = json.loads(path.read_text())[key]["x"]
    assert entry["envFile"] == str(own)
    assert entry["env"] == {"LOG_LEVEL": "info"}
    assert files_with(home, [github()]) == {own}
    assert in_scan(bench, path) == []
    [found] = bench.examined(path)[0].entries
    assert (found.approach.rank, found.approach.marks) == (6, ("env-file", "referenced"))
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert outcome.status == "done", outcome.reason

    assert {each.status for each in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == before
    assert own_files() == []
    assert kept() == NOTHING
    assert not strays(home)


def test_each_entry_has_a_file_of_its_own(home: Path) -> None:
    bench = Bench(home)
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry(), "X": env_entry(github(2)), "": env_entry()})
    before = path.read_bytes()
    bench.migrate(path, target=TARGET)
    assert sorted(own.read_text() for own in own_files()) == sorted(
        f"GITHUB_TOKEN={value}\n" for value in (github(), github(2), github())
    )
    undo(last_journal())
    assert path.read_bytes() == before
    assert own_files() == []


@pytest.mark.skipif(os.name != "posix", reason="rights")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620])
def test_what_others_can_read_is_a_finding_again(home: Path, cursor: Path, mode: int) -> None:
    bench = Bench(home)
    bench.migrate(cursor, target=TARGET)
    [own] = own_files()
    own.chmod(mode)
    assert in_scan(bench, cursor) == [own]
    [(_, outcome)] = verify(bench.examined(cursor), bench.around)
    assert outcome.status == "failed"
    assert "other users" in outcome.reason


def test_what_git_has_is_a_finding_again(home: Path, cursor: Path) -> None:
    """A home under version control, whose owner adds the folder later on."""
    bench = Bench(home)
    git(home, "init", "-q")
    (home / ".gitignore").write_text("/.config/unsprawl/\n")
    bench.migrate(cursor, target=TARGET)
    [own] = own_files()
    assert in_scan(bench, cursor) == []
    git(home, "add", "-f", str(own))
    assert in_scan(bench, cursor) == [own]


def test_git_would_take_it(home: Path, cursor: Path) -> None:
    git(home, "init", "-q")
    [refusal] = Bench(home).plan(cursor, target=TARGET).refusals
    assert "git would take it" in refusal.reason
    assert own_files() == []


@pytest.mark.parametrize("folder", ["secrets", ".config/unsprawl", ".config/unsprawl/entries/deeper"])
def test_a_private_file_of_the_users_own_is_a_finding_as_ever(home: Path, folder: str) -> None:
    own = home / folder / "x.env"
    own.parent.mkdir(parents=True)
    own.write_text(f"GITHUB_TOKEN={github()}\n")
    own.chmod(0o600)
    path = write_json(home / ".cursor" / "mcp.json", {"x": {"command": "npx", "envFile": str(own)}})
    assert in_scan(Bench(home), path) == [own]


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_in_our_folder_is_no_private_file(home: Path, cursor: Path) -> None:
    bench = Bench(home)
    bench.migrate(cursor, target=TARGET)
    [own] = own_files()
    there = home / "elsewhere.env"
    own.rename(there)
    own.symlink_to(there)
    assert in_scan(bench, cursor) == [own]


ODD = {
    "blanks": "a b {}",
    "quote": "{}'",
    "dollar": "{}$HOME",
    "backslash": "{}\\n",
    "comment": "{}#x",
    "not ASCII": "{}é",
    "two lines": "{}\nB=1",
    "reference": "${{env:X}}{}",
}


@pytest.mark.parametrize("form", ODD.values(), ids=ODD.keys())
def test_values_that_readers_differ_in_stay(home: Path, form: str) -> None:
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry(form.format(github()))})
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert "take differently" in refusal.reason or "a reference" in refusal.reason
    assert own_files() == []


REFUSED: dict[str, tuple[str, dict[str, object], str]] = {
    "called": (".cursor/mcp.json", {"url": "https://x.test", "headers": {"Authorization": f"Bearer {github()}"}},
               "not for those that are called"),
    "argument": (".cursor/mcp.json", {"command": "npx", "args": ["server-x", "--token", github()]}, "map of variables"),
    "named already": (".cursor/mcp.json", {**env_entry(), "envFile": "~/.env"}, "is there already"),
    "odd name": (".cursor/mcp.json", env_entry(name="GITHUB-TOKEN"), "no name that a file"),
    "shared": ("app/.cursor/mcp.json", env_entry(), "shared through git"),
    "no such key": (".codeium/windsurf/mcp_config.json", env_entry(), "not known to load"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "entry", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refusals(home: Path, file: str, entry: dict[str, object], reason: str) -> None:
    path = write_json(home / file, {"x": entry})
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert reason in refusal.reason
    assert own_files() == []


def test_a_value_that_was_replaced_stays_and_is_told(home: Path, cursor: Path) -> None:
    Bench(home).migrate(cursor, target=TARGET)
    [own] = own_files()
    own.write_text(f"GITHUB_TOKEN={github(2)}\n")
    [outcome] = undo(last_journal())
    assert str(own) in outcome.reason
    assert github(2) in own.read_text()
    [refusal] = Bench(home).plan(cursor, target=TARGET).refusals
    assert "with another value" in refusal.reason


def test_a_file_that_is_gone_is_told(home: Path, cursor: Path) -> None:
    bench = Bench(home)
    bench.migrate(cursor, target=TARGET)
    own_files()[0].unlink()
    [(_, outcome)] = verify(bench.examined(cursor), bench.around)
    assert (outcome.status, "gone" in outcome.reason) == ("todo", True)


def test_the_server_is_asked_with_the_variables_of_its_file(home: Path, tmp_path: Path) -> None:
    record = tmp_path / "starts.jsonl"
    entry = {"command": sys.executable, "args": [str(RECORDER)]}
    env = {"GITHUB_TOKEN": github(), "RECORD_TO": str(record)}
    path, bench = write_json(home / ".cursor" / "mcp.json", {"x": {**entry, "env": env}}), Bench(home)
    bench.migrate(path, target=TARGET)
    [found] = bench.examined(path)[0].entries
    learnt: set[str] = set()
    tools_of(found, bench.around, lambda shown: True, lambda secrets: learnt.update(s.reveal() for s in secrets))
    assert github() in record.read_text()
    assert github() in learnt


def test_a_plan_that_was_read_first_comes_out_equal(home: Path, cursor: Path) -> None:
    bench = Bench(home)
    text = json.dumps(plan_json(bench.plan(cursor, target=TARGET), TARGET, ""))
    assert github() not in text
    again = json.dumps(plan_json(bench.plan(cursor, target=TARGET), TARGET, ""))
    assert text == again
