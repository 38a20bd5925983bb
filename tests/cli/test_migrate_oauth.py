"""`migrate --to oauth` as people type it: what is said, what is left to do, and what the options refuse."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.rewriters.support import secret
from tests.systems import filled
from unsprawl.scanner.errors import Exit

pty = pytest.importorskip("pty")
from tests.cli.terminal import Terminal  # noqa: E402


def npx(*words: str, **env: str) -> dict[str, Any]:
    return {"command": "npx", "args": ["-y", *words], "env": env}


SERVERS: dict[str, Any] = {
    "linear": npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}"),
    "supabase": npx("@supabase/mcp-server-supabase", "--project-ref=abc", SUPABASE_ACCESS_TOKEN="sbp_{h:40}"),
    "ref": npx("ref-tools-mcp", REF_API_KEY="{an:40}"),
    "tickets": {"url": "https://tickets.example.com/mcp", "headers": {"Authorization": "Bearer glpat-{an:20}"}},
}


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin")


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    lines = []
    for name, entry in filled(SERVERS, Random(7)).items():
        lines += [f"[mcp_servers.{name}]", *(f"{key} = {json.dumps(entry[key])}" for key in ("command", "args", "url")
                                             if key in entry)]  # fmt: skip
        table = "env" if "env" in entry else "http_headers"
        held = entry.get("env") or entry["headers"]
        lines += [f"[mcp_servers.{name}.{table}]", *(f"{key} = {json.dumps(text)}" for key, text in held.items()), ""]
    path.write_text("\n".join(lines))
    return path


def values() -> list[str]:
    entries = filled(SERVERS, Random(7)).values()
    return [text for entry in entries for text in (entry.get("env") or entry["headers"]).values()]


def clean(done: Any) -> str:
    said = str(done.stdout + done.stderr)
    assert not [value for value in values() if value in said]
    return said


def test_what_is_sure_is_moved_and_the_rest_told(start: Program, config: Path) -> None:
    before = config.read_bytes()
    done = start("migrate", "--to", "oauth", "--yes")
    said = clean(done)
    assert done.returncode == Exit.FOUND
    text = config.read_text()
    assert text.startswith('[mcp_servers.linear]\nurl = "https://mcp.linear.app/mcp"\n')
    assert '[mcp_servers.supabase]\nurl = "https://mcp.supabase.com/mcp?project_ref=abc"\n' in text
    assert "only if you say so: nobody has confirmed the remote" in said
    assert "--to oauth --entry ref" in said
    assert "If it offers a login (`unsprawl probe tickets` tells), say so: `--to oauth --remote tickets`" in said
    todo = said[said.index("Now it is your turn:") :]
    login, restart, revoke = (todo.index(word) for word in ("codex mcp login linear", "restart Codex", "revoke the"))
    assert restart < login < revoke
    assert "after the first good login, revoke the" in todo

    listed = start("migrate", "--status")
    assert "after the first good login, revoke the" in clean(listed)

    verified = start("verify")
    assert verified.returncode == Exit.INCOMPLETE
    assert "no login was tried here: codex mcp login linear" in clean(verified)

    assert start("undo", "--yes").returncode == Exit.CLEAN
    assert config.read_bytes() == before


def test_who_still_has_a_key_is_told_before_it_is_revoked(start: Program, config: Path, home: Path) -> None:
    """A key in two hosts, of which one stays: revoked for the first, the second would stop."""
    entry = {**filled(SERVERS, Random(7))["linear"], "command": "npx", "args": ["-y", "something-else"]}
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": {"mine": entry}}))
    done = start("migrate", "--to", "oauth", "--yes")
    todo = clean(done)[done.stdout.index("Now it is your turn:") :]
    stops, revoke = (
        todo.index(word) for word in ("or it stops when you revoke that: mine (Cursor)", "revoke the Linear")
    )
    assert stops < revoke


def test_naming_entries_and_addresses(start: Program, config: Path) -> None:
    words = ["--entry", "ref", "--entry", "tickets", "--remote", "tickets"]
    done = start("migrate", "--to", "oauth", *words, "--yes", "--format", "json")
    clean(done)
    assert done.returncode == Exit.CLEAN
    document = json.loads(done.stdout)
    assert [(each["entry"], each["status"]) for each in document["outcomes"]] == [("ref", "done"), ("tickets", "done")]
    assert '[mcp_servers.tickets]\nurl = "https://tickets.example.com/mcp"\n' in config.read_text()


def test_a_plan_is_requested_again_as_it_was(start: Program, config: Path, home: Path) -> None:
    words = ["migrate", "--to", "oauth", "--remote", "tickets"]
    written = start(*words, "--plan-out", "plan.json")
    assert "--remote tickets" in clean(written)
    before = config.read_bytes()
    refused = start("migrate", "--to", "oauth", "--plan", "plan.json", "--yes")
    assert refused.returncode == Exit.FOUND
    assert b"tickets.example.com" in config.read_bytes()
    assert start("undo", "--yes").returncode == Exit.CLEAN
    assert config.read_bytes() == before
    done = start(*words, "--plan", "plan.json", "--yes")
    clean(done)
    assert done.returncode == Exit.CLEAN
    assert b"glpat-" not in config.read_bytes()


def test_a_policy_may_forbid_it(start: Program, config: Path, home: Path) -> None:
    (home / "p.yaml").write_text("version: 1\ntargets: [run]\n")
    done = start("migrate", "--to", "oauth", "--yes", "--policy", "p.yaml")
    assert done.returncode == Exit.NOT_APPLIED
    assert "the policy does not allow it" in clean(done)
    (home / "p.yaml").write_text("version: 1\ntargets: [oauth]\n")
    done = start("migrate", "--to", "oauth", "--entry", "linear", "--yes", "--policy", "p.yaml")
    assert done.returncode == Exit.CLEAN


WRONG = [
    (["--remote", "linear=https://a.example/mcp"], "--remote is for `--to oauth`"),
    (["--client-id", "linear=a"], "--client-id is for `--to oauth`"),
    (["--to", "run", "--remote", "linear"], "--remote is for `--to oauth`"),
    (["--to", "oauth", "--remote", "=https://a.example/mcp"], "names no entry"),
    (["--to", "oauth", "--remote", "linear", "--remote", "linear"], "names one entry twice"),
    (["--to", "oauth", "--remote", "nosuch"], "no such entry: nosuch"),
    (["--to", "oauth", "--remote", "linear=http://a.example/mcp"], "plain http"),
    (["--to", "oauth", "--remote", "linear=ftp://a.example/mcp"], "has the scheme ftp:"),
    (["--to", "oauth", "--remote", "linear=javascript:alert(1)"], "has the scheme javascript:"),
    (["--to", "oauth", "--remote", "linear=https://me:pw@a.example/mcp"], "has a user name in it"),
    (["--to", "oauth", "--remote", "linear=https://a.example/{organization}/mcp"], "still to be filled in"),
    (["--to", "oauth", "--remote", "linear=https://a.example/mcp?api_key=@@GITHUB@@"], "holds a credential"),
    (["--to", "oauth", "--remote", "linear=https://a.example/@@GITHUB@@/mcp"], "holds a credential"),
    (["--to", "oauth", "--client-id", "linear=a b"], "no id of a client"),
    (["--to", "oauth", "--callback-port", "linear=8765"], "no client is said to be registered"),
    (["--to", "oauth", "--client-id", "linear=a", "--callback-port", "linear=70000"], "no port"),
    (["--to", "oauth", "--client-id", "linear="], "no id of a client"),
    (["--to", "oauth", "--client-id", "linear=@@GITHUB@@"], "looks like a secret"),
    (["--to", "oauth", "--remote", "linear", "--status"], "does not go with"),
]


@pytest.mark.parametrize(("words", "why"), WRONG)
def test_what_cannot_be_said(start: Program, config: Path, words: list[str], why: str) -> None:
    before = config.read_bytes()
    done = start("migrate", *(word.replace("@@GITHUB@@", secret()) for word in words), "--yes")
    assert done.returncode == Exit.USAGE
    assert why in done.stderr, done.stderr
    assert secret() not in clean(done)
    assert "Traceback" not in done.stderr
    assert config.read_bytes() == before


def test_asked_entry_by_entry(start: Program, config: Path) -> None:
    """What is shown and answered is as good as named; `a` answers nothing that nobody has seen."""
    with Terminal(start, "migrate", "--to", "oauth", columns=120) as terminal:
        for number, key in enumerate("nny", 1):
            terminal.until(r"Move it\?  .*\[\?\] help  ", number)
            terminal.press(key)
        code = terminal.end()
        shown = terminal.shown
    assert code == Exit.FOUND
    assert "mind: nobody has confirmed the remote" in shown
    assert "goes to the login of Ref at https://api.ref.tools/mcp" in shown
    assert '[mcp_servers.ref]\nurl = "https://api.ref.tools/mcp"\n' in config.read_text()
    assert start("undo", "--yes").returncode == Exit.CLEAN

    with Terminal(start, "migrate", "--to", "oauth", columns=120) as terminal:
        terminal.until(r"Move it\?  .*\[\?\] help  ", 1)
        terminal.press("a")
        terminal.end()
    text = config.read_text()
    assert "mcp.linear.app" in text
    assert "api.ref.tools" not in text
