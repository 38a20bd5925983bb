"""A host that merely reads another's file never stops its migration, and is named where it matters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, github


def project(home: Path, name: str, key: str, entry: dict[str, object]) -> Path:
    path = home / "app" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: {"x": entry}}, indent=2))
    return path


def test_the_file_of_two_hosts_that_three_more_read(bench: Bench, home: Path) -> None:
    path = project(home, ".mcp.json", "mcpServers", {"command": "npx", "env": {"GITHUB_TOKEN": github(1)}})
    ((step,),) = [file.steps for file in bench.plan(path, target="reference").files]
    assert step.found.entry.hosts == ("claude-code", "copilot-cli", "qodercli", "warp")
    assert [host.id for host in step.hosts] == ["claude-code", "copilot-cli"]
    assert step.notes == ()  # they expand it as well


def test_a_second_reader_that_would_send_it_as_it_stands(bench: Bench, home: Path) -> None:
    path = project(home, ".mcp.json", "mcpServers", {"command": "npx", "args": ["x", "--token", github(1)]})
    ((step,),) = [file.steps for file in bench.plan(path, target="reference").files]
    assert [note for note in step.notes if "too" in note] == [
        "Qoder CLI reads this file too, and is not known to expand the reference",
        "Warp reads this file too, and is not known to expand the reference",
    ]


def test_a_second_reader_of_which_nothing_is_known(bench: Bench, home: Path) -> None:
    path = project(home, ".cursor/mcp.json", "mcpServers", {"command": "npx", "env": {"GITHUB_TOKEN": github(1)}})
    ((step,),) = [file.steps for file in bench.plan(path, target="reference").files]
    assert step.notes == ("Visual Studio reads this file too, and is not known to expand the reference",)


def test_a_command_is_one_for_all_of_them(bench: Bench, home: Path) -> None:
    path = project(home, ".cursor/mcp.json", "mcpServers", {"command": "npx", "env": {"GITHUB_TOKEN": github(1)}})
    ((step,),) = [file.steps for file in bench.plan(path, target="run").files]
    assert not [note for note in step.notes if "too" in note]


@pytest.mark.parametrize(
    ("name", "key", "reason"),
    [
        (
            ".mcp.json",
            "servers",
            "no evidence is good enough that this host expands references",
        ),  # Visual Studio's alone
        (".claude-plugin/plugin.json", "mcpServers", "a plugin in the cache is overwritten by its next update"),
        (".cursor/mcp.json", "mcp_servers", "the entry is under a key where no host of this file looks"),
    ],
)
def test_what_is_not_edited(bench: Bench, home: Path, name: str, key: str, reason: str) -> None:
    path = project(home, name, key, {"command": "npx", "env": {"GITHUB_TOKEN": github(1)}})
    plan = bench.plan(path, target="reference")
    assert plan.files == ()
    (refusal,) = plan.refusals
    assert refusal.reason.startswith(reason)
