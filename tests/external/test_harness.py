"""What real host programs hand to the servers they start: the facts that migrations rest on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.external.hosts import (
    CLAUDE_SETTLED,
    Start,
    claude_code_starts,
    codex_starts,
    recorder_argv,
)
from tests.external.processes import HostFailed
from unsprawl.rewriters.host_env_file import HostEnvFile, unspeakable
from unsprawl.scanner.secret import Secret

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1 to run it"),
]

SECRET = "".join(["acme", "_", "0123456789abcdef", "0123456789abcdef"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def entry(home: Path, *arguments: str, **more: Any) -> dict[str, Any]:
    """A server entry, in the keys that both hosts share."""
    command, *rest = recorder_argv(home)
    return {"command": command, "args": [*rest, *arguments], **more}


def wrapped(home: Path) -> dict[str, Any]:
    return {"command": "/usr/bin/env", "args": [f"TOKEN={SECRET}", *recorder_argv(home)]}


def wrapper_script(home: Path) -> dict[str, Any]:
    """An entry shaped like a migrated one: an absolute program, `run REF --`, then the former command line."""
    script = home / "fetch-and-run"
    script.write_text(f'#!/bin/sh\n[ "$1 $2 $3" = "run some/ref --" ] || exit 2\nshift 3\nTOKEN={SECRET} exec "$@"\n')
    script.chmod(0o755)
    return {"command": str(script), "args": ["run", "some/ref", "--", *recorder_argv(home)]}


def only(starts: list[Start]) -> Start:
    [start] = starts
    return start


# --- Claude Code ---------------------------------------------------------------------------------


def claude_config(home: Path, **content: Any) -> Path:
    path = home / ".claude.json"
    path.write_text(json.dumps(CLAUDE_SETTLED | content))
    return path


def claude_start(home: Path, project: Path, config: dict[str, Any], **variables: str) -> Start:
    claude_config(home, mcpServers={"tickets": config})
    return only(claude_code_starts(home, project, variables, canaries=[SECRET]))


def test_claude_passes_a_literal(home: Path, project: Path) -> None:
    start = claude_start(home, project, entry(home, env={"TOKEN": SECRET}))
    assert start.env["TOKEN"] == SECRET


@pytest.mark.parametrize(
    "spelling", ["${SOURCE}", "${SOURCE:-other}", "${UNSET:-" + SECRET + "}"], ids=["plain", "set", "default"]
)
def test_claude_expands_env_and_args(home: Path, project: Path, spelling: str) -> None:
    config = entry(home, f"--token={spelling}", env={"TOKEN": spelling})
    start = claude_start(home, project, config, SOURCE=SECRET)
    assert start.env["TOKEN"] == SECRET
    assert start.argv[-1] == f"--token={SECRET}"


@pytest.mark.parametrize("spelling", ["$SOURCE", "${env:SOURCE}", "{env:SOURCE}", "${UNSET}"])
def test_claude_leaves_other_spellings(home: Path, project: Path, spelling: str) -> None:
    start = claude_start(home, project, entry(home, spelling, env={"TOKEN": spelling}), SOURCE=SECRET)
    assert (start.env["TOKEN"], start.argv[-1]) == (spelling, spelling)


def test_claude_hands_on_its_whole_environment(home: Path, project: Path) -> None:
    start = claude_start(home, project, entry(home), TOKEN=SECRET)
    assert start.env["TOKEN"] == SECRET


def test_claude_takes_variables_from_the_user_settings(home: Path, project: Path) -> None:
    (home / ".claude").mkdir()
    (home / ".claude" / "settings.json").write_text(json.dumps({"env": {"SOURCE": SECRET}}))
    start = claude_start(home, project, entry(home, env={"TOKEN": "${SOURCE}"}))
    assert (start.env["TOKEN"], start.env["SOURCE"]) == (SECRET, SECRET)


@pytest.mark.parametrize("shape", [wrapped, wrapper_script])
def test_claude_starts_through_a_wrapper(home: Path, project: Path, shape: Any) -> None:
    assert claude_start(home, project, shape(home)).env["TOKEN"] == SECRET


def test_claude_starts_the_entries_of_this_project_only(home: Path, project: Path) -> None:
    here = {"mcpServers": {"here": entry(home, "here")}}
    elsewhere = {"mcpServers": {"elsewhere": entry(home, "elsewhere")}}
    claude_config(home, projects={str(project): here, str(project.parent / "other"): elsewhere})
    assert only(claude_code_starts(home, project)).argv[-1] == "here"


@pytest.mark.parametrize(
    ("settings", "started"),
    [
        (None, 0),
        ({"enableAllProjectMcpServers": True}, 1),
        ({"enabledMcpjsonServers": ["tickets"]}, 1),
        ({"enabledMcpjsonServers": ["other"]}, 0),
    ],
)
def test_claude_starts_project_entries_once_approved(
    home: Path, project: Path, settings: dict[str, Any] | None, started: int
) -> None:
    claude_config(home)
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"tickets": entry(home, env={"TOKEN": "${SOURCE}"})}}))
    if settings is not None:
        (home / ".claude").mkdir()
        (home / ".claude" / "settings.json").write_text(json.dumps(settings))
    starts = claude_code_starts(home, project, {"SOURCE": SECRET})
    assert [start.env["TOKEN"] for start in starts] == [SECRET] * started


def test_claude_leaves_a_settled_file_alone(home: Path, project: Path) -> None:
    path = claude_config(home, mcpServers={"tickets": entry(home, env={"TOKEN": SECRET})}, number=1.0)
    before = path.read_bytes()
    claude_code_starts(home, project)
    assert path.read_bytes() == before
    assert not (home / ".claude" / "backups").exists()


def test_claude_rewrites_a_file_it_has_not_seen_and_keeps_a_copy(home: Path, project: Path) -> None:
    """Also: a file with nothing but servers works, without a login and without a question."""
    path = home / ".claude.json"
    servers = {"tickets": entry(home, env={"TOKEN": SECRET})}
    before = json.dumps({"mcpServers": servers})
    path.write_text(before)

    assert only(claude_code_starts(home, project)).env["TOKEN"] == SECRET

    after = json.loads(path.read_text())
    assert after["mcpServers"] == servers
    assert set(CLAUDE_SETTLED) < set(after)
    [copy] = (home / ".claude" / "backups").iterdir()
    assert copy.read_text() == before


# --- Codex ---------------------------------------------------------------------------------------


def toml(value: Any) -> str:
    """An inline TOML value; JSON spells its strings the same way."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def codex_config(home: Path, config: dict[str, Any]) -> Path:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text("# mine\n[mcp_servers.tickets]\n" + "".join(f"{key} = {toml(config[key])}\n" for key in config))
    return path


def codex_start(home: Path, project: Path, config: dict[str, Any], **variables: str) -> Start:
    codex_config(home, config)
    return only(codex_starts(home, project, variables, canaries=[SECRET]))


def test_codex_passes_a_literal_and_leaves_its_file_alone(home: Path, project: Path) -> None:
    path = codex_config(home, entry(home, env={"TOKEN": SECRET}))
    before = path.read_bytes()
    assert only(codex_starts(home, project)).env["TOKEN"] == SECRET
    assert path.read_bytes() == before


def test_codex_passes_named_variables_only(home: Path, project: Path) -> None:
    config = entry(home, env_vars=["TOKEN", "UNSET"])
    start = codex_start(home, project, config, TOKEN=SECRET, UNNAMED=SECRET)
    assert start.env["TOKEN"] == SECRET
    assert start.env.keys().isdisjoint({"UNSET", "UNNAMED"})


def test_codex_prefers_env_to_env_vars(home: Path, project: Path) -> None:
    start = codex_start(home, project, entry(home, env_vars=["TOKEN"], env={"TOKEN": "written"}), TOKEN=SECRET)
    assert start.env["TOKEN"] == "written"


@pytest.mark.parametrize("spelling", ["${SOURCE}", "$SOURCE"])
def test_codex_expands_nothing(home: Path, project: Path, spelling: str) -> None:
    start = codex_start(home, project, entry(home, spelling, env={"TOKEN": spelling}), SOURCE=SECRET)
    assert (start.env["TOKEN"], start.argv[-1]) == (spelling, spelling)


def test_codex_reads_its_own_dotenv_first(home: Path, project: Path) -> None:
    """~/.codex/.env wins over the environment, but not for CODEX_*; a .env in the project is not read."""
    path = codex_config(home, entry(home, env_vars=["TOKEN", "CODEX_TOKEN", "LOCAL"]))
    path.with_name(".env").write_text(f"TOKEN={SECRET}\nCODEX_TOKEN={SECRET}\n")
    (project / ".env").write_text(f"LOCAL={SECRET}\n")
    start = only(codex_starts(home, project, {"TOKEN": "exported"}, canaries=[SECRET]))
    assert start.env["TOKEN"] == SECRET
    assert start.env.keys().isdisjoint({"CODEX_TOKEN", "LOCAL"})


def test_codex_reads_what_we_write_into_its_dotenv(home: Path, project: Path) -> None:
    """Every character that we write there means itself, above lines of the user's that no parser could read."""
    value = "".join(c for c in map(chr, range(32, 127)) if not unspeakable(Secret(c)))
    path = codex_config(home, entry(home, env_vars=["TOKEN", "OTHER"]))
    env = path.with_name(".env")
    env.write_text("BROKEN='x\nFINE=1\n")
    env.chmod(0o600)
    HostEnvFile(str(env)).set_variable("OTHER", Secret(SECRET))
    HostEnvFile(str(env)).set_variable("TOKEN", Secret(value))
    start = only(codex_starts(home, project, {}, canaries=[SECRET]))
    assert (start.env["TOKEN"], start.env["OTHER"]) == (value, SECRET)


@pytest.mark.parametrize("shape", [wrapped, wrapper_script])
def test_codex_starts_through_a_wrapper(home: Path, project: Path, shape: Any) -> None:
    assert codex_start(home, project, shape(home)).env["TOKEN"] == SECRET


def test_codex_starts_project_entries_once_trusted(home: Path, project: Path) -> None:
    codex_config(project, entry(home))
    assert codex_starts(home, project, expect=0) == []
    (home / ".codex" / "config.toml").write_text(f'[projects.{json.dumps(str(project))}]\ntrust_level = "trusted"\n')
    assert only(codex_starts(home, project))


def test_a_failing_host_shows_its_output_without_the_canary(home: Path, project: Path) -> None:
    codex_config(home, {"command": SECRET, "url": SECRET})
    with pytest.raises(HostFailed, match="not supported for stdio") as failed:
        codex_starts(home, project, expect=0, canaries=[SECRET])
    assert SECRET not in str(failed.value)
