"""What a scan pays for before it begins: a report for machines loads nothing that only people need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import program
from unsprawl.scanner.report.formats import FORMATS

_NEVER = ("yaml", "jsonschema", "httpx", "keyring", "mcp", "pyrage", "tree_sitter", "tree_sitter_toml", "asyncio")
_TOLD = """
import atexit
atexit.register(lambda: open({path!r}, "w").write(" ".join(sys.modules)))
"""


@pytest.mark.parametrize("name", FORMATS)
def test_modules(name: str, home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    config = {"mcpServers": {"gh": {"command": "x", "env": {"GITHUB_TOKEN": github(1)}}}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps(config))
    told = tmp_path / "modules"
    start = program(home, tmp_path / "bin", extra=_TOLD.format(path=str(told)))
    assert start("scan", "--format", name).returncode == 1
    loaded = {module.partition(".")[0] for module in told.read_text().split()}
    assert "unsprawl" in loaded
    assert [module for module in _NEVER if module in loaded] == []
    assert ("rich" in loaded) == (name == "terminal")
    assert ("csv" in loaded) == (name == "csv")


def test_a_commit_of_configuration_loads_no_reader_of_programs(home: Path, tmp_path: Path) -> None:
    told = tmp_path / "modules"
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".mcp.json").write_text(json.dumps({"mcpServers": {"gh": {"command": "x", "env": {}}}}))
    start = program(home, tmp_path / "bin", extra=_TOLD.format(path=str(told)))
    assert start("hook", ".mcp.json", cwd=tmp_path / "project").returncode == 0
    loaded = told.read_text().split()
    assert [name for name in loaded if ".documents." in name or name.endswith("bundle_code")] == []


def test_git_is_started_before_what_examines_files_is_loaded() -> None:
    told = "import sys, unsprawl.cli.scan_command, unsprawl.scanner.history.scan; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()
    heavy = ("unsprawl.rules.bundle", "unsprawl.scanner.examine", "unsprawl.scanner.scan", "unsprawl.scanner.walk")
    assert "unsprawl.scanner.history.begin" in loaded
    assert [module for module in heavy if module in loaded] == []
