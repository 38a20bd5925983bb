"""The host's own login: what is run, what is relayed of it, and what is said where it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.rewriters.support import Bench, last_journal, running_in, write_json
from tests.scanner.test_remotes import npx
from tests.systems import filled
from unsprawl.rewriters import logins
from unsprawl.rewriters.logins import logged_in, standing_logins
from unsprawl.rewriters.program_on_terminal import run_shown
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.examine import ExaminedEntry

LINEAR = npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}")


@pytest.fixture
def folder(home: Path, bench: Bench) -> Path:
    """Where the host's program lies."""
    made = home / "bin"
    made.mkdir()
    bench.environ = {"PATH": f"{made}:/usr/bin:/bin", "HOME": str(home)}
    return made


def script(folder: Path, text: str, name: str = "claude") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def moved(bench: Bench, home: Path, name: str = "tickets") -> ExaminedEntry:
    config = write_json(home / ".claude.json", {name: {"type": "stdio", **filled(LINEAR, Random(1))}})
    outcomes, _ = bench.apply(bench.plan(config, target="oauth"))
    assert {outcome.status for outcome in outcomes} == {"done"}
    [examined] = bench.examined(config)
    return examined.entries[0]


def tried(
    bench: Bench, found: ExaminedEntry, answer: bool = True
) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """What came of it, what was asked, and what was relayed."""
    asked: list[str] = []
    lines: list[str] = []

    def ask(shown: str) -> bool:
        asked.append(shown)
        return answer

    return list(logged_in(found, bench.around, ask, lines.append)), asked, lines


def test_the_hosts_own_command_is_shown_and_run(bench: Bench, home: Path, folder: Path) -> None:
    script(folder, 'echo "$@"; printf "\\033[1mopen\\033[0m https://a.example/authorize?x=1\\n" >&2; pwd; cat')
    answers, asked, lines = tried(bench, moved(bench, home))
    assert answers == [("done", "Claude Code says that it has logged in")]
    assert asked == [f"{folder}/claude mcp login tickets"]
    assert lines == ["mcp login tickets", "open", "https://a.example/authorize?x=1", str(home)]


ANSWERS = [
    ("exit 3", "failed", "did not log in (exit code 3); in a terminal: `claude mcp login tickets`"),
    ("sleep 60", "failed", "did not finish the login in 1 s"),
    ("sleep 60 & echo done", "done", "says that it has logged in"),
    ("yes open open open", "failed", "did not finish"),
]


@pytest.mark.parametrize(("text", "status", "why"), ANSWERS)
def test_how_it_ends(
    bench: Bench, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, status: str, why: str
) -> None:
    monkeypatch.setattr(logins, "LOGIN_TIMEOUT_S", 1.0)
    script(folder, text)
    begun = time.monotonic()
    [(became, reason)], _, lines = tried(bench, moved(bench, home))
    assert (became, why in reason) == (status, True), reason
    assert time.monotonic() - begun < 20
    assert len(lines) <= 2000
    assert running_in(home) == []


def test_what_is_not_run(bench: Bench, home: Path, folder: Path) -> None:
    found = moved(bench, home)
    [(status, reason)], asked, _ = tried(bench, found)
    assert (status, asked) == ("todo", [])
    assert reason == "Claude Code is not on PATH: log in with `claude mcp login tickets`"
    script(folder, "touch started")
    [(status, reason)], asked, _ = tried(bench, found, answer=False)
    assert (status, reason) == ("todo", "not logged in: `claude mcp login tickets`")
    assert asked
    assert not (home / "started").exists()


def test_a_name_that_would_be_an_option(bench: Bench, home: Path, folder: Path) -> None:
    script(folder, "touch started")
    [(status, reason)], asked, _ = tried(bench, moved(bench, home, "--config=/etc/passwd"))
    assert (status, asked) == ("todo", [])
    assert "option" in reason


def test_no_shell_reads_the_name(bench: Bench, home: Path, folder: Path) -> None:
    script(folder, 'printf "%s\\n" "$3"')
    name = "a;touch started $(id)"
    _, asked, lines = tried(bench, moved(bench, home, name))
    assert lines == [name]
    assert asked == [f"{folder}/claude mcp login '{name}'"]
    assert not (home / "started").exists()


def test_which_entries_are_logins(bench: Bench, home: Path) -> None:
    found = moved(bench, home)
    assert standing_logins() == {(found.entry.path, "/mcpServers/tickets")}
    [(_, outcome)] = verify(bench.examined(Path(found.entry.path)), bench.around)
    assert outcome.status == "todo"
    assert "claude mcp login tickets" in outcome.reason
    undo(last_journal())
    assert standing_logins() == frozenset()


def test_a_damaged_journal_hides_no_other(bench: Bench, home: Path) -> None:
    found = moved(bench, home)
    last_journal().path.with_name("20200101-000000-000000.json").write_text("{")
    assert standing_logins() == {(found.entry.path, "/mcpServers/tickets")}
    assert [outcome.status for _, outcome in verify(bench.examined(Path(found.entry.path)), bench.around)] == ["todo"]


def test_what_cannot_be_started(home: Path) -> None:
    assert run_shown([str(home / "nosuch")], dict(os.environ), str(home), print, 5) == 127


def test_on_a_terminal_the_host_has_the_terminal(home: Path) -> None:
    """Claude Code asks for one. What it says goes where people look, and never into a report on stdout."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    code = (
        "import os, sys; from unsprawl.rewriters.program_on_terminal import run_shown; "
        "words = ['sh', '-c', 'test -t 0 && test -t 1 && echo asks; exit 4']; "
        "sys.exit(run_shown(words, dict(os.environ), '.', print, 20))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, cwd=home, timeout=60
    )
    os.close(theirs)
    shown = os.read(ours, 1000)
    os.close(ours)
    assert (done.returncode, done.stdout) == (4, b"")
    assert shown.strip() == b"asks"
