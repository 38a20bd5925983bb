"""A home folder of any size, like a developer's: projects, other people's code, caches, and a few MCP configurations.

Half of the files are what a real home is full of and nobody wrote there: a quarter in `node_modules`, a tenth each in
`.git/objects` and `.cache`, the rest in `site-packages`. Peers read them, or skip them, as they do at your place.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "index",
    "main",
    "utils",
    "model",
    "view",
    "test",
    "data",
    "config",
    "readme",
    "notes",
    "draft",
    "report",
    "build",
]
ENDINGS = [
    ".py",
    ".js",
    ".ts",
    ".md",
    ".txt",
    ".json",
    ".yaml",
    ".toml",
    ".png",
    ".css",
    ".html",
    ".lock",
    ".go",
    ".rs",
    ".c",
    ".h",
]
OWN = ["", "src", "src/lib", "docs", "tests"]
SHARES = {"own": 0.5, "node_modules": 0.25, "objects": 0.1, "cache": 0.1, "site-packages": 0.05}
_BETTER = string.ascii_letters + string.digits


def make(root: Path, files: int, configs: int = 300) -> list[str]:
    """Write about `files` files below `root`, `configs` projects with an MCP configuration; answers the values of the
    secrets in them.
    """
    chosen = random.Random(2026)
    planted: list[str] = []
    made = 0
    for project in _projects(root, chosen):
        if made >= files:
            break
        for folder in OWN:
            made += _fill(project / folder, chosen.randint(10, 40), chosen)
        for share, folders in _foreign(root, project, chosen):
            for folder in folders:
                made += _fill(folder, round(125 * SHARES[share] / SHARES["own"] / len(folders)), chosen, share)
        if configs > 0:
            planted += _project_config(project, chosen)
            configs -= 1
    return planted + _users_own(root, chosen)


def _projects(root: Path, chosen: random.Random) -> Iterator[Path]:
    number = 0
    while True:
        yield root / chosen.choice(["code", "work", "Documents", "src"]) / f"{chosen.choice(WORDS)}-{number}"
        number += 1


def _foreign(root: Path, project: Path, chosen: random.Random) -> Iterator[tuple[str, list[Path]]]:
    yield "node_modules", [project / f"node_modules/{word}/dist" for word in WORDS[:4]]
    yield "objects", [project / f".git/objects/{chosen.randrange(256):02x}" for _ in range(5)]
    yield "cache", [root / f".cache/{chosen.choice(WORDS)}/{project.name}"]
    yield "site-packages", [project / f".venv/lib/python3/site-packages/{WORDS[0]}"]


def _fill(folder: Path, files: int, chosen: random.Random, share: str = "own") -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        if share == "objects":
            (folder / f"{chosen.getrandbits(152):038x}").write_bytes(chosen.randbytes(chosen.randint(100, 2000)))
        else:
            name = f"{chosen.choice(WORDS)}{number}{chosen.choice(ENDINGS)}"
            (folder / name).write_text(" ".join(chosen.choices(WORDS, k=chosen.randint(5, 200))))
    return files


def _token(chosen: random.Random) -> str:
    return "".join(chosen.choices(_BETTER, k=32))


def _server(value: str) -> dict[str, object]:
    return {"command": "npx", "args": ["-y", "tickets-mcp"], "env": {"TICKETS_TOKEN": value, "LOG_LEVEL": "info"}}


def _project_config(project: Path, chosen: random.Random) -> list[str]:
    """One configuration in two holds its key; the other ones name a variable."""
    token = _token(chosen) if chosen.random() < 0.5 else ""
    name, key = chosen.choice(
        [(".mcp.json", "mcpServers"), (".vscode/mcp.json", "servers"), (".cursor/mcp.json", "mcpServers")]
    )
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({key: {"tickets": _server(token or "${TICKETS_TOKEN}")}}, indent=2))
    return [token] if token else []


def _users_own(root: Path, chosen: random.Random) -> list[str]:
    """The files of the user's hosts: Claude Code's of 5 MB with three older copies of 1 MB, Codex, Cursor, goose."""
    token = cycle([_token(chosen), _token(chosen), _token(chosen)])
    values: list[str] = []

    def value() -> str:
        values.append(next(token))
        return values[-1]

    _write(root / ".claude.json", json.dumps(_claude_code(5_000_000, value, chosen), indent=2))
    for day in range(3):
        older = json.dumps(_claude_code(1_000_000, value, chosen), indent=2)
        _write(root / f".claude/backups/.claude.json.backup.{1764295935123 + day}", older)
    _write(
        root / ".codex/config.toml",
        f'[mcp_servers.tickets]\ncommand = "npx"\nenv = {{ TICKETS_TOKEN = "{value()}" }}\n',
    )
    _write(root / ".cursor/mcp.json", json.dumps({"mcpServers": {"tickets": _server(value())}}, indent=2))
    _write(root / ".cursor/mcp.json.bak", json.dumps({"mcpServers": {"tickets": _server(value())}}, indent=2))
    _write(
        root / ".config/goose/config.yaml",
        "extensions:\n  tickets:\n    type: stdio\n    cmd: npx\n    args: [-y, tickets-mcp]\n    enabled: true\n"
        f"    envs:\n      TICKETS_TOKEN: {value()}\n",
    )
    return sorted(set(values))


def _claude_code(size: int, value: Callable[[], str], chosen: random.Random) -> dict[str, object]:
    line = {"display": " ".join(chosen.choices(WORDS, k=60)), "pastedContents": {}}
    history = [line] * (size // 4 // len(json.dumps(line)))
    projects = {f"/home/me/code/{word}": {"allowedTools": [], "history": history} for word in WORDS[:4]}
    return {"numStartups": 812, "projects": projects, "mcpServers": {"tickets": _server(value())}}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
