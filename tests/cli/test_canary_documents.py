"""No canary value ever appears of a repository that is full of them: documents in every spelling, names, reasons, refs.

Each value counts as shown when twenty of its characters are, in any encoding: a report may not break one up either.
"""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from tests.cli.test_canary import spellings
from unsprawl.rules.samples import expand
from unsprawl.scanner.report.formats import FORMATS

_PART = slice(8, 28)


class Planted(dict[str, str]):
    """The values by the place where each was planted."""

    def github(self, place: str) -> str:
        return self.setdefault(place, github(3000 + len(self)))

    def unknown(self, place: str) -> str:
        return self.setdefault(place, expand("{an:12}/{an:9}+{an:9}=", Random(4000 + len(self))))

    def in_three(self, place: str, between: str) -> str:
        """One value, written as three pieces."""
        value = self.github(place)
        return between.join((value[:10], value[10:20], value[20:]))

    def shown(self, text: str) -> list[str]:
        """The places whose value is in the text."""
        return sorted(
            place
            for place, value in self.items()
            if value[_PART] in text or any(spelling in text for spelling in spellings(value))
        )


@dataclass(frozen=True, slots=True)
class Full:
    """The repository."""

    start: Program
    home: Path
    repository: Path
    planted: Planted
    before: frozenset[Path]


def _escaped(value: str, form: str) -> str:
    return "".join(form % ord(character) for character in value)


def _config(value: str, name: str = "GITHUB_TOKEN") -> str:
    return json.dumps({"mcpServers": {"a": {"command": "npx", "args": ["-y", "x-mcp"], "env": {name: value}}}})


def _documents(p: Planted) -> dict[str, str]:
    link = json.dumps({"command": "npx", "env": {"GITHUB_TOKEN": p.github("link, base64")}})
    percent = json.dumps({"name": "x", "command": "npx", "env": {"ACME_API_KEY": p.unknown("link, percent")}})
    server = 'StdioServerParameters(command="npx", args=["x-mcp"], env={%s})'
    named = p.github("file name")
    return {
        "README.md": f"""# MCP server
```json
{_config(p.github("fence"))}
```
> ```sh
> claude mcp add gh -e GITHUB_TOKEN={p.github("quoted")} -- npx -y x-mcp
> ```
claude mcp add -t http x https://mcp.example.com/mcp --header "Authorization: Bearer {p.unknown("header")}"
<pre><code>{_config(p.github("markup")).replace('"', "&quot;")}</code></pre>
[a](cursor://anysphere.cursor-deeplink/mcp/install?name=gh&config={b64encode(link.encode()).decode()})
[b](vscode:mcp/install?{quote(percent)})
| GITHUB_TOKEN | {p.github("table")} |
""",
        "a.py": "import mcp\n" + "\n".join((
            server % f'"GITHUB_TOKEN": "{p.in_three("concatenated", chr(34) + " + " + chr(34))}"',
            server % f'"GITHUB_TOKEN": "{_escaped(p.github("escaped"), chr(92) + "x%02x")}"',
            server % f'"GITHUB_TOKEN": ("{p.in_three("implicit", chr(34) + chr(10) + "  " + chr(34))}")',
            server % f'"ACME_API_KEY": "{p.unknown("unknown in code")}"',
            "# " + server % f'"ACME_API_KEY": "{p.unknown("code in a comment")}"',
            f"json.loads('''{_config(p.github('JSON in code'))}''')",
        )),
        "a.ts": 'import "mcp";\nnew StdioClientTransport({command: "npx", env: {...process.env, '
        + f'GITHUB_TOKEN: "{p.in_three("template", chr(34) + " + `")}`.trim()'.replace("`", '"')
        + f", ACME_API_KEY: '{p.unknown('script')}'}}}});\n",
        "run.sh": f"""#!/bin/sh
cat > .mcp.json <<'END'
{_config(p.github("heredoc"))}
END
claude mcp add x -e "GITHUB_TOKEN={p.in_three("quotes", chr(34) + chr(34))}" -- npx x-mcp
claude mcp add -e GITHUB_TOKEN={p.in_three("continued", chr(92) + chr(10))} y -- npx x-mcp
claude mcp add z -e GITHUB_TOKEN=$'{_escaped(p.github("ANSI-C"), chr(92) + "x%02x")}' -- npx x-mcp
""",
        "a.ipynb": json.dumps({
            "cells": [
                {"cell_type": "code", "source": ["import mcp\n", server % f"'GITHUB_TOKEN': '{p.github('cell')}'"]},
                {"cell_type": "markdown", "source": f"```json\n{_config(p.github('cell of text'))}\n```"},
            ],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
        }),
        "docker-compose.yml": f"""services:
  mcp:
    image: x/mcp-server
    environment: {{GITHUB_TOKEN: "{p.github("compose")}", ACME_API_KEY: "{p.unknown("compose, unknown")}"}}
""",
        ".github/workflows/ci.yml": f"""on: push
jobs:
  a:
    steps:
    - run: claude mcp add x -e GITHUB_TOKEN={p.github("workflow")} -- npx x-mcp
""",
        "Dockerfile": f"FROM mcp/x\nENV GITHUB_TOKEN={p.github('image')}\n",
        ".claude/settings.local.json": json.dumps(
            {"permissions": {"allow": [f"Bash(GITHUB_TOKEN={p.github('permission')} claude mcp add x -- npx mcp)"]}}
        ),
        f"{named}.md": f"# mcp\nGITHUB_TOKEN={named}\n",
        f"in/{p.github('folder name')}/.mcp.json": _config(p.github("below it")),
        f"{p.github('name of what is broken')}.mcp.json": '{"mcpServers": ',
        ".unsprawlignore": f"a.ts # {p.github('reason')} {p.unknown('reason, unknown')}\n"
        f"x/{p.github('ignored path')}/** # x\n!{p.github('bad line')}\n../{p.github('bad path')}\n",
        ".unsprawl.yaml": f"""version: 1
ignore:
- {{path: run.sh, reason: "{p.github("policy reason")} {p.unknown("policy reason, unknown")}"}}
- {{path: "x/{p.github("policy path")}", reason: x, expires: 2020-01-01}}
""",
        "allowed/.mcp.json": '{"mcpServers": {"a": {"command": "x", "env": {\n"GITHUB_TOKEN": "'
        f'{p.github("allowed")}" // unsprawl:allow {p.github("allow reason")} {p.unknown("another reason")}\n}}}}}}}}',
        "below/.unsprawl.yaml": f"version: 1\n{p.github('policy key')}: x\nfail: {{severity: {p.github('choice')}}}\n",
    }  # fmt: skip


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Full:
    root = tmp_path_factory.mktemp("documents")
    home, planted = root / "home", Planted()
    repository = home / "repository"
    for name, text in _documents(planted).items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (home / ".bash_history").write_text(f"claude mcp add x -e GITHUB_TOKEN={planted.github('shell')} -- npx mcp\n")
    start = program(home, root / "bin")
    who, address = planted.github("author"), planted.github("address")
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": who, f"GIT_{role}_EMAIL": address}

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(repository), *words], env=environ, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", planted.github("message"))
    git("branch", planted.github("branch"))
    git("tag", "-a", planted.github("tag"), "-m", planted.github("message of a tag"))
    (repository / "gone.mcp.json").write_text(_config(planted.github("gone")))
    git("add", "-A")
    git("commit", "-qm", "added")
    git("rm", "-q", "gone.mcp.json")
    git("commit", "-qm", "removed")
    (repository / "laid.mcp.json").write_text(_config(planted.github("stash")))
    git("add", "-A")
    git("stash")
    return Full(start, home, repository, planted, frozenset(path for path in root.rglob("*") if path.is_file()))


_ALL = "README.md a.py a.ts run.sh a.ipynb docker-compose.yml Dockerfile .claude/settings.local.json"
CASES = [
    *(f"scan {{r}} --format {name} --verbose" for name in FORMATS),
    *(f"scan {{r}} --format {name} --no-ignore" for name in FORMATS),
    *(f"scan {{r}} --history --format {name} --verbose" for name in FORMATS),
    "scan {home} --verbose",
    "scan {r} --history --no-ignore --unreachable",
    "scan {r} --history --paths-only",
    "scan {r} --history --range HEAD~2..HEAD",
    "scan {r} --history --range {branch}..HEAD",
    "scan {r} --history --range x-{branch}..HEAD",
    "scan {r}/{file name}.md --history",
    "scan {r} --baseline={r}/README.md",
    "scan {r} --policy {r}/below/.unsprawl.yaml",
    "scan {r} --policy {r}/.unsprawl.yaml --verbose",
    "policy check {r}/.unsprawl.yaml {r}/below/.unsprawl.yaml {r}/.unsprawlignore",
    f"hook {_ALL} {{file name}}.md .unsprawl.yaml",
    "migrate {r} --dry-run",
    "scan {r} --update-baseline",
    "scan {r} --baseline --verbose",
    "scan {r} --history --update-baseline",
    "scan {r} --history --baseline --verbose",
]


@pytest.mark.parametrize("words", CASES)
def test_no_canary_shows(words: str, full: Full) -> None:
    filled = words.format(r=full.repository, home=full.home, **full.planted).split()
    done = full.start(*filled, cwd=full.repository)
    output = done.stdout + done.stderr
    assert full.planted.shown(output) == []
    assert "Traceback" not in output
    assert done.returncode in (0, 1, 2, 3), output
    for path in full.home.parent.rglob("*"):
        if path.is_file() and path not in full.before and ".git" not in path.parts:
            assert full.planted.shown(path.read_bytes().decode("latin-1")) == [], path


def test_they_are_found(full: Full) -> None:
    """The cases would prove nothing if nobody read what was planted."""
    done = full.start("scan", str(full.home), "--thorough", "--no-ignore", "--format", "json")
    assert len(json.loads(done.stdout)["findings"]) >= 28
