"""Environment files that entries name: which are read, whose their variables are, and which are left alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner import env_files as env_files_module
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import SlotKind
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScanResult, examined_files, run_scan, shown_path
from unsprawl.scanner.sources import env_files as reading
from unsprawl.scanner.surroundings import Surroundings

SERVER = {"command": "npx", "args": ["-y", "@x/server"]}


def token(seed: int = 1) -> str:
    return expand("ghp_{an:30}{chk}", Random(seed), Checksum("crc32-base62", 6, 4))


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def config(path: Path, key: str = "mcpServers", **entries: Any) -> Path:
    return put(path, json.dumps({key: entries}, indent=2))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "project"
    (folder / ".git").mkdir(parents=True)
    return folder


def scan(*paths: Path, home: Path, exclude: tuple[str, ...] = (), cwd: Path | None = None) -> ScanResult:
    around = Surroundings(str(home), str(cwd or paths[0]), {}, real_home=os.path.realpath(home))
    return run_scan(ScanOptions(tuple(map(str, paths)), exclude), around)


def places(result: ScanResult) -> list[str]:
    return [f"{shown_path(f.place.path, result.root)}:{f.place.line}" for f in result.findings]


def codes(result: ScanResult) -> list[str]:
    return [item.code for item in (*result.warnings, *result.problems)]


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"envFile": ".env"}, ".env"),
        ({"envFile": "./.env"}, ".env"),
        ({"env_file": "secrets.env"}, "secrets.env"),
        ({"envfile": ["a.env"]}, "a.env"),
        ({"envFile": "${workspaceFolder}/.env"}, ".env"),
        ({"envFile": "${workspaceFolder:project}/conf/.env.local"}, "conf/.env.local"),
        ({"args": ["run", "--env-file", ".env", "x"]}, ".env"),
        ({"args": ["--env-file=.env", "x.js"], "command": "node"}, ".env"),
        ({"args": ["--env-file-if-exists=.env", "x.js"], "command": "node"}, ".env"),
        ({"args": ["run", "-i", "--env-file", ".env", "mcp/x"], "command": "docker"}, ".env"),
        ({"args": [], "command": ["uv", "run", "--env-file", ".env", "x"]}, ".env"),
        ({"transport": {"command": "npx", "args": ["x"], "envFile": ".env"}, "command": None}, ".env"),
        ({"envFile": "x.env", "cwd": "${workspaceFolder}/server"}, "server/x.env"),
        ({"envFile": "x.env", "cwd": "server"}, "server/x.env"),
        ({"envFile": "x.env"}, ".cursor/x.env"),
    ],
)
def test_the_file_that_an_entry_names_is_read(entry: dict[str, Any], name: str, project: Path, home: Path) -> None:
    whole = {key: value for key, value in {**SERVER, **entry}.items() if value is not None}
    config(project / ".cursor/mcp.json", github=whole)
    path = put(project / name, f"# mine\nexport GITHUB_TOKEN='{token()}' # x\nDEBUG=1\n")
    result = scan(project, home=home)
    (finding,) = result.findings
    assert finding.place.path == str(path)
    assert (finding.place.line, finding.place.column, finding.place.pointer) == (2, 22, "/GITHUB_TOKEN")
    assert finding.place.end_column == 22 + len(token())
    assert finding.secret.reveal() == token()
    assert (finding.slot.context.kind, finding.slot.context.name) == (SlotKind.FILE, "GITHUB_TOKEN")
    assert finding.hosts == ("cursor", "visual-studio")
    assert finding.entry is not None
    assert finding.entry.name == "github"
    assert set(codes(result)) <= {"dead-reference"}  # what Cursor does not expand is another matter
    assert result.complete
    (found,) = result.entries
    assert (found.approach.rank, "referenced" in found.approach.marks) == (6, True)


def test_what_the_package_is_counts_for_the_variables(project: Path, home: Path) -> None:
    config(project / ".cursor/mcp.json", x={**SERVER, "envFile": ".env"})
    put(project / ".env", f"PLAIN=hello\nPORT=8080\nDB=postgres://u:{token()[4:24]}@db.example.com/x\nREF=${{OTHER}}\n")
    result = scan(project, home=home)
    assert places(result) == [".env:3"]
    assert result.findings[0].slot.context.package == "@x/server"


def test_findings_come_behind_those_of_the_file(project: Path, home: Path) -> None:
    entry = {**SERVER, "env": {"GITHUB_TOKEN": token(1)}, "envFile": "a.env"}
    config(project / ".cursor/mcp.json", a=entry, b={**SERVER, "envFile": ["b.env", "a.env"]})
    put(project / ".mcp.json", json.dumps({"mcpServers": {"c": {**SERVER, "env": {"GITHUB_TOKEN": token(4)}}}}))
    put(project / "a.env", f"GITHUB_TOKEN={token(2)}\n")
    put(project / "b.env", f"X=1\nGITHUB_TOKEN={token(3)}\n")
    result = scan(project, home=home)
    assert places(result) == [".mcp.json:1", ".cursor/mcp.json:10", "a.env:1", "b.env:2"]
    assert [finding.entry.name for finding in result.findings if finding.entry] == ["c", "a", "a", "b"]
    assert len({finding.fingerprint for finding in result.findings}) == 4
    assert result.stats.files == 4


def test_a_file_is_read_once(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config(project / ".cursor/mcp.json", a={**SERVER, "envFile": ".env"}, b={**SERVER, "envFile": "./.env"})
    config(project / ".vscode/mcp.json", "servers", c={**SERVER, "envFile": "${workspaceFolder}/.env"})
    os.symlink(".env", project / "link.env")
    config(project / ".mcp.json", d={**SERVER, "args": ["--env-file", "link.env"]})
    put(project / ".env", f"GITHUB_TOKEN={token()}\n")
    opened: list[str] = []
    real_read = reading.read
    monkeypatch.setattr(reading, "read", lambda path, most: opened.append(path) or real_read(path, most))
    result = scan(project, home=home)
    assert len(opened) == 1
    assert len(result.findings) == 1
    assert result.complete


@pytest.mark.parametrize("folder", [".vscode", ".github", "sub/.cursor"])
def test_the_folder_of_the_configuration_counts_where_the_project_has_no_such_file(
    folder: str, project: Path, home: Path
) -> None:
    config(project / folder / "mcp.json", "mcpServers", a={**SERVER, "envFile": "${workspaceFolder}/x.env"})
    put(project / folder / "x.env", f"GITHUB_TOKEN={token()}\n")
    assert places(scan(project, home=home)) == [f"{folder}/x.env:1"]
    put((project / folder).parent / "x.env", f"GITHUB_TOKEN={token(2)}\n")
    assert places(scan(project, home=home)) == [f"{folder.removesuffix(folder.split('/')[-1])}x.env:1"]


def test_a_user_level_entry_reads_below_the_home(home: Path, tmp_path: Path) -> None:
    config(
        home / ".cursor/mcp.json",
        a={**SERVER, "envFile": "~/keys/a.env"},
        b={**SERVER, "envFile": "${userHome}/keys/b.env"},
        c={**SERVER, "args": ["--env-file", "$HOME/keys/c.env"]},
        d={**SERVER, "envFile": "d.env"},
        e={**SERVER, "envFile": str(home / "keys/e.env")},
    )
    for number, name in enumerate(["keys/a.env", "keys/b.env", "keys/c.env", ".cursor/d.env", "keys/e.env"]):
        put(home / name, f"GITHUB_TOKEN={token(number)}\n")
    result = scan(home, home=home)
    assert places(result) == ["keys/a.env:1", "keys/b.env:1", "keys/c.env:1", ".cursor/d.env:1", "keys/e.env:1"]
    assert result.complete


def test_entries_of_a_folder_name_files_in_that_folder(home: Path) -> None:
    folder = home / "code/app"
    text = json.dumps({"projects": {str(folder): {"mcpServers": {"x": {**SERVER, "args": ["--env-file", "my.env"]}}}}})
    put(home / ".claude.json", text)
    put(folder / "my.env", f"GITHUB_TOKEN={token()}\n")
    assert places(scan(home, home=home)) == ["code/app/my.env:1"]


@pytest.mark.parametrize("named", ["nowhere.env", "${UNKNOWN}/.env", "%FOO%\\x.env", "~other/.env"])
def test_a_missing_file_is_worth_a_note(named: str, project: Path, home: Path) -> None:
    path = config(project / ".cursor/mcp.json", github={**SERVER, "envFile": named})
    result = scan(project, home=home)
    (caution,) = [caution for caution in result.warnings if caution.code != "dead-reference"]
    assert (caution.code, caution.path, caution.entry) == ("missing-env-file", str(path), "github")
    assert (caution.line, caution.pointer) == (9, "/mcpServers/github/envFile")
    assert named not in caution.message
    assert result.complete


@pytest.mark.parametrize("named", ["", " ", None, 7, {"path": ".env"}, [], "\0"])
def test_what_names_no_file_is_nothing(named: object, project: Path, home: Path) -> None:
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": named})
    assert codes(scan(project, home=home)) == []


def test_what_follows_an_image_is_for_the_container(project: Path, home: Path) -> None:
    args = ["run", "-i", "mcp/x", "--env-file", "/etc/inner.env"]
    config(project / ".cursor/mcp.json", github={"command": "docker", "args": args})
    assert codes(scan(project, home=home)) == []


# --- a stranger's configuration


@pytest.fixture
def secret_outside(tmp_path: Path, home: Path) -> Path:
    put(home / ".env", f"GITHUB_TOKEN={token()}\n")
    return put(tmp_path / "work" / "outside.env", f"GITHUB_TOKEN={token()}\n")


@pytest.mark.parametrize(
    "named",
    ["../outside.env", "${workspaceFolder}/../outside.env", "a/../../outside.env", "~/.env", "$HOME/.env",
     "/etc/passwd", "{outside}", "../no/such.env", "/proc/self/environ", "/dev/zero"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["key", "cwd"])
def test_nothing_outside_of_the_project_is_read(
    named: str, how: str, project: Path, home: Path, secret_outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = named.replace("{outside}", str(secret_outside))
    entry = {"envFile": named} if how == "key" else {"envFile": os.path.basename(named), "cwd": os.path.dirname(named)}
    config(project / ".cursor/mcp.json", github={**SERVER, **entry})
    monkeypatch.setattr(reading, "read", lambda path, most: pytest.fail("opened"))
    result = scan(project, home=home)
    assert not result.findings
    (problem,) = result.problems
    assert (problem.code, problem.path, problem.line) == ("env-file-outside", str(project / ".cursor/mcp.json"), 9)
    assert named not in problem.message + problem.hint


@pytest.mark.parametrize("link", ["file", "folder"])
def test_a_link_out_of_the_project_is_named_and_not_followed(
    link: str, project: Path, home: Path, secret_outside: Path
) -> None:
    if link == "file":
        os.symlink(secret_outside, project / "x.env")
    else:
        os.symlink(secret_outside.parent, project / "up")
    named = "x.env" if link == "file" else "up/outside.env"
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": named})
    result = scan(project, home=home)
    assert not result.findings
    assert [(problem.code, problem.path) for problem in result.problems] == [("link-outside", str(project / named))]


def test_a_link_within_the_project_is_followed(project: Path, home: Path) -> None:
    put(project / "conf/real.env", f"GITHUB_TOKEN={token()}\n")
    os.symlink("conf/real.env", project / "x.env")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": "x.env"})
    assert places(scan(project, home=home)) == ["x.env:1"]


def test_a_home_that_is_a_work_tree_is_nobodys_project(home: Path) -> None:
    (home / ".git").mkdir()
    put(home / ".env", f"GITHUB_TOKEN={token()}\n")
    stranger = home / "Downloads/app"
    config(stranger / ".cursor/mcp.json", github={**SERVER, "envFile": "../../.env"})
    result = scan(stranger, home=home)
    assert not result.findings
    assert codes(result) == ["env-file-outside"]


def test_a_fifo_is_never_opened(project: Path, home: Path) -> None:
    os.mkfifo(project / "x.env")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": "x.env"})
    assert codes(scan(project, home=home)) == ["not-a-file"]


def test_a_folder_is_no_environment_file(project: Path, home: Path) -> None:
    (project / "x.env").mkdir()
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": "x.env"})
    assert codes(scan(project, home=home)) == ["not-a-file"]


def test_an_oversized_file_is_not_read(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    put(project / ".env", f"GITHUB_TOKEN={token()}\n" + "#" * 100)
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": ".env"})
    result = scan(project, home=home)
    assert not result.findings
    assert codes(result) == ["too-large"]
    assert env_files_module.MAX_BYTES <= 1 << 20


def test_a_hosts_own_file_is_no_environment_file(project: Path, home: Path) -> None:
    path = config(project / ".cursor/mcp.json", github={**SERVER, "env": {"GITHUB_TOKEN": token()}})
    config(project / ".mcp.json", x={**SERVER, "envFile": ".cursor/mcp.json"})
    result = scan(project, home=home)
    assert [finding.place.path for finding in result.findings] == [str(path)]
    assert result.complete


# --- the rest of a scan


def test_left_out_files_stay_left_out(project: Path, home: Path) -> None:
    put(project / ".env", f"GITHUB_TOKEN={token()}\n")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": ".env"})
    result = scan(project, home=home, exclude=(".env",))
    assert not result.findings
    assert result.stats.excluded == 1
    assert result.complete


def test_broken_lines_are_told(project: Path, home: Path) -> None:
    path = put(project / ".env", f"not a variable\nGITHUB_TOKEN={token()}\n")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": ".env"})
    result = scan(project, home=home)
    assert places(result) == [".env:2"]
    assert [(problem.code, problem.path, problem.line) for problem in result.problems] == [("broken", str(path), 1)]


def test_a_token_on_a_line_of_its_own_is_found(project: Path, home: Path) -> None:
    put(project / ".env", f"{token()}\n")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": ".env"})
    assert places(scan(project, home=home)) == [".env:1"]


def test_an_allow_comment_holds_in_an_environment_file(project: Path, home: Path) -> None:
    put(project / ".env", f"GITHUB_TOKEN={token()} # unsprawl:allow for tests\n")
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": ".env"})
    result = scan(project, home=home)
    assert not result.findings
    assert len(result.silenced) == 1


def test_everybody_reads_a_users_environment_file(home: Path) -> None:
    path = put(home / "x.env", f"GITHUB_TOKEN={token()}\n")
    path.chmod(0o644)
    for folder in (home, *home.parents):
        if not folder.stat().st_mode & 0o001:
            try:
                folder.chmod(folder.stat().st_mode | 0o011)
            except PermissionError:
                pytest.skip("a folder above is not ours")
    config(home / ".cursor/mcp.json", x={**SERVER, "envFile": "~/x.env"})
    result = scan(home, home=home)
    assert [(caution.code, caution.path) for caution in result.warnings] == [("world-readable", str(path))]


def test_entries_in_yaml_name_files_as_well(project: Path, home: Path) -> None:
    text = (
        "mcpServers:\n  a: &a\n    command: npx\n    envFile: .env\n  b: *a\n---\nmcpServers:\n  c:\n    command: x\n"
    )
    path = put(project / "mcp.yaml", text + f"    env:\n      GITHUB_TOKEN: {token(2)}\n")
    put(project / ".env", f"GITHUB_TOKEN={token()}\n")
    result = scan(path, home=home, cwd=project)
    assert places(result) == ["mcp.yaml:11", ".env:1"]
    assert [finding.place.pointer for finding in result.findings] == [
        "/document/1/mcpServers/c/env/GITHUB_TOKEN",
        "/GITHUB_TOKEN",
    ]
    assert result.complete


def test_one_text_behind_many_aliases_is_one_finding(project: Path, home: Path) -> None:
    text = f"x: &env\n  GITHUB_TOKEN: {token()}\nmcpServers:\n  a:\n    command: npx\n    env: *env\n"
    path = put(project / "mcp.yaml", text + "  b:\n    command: npx\n    env:\n      <<: *env\n      OTHER: x\n")
    result = scan(path, home=home, cwd=project)
    assert places(result) == ["mcp.yaml:2"]
    assert [entry.approach.rank for entry in result.entries] == [6, 6]
    assert [finding.entry.name for finding in result.findings if finding.entry] == ["a"]


def test_nothing_shows_what_is_named(project: Path, home: Path) -> None:
    config(project / ".cursor/mcp.json", github={**SERVER, "envFile": token(5)})
    around = Surroundings(str(home), str(project), {})

    def shown() -> Iterator[Examined]:
        yield from examined_files(ScanOptions((str(project),)), around, [])

    for examined in shown():
        for target in examined.env_files:
            assert token(5) not in repr(target)
    result = scan(project, home=home)
    assert all(token(5) not in caution.message for caution in result.warnings)
