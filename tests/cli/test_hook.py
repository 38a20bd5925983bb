"""The commit hook: what it checks, what it says, how it exits, and what it does not import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

import unsprawl
from tests.git import git
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum

SOURCE = Path(unsprawl.__file__).resolve().parents[1]
TOKEN = expand("ghp_{an:30}{chk}", Random(7), Checksum("crc32-base62", 6, 4))
CLEAN = '{"mcpServers": {"github": {"command": "npx", "env": {"GITHUB_TOKEN": "${GITHUB_TOKEN}"}}}}\n'
DIRTY = CLEAN.replace("${GITHUB_TOKEN}", TOKEN)
BROKEN = '{"mcpServers": {"github": '


def hook(*words: str | bytes, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "unsprawl", "hook", *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **extra},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert TOKEN not in done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def put(folder: Path, text: str, name: str = ".mcp.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    git(folder, "--literal-pathspecs", "add", "--", name)
    return path


def test_the_staged_secret_is_found_though_the_disk_is_clean(repo: Path) -> None:
    put(repo, DIRTY).write_text(CLEAN)
    done = hook(".mcp.json", cwd=repo)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "unsprawl: 1 secret in MCP configuration",
        f"  .mcp.json:1:{DIRTY.index(TOKEN) + 1}  github env GITHUB_TOKEN: "
        "GitHub personal access token (classic) (format and checksum)",
        "The file on disk does not hold it any more; stage it again:",
        "  git add .mcp.json",
        "If it was ever pushed, revoke the key at its provider as well.",
    ]


def test_the_command_that_repairs_it(repo: Path) -> None:
    put(repo, DIRTY)
    assert hook(".mcp.json", cwd=repo).stderr.splitlines()[2:] == [
        "Take the value out and stage the file again:",
        "  unsprawl migrate .mcp.json && git add .mcp.json",
        "If it was ever pushed, revoke the key at its provider as well.",
    ]


def test_other_changes_that_are_not_staged_are_told(repo: Path) -> None:
    put(repo, DIRTY).write_text(DIRTY.replace("npx", "bunx"))
    assert hook(".mcp.json", cwd=repo).stderr.splitlines()[2:5] == [
        "Take the value out and stage the file again:",
        "  unsprawl migrate .mcp.json && git add .mcp.json",
        "  .mcp.json has changes that are not staged: `git add` takes them too.",
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "servers.yml",
            f"mcpServers:\n  github:\n    command: npx\n    env:\n      GITHUB_TOKEN: {TOKEN}\n",
            "  servers.yml: github: no known host reads this file, so nobody can tell what a reference in it would do.",
        ),
        (
            "servers.json",
            DIRTY,
            "  servers.json: github: no known host reads this file, "
            "so nobody can tell what a reference in it would do.",
        ),
    ],
)
def test_what_no_command_repairs_is_said_with_the_reason(repo: Path, name: str, text: str, said: str) -> None:
    put(repo, text, name)
    assert hook(name, cwd=repo).stderr.splitlines()[2:4] == [
        "Take the value out by hand, then stage the file again with `git add`:",
        said,
    ]


def test_the_staged_file_is_clean_though_the_disk_is_not(repo: Path) -> None:
    put(repo, CLEAN).write_text(DIRTY)
    done = hook(".mcp.json", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_is_not_staged_is_read_from_disk(repo: Path) -> None:
    (repo / ".mcp.json").write_text(DIRTY)
    assert hook(".mcp.json", cwd=repo).returncode == 1


def test_a_file_outside_of_any_repository(tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_text(DIRTY)
    assert hook(".mcp.json", cwd=tmp_path).returncode == 1
    (tmp_path / ".mcp.json").write_text(CLEAN)
    assert hook(".mcp.json", cwd=tmp_path).returncode == 0


NAMES = [".mcp.json", "with space/.mcp.json", "ünï 日本/.mcp.json", "new\nline/.mcp.json", "-dash/.mcp.json"]
NAMES += ["quo'te/.cursor/mcp.json", "x/servers.json"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_paths(repo: Path, name: str) -> None:
    put(repo, DIRTY, name).write_text(CLEAN)
    done = hook("--", name, cwd=repo)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 5
    assert hook(str(repo / name), cwd=repo).returncode == 1


def test_a_name_that_is_not_utf8(repo: Path) -> None:
    name = b"\xff/.mcp.json"
    put(repo, DIRTY, os.fsdecode(name)).write_text(CLEAN)
    done = hook(name, cwd=repo)
    assert done.returncode == 1
    assert "\\udcff/.mcp.json" in done.stderr


def test_the_repairing_command_can_be_pasted(repo: Path) -> None:
    put(repo, DIRTY, "-a b/.mcp.json")
    assert (
        "unsprawl migrate './-a b/.mcp.json' && git add './-a b/.mcp.json'"
        in hook(str(repo / "-a b/.mcp.json"), cwd=repo).stderr
    )


def test_from_a_subfolder(repo: Path) -> None:
    put(repo, DIRTY).write_text(CLEAN)
    put(repo, DIRTY, "sub/.mcp.json").write_text(CLEAN)
    done = hook(".mcp.json", "../.mcp.json", cwd=repo / "sub")
    assert done.returncode == 1
    assert re.findall(r"^  (\S+):\d+:\d+ ", done.stderr, re.M) == [".mcp.json", "../.mcp.json"]


def test_through_a_link_to_the_repository(repo: Path, tmp_path: Path) -> None:
    put(repo, DIRTY, "sub/.mcp.json").write_text(CLEAN)
    (tmp_path / "link").symlink_to(repo)
    assert hook("link/sub/.mcp.json", cwd=tmp_path).returncode == 1
    assert hook("sub/.mcp.json", cwd=tmp_path / "link").returncode == 1


def test_files_of_several_repositories(repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    put(repo, CLEAN).write_text(DIRTY)
    put(other, DIRTY).write_text(CLEAN)
    nested = repo / "nested"
    nested.mkdir()
    git(nested, "init", "-q")
    put(nested, DIRTY).write_text(CLEAN)
    done = hook("../other/.mcp.json", ".mcp.json", "nested/.mcp.json", cwd=repo)
    assert done.returncode == 1
    assert re.findall(r"^  (\S+):\d+:\d+ ", done.stderr, re.M) == ["../other/.mcp.json", "nested/.mcp.json"]


def test_a_linked_worktree(repo: Path, tmp_path: Path) -> None:
    put(repo, CLEAN)
    git(repo, "commit", "-qm", "x")
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", str(tree))
    put(tree, DIRTY).write_text(CLEAN)
    assert hook(".mcp.json", cwd=tree).returncode == 1
    assert hook(".mcp.json", cwd=repo).returncode == 0


def test_deleted_files(repo: Path) -> None:
    path = put(repo, DIRTY)
    path.unlink()
    assert hook(".mcp.json", cwd=repo).returncode == 1  # still staged
    git(repo, "commit", "-qm", "x")
    git(repo, "rm", "-q", "--cached", ".mcp.json")
    done = hook(".mcp.json", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_is_nowhere(repo: Path) -> None:
    done = hook("gone/.mcp.json", cwd=repo)
    assert done.returncode == 3
    assert "gone/.mcp.json" in done.stderr


def test_a_staged_link_is_no_configuration(repo: Path) -> None:
    (repo / "real.txt").write_text(DIRTY)
    (repo / ".mcp.json").symlink_to("real.txt")
    git(repo, "add", ".mcp.json")
    done = hook(".mcp.json", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")


def test_as_gits_own_hook_with_a_partial_commit(repo: Path) -> None:
    put(repo, CLEAN)
    git(repo, "commit", "-qm", "x")
    script = repo / ".git/hooks/pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{SOURCE}" exec "{sys.executable}" -m unsprawl hook .mcp.json\n')
    script.chmod(0o755)
    (repo / ".mcp.json").write_text(DIRTY)
    (repo / "other").write_text("x")
    git(repo, "add", "other")
    with pytest.raises(subprocess.CalledProcessError) as caught:  # `git commit FILE` makes an index of its own
        git(repo, "commit", "-qm", "y", ".mcp.json")
    assert b"1 secret" in caught.value.stderr
    git(repo, "commit", "-qm", "y", "other")


def test_a_repository_that_git_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".mcp.json").write_text(CLEAN)
    done = hook(".mcp.json", cwd=tmp_path)
    assert done.returncode == 3
    assert "git did not tell what is staged" in done.stderr
    (tmp_path / ".mcp.json").write_text(DIRTY)
    assert hook(".mcp.json", cwd=tmp_path).returncode == 1


def test_broken_files(repo: Path) -> None:
    put(repo, BROKEN)
    done = hook(".mcp.json", cwd=repo)
    assert done.returncode == 3
    assert done.stderr.startswith("unsprawl: .mcp.json:1: ")
    put(repo, BROKEN + '{"env": {"GITHUB_TOKEN": "' + TOKEN + '"')
    assert hook(".mcp.json", cwd=repo).returncode == 1


@pytest.mark.parametrize("text", ["", "  \n", "null", "[]", "{}", '"x"'])
def test_files_without_entries(repo: Path, text: str) -> None:
    put(repo, text)
    assert hook(".mcp.json", cwd=repo).returncode == 0


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("package.json", DIRTY.replace("mcpServers", "servers"), 0),
        ("package.json", DIRTY, 1),
        ("notes.md", DIRTY, 1),
        ("notes.md", f"{TOKEN} is no server's", 0),
        ("notes.png", DIRTY, 0),
        ("config.toml", f'[mcp_servers.x.env]\nGITHUB_TOKEN = "{TOKEN}"\n', 1),
        ("config.toml", f'[other]\nGITHUB_TOKEN = "{TOKEN}"\n', 0),
        (
            "x.code-workspace",
            DIRTY.replace('"mcpServers"', '"settings": {"mcp": {"servers"').replace("}}}}", "}}}}}}"),
            1,
        ),
    ],
)
def test_other_files(repo: Path, name: str, text: str, code: int) -> None:
    put(repo, text, name)
    assert hook(name, cwd=repo).returncode == code


def test_utf16(repo: Path) -> None:
    (repo / "x.json").write_bytes(DIRTY.encode("utf-16"))
    git(repo, "add", "x.json")
    assert hook("x.json", cwd=repo).returncode == 1


def test_usage(repo: Path) -> None:
    assert hook(cwd=repo).returncode == 0
    done = hook("--fix", ".mcp.json", cwd=repo)
    assert done.returncode == 2
    assert "hook knows no option --fix" in done.stderr
    put(repo, DIRTY, "-x.json")
    assert hook("-x.json", cwd=repo).returncode == 2
    assert hook("--", "-x.json", cwd=repo).returncode == 1
    assert hook("--", "--help", cwd=repo).returncode == 0  # a file of another kind


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help(word: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "unsprawl", "hook", word],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Usage: unsprawl hook [--allow-unreadable] [--] FILES…\n")
    assert done.stderr == ""


def test_a_secret_in_a_name_is_not_shown(repo: Path) -> None:
    put(repo, DIRTY.replace("github", TOKEN), f"{TOKEN}/.mcp.json")
    done = hook(f"{TOKEN}/.mcp.json", cwd=repo)
    assert done.returncode == 1
    assert done.stderr.count("<hidden>") >= 3


def test_names_cannot_rewrite_the_terminal(repo: Path) -> None:
    put(repo, DIRTY.replace('"github"', '"\\u001b[2Jevil\\u202e"'))
    done = hook(".mcp.json", cwd=repo)
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    assert "\\u001b[2Jevil\\u202e" in done.stderr


def test_a_url_in_a_variable_is_told_by_the_variable(repo: Path) -> None:
    put(repo, DIRTY.replace(f'"{TOKEN}"', f'"https://h.example.net/x?page=1&auth_token={TOKEN[4:]}"'))
    assert "env GITHUB_TOKEN:" in hook(".mcp.json", cwd=repo).stderr


def test_a_staged_copy(repo: Path) -> None:
    put(repo, DIRTY, ".mcp.json.bak")
    done = hook(".mcp.json.bak", cwd=repo)
    assert done.returncode == 1
    assert done.stderr.splitlines()[2:] == [
        "Keep copies out of git, and delete those that nobody needs:",
        "  git rm --cached .mcp.json.bak",
        "If it was ever pushed, revoke the key at its provider as well.",
    ]


NAMING = '{"mcpServers": {"github": {"command": "npx", "args": ["-y", "x"], "envFile": ".env"}}}\n'


def test_a_staged_environment_file_that_an_entry_names(repo: Path) -> None:
    put(repo, NAMING)
    put(repo, f"A=1\nGITHUB_TOKEN={TOKEN}\n", ".env").write_text("A=1\n")
    done = hook(".env", ".mcp.json", cwd=repo)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "unsprawl: 1 secret in MCP configuration",
        "  .env:2:14  github file GITHUB_TOKEN: GitHub personal access token (classic) (format and checksum)",
        "Keep environment files out of git, and list them in .gitignore:",
        "  git rm --cached .env",
        "If it was ever pushed, revoke the key at its provider as well.",
    ]


KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
OTHER = f"OTHER_TOKEN={KEY}\nLOG_LEVEL=debug\n"
KNOWN = f"GITHUB_TOKEN={TOKEN}\n"
TAKING = '{"mcpServers": {"x": {"command": "npx", "env": {"OTHER_TOKEN": "${OTHER_TOKEN}"}}}}\n'


@pytest.mark.parametrize(
    ("given", "config", "content", "told"),
    [
        ((".env",), NAMING, KNOWN, ".env:1:14  github file GITHUB_TOKEN"),
        ((".env",), NAMING, OTHER, ".env:1:13  github file OTHER_TOKEN"),
        ((".env",), CLEAN, KNOWN, ".env:1:14  github file GITHUB_TOKEN"),
        ((".env", ".mcp.json"), CLEAN, KNOWN, ".env:1:14  github file GITHUB_TOKEN"),
        ((".mcp.json", ".env"), TAKING, OTHER, ".env:1:13  x file OTHER_TOKEN"),
        ((".env",), TAKING, OTHER, ".env:1:13  x file OTHER_TOKEN"),
        ((".env",), TAKING, KNOWN, ".env:1:14  file GITHUB_TOKEN"),
        ((".env",), CLEAN, OTHER, ""),
        ((".env",), '{"mcpServers": {}}', KNOWN, ""),
        ((".mcp.json",), NAMING, KNOWN, ""),
        ((), TAKING, OTHER, ".env:1:13  x file OTHER_TOKEN"),
    ],
)
def test_an_environment_file_beside_entries(
    repo: Path, given: tuple[str, ...], config: str, content: str, told: str
) -> None:
    put(repo, config).write_text("what the disk has does not count")
    git(repo, "commit", "-qm", "x")
    put(repo, content, ".env").write_text("")
    done = hook(*given, cwd=repo) if given else hook("--staged", cwd=repo)
    lines = [line.strip() for line in done.stderr.splitlines() if ".env:" in line]
    assert [line.rpartition(": ")[0] for line in lines] == ([told] if told else [])
    assert done.returncode == bool(told)
    assert KEY not in done.stderr
    assert ("  git rm --cached .env" in done.stderr.splitlines()) == bool(told)


@pytest.mark.parametrize(
    ("config", "env", "found"),
    [
        (".cursor/mcp.json", ".env.local", True),
        ("app/.mcp.json", "app/.env", True),
        ("app/.mcp.json", "app/.environment", False),
        ("app/.mcp.json", "other/.env", False),
        ("app/.mcp.json", ".env", False),
        (".mcp.json", "app/.env", False),
    ],
)
def test_where_an_environment_file_is_beside_entries(repo: Path, config: str, env: str, found: bool) -> None:
    put(repo, TAKING, config)
    put(repo, KNOWN, env)
    done = hook(env, cwd=repo)
    assert done.returncode == found
    assert (f"{env}:1:14" in done.stderr) == found


def test_entries_in_a_broken_tracked_file_are_not_told(repo: Path) -> None:
    put(repo, DIRTY[:-3])
    put(repo, OTHER, ".env")
    done = hook(".env", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_broken_environment_file_is_told(repo: Path) -> None:
    put(repo, NAMING)
    put(repo, "what is this\n", ".env")
    done = hook(".env", ".mcp.json", cwd=repo)
    assert done.returncode == 3
    assert done.stderr.startswith("unsprawl: .env:1: not a line of the form NAME=value")


def test_a_staged_document(repo: Path) -> None:
    put(repo, f"# Set up\n\n    claude mcp add github -e GITHUB_TOKEN={TOKEN} -- npx -y x\n", "README.md")
    done = hook("README.md", cwd=repo)
    assert done.returncode == 1
    assert re.fullmatch(
        r"  README\.md:3:\d+  github env GITHUB_TOKEN: GitHub personal access token .*", done.stderr.splitlines()[1]
    )
    assert "  README.md:3: it stands in a document or a command line, which is never edited." in done.stderr


def test_a_staged_yaml_file(repo: Path) -> None:
    put(
        repo, f"# mcp\nmcpServers:\n  github:\n    command: npx\n    env:\n      GITHUB_TOKEN: {TOKEN}\n", "servers.yml"
    )
    done = hook("servers.yml", cwd=repo)
    assert done.returncode == 1
    assert "  servers.yml:6:21  github env GITHUB_TOKEN: " in done.stderr


HEAVY = ["click", "rich", "dataclasses", "inspect", "yaml", "jsonschema", "tree_sitter", "keyring", "httpx", "tomllib"]
HEAVY += [
    "email",
    "urllib.request",
    "asyncio",
    "unsprawl.scanner.suppress",
    "unsprawl.scanner.ignore",
    "unsprawl.vault",
]


def imported(folder: Path, name: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "unsprawl", "hook", name],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]


@pytest.mark.parametrize("in_git", [False, True], ids=["plain folder", "repository"])
def test_what_a_clean_file_does_not_import(tmp_path: Path, in_git: bool) -> None:
    if in_git:
        git(tmp_path, "init", "-q")
    (tmp_path / ".mcp.json").write_text(CLEAN)
    modules = imported(tmp_path, ".mcp.json")
    assert "unsprawl.scanner.examine" in modules
    assert [name for name in modules if "yaml" in name or "dotenv" in name or "env_file" in name] == []
    assert [name for name in HEAVY if any(m == name or m.startswith(f"{name}.") for m in modules)] == []


def test_a_secret_in_a_comment_is_found(repo: Path) -> None:
    put(repo, f'{{"servers": {{\n  // "GITHUB_TOKEN": "{TOKEN}"\n}}}}\n', ".vscode/mcp.json")
    done = hook(".vscode/mcp.json", cwd=repo)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1] == (
        "  .vscode/mcp.json:2:23  env GITHUB_TOKEN: "
        "GitHub personal access token (classic) (format and checksum), in a comment"
    )
    put(repo, f'{{"servers": {{\n  // "GITHUB_TOKEN": "{TOKEN}" unsprawl:allow sample\n}}}}\n', ".vscode/mcp.json")
    assert hook(".vscode/mcp.json", cwd=repo).returncode == 0
