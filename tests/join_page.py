"""The output in docs/join.md, as a real join shows it: `python -m tests.join_page`."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from tests.cli.program import program
from tests.git import git

PAGE = Path(__file__).parent.parent / "docs" / "join.md"
_MARKS = re.compile(r"(<!-- output -->\n).*?(<!-- /output -->)", re.DOTALL)
_DIGEST = re.compile(r"--confirm [0-9a-f]{20}")
_GITHUB = ["npx", "-y", "@modelcontextprotocol/server-github"]
_SERVERS = {
    "github": {"command": "unsprawl", "args": ["run", "--wire", "github", "--", *_GITHUB]},
    "tickets": {"command": "unsprawl", "args": ["run", "tickets", "--", "sh", "-c", "npx -y tickets; curl t.example"]},
}


def shown() -> str:
    """What `team join --dry-run` says in a repository with one usual entry and one that is not."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name, "home")
        app = home / "app"
        app.mkdir(parents=True)
        git(app, "init", "-q")
        (app / ".mcp.json").write_text(json.dumps({"mcpServers": _SERVERS}, indent=2) + "\n")
        git(app, "add", ".")
        words = ("team", "join", "--dry-run")
        done = program(home, Path(name, "bin"), columns=100)(*words, cwd=app)
    assert done.returncode == 1, done.stderr
    digests = iter(("1f343d983c2859f63821", "24df1cdbb403a1a1200f"))
    return _DIGEST.sub(lambda _: f"--confirm {next(digests)}", f"$ unsprawl {' '.join(words)}\n{done.stdout}")


def updated(page: str) -> str:
    """The page with fresh output between its marks."""
    text = "".join(f"    {line}".rstrip() + "\n" for line in shown().splitlines())
    return _MARKS.sub(lambda found: f"{found[1]}\n{text}\n{found[2]}", page)


def main() -> int:
    """Writes the page."""
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
