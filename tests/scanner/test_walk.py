"""The walk over real folders."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.sources.entrance import Entrance
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.sources.walk import Walk
from unsprawl.scanner.surroundings import Surroundings


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    return path


def walked(root: Path, home: Path | None = None, system: str = "linux") -> tuple[list[str], Walk]:
    walk = walk_of(root, Surroundings(str(home or "/nobody"), str(root), {}, system))
    return [os.path.relpath(file.path, root) for file in walk.files()], walk


def walk_of(
    root: Path,
    around: Surroundings,
    leave_out: Callable[[str], bool] | None = None,
    *,
    thorough: bool = False,
) -> Walk:
    return Walk(str(root), around, Entrance(str(root), around, leave_out), thorough)


def test_candidates_in_the_order_of_names(tmp_path: Path) -> None:
    names = [
        "b/.mcp.json",
        "a/.cursor/mcp.json",
        ".mcp.json",
        "a/.mcp.json",
        "a b/x.code-workspace",
        ".vscode/mcp.json",
        "a/mcp.yaml",  # no host reads it: its name says enough
    ]
    for name in [*names, "a/other.json", "a/.mcp.json.swp"]:
        put(tmp_path / "r" / name)
    (tmp_path / "r/folder/.mcp.json").mkdir(parents=True)
    found, walk = walked(tmp_path / "r")
    assert found == [
        ".mcp.json",
        ".vscode/mcp.json",
        "a/.mcp.json",
        "a/.cursor/mcp.json",
        "a b/x.code-workspace",
        "b/.mcp.json",
        "a/mcp.yaml",  # after those that a host reads
    ]
    assert walk.folders == 8
    assert walk.names == 16
    assert not walk.problems


@pytest.mark.parametrize(
    ("folder", "noted"),
    [
        ("a/.mcp.json", True),
        ("a/.cursor/mcp.json", True),
        ("a/.codex/config.toml", True),
        ("a/mcp.json", False),  # only in a folder of its host
        ("a/other.json", False),
        (".cursor/mcp.json", False),  # the host's very place: reading it tells
    ],
)
def test_a_folder_with_the_name_of_a_file_is_noted_and_entered(tmp_path: Path, folder: str, noted: bool) -> None:
    put(tmp_path / folder / "below/.mcp.json")
    found, walk = walked(tmp_path, tmp_path)
    assert found == [f"{folder}/below/.mcp.json"]
    assert walk.misnamed == ([str(tmp_path / folder)] if noted else [])
    assert not walk.problems


@pytest.mark.parametrize("name", [item["name"] for item in WALK["names"]])
def test_pruned_anywhere(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a" / name / "b/.mcp.json")
    put(tmp_path / f"{name}x/.mcp.json")
    found, walk = walked(tmp_path)
    assert found == [f"{name}x/.mcp.json"]
    assert [path for path, why in walk.entrance.pruned if why] == [str(tmp_path / "a" / name)]


@pytest.mark.parametrize("name", [item["path"] for item in WALK["below_home"]])
def test_pruned_below_the_home_only(tmp_path: Path, name: str) -> None:
    name = name.replace("*", "any")
    put(tmp_path / "home" / name / ".mcp.json")
    put(tmp_path / "else" / name / ".mcp.json")
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert walked(tmp_path, tmp_path / "home")[0] == [f"else/{name}/.mcp.json"]
    walk = walk_of(tmp_path, Surroundings(str(tmp_path / "link"), "/", {}, real_home=str(tmp_path / "home")))
    assert len(list(walk.files())) == 1


@pytest.mark.parametrize("place", [(host.id, file.pattern) for host in hosts() for file in host.files])
def test_no_host_keeps_its_files_in_a_pruned_folder(place: tuple[str, str]) -> None:
    """But for one at a fixed place of the user's: that is looked at, whatever folder it is in."""
    *folders, _ = place[1].split("/")
    assert not set(folders) & {item["name"] for item in WALK["names"]}
    if folders[:1] == ["~"] and "*" in place[1]:
        parts = place[1].split("/")[1:]
        for item in WALK["below_home"]:
            pruned = item["path"].split("/")
            assert not (len(pruned) < len(parts) and all(map(fnmatchcase, parts, pruned))), item["path"]


def test_a_pruned_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    put(tmp_path / "node_modules/x/.mcp.json")
    assert walked(tmp_path / "node_modules")[0] == ["x/.mcp.json"]


def test_links(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside.json")
    root = tmp_path / "root"
    inside = put(root / "real.json")
    put(tmp_path / "rootless/.mcp.json")
    for folder, target in (
        ("in", inside), ("out", outside), ("gone", root / "gone.json"), ("folder", tmp_path / "rootless"),
        ("sibling", tmp_path / "rootless/.mcp.json"),
    ):  # fmt: skip
        (root / folder).mkdir()
        (root / folder / ".mcp.json").symlink_to(target)
    (root / "loop").mkdir()
    (root / "loop/again").symlink_to(root)
    (root / "loop/.mcp.json").symlink_to(root / "loop/.mcp.json")
    found, walk = walked(root)
    assert found == ["gone/.mcp.json", "in/.mcp.json", "loop/.mcp.json"]
    assert [(problem.code, os.path.relpath(problem.path, root)) for problem in walk.problems] == [
        ("link-outside", "out/.mcp.json"),
        ("link-outside", "sibling/.mcp.json"),
    ]


def test_the_users_own_file_may_be_a_link_to_anywhere(tmp_path: Path) -> None:
    put(tmp_path / "dotfiles/claude.json")
    home = tmp_path / "my home"
    home.mkdir()
    (home / ".claude.json").symlink_to(tmp_path / "dotfiles/claude.json")
    found, walk = walked(home, home)
    assert found == [".claude.json"]
    assert not walk.problems


def test_a_root_behind_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real/a/.mcp.json")
    (tmp_path / "real/b").mkdir()
    (tmp_path / "real/b/.mcp.json").symlink_to(tmp_path / "real/a/.mcp.json")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert walked(tmp_path / "link")[0] == ["a/.mcp.json", "b/.mcp.json"]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    for name in ("fifo", "socket"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "fifo/.mcp.json")
    folder = os.open(tmp_path / "socket", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/.mcp.json")  # the path itself may be longer than a socket's name
        assert walked(tmp_path)[0] == ["fifo/.mcp.json", "socket/.mcp.json"]
    os.close(folder)


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        put(tmp_path / name / ".mcp.json")
    really = os.open

    def refusing(path: str, flags: int) -> int:
        if path.endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags)

    monkeypatch.setattr(os, "open", refusing)
    found, walk = walked(tmp_path)
    assert found == ["a/.mcp.json", "c/.mcp.json"]
    (problem,) = walk.problems
    assert (problem.code, problem.path) == ("unreadable-folder", str(tmp_path / "b"))
    assert "Permission denied" in problem.message
    assert problem.hint


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)
    with open(folder + b"/.mcp.json", "w") as file:
        file.write("{}")
    assert walked(tmp_path)[0] == ["\udcff\udcfe/.mcp.json"]


def test_case_counts_only_where_it_does(tmp_path: Path) -> None:
    put(tmp_path / ".MCP.JSON")
    put(tmp_path / "X.Code-Workspace")
    assert walked(tmp_path)[0] == []
    assert walked(tmp_path, system="macos")[0] == [".MCP.JSON", "X.Code-Workspace"]


def test_folders_that_the_user_leaves_out(tmp_path: Path) -> None:
    for name in ("a", "b", "b/c"):
        put(tmp_path / "r" / name / ".mcp.json")
    walk = walk_of(tmp_path / "r", Surroundings("/nobody", "/", {}), lambda path: path.endswith("/b"))
    assert [os.path.relpath(file.path, tmp_path / "r") for file in walk.files()] == ["a/.mcp.json"]
    assert (walk.entrance.left_out, walk.folders) == (1, 2)


def test_repository_of(tmp_path: Path) -> None:
    (tmp_path / "r/.git").mkdir(parents=True)
    (tmp_path / "r/a/b").mkdir(parents=True)
    (tmp_path / "w").mkdir()
    (tmp_path / "w/.git").write_text("gitdir: elsewhere")
    assert repository_of(str(tmp_path / "r/a/b")) == str(tmp_path / "r")
    assert repository_of(str(tmp_path / "r")) == str(tmp_path / "r")
    assert repository_of(str(tmp_path / "w")) == str(tmp_path / "w")
    assert repository_of("/") is None
