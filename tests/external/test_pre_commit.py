"""The real pre-commit, from PyPI: it installs this repository from git into an environment of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.test_hook import CLEAN, DIRTY, TOKEN
from tests.cli.test_staged_situations import IDENTITY
from tests.external.installed import copy_work_tree, lasting_home

pytestmark = pytest.mark.external

# Taken at import, before a fixture empties the environment: how pip finds its index is told there.
_PASSED_ON = ("PIP_", "SSL_", "REQUESTS_", "CURL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_OF_PIP = {name: value for name, value in os.environ.items() if name.upper().startswith(_PASSED_ON)}
_REV = "v0.1.0"


def run(folder: Path, *words: str | Path, env: dict[str, str], code: int | None = 0) -> str:
    done = subprocess.run(
        words, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=600
    )
    said = done.stdout + done.stderr
    assert TOKEN not in said
    assert code is None or done.returncode == code, said
    return said


@dataclass(frozen=True, slots=True)
class Workshop:
    """A home in which pre-commit keeps its environments, and this work tree as a repository that it clones."""

    home: Path
    environ: dict[str, str] = field(repr=False)

    @property
    def source(self) -> Path:
        return self.home / "source"

    def project(self, name: str, *, hook: str = "unsprawl", install: str = "pre-commit", **settings: object) -> Project:
        """A repository with the hook; `settings` as they stand below `- id:`."""
        folder = self.home / name
        folder.mkdir()
        found = Project(folder, self.environ)
        found.git("init", "-q")
        hooks = [{"id": hook, **settings}]
        config = {"repos": [{"repo": str(self.source), "rev": _REV, "hooks": hooks}]}
        (folder / ".pre-commit-config.yaml").write_text(json.dumps(config))  # JSON is YAML
        found.git("add", ".")
        found.git("commit", "-qm", "config")
        if install:
            found.pre_commit("install", "--hook-type", install)
        return found


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path
    environ: dict[str, str] = field(repr=False)

    def git(self, *words: str, code: int | None = 0) -> str:
        return run(self.folder, "git", *words, env=self.environ, code=code)

    def pre_commit(self, *words: str, code: int | None = 0) -> str:
        return run(self.folder, sys.executable, "-m", "pre_commit", *words, env=self.environ, code=code)

    def put(self, text: str, name: str = ".mcp.json") -> None:
        (self.folder / name).write_text(text)
        self.git("add", "--", name)

    def commit(self, *words: str, code: int | None = 0) -> str:
        return self.git("commit", "-qm", "x", *words, code=code)


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with lasting_home() as home:
        environ = {
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            **IDENTITY,
            **_OF_PIP,
        }
        source = home / "source"
        copy_work_tree(source)
        for words in (("init", "-q"), ("add", "-f", "."), ("commit", "-qm", "x"), ("tag", _REV)):
            run(source, "git", *words, env=environ)
        # Without this work tree's own program on PATH, as with people who have pre-commit alone.
        environ["PATH"] = os.pathsep.join(
            folder for folder in os.environ["PATH"].split(os.pathsep) if not Path(folder, "unsprawl").exists()
        )
        yield Workshop(home, environ)


def test_a_commit_with_a_key_is_blocked_and_the_repaired_one_let_through(workshop: Workshop) -> None:
    """By the very command that the message names, but for the answers that a person would give."""
    project = workshop.project("repaired")
    project.put(DIRTY)
    said = project.commit(code=1)
    assert re.search(r"^  \.mcp\.json:1:\d+  github env GITHUB_TOKEN: GitHub personal access token", said, re.M)
    (command,) = re.findall(r"^  (\S+ migrate .*)$", said, re.M)
    program, rest = command.split(" migrate ")
    assert Path(program).is_relative_to(workshop.home / "pre-commit")  # on nobody's PATH
    run(
        project.folder, "sh", "-c", f"{program} migrate --yes --to reference {rest}",
        env=project.environ | {"SHELL": "/bin/bash"},
    )  # fmt: skip
    assert project.git("diff", "--cached", "--name-only").split() == [".mcp.json"]
    assert "${GITHUB_TOKEN}" in (project.folder / ".mcp.json").read_text()
    project.commit()
    assert TOKEN not in project.git("show")
    assert TOKEN in (workshop.home / ".config" / "unsprawl" / "env.sh").read_text()


def test_what_is_not_staged_does_not_count_and_comes_back(workshop: Workshop) -> None:
    project = workshop.project("stashed")
    project.put(CLEAN)
    (project.folder / ".mcp.json").write_text(DIRTY)
    project.commit()
    assert (project.folder / ".mcp.json").read_text() == DIRTY
    project.put(DIRTY)
    (project.folder / ".mcp.json").write_text(CLEAN)
    assert "1 secret" in project.commit(code=1)
    assert (project.folder / ".mcp.json").read_text() == CLEAN
    (project.folder / ".mcp.json").write_text(DIRTY)
    assert "1 secret" in project.commit("-a", code=1)
    assert "1 secret" in project.commit("--amend", code=1)


def test_all_files(workshop: Workshop) -> None:
    project = workshop.project("all")
    project.put(CLEAN)
    project.commit()
    assert "Passed" in project.pre_commit("run", "--all-files")
    project.put(DIRTY, "-a b.json")
    project.commit("--no-verify")
    said = project.pre_commit("run", "--all-files", code=1)
    assert "./-a b.json:1:" in said
    assert project.pre_commit("run").count("no files to check") == 1


def test_between_two_commits(workshop: Workshop) -> None:
    project = workshop.project("range")
    project.put(DIRTY)
    project.commit("--no-verify")
    project.put(CLEAN)
    project.commit("--no-verify")
    refs = [project.git("rev-parse", f"HEAD~{back}").strip() for back in (2, 1, 0)]
    assert "1 secret" in project.pre_commit("run", "--from-ref", refs[0], "--to-ref", refs[1], code=1)
    project.pre_commit("run", "--from-ref", refs[0], "--to-ref", refs[2])
    (project.folder / ".mcp.json").write_text(DIRTY)
    project.pre_commit("run", "--from-ref", refs[1], "--to-ref", "HEAD")


@pytest.mark.parametrize("hook", ["unsprawl", "unsprawl-all"])
def test_a_push(hook: str, workshop: Workshop) -> None:
    project = workshop.project(f"push-{hook}", hook=hook, install="pre-push")
    run(workshop.home, "git", "init", "-q", "--bare", f"{hook}.git", env=workshop.environ)
    project.git("remote", "add", "origin", str(workshop.home / f"{hook}.git"))
    project.git("push", "-q", "origin", "HEAD:main")
    project.git("checkout", "-qb", "leak")
    project.put(DIRTY)
    project.commit()
    assert "1 secret" in project.git("push", "origin", "leak", code=1)
    project.git("checkout", "-q", "-")
    if hook == "unsprawl-all":  # pre-commit itself passes over files that are not checked out
        assert "1 secret" in project.git("push", "origin", "leak", code=1)
    project.git("checkout", "-q", "leak")
    project.put(CLEAN)
    project.commit()
    project.git("push", "-q", "origin", "leak")


def test_the_id_for_all_tracked_files(workshop: Workshop) -> None:
    project = workshop.project("tracked", hook="unsprawl-all")
    project.put(CLEAN)
    project.commit()
    project.put(DIRTY)
    project.commit("--no-verify")
    project.put("nothing", "notes")
    assert "1 secret" in project.commit(code=1)


def test_what_cannot_be_read(workshop: Workshop) -> None:
    project = workshop.project("unreadable")
    project.put('{"mcpServers": {')
    assert ".mcp.json:1: " in project.commit(code=1)
    allowed = workshop.project("allowed", args=["--allow-unreadable", "--"])
    allowed.put('{"mcpServers": {')
    allowed.commit()
    allowed.put(DIRTY, "servers.json")
    assert "1 secret" in allowed.commit(code=1)


@pytest.mark.parametrize("hook", ["unsprawl", "unsprawl-all"])
def test_try_repo(hook: str, workshop: Workshop) -> None:
    project = workshop.project(f"try-{hook}", install="")
    project.put(DIRTY)
    said = project.pre_commit("try-repo", str(workshop.source), hook, "--all-files", "--verbose", code=1)
    assert "1 secret in MCP configuration" in said
    project.put(CLEAN)
    assert "Passed" in project.pre_commit("try-repo", str(workshop.source), hook, "--all-files")


def test_the_id_for_all_of_history(workshop: Workshop) -> None:
    """It runs when it is asked for, and on no commit."""
    project = workshop.project("past", hook="unsprawl-history")
    project.put(DIRTY)
    project.commit()
    first = project.git("rev-parse", "HEAD").strip()
    project.put(CLEAN)
    project.commit()
    said = project.pre_commit("run", "--hook-stage", "manual", "unsprawl-history", code=1)
    assert ".mcp.json" in said
    assert first[:10] in said
    assert TOKEN not in said
    clean = workshop.project("no-past", hook="unsprawl-history")
    clean.put(CLEAN)
    clean.commit()
    assert "Passed" in clean.pre_commit("run", "--hook-stage", "manual", "unsprawl-history")
