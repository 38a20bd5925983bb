"""`scan --output FILE`: written whole or not at all, over nothing that matters, with the exit code of the scan."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from unsprawl.cli.delivery import deliver, destination
from unsprawl.scanner.errors import Exit, NotApplied, UsageError
from unsprawl.scanner.report.formats import FORMATS
from unsprawl.scanner.surroundings import Surroundings


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    (home / ".cursor").mkdir()
    config = {"mcpServers": {"gh": {"command": "x", "env": {"GITHUB_TOKEN": github(1)}}}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps(config))
    return program(home, tmp_path / "bin")


@pytest.mark.parametrize("name", FORMATS)
def test_the_file_holds_what_stdout_would(name: str, start: Program, home: Path) -> None:
    shown = start("scan", "--format", name)
    done = start("scan", "--format", name, "--output", "report")
    assert (done.returncode, done.stdout) == (Exit.FOUND, "")
    assert done.stderr == "unsprawl: the report is in report (findings: 1, problems: 0)\n"
    assert (home / "report").read_text() == shown.stdout
    assert [path.name for path in home.iterdir() if path.name.endswith(".tmp")] == []
    dash = start("scan", "--format", name, "--output", "-")
    assert (dash.stdout, dash.stderr) == (shown.stdout, "")


def test_quiet_writes_the_file_and_says_nothing(start: Program, home: Path) -> None:
    done = start("scan", "--quiet", "-o", "report")
    assert (done.returncode, done.stdout, done.stderr) == (Exit.FOUND, "", "")
    assert "critical" in (home / "report").read_text()


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
@pytest.mark.parametrize(("before", "after"), [(None, 0o640), (0o600, 0o600), (0o644, 0o644)])
def test_rights(before: int | None, after: int, start: Program, home: Path) -> None:
    """New files as the user's umask has it; an existing one keeps its own."""
    report = home / "report"
    if before is not None:
        report.write_text("old")
        report.chmod(before)
    command = ["/bin/sh", "-c", f"umask 027; '{start.path}' scan -o report"]
    subprocess.run(command, env=start.environ, cwd=home, check=False, capture_output=True)
    assert stat.S_IMODE(report.stat().st_mode) == after
    assert "critical" in report.read_text()


def test_a_link_stays_one(start: Program, home: Path) -> None:
    (home / "real").write_text("old")
    (home / "link").symlink_to("real")
    start("scan", "-o", "link")
    assert (home / "link").is_symlink()
    assert "critical" in (home / "real").read_text()


def test_devices_and_pipes_are_written_to(start: Program, home: Path) -> None:
    done = start("scan", "--format", "json", "-o", "/dev/stdout")
    assert json.loads(done.stdout)["findings"]
    command = ["/bin/bash", "-c", f"'{start.path}' scan --format json -o >(cat >got); wait $!"]
    subprocess.run(command, env=start.environ, cwd=home, check=False, capture_output=True)
    assert json.loads((home / "got").read_text())["findings"]


@pytest.mark.parametrize("file", [".", "folder", "folder/", "new/", "nosuch/report", ""])
def test_no_place_for_a_file(file: str, start: Program, home: Path) -> None:
    """Said before anything is scanned, so nothing is on stdout."""
    (home / "folder").mkdir()
    done = start("scan", "--format", "json", "--output", file)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert "--output" in done.stderr


@pytest.mark.parametrize("file", [".cursor/mcp.json", "new/.mcp.json", "link"])
def test_never_over_what_a_host_reads(file: str, start: Program, home: Path) -> None:
    (home / "new").mkdir()
    (home / "link").symlink_to(".cursor/mcp.json")
    before = (home / ".cursor" / "mcp.json").read_bytes()
    done = start("scan", "--output", file)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert "an MCP host reads this file" in done.stderr
    assert (home / ".cursor" / "mcp.json").read_bytes() == before


@pytest.mark.parametrize("fault", ["write", "replace"])
def test_a_failed_write_leaves_the_old_file(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "report"
    report.write_text("old")
    to = destination("report", Surroundings(str(tmp_path), str(tmp_path), {}))
    assert to is not None

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync" if fault == "write" else "replace", full)
    with pytest.raises(NotApplied, match="No space left"):
        deliver(["new"], to, exact=True)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report"]
    assert report.read_text() == "old"


def test_a_fault_of_the_folder_is_told_with_its_exit_code(start: Program, home: Path) -> None:
    locked = home / "locked"
    locked.mkdir(mode=0o500)
    done = start("scan", "-o", "locked/report")
    if os.geteuid() != 0:
        assert (done.returncode, "cannot be written" in done.stderr) == (Exit.NOT_APPLIED, True)
    assert start("scan", "-o", "/dev/full").returncode == Exit.NOT_APPLIED


def test_a_usage_error_names_no_secret(start: Program) -> None:
    done = start("scan", "--output", f"{github(9)}/x")
    assert done.returncode == Exit.USAGE
    assert github(9) not in done.stderr


def test_destination_on_stdout() -> None:
    around = Surroundings("/", "/", {})
    assert destination(None, around) is None
    assert destination("-", around) is None
    with pytest.raises(UsageError):
        destination("/", around)
