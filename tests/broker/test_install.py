from __future__ import annotations

import os
from pathlib import Path

import pytest

from unsprawl.broker.install import Installed, where


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose temporary folder is not the one that this test runs in."""
    for name in ("tmp", "home"):
        (tmp_path / "m" / name).mkdir(parents=True)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "m" / "tmp"))
    monkeypatch.setattr("unsprawl.broker.install._TEMPORARY", ())
    return tmp_path / "m"


def environment(prefix: Path) -> Path:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "unsprawl").write_text("#!python\n")
    return prefix


def look(machine: Path, prefix: Path, argv0: str = "unsprawl", **environ: str) -> Installed:
    return where(str(prefix), argv0, environ, str(machine / "home"))


PASSING = [
    ("home/.cache/uv/archive-v0/AbC123", "uvx"),
    ("home/.cache/uv/environments-v2/unsprawl-1", "uvx"),
    ("big/uv-cache/archive-v0/AbC123", "uvx"),
    ("home/.local/pipx/.cache/0a1b2c3d", "pipx run"),
    ("home/.local/share/pipx/.cache/0a1b2c3d", "pipx run"),
    ("home/.cache/pipx/0a1b2c3d", "pipx run"),
    ("home/.cache/pre-commit/repoabc/py_env-python3.12", "pre-commit"),
    ("home/.cache/anything/venv", "cache"),
    ("home/Library/Caches/x/venv", "cache"),
    ("tmp/venv", "temporary"),
]


@pytest.mark.parametrize(("prefix", "word"), PASSING)
def test_will_vanish(prefix: str, word: str, machine: Path) -> None:
    found = look(machine, environment(machine / prefix))
    assert not found.permanent
    assert word in found.reason
    assert "`pipx install`" in found.hint
    assert "`uv tool install`" in found.hint


@pytest.mark.parametrize("marker", [".git", "pyproject.toml", "package.json", "setup.py", "requirements.txt", "go.mod"])
@pytest.mark.parametrize("name", [".venv", "tools/venv", ".tox/py312"])
def test_an_environment_in_a_project_will_vanish(marker: str, name: str, machine: Path) -> None:
    prefix = environment(machine / "home" / "code" / "project" / name)
    (machine / "home" / "code" / "project" / marker).touch()
    found = look(machine, prefix)
    assert not found.permanent
    assert "home/code/project" in found.reason


@pytest.mark.parametrize("variable", ["PRE_COMMIT_HOME", "UV_CACHE_DIR", "XDG_CACHE_HOME"])
def test_moved_caches_are_caches(variable: str, machine: Path) -> None:
    prefix = environment(machine / "elsewhere" / "repo" / "env")
    assert look(machine, prefix).permanent
    assert not look(machine, prefix, **{variable: str(machine / "elsewhere")}).permanent


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        ("home/.local/share/pipx/venvs/unsprawl", "pipx"),
        ("home/.local/pipx/venvs/unsprawl", "pipx"),
        ("home/.local/share/uv/tools/unsprawl", "uv tool"),
    ],
)
def test_tools_are_permanent_and_named_by_their_link(prefix: str, reason: str, machine: Path) -> None:
    environment(machine / prefix)
    link = machine / "home" / ".local" / "bin" / "unsprawl"
    link.parent.mkdir(parents=True)
    link.symlink_to(machine / prefix / "bin" / "unsprawl")
    (machine / "home" / ".git").touch()  # a home folder in git is no project
    found = look(machine, machine / prefix, argv0=str(machine / prefix / "bin" / "unsprawl"))
    assert found.permanent
    assert found.path == str(link)
    assert reason in found.reason


def test_a_link_elsewhere_on_path_is_used(machine: Path) -> None:
    prefix = environment(machine / "opt" / "unsprawl")
    (machine / "sbin").mkdir()
    (machine / "sbin" / "unsprawl").symlink_to(prefix / "bin" / "unsprawl")
    found = look(machine, prefix, PATH=f"relative{os.pathsep}{machine}/nowhere{os.pathsep}{machine}/sbin")
    assert (found.path, found.permanent) == (str(machine / "sbin" / "unsprawl"), True)


def test_a_lasting_link_to_a_passing_program_does_not_last(machine: Path) -> None:
    prefix = environment(machine / "home" / "code" / "project" / ".venv")
    (machine / "home" / "code" / "project" / ".git").mkdir()
    link = machine / "home" / ".local" / "bin" / "unsprawl"
    link.parent.mkdir(parents=True)
    link.symlink_to(prefix / "bin" / "unsprawl")
    assert not look(machine, prefix).permanent


def test_another_installed_unsprawl_is_not_taken_for_this_one(machine: Path) -> None:
    other = machine / "home" / ".local" / "bin" / "unsprawl"
    other.parent.mkdir(parents=True)
    other.write_text("another")
    prefix = environment(machine / "home" / ".cache" / "uv" / "archive-v0" / "x")
    found = look(machine, prefix)
    assert not found.permanent
    assert found.path != str(other)


def test_a_python_module_without_program(machine: Path) -> None:
    (machine / "home" / "venv").mkdir()
    found = look(machine, machine / "home" / "venv", argv0="/x/__main__.py")
    assert (found.path, found.permanent) == ("", False)


def test_the_real_one_answers() -> None:
    found = where()
    assert not found.path or os.path.isabs(found.path)
    assert found.permanent or found.hint
