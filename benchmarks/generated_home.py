"""A home folder of any size, like a developer's: projects, installed packages, caches, and a few MCP configurations."""

from __future__ import annotations

import json
import random
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


def make(root: Path, files: int, configs: int = 300) -> int:
    """Write about `files` files below `root`, `configs` of them MCP configurations; answers the number of secrets."""
    chosen = random.Random(2026)
    made = secrets = 0
    while made < files:
        project = root / chosen.choice(["code", "work", "Documents", "src"]) / f"{chosen.choice(WORDS)}-{made}"
        # A third of a developer's files are other people's.
        for inner in ["", "src", "src/lib", "docs", "tests", "node_modules/left", "node_modules/right/dist"]:
            folder = project / inner
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(chosen.randint(10, 40)):
                name = f"{chosen.choice(WORDS)}{number}{chosen.choice(ENDINGS)}"
                (folder / name).write_text(" ".join(chosen.choices(WORDS, k=chosen.randint(5, 200))))
                made += 1
        if configs > 0:
            secrets += _configuration(project, chosen)
            configs -= 1
    return secrets


def _configuration(project: Path, chosen: random.Random) -> int:
    token = "".join(chosen.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=32))
    literal = chosen.random() < 0.5
    env = {"TICKETS_TOKEN": token if literal else "${TICKETS_TOKEN}", "LOG_LEVEL": "info"}
    servers = {"tickets": {"command": "npx", "args": ["-y", "tickets-mcp"], "env": env}}
    name, key = chosen.choice(
        [(".mcp.json", "mcpServers"), (".vscode/mcp.json", "servers"), (".cursor/mcp.json", "mcpServers")]
    )
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({key: servers}, indent=2))
    return int(literal)
