"""`unsprawl explain` as a program: what it shows at which width, as JSON, and that it shows no value."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.homes import BIDI, ESCAPE, MARKUP, SECRETS, brave, build, github
from tests.cli.program import Program, program
from tests.report.test_contract import checked
from unsprawl.rules.samples import expand
from unsprawl.scanner.errors import Exit

LINEAR = expand("lin_api_{an:40}", Random(700))


def servers(home: Path, **entries: Any) -> None:
    (home / ".cursor").mkdir(exist_ok=True)
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": entries}))


def local(package: str, **env: str) -> dict[str, Any]:
    return {"command": "npx", "args": ["-y", package], "env": env}


@pytest.fixture
def filled(home: Path) -> None:
    servers(
        home,
        linear=local("linear-mcp-server", LINEAR_API_KEY=LINEAR),
        search=local("@brave/brave-search-mcp-server", BRAVE_API_KEY=brave(1)),
        tickets={"url": "https://mcp.linear.app/mcp"},
        files=local("@modelcontextprotocol/server-filesystem"),
    )


def test_all_of_them_in_short(filled: None, start: Program) -> None:
    done = start("explain")
    assert done.returncode == Exit.CLEAN
    assert done.stderr == ""
    for said in (
        "linear  ~/.cursor/mcp.json:1",
        "6 environment: the key is written out in the file",
        "log in: the login of Linear at https://mcp.linear.app/mcp",
        "next        unsprawl migrate --to oauth --entry linear",
        "not known before a probe (7 or 3 or 2; 3 by the catalogue)",
        "leave it: a local server without a secret",
    ):
        assert said in done.stdout
    assert "what if it moved to" not in done.stdout
    assert LINEAR not in done.stdout
    assert brave(1) not in done.stdout


@pytest.mark.parametrize("width", [80, 120])
def test_all_of_one(width: int, filled: None, start: Program) -> None:
    done = start("explain", "linear", env={"COLUMNS": str(width)})
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert "\n\n\n" not in done.stdout
    assert "search" not in done.stdout
    for said in (
        "Q1  ",
        "Q2  ",
        "Q3  ",
        "credential boundary  poor",
        "boundary  setup  users  accounts  refresh  leak  spec",
        "refresh: poor -> good",
        "    run ",
        "unsprawl migrate --to env-file --entry linear",
        "varlock, kow, authsome",
    ):
        assert said in done.stdout
    assert LINEAR not in done.stdout


def test_many_caveats_are_counted_until_one_asks_for_them(home: Path, start: Program) -> None:
    servers(home, notion=local("slack-mcp-server", SLACK_MCP_XOXP_TOKEN=expand("{an:40}", Random(701))))
    short, whole = (" ".join(start("explain", *words).stdout.split()) for words in ((), ("notion",)))
    assert "more that should be known" in short
    assert "rotate them regardless" in whole
    assert "more that should be known" not in whole


def test_verbose_is_all_of_all(filled: None, start: Program) -> None:
    assert start("explain", "--verbose").stdout.count("the way to this advice") == 4


def test_the_contract(filled: None, start: Program) -> None:
    done = start("explain", "--format", "json", "--people", "many")
    document = checked(done.stdout, "explain")
    entries = {each["name"]: each for each in document["entries"]}
    assert list(entries) == ["linear", "search", "tickets", "files"]
    linear = entries["linear"]
    assert linear["recommendation"]["target"] == "oauth"
    assert linear["remotes"][0]["url"] == "https://mcp.linear.app/mcp"
    assert linear["path_of_decision"][-1]["answer"].startswith("many: ")
    assert len(linear["criteria"]) == 7
    assert entries["tickets"]["approach"] is None
    assert entries["tickets"]["likely"] == 3
    assert LINEAR not in done.stdout


def test_an_entry_that_is_not_there(filled: None, start: Program) -> None:
    done = start("explain", "nobody")
    assert done.returncode == Exit.USAGE
    assert "no such entry: nobody" in done.stderr


def test_nothing_here(start: Program) -> None:
    done = start("explain")
    assert (done.returncode, done.stdout) == (Exit.CLEAN, "No entries here.\n")


def test_a_file_that_cannot_be_read(filled: None, start: Program, home: Path) -> None:
    (home / ".codex").mkdir()
    os.mkfifo(home / ".codex" / "config.toml")
    done = start("explain")
    assert done.returncode == Exit.INCOMPLETE
    assert "not checked" in done.stdout


def test_a_file_server_beside_keys(home: Path, start: Program) -> None:
    files = local("@modelcontextprotocol/server-filesystem")
    files["args"].append(str(home))
    servers(home, files=files, gh=local("x", GITHUB_TOKEN=github(3)))
    done = start("explain", "files")
    assert "keep it from files with secrets" in done.stdout
    assert "this server reads files, and .cursor/mcp.json holds secrets" in " ".join(done.stdout.split())


def test_a_shared_file_is_for_many(project: Path, start: Program) -> None:
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": local("x", GITHUB_TOKEN=github(4))}}))
    done = start("explain", "x", cwd=project)
    assert "many: each with a login or a key of their own" in done.stdout
    assert "(the file is shared through git)" in done.stdout
    assert "reference: a variable in the file" in done.stdout


@pytest.mark.parametrize("where", ["home", "project"])
def test_a_policy_is_heard(where: str, home: Path, project: Path, start: Program) -> None:
    path = home / ".config/unsprawl/policy.yaml" if where == "home" else project / ".unsprawl.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version: 1\ntargets: [run]\n")
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"x": local("x", GITHUB_TOKEN=github(4))}}))
    done = start("explain", "x", cwd=project)
    assert "not reference: the policy does not allow it" in " ".join(done.stdout.split())


@pytest.mark.parametrize("output", ["terminal", "json"])
def test_no_value_of_a_messy_home_is_shown(output: str, home: Path, start: Program) -> None:
    build(home)
    done = start("explain", "--verbose", "--format", output)
    shown = done.stdout + done.stderr
    for where, value in SECRETS.items():
        assert value not in shown, where
        assert json.dumps(value)[1:-1] not in shown, where
    assert len(shown) > 1000


def test_foreign_text_moves_no_cursor(home: Path, start: Program) -> None:
    servers(
        home,
        **{
            f"{BIDI}{ESCAPE}{MARKUP}": local(
                "linear-mcp-server", LINEAR_API_KEY=LINEAR, **{f"X{ESCAPE}_URL": "http://h.example"}
            )
        },
    )
    for words in (("explain",), ("explain", "--verbose"), ("explain", "--format", "json")):
        shown = start(*words).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\x07" not in shown


def test_what_the_hook_and_run_load_knows_nothing_of_remotes(home: Path, tmp_path: Path) -> None:
    told = tmp_path / "modules"
    extra = f"import atexit\natexit.register(lambda: open({str(told)!r}, 'w').write(' '.join(sys.modules)))\n"
    start = program(home, tmp_path / "bin", extra="import sys\n" + extra)
    servers(home, linear=local("linear-mcp-server", LINEAR_API_KEY=LINEAR))
    heavy = ("unsprawl.rules.bundle_remotes", "unsprawl.rules.bundle_approaches", "unsprawl.scanner.remotes")
    for words in (("scan", "."), ("hook", ".cursor/mcp.json"), ("run", "none", "--", "true")):
        start(*words, cwd=home)
        loaded = told.read_text().split()
        assert "unsprawl" in loaded
        assert [name for name in loaded if name.startswith(heavy)] == [], words
    start("explain", cwd=home)
    assert set(heavy) <= set(told.read_text().split())


@pytest.mark.parametrize("named", [False, True])
def test_every_command_that_it_tells_works(named: bool, home: Path, start: Program, tmp_path: Path) -> None:
    brave_search = local("@brave/brave-search-mcp-server", BRAVE_API_KEY=brave(2))
    servers(
        home,
        **{
            "linear": local("linear-mcp-server", LINEAR_API_KEY=LINEAR),
            "two words": brave_search,
            "-x": local("x", GITHUB_TOKEN=github(5)),
            "it's": {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": f"Bearer {github(6)}"}},
            "twice": brave_search,
            "https://odd": {"url": "https://mcp.example.com/mcp"},
            "open": {"url": "https://mcp.linear.app/mcp"},
        },
    )
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"twice": brave_search}}))
    words = ["--path", str(home / ".cursor")] if named else []
    entries = checked(start("explain", "--format", "json", *words).stdout, "explain")["entries"]
    assert len(entries) == (7 if named else 8)
    tried = set()
    for entry in entries:
        commands = [entry["recommendation"]["next"], *(each["command"] for each in entry["what_if"])]
        for command in filter(None, commands):
            program_, verb, *rest = shlex.split(command)
            assert program_ == "unsprawl"
            tried.add(verb)
            if verb == "migrate":
                done = start(verb, *rest, "--dry-run", "--format", "json")
                plan = json.loads(done.stdout)["plan"]
                assert plan["refusals"] == [], command
                assert [step["entry"] for step in plan["steps"]] == [entry["name"]], command
            else:  # nothing is there to be asked: what counts is that it is understood
                done = start(verb, *rest, env={"HTTPS_PROXY": "http://127.0.0.1:9"})
                assert done.returncode == Exit.INCOMPLETE, done.stderr
        possible = [each for each in entry["what_if"] if each["possible"]]
        assert all(each["command"] for each in possible)
    assert tried == {"migrate", "probe"}


def test_a_broker_that_is_here_has_its_row_and_its_command(home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    servers(home, search=local("@brave/brave-search-mcp-server", BRAVE_API_KEY=brave(3)))
    entry = checked(start("explain", "search", "--format", "json").stdout, "explain")["entries"][0]
    rows = {each["target"]: each for each in entry["what_if"] if each["broker"]}
    assert list(rows) == ["varlock", "kow", "authsome", "agent-vault", "onecli", "clawvisor"]
    for target, row in rows.items():
        assert (row["possible"], row["command"]) == (False, None)
        assert row["broker"]["installed"] is False
        assert row["broker"]["state"] == "not installed"
        assert len(row["criteria"]) == (0 if target == "clawvisor" else 7)
    assert rows["clawvisor"]["says"] == "it does nothing for this server"
    fake = home / ".local" / "bin" / "varlock"
    fake.parent.mkdir(parents=True)
    fake.write_text("#!/bin/sh\necho 1.20.0\n")
    fake.chmod(0o755)
    entry = checked(start("explain", "search", "--format", "json").stdout, "explain")["entries"][0]
    row = next(each for each in entry["what_if"] if each["target"] == "varlock")
    assert row["broker"]["installed"] is True
    assert (row["possible"], row["approach"]) == (True, 1), row["says"]
    assert row["command"] == "unsprawl migrate --to varlock --entry search"
    shown = " ".join(start("explain", "search").stdout.split())
    assert "kow, authsome, agent-vault, onecli, clawvisor not installed here" in shown
    assert row["command"] in shown


def test_what_only_serves_some_services_is_told_for_those(home: Path, start: Program) -> None:
    servers(home, notion=local("@notionhq/notion-mcp-server", NOTION_TOKEN=expand("ntn_{d:11}{an:35}", Random(9))))
    (entry,) = checked(start("explain", "--format", "json").stdout, "explain")["entries"]
    row = next(each for each in entry["what_if"] if each["target"] == "clawvisor")
    assert (row["possible"], row["firm"], len(row["criteria"])) == (False, False, 7)
    assert row["says"].startswith("Connect the service in Clawvisor")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int, filled: None, start: Program) -> None:
    lines = start("explain", "--verbose", env={"COLUMNS": str(width)}).stdout.splitlines()
    # A word that cannot be broken may stand out: an address, a path.
    assert not [line for line in lines if len(line) > width and len(line.split()) > 1]
    table = [line for line in lines if line.split()[:2] == ["boundary", "setup"]]
    assert len(table) == (2 if width >= 80 else 0)
