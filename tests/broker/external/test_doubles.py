"""Agent Vault and OneCLI against stand-ins made from their sources: what is sent where, and that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.broker.external.doubles import Api, Recorder, api, recorder
from tests.cli.program import Program
from tests.rewriters.support import files_with, github

NAME = "GITHUB_PERSONAL_ACCESS_TOKEN"
TOKEN = "".join(["oc_", "synthetic", "-", "0001"])


def write(home: Path) -> bytes:
    entry = {"command": "npx", "args": ["-y", "server-github"], "env": {"LOG": "info", NAME: github()}}
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"github": entry}}, indent=2))
    return (home / ".claude.json").read_bytes()


def entry(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / ".claude.json").read_text())["mcpServers"]["github"]
    return found


def never_shown(*texts: str) -> None:
    for text in texts:
        assert github() not in text
        assert TOKEN not in text


# --- Agent Vault


@pytest.fixture
def agent_vault(home: Path) -> Recorder:
    return recorder(home, "agent-vault", {"version": (0, "agent-vault v0.9.0"), "account whoami": (0, "a@b.example")})


@pytest.fixture
def vault_api() -> Iterator[Api]:
    with api({"GET /": 200, "POST /v1/credentials": 201}) as made:
        yield made


def test_agent_vault(home: Path, start: Program, agent_vault: Recorder, vault_api: Api) -> None:
    before = write(home)
    environ = {"AGENT_VAULT_ADDR": vault_api.url, "AGENT_VAULT_TOKEN": TOKEN, "AGENT_VAULT_VAULT": "work"}
    done = start("migrate", "--to", "agent-vault", "--yes", env=environ)
    assert done.returncode == 0, done.stdout
    assert "It gives no value back to compare; your vault keeps a copy" in " ".join(done.stdout.split())
    never_shown(done.stdout, done.stderr)

    [(_, headers, body)] = [each for each in vault_api.got if each[0] == "POST /v1/credentials"]
    assert headers["authorization"] == f"Bearer {TOKEN}"
    [(key, value)] = body["credentials"].items()
    assert (body["vault"], value) == ("work", github())
    assert key == key.upper()
    [add] = [call for call in agent_vault.calls() if call["argv"][:3] == ["vault", "service", "add"]]
    assert add["argv"][-2:] == ["--vault", "work"]
    [services] = [json.loads(text)["services"] for text in add["files"].values()]
    assert [each["host"] for each in services] == ["api.github.com", "github.com"]
    assert services[0]["auth"] == {"type": "custom", "headers": {"Authorization": f"Bearer {{{{ {key} }}}}"}}
    assert services[0]["substitutions"] == [{"key": key, "placeholder": f"__{NAME}__", "in": ["header"]}]
    for call in agent_vault.calls():
        never_shown(json.dumps(call))
        assert call["environ"]["AGENT_VAULT_TELEMETRY"] == "false"

    moved = entry(home)
    assert moved["command"] == str(agent_vault.path)
    assert moved["args"] == ["run", "--vault", "work", "--", "npx", "-y", "server-github"]
    assert moved["env"][NAME] == f"__{NAME}__"
    assert files_with(home, [github(), TOKEN]) == set()
    assert start("verify", env=environ).returncode == 0

    undone = start("undo", "--yes", env=environ)
    assert (home / ".claude.json").read_bytes() == before
    assert undone.returncode == 0
    said = " ".join(undone.stdout.split())
    assert "the value in Agent Vault (Infisical) stays, since it may be newer" in said
    assert key in said


@pytest.mark.parametrize(
    ("answers", "environ", "why"),
    [
        ({"account whoami": (1, "")}, {"AGENT_VAULT_TOKEN": TOKEN}, "nobody is signed in"),
        ({}, {}, "AGENT_VAULT_TOKEN is not set"),
        ({"version": (0, "0.8.1")}, {"AGENT_VAULT_TOKEN": TOKEN}, "0.8.1 is too old"),
        ({}, {"AGENT_VAULT_TOKEN": TOKEN, "AGENT_VAULT_ADDR": "http://127.0.0.1:9"}, "does not answer"),
        ({}, {"AGENT_VAULT_TOKEN": TOKEN, "AGENT_VAULT_ADDR": "http://10.0.0.9:14321"}, "would go in clear"),
    ],
)
def test_agent_vault_that_cannot_take_it(
    answers: dict[str, tuple[int, str]], environ: dict[str, str], why: str, home: Path, start: Program, vault_api: Api
) -> None:
    program = recorder(home, "agent-vault", {"version": (0, "0.9.0")} | answers)
    before = write(home)
    done = start("migrate", "--to", "agent-vault", "--yes", env={"AGENT_VAULT_ADDR": vault_api.url} | environ)
    assert done.returncode == 4
    assert why in " ".join(done.stdout.split())
    assert (home / ".claude.json").read_bytes() == before
    assert not any(line.startswith("POST") for line, _, _ in vault_api.got)
    assert all(call["argv"] in (["version"], ["account", "whoami"]) for call in program.calls())


def test_agent_vault_whose_binding_fails(home: Path, start: Program, vault_api: Api) -> None:
    """The value is there by then, and nothing is known that would take it out: that is said."""
    recorder(home, "agent-vault", {"version": (0, "0.9.0"), "vault service add": (1, github())})
    before = write(home)
    environ = {"AGENT_VAULT_ADDR": vault_api.url, "AGENT_VAULT_TOKEN": TOKEN}
    done = start("migrate", "--to", "agent-vault", "--yes", env=environ)
    assert done.returncode == 4
    never_shown(done.stdout, done.stderr)
    said = " ".join(done.stdout.split())
    assert "could not bind the value to its host" in said
    assert "stays, since it could not be removed" in said
    assert (home / ".claude.json").read_bytes() == before
    assert not list((home / ".local/share/unsprawl/vault/items").glob("*"))


# --- OneCLI


@pytest.fixture
def onecli(home: Path) -> Recorder:
    return recorder(home, "onecli", {"--version": (0, "onecli 2.0.1")})


def test_onecli(home: Path, start: Program, onecli: Recorder) -> None:
    before = write(home)
    with api({"GET /v1/health": 200, "POST /v1/secrets": 201}) as made:
        environ = {"ONECLI_URL": made.url, "ONECLI_API_KEY": TOKEN, "ONECLI_AGENT": "mine"}
        done = start("migrate", "--to", "onecli", "--yes", env=environ)
        assert done.returncode == 0, done.stdout
        never_shown(done.stdout, done.stderr)
        posted = [body for line, _, body in made.got if line == "POST /v1/secrets"]
        assert [body["hostPattern"] for body in posted] == ["api.github.com", "github.com"]
        assert {body["value"] for body in posted} == {github()}
        assert {body["type"] for body in posted} == {"generic"}
        injection = {"headerName": "Authorization", "valueFormat": "Bearer {value}"}
        assert posted[0]["injectionConfig"] == injection
        moved = entry(home)
        assert moved["args"] == ["run", "--agent", "mine", "--", "npx", "-y", "server-github"]
        assert moved["env"] == {"LOG": "info", NAME: "onecli-managed"}
        assert files_with(home, [github(), TOKEN]) == set()
        assert [call["argv"] for call in onecli.calls()] == [["--version"]]
        undone = start("undo", "--yes", env=environ)
    assert "Delete the secret" in " ".join(undone.stdout.split())
    assert (home / ".claude.json").read_bytes() == before


def test_onecli_that_refuses(home: Path, start: Program, onecli: Recorder) -> None:
    before = write(home)
    with api({"GET /v1/health": 200, "POST /v1/secrets": 403}) as made:
        environ = {"ONECLI_URL": made.url, "ONECLI_API_KEY": TOKEN}
        done = start("migrate", "--to", "onecli", "--yes", env=environ)
    assert done.returncode == 4
    assert "OneCLI answered with 403" in " ".join(done.stdout.split())
    never_shown(done.stdout, done.stderr)
    assert (home / ".claude.json").read_bytes() == before


# --- Clawvisor


def test_clawvisor_is_no_target(home: Path, start: Program) -> None:
    program = recorder(home, "clawvisor-server", {})
    write(home)
    assert start("migrate", "--to", "clawvisor", "--yes").returncode == 2
    shown = " ".join(start("vault", "brokers").stdout.split())
    assert "replace the entry by its own server, http://localhost:25297/mcp" in shown
    assert "migrate --to clawvisor" not in shown
    assert program.calls() == []
