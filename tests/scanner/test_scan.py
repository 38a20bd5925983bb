"""The whole scan over real folders."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScanResult, run_scan, shown_path
from unsprawl.scanner.selection import root_of
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.surroundings import Surroundings


def token(seed: int) -> str:
    return expand("ghp_{an:30}{chk}", Random(seed), Checksum("crc32-base62", 6, 4))


def config(value: str, name: str = "GITHUB_TOKEN") -> str:
    return json.dumps({"mcpServers": {"x": {"command": "npx", "args": ["-y", "x"], "env": {name: value}}}}, indent=2)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def scan(
    *paths: str, cwd: Path, home: Path, exclude: tuple[str, ...] = (), environ: Mapping[str, str] | None = None
) -> ScanResult:
    around = Surroundings(str(home), str(cwd), environ or {}, real_home=os.path.realpath(home))
    return run_scan(ScanOptions(paths, exclude), around)


def places(result: ScanResult) -> list[str]:
    return [shown_path(finding.place.path, result.root) for finding in result.findings]


def codes(result: ScanResult) -> list[str]:
    return [problem.code for problem in result.problems]


def test_no_paths_means_host_files_and_this_repository(home: Path, tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    (repo / "sub").mkdir()
    put(repo / ".mcp.json", config(token(1)))
    put(home / ".cursor/mcp.json", config(token(2)))
    put(home / "elsewhere/.mcp.json", config(token(3)))
    found = {finding.place.path for finding in scan(cwd=repo / "sub", home=home).findings}
    assert found == {str(repo / ".mcp.json"), str(home / ".cursor/mcp.json")}
    assert places(scan(cwd=tmp_path, home=home)) == ["home/.cursor/mcp.json"]


@pytest.mark.parametrize(
    "spelled",
    [".claude.json", "./.claude.json", "{home}/.claude.json", "~/.claude.json", "../home/.claude.json", ".", "~", "~/",
     "{home}", "{home}/", "../home/../home/", "{link}/.claude.json", "{link}", "{link}/"],
)  # fmt: skip
def test_ways_to_name_the_users_own_file(home: Path, tmp_path: Path, spelled: str) -> None:
    (tmp_path / "link").symlink_to(home)
    put(home / ".claude.json", config(token(1)))
    for lived in (home, tmp_path / "link"):
        result = scan(spelled.format(home=home, link=tmp_path / "link"), cwd=home, home=lived)
        assert [os.path.basename(path) for path in places(result)] == [".claude.json"]
        assert result.complete
        if "link" not in spelled or lived != home:  # any other link to the home is just a link
            assert result.entries[0].approach.target != "reference"


def test_a_home_takes_the_files_along_that_a_walk_does_not_see(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "dotfiles/mcp.json", config(token(1)))
    (home / ".cursor").symlink_to(tmp_path / "dotfiles")
    put(home / "conf/oc.json", json.dumps({"mcp": {"x": {"environment": {"GITHUB_TOKEN": token(2)}}}}))
    put(tmp_path / "codex/config.toml", f'[mcp_servers.x.env]\nGITHUB_TOKEN = "{token(3)}"\n')
    environ = {"OPENCODE_CONFIG": str(home / "conf/oc.json"), "CODEX_HOME": str(tmp_path / "codex")}
    found = places(scan(".", cwd=home, home=home, environ=environ))
    assert sorted(found) == sorted([".cursor/mcp.json", "conf/oc.json", str(tmp_path / "codex/config.toml")])
    assert places(scan("conf", cwd=home, home=home, environ=environ)) == ["oc.json"]


def test_one_file_is_read_once(home: Path, tmp_path: Path) -> None:
    path = put(tmp_path / "p/.mcp.json", config(token(1)))
    (tmp_path / "p/sub").mkdir()
    (tmp_path / "p/sub/.mcp.json").symlink_to(path)
    result = scan("p", "p/.mcp.json", "./p/../p", "p/sub/.mcp.json", cwd=tmp_path, home=home)
    assert len(result.findings) == 1
    assert result.stats.files == 1


def test_problems(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "a/.mcp.json", '{"mcpServers": ')
    put(tmp_path / "b/.mcp.json", "")
    put(tmp_path / "notes.png", "x")
    (tmp_path / "c").mkdir()
    os.mkfifo(tmp_path / "c/.mcp.json")
    assert codes(scan("a", cwd=tmp_path, home=home)) == ["broken"]
    assert codes(scan("b", cwd=tmp_path, home=home)) == []
    assert codes(scan("c", cwd=tmp_path, home=home)) == ["not-a-file"]
    assert codes(scan("gone", cwd=tmp_path, home=home)) == ["missing"]
    assert codes(scan("notes.png", cwd=tmp_path, home=home)) == ["unknown-type"]
    assert not scan("gone", cwd=tmp_path, home=home).complete
    assert scan("b", cwd=tmp_path, home=home).complete
    for problem in scan("a", "c", "gone", "notes.txt", cwd=tmp_path, home=home).problems:
        assert problem.hint or problem.code == "not-a-file"


def test_a_broken_file_with_a_finding_tells_both(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "a/.mcp.json", config(token(1))[:-3])
    result = scan("a", cwd=tmp_path, home=home)
    assert places(result) == [".mcp.json"]
    assert not result.complete


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        ((), ["a/.mcp.json", "a/b/.mcp.json", "c d/.mcp.json"]),
        (("a",), ["c d/.mcp.json"]),
        (("./a/",), ["c d/.mcp.json"]),
        (("a/b",), ["a/.mcp.json", "c d/.mcp.json"]),
        (("*/b",), ["a/.mcp.json", "c d/.mcp.json"]),
        (("{root}/a",), ["c d/.mcp.json"]),
        (("c*",), ["a/.mcp.json", "a/b/.mcp.json"]),
        (("a/.mcp.json", "c d"), ["a/b/.mcp.json"]),
        (("*.json",), []),
        (("b", ".mcp.json", "", "a/b/c"), ["a/.mcp.json", "a/b/.mcp.json", "c d/.mcp.json"]),
    ],
    ids=str,
)
def test_exclude(home: Path, tmp_path: Path, exclude: tuple[str, ...], left: list[str]) -> None:
    root = tmp_path / "r"
    for number, name in enumerate(["a/.mcp.json", "a/b/.mcp.json", "c d/.mcp.json"]):
        put(root / name, config(token(number)))
    patterns = tuple(pattern.format(root=root) for pattern in exclude)
    result = scan("r", cwd=tmp_path, home=home, exclude=patterns)
    assert places(result) == left
    assert bool(result.stats.excluded) == (len(left) < 3)


def test_an_excluded_folder_is_not_entered(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "r/a/.mcp.json", "{")
    put(tmp_path / "r/.mcp.json", "{}")
    result = scan("r", cwd=tmp_path, home=home, exclude=("a",))
    assert result.complete
    assert result.stats.folders == 1


def test_excluded_needs_no_root() -> None:
    assert Excluded(("/a/*",), "/x").covers("/a/b/c")
    assert not Excluded((), "/x").covers("/x/a")
    assert Excluded(("*",), "/").covers("/a")


def test_sprawl(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "r/a/.mcp.json", config(token(1)))
    put(tmp_path / "r/b/.mcp.json", config(token(2)))
    put(tmp_path / "r/c/.cursor/mcp.json", config(token(1), "OTHER_TOKEN"))
    result = scan("r", cwd=tmp_path, home=home)
    assert [[shown_path(f.place.path, result.root) for f in sprawl.findings] for sprawl in result.sprawls()] == [
        ["a/.mcp.json", "c/.cursor/mcp.json"],
        ["b/.mcp.json"],
    ]
    assert {sprawl.provider for sprawl in result.sprawls()} == {"GitHub"}


def test_dead_references(home: Path, tmp_path: Path) -> None:
    text = json.dumps(
        {"mcpServers": {"x": {"type": "http", "url": "https://h", "headers": {"Authorization": "Bearer $TOKEN"}}}},
        indent=1,
    )
    put(tmp_path / "r/.mcp.json", text)
    (caution,) = scan("r", cwd=tmp_path, home=home).warnings
    assert (caution.code, caution.line, caution.entry) == ("dead-reference", 7, "x")
    assert caution.pointer == "/mcpServers/x/headers/Authorization"
    assert caution.hosts == ("claude-code",)  # Copilot reads the same file, and does expand it
    put(tmp_path / "r/.mcp.json", text.replace("$TOKEN", "${TOKEN}"))
    assert scan("r", cwd=tmp_path, home=home).warnings == ()
    put(tmp_path / "r/.mcp.json", text.replace("$TOKEN", "op://vault/item/field"))
    assert scan("r", cwd=tmp_path, home=home).warnings == ()


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that other users can enter: pytest's own folders are closed to them."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_world_readable(open_home: Path) -> None:
    path = put(open_home / ".cursor/mcp.json", config(token(1)))

    def warned() -> list[str]:
        return [caution.code for caution in scan(".", cwd=open_home, home=open_home).warnings]

    os.chmod(path.parent, 0o755)
    assert warned() == []
    path.chmod(0o644)
    assert warned() == ["world-readable"]
    os.chmod(path.parent, 0o700)  # nobody else comes that far
    assert warned() == []
    os.chmod(path.parent, 0o755)
    put(open_home / ".cursor/mcp.json", "{}").chmod(0o644)
    assert warned() == []
    put(open_home / "project/.mcp.json", config(token(1))).chmod(0o644)  # shared through git anyway
    os.chmod(open_home / "project", 0o755)
    assert warned() == []


def test_stats_and_progress(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "r/.mcp.json", config(token(1)))
    put(tmp_path / "r/node_modules/.mcp.json", config(token(2)))
    seen: list[str] = []
    around = Surroundings(str(home), str(tmp_path), {})
    result = run_scan(ScanOptions(("r",)), around, lambda examined: seen.append(examined.file.path))
    assert seen == [str(tmp_path / "r/.mcp.json")]
    stats = result.stats
    assert (stats.folders, stats.names, stats.files, stats.entries) == (1, 2, 1, 1)
    assert stats.pruned == ((str(tmp_path / "r/node_modules"), "installed packages"),)


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        ((), "{cwd}"),
        (("sub",), "{cwd}/sub"),
        (("sub/",), "{cwd}/sub"),
        ((".",), "{cwd}"),
        (("sub/a.json",), "{cwd}"),
        (("sub", "."), "{cwd}"),
        (("gone/a.json",), "{cwd}"),
    ],
    ids=str,
)
def test_root(tmp_path: Path, paths: tuple[str, ...], root: str) -> None:
    put(tmp_path / "sub/a.json", "{}")
    around = Surroundings("/nobody", str(tmp_path), {})
    assert root_of(ScanOptions(paths), around) == root.format(cwd=tmp_path)


@pytest.mark.parametrize(
    ("path", "root", "shown"),
    [("/a/b", "/a", "b"), ("/a/b", "/a/", "b"), ("/ab", "/a", "/ab"), ("/a", "/a", "/a"), ("/a/b", "/", "a/b")],
)
def test_shown_path(path: str, root: str, shown: str) -> None:
    assert shown_path(path, root) == shown


def test_the_result_shows_no_value(home: Path, tmp_path: Path) -> None:
    put(tmp_path / "r/.mcp.json", config(token(1)))
    result = scan("r", cwd=tmp_path, home=home)
    assert result.findings
    assert token(1) not in repr(result) + repr(result.sprawls())
