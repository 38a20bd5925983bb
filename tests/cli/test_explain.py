"""`unsprawl explain` as a program: what it shows at which width, as JSON, and that it shows no value."""

from __future__ import annotations

import json
import os
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
        "refresh: poor -> good",
        "    run ",
        "    env-file ",
    ):
        assert said in done.stdout
    assert LINEAR not in done.stdout


def test_many_caveats_are_counted_until_one_asks_for_them(home: Path, start: Program) -> None:
    servers(home, notion=local("slack-mcp-server", SLACK_MCP_XOXP_TOKEN=expand("{an:40}", Random(701))))
    short, whole = (" ".join(start("explain", *words).stdout.split()) for words in ((), ("notion",)))
    assert "and 2 more that should be known" in short
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
    assert "many, since the file is shared through git" in done.stdout
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
