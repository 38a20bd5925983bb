"""A remote entry whose host asks a command for headers: what moves, what the host gets then, and when there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.rewriters.support import EPHEMERAL, NOTHING, Bench, filled, github, kept, last_journal, write_json
from unsprawl.broker.install import Installed
from unsprawl.cli.vault_command import command as vault_command
from unsprawl.rewriters.agreed import agreed
from unsprawl.rewriters.entry_tools import tools_of
from unsprawl.rewriters.plan_file import plan_json, read_plan
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.hosts import host
from unsprawl.scanner.secret import Secret
from unsprawl.vault.records import list_records
from unsprawl.vault.service import discard

SOURCE = Path(__file__).resolve().parents[2] / "src"
URL = "https://api.example.com/mcp"
BEARER = {"Authorization": "Bearer @@GITHUB@@"}


@pytest.fixture
def bench(home: Path, tmp_path: Path) -> Bench:
    """A machine on which the entry's program is this very source."""
    program = tmp_path / "bin" / "unsprawl"
    program.parent.mkdir()
    start = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.cli import main; sys.exit(main())"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -c "{start}" "$@"\n')
    program.chmod(0o755)
    return Bench(home, Installed(str(program), True, "installed"))


def entry(headers: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    return {"type": "http", "url": URL, "headers": headers or BEARER, **more}


def file_of(bench: Bench, made: dict[str, object], name: str = "x") -> Path:
    path = write_json(bench.home / ".claude.json", {name: made}, numStartups=3)
    path.write_text(filled(path.read_text()))
    return path


def server(path: Path, name: str = "x") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())["mcpServers"][name]
    return found


def host_asks(bench: Bench, path: Path, url: str = "", name: str = "x") -> subprocess.CompletedProcess[bytes]:
    """As Claude Code 2.1.329 does: a shell, its own folder, and what it tells of the server."""
    folder = bench.home / ".claude"
    folder.mkdir(exist_ok=True)
    told = {"CLAUDE_CODE_MCP_SERVER_URL": url or server(path, name)["url"], "CLAUDE_CODE_MCP_SERVER_NAME": name}
    environ = {"HOME": str(bench.home), "PATH": "/usr/bin:/bin", "USER": "u", **told}
    command = ["/bin/sh", "-c", server(path, name)["headersHelper"]]
    return subprocess.run(command, env=environ, cwd=folder, capture_output=True, timeout=30)


def sent(bench: Bench, path: Path, name: str = "x") -> dict[str, str]:
    """All headers that the host sends."""
    done = host_asks(bench, path, name=name)
    assert done.returncode == 0, done.stderr.decode()
    return {**server(path, name).get("headers", {}), **json.loads(done.stdout)}


@pytest.mark.parametrize(
    "headers",
    [
        BEARER,
        {**BEARER, "X-Team": "a"},
        {"X-Api-Key": "@@GITHUB@@"},
        {"X-One": "@@GITHUB@@", "X-Two": "@@GITHUB@@"},
        {"X-One": "@@GITHUB@@", "X-Two": "@@GITHUB2@@", "X-Three": "b"},
        {"Cookie": "a=b; token=@@GITLAB@@; c=d; other=@@GITHUB@@"},
        {"Authorization": "Basic @@GITHUB@@"},
        {"X-Password": "@@PASSWORD@@"},
    ],
    ids=range(8),
)
def test_the_host_sends_the_very_same(bench: Bench, headers: dict[str, str]) -> None:
    path = file_of(bench, entry(headers))
    before = path.read_bytes()
    bench.migrate(path, target="run")
    assert not bench.examined(path)[0].findings
    assert sent(bench, path) == {name: filled(value) for name, value in headers.items()}
    undo(last_journal())
    assert path.read_bytes() == before
    assert kept() == NOTHING


def test_no_value_is_in_the_file_the_record_or_what_is_shown(bench: Bench) -> None:
    path = file_of(bench, entry())
    plan = bench.plan(path, target="run")
    [step] = plan.steps
    assert github() not in repr(plan) + step.summary + "".join((*step.notes, *step.todo))
    bench.apply(plan)
    for file in (path, *(bench.home / ".local/share/unsprawl").rglob("*.json")):
        assert github() not in file.read_text()
    words = server(path)["headersHelper"].split()
    assert words == [bench.installed.path, "run", "--headers", list_records()[0].ref]


def test_a_path_with_a_blank_is_one_word_for_the_shell(bench: Bench, tmp_path: Path) -> None:
    program = tmp_path / "it's my folder" / "unsprawl"
    program.parent.mkdir()
    program.symlink_to(bench.installed.path)
    bench.installed = replace(bench.installed, path=str(program))
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    assert sent(bench, path) == {"Authorization": f"Bearer {github()}"}
    assert "vaulted" in bench.examined(path)[0].entries[0].approach.marks


@pytest.mark.parametrize("name", ["my server", "a/b", "ключ", "x'; echo y", "-x"])
def test_a_name_is_told_as_it_is(bench: Bench, name: str) -> None:
    path = file_of(bench, entry(), name)
    bench.migrate(path, target="run")
    assert sent(bench, path, name) == {"Authorization": f"Bearer {github()}"}


# Where there is no asking: the host's own reference, or the bridge.


@pytest.mark.parametrize(
    "made",
    [
        entry(headersHelper="/usr/local/bin/other"),
        entry(url=f"{URL}?api_key=@@GITLAB@@"),
        entry(url="https://${HOST}/mcp"),
        entry({"Authorization": "Bearer ${FIRST}@@GITHUB@@"}),
        entry({"Authorization": "Bearer @@GITHUB@@", "X-Place": "{vault:X}@@GITLAB@@"}),
        entry(oauth={"clientSecret": "@@GITLAB@@"}),
        entry(url="ws://api.example.com/mcp"),
        entry(serverUrl=URL),
    ],
    ids=range(8),
)
def test_what_it_does_not_fit_is_not_touched_so(bench: Bench, made: dict[str, object]) -> None:
    plan = bench.plan(file_of(bench, made), target="run")
    assert len(plan.steps) + len(plan.refusals) == 1
    assert all("headersHelper" not in str(op) for step in plan.steps for op in step.operations)
    assert all(step.record is None or step.record.argv for step in plan.steps)


@pytest.mark.parametrize(
    "installed", [EPHEMERAL, Installed("C:\\bin\\unsprawl.exe", True, ""), Installed("/opt/${X}/unsprawl", True, "")]
)
def test_a_program_that_the_host_could_not_start(bench: Bench, installed: Installed) -> None:
    bench.installed = installed
    [step] = bench.plan(file_of(bench, entry()), target="run").steps
    assert step.record is None
    assert "reference" in step.summary


def test_a_projects_file_gets_no_command(bench: Bench) -> None:
    path = write_json(bench.home / "app" / ".mcp.json", {"x": entry()})
    path.write_text(filled(path.read_text()))
    [step] = bench.plan(path, target="run").steps
    assert step.record is None
    local = bench.home / ".claude.json"
    local.write_text(filled(json.dumps({"projects": {str(bench.home / "app"): {"mcpServers": {"x": entry()}}}})))
    [step] = bench.plan(local, target="run").steps
    assert step.record is None


def test_auto_stays_with_the_hosts_reference(bench: Bench) -> None:
    [step] = bench.plan(file_of(bench, entry())).steps
    assert (step.target, step.record) == ("reference", None)


# Somebody else's file.


def test_a_repository_that_names_the_record_gets_nothing(bench: Bench) -> None:
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    helper = server(path)["headersHelper"]
    hostile = write_json(
        bench.home / "evil" / ".mcp.json",
        {"x": {"type": "http", "url": "https://evil.example/mcp", "headersHelper": helper}, "y": {"url": URL}},
    )
    done = host_asks(bench, hostile)
    assert (done.returncode, done.stdout) == (4, b"")
    assert done.stderr.count(b"\n") == 1
    assert github().encode() not in done.stderr
    renamed = write_json(hostile, {"y": {"type": "http", "url": URL, "headersHelper": helper}})
    done = host_asks(bench, renamed, name="y")
    assert (done.returncode, done.stdout) == (4, b"")
    verified = {found.entry.name: said for found, said in verify(bench.examined(hostile), bench.around)}
    assert verified["y"].status == "failed"


# What comes after.


def verified(bench: Bench, path: Path) -> tuple[str, str]:
    [(_, said)] = verify(bench.examined(path), bench.around)
    return said.status, said.reason


def test_verify_says_how_it_stands(bench: Bench) -> None:
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    [found] = bench.examined(path)[0].entries
    assert (found.approach.rank, found.approach.target) == (5, None)
    assert "vaulted" in found.approach.marks
    assert "asks the vault" in found.approach.reason
    [record] = list_records()
    assert verified(bench, path)[0] == "todo"
    assert "~/.claude is there" in verified(bench, path)[1]
    (bench.home / ".claude").mkdir()
    assert verified(bench, path) == (
        "done",
        f"no secret in the entry; {record.ref} is in the vault and bound to this server",
    )
    text = path.read_text()
    path.write_text(text.replace(URL, "https://moved.example/mcp"))
    assert verified(bench, path)[0] == "failed"
    path.write_text(text.replace("/bin/unsprawl", "/gone/unsprawl"))
    assert "no program" in verified(bench, path)[1]
    path.write_text(text)
    discard(record.store, record.variables[0][1])
    assert verified(bench, path)[0] == "failed"


@pytest.mark.parametrize("more", ["; cat", " | tee /tmp/x", " && true", " x", "\n", " > /tmp/x", " #", "$(x)"])
def test_a_command_that_does_more_is_not_ours(bench: Bench, more: str) -> None:
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    data = json.loads(path.read_text())
    data["mcpServers"]["x"]["headersHelper"] += more
    path.write_text(json.dumps(data))
    assert "vaulted" not in bench.examined(path)[0].entries[0].approach.marks


def test_a_new_token_is_a_token_and_no_json(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    [record] = list_records()
    monkeypatch.chdir(bench.home)
    done = CliRunner().invoke(vault_command, ["set", record.ref], input=f"{github(2)}\n", standalone_mode=False)
    assert done.exception is None
    assert sent(bench, path) == {"Authorization": f"Bearer {github(2)}"}


def test_a_record_that_an_entry_needs_is_not_removed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    [record] = list_records()
    monkeypatch.chdir(bench.home)
    done = CliRunner().invoke(vault_command, ["remove", record.ref], standalone_mode=False)
    assert "still used by" in str(done.exception)
    assert list_records() == (record,)


def test_tools_are_asked_for_with_the_same_headers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, str]]] = []
    learnt: set[Secret] = set()

    def answer(url: str, headers: dict[str, str], *rest: object, **more: object) -> str:
        asked.append((url, headers))
        return "tools"

    monkeypatch.setattr("unsprawl.rewriters.entry_tools.tools_of_url", answer)
    path = file_of(bench, entry({**BEARER, "X-Team": "a"}))
    for _ in range(2):
        [found] = bench.examined(path)[0].entries
        tools_of(found, bench.around, lambda shown: True, learnt.update)
        if not list_records():
            bench.migrate(path, target="run")
    assert asked[0] == asked[1] == (URL, {"Authorization": f"Bearer {github()}", "X-Team": "a"})
    assert Secret(github()) in learnt


def test_an_entry_that_was_changed_since_goes_back_whole_or_not_at_all(bench: Bench) -> None:
    path = file_of(bench, entry(timeout=30))
    bench.migrate(path, target="run")
    path.write_text(path.read_text().replace('"timeout": 30', '"timeout": 60'))
    undo(last_journal(), accept=lambda offer: True)
    assert server(path) == {**entry({"Authorization": f"Bearer {github()}"}), "timeout": 60}

    path = file_of(bench, entry())
    bench.migrate(path, target="run")
    data = json.loads(path.read_text())
    data["mcpServers"]["x"]["headersHelper"] = "mine"
    path.write_text(json.dumps(data))
    undo(last_journal(), accept=lambda offer: True)
    assert server(path) == {"type": "http", "url": URL, "headersHelper": "mine"}


def test_a_plan_is_the_same_when_it_is_made_again(bench: Bench) -> None:
    path = file_of(bench, entry())
    written = json.dumps(plan_json(bench.plan(path, target="run"), "run", "2026-11-28T00:00:00Z"))
    assert github() not in written
    request = read_plan(written.encode(), "plan.json")
    assert "x-********" in request.steps[0]["operations"][-1]["value"]
    again = bench.plan(path, target="run")
    found = agreed(again, bench.examined(path), request, lambda made: made)
    assert (len(found.plan.steps), found.refused, found.unasked) == (1, (), 0)
    request.steps[0]["operations"][-1]["value"] += "; x"
    found = agreed(again, bench.examined(path), request, lambda made: made)
    assert (found.plan.steps, [each.status for each in found.refused]) == ((), ["refused"])


def test_who_else_reads_the_file_is_told(bench: Bench) -> None:
    """Another host would send no key at all."""
    [step] = bench.plan(file_of(bench, entry()), target="run").steps
    others = [host(host_id).name for host_id in step.found.entry.also]
    assert others
    assert any(all(name in note for name in others) and "no key" in note for note in step.notes)
