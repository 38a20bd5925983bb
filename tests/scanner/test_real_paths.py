"""Paths without links: as the system resolves them, with each folder looked at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from unsprawl.scanner.sources import real_paths
from unsprawl.scanner.sources.real_paths import RealPaths


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders, files and every kind of link between them."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b/c/file").write_text("")
    for link, target in {
        "a/link": "b", "a/b/up": "../..", "a/b/c/other": "../../b/c/file", "loop": "loop", "nothing": "gone/far",
        "a/b/c/absolute": str(tmp_path / "a/link/c"),
    }.items():  # fmt: skip
        (tmp_path / link).symlink_to(target)
    return tmp_path


PATHS = [
    "a/b/c/file", "a/link/c/file", "a/b/up/a/link/c/other", "a/b/c/absolute/file", "loop", "loop/x", "nothing",
    "nothing/x", "a/b/gone", "a/link", "a/link/", "a/link/..", "a/link/../link/c", "a/b/c/absolute/../c/./file", "",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_answers_what_the_system_does(tree: Path, path: str) -> None:
    full = os.path.join(tree, path)
    assert RealPaths().real(full) == os.path.realpath(full)


def test_one_answer_is_not_taken_for_another(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_paths, "_MOST", 3)
    paths = RealPaths()
    for path in [*PATHS, *reversed(PATHS), *PATHS]:
        full = os.path.join(tree, path)
        assert paths.real(full) == os.path.realpath(full), path


def test_very_deep_paths(tmp_path: Path) -> None:
    deep = str(tmp_path) + "/x" * 1900
    assert RealPaths().real(deep) == os.path.realpath(deep)


def test_each_folder_is_looked_at_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    islink = os.path.islink
    monkeypatch.setattr(os.path, "islink", lambda path: looked.append(path) or islink(path))  # type: ignore[func-returns-value]
    paths = RealPaths()
    for name in ("file", "one", "two", "file", "file"):
        paths.real(str(tree / "a/b/c" / name))
    assert max(looked.count(str(folder)) for folder in (tree, tree / "a", tree / "a/b", tree / "a/b/c")) == 1


def test_work_trees(tmp_path: Path) -> None:
    (tmp_path / "r/.git").mkdir(parents=True)
    (tmp_path / "r/sub/.git").mkdir(parents=True)
    paths = RealPaths()
    assert paths.work_tree(str(tmp_path / "r/a/b")) == str(tmp_path / "r")
    assert paths.work_tree(str(tmp_path / "r/sub/x")) == str(tmp_path / "r/sub")
    assert paths.work_tree(str(tmp_path / "r/a")) == str(tmp_path / "r")
