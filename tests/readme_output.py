"""The output that README shows, from a real run in a small demo home: `python -m tests.readme_output [--check]`."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from random import Random

from tests.cli.homes import brave, github
from tests.cli.program import program
from unsprawl.rules.samples import expand

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- output: scan -->", "<!-- /output -->"
COLUMNS = 80
# The path that a lasting installation has; the real one here is temporary, and as long as this machine makes it.
INSTALLED = """
from unsprawl.broker.install import Installed
install.where = lambda: Installed("/home/you/.local/bin/unsprawl", True, "installed for this user")
"""


def build(home: Path) -> None:
    """Two hosts as people have them; one token in both."""
    token = github(7)
    bearer = expand("{an:40}", Random(8))
    server = {
        "command": "npx",
        "args": ["-y", "@modelcontextprotocol/server-github"],
        "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": token},
    }
    search = {
        "command": "npx",
        "args": ["-y", "@brave/brave-search-mcp-server"],
        "env": {"BRAVE_API_KEY": brave(9), "BRAVE_MCP_TRANSPORT": "stdio"},
    }
    tickets = {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": f"Bearer {bearer}"}}
    _write(home / ".claude.json", {"numStartups": 41, "mcpServers": {"github": server}})
    _write(home / ".cursor" / "mcp.json", {"mcpServers": {"github": server, "search": search, "tickets": tickets}})


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)


def block() -> str:
    """What stands between the two marks."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        build(home)
        start = program(home, Path(folder, "bin"), extra=INSTALLED, columns=COLUMNS)
        parts = []
        for words in (["scan", str(home)], ["migrate", "--dry-run", "--entry", "search", "--entry", "tickets"]):
            done = start(*words)
            typed = " ".join(["unsprawl", *words]).replace(str(home), "~")
            assert done.stderr == "", done.stderr
            parts.append(f"$ {typed}\n{_settled(done.stdout)}")
    text = "\n".join(parts)
    return "\n" + "".join(f"    {line}\n" if line else "\n" for line in text.splitlines()) + "\n"


def _settled(text: str) -> str:
    """Every run makes new names for the vault's records; the README keeps one of the same length."""
    refs = dict.fromkeys(re.findall(r"the vault, as ([a-z]+-[a-z0-9]{8})\b", text))
    for number, ref in enumerate(refs):
        text = text.replace(ref, ref[:-8] + "".join(Random(number).choices("abcdefghijkmnpqrstuvwxyz234567", k=8)))
    return text


def updated(readme: str) -> str:
    """The README with fresh output."""
    before, rest = readme.split(BEGIN)
    return before + BEGIN + "\n" + block() + END + rest.split(END)[1]


def main(words: list[str]) -> int:
    readme = README.read_text(encoding="utf-8")
    fresh = updated(readme)
    if fresh == readme:
        return 0
    if words == ["--check"]:
        sys.stderr.write("README.md is stale: python -m tests.readme_output\n")
        return 1
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
