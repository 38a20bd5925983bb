"""A messy home: several hosts, broken files, odd names, and a different synthetic secret in every kind of place."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random

from tests.git import git
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum

RECORDER = Path(__file__).parents[1] / "servers" / "recorder.py"
BIDI, ESCAPE, MARKUP = "evil\u202etxt.exe", "colour\x1b[31mful\x1b]0;title\x07", "[red]rich[/red] [link=x]"


def github(seed: int) -> str:
    """A GitHub token with a valid checksum; made at run time, so that no file holds one."""
    return expand("ghp_{an:30}{chk}", Random(seed), Checksum("crc32-base62", 6, 4))


def brave(seed: int) -> str:
    return "BSA" + expand("{an:27}", Random(seed))


def unknown(seed: int) -> str:
    """A key of no known format, with what JSON, URLs and base64 spell differently."""
    return expand("{an:12}/{an:9}+{an:9}=", Random(seed))


SECRETS = {
    "env": github(1),
    "env in JSON5": unknown(2),
    "header": expand("{an:40}", Random(3)),
    "arg": github(4),
    "url query": expand("{an:32}", Random(5)),
    "url user": expand("{an:24}", Random(6)),
    "server name": github(7),
    "key name": github(8),
    "broken file": github(9),
    "toml env": brave(10),
    "toml header": unknown(11),
    "folder name": github(12),
    "quotes": 'p"w\\' + expand("{an:20}", Random(13)) + "\u00e9",
    "broken toml": github(14),
    "staged": github(15),
    "home of a local server": expand("{an:36}", Random(16)),
    "input default": github(17),
    "server name only": github(18),
    "folder name only": github(19),
    "key name only": github(20),
    "second document": github(21),
}
"""Where it is planted, and the value."""


def build(home: Path) -> Path:
    """Fill `home`; answers the git repository in it."""
    s = SECRETS
    named = {
        "github": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-github"],
            "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": s["env"], "LOG_LEVEL": "debug"},
        },
        s["server name"]: {"command": "npx", "args": ["-y", "some-server"], "env": {"LOG": "1"}},
        "copy": {"command": "npx", "args": ["-y", "other-server"], "env": {"API_KEY": s["server name"]}},
        "odd": {"command": "npx", "args": ["x"], "env": {"ACME_API_KEY": s["quotes"]}},
        BIDI: {"command": "npx", "args": ["x", "--api-key", s["arg"]]},
        ESCAPE: {"type": "http", "url": f"https://mcp.example.com/mcp?api_key={s['url query']}"},
        MARKUP: {
            "type": "http",
            "url": "https://mcp.example.org/mcp",
            "headers": {"Authorization": f"Bearer {s['header']}"},
        },
        "database": {"command": "npx", "args": ["pg", f"postgresql://admin:{s['url user']}@db.example.com:5432/main"]},
        "clean": {"command": "npx", "args": ["-y", "server-time"], "env": {s["key name only"]: "yes"}},
        s["server name only"]: {"command": "npx", "args": ["-y", "server-time"]},
    }
    _write(
        home / ".claude.json",
        "\ufeff" + json.dumps({"numStartups": 3, "mcpServers": named}, indent=2).replace("\n", "\r\n"),
    )
    keys = f"{{'ACME_API_KEY': {json.dumps(s['env in JSON5'])}, 'GITHUB_TOKEN': '{s['env']}',}}"
    acme = f"acme: {{\n      command: 'npx', args: ['acme'],\n      env: {keys},\n    }},"
    _write(home / ".cursor" / "mcp.json", f"{{\n  // mine\n  'mcpServers': {{\n    {acme}\n  }},\n}}\n")
    _write(
        home / ".codex" / "config.toml",
        f"""model = "o3"\n\n[mcp_servers.brave]\ncommand = "npx"\nargs = ["-y", "brave-search-mcp"]\n
[mcp_servers.brave.env]\nBRAVE_API_KEY = "{s["toml env"]}"  # mine\n
[mcp_servers.remote]\nurl = "https://mcp.example.net/mcp"\nhttp_headers = {{ "X-Api-Key" = "{s["toml header"]}" }}\n""",
    )
    broken = '{"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "' + s["broken file"]
    _write(home / ".gemini" / "settings.json", broken + '" "OOPS" }}}')
    _write(
        home / "proj-broken" / ".codex" / "config.toml", f'[mcp_servers.x]\nenv = {{ TOKEN = "{s["broken toml"]}" = 3\n'
    )
    _write(home / "empty" / ".mcp.json", "")
    (home / ".gemini" / "extensions").mkdir()
    folder = home / "work" / s["folder name"]
    _write(
        folder / ".mcp.json", json.dumps({"mcpServers": {"a": {"command": "x", "env": {"GH_TOKEN": s["folder name"]}}}})
    )
    _write(folder / "broken" / ".mcp.json", '{"mcpServers": ')
    _write(home / "other" / s["folder name only"] / ".mcp.json", '{"mcpServers": {"time": {"command": "x"}}} {')
    _write(home / "other" / s["folder name only"] / "opencode.json", "{")
    odd = {"mcpServers": {"k": {"command": "x", "env": {s["key name"]: s["key name"]}}}}
    _write(home / "keys" / ".mcp.json", json.dumps(odd))
    twice = '{"mcpServers": {"t": {"command": "x", "env": {"A_TOKEN": "' + s["second document"] + '", "A_TOKEN": ""}}}}'
    _write(home / "twice" / ".mcp.json", twice)
    project = home / "project"
    local = {
        "command": sys.executable,
        "args": [str(RECORDER), "--record-to", str(home.parent / "record.jsonl")],
        "env": {"TICKETS_API_KEY": s["home of a local server"]},
    }
    _write(project / ".mcp.json", json.dumps({"mcpServers": {"tickets": local}}, indent=2) + "\n")
    vscode = {
        "inputs": [{"type": "promptString", "id": "gh", "default": s["input default"]}],
        "servers": {"gh": {"command": "npx", "args": ["x"], "env": {"GITHUB_TOKEN": s["staged"]}}},
    }
    _write(project / ".vscode" / "mcp.json", json.dumps(vscode, indent="\t"))
    git(project, "init", "-q")
    git(project, "add", ".")
    return project


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
