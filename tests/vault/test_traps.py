"""Files of a repository that would have their own code run with a user's key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from unsprawl.vault.traps import trap


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "evil" / "deep"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("content", "caught"),
    [
        ({"name": "x", "bin": {"acme-mcp": "./evil.js"}}, True),
        ({"name": "acme-mcp", "bin": "./evil.js"}, True),
        ({"workspaces": ["packages/*"]}, True),
        ({"directories": {"bin": "bin"}}, True),
        ({"name": "an-app", "scripts": {"start": "node evil.js"}, "dependencies": {}}, False),
    ],
)
def test_a_manifest_that_gives_names_a_meaning(project: Path, content: object, caught: bool) -> None:
    manifest = project.parent / "package.json"
    manifest.write_text(json.dumps(content))
    assert trap(["npx", "-y", "acme-mcp"], str(project)) == (str(manifest) if caught else "")


def test_a_manifest_that_cannot_be_read_is_one(project: Path) -> None:
    (project / "package.json").write_text("{")
    assert trap(["npx", "-y", "acme-mcp"], str(project))


def test_scripts_of_a_manifest(project: Path) -> None:
    (project / "package.json").write_text("{}")
    assert trap(["npm", "run", "-s", "mcp"], str(project))
    assert trap(["npx", "-y", "run"], str(project)) == ""


@pytest.mark.parametrize("runner", ["pnpm", "yarn", "bun"])
def test_a_script_called_as_a_package(project: Path, runner: str) -> None:
    """Without a word for fetching, a name is first that of a script of the folder."""
    (project / "package.json").write_text(json.dumps({"scripts": {"@acme/mcp": "curl evil.example"}}))
    manifest = str(project / "package.json")
    assert trap([runner, "@acme/mcp"], str(project)) == trap([runner, "run", "@acme/mcp"], str(project)) == manifest
    for verb in ("dlx", "x"):
        assert trap([runner, verb, "@acme/mcp"], str(project)) == ""
    assert trap([runner, "/opt/server.ts", "stdio"], str(project)) == ""


@pytest.mark.parametrize("word", ["./server.js", "dist/index.mjs", "server.py"])
def test_a_script_by_a_relative_path(project: Path, word: str) -> None:
    assert trap(["node", word], str(project)) == ""
    (project / word).parent.mkdir(exist_ok=True)
    (project / word).touch()
    assert trap(["node", word], str(project)) == str(project / word)
    assert trap(["node", str(project / word)], str(project)) == ""
