"""What the tests of migrations on branches share: repositories with keys in them, and the command in this process."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.rewriters.support import env_entry, secret, spellings, write_json
from unsprawl.cli import branching
from unsprawl.cli.branching import Branching
from unsprawl.rewriters.branches.make import make
from unsprawl.rewriters.replace_file import Watch, unwatched
from unsprawl.rewriters.stated import NOTHING_STATED
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.surroundings import Surroundings

VALUES = (secret("GITHUB", 1), secret("GITHUB", 2), secret("GITLAB"))
"""The keys of every repository here: two in `.mcp.json`, one in `.cursor/mcp.json`."""
BRANCH = "team/keys"


def git(folder: Path, *words: str, **variables: str) -> str:
    """What git says in `folder`, as its user runs it: with the configuration of the test's home."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1", **variables},
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def user(home: Path) -> None:
    """Git knows who commits, and nothing else."""
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Lea\n\temail = lea@example.com\n[init]\n\tdefaultBranch = main\n"
    )


def repository(folder: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """A clean repository with three keys in two files."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    entries = {"github": env_entry(VALUES[0]), "other": env_entry(VALUES[1], "GITHUB_PAT")}
    write_json(folder / ".mcp.json", {**entries, "clean": {"command": "npx", "args": ["-y", "server-time"]}})
    write_json(folder / ".cursor" / "mcp.json", {"gitlab": env_entry(VALUES[2], "GITLAB_TOKEN")})
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it was")
    return git(folder, "rev-parse", "HEAD")


class Run:
    """One run of the command."""

    def __init__(self, code: Exit, out: str, err: str) -> None:
        self.code, self.err = code, err
        self.document: dict[str, Any] = json.loads(out)

    @property
    def repositories(self) -> list[dict[str, Any]]:
        return self.document["repositories"]  # type: ignore[no-any-return]

    @property
    def only(self) -> dict[str, Any]:
        [one] = self.repositories
        return one


def run(home: Path, *folders: Path, branch: str = BRANCH, watch: Watch = unwatched, **options: Any) -> Run:
    """`unsprawl migrate FOLDERS --branch BRANCH --yes --format json`."""
    around = Surroundings(str(home), str(home), dict(os.environ), "linux")
    policy = options.pop("policy", None)
    if policy is not None:
        from unsprawl.cli.own_policy import own

        options |= {"policy": own(str(policy), around), "policy_file": str(policy)}
    asked = {
        "hooks": None, "target": "auto", "sent": (), "stated": NOTHING_STATED, "store_id": "age-file", "only": (),
        "people": None, "policy": None, "policy_file": None, "output": "json", "asking": False, "doing": True,
        "looking": False, **options,
    }  # fmt: skip
    original: Callable[..., Any] = make
    branching.make = lambda *args, **named: original(*args, **{**named, "watch": watch})  # type: ignore[attr-defined]
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = Branching(around, tuple(map(str, folders)), branch, **asked).run()
    finally:
        branching.make = original  # type: ignore[attr-defined]
    assert not leaks(out.getvalue() + err.getvalue()), "a value was printed"
    return Run(code, out.getvalue(), err.getvalue())


def leaks(text: str, values: Iterable[str] = VALUES) -> list[str]:
    data = text.encode("utf-8", "surrogateescape")
    return [value[:4] for value in values if any(form in data for form in spellings(value))]


def new_objects(folder: Path, base: str, tip: str) -> bytes:
    """The content of every object that the commits since `base` brought: messages, trees, files."""
    names = [line.split(" ")[0] for line in git(folder, "rev-list", "--objects", f"{base}..{tip}").splitlines()]
    assert len(names) > 3
    return b"\n".join(
        subprocess.run(
            ["git", "cat-file", git(folder, "cat-file", "-t", name), name], cwd=folder, capture_output=True, check=True
        ).stdout
        for name in names
    )


def snapshot(folder: Path) -> dict[str, Any]:
    """All that must be as before: files with content and mode, index, HEAD, branches."""
    files = {}
    for parent, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = Path(parent, name)
            files[str(path.relative_to(folder))] = (path.lstat().st_mode, path.read_bytes())
    return {
        "files": files,
        "index": git(folder, "ls-files", "--stage", "-v"),
        "status": git(folder, "status", "--porcelain"),
        "head": git(folder, "rev-parse", "HEAD") + (git(folder, "branch", "--show-current")),
        "refs": git(folder, "for-each-ref"),
    }
