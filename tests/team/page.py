"""The transcript of docs/team.md, from a team of three that really does it: `python -m tests.team.page [--check]`."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

from tests.cli.terminal import Terminal
from tests.readme_output import INSTALLED
from tests.team.bed import WORK, Person, Team, key, npx, team, write

PAGE = Path(__file__).parents[2] / "docs" / "team.md"
_MARKS = re.compile(r"(<!-- output: ([a-z]+) -->\n).*?(<!-- /output -->)", re.DOTALL)
_GITHUB, _BRAVE = "@modelcontextprotocol/server-github", "@brave/brave-search-mcp-server"
_PAT, _DAY = "GITHUB_PERSONAL_ACCESS_TOKEN", "2026-11-28"


def _build(acme: Team) -> tuple[Person, Person, Person]:
    """One repository with two keys in it, and a copy of one in a home."""
    ada, bo, cem = acme.people.values()
    ours = key("GITHUB", "the team")
    acme.publish("app", {
        ".mcp.json": {"mcpServers": {"github": npx(_GITHUB, **{_PAT: ours})}},
        ".cursor/mcp.json": {"mcpServers": {"search": npx(_BRAVE, BRAVE_API_KEY=key("BRAVE", "the team"))}},
    }, ada)  # fmt: skip
    acme.clone(["app"], bo, cem)
    mine = {"mcpServers": {"github": npx(_GITHUB, **{_PAT: ours})}}
    write(bo.home / ".cursor" / "mcp.json", mine)
    for person in (ada, bo, cem):
        person.start.environ["UNSPRAWL_TEST"] = "1"
    return ada, bo, cem


def _typed(person: Person, *words: str, cwd: str = "", code: int = 0, to: str = "", stderr: bool = False) -> str:
    """A command under its prompt, with what it prints; `to`: the file that gets it."""
    done = person.start(*words, cwd=person.home / cwd)
    assert done.returncode == code, done.stdout + done.stderr
    shown = " ".join(word if re.fullmatch(r"[\w./~=,+-]+", word) else f"'{word}'" for word in words)
    prompt = f"{person.name}:~{'/' + cwd if cwd else ''}$ unsprawl {shown}"
    if to:
        (person.home / cwd / to).write_text(done.stdout)
        return f"{prompt} > {to}\n"
    return f"{prompt}\n{done.stdout}{done.stderr if stderr else ''}"


def _hand(person: Person, when: str, code: int) -> str:
    return _typed(
        person, "scan", "~", "--format", "json", "--anonymous", "--as", person.name, to=f"{person.name}-{when}.json",
        code=code,
    )  # fmt: skip


def _joined(person: Person) -> str:
    """A join with its questions."""
    with Terminal(person.start, "team", "join", f"{WORK}/app") as terminal:
        for number, (kind, question) in enumerate((("GITHUB", 1), ("BRAVE", 2))):
            terminal.until(r"Is it what you expect\?", question)
            terminal.press("y")
            terminal.until(r"\(not shown; nothing:\s+leave the entry\)", number + 1)
            terminal.press(f"{key(kind, person.name)}\r")
        assert terminal.end() in (0, 3), terminal.shown
        return f"{person.name}:~/{WORK}/app$ unsprawl team join\n{terminal.shown}"


def _parts(folder: Path) -> Iterator[tuple[str, str]]:
    """By name, what each block shows."""
    with team(folder, "ada", "bo", "cem", extra=INSTALLED) as acme:
        ada, bo, cem = _build(acme)
        members = [word for name in acme.people for word in ("--member", name)]
        shared = folder / "stick"
        shared.mkdir()
        made = _typed(ada, "team", "key", "--new") + _typed(ada, "team", "key", "--export", str(shared / "team.key"))
        for person in (bo, cem):
            taken = _typed(person, "team", "key", "--import", str(shared / "team.key"))
        yield "key", made + "\n" + taken.replace("cem:", "bo:")
        yield "before", _hand(ada, "before", 1) + _hand(bo, "before", 1)
        app = f"{WORK}/app"
        yield "init", _typed(ada, "team", "init", "--yes", "--name", "acme", *members, "--move", "GitHub=run", "--move", "Brave=wire", cwd=app)  # fmt: skip
        yield "branch", _typed(ada, "migrate", ".", "--policy", ".unsprawl.yaml", "--branch", "mcp-keys", "--yes", cwd=app)
