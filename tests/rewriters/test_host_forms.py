"""What differs from host to host: several ways of one, whole environments, names in other keys, shapes of commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.rewriters.support import (
    INSTALLED,
    Bench,
    env_entry,
    github,
    last_journal,
    refusal,
    secret,
    step,
    write_json,
)
from unsprawl.rewriters.exports import exported
from unsprawl.rewriters.operations import Append, Insert, Remove, SetPart, SetValue
from unsprawl.rewriters.plan import EntryStep
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.approach import Approach
from unsprawl.scanner.hosts import host, hosts
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import examined_files
from unsprawl.vault import env_file


def zed(value: str) -> str:
    return json.dumps({"context_servers": {"x": env_entry(value)}})


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("@@", github()))
    return path


# --- the whole environment


def test_a_pair_goes_where_the_host_hands_its_environment_on(bench: Bench, home: Path) -> None:
    path = write_json(home / ".config/zed/settings.json", {"x": env_entry(LOG="1")}, key="context_servers")
    found = step(bench.plan(path, target="reference"))
    assert found.operations == (Remove(("context_servers", "x", "env", "GITHUB_TOKEN")),)
    assert [(keep.home, keep.name, keep.secret.reveal()) for keep in found.keeps] == [
        ("shell", "GITHUB_TOKEN", github())
    ]
    assert found.summary == "the exported GITHUB_TOKEN, which Zed hands on with all of its environment"
    assert found.todo == ("start Zed from a terminal: started from the desktop it does not see the variables",)


def test_a_whole_value_is_inherited_whatever_part_of_it_is_secret(bench: Bench, home: Path) -> None:
    address = f"postgres://me:{secret('PASSWORD')}@db.example.com/x"
    path = write_json(home / ".grok/user-settings.json", {"x": env_entry(address, "DATABASE_URL")})
    [keep] = step(bench.plan(path, target="reference")).keeps
    assert (keep.name, keep.secret.reveal()) == ("DATABASE_URL", address)


def test_what_a_shared_file_names_no_more_is_told(bench: Bench, home: Path) -> None:
    path = write_json(home / "app/.grok/settings.json", {"x": env_entry()})
    found = step(bench.plan(path, target="reference"))
    assert found.todo == ("tell everyone else with this repository to export GITHUB_TOKEN: the file names it no more",)


@pytest.mark.parametrize(
    ("env", "environ", "reason"),
    [
        ({"GITHUB_TOKEN": "@@"}, {"GITHUB_TOKEN": "another"}, "that name stands for another value already"),
        ({"github-token": "@@"}, {}, "the variable must be called github-token"),
        (["GITHUB_TOKEN=@@"], {}, "env GITHUB_TOKEN does not stand in a map of variables"),
    ],
)
def test_a_variable_that_cannot_be_inherited(
    bench: Bench, home: Path, env: Any, environ: dict[str, str], reason: str
) -> None:
    bench.environ |= environ
    text = json.dumps({"mcpServers": {"x": {"transport": {"type": "stdio", "command": "npx", "env": env}}}})
    refused = refusal(bench.plan(put(home / ".grok/user-settings.json", text), target="reference"))
    assert reason in refused.reason
    assert refused.hint == "Use `--to run`."


def test_only_hosts_that_are_seen_to_hand_everything_on_inherit() -> None:
    inheriting = {each.id for each in hosts() for way in each.references if way.form == "inherit"}
    assert inheriting == {"zed", "anythingllm", "grok-cli", "mcpo", "cline-cli"}
    for each in map(host, inheriting):
        assert each.child_env == "full"
        assert {way.form for way in each.references} == {"inherit"}  # whoever expands references keeps them


# --- several ways of one host


def test_goose_lists_the_name_that_a_header_refers_to(bench: Bench, home: Path) -> None:
    path = put(
        home / ".config/goose/config.yaml",
        "extensions:\n  x:\n    type: streamable_http\n    uri: https://a.example/mcp\n"
        "    headers: {Authorization: Bearer @@}\n    envs: {OTHER: a}\n    env_keys: [ONE]\n",
    )
    found = step(bench.plan(path, target="reference"))
    part, listed = found.operations
    assert isinstance(part, SetPart)
    assert part.text == "${X_TOKEN}"
    assert listed == Append(("extensions", "x", "env_keys"), "X_TOKEN")


def test_a_name_that_goose_would_spell_otherwise(bench: Bench, home: Path) -> None:
    text = "extensions:\n  x:\n    type: stdio\n    cmd: npx\n    envs: {github_token: @@}\n"
    refused = refusal(bench.plan(put(home / ".config/goose/config.yaml", text), target="reference"))
    assert refused.reason == "goose would look for github_token in capital letters"


def test_kiro_must_be_told_that_it_may_read_the_variable(bench: Bench, home: Path) -> None:
    path = write_json(home / ".kiro/settings/mcp.json", {"x": env_entry()})
    found = step(bench.plan(path, target="reference"))
    assert [owner.id for owner in found.hosts] == ["kiro-ide", "kiro-cli"]
    assert found.todo[0].startswith("let Kiro read the variable: it asks")


@pytest.mark.parametrize(("file", "approval"), [("app/.qwen/settings.json", True), (".qwen/settings.json", False)])
def test_a_project_that_must_be_approved_again(bench: Bench, home: Path, file: str, approval: bool) -> None:
    path = write_json(home / file, {"x": env_entry()})
    told = "approve it again, Qwen Code asks when a command changes: qwen mcp approve"
    assert (told in step(bench.plan(path, target="run")).todo) == approval
    assert told not in step(bench.plan(path, target="reference")).todo


# --- names in other keys


VIBE = '[[mcp_servers]]\nname = "x"\ntransport = "http"\nurl = "https://a.example/mcp"\n'


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ('headers = { Authorization = "Bearer @@", X = "a" }', ("api_key_env",)),
        ('[mcp_servers.auth]\nheaders = { Authorization = "Bearer @@", X = "a" }', ("auth", "api_key_env")),
    ],
)
def test_a_bearer_token_is_named_beside_its_headers(
    bench: Bench, home: Path, headers: str, taken: tuple[str, ...]
) -> None:
    path = put(home / ".vibe/config.toml", VIBE + headers + "\n")
    found = step(bench.plan(path, target="reference"))
    where = taken[:-1]
    assert found.operations == (
        Remove(("mcp_servers", 0, *where, "headers", "Authorization")),
        Insert(("mcp_servers", 0, *taken), "X_TOKEN"),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('headers = { X-Api-Key = "@@" }', "Mistral Vibe takes only a bearer token from a variable"),
        ('headers = { Authorization = "@@" }', "Mistral Vibe takes only a bearer token from a variable"),
        ('api_key_format = "Token {token}"\nheaders = { Authorization = "Bearer @@" }', "`api_key_format` is there"),
        ('api_key_env = "A"\nheaders = { Authorization = "Bearer @@" }', "`api_key_env` is there already"),
        ('http_headers = { Authorization = "Bearer @@" }', "Mistral Vibe does not read `http_headers`"),
    ],
)
def test_a_header_that_no_key_can_name(bench: Bench, home: Path, text: str, reason: str) -> None:
    refused = refusal(bench.plan(put(home / ".vibe/config.toml", VIBE + text + "\n"), target="reference"))
    assert refused.reason.startswith(reason)


# --- what a value would be read as


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("sk-aB3+/=._9xYz0123456789AbCd", True),
        ("a: b#Zq81LmN5tUvW9xYpQr", False),
        ("'Zq81LmN5tUvW9xYpQrSt", False),
        ("x{y}Zq81LmN5tUvW9xYpQr", False),
        ("8173645091827364509182", False),  # a number
        ("8fZq81LmN5tUvW9xYpQr", True),
    ],
)
def test_what_is_pasted_into_yaml_must_mean_itself(bench: Bench, home: Path, value: str, fits: bool) -> None:
    text = json.dumps({"mcpServers": {"x": {"type": "local", "command": ["npx"], "environment": {"API_KEY": value}}}})
    plan = bench.plan(put(home / ".mcphost.yml", text), target="reference")
    assert bool(plan.steps) == fits
    if not fits:
        assert refusal(plan).reason == "the value holds characters that this host would read as YAML"


# --- commands


def run_operations(bench: Bench, path: Path) -> tuple[EntryStep, list[tuple[tuple[Any, ...], Any]]]:
    found = step(bench.plan(path, target="run"))
    assert found.record is not None
    changes = [(op.key_path, op.value) for op in found.operations if isinstance(op, (SetValue, Insert))]
    return found, [(path, _general(value, found.record.ref)) for path, value in changes]


def _general(value: Any, ref: str) -> Any:
    if isinstance(value, list):
        return [_general(item, ref) for item in value]
    return value.replace(ref, "REF").replace(INSTALLED.path, "PROGRAM") if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("line", "after", "argv", "kept"),
    [
        (
            "GITHUB_TOKEN=@@ npx -y server-x",
            "PROGRAM run REF -- npx -y server-x",
            ("npx", "-y", "server-x"),
            {"GITHUB_TOKEN"},
        ),
        (
            "A='b c' GITHUB_TOKEN=\"@@\" B=1 npx 'two words'",
            "A='b c' B=1 PROGRAM run REF -- npx 'two words'",
            ("npx", "two words"),
            {"GITHUB_TOKEN"},
        ),
        (
            "docker run -e GITHUB_TOKEN=@@ ghcr.io/x/y",
            "PROGRAM run REF -- docker run -e GITHUB_TOKEN ghcr.io/x/y",
            ("docker", "run", "-e", "GITHUB_TOKEN", "ghcr.io/x/y"),
            {"GITHUB_TOKEN"},
        ),
    ],
)
@pytest.mark.parametrize("bare", [True, False])
def test_a_line_for_a_shell(
    bench: Bench, home: Path, line: str, after: str, argv: tuple[str, ...], kept: set[str], bare: bool
) -> None:
    line = line.replace("@@", github())
    entry: Any = line if bare else {"transport": "stdio", "command": line}
    path = write_json(home / ".xum/mcp.jsonc", {"x": entry}, key="servers")
    found, changes = run_operations(bench, path)
    assert changes == [(("servers", "x") if bare else ("servers", "x", "command"), after)]
    assert found.record is not None
    assert found.record.argv == argv
    assert {keep.name for keep in found.keeps} == kept
    assert all(keep.secret.reveal() == github() for keep in found.keeps)


@pytest.mark.parametrize(
    "line",
    [
        "cd x && GITHUB_TOKEN=@@ npx y",
        "GITHUB_TOKEN=@@ npx $HOME/y",
        "GITHUB_TOKEN=@@ npx `y`",
        "GITHUB_TOKEN=@@ npx y > log",
        "GITHUB_TOKEN=@@ npx *",
        "GITHUB_TOKEN=@@ ~/y z",
        "GITHUB_TOKEN=@@ npx y; z",
        "GITHUB_TOKEN=@@ npx y # z",
    ],
)
def test_a_line_that_does_more_than_to_start_one_program(bench: Bench, home: Path, line: str) -> None:
    path = write_json(home / ".xum/mcp.jsonc", {"x": line.replace("@@", github())}, key="servers")
    assert "is a line for a shell" in refusal(bench.plan(path, target="run")).reason


@pytest.mark.parametrize("program", ["/opt/my tools/unsprawl", "/opt/unsprawl"])
def test_a_host_that_takes_its_command_apart_gets_it_quoted(bench: Bench, home: Path, program: str) -> None:
    bench.installed = replace(INSTALLED, path=program)
    text = f'[[mcp_servers]]\nname = "x"\ncommand = "npx -y"\nargs = ["a"]\nenv = {{ GITHUB_TOKEN = "{github()}" }}\n'
    found = step(bench.plan(put(home / ".vibe/config.toml", text), target="run"))
    assert found.record is not None
    assert found.record.argv == ("npx", "-y", "a")
    written = [op.value for op in found.operations if isinstance(op, SetValue)]
    assert written == [f"'{program}'" if " " in program else program]
    inserted = [op.value for op in found.operations if isinstance(op, Insert)]
    assert inserted == ["-y", "npx", "--", found.record.ref, "run"]


def test_a_line_is_not_taken_apart_for_hosts_that_nobody_saw_doing_it(bench: Bench, home: Path) -> None:
    entry = {"command": "npx -y server-x", "env": {"GITHUB_TOKEN": github()}}
    refused = refusal(bench.plan(write_json(home / ".cursor/mcp.json", {"x": entry}), target="run"))
    assert refused.reason == "`command` is a whole line, and how Cursor takes one apart is not known"


def test_a_folder_that_only_the_host_knows(bench: Bench, home: Path) -> None:
    entry = {"command": "~/bin/server", "args": [], "env": {"GITHUB_TOKEN": github()}}
    refused = refusal(bench.plan(write_json(home / ".kiro/settings/mcp.json", {"x": entry}), target="run"))
    assert "begins with `~`" in refused.reason


def test_a_path_with_blanks_is_a_program(bench: Bench, home: Path) -> None:
    entry = {"command": "/opt/My Server/bin/run", "env": {"GITHUB_TOKEN": github()}}
    found = step(bench.plan(write_json(home / ".cursor/mcp.json", {"x": entry}), target="run"))
    assert found.record is not None
    assert found.record.argv == ("/opt/My Server/bin/run",)


def test_a_variable_of_the_shell_does_not_reach_a_container(bench: Bench, home: Path) -> None:
    text = f"mcpServers:\n  x:\n    command: npx\n    env:\n      GITHUB_TOKEN: {github()}\n"
    found = step(bench.plan(put(home / "chat" / "librechat.yaml", text), target="reference"))
    assert any("does not reach a container" in told for told in found.todo)


def test_what_a_host_hands_on_is_told_as_long_as_it_is_exported(bench: Bench, home: Path) -> None:
    path = put(home / ".config/zed/settings.json", zed(github()))
    bench.migrate(path, target="reference")

    def approach(known: dict[tuple[str, str], tuple[str, ...]]) -> Approach:
        options = ScanOptions((str(path),), exported=known)
        [examined] = examined_files(options, bench.around, [])
        [found] = examined.entries
        return found.approach

    after = approach(exported())
    assert (after.rank, after.marks) == (6, ("referenced", "inherited"))
    assert after.reason == "GITHUB_TOKEN exported at its migration; Zed hands it on"
    unknown = approach({})
    assert (unknown.rank, unknown.marks) == (7, ())
    assert unknown.reason.endswith("Zed hands it all of its own environment, which was not looked at")
    [examined] = examined_files(ScanOptions((str(path),), exported=exported()), bench.around, [])
    [(_, outcome)] = verify([examined], bench.around)
    assert (outcome.status, outcome.reason) == ("done", "no secret in the entry; GITHUB_TOKEN found")

    env_file.remove_variable("GITHUB_TOKEN")  # by hand: then nothing is known any more
    assert approach(exported()).rank == 7
    path.write_text(zed(github(2)))  # written in again
    assert approach(exported()).marks == ()


def test_nothing_is_called_exported_after_an_undo(bench: Bench, home: Path) -> None:
    bench.migrate(put(home / ".config/zed/settings.json", zed(github())), target="reference")
    assert list(exported().values()) == [("GITHUB_TOKEN",)]
    undo(last_journal())
    assert exported() == {}


def test_a_damaged_journal_tells_nothing(bench: Bench, home: Path) -> None:
    bench.migrate(put(home / ".config/zed/settings.json", zed(github())), target="reference")
    last_journal().path.write_text("{")
    assert exported() == {}
