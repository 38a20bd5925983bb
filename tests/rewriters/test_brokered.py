"""Brokers of others as targets: what an entry becomes, what is refused, and that no value is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rewriters.support import (
    Bench,
    env_entry,
    files_with,
    github,
    last_journal,
    secret,
    step,
    stored_values,
    write_json,
)
from tests.rewriters.support import refusal as only_refusal
from unsprawl.broker.external import registry
from unsprawl.broker.external.deposit import Deposit
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State
from unsprawl.rewriters.planner import EXTERNAL, Machine, make_plan
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination

CODEX = """\
[mcp_servers.x]
command = "npx"
args = ["-y", "server-github"]
env = {{ GITHUB_TOKEN = "{0}" }}
"""
GOOSE = """\
extensions:
  x:
    type: stdio
    cmd: npx
    args: [-y, server-github]
    envs:
      GITHUB_TOKEN: {0}
"""


class Held:
    """A broker in memory, in the place of a real one."""

    def __init__(self, broker_id: str) -> None:
        self.facts = known()[broker_id]
        self.values: dict[str, Secret] = {}
        self.readable = True
        self.fails = ""

    def look(self, here: Here) -> Here:
        return here

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        for bound in deposit.bounds:
            self.values[f"{deposit.account} {bound.variable}"] = values[bound.variable]
        if self.fails == "store":
            raise StoreUnavailable("it is full")
        return self.readable

    def stored(self, deposit: Deposit) -> dict[str, Secret] | None:
        if self.fails == "stored":
            raise StoreUnavailable("nobody answers")
        found = {b.variable: self.values.get(f"{deposit.account} {b.variable}") for b in deposit.bounds}
        return {name: value for name, value in found.items() if value is not None} if self.readable else None

    def remove(self, deposit: Deposit) -> None:
        if self.fails == "remove":
            raise StoreUnavailable("nobody answers")
        for bound in deposit.bounds:
            self.values.pop(f"{deposit.account} {bound.variable}", None)

    def standing(self, deposit: Deposit) -> str:
        return "" if self.stored(deposit) else "it is gone"


SETTINGS = {
    "varlock": {},
    "kow": {"folder": "/etc/kow", "proxy": "http://127.0.0.1:14322", "ca": "/etc/kow/ca.pem"},
    "authsome": {"home": "/home/you/.authsome", "port": "7998", "url": "http://127.0.0.1:7998"},
    "agent-vault": {"address": "http://127.0.0.1:14321", "account": "default"},
    "onecli": {"address": "http://127.0.0.1:10254", "account": "default"},
}


def here(broker_id: str, state: State = State.READY, **passed: str) -> Here:
    program = f"/opt/bin/{known()[broker_id].programs[0]}"
    return Here(
        broker_id,
        state,
        "it is not there" if state is not State.READY else "",
        "",
        program,
        "9",
        SETTINGS[broker_id],
        passed,
    )


class Brokers(Bench):
    """A machine on which every broker is ready."""

    states: Mapping[str, Here] = {broker_id: here(broker_id) for broker_id in EXTERNAL}

    def machine(self) -> Machine:
        made = Bench.machine(self)
        return Machine(made.installed, made.taken, made.refs, env_homes=made.env_homes, brokers=self.states)


@pytest.fixture
def bench(home: Path) -> Brokers:
    return Brokers(home)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    broker = Held("varlock")
    monkeypatch.setattr(registry, "BROKERS", {**registry.BROKERS, "varlock": broker})
    return broker


def entry_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())["mcpServers"]["x"]
    return found


# --- what an entry becomes


@pytest.mark.parametrize(
    ("broker_id", "command", "args", "env"),
    [
        ("varlock", "/opt/bin/varlock", ["proxy", "run", "--new", "--no-redact-stdout", "--inject", "vars", "-p"], {}),
        (
            "authsome",
            "/opt/bin/authsome",
            ["run", "--"],
            {"GITHUB_TOKEN": "authsome-proxy-managed", "NODE_USE_ENV_PROXY": "1"},
        ),
        ("kow", "npx", ["-y"], {"HTTPS_PROXY": "http://127.0.0.1:14322", "NODE_EXTRA_CA_CERTS": "/etc/kow/ca.pem"}),
        (
            "agent-vault",
            "/opt/bin/agent-vault",
            ["run", "--vault", "default", "--"],
            {"GITHUB_TOKEN": "__GITHUB_TOKEN__"},
        ),
        ("onecli", "/opt/bin/onecli", ["run", "--agent", "default", "--"], {"GITHUB_TOKEN": "onecli-managed"}),
    ],
)
def test_a_local_server(
    broker_id: str,
    command: str,
    args: list[str],
    env: dict[str, str],
    bench: Brokers,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "BROKERS", {broker_id: Held(broker_id)})
    path = write_json(home / ".claude.json", {"x": env_entry(LOG="info")})
    before = path.read_bytes()
    bench.migrate(path, target=broker_id)
    moved = entry_of(path)
    assert moved["command"] == command
    assert moved["args"][: len(args)] == args
    assert moved["args"][-2:] == ["-y", "server-x"]
    assert moved["env"].items() >= {"LOG": "info", **env}.items()
    assert github() not in path.read_text()
    [examined] = bench.examined(path)
    assert not examined.findings
    assert (examined.entries[0].approach.rank, "brokered" in examined.entries[0].approach.marks) == (1, True)
    assert [outcome.status for outcome in undo(last_journal())] == ["restored"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("file", "text"), [(".codex/config.toml", CODEX), (".config/goose/config.yaml", GOOSE)], ids=["toml", "yaml"]
)
@pytest.mark.parametrize("broker_id", EXTERNAL)
def test_other_formats(
    file: str, text: str, broker_id: str, bench: Brokers, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "BROKERS", {broker_id: Held(broker_id)})
    path = home / file
    path.parent.mkdir(parents=True)
    path.write_text(text.format(github()))
    bench.migrate(path, target=broker_id)
    assert github() not in path.read_text()
    assert not bench.examined(path)[0].findings
    if file.endswith("yaml"):
        moved = yaml.safe_load(path.read_text())["extensions"]["x"]
        assert moved["cmd"] == ("npx" if broker_id == "kow" else f"/opt/bin/{known()[broker_id].programs[0]}")
    undo(last_journal())
    assert path.read_text() == text.format(github())


@pytest.mark.parametrize("broker_id", EXTERNAL)
def test_a_remote_server_gets_a_bridge_with_a_placeholder(
    broker_id: str, bench: Brokers, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(broker_id)
    monkeypatch.setattr(registry, "BROKERS", {broker_id: held})
    remote = {
        "type": "http",
        "url": "https://mcp.vendor.example/mcp",
        "headers": {"Authorization": f"Bearer {github()}"},
    }
    path = write_json(home / ".claude.json", {"x": remote})
    planned = step(bench.plan(path, target=broker_id))
    assert planned.deposit is not None
    [bound] = planned.deposit.bounds
    assert (bound.hosts, bound.header, bound.prefix) == (("mcp.vendor.example",), "Authorization", "Bearer ")
    bench.migrate(path, target=broker_id)
    moved = entry_of(path)
    assert f"Authorization:Bearer {planned.deposit.bounds[0].placeholder[:4]}" in " ".join(moved["args"])
    assert moved["args"][-1] == "--enable-proxy"
    assert {value.reveal() for value in held.values.values()} == {github()}
    assert not bench.examined(path)[0].findings


def test_a_bridge_that_is_there_keeps_its_header(bench: Brokers, home: Path, held: Held) -> None:
    args = ["-y", "mcp-remote", "https://mcp.vendor.example/mcp", "--header", f"Authorization: Bearer {github()}"]
    path = write_json(home / ".claude.json", {"x": {"command": "npx", "args": args}})
    bench.migrate(path, target="varlock")
    moved = entry_of(path)["args"]
    assert moved[-3] == "--header"
    assert moved[-2].startswith("Authorization: Bearer ghp_")
    assert moved[-1] == "--enable-proxy"
    assert {value.reveal() for value in held.values.values()} == {github()}


def test_variables_that_hosts_strip_are_in_the_entry(bench: Brokers, home: Path) -> None:
    bench.states = {"authsome": here("authsome", AUTHSOME_PORT="7999")}
    planned = step(bench.plan(write_json(home / ".claude.json", {"x": env_entry()}), target="authsome"))
    assert any(getattr(operation, "value", None) == "7999" for operation in planned.operations)


# --- what is refused


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (env_entry(secret("PASSWORD"), "DB_PASSWORD"), "cannot be put in on the way"),
        ({"command": "npx", "args": ["-y", "x", "--token", github()]}, "is no variable of the server"),
        ({"command": "docker", "args": ["run", "-e", f"GITHUB_TOKEN={github()}", "x"]}, "127.0.0.1 is another machine"),
        (env_entry(f"https://x:{github()}@github.com/a", "REPO_URL"), "a part of a longer text"),
        ({"url": f"https://mcp.vendor.example/mcp?token={github()}"}, ""),
        ({"url": "http://mcp.vendor.example/mcp", "headers": {"Authorization": f"Bearer {github()}"}}, "https only"),
        (
            {"url": "https://mcp.vendor.example/mcp", "headers": {"X-Key": "{OTHER} " + github()}},
            "a broker cannot be told",
        ),
        (
            {"command": "unsprawl", "args": ["run", "a", "--", "npx"], "env": {"T": github()}},
            "started by `unsprawl run`",
        ),
    ],
    ids=["unknown host", "argument", "container", "part of a text", "query", "http", "braces", "vaulted"],
)
def test_what_stays(entry: dict[str, object], why: str, bench: Brokers, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": entry})
    before = path.read_bytes()
    found = only_refusal(bench.plan(path, target="varlock"))
    assert why in found.reason
    assert found.hint
    assert path.read_bytes() == before


def test_a_file_that_is_shared_stays(bench: Brokers, project: Path) -> None:
    path = write_json(project / ".mcp.json", {"x": env_entry()})
    found = only_refusal(bench.plan(path, target="varlock"))
    assert "shared through git" in found.reason


def test_a_variable_that_the_entry_sets_otherwise(bench: Brokers, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(HTTPS_PROXY="http://10.0.0.1:3128")})
    assert "sets HTTPS_PROXY to something else" in only_refusal(bench.plan(path, target="kow")).reason
    path = write_json(home / ".claude.json", {"x": env_entry(NODE_USE_ENV_PROXY="1")})
    assert step(bench.plan(path, target="authsome"))


@pytest.mark.parametrize("broker_id", EXTERNAL)
def test_a_broker_that_is_not_ready(broker_id: str, bench: Brokers, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.states = {broker_id: here(broker_id, State.STOPPED)}
    assert "it is not there" in only_refusal(bench.plan(path, target=broker_id)).reason
    bench.states = {}
    assert "nobody has looked for" in only_refusal(bench.plan(path, target=broker_id)).reason


def test_one_account_to_each_host(bench: Brokers, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry(github(2))})
    plan = bench.plan(path, target="authsome")
    assert [each.found.entry.name for each in plan.steps] == ["x"]
    [stays] = plan.refusals
    assert (stays.found.entry.name, "api.github.com already" in stays.reason) == ("y", True)
    assert len(bench.plan(path, target="varlock").steps) == 2


def test_the_user_may_say_where_a_key_goes(bench: Brokers, home: Path) -> None:
    path = write_json(
        home / ".claude.json", {"x": env_entry("".join(["7fQ2mZ0xVb", "Lr9TnW4hYc1Kd8"]), "ACME_API_KEY")}
    )
    assert "cannot be put in on the way" in only_refusal(bench.plan(path, target="varlock")).reason
    said = (Destination("ACME_API_KEY", ("api.acme.example",)),)
    plan = make_plan(bench.examined(path), replace(bench.machine(), sent=said), "varlock")
    planned = step(plan)
    assert planned.deposit is not None
    assert [bound.hosts for bound in planned.deposit.bounds] == [("api.acme.example",)]


def test_auto_takes_none_of_them(bench: Brokers, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    assert step(bench.plan(path)).target not in EXTERNAL
    assert all(target.by_hand for target in EXTERNAL.values())


def test_a_plan_is_the_same_twice(bench: Brokers, home: Path) -> None:
    """But for the end of the name, which `--plan` leaves out."""
    from unsprawl.rewriters.plan_file import step_json

    path = write_json(home / ".claude.json", {"x": env_entry()})
    for broker_id in EXTERNAL:
        plans = [make_plan(bench.examined(path), bench.machine(), broker_id) for _ in range(2)]
        one, other = ([step_json(plan.files[0], planned) for planned in plan.steps] for plan in plans)
        assert one == other, broker_id
        assert github() not in json.dumps(one)
        [keep] = one[0]["keeps"]
        assert keep["home"] == "broker"
        assert keep["sent"] == {"hosts": ["api.github.com", "github.com"], "places": ["header"]}


# --- nothing is lost


def migrated(bench: Brokers, home: Path) -> tuple[Path, bytes]:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    before = path.read_bytes()
    bench.migrate(path, target="varlock")
    assert files_with(home, [github()]) == set()
    return path, before


def test_our_vault_keeps_a_copy_until_it_is_undone(bench: Brokers, home: Path, held: Held) -> None:
    path, before = migrated(bench, home)
    assert any(github() in value for value in stored_values())
    assert len(held.values) == 1
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert (outcome.status, outcome.reason) == (
        "failed",
        "the path of its program in the entry is no program (any more)",
    )
    undo(last_journal())
    assert path.read_bytes() == before
    assert (held.values, stored_values()) == ({}, [])


def test_what_gives_nothing_back_is_said(bench: Brokers, home: Path, held: Held) -> None:
    held.readable = False
    path = write_json(home / ".claude.json", {"x": env_entry()})
    [outcome], _ = bench.apply(bench.plan(path, target="varlock"))
    assert outcome.status == "done"
    assert "It gives no value back to compare; your vault keeps a copy" in outcome.reason
    [outcome] = undo(last_journal())
    assert outcome.status == "restored"
    assert "stays, since it may be newer" in outcome.reason
    assert {value.reveal() for value in held.values.values()} == {github()}


@pytest.mark.parametrize("fails", ["", "remove", "stored"])
def test_undo_takes_out_only_what_it_put_there(fails: str, bench: Brokers, home: Path, held: Held) -> None:
    path, before = migrated(bench, home)
    held.fails = fails
    [name] = held.values
    if not fails:
        held.values[name] = Secret(github(2))
    [outcome] = undo(last_journal())
    assert outcome.status == "restored"
    assert "the value in varlock stays" in outcome.reason
    assert path.read_bytes() == before
    assert list(held.values) == [name]
    assert undo(last_journal()) == ()  # it is over, and not tried again


def test_a_value_that_is_gone_there_does_not_matter(bench: Brokers, home: Path, held: Held) -> None:
    path, before = migrated(bench, home)
    held.values.clear()
    [outcome] = undo(last_journal())
    assert "stays" not in outcome.reason
    assert path.read_bytes() == before


@pytest.mark.parametrize("also", ["store", "remove"])
def test_a_broker_that_fails_leaves_the_file_alone(
    also: str, bench: Brokers, home: Path, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    before = path.read_bytes()
    held.fails = "store"

    def refuse(deposit: Deposit) -> None:
        raise StoreUnavailable("nobody answers")

    if also == "remove":
        monkeypatch.setattr(held, "remove", refuse)
    [outcome], _ = bench.apply(bench.plan(path, target="varlock"))
    assert outcome.status == "failed"
    assert "it is full" in outcome.reason
    assert ("the value in varlock stays" in outcome.reason) == (also == "remove")
    assert path.read_bytes() == before
    assert bool(held.values) == (also == "remove")
    assert stored_values() == []


class Killed(BaseException):
    """As if the process had been ended here."""


@pytest.mark.parametrize("moment", ["fill broker", "journal done"])
def test_a_killed_run_leaves_nothing_in_the_broker_or_can_be_undone(
    moment: str, bench: Brokers, home: Path, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    before = path.read_bytes()
    monkeypatch.setattr("unsprawl.rewriters.apply._roll_back", lambda *_, **__: ())

    def watch(at: str) -> None:
        if at == moment:
            raise Killed

    with pytest.raises(Killed):
        bench.apply(bench.plan(path, target="varlock"), watch=watch)
    if moment == "fill broker":  # the value had been put there when the process ended
        deposit = Deposit.from_json(last_journal().files[0].entries[0].deposit or {})
        held.store(deposit, {"GITHUB_TOKEN": Secret(github())})
    recover()
    if path.read_bytes() != before:
        undo(last_journal())
    assert path.read_bytes() == before
    assert (held.values, stored_values()) == ({}, [])
