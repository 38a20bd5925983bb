"""Rules of what an agent may run, environment files beside a project's entries, and where histories are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.corpus.expand import expand_text

from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.surroundings import Surroundings

K = "⟦S env:{an:40}⟧"
G = "⟦S env:ghp_{an:30}{chk-ghp}⟧"


def put(path: Path, raw: str) -> set[str]:
    """Write a marked text; answers the texts that are marked as secrets."""
    text, planted = expand_text(raw, path.name, str(path.name), {})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return {text[each.start : each.end] for each in planted if each.mark == "S"}


def told(result: ScanResult) -> set[str]:
    return {finding.secret.reveal() for finding in result.findings}


def scan(home: Path, *paths: Path, environ: dict[str, str] | None = None, documents: bool = True) -> ScanResult:
    around = Surroundings(str(home), str(home), environ or {})
    return run_scan(ScanOptions(tuple(map(str, paths)), documents=documents), around)


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_permission_rules(tmp_path: Path, name: str) -> None:
    rules = [
        f'"Bash(GITHUB_TOKEN={G} gh pr list:*)"',
        f'"Bash(claude mcp add a -e A_TOKEN={K} -- npx a)"',
        f'"Bash(curl -H \\"Authorization: Bearer {K}\\" https://a.example/v1)"',
        '"Bash(git show ⟦N {h:40}⟧:*)"',
        '"Read(./.env)"',
    ]
    secrets = put(tmp_path / ".claude" / name, f'{{"permissions": {{"allow": [{", ".join(rules)}]}}}}')
    result = scan(tmp_path / "home", tmp_path)
    assert told(result) == secrets
    pointers = [finding.place.pointer for finding in result.findings]
    assert pointers == [f"/permissions/allow/{number}" for number in range(3)]
    assert {finding.hosts for finding in result.findings} == {("claude-code",)}
    assert all(finding.document for finding in result.findings)


def test_environment_files_beside_the_entries(tmp_path: Path) -> None:
    entry = '{"command": "npx", "args": ["-y", "a"], "env": {"A_TOKEN": "${A_TOKEN}"}}'
    put(tmp_path / ".mcp.json", f'{{"mcpServers": {{"a": {entry}}}}}')
    secrets = put(tmp_path / ".env.local", f"A_TOKEN={K}\nGITHUB_TOKEN={G}\nOWN_TOKEN=⟦N {{an:40}}⟧\nPORT=3000\n")
    put(tmp_path / "other/.env", "A_TOKEN=⟦N {an:40}⟧\n")
    result = scan(tmp_path / "home", tmp_path)
    assert told(result) == secrets
    assert [finding.entry.name if finding.entry else None for finding in result.findings] == ["a", None]


HISTORIES = [
    (".bash_history", {}),
    (".local/share/fish/fish_history", {}),
    ("z/.zsh_history", {"ZDOTDIR": "z"}),
    ("elsewhere", {"HISTFILE": "elsewhere"}),
    ("data/powershell/PSReadLine/ConsoleHost_history.txt", {"XDG_DATA_HOME": "data"}),
]


@pytest.mark.parametrize(("name", "environ"), HISTORIES)
@pytest.mark.parametrize("home_is_named", [True, False])
def test_histories_of_this_user(tmp_path: Path, name: str, environ: dict[str, str], home_is_named: bool) -> None:
    line = f"claude mcp add a -e A_TOKEN={K} -- npx a"
    secrets = put(tmp_path / name, f"- cmd: {line}\n" if "fish" in name else f"{line}\n")
    around = {key: str(tmp_path / value) for key, value in environ.items()}
    paths = (tmp_path,) if home_is_named else ()
    assert told(scan(tmp_path, *paths, environ=around)) == secrets
    assert told(scan(tmp_path, *paths, environ=around, documents=False)) == set()


def test_a_quick_walk_opens_no_document(tmp_path: Path) -> None:
    secrets = put(tmp_path / "project/README.md", f"Our MCP server has {G}\n")
    assert told(scan(tmp_path, tmp_path)) == set()
    assert told(scan(tmp_path, tmp_path / "project")) == secrets
    assert told(scan(tmp_path, tmp_path / "project", documents=False)) == set()
