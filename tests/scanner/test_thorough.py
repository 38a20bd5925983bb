"""Copies, files whose name says nothing, and editors' histories: what a scan finds of them, quick and thorough."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.report.scan_report import readers
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.sources import homes, marks
from unsprawl.scanner.surroundings import Surroundings

TOKEN = "ghp_" + "0123456789abcdefABCDEFGHIJKLMN" + "0eLyrD"
SERVER = {"command": "npx", "args": ["-y", "some-server"], "env": {"TICKETS_TOKEN": "kX9vQ2mL7pR4tW8zB3nD6sF1"}}


def put(path: Path, data: object, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = data if isinstance(data, str) else json.dumps(data)
    path.write_bytes(text.encode(encoding))
    return path


def scan(root: Path, home: Path | None = None, thorough: bool | None = None, *paths: str) -> ScanResult:
    around = Surroundings(str(home or "/nobody"), str(root), {})
    return run_scan(ScanOptions(paths or (str(root),), thorough=thorough), around)


def found(result: ScanResult, root: Path) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {os.path.relpath(f.place.path, root): (f.hosts[:1], f.copy) for f in result.findings}


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        (".claude/backups/.claude.json.backup.1764295935123", ("claude-code",)),
        (".claude.json.bak", ("claude-code",)),
        (".cursor/mcp.json~", ("cursor",)),
        (".cursor/#mcp.json#", ("cursor",)),
        (".cursor/mcp (1).json", ("cursor",)),
        (".cursor/mcp.sync-conflict-20250101-120000-ABCDEFG.json", ("cursor",)),
        (".cursor.bak/mcp.json", ("cursor",)),
        (".cursor-old/mcp.json.orig", ("cursor",)),
        ("code/x/.mcp.json.example", ("claude-code",)),
        ("code/x/.mcp copy.json", ("claude-code",)),
        (".gemini/settings.json.corrupted", ("gemini-cli",)),
        ("backup/.claude.json.old", ("claude-code",)),
    ],
)
def test_a_quick_scan_of_a_home_finds_copies(tmp_path: Path, name: str, hosts: tuple[str, ...]) -> None:
    put(tmp_path / name, {"mcpServers": {"a": SERVER}})
    result = scan(tmp_path, tmp_path)
    assert found(result, tmp_path) == {name: (hosts, True)}
    (entry,) = result.entries
    assert "copy" in entry.approach.marks
    assert entry.approach.target is None
    assert result.complete


@pytest.mark.parametrize(
    "name", [".claude.json.bak", ".claude/backups/.claude.json.backup.1", ".cursor/mcp.json.old", ".codex/config.toml~"]
)
def test_without_paths_copies_beside_the_known_places_are_found(tmp_path: Path, name: str) -> None:
    toml = '[mcp_servers.a]\ncommand = "x"\nenv = {TICKETS_TOKEN = "kX9vQ2mL7pR4tW8zB3nD6sF1"}\n'
    put(tmp_path / name, toml if "toml" in name else {"mcpServers": {"a": SERVER}})
    (tmp_path / "cwd").mkdir()
    result = run_scan(ScanOptions(), Surroundings(str(tmp_path), str(tmp_path / "cwd"), {}))
    assert [copy for _, copy in found(result, tmp_path).values()] == [True]


ADDRESS = "https://mcp.acme.io/v1?api_key=kX9vQ2mL7pR4tW8zB3nD6sF1"
LISTED = {"name": "a", "uri": "https://mcp.acme.io/v1", "apiKey": "kX9vQ2mL7pR4tW8zB3nD6sF1"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cline_mcp_settings.json", {"n8n": SERVER}),
        ("mcp.json", {"a": SERVER}),
        ("mcp.json", [{"name": "a", **SERVER}]),
        (".vscode/mcp.json", {"a": SERVER}),
        (".cursor/mcp.json", {"a": SERVER, "inputs": []}),
        (".cursor/mcp.json", [{"name": "a", **SERVER}]),
        (".cursor/mcp.json", {"mcpServers": {}, "a": SERVER}),
        ("claude_desktop_config.json", {"a": SERVER}),
        ("mcp-travel.json", {"inputs": [], "servers": {"a": {"serverUrl": ADDRESS}}}),
        ("mcp-travel.json", {"servers": {"a": {"httpUrl": ADDRESS, "disabled": False}}}),
        ("mcp-travel.json", {"servers": {"a": {"url": ADDRESS}}}),
        ("mcp-travel.json", {"servers": {"a": {"url": ADDRESS.replace("mcp.acme.io/v1", "acme.io/sse")}}}),
        ("mcp-travel.json", {"servers": [LISTED]}),
        ("mcp_servers.json", [LISTED]),
        ("blackbox_mcp_settings.json", {"mcpServers": {"a": SERVER}}),
        (".idx/mcp.json", {"mcpServers": {"a": SERVER}}),
        (".q/mcp-config.json", {"mcpServers": {"a": SERVER}}),
        (".github/copilot/mcp.json", {"mcpServers": {"a": SERVER}}),
        ("claude_desktop_config_FINAL.json", {"mcpServers": {"a": SERVER}}),
        (".gemini/settings_FINAL.json", {"mcpServers": {"a": SERVER}}),
        ("mcp-backup-20250101_120000.json", {"mcpServers": {"a": SERVER}}),
        ("~/.cursor/mcp.json", {"mcpServers": {"a": SERVER}}),
        ("~/.codeium/windsurf/mcp_config.json", {"mcpServers": {"a": SERVER}}),
        (".mcp/config.json", {"mcpServers": {"a": SERVER}}),
        (".mcp/servers.yaml", "mcpServers:\n  a:\n    command: x\n    env: {T_TOKEN: kX9vQ2mL7pR4tW8zB3nD6sF1}\n"),
        (".config/mcp/config.json", {"mcpServers": {"a": SERVER}}),
    ],
)
def test_a_name_that_speaks_of_servers_is_enough_for_a_quick_scan(tmp_path: Path, name: str, data: object) -> None:
    put(tmp_path / "x" / name, data)
    result = scan(tmp_path, thorough=False)
    assert [entry.entry.name for entry in result.entries] in (["a"], ["n8n"])
    assert len(result.findings) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mcp.d/config.json", {"mcpServers": {"a": SERVER}}),
        ("config/servers.json", {"about": "mcp", "servers": [LISTED]}),
        ("config/agent.json", {"about": "mcp", "servers": {"a": {"serverUrl": ADDRESS}}}),
        ("config/tools.yaml", f"about: mcp\nservers:\n  a:\n    url: {ADDRESS}\n"),
    ],
)
def test_what_only_its_content_tells_is_found_by_a_thorough_scan(tmp_path: Path, name: str, data: object) -> None:
    put(tmp_path / "x" / name, data)
    assert len(scan(tmp_path, thorough=True).findings) == 1
    assert scan(tmp_path, thorough=False).findings == ()


KEYED = "https://api.acme.io/v1?api_key=kX9vQ2mL7pR4tW8zB3nD6sF1"
REPOSITORY = {"type": "git", "url": "git+https://github.com/acme/mcp-server.git"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("package.json", {"name": "mcp-x", "repository": REPOSITORY, "bugs": {"url": "https://acme.io/mcp/issues"}}),
        ("package.json", {"name": "mcp-x", "author": {"name": "Ann", "url": "https://mcp.acme.io"}}),
        ("mcp-package.json", {"repository": REPOSITORY, "author": {"name": "Ann", "url": "https://mcp.acme.io"}}),
        ("tsconfig.json", {"compilerOptions": {"paths": {"mcp/*": ["src/mcp/*"]}}, "references": [{"path": "./mcp"}]}),
        ("openapi.json", {"openapi": "3.1.0", "info": {"title": "mcp"}, "servers": [{"url": KEYED}]}),
        ("mcp-openapi.yaml", f"openapi: 3.1.0\nservers:\n  - url: {KEYED}\n    description: mcp\n"),
        ("asyncapi.yaml", f"asyncapi: 3.0.0\nservers:\n  mcp:\n    url: {KEYED}\n    protocol: wss\n"),
        ("docker-compose.yml", "services:\n  mcp:\n    image: x\n    command: serve\n    environment: {A: b}\n"),
        ("docker-compose.mcp.yml", "services:\n  a:\n    command: serve\n    environment: {A: b}\nx-a:\n  url: b\n"),
        ("renovate.json", {"extends": ["config:base"], "hostRules": [{"url": KEYED}], "mcp": {"enabled": False}}),
        ("mcp-registry.json", {"registry": {"a": {"url": "https://github.com/acme/mcp"}}}),
        ("mcp-theme.json", [{"name": "a", "url": KEYED}, {"name": "b", "link": "https://acme.io/mcp"}]),
        ("mcp-tasks.json", {"build": {"command": "make"}, "deploy": {"url": "https://acme.io/mcp"}}),
        ("mcp.schema.json", {"properties": {"servers": {"type": "object"}, "url": {"type": "string"}}}),
        ("launch.json", {"configurations": [{"name": "mcp", "url": "http://localhost/mcp"}]}),
        (".claude/settings.json", {"statusLine": {"type": "command", "command": "x", "args": []}}),
    ],
)
def test_a_file_that_merely_has_addresses_and_commands_holds_no_servers(
    tmp_path: Path, name: str, data: object
) -> None:
    put(tmp_path / name, data)
    for thorough in (False, True):
        result = scan(tmp_path, thorough=thorough)
        assert [entry.entry.name for entry in result.entries] == []
        assert result.findings == ()


def test_a_report_says_whose_copy_it_is(tmp_path: Path) -> None:
    put(tmp_path / ".claude.json.bak", {"mcpServers": {"a": SERVER}})
    assert readers(scan(tmp_path, tmp_path).findings)[0] == "Claude Code (copy)"


def test_a_named_copy_is_read_as_its_original(tmp_path: Path) -> None:
    path = put(tmp_path / ".vscode.bak/mcp.json.2025-01-01", {"servers": {"a": SERVER}})
    result = scan(tmp_path, None, None, str(path))
    assert found(result, tmp_path) == {".vscode.bak/mcp.json.2025-01-01": (("vscode",), True)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.json", {"mcpServers": {"a": SERVER}}),
        ("deep/er/x.jsonc", {"mcp": {"servers": {"a": SERVER}, "enabled": True}}),
        ("x.json", {"mcp": {"a": {"type": "local", **SERVER}}}),
        ("y.json", {"servers": {"mcp": SERVER}}),
        ("flat.json", {"a": {**SERVER, "args": ["mcp-remote"]}, "version": 1}),
        ("x.json.bak", {"context_servers": {"a": SERVER}}),
        ("z.toml", '[mcp_servers.a]\ncommand = "x"\nenv = {TICKETS_TOKEN = "kX9vQ2mL7pR4tW8zB3nD6sF1"}\n'),
        (".config/app/config", {"mcpServers": {"a": SERVER}}),
        ("dotfiles/a/servers", '# mcp\n[mcp_servers.a]\ncommand = "x"\nenv = {T_TOKEN = "kX9vQ2mL7pR4tW8zB3nD6sF1"}\n'),
    ],
)
def test_thorough_finds_what_the_name_does_not_tell(tmp_path: Path, name: str, data: object, encoding: str) -> None:
    put(tmp_path / name, data, encoding)
    result = scan(tmp_path)
    assert found(result, tmp_path) == {name: ((), False)}
    assert result.stats.searched == 1
    quick = scan(tmp_path, thorough=False)
    assert quick.findings == ()
    assert (quick.stats.searched, quick.stats.unsearched) == (0, int(name.endswith((".json", ".jsonc", ".toml"))))


@pytest.mark.parametrize("name", ["mcp.json", "my-mcp-servers.json", "x/claude_desktop_config.json", "x/mcp.json.bak"])
def test_a_telling_name_is_opened_in_a_quick_scan(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, {"mcpServers": {"a": SERVER}})
    assert set(found(scan(tmp_path, thorough=False), tmp_path)) == {name}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", {"servers": {"a": SERVER}}),  # nothing says MCP
        ("package.json", {"name": "mcp", "repository": {"type": "git", "url": "https://x.example/?key=" + "k9" * 16}}),
        ("openapi.json", {"info": "mcp", "servers": [{"url": "https://x.example/?api_key=" + "k9Xz" * 8}]}),
        ("src/config", {"mcpServers": {"a": SERVER}}),  # no type, and no folder for configuration
        (".config/x.png", {"mcpServers": {"a": SERVER}}),
        ("node_modules/a/b.json", {"mcpServers": {"a": SERVER}}),
    ],
)
def test_thorough_leaves_alone(tmp_path: Path, name: str, data: object) -> None:
    put(tmp_path / name, data)
    result = scan(tmp_path)
    assert result.findings == ()
    assert result.entries == ()
    assert result.complete


def test_marked_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.json", {"mcpServers": {"a": SERVER}})
    monkeypatch.setitem(marks.WALK["search"], "longest", 100)
    result = scan(tmp_path)
    assert result.findings == ()
    assert (result.stats.oversized, result.stats.searched) == (1, 0)


def test_a_known_name_is_not_searched_again(tmp_path: Path) -> None:
    put(tmp_path / ".mcp.json", {"mcpServers": {"a": SERVER}})
    result = scan(tmp_path)
    assert len(result.findings) == 1
    assert result.stats.searched == 0


def test_versions_in_an_editors_history(tmp_path: Path) -> None:
    user = tmp_path / ".config/Code/User"
    resource = f"file://{tmp_path}/.config/Code/User/mcp.json"
    put(user / "mcp.json", {"servers": {}})
    put(user / "History/-1a2b/Ab1c.json", {"servers": {"a": SERVER}})
    put(user / "History/-1a2b/xYz2", {"servers": {"b": SERVER}})
    entries = [{"id": "Ab1c.json"}, {"id": "xYz2"}, {"id": "../evil.json"}, {"id": 3}, {"id": "gone.json"}]
    put(user / "History/-1a2b/entries.json", {"version": 1, "resource": resource, "entries": entries})
    put(user / "History/evil.json", {"servers": {"c": SERVER}})
    put(user / "History/-other/entries.json", {"resource": "file:///srv/main.py", "entries": [{"id": "k.json"}]})
    put(user / "History/-other/k.json", {"servers": {"d": SERVER}})
    put(user / "History/-broken/entries.json", "[1")
    result = scan(tmp_path, tmp_path, True)
    assert found(result, user / "History") == {
        "-1a2b/Ab1c.json": (("vscode",), True),
        "-1a2b/xYz2": (("vscode",), True),
    }
    assert result.complete
    assert scan(tmp_path, tmp_path).findings == ()


@pytest.mark.parametrize(
    ("root", "home", "thorough"), [("h", "h", False), (".", "h", False), ("h/code", "h", True), ("x", "h", True)]
)
def test_homes_are_scanned_quickly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str, home: str, thorough: bool
) -> None:
    import pwd

    other = pwd.struct_passwd(("u", "x", 1, 1, "", str(tmp_path / "elsewhere"), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: other)
    for name in ("h/code", "x", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    around = Surroundings(str(tmp_path / home), "/", {})
    assert homes.holds_a_home(str(tmp_path / root) if root != "." else str(tmp_path), around) is not thorough
    assert homes.holds_a_home(str(tmp_path / "elsewhere"), around)


BROKEN_ENTRY = json.dumps({"mcpServers": {"a": SERVER}}, indent=1)
OTHERS = {
    "a template": (".claude/a.tmpl", "{{ if .work }}\nmcpServers:\n  {{ .x }}: [\n{{ end }}\n"),
    "braces": (".claude/statusline", "{ echo mcpServers; }\n"),
    "comments": (".claude/rules", "// mcpServers here\nfunction x() { return 1 }\n"),
    "a script": (".claude/a.tmux", "mcpServers:\n\techo 'x\n  - \"\n"),
    "not UTF-8": (".claude/notes", b"mcpServers:\n  \xe9t\xe9: x\n".decode("latin-1")),
}


@pytest.mark.parametrize(("name", "text"), OTHERS.values(), ids=OTHERS)
def test_what_only_looked_like_a_format_is_no_problem(tmp_path: Path, name: str, text: str) -> None:
    path = put(tmp_path / name, text, "latin-1")
    opened = marks.search(str(path))
    assert not isinstance(opened, marks.Skipped)
    result = scan(tmp_path)
    assert (result.problems, result.findings, result.entries) == ((), (), ())


@pytest.mark.parametrize(
    ("name", "text", "findings"),
    [
        (".claude/notes", BROKEN_ENTRY[:-1], 1),  # entries, so it is one
        (".claude/mcp_servers", '{"mcpServers": {"a": ', 0),  # its name says so
        ("notes.json", '{"mcpServers": {"a": ', 0),
    ],
)
def test_what_is_of_a_format_and_broken_is_told(tmp_path: Path, name: str, text: str, findings: int) -> None:
    put(tmp_path / name, text)
    result = scan(tmp_path)
    assert ({problem.code for problem in result.problems}, len(result.findings)) == ({"broken"}, findings)
