"""The wheel and the sdist hold the whole tree, and what they install starts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("scanner", "rules", "rewriters")
LINKS = {f"src/unsprawl/{folder}" for folder in FOLDERS}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of_ours(*folders: str) -> list[str]:
    """What git tracks or would track, as far as it is there."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders)
    return sorted({name for name in listed.split("\0") if (name and (ROOT / name).is_file()) or name in LINKS})


def installed_name(path: str) -> str:
    """Where a file of the tree ends up."""
    return path.removeprefix("src/") if path.startswith("src/") else f"unsprawl/{path}"


def test_every_folder_is_a_listed_package() -> None:
    paths = [path for path in files_of_ours(*FOLDERS, "src/unsprawl") if path not in LINKS]
    folders = {installed_name(path).rpartition("/")[0].replace("/", ".") for path in paths}
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(folders)


def test_the_links_lead_to_the_folders() -> None:
    for folder in FOLDERS:
        assert (ROOT / "src/unsprawl" / folder).resolve() == ROOT / folder


def test_nothing_generic_is_installed() -> None:
    assert {name.split(".")[0] for name in PROJECT["tool"]["setuptools"]["packages"]} == {"unsprawl"}


@dataclass(frozen=True, slots=True)
class Built:
    """The two archives, and a fresh environment with the wheel in it."""

    sdist: Path
    wheel: Path
    programs: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist from a copy of the tree, the wheel from the sdist."""
    root = tmp_path_factory.mktemp("built")
    tree = root / "tree"
    for name in files_of_ours():
        copy = tree / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if name not in LINKS:  # a clone on Windows has no links; the build must not need them
            shutil.copyfile(ROOT / name, copy)
    venv.create(root / "venv", with_pip=True, symlinks=True)
    programs = root / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    run(programs / "pip", "install", "-q", *PROJECT["build-system"]["requires"])
    run(
        programs / "python", "-c", f"from setuptools import build_meta; build_meta.build_sdist({str(root)!r})", cwd=tree
    )
    (sdist,) = root.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(root / "unpacked", filter="data")
    (unpacked,) = (root / "unpacked").iterdir()
    run(programs / "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", root, unpacked)
    (wheel,) = root.glob("*.whl")
    run(programs / "pip", "install", "-q", wheel)
    return Built(sdist, wheel, programs)


@pytest.mark.slow
def test_the_wheel_holds_the_whole_tree(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {installed_name(path) for path in files_of_ours(*FOLDERS, "src/unsprawl") if path not in LINKS}
    assert sorted(packed) == sorted(wanted)
    for name in ("rules/hosts.yaml", "rules/hosts.schema.json", "rules/providers/github-pat-classic.yaml", "py.typed"):
        assert f"unsprawl/{name}" in packed
    for name in ("scan", "migration", "anonymous", "team"):
        assert f"unsprawl/scanner/report/{name}.schema.json" in packed
    assert "unsprawl/scanner/report/team/page.css" in packed


@pytest.mark.slow
def test_the_sdist_holds_the_whole_tree(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        packed = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    wanted = {path for path in files_of_ours(*FOLDERS, "src/unsprawl") if path not in LINKS}
    assert sorted(wanted - packed) == []
    assert {"README.md", "LICENSE", "pyproject.toml"} <= packed


@pytest.mark.slow
def test_what_is_installed_starts(built: Built, home: Path) -> None:
    """With the declared dependencies and nothing of this tree."""
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    servers = {"x": {"command": "x", "env": {"API_KEY": "".join(["q7Rk2VdX9mTz", "4LbHc8Nw1Yp5"])}}}
    (home / ".claude.json").write_text(json.dumps({"mcpServers": servers}))

    def start(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, env=environ, cwd=home, capture_output=True, text=True, check=False)

    program = built.programs / "unsprawl"
    assert start(program, "--version").stdout.startswith("unsprawl, version ")
    assert start(built.programs / "python", "-m", "unsprawl", "--help").returncode == 0
    for words, code in (
        (["scan"], 1),
        (["scan", "--format", "json"], 1),
        (["hook", ".claude.json"], 1),
        (["hosts", "--all"], 0),
        (["migrate", "--dry-run"], 1),
        (["verify"], 0),
        (["undo", "--list"], 0),
        (["vault", "stores"], 0),
        (["run", "nosuch-12345678", "--", "x"], 4),
    ):
        done = start(program, *words)
        assert done.returncode == code, (words, done.stdout, done.stderr)
