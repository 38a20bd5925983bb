"""Each exit code of the README, from a real process; and what must not look like one of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from tests.git import git
from unsprawl.scanner.errors import Exit

README = Path(__file__).parents[2] / "README.md"
TOKEN = github(200)
SLOW = """
import time
import unsprawl.scanner.scan as scan
scan.run_scan = lambda *arguments: (print("ready", flush=True), time.sleep(60))
"""
BOOM = """
import unsprawl.scanner.scan as scan
def _fault(*arguments): raise {error}
scan.run_scan = _fault
"""


def config(path: Path, token: str = TOKEN) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    server = {"command": "/bin/cat", "env": {"GITHUB_TOKEN": token}}
    path.write_text(json.dumps({"mcpServers": {"github": server}}))


def test_0_clean(start: Program, home: Path) -> None:
    assert start("scan").returncode == Exit.CLEAN
    config(home / ".cursor" / "mcp.json", "${env:GITHUB_TOKEN}")
    for words in (
        [],
        ["scan"],
        ["scan", str(home)],
        ["hosts"],
        ["hook", ".cursor/mcp.json"],
        ["migrate", "--yes"],
        ["undo"],
    ):
        assert start(*words).returncode == Exit.CLEAN, words


def test_1_found(start: Program, home: Path) -> None:
    config(home / ".cursor" / "mcp.json")
    for words in ([], ["scan"], ["scan", "--quiet"], ["hook", ".cursor/mcp.json"], ["migrate", "--dry-run"]):
        assert start(*words).returncode == Exit.FOUND, words


def test_1_something_was_moved_and_something_stays(start: Program, home: Path) -> None:
    config(home / "project" / ".mcp.json")
    broken = home / "project" / ".cursor" / "mcp.json"
    config(broken)
    broken.write_text(broken.read_text() + "}")
    done = start("migrate", str(home / "project"), "--yes")
    assert (done.returncode, "stays" in done.stdout) == (Exit.FOUND, True), done.stdout


def test_0_everything_was_moved_and_1_afterwards_verify_misses_it(start: Program, home: Path) -> None:
    config(home / "project" / ".mcp.json")
    project = home / "project"
    assert start("migrate", "--to", "run", "--yes", str(project)).returncode == Exit.CLEAN
    assert start("verify", "--path", str(project), cwd=project).returncode == Exit.CLEAN
    assert start("undo", "--yes").returncode == Exit.CLEAN
    assert start("verify", "github", "--path", str(project)).returncode == Exit.FOUND


@pytest.mark.parametrize(
    "words",
    [
        ["nosuch"],
        ["scan", "--nosuch"],
        ["scan", "--format", "xml"],
        ["scan", "--format"],
        ["scan", "--output", "."],
        ["scan", "--output", "nosuch/report.json"],
        ["scan", "--output", ".cursor/mcp.json"],
        ["hosts", "extra"],
        ["hook", "--fast"],
        ["undo", "x", "--all"],
        ["verify", "nosuch"],
        ["migrate", "--entry", "nosuch"],
        ["migrate", "--to", "nosuch"],
        ["vault"],
        ["vault", "nosuch"],
        ["run"],
        ["run", "x"],
    ],
    ids=" ".join,
)
def test_2_usage(words: list[str], start: Program) -> None:
    done = start(*words)
    assert done.returncode == Exit.USAGE
    assert done.stdout == ""
    assert done.stderr != ""


def test_3_incomplete(start: Program, home: Path) -> None:
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text('{"mcpServers": ')
    for words in ([], ["scan"], ["scan", "--strict"], ["hosts"], ["hook", ".cursor/mcp.json"], ["migrate"], ["verify"]):
        done = start(*words)
        assert done.returncode == Exit.INCOMPLETE, (words, done.stdout, done.stderr)
    assert start("scan", "nosuch.json").returncode == Exit.INCOMPLETE


def test_1_beats_3_but_not_under_strict(start: Program, home: Path) -> None:
    config(home / ".cursor" / "mcp.json")
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text('{"mcpServers": ')
    assert start("scan").returncode == Exit.FOUND
    assert start("scan", "--strict").returncode == Exit.INCOMPLETE
    assert json.loads(start("scan", "--format", "json").stdout)["complete"] is False


def test_4_not_applied(start: Program, home: Path) -> None:
    path = home / ".cursor" / "mcp.json"
    config(path)
    before = path.read_bytes()
    for words in (["migrate"], ["undo", "nosuch"], ["vault", "remove", "nosuch"], ["run", "nosuch", "--", "cat"]):
        done = start(*words)
        assert done.returncode == Exit.NOT_APPLIED, (words, done.stderr)
    assert path.read_bytes() == before


@pytest.mark.parametrize("error", ["ValueError({!r})", "RecursionError({!r})", "MemoryError({!r})", "OSError(2, {!r})"])
def test_70_a_bug_tells_nothing_of_a_file(error: str, home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin", extra=BOOM.format(error=error.format("the text " + TOKEN)))
    done = start("scan")
    assert (done.returncode, done.stdout) == (Exit.BUG, "")
    assert "a bug in unsprawl" in done.stderr
    assert "scan_command.py" in done.stderr
    for word in ("Traceback", "the text", TOKEN):
        assert word not in done.stderr


def test_130_interrupted(home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin", extra=SLOW)
    with subprocess.Popen(
        [str(start.path), "scan"], env=start.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors.strip()) == (Exit.INTERRUPTED, "unsprawl: interrupted")


@pytest.mark.parametrize("redirect", ["", "2>&1"])
@pytest.mark.parametrize("words", ["scan", "scan --format json", "hosts --all", "--help", "undo --list", "vault list"])
def test_a_closed_pipe_is_no_error(words: str, redirect: str, home: Path, tmp_path: Path) -> None:
    for number in range(200):
        config(home / ".claude" / "plugins" / str(number) / ".mcp.json", github(number))
    start = program(home, tmp_path / "bin")
    script = f"unsprawl {words} {redirect} | head -1"
    done = subprocess.run(
        ["bash", "-c", script], env=start.environ, cwd=home, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) <= 1


def test_a_reader_that_never_reads(home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [str(start.path), "hosts", "--all"], env=start.environ, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (Exit.INTERRUPTED, b"")


def test_a_folder_that_is_gone(start: Program, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"cd {gone}; rmdir {gone}; exec unsprawl scan"
    done = subprocess.run(["sh", "-c", script], env=start.environ, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.NOT_APPLIED
    assert "does not exist any more" in done.stderr


def test_the_hook_stops_a_commit_and_lets_a_clean_one_pass(start: Program, home: Path) -> None:
    repository = home / "work"
    config(repository / ".mcp.json")
    git(repository, "init", "-q")
    git(repository, "add", ".")
    config(repository / ".mcp.json", "${GITHUB_TOKEN}")  # what is staged counts
    assert start("hook", ".mcp.json", cwd=repository).returncode == Exit.FOUND
    git(repository, "add", ".")
    assert start("hook", ".mcp.json", cwd=repository).returncode == Exit.CLEAN


def test_readme_and_help_show_the_table() -> None:
    section = README.read_text(encoding="utf-8").split("## Exit codes")[1].split("##")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == [code.value for code in Exit]
    from unsprawl.cli.app import EPILOG

    assert [int(code) for code in re.findall(r"\b(\d+) ", EPILOG)] == [code.value for code in Exit]
