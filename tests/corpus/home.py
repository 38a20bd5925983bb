"""A realistic messy home: many hosts, three repositories, copies, odd files, traps; and what is planted in it."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import NamedTuple

from tests.corpus.expand import Expanded, Planted, expand_case, expand_text, write
from tests.git import git

GITHUB = "ghp_{an:30}{chk-ghp}"
ACME = "{an:40}"


class Secret(NamedTuple):
    """One planted secret."""

    path: str
    """Of the file, relative to the home."""
    line: int
    column: int
    end_line: int
    end_column: int
    kind: str
    value: str
    """As it stands in the file."""


class Home(NamedTuple):
    """What was built."""

    secrets: list[Secret]
    negatives: list[str]
    """Made-up values that are no secrets."""
    broken: list[str]
    """Files that cannot be read or parsed and must be named; relative to the home."""


MESSY = Path(__file__).parent / "messy"
"""The small files, with their places in the home; marked as README.md says."""
OUTSIDE = '{"mcpServers": {"elsewhere": {"command": "x", "env": {"ELSEWHERE_TOKEN": "⟦S env:{an:40}⟧"}}}}\n'
STATE_SIZE = 3_000_000


def state() -> str:
    """The text of a `.claude.json` of three megabytes, as marked text."""
    github = {
        "type": "stdio",
        "command": "npx",
        "args": ["-y", "gh-mcp"],
        "env": {"GITHUB_TOKEN": f"⟦S env@gh:{GITHUB}⟧"},
    }
    remote = {
        "type": "http",
        "url": "https://mcp.acme.example/mcp",
        "headers": {"X-Api-Key": f"⟦S header@acme:{ACME}⟧"},
    }
    database = {
        "type": "stdio",
        "command": "pg",
        "args": ["postgres://zoe:⟦S arg:{pwq}⟧@pg.acme.example/app"],
        "env": {},
    }
    asked = "why is the password reset token rejected? see Authorization: Bearer <token> in the log, key=abc, and "
    history = [{"display": f"{n} {asked * 3}", "pastedContents": {}} for n in range(40)]
    projects: dict[str, object] = {}
    while len(projects) * 14_000 < STATE_SIZE:
        projects[f"/home/zoe/code/p{len(projects)}"] = {"allowedTools": [], "history": history, "mcpServers": {}}
    projects["/home/zoe/code/shop"] = {"history": history, "mcpServers": {"acme": remote}}
    projects["/home/zoe/code/api"] = {"history": history, "mcpServers": {"database": database}}
    return json.dumps(
        {
            "numStartups": 812,
            "userID": "⟦N {h:64}⟧",
            "oauthAccount": {"accountUuid": "⟦N {uuid}⟧", "emailAddress": "zoe@acme.example"},
            "customApiKeyResponses": {"approved": ["⟦N {w:20}⟧"], "rejected": []},
            "projects": projects,
            "mcpServers": {
                "github": github,
                "fetch": {"type": "stdio", "command": "uvx", "args": ["mcp-server-fetch"]},
            },
        },
        indent=2,
        ensure_ascii=False,
    )


def build(home: Path, seed: int = 1) -> Home:
    """Fill `home`, an empty folder; a folder beside it, `outside`, is what a link leads to."""
    built = Home([], [], [".qwen/settings.json"])
    same = f"{seed}/{MESSY.name}"
    text, planted = expand_text(state(), ".claude.json", same, {})
    write(home / ".claude.json", text, [])
    for file in (Expanded(".claude.json", text, tuple(planted)), *expand_case(MESSY, home, seed)):
        built.secrets.extend(_secret(file, p) for p in file.planted if p.mark == "S")
        built.negatives.extend(file.text[p.start : p.end] for p in file.planted if p.mark == "N")
    text, _ = expand_text(OUTSIDE, "outside", same, {})
    write(home.parent / "outside" / ".mcp.json", text, [])
    _traps(home)
    locked = home / ".trae" / "mcp.json"
    write(locked, '{"mcpServers": {}}\n', [])
    locked.chmod(0)
    if not os.access(locked, os.R_OK):  # root reads everything
        built.broken.append(".trae/mcp.json")
    for project in ("code/shop", "code/api", "work/Kundin Ä & Co"):
        git(home / project, "init", "-q")
        git(home / project, "add", ".")
    return built


def _traps(home: Path) -> None:
    """Links in a circle and out of the home, a link to a file of the home, a pipe, a folder with a file's name."""
    for folder in (".warp", ".junie/mcp", "code/loop", "code/pipe", "code/odd/.mcp.json"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / ".warp" / ".mcp.json").symlink_to(home / ".warp" / "again.json")
    (home / ".warp" / "again.json").symlink_to(home / ".warp" / ".mcp.json")
    (home / "code" / "loop" / "self").symlink_to(home / "code")
    (home / "code" / "outside").symlink_to(home.parent / "outside")
    (home / ".junie" / "mcp" / "mcp.json").symlink_to(home / "dotfiles" / "junie.json")
    os.mkfifo(home / "code" / "pipe" / ".mcp.json")


def _secret(file: Expanded, planted: Planted) -> Secret:
    def place(at: int) -> tuple[int, int]:
        return file.text.count("\n", 0, at) + 1, at - file.text.rfind("\n", 0, at)

    value = file.text[planted.start : planted.end]
    return Secret(file.path, *place(planted.start), *place(planted.end), planted.kind, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where to build it; must not exist")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    home: Path = options.folder.resolve() / "home"
    home.mkdir(parents=True)
    built = build(home, options.seed)
    print(f"{home}: {len(built.secrets)} places of {len({s.value for s in built.secrets})} secrets")
    for secret in built.secrets:
        print(f"  {secret.path}:{secret.line}:{secret.column}  {secret.kind}")


if __name__ == "__main__":
    main()
