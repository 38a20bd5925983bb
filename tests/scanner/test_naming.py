"""What fingerprints call a file: the same from wherever a scan starts, for the hook too, and one name for one file."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from random import Random

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.commit_check import check
from unsprawl.scanner.commit_files import named_files
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import run_scan
from unsprawl.scanner.sources import naming
from unsprawl.scanner.sources.naming import FileNames
from unsprawl.scanner.surroundings import Surroundings

TOKEN = expand("ghp_{an:30}{chk}", Random(31), Checksum("crc32-base62", 6, 4))


def put(path: Path, value: str = TOKEN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {"x": {"command": "x", "env": {"GITHUB_TOKEN": value}}}}, indent=1))
    return path


def around(home: Path, cwd: Path) -> Surroundings:
    return Surroundings(str(home), str(cwd), {}, real_home=os.path.realpath(home))


def prints(home: Path, cwd: Path, *paths: str) -> list[str]:
    return [finding.fingerprint for finding in run_scan(ScanOptions(paths), around(home, cwd)).findings]


@pytest.fixture
def repo(home: Path) -> Path:
    folder = home / "work" / "repo"
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def test_one_fingerprint_from_wherever_the_scan_starts(home: Path, repo: Path) -> None:
    put(repo / "sub" / ".mcp.json")
    (home / "link").symlink_to(repo)
    starts = [
        (home, ()), (home, (".",)), (home, ("work",)), (home, ("work/repo",)), (home, ("work/repo/sub/.mcp.json",)),
        (repo, ()), (repo, (".",)), (repo / "sub", ()), (repo / "sub", (".mcp.json",)), (repo, (str(repo / "sub"),)),
        (home, ("link",)), (home, ("link/sub/.mcp.json",)), (home / "link" / "sub", (".mcp.json",)),
    ]  # fmt: skip
    found = {(str(cwd), paths): prints(home, cwd, *paths) for cwd, paths in starts}
    del found[str(home), ()]  # the repository is not looked at
    assert {tuple(names) for names in found.values()} == {tuple(found[str(repo), ()])}
    assert len(found[str(repo), ()]) == 1


def test_the_hook_agrees_with_the_scan(home: Path, repo: Path) -> None:
    path = put(repo / ".mcp.json")
    subprocess.run(["git", "add", "."], cwd=repo, check=True)
    loose = put(home / "elsewhere" / ".mcp.json")
    for each in (path, loose):
        found = check(named_files([str(each)], around(home, home)), around(home, home), []).findings
        assert [finding.fingerprint for finding in found] == prints(home, home, str(each))


def test_everybody_who_has_the_repository_has_the_same(home: Path, repo: Path, tmp_path: Path) -> None:
    put(repo / ".mcp.json")
    other = tmp_path / "builds" / "17"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    put(other / ".mcp.json")
    assert prints(home, repo, ".") == prints(tmp_path / "other-home", other, ".")


def test_two_clones_do_not_share_a_fingerprint(home: Path, repo: Path) -> None:
    other = home / "work" / "second"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    put(repo / ".mcp.json")
    put(other / ".mcp.json")
    found = prints(home, home, "work")
    assert len(set(found)) == 2
    assert found == prints(home, home, "work")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("home/.claude.json", "~/.claude.json"),
        ("home/a/b/.mcp.json", "~/a/b/.mcp.json"),
        ("home/work/repo/.mcp.json", ".mcp.json"),
        ("home/work/repo/a/.cursor/mcp.json", "a/.cursor/mcp.json"),
        ("home/work/repo/linked/mcp.json", "~/elsewhere/mcp.json"),
        ("else/.mcp.json", "{tmp}/else/.mcp.json"),
        ("homes/.mcp.json", "{tmp}/homes/.mcp.json"),
        ("home/work/nowhere.json", "~/work/nowhere.json"),
    ],
)
def test_names(home: Path, repo: Path, tmp_path: Path, path: str, name: str) -> None:
    (home / "elsewhere").mkdir()
    (repo / "linked").symlink_to(home / "elsewhere")
    names = FileNames(around(home, tmp_path))
    assert names.name(str(tmp_path / path)) == name.format(tmp=tmp_path)
    assert names.name(str(tmp_path / path)) == name.format(tmp=tmp_path)


def test_a_home_that_is_a_repository(home: Path) -> None:
    (home / ".git").mkdir()
    assert FileNames(around(home, home)).name(str(home / ".claude.json")) == ".claude.json"


def test_a_home_reached_by_a_link(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home)
    assert FileNames(around(tmp_path / "link", home)).name(str(home / ".claude.json")) == "~/.claude.json"


def test_separators_are_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming.os, "sep", "\\")
    assert naming.relative("C:\\repo\\a\\mcp.json", "C:\\repo") == "a/mcp.json"
    assert naming.relative("D:\\x\\mcp.json", "C:\\repo") == "D:/x/mcp.json"
