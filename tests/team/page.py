"""The transcript of docs/team.md, from a team of three that really does it: `python -m tests.team.page`."""

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
    app = f"{WORK}/app"
    with team(folder, "ada", "bo", "cem", extra=INSTALLED) as acme:
        ada, bo, cem = _build(acme)
        stick = folder / "stick"
        stick.mkdir()
        shared = str(stick / "team.key")
        made = _typed(ada, "team", "key", "--new") + "\n" + _typed(ada, "team", "key", "--export", shared)
        taken = [_typed(each, "team", "key", "--import", shared) for each in (bo, cem)]
        yield "key", f"{made}\n{taken[0]}"
        yield "before", "".join(_hand(each, "before", 1) for each in (ada, bo))
        members = [word for name in acme.people for word in ("--member", name)]
        moves = ("--move", "GitHub=run", "--move", "Brave=wire")
        yield "init", _typed(ada, "team", "init", "--yes", "--name", "acme", *members, *moves, cwd=app)
        ada.git("app", "add", ".unsprawl.yaml")
        ada.git("app", "commit", "-q", "-m", "What our MCP servers may be")
        words = ("migrate", ".", "--policy", ".unsprawl.yaml", "--branch", "mcp-keys", "--yes")
        yield "branch", _typed(ada, *words, cwd=app)
        git = ("git show mcp-keys", "git switch main && git merge mcp-keys && git push")
        ada.git("app", "switch", "-q", "main")
        ada.git("app", "merge", "-q", "mcp-keys")
        ada.git("app", "push", "-q", "origin", "main")
        yield "push", "".join(f"ada:~/{app}$ {line}\n" for line in git)
        bo.git("app", "pull", "-q", "--ff-only")
        yield "join", f"bo:~/{app}$ git pull\n{_joined(bo)}"
        yield "home", _typed(bo, "migrate", "--yes")
        yield "verify", _typed(bo, "verify", "--start", "--yes", "--path", ".", cwd=app, code=3)
        after = "".join(_hand(each, "after", 0) for each in (ada, bo))
        for each in (ada, bo):
            for path in each.home.glob("*.json"):
                (ada.home / path.name).write_bytes(path.read_bytes())
        files = sorted(path.name for path in ada.home.glob("*.json"))
        words = ("team", "report", *files, "--policy", f"{app}/.unsprawl.yaml", "--html", "report.html")
        told = _typed(ada, *words, code=1)
        yield "report", f"{after}\n{told.replace(' '.join(files), '*.json')}"
        back = _typed(bo, "team", "join", "--undo", "--yes", cwd=app)
        yield "back", f"{back}\n{_typed(bo, 'undo', '--all', '--yes')}"


@cache
def blocks() -> dict[str, str]:
    """What stands between the marks, by name; what differs from run to run is settled."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {part: _settled(text, folder) for part, text in _parts(folder)}


def _settled(text: str, folder: Path) -> str:
    for person in ("ada", "bo", "cem"):
        text = text.replace(str(folder / person), "~")
    text = text.replace(str(folder / "stick"), "/media/stick")
    text = text.replace(datetime.now(UTC).strftime("%Y-%m-%d"), _DAY)
    text = re.sub(r"\b\d{8}-\d{6}-\d{6}\b", "20261128-101500-204881", text)
    text = re.sub(r"(mcp-keys at )[0-9a-f]{12}\b", r"\g<1>4f963592c13a", text)
    text = re.sub(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", "62d2-ac15-6455", text)
    for number, ref in enumerate(dict.fromkeys(re.findall(r"\b[a-z]+-[a-z2-7]{8}\b(?=[\s;:.,])", text))):
        if re.search(rf"(as|--wire|REF) {ref}", text):
            text = text.replace(ref, ref[:-8] + "".join(Random(number).choices("abcdefghijkmnpqrstuvwxyz234567", k=8)))
    return "\n" + "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines()) + "\n"


def updated(page: str) -> str:
    """The page with a fresh transcript between its marks."""
    return _MARKS.sub(lambda found: f"{found[1]}{blocks()[found[2]]}{found[3]}", page)


def main() -> int:
    """Writes the page."""
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
