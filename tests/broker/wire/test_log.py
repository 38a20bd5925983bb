"""The audit log: whole lines from many writers, bounded files, and what one reads of it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.broker.wire.running import SOURCE
from tests.cli.program import Program, program
from unsprawl.broker.wire import log
from unsprawl.broker.wire.log import AuditLog, Follower, read
from unsprawl.broker.wire.model import Event, Happening
from unsprawl.scanner.errors import Exit

SENT = Event(Happening.SENT, "api.vendor.example:443", "GET", 200, ("TOKEN",))
STOPPED = Event(Happening.STOPPED, "evil.example:443", "POST", 403, ("TOKEN",), "a placeholder that was encoded")


@pytest.fixture
def folder(home: Path) -> Path:
    return log.log_folder()


def test_a_line_is_what_happened(folder: Path) -> None:
    AuditLog("server-1").write(SENT)
    (line,) = read()
    assert line[3:] == ("sent", "api.vendor.example:443", "GET", 200, ("TOKEN",), "")
    assert line.ref == "server-1"
    written = json.loads((folder / "sent.jsonl").read_text())
    assert written == json.loads(log.as_json(line))
    assert set(written) == {
        *("schema_version", "at", "ref", "run", "what", "host", "method", "status", "variables", "reason")
    }


def test_files_and_folder_are_private(folder: Path) -> None:
    before = os.umask(0)
    try:
        AuditLog("server-1").write(SENT)
        AuditLog("server-1").write(STOPPED)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in sorted(folder.iterdir())]
    assert modes == [0o600, 0o600]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_flood_of_requests_pushes_out_nothing_that_was_stopped(folder: Path) -> None:
    writer = AuditLog("server-1", full=2000)
    writer.write(STOPPED)
    for _ in range(300):
        writer.write(SENT)
    lines = read()
    assert [line.what for line in lines].count("stopped") == 1
    assert 10 < len(lines) < 100
    names = {"sent.jsonl.1", "sent.jsonl.2", "sent.jsonl.3", "sent.jsonl.4", "stopped.jsonl"}
    assert {path.name for path in folder.iterdir()} - {"sent.jsonl"} == names
    assert all(path.stat().st_size < 2500 for path in folder.iterdir())


def test_many_runs_write_at_once(folder: Path) -> None:
    """Processes and threads, across many turns of the file: no line is cut or mixed, and none of the last is lost."""
    code = f"""
import sys; sys.path.insert(0, {str(SOURCE)!r})
from unsprawl.broker.wire.log import AuditLog
from unsprawl.broker.wire.model import Event, Happening
log = AuditLog("run-" + sys.argv[1], full=100_000)
for n in range(200):
    log.write(Event(Happening.SENT, "h" * 150, "GET", n))
assert not log.failed
"""
    environ = {"HOME": os.environ["HOME"], "PATH": os.defpath}
    runs = [subprocess.Popen([sys.executable, "-I", "-c", code, str(n)], env=environ) for n in range(4)]
    own = AuditLog("own", full=100_000)
    threads = [threading.Thread(target=lambda: [own.write(SENT) for _ in range(100)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.wait(60) for run in runs] == [0, 0, 0, 0]
    texts = [text for path in folder.iterdir() for text in path.read_text().splitlines()]
    assert len([json.loads(text) for text in texts]) == 4 * 200 + 3 * 100
    assert len(read()) == len(texts)
    assert sorted(line.status for line in read("run-2")) == list(range(200))


def test_what_cannot_be_written_is_told_and_raises_nothing(home: Path) -> None:
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/unsprawl").write_text("no folder")
    writer = AuditLog("server-1")
    writer.write(SENT)
    assert writer.failed


def test_a_log_that_is_a_link_is_not_followed(folder: Path, home: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    elsewhere = home / "elsewhere"
    (folder / "sent.jsonl").symlink_to(elsewhere)
    writer = AuditLog("server-1")
    writer.write(SENT)
    assert writer.failed
    assert not elsewhere.exists()


def test_lines_that_are_not_ours_are_left_out(folder: Path) -> None:
    AuditLog("server-1").write(SENT)
    with (folder / "sent.jsonl").open("ab") as file:
        file.write(b'\n{}\n[1]\n"x"\n{"schema_version": 2}\n\xff\xfe\n{"schema_version": 1, "at": 7}\n{"cut')
    assert len(read()) == 1


def test_long_texts_of_a_client_are_cut() -> None:
    AuditLog("server-1").write(Event(Happening.TUNNELLED, "h" * 100_000, "M" * 100_000, 200, (), "r" * 100_000))
    (line,) = read()
    assert max(map(len, (line.host, line.method, line.reason))) <= 256


def test_following(folder: Path) -> None:
    writer = AuditLog("server-1", full=1000)
    writer.write(SENT)
    follower = Follower()
    assert follower.new() == []
    writer.write(STOPPED)
    assert [line.what for line in follower.new()] == ["stopped"]
    for number in range(7):
        writer.write(Event(Happening.SENT, status=number))
        if number % 2:
            assert [line.status for line in follower.new()] == [number - 1, number]
    assert [line.status for line in follower.new()] == [6]
    with (folder / "sent.jsonl").open("ab") as file:
        file.write(b'{"schema_version":1')
    assert follower.new() == []


# The command.


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin", columns=80)


def logged(ref: str = "server-abcd2345") -> None:
    writer = AuditLog(ref)
    for event in (
        Event(Happening.STARTED, variables=("GITHUB_PERSONAL_ACCESS_TOKEN",)),
        SENT,
        STOPPED,
        Event(Happening.REFUSED, status=407, reason="a client without the credential of this run"),
        Event(Happening.TUNNELLED, "registry.example:8443", "CONNECT", 200),
        Event(Happening.ENDED),
    ):
        writer.write(event)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_table_newest_last(columns: str, start: Program) -> None:
    logged()
    done = start("vault", "log", env={"COLUMNS": columns})
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert lines[0].endswith("(UTC)")
    whose = "({})".format if columns == "120" else "{}".format  # on a line of their own
    words = " ".join(" ".join(lines[1:]).split())
    for time in {line[:8] for line in lines if line[:1].isdigit() and line[2] == ":"}:
        words = words.replace(time, "|")
    assert words.split("| server-abcd2345 ")[1:] == [
        f"started {whose('GITHUB_PERSONAL_ACCESS_TOKEN')} ",
        f"sent GET 200 api.vendor.example {whose('TOKEN')} ",
        f"STOPPED POST 403 evil.example {whose('TOKEN')} a placeholder that was encoded ",
        "REFUSED 407 a client without the credential of this run ",
        "tunnelled CONNECT 200 registry.example:8443 ",
        "ended",
    ]
    at = {line.index("api.vendor") for line in lines if "api.vendor" in line}
    assert at == {line.index("a placeholder") for line in lines if "a placeholder" in line}


def test_of_one_record(start: Program) -> None:
    logged("one-abcd2345")
    logged("two-abcd2345")
    done = start("vault", "log", "two-abcd2345", "--last", "2")
    assert "one-" not in done.stdout
    assert [line.split()[1] for line in done.stdout.splitlines()[1:]] == ["tunnelled", "ended"]
    assert "4 older lines" in done.stderr


def test_what_a_client_says_is_harmless(start: Program) -> None:
    nasty = "\x1b]0;t\x07evil\u202e\n2026-01-01 fake [red]x[/red]"
    AuditLog("server-abcd2345").write(Event(Happening.STOPPED, nasty + "x" * 300, "G\x1b[2J", 403, (), nasty))
    done = start("vault", "log")
    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert "fake [red]" in done.stdout
    assert not any(line.startswith("2026-01-01") for line in done.stdout.splitlines())
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_is_a_line_each(start: Program) -> None:
    logged()
    done = start("vault", "log", "--format", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["what"] for line in lines] == ["started", "sent", "stopped", "refused", "tunnelled", "ended"]
    assert lines[1].items() >= {"schema_version": 1, "status": 200, "variables": ["TOKEN"]}.items()


def test_an_empty_log(start: Program) -> None:
    done = start("vault", "log")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing is logged yet" in done.stderr
    unknown = start("vault", "log", "gone-12345678")
    assert unknown.returncode == Exit.NOT_APPLIED
    assert "there is no vault record" in unknown.stderr


def test_follow_goes_on_until_it_is_interrupted(start: Program, home: Path) -> None:
    logged()
    words = [str(start.path), "vault", "log", "--follow", "--last", "1", "--format", "json"]
    with subprocess.Popen(
        words, env=start.environ, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["what"] == "ended"
        AuditLog("server-abcd2345").write(STOPPED)
        assert json.loads(process.stdout.readline())["what"] == "stopped"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
