"""Every shape in which people write a key into a command line: what `run` makes of it, to the word, or why nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, filled, github, last_journal, secret
from unsprawl.rewriters.undo import undo
from unsprawl.vault.records import list_records
from unsprawl.vault.service import withdraw

KEEPS_PLAIN = Path(".config/Claude/claude_desktop_config.json")
"""Of a host that is known to expand nothing."""
EXPANDS = Path(".claude.json")
"""Of a host that would replace `${NAME}` in arguments itself."""


def migrated(
    bench: Bench, entry: dict[str, object], target: str = "run", file: Path = KEEPS_PLAIN
) -> tuple[dict[str, object], dict[str, str]]:
    """The entry afterwards and what the vault holds; undo must bring every byte back."""
    path = bench.home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = json.dumps({"mcpServers": {"x": entry}}, indent=2) + "\n"
    path.write_text(before)
    bench.migrate(path, target=target)
    after = json.loads(path.read_text())["mcpServers"]["x"]
    assert github() not in path.read_text()
    assert not bench.examined(path)[0].findings
    [record] = list_records()
    kept = {name: withdraw(record.store, item).reveal() for name, item in record.variables}
    assert list(record.bindings[0].argv) == started(after)
    undo(last_journal())
    assert path.read_text() == before
    return after, kept


def started(entry: dict[str, object]) -> list[str]:
    """What stands behind `unsprawl run REF --`."""
    args = entry["args"]
    assert isinstance(args, list)
    assert args[0] == "run"
    return args[3:]


def refused(bench: Bench, entry: dict[str, object], target: str = "run", file: Path = KEEPS_PLAIN) -> str:
    path = bench.home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {"x": entry}}))
    [refusal] = bench.plan(path, target=target).refusals
    assert github() not in refusal.reason + refusal.hint
    return refusal.reason


def entry_of(words: list[str], **more: object) -> dict[str, object]:
    program, *args = map(filled, words)
    return {"command": program, "args": args, **more}


GITHUB = "@@GITHUB@@"
BASH = ["bash", "-c"]
WORDS = [
    # docker, alone and started by something else
    (["docker", "run", "-i", "-e", f"TOKEN={GITHUB}", "img"], ["docker", "run", "-i", "-e", "TOKEN", "img"], "TOKEN"),
    (["docker", "run", f"--env=TOKEN={GITHUB}", "img"], ["docker", "run", "--env=TOKEN", "img"], "TOKEN"),
    (["docker", "run", "--env", f"TOKEN={GITHUB}", "img"], ["docker", "run", "--env", "TOKEN", "img"], "TOKEN"),
    (["docker", "run", f"-eTOKEN={GITHUB}", "img"], ["docker", "run", "-eTOKEN", "img"], "TOKEN"),
    (["podman", "run", "-e", f"TOKEN={GITHUB}", "img"], ["podman", "run", "-e", "TOKEN", "img"], "TOKEN"),
    (
        ["cmd", "/c", "docker", "run", "-e", f"TOKEN={GITHUB}", "img"],
        ["cmd", "/c", "docker", "run", "-e", "TOKEN", "img"],
        "TOKEN",
    ),
    (
        ["env", "LOG=1", "docker", "run", "-e", f"TOKEN={GITHUB}", "img"],
        ["env", "LOG=1", "docker", "run", "-e", "TOKEN", "img"],
        "TOKEN",
    ),
    # programs that set variables for what they start
    (["env", f"TOKEN={GITHUB}", "npx", "server-x"], ["env", "npx", "server-x"], "TOKEN"),
    (["env", "A=1", f"TOKEN={GITHUB}", "B=2", "server-x"], ["env", "A=1", "B=2", "server-x"], "TOKEN"),
    (["cross-env", f"TOKEN={GITHUB}", "node", "/srv/x.js"], ["cross-env", "node", "/srv/x.js"], "TOKEN"),
    # scripts: an assignment leaves
    ([*BASH, f"TOKEN={GITHUB} exec server-x"], [*BASH, "exec server-x"], "TOKEN"),
    ([*BASH, f"A=1 TOKEN='{GITHUB}' B=2 server-x"], [*BASH, "A=1 B=2 server-x"], "TOKEN"),
    ([*BASH, f'TOKEN="{GITHUB}" server-x --flag'], [*BASH, "server-x --flag"], "TOKEN"),
    ([*BASH, f"export TOKEN={GITHUB}; exec server-x"], [*BASH, "exec server-x"], "TOKEN"),
    ([*BASH, f"export TOKEN={GITHUB} && server-x"], [*BASH, "server-x"], "TOKEN"),
    ([*BASH, f"export TOKEN={GITHUB}\nserver-x"], [*BASH, "server-x"], "TOKEN"),
    ([*BASH, f"export A=1 TOKEN={GITHUB}; server-x"], [*BASH, "export A=1; server-x"], "TOKEN"),
    ([*BASH, f"export TOKEN={GITHUB} A=1; server-x"], [*BASH, "export A=1; server-x"], "TOKEN"),
    ([*BASH, f"cd /srv && TOKEN={GITHUB} node /srv/x.js"], [*BASH, "cd /srv && node /srv/x.js"], "TOKEN"),
    ([*BASH, f"cd /srv; export TOKEN={GITHUB}; node /srv/x.js"], [*BASH, "cd /srv; node /srv/x.js"], "TOKEN"),
    ([*BASH, f"env TOKEN={GITHUB} node /srv/x.js"], [*BASH, "env node /srv/x.js"], "TOKEN"),
    ([*BASH, f"exec env TOKEN={GITHUB} node /srv/x.js"], [*BASH, "exec env node /srv/x.js"], "TOKEN"),
    (["sh", "-c", f"TOKEN={GITHUB} server-x"], ["sh", "-c", "server-x"], "TOKEN"),
    (
        ["/usr/bin/zsh", "-c", f"TOKEN={GITHUB} server-x"],
        ["/usr/bin/zsh", "-c", 'TOKEN="${TOKEN_FROM_VAULT}" server-x'],
        "TOKEN_FROM_VAULT",
    ),
    (["npx", "cross-env", f"TOKEN={GITHUB}", "node", "/srv/x.js"], ["npx", "cross-env", "node", "/srv/x.js"], "TOKEN"),
    ([*BASH, f"docker run -e TOKEN={GITHUB} img"], [*BASH, "docker run -e TOKEN img"], "TOKEN"),
    # scripts: where something else could set it, the value becomes a reference
    (
        ["sh", "-lc", f"TOKEN={GITHUB} server-x"],
        ["sh", "-lc", 'TOKEN="${TOKEN_FROM_VAULT}" server-x'],
        "TOKEN_FROM_VAULT",
    ),
    (
        ["bash", "-l", "-c", f"export TOKEN='{GITHUB}'; server-x"],
        ["bash", "-l", "-c", "export TOKEN=''\"${TOKEN_FROM_VAULT}\"''; server-x"],
        "TOKEN_FROM_VAULT",
    ),
    (
        [*BASH, f"source ~/.env; export TOKEN={GITHUB}; server-x"],
        [*BASH, 'source ~/.env; export TOKEN="${TOKEN_FROM_VAULT}"; server-x'],
        "TOKEN_FROM_VAULT",
    ),
    (
        [*BASH, f'if true; then export TOKEN="{GITHUB}"; fi; server-x'],
        [*BASH, 'if true; then export TOKEN="${TOKEN_FROM_VAULT}"; fi; server-x'],
        "TOKEN_FROM_VAULT",
    ),
    (
        [*BASH, f"TOKEN={GITHUB}; export TOKEN; server-x"],
        [*BASH, 'TOKEN="${TOKEN_FROM_VAULT}"; export TOKEN; server-x'],
        "TOKEN_FROM_VAULT",
    ),
    (
        [*BASH, f"export TOKEN={GITHUB}; export OTHER=$TOKEN; server-x"],
        [*BASH, 'export TOKEN="${TOKEN_FROM_VAULT}"; export OTHER=$TOKEN; server-x'],
        "TOKEN_FROM_VAULT",
    ),
    # the bridge replaces references in its headers itself
    (
        ["npx", "-y", "mcp-remote@0.1.38", "https://h.example/docker", "--header", f"Authorization: Bearer {GITHUB}"],
        ["npx", "-y", "mcp-remote@0.1.38", "https://h.example/docker", "--header", "Authorization: Bearer ${X_TOKEN}"],
        "X_TOKEN",
    ),
    (
        ["cmd", "/c", "npx", "mcp-remote", "https://h.example/mcp", "--header", f"X-Api-Key:{GITHUB}"],
        ["cmd", "/c", "npx", "mcp-remote", "https://h.example/mcp", "--header", "X-Api-Key:${X_API_KEY}"],
        "X_API_KEY",
    ),
    (
        [*BASH, f"npx mcp-remote https://h.example/mcp --header 'Authorization: Bearer {GITHUB}'"],
        [*BASH, "npx mcp-remote https://h.example/mcp --header 'Authorization: Bearer ${X_TOKEN}'"],
        "X_TOKEN",
    ),
    (
        [*BASH, f'npx mcp-remote https://h.example/mcp --header "Authorization: Bearer {GITHUB}"'],
        [*BASH, 'npx mcp-remote https://h.example/mcp --header "Authorization: Bearer \\${X_TOKEN}"'],
        "X_TOKEN",
    ),
    (
        [*BASH, f"npx mcp-remote https://h.example/mcp --header X-Api-Key:{GITHUB}"],
        [*BASH, "npx mcp-remote https://h.example/mcp --header X-Api-Key:'${X_API_KEY}'"],
        "X_API_KEY",
    ),
    # Windows
    (["cmd", "/c", f"set TOKEN={GITHUB}&& npx server-x"], ["cmd", "/c", "npx server-x"], "TOKEN"),
    (["cmd.exe", "/C", f'set "TOKEN={GITHUB}" && npx server-x'], ["cmd.exe", "/C", "npx server-x"], "TOKEN"),
    (
        ["cmd", "/c", f"cd /d C:\\srv && set A=1&& set TOKEN={GITHUB}&& server-x"],
        ["cmd", "/c", "cd /d C:\\srv && set A=1&& server-x"],
        "TOKEN",
    ),
    (
        ["powershell", "-NoProfile", "-Command", f"$env:TOKEN='{GITHUB}'; npx server-x"],
        ["powershell", "-NoProfile", "-Command", "$env:TOKEN=$env:TOKEN_FROM_VAULT; npx server-x"],
        "TOKEN_FROM_VAULT",
    ),
    (
        ["pwsh", "-c", f'$env:TOKEN = "{GITHUB}"; node /srv/x.js'],
        ["pwsh", "-c", "$env:TOKEN = $env:TOKEN_FROM_VAULT; node /srv/x.js"],
        "TOKEN_FROM_VAULT",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "after", "name"), WORDS, ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else value
)
def test_a_key_leaves_the_command_line(bench: Bench, words: list[str], after: list[str], name: str) -> None:
    entry, kept = migrated(bench, entry_of(words))
    assert started(entry) == after
    assert kept == {name: github()}


def test_a_blank_before_the_ampersand_belongs_to_the_value(bench: Bench) -> None:
    """So cmd reads it, and so the server got it."""
    _, kept = migrated(bench, entry_of(["cmd", "/c", f"set TOKEN={GITHUB} && npx server-x"]))
    assert kept == {"TOKEN": f"{github()} "}


HOST_EXPANDS = [
    (
        ["npx", "mcp-remote", "https://h.example/mcp", "--header", f"Authorization:Bearer {GITHUB}"],
        ["npx", "mcp-remote", "https://h.example/mcp", "--header", "Authorization:Bearer {vault:env:X_TOKEN}"],
    ),
    (["sh", "-lc", f"TOKEN={GITHUB} server-x"], ["sh", "-lc", 'TOKEN="{vault:env:TOKEN_FROM_VAULT}" server-x']),
]


@pytest.mark.parametrize(("words", "after"), HOST_EXPANDS, ids=["bridge", "shell"])
def test_a_host_that_would_expand_the_reference_gets_one_that_run_fills(
    bench: Bench, words: list[str], after: list[str]
) -> None:
    entry, _ = migrated(bench, entry_of(words), file=EXPANDS)
    assert started(entry) == after


NOT_TOLD = [
    (["fish", "-c", f"set -x TOKEN {GITHUB}; server-x"], "another shell"),
    ([*BASH, f"TOKEN=$(echo {GITHUB}) server-x"], "output of another command"),
    ([*BASH, f"# note\nTOKEN={GITHUB} server-x"], "a comment in it"),
    ([*BASH, f"TOKEN='{GITHUB} server-x"], "never closed"),
    ([*BASH, f"TOKEN='{GITHUB[:2]}{GITHUB[2:]}'\"$X\" server-x"], "replaces a part of the value"),
    (["cmd", "/c", f"set TOKEN={GITHUB}&& npx server-x --key %TOKEN%"], "a second time"),
    (["cmd", "/c", f"if exist x (set TOKEN={GITHUB}) && npx server-x"], "plain `set NAME=value&&`"),
    (["powershell", "-Command", f"$env:TOKEN='a' + '{GITHUB}'; npx server-x"], "plain `$env:NAME = 'value';`"),
]


@pytest.mark.parametrize(("words", "reason"), NOT_TOLD, ids=range(len(NOT_TOLD)))
def test_scripts_of_which_nobody_can_tell_are_refused(bench: Bench, words: list[str], reason: str) -> None:
    found = refused(bench, entry_of(words))
    assert "is in a script, and nobody can tell what taking it out does" in found
    assert reason in found


SHOWN = [
    ["npx", "server-x", "--token", GITHUB],
    ["npx", "server-x", f"--token={GITHUB}"],
    ["docker", "run", "img", "-e", f"TOKEN={GITHUB}"],
    ["npx", "server-postgres", "postgres://me:@@GITLAB@@@db.example/x"],
    [*BASH, f"exec npx server-x --token {GITHUB}"],
    [*BASH, f"declare -x TOKEN={GITHUB}; server-x"],
    ["npx", "supergateway", "--header", f"Authorization: Bearer {GITHUB}"],
    ["sudo", "docker", "run", "-e", f"TOKEN={GITHUB}", "img"],
    ["env", "-i", f"TOKEN={GITHUB}", "server-x"],
    # words of a server that is called so, and what starts in surroundings of its own
    ["npx", "server-x", "env", f"TOKEN={GITHUB}", "y"],
    ["docker", "run", "img", "sh", "-c", f"TOKEN={GITHUB} server-x"],
    ["docker", "run", "node", "npx", "mcp-remote", "https://h.example/mcp", "--header", f"X-Api-Key: {GITHUB}"],
    ["ssh", "host", "npx", "mcp-remote", "https://h.example/mcp", "--header", f"X-Api-Key: {GITHUB}"],
    ["ssh", "host", f"TOKEN={GITHUB} server-x"],
    ["docker", "run", "img", "env", f"TOKEN={GITHUB}", "server-x"],
    [*BASH, f"docker run img -e TOKEN={GITHUB}"],
    [*BASH, f"sudo docker run -e TOKEN={GITHUB} img"],
    [*BASH, f"ssh host npx mcp-remote https://h.example/mcp --header 'X-Api-Key: {GITHUB}'"],
]


@pytest.mark.parametrize("words", SHOWN, ids=range(len(SHOWN)))
def test_what_would_still_be_an_argument_is_only_moved_by_explicit_choice(bench: Bench, words: list[str]) -> None:
    assert "where every process of this machine could read it: nothing would be won" in refused(bench, entry_of(words))
    entry, kept = migrated(bench, entry_of(words), target="run-argv")
    [name] = kept
    spelled = "${%s}" if words[0] == "bash" else "{vault:%s}"
    assert any(spelled % name in word for word in started(entry))
    assert list(kept.values()) in ([github()], [secret("GITLAB")])


def test_what_need_not_be_an_argument_is_not_shown(bench: Bench) -> None:
    assert "nothing of it has to be shown" in refused(bench, entry_of(WORDS[0][0]), "run-argv")


def test_a_value_that_is_shown_is_told(bench: Bench) -> None:
    path = bench.home / KEEPS_PLAIN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {"x": entry_of(SHOWN[0])}}))
    [step] = bench.plan(path, target="run-argv").steps
    assert step.notes == ("arg token is still handed over as an argument, which other programs can read",)


ENVIRONMENTS: list[tuple[object, object, dict[str, str]]] = [
    ([f"TOKEN={GITHUB}", "LOG=1"], ["LOG=1"], {"TOKEN": GITHUB}),
    ([f"TOKEN={GITHUB}", "LOG=1", "B_TOKEN=@@GITHUB2@@"], ["LOG=1"], {"TOKEN": GITHUB, "B_TOKEN": "@@GITHUB2@@"}),
    (
        [{"name": "TOKEN", "value": GITHUB}, {"name": "LOG", "value": "1"}],
        [{"name": "LOG", "value": "1"}],
        {"TOKEN": GITHUB},
    ),
    ({"TOKEN": GITHUB, "LOG": "1"}, {"LOG": "1"}, {"TOKEN": GITHUB}),
    ({"AUTH": f"Basic {GITHUB}"}, None, {"AUTH": f"Basic {GITHUB}"}),
    (
        {"OPENAPI_MCP_HEADERS": '{"Authorization": "Bearer @@GITHUB@@", "X-Key": "@@GITLAB@@"}'},
        None,
        {"OPENAPI_MCP_HEADERS": '{"Authorization": "Bearer @@GITHUB@@", "X-Key": "@@GITLAB@@"}'},
    ),
    (
        {"DATABASE_URL": "postgres://me:@@GITLAB@@@db.example:5432/x?sslmode=require"},
        None,
        {"DATABASE_URL": "postgres://me:@@GITLAB@@@db.example:5432/x?sslmode=require"},
    ),
    ({"API_KEYS": "@@GITHUB@@,@@GITLAB@@"}, None, {"API_KEYS": "@@GITHUB@@,@@GITLAB@@"}),
]  # fmt: skip


@pytest.mark.parametrize(("env", "after", "kept"), ENVIRONMENTS, ids=range(len(ENVIRONMENTS)))
def test_variables_leave_however_they_are_written(
    bench: Bench, env: object, after: object, kept: dict[str, str]
) -> None:
    entry = {"command": "npx", "args": ["server-x"], "env": json.loads(filled(json.dumps(env)))}
    found, stored = migrated(bench, entry)
    assert found.get("env") == after
    assert stored == {name: filled(value) for name, value in kept.items()}
