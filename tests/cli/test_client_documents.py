"""`unsprawl probe --register`, `--cimd` and `--cimd-for` as a program: exit codes, what is shown, and what never is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.oauth.bed import bed, public
from tests.oauth.test_checks import both, challenge, endpoint, meta, no_prm, opened
from tests.oauth.test_client_document import ADDRESS, GOOD, changed
from tests.report.test_contract import checked
from tests.servers.sites import Reply, document, site
from unsprawl.rules.samples import expand
from unsprawl.scanner.errors import Exit

SECRET = expand("{an:40}", Random(81))
BY_HAND = meta(registration_endpoint=None, client_id_metadata_document_supported=None)


def saved(folder: Path, data: Any) -> str:
    path = folder / "client.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (GOOD, Exit.CLEAN, "valid"),
        (changed(token_endpoint_auth_method=None), Exit.CLEAN, "valid-with-warnings"),
        (changed(client_secret="x"), Exit.FOUND, "invalid"),
        ("[]", Exit.FOUND, "invalid"),
        ("", Exit.FOUND, "invalid"),
    ],
)
def test_a_file(data: Any, code: Exit, word: str, start: Program, tmp_path: Path) -> None:
    path = saved(tmp_path, data)
    done = start("probe", "--cimd", path, "--at", ADDRESS)
    assert (done.returncode, done.stderr) == (code, "")
    found = checked(start("probe", "--cimd", path, "--at", ADDRESS, "--format", "json").stdout, "probe")
    (one,) = found["documents"]
    assert (one["verdict"], found["complete"], found["probes"]) == (word, True, [])
    assert bool(one["hosts"]) == (code is Exit.CLEAN)
    for check in one["findings"]:
        assert check in done.stdout


def test_a_file_of_an_unknown_address_is_good_where_it_says_that_it_is(start: Program, tmp_path: Path) -> None:
    path = saved(tmp_path, GOOD)
    said = " ".join(start("probe", "--cimd", path).stdout.split())
    assert f"can use it, at {ADDRESS} alone" in said
    assert "alone" not in start("probe", "--cimd", path, "--at", ADDRESS).stdout


def test_a_folder_is_no_document(start: Program, tmp_path: Path) -> None:
    done = start("probe", "--cimd", str(tmp_path))
    assert done.returncode == Exit.INCOMPLETE
    told = " ".join(done.stdout.split())
    assert "a folder, where a file is expected" in told
    assert "Give a file" in told
    assert "Docker" not in told


def test_an_address_is_called_once_and_said(start: Program) -> None:
    with site() as made:
        made.routes["GET", "/c.json"] = document(changed(client_id=f"{made.url}/c.json"))
        done = start("probe", "--cimd", f"{made.url}/c.json", "--cimd", f"{made.url}/c.json")
        assert done.returncode == Exit.FOUND
        assert done.stderr == f"connecting to {made.url}\n"
        assert made.lines == ["GET /c.json"]
        assert "D01" in done.stdout
        assert "D13" not in done.stdout


def test_a_document_that_is_published(start: Program, home: Path) -> None:
    with public(home) as (made, environ):
        url = f"{made.auth.url}/oauth/client.json"
        made.auth.routes["GET", "/oauth/client.json"] = document(changed(client_id=url))
        done = start("probe", "--cimd", url, "--format", "json", env=environ)
        (one,) = checked(done.stdout, "probe")["documents"]
        assert (done.returncode, one["verdict"], one["status"]) == (Exit.CLEAN, "valid", 200)


def test_nobody_answers(start: Program) -> None:
    done = start("probe", "--cimd", "https://127.0.0.1:9/c.json", "--format", "json")
    found = checked(done.stdout, "probe")
    assert found["documents"][0]["verdict"] == "invalid"  # this machine is no place for it, whoever answers
    done = start("probe", "--cimd", ADDRESS, "--format", "json", env={"HTTPS_PROXY": "http://127.0.0.1:9"})
    found = checked(done.stdout, "probe")
    assert (done.returncode, found["complete"]) == (Exit.INCOMPLETE, False)
    assert found["documents"][0]["verdict"] == "inconclusive"


WRONG = [
    ["--cimd", "nosuch.json"], ["--cimd", ADDRESS, "--at", ADDRESS], ["--cimd", "a", "--cimd", "b", "--at", ADDRESS],
    ["--cimd", "x", "--all"], ["--cimd", "x", "https://h.example/mcp"], ["--cimd", "x", "--register", "codex"],
    ["--cimd", "x", "--name", "y"], ["--cimd-for", "codex"], ["--cimd-for", "nosuch", "--at", ADDRESS],
    ["--cimd-for", "codex", "--at", ADDRESS], ["--cimd-for", "trae", "--at", ADDRESS], ["--at", ADDRESS],
    ["--cimd-for", "zed", "--at", "http://h.example/c.json"], ["--cimd-for", "zed", "--at", "https://h.example"],
    ["--cimd-for", "zed", "--at", "https://h.example/"], ["--cimd-for", "zed", "--at", "https://h.example/a/../c"],
    ["--cimd-for", "zed", "--at", "https://h.example/c?v=1"], ["--cimd-for", "zed", "--at", "https://h.example/c#x"],
    ["--cimd-for", "zed", "--at", "https://127.0.0.1/c"], ["--cimd-for", "zed", "--at", "https://169.254.1.1/c"],
    ["--cimd-for", "zed", "--at", "c.json"], ["--cimd-for", "zed", "--at", ADDRESS, "--cimd", "x"],
    ["--cimd-for", "zed", "--at", ADDRESS, "--port", "0"], ["--port", "3118", "https://h.example/mcp"],
    ["--cimd-for", "zed", "--at", ADDRESS, "--name", "a\nb"], ["--register", "codex"],
    ["https://h.example/mcp", "--register", "clade-code"],
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=[" ".join(each).replace(ADDRESS, "URL") for each in WRONG])
def test_usage(words: list[str], start: Program) -> None:
    done = start("probe", *words)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert "connecting" not in done.stderr
    assert len(done.stderr.splitlines()) >= 2


def test_a_host_that_is_nearly_named(start: Program) -> None:
    assert "Did you mean claude-code?" in start("probe", "https://h.example/mcp", "--register", "clade-code").stderr


def test_what_is_written_is_checked_as_valid(start: Program, tmp_path: Path) -> None:
    words = [
        "--cimd-for",
        "claude-code",
        "--cimd-for",
        "vscode",
        "--at",
        ADDRESS,
        "--port",
        "3118",
        "--name",
        "Tickets",
    ]
    done = start("probe", *words)
    assert (done.returncode, done.stderr) == (Exit.CLEAN, "")
    made = json.loads(done.stdout)
    assert (made["client_id"], made["client_name"]) == (ADDRESS, "Tickets")
    again = start("probe", "--cimd", saved(tmp_path, done.stdout), "--at", ADDRESS)
    assert again.returncode == Exit.CLEAN
    assert "could use it  Claude Code" in again.stdout


def test_a_host_that_cannot_be_put_in_is_named(start: Program) -> None:
    done = start("probe", "--cimd-for", "claude-code", "--cimd-for", "codex", "--at", ADDRESS)
    assert done.returncode == Exit.INCOMPLETE
    assert done.stderr.startswith("left out: Codex ")
    assert json.loads(done.stdout)["redirect_uris"] == ["http://localhost/callback"]


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--format", "json"]], ids=["short", "verbose", "json"])
@pytest.mark.parametrize(
    "data",
    [
        changed(client_secret=SECRET, client_name=SECRET), changed(token_endpoint_auth_method=SECRET),
        changed(redirect_uris=[f"https://u:{SECRET}@h.example/", f"https://h.example/?token={SECRET}"]),
        {"mcpServers": {"x": {"command": "x", "env": {"API_KEY": SECRET}}}}, {"client_id": SECRET, "api_key": SECRET},
        changed(jwks={"keys": [{"kty": "oct", "k": SECRET}]}),
    ],
)  # fmt: skip
def test_nothing_secret_is_shown_of_any_file(
    data: dict[str, Any], words: list[str], start: Program, tmp_path: Path
) -> None:
    done = start("probe", "--cimd", saved(tmp_path, data), *words)
    assert done.returncode in (Exit.CLEAN, Exit.FOUND)
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--format", "json"]], ids=["short", "verbose", "json"])
def test_what_it_says_cannot_rewrite_the_terminal(words: list[str], start: Program, tmp_path: Path) -> None:
    evil = "a\x1b[31m\u202e[bold]x[/bold]\x07"
    path = saved(tmp_path, changed(client_name=evil, redirect_uris=[f"x:{evil}", evil], client_uri=evil))
    shown = start("probe", "--cimd", path, *words).stdout
    text = json.dumps(json.loads(shown), ensure_ascii=False) if "json" in words else shown
    assert [char for char in ("\x1b", "\u202e", "\x07") if char in text] == []
    assert "[bold]" in text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_is_not_opened(start: Program, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = start("probe", "--cimd", str(tmp_path / "pipe"))
    assert done.returncode == Exit.INCOMPLETE
    assert "not a regular file" in done.stdout


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, home: Path, tmp_path: Path) -> None:
    begin = program(home, tmp_path / "bin", columns=width)
    with bed(BY_HAND) as made:
        hosts = [word for name in ("claude-code", "codex", "claude-desktop") for word in ("--register", name)]
        shown = begin("probe", made.url, *hosts).stdout
        shown += begin("probe", "--cimd", saved(tmp_path, changed(client_secret="x")), "--verbose").stdout
        shown += begin("probe", "--cimd", saved(tmp_path, GOOD), "--at", ADDRESS).stdout
        assert [line for line in shown.splitlines() if len(line) > width] == []
        assert len(shown.splitlines()) > 100


@pytest.mark.parametrize(
    ("change", "needed", "part"),
    [
        (BY_HAND, True, "http://localhost:8765/callback"),
        (None, False, "registers itself there"),
        (both(no_prm, challenge("ApiKey")), False, "offers no login"),
        (both(no_prm, opened), False, "asks for no login"),
        (endpoint(Reply(503)), None, "Register a client"),
    ],
    ids=["by hand", "itself", "key", "open", "down"],
)
def test_how_to_register(change: Any, needed: bool | None, part: str, start: Program) -> None:
    with bed(change) as made:
        done = start("probe", made.url, "--register", "claude-code", "--register", "cursor")
        assert "to log in from Claude Code:" in done.stdout
        assert "to log in from Cursor:" in done.stdout
        assert part in done.stdout
        found = checked(start("probe", made.url, "--register", "claude-code", "--format", "json").stdout, "probe")
        (one,) = found["probes"][0]["register"]
        assert (one["host"], one["needed"]) == ("claude-code", needed)
        assert part in "\n".join(one["steps"])


def test_explain_says_it_too(start: Program, home: Path) -> None:
    entry = {"command": "npx", "args": ["-y", "@roychri/mcp-server-asana"], "env": {"ASANA_ACCESS_TOKEN": SECRET}}
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"asana": entry}}))
    shown = start("explain", "asana").stdout
    assert "an MCP app in the Asana developer console" in shown
    (one,) = checked(start("explain", "asana", "--format", "json").stdout, "explain")["entries"]
    assert [each["host"] for each in one["register"]] == ["claude-code"]
    assert one["register"][0]["redirect_uris"] == ["http://localhost:8765/callback"]
    assert "`claude mcp login asana`" in shown
    assert SECRET not in shown


def test_explain_says_it_of_an_entry_that_is_there_already(start: Program, home: Path) -> None:
    entry = {"type": "http", "url": "https://mcp.box.com"}
    evil = "b\x1b[31m `ox"
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"box": entry, evil: entry}}))
    shown = start("explain", "box", evil).stdout
    assert shown.count("Register an OAuth app in the Box developer console.") == 2
    assert "\x1b" not in shown
    found = checked(start("explain", "--format", "json").stdout, "explain")["entries"]
    assert [each["register"][0]["needed"] for each in found] == [True, True]
