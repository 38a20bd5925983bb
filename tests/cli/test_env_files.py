"""Environment files through the commands: told, left as they are, never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program
from unsprawl.scanner.errors import Exit

TOKEN = github(300)


@pytest.fixture
def files(home: Path) -> tuple[Path, Path]:
    """A user's configuration and the environment file that it names."""
    server = {"command": "/bin/cat", "envFile": "${userHome}/keys/x.env"}
    config, named = home / ".cursor" / "mcp.json", home / "keys" / "x.env"
    for path in (config, named):
        path.parent.mkdir()
    config.write_text(json.dumps({"mcpServers": {"x": server}}))
    named.write_text(f"GITHUB_TOKEN={TOKEN}\n")
    named.chmod(0o600)
    return config, named


def test_scan_names_the_file_and_the_server(start: Program, files: tuple[Path, Path]) -> None:
    done = start("scan", "--format", "json")
    assert done.returncode == Exit.FOUND
    assert TOKEN not in done.stdout + done.stderr
    report = json.loads(done.stdout)
    (finding,) = report["findings"]
    assert finding["place"]["path"].endswith("keys/x.env")
    assert (finding["entry"], finding["slot"]) == ("x", {"kind": "file", "key": "GITHUB_TOKEN"})
    assert report["complete"]


def test_migrate_leaves_it_and_says_why(start: Program, files: tuple[Path, Path]) -> None:
    before = [path.read_bytes() for path in files]
    done = start("migrate", "--yes", "--format", "json")
    assert TOKEN not in done.stdout + done.stderr
    (stays,) = json.loads(done.stdout)["plan"]["refusals"]
    assert (stays["entry"], stays["pointer"]) == ("x", "/GITHUB_TOKEN")
    assert stays["reason"] == "it stands in an environment file that the entry names"
    assert stays["hint"]
    shown = start("migrate", "--dry-run")
    assert "stays  x  file GITHUB_TOKEN" in shown.stdout
    assert "it stands in an environment file that the entry names" in shown.stdout
    assert [path.read_bytes() for path in files] == before


def test_no_command_shows_it(start: Program, files: tuple[Path, Path]) -> None:
    for words in ([], ["scan"], ["scan", "--verbose"], ["scan", "--format", "csv"], ["verify"], ["hosts"]):
        done = start(*words)
        assert TOKEN not in done.stdout + done.stderr, words
        assert "Traceback" not in done.stderr, words
