"""The plan: pure, and for every entry with a literal secret either a step or a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.rewriters.support import EPHEMERAL, Bench, all_files, env_entry, github, refusal, secret, step, write_json
from unsprawl.rewriters import launch, planner
from unsprawl.rewriters.operations import SetPart
from unsprawl.rewriters.plan import RefNames, VariableNames, variable
from unsprawl.rewriters.planner import AUTO, TARGETS, make_plan
from unsprawl.rewriters.targets.run import Run
from unsprawl.scanner import hosts as known_hosts
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.hosts import GOOD_EVIDENCE, Host, hosts
from unsprawl.scanner.secret import Secret


def header_entry(value: str = "", **more: object) -> dict[str, object]:
    return {
        "type": "http",
        "url": "https://api.example.com/mcp",
        "headers": {"Authorization": f"Bearer {value or github()}"},
        **more,
    }


# --- auto


def test_auto_keeps_a_local_servers_key_in_the_vault(bench: Bench, home: Path) -> None:
    found = step(bench.plan(write_json(home / ".cursor" / "mcp.json", {"x": env_entry()})))
    assert found.target == "run"
    assert found.record is not None
    assert found.summary == f"the vault, as {found.record.ref}"
    assert found.todo == ()


def test_auto_names_a_variable_where_the_host_sends_the_key_itself(bench: Bench, home: Path) -> None:
    found = step(bench.plan(write_json(home / ".cursor" / "mcp.json", {"x": header_entry()})))
    assert found.target == "reference"
    assert found.summary == "a reference to X_TOKEN"
    assert found.todo == ("start Cursor from a terminal: started from the desktop it does not see the variables",)


def test_auto_names_a_variable_in_a_shared_file(bench: Bench, home: Path) -> None:
    found = step(bench.plan(write_json(home / "app" / ".mcp.json", {"x": env_entry()})))
    assert (found.target, found.summary, found.todo) == ("reference", "a reference to GITHUB_TOKEN", ())


def test_auto_takes_the_second_best_and_says_so(bench: Bench, home: Path) -> None:
    bench.installed = EPHEMERAL
    found = step(bench.plan(write_json(home / ".claude.json", {"x": env_entry()})))
    assert found.target == "reference"
    assert found.notes == (
        "not `run`: this unsprawl will not be there when the host starts the server: "
        "uvx made this environment for one run. Install it for good.",
    )


def test_auto_tells_why_neither_works(bench: Bench, home: Path) -> None:
    path = home / ".config" / "Claude" / "claude_desktop_config.json"
    bench.installed = EPHEMERAL
    found = refusal(bench.plan(write_json(path, {"x": env_entry()})))
    assert found.target == AUTO
    assert found.reason == (
        "run: this unsprawl will not be there when the host starts the server: uvx made this environment for one run; "
        "reference: no evidence is good enough that this host expands references"
    )
    assert found.hint == EPHEMERAL.hint


@pytest.mark.parametrize(("args", "called"), [(["--token", "{}"], "arg token"), (["postgres://me:{}@h/db"], "its key")])
def test_an_argument_is_called_by_its_name_where_it_has_one(
    bench: Bench, home: Path, args: list[str], called: str
) -> None:
    entry = {"command": "npx", "args": [word.format(github()) for word in args]}
    refused = refusal(bench.plan(write_json(home / ".cursor" / "mcp.json", {"x": entry}), target="run"))
    assert f"the server takes {called} as an argument, where every process" in refused.reason


def test_a_key_that_stays_in_an_argument_is_told(bench: Bench, home: Path) -> None:
    entry = {"command": "npx", "args": ["-y", "server-x", "--token", github()]}
    found = step(bench.plan(write_json(home / ".claude.json", {"x": entry})))
    assert found.target == "reference"
    assert "the server still gets the key as an argument, which other programs of this machine can read" in found.notes


def test_only_named_entries_are_planned(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry()})
    plan = make_plan(bench.examined(path), bench.machine(), AUTO, ["y"])
    assert [found.found.entry.name for found in plan.steps] == ["y"]


def test_what_holds_no_secret_is_not_mentioned(bench: Bench, home: Path) -> None:
    entries: dict[str, object] = {"a": {"command": "npx"}, "b": env_entry("${GITHUB_TOKEN}")}
    plan = bench.plan(write_json(home / ".claude.json", entries))
    assert (plan.steps, plan.refusals) == ((), ())


def test_it_changes_nothing(bench: Bench, home: Path) -> None:
    write_json(home / ".claude.json", {"x": env_entry(), "y": header_entry()})
    files = set(all_files(home))
    before = {path: path.read_bytes() for path in files}
    for target in (AUTO, *TARGETS):
        bench.plan(home / ".claude.json", target=target)
    assert {path: path.read_bytes() for path in all_files(home)} == before


# --- what is never planned


@pytest.mark.parametrize("target", [AUTO, *TARGETS])
def test_plugins_in_the_cache(bench: Bench, home: Path, target: str) -> None:
    path = write_json(home / ".claude" / "plugins" / "cache" / "p" / ".mcp.json", {"x": env_entry()})
    assert "overwritten by its next update" in refusal(bench.plan(path, target=target)).reason


def read_as(path: Path, *readings: Reading) -> Examined:
    found = examine(ConfigFile(str(path), readings), path.read_bytes(), str(path))
    assert isinstance(found, Examined)
    return found


def reading(host: str = "claude-code", scope: str = "user", *, in_place: bool = True) -> Reading:
    return Reading(host, "json", (("mcpServers",),), scope, in_place)


def test_managed_files(bench: Bench, home: Path) -> None:
    path = write_json(home / "managed-mcp.json", {"x": env_entry()})
    found = refusal(make_plan([read_as(path, reading(scope="managed"))], bench.machine()))
    assert found.reason == "the file is managed by this machine's administrator"
    assert found.hint


def test_copies(bench: Bench, home: Path) -> None:
    path = write_json(home / "backup" / ".claude.json", {"x": env_entry()})
    assert refusal(bench.plan(path)).reason == "the file is a copy that no host reads"


def test_files_that_no_host_reads(bench: Bench, home: Path) -> None:
    path = write_json(home / "notes.json", {"x": env_entry()})
    assert refusal(bench.plan(path)).reason.startswith("no known host reads this file")


@pytest.mark.parametrize("target", [AUTO, *TARGETS])
def test_later_documents_of_a_yaml_file_are_left_alone(bench: Bench, home: Path, target: str) -> None:
    path = home / "app" / "mcp.yaml"
    path.parent.mkdir()
    text = f"x: 1\n---\nmcpServers:\n  x:\n    command: npx\n    args: [y]\n    env:\n      GITHUB_TOKEN: {github()}\n"
    path.write_text(text)
    found = refusal(bench.plan(path, target=target))
    assert "later document" in found.reason
    assert found.hint
    assert found.found.entry.key_path == ("document", 1, "mcpServers", "x")
    assert path.read_text() == text


def test_environment_files_stay(bench: Bench, home: Path) -> None:
    entry = {"command": "npx", "args": ["y"], "envFile": ".env"}
    path = write_json(home / "app" / ".mcp.json", {"x": entry})
    (path.parent / ".env").write_text(f"GITHUB_TOKEN={github()}\n")
    plan = bench.plan(path)
    assert not plan.steps
    assert not plan.refusals


@pytest.mark.parametrize("shared", [True, False])
def test_an_installation_that_will_vanish(bench: Bench, home: Path, shared: bool) -> None:
    """A file shared through git gets the bare command, which each person installs."""
    bench.installed = EPHEMERAL
    path = write_json(home / "app" / ".mcp.json" if shared else home / ".claude.json", {"x": env_entry()})
    plan = bench.plan(path, target="run")
    if shared:
        assert step(plan).operations[0].key_path == ("mcpServers", "x", "env")
    else:
        found = refusal(plan)
        assert "uvx made this environment for one run" in found.reason
        assert found.hint == EPHEMERAL.hint


def test_an_entry_that_is_wrapped_already(bench: Bench, home: Path) -> None:
    entry = {"command": "/usr/bin/unsprawl", "args": ["run", "x-1", "--", "npx"], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    assert "started by `unsprawl run` already" in refusal(bench.plan(path, target="run")).reason


# --- shared files


def test_a_shared_file_gets_no_path_and_nothing_random(bench: Bench, home: Path) -> None:
    (home / "app" / ".git").mkdir(parents=True)
    path = write_json(home / "app" / "sub" / ".mcp.json", {"GitHub (work)": env_entry()})
    plan = bench.plan(path, target="run")
    found = step(plan)
    assert found.record is not None
    assert (found.record.ref, found.record.root) == ("github-work", str(home / "app"))
    assert plan.files[0].root == str(home / "app")
    assert found.record.argv == ("npx", "-y", "server-x")
    written = [getattr(operation, "value", None) for operation in found.operations]
    assert "unsprawl" in written
    assert not any(os.sep in text for text in written if isinstance(text, str))
    assert len(found.todo) == 1


def test_a_users_file_gets_the_path_and_a_name_that_nobody_can_guess(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    refs = set()
    for _ in range(3):
        found = step(bench.plan(path, target="run"))
        assert found.record is not None
        assert found.record.root is None
        refs.add(found.record.ref)
        assert bench.installed.path in [getattr(operation, "value", None) for operation in found.operations]
    assert len(refs) == 3


@pytest.mark.parametrize("name", [".cursor/mcp.json", ".vscode/mcp.json", ".gemini/settings.json", ".mcp.json"])
@pytest.mark.parametrize("repository", [True, False])
def test_the_project_is_where_the_host_starts_servers(bench: Bench, home: Path, name: str, repository: bool) -> None:
    """Not the folder of the file: a record bound to `app/.vscode` would be refused at every start in `app`."""
    path = write_json(home / "app" / name, {"x": env_entry()}, key="servers" if "vscode" in name else "mcpServers")
    if repository:
        (home / "app" / ".git").mkdir()
    found = step(bench.plan(path, target="run"))
    assert found.record is not None
    assert found.record.root == str(home / "app")


# --- run


def test_references_in_arguments_are_refused(bench: Bench, home: Path) -> None:
    """The host expands them before it starts us: the command line would not be the bound one."""
    for text in ("${HOME}/x", "${HOME:-/x}"):
        entry = {**env_entry(), "args": ["-y", "server-x", text]}
        path = write_json(home / ".claude.json", {"x": entry})
        assert "its arguments hold references" in refusal(bench.plan(path, target="run")).reason


def test_references_of_other_hosts_are_plain_text(bench: Bench, home: Path) -> None:
    entry = {**env_entry(), "args": ["-y", "server-x", "${env:HOME}/x"]}
    found = step(bench.plan(write_json(home / ".claude.json", {"x": entry}), target="run"))
    assert found.record is not None
    assert found.record.argv[-1] == "${env:HOME}/x"


def test_a_value_that_names_another_variable_too_is_refused(bench: Bench, home: Path) -> None:
    """Out of the vault it would reach the server with the reference in it, as it stands."""
    url = f"postgres://${{DB_USER}}:{secret('GITLAB')}@db.example.com/x"
    path = write_json(home / ".claude.json", {"x": env_entry(url, "DATABASE_URL")})
    assert "holds a reference beside the key" in refusal(bench.plan(path, target="run")).reason
    assert step(bench.plan(path, target="reference"))


def test_two_values_for_one_name_are_refused(bench: Bench, home: Path) -> None:
    entry = {
        "command": "docker",
        "args": ["run", "-e", f"GITHUB_TOKEN={github(2)}", "ghcr.io/github/github-mcp-server"],
        "env": {"GITHUB_TOKEN": github()},
    }
    path = write_json(home / ".cursor" / "mcp.json", {"x": entry})
    assert refusal(bench.plan(path, target="run")).reason == "two values of this entry want the name GITHUB_TOKEN"


def test_two_keys_in_one_value_move_as_one(bench: Bench, home: Path) -> None:
    url = f"https://{secret('GITLAB')}:{github()}@db.example.com/x"
    path = write_json(home / ".claude.json", {"x": env_entry(url, "SERVICE_URL")})
    [keep] = step(bench.plan(path, target="run")).keeps
    assert keep.secret == Secret(url)


# --- reference


@pytest.mark.parametrize("evidence", ["observed", "source", "docs", "secondary", "unverified"])
def test_only_good_evidence_lets_a_reference_be_written(
    bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, evidence: str
) -> None:
    """A spelling that the host does not expand is sent to the server as the credential."""
    use_hosts(monkeypatch, claude_code=lambda host: with_way(host, evidence=evidence))
    path = write_json(home / ".claude.json", {"x": env_entry()})
    plan = bench.plan(path, target="reference")
    if evidence in GOOD_EVIDENCE:
        assert step(plan).target == "reference"
    else:
        assert refusal(plan).reason == "no evidence is good enough that this host expands references"


def with_way(host: Host, **changes: object) -> Host:
    return host._replace(references=tuple(way._replace(**changes) for way in host.references))  # type: ignore[arg-type]


def use_hosts(monkeypatch: pytest.MonkeyPatch, **changes: Callable[[Host], Host]) -> None:
    """Let the planner see other facts about some hosts."""
    real = known_hosts.host

    def host(host_id: str) -> Host:
        change = changes.get(host_id.replace("-", "_"))
        return real(host_id) if change is None else change(real(host_id))

    monkeypatch.setattr(planner, "host", host)
    monkeypatch.setattr(launch, "host", host)


def test_every_host_of_the_rules_that_gets_references_has_evidence() -> None:
    for host in hosts():
        for way in host.references:
            assert way.proven, host.id


def test_a_file_of_two_hosts_gets_the_common_spelling(bench: Bench, home: Path) -> None:
    path = write_json(home / "app" / ".mcp.json", {"x": header_entry()})
    found = step(bench.plan(path, target="reference"))
    assert [host.id for host in found.hosts] == ["claude-code", "copilot-cli"]
    [operation] = found.operations
    assert isinstance(operation, SetPart)
    assert operation.text == "${X_TOKEN}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"write": "$NAME"},
            "no reference means the same to Claude Code and GitHub Copilot CLI, which read the same file",
        ),
        ({"evidence": "secondary"}, "no evidence is good enough that this host expands references"),
        ({"slots": frozenset({"env"})}, "GitHub Copilot CLI expands no reference in header Authorization"),
    ],
)
def test_the_limits_of_every_reader_count(
    bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], reason: str
) -> None:
    use_hosts(monkeypatch, copilot_cli=lambda host: with_way(host, **change))
    path = write_json(home / "app" / ".mcp.json", {"x": header_entry()})
    assert refusal(bench.plan(path, target="reference")).reason == reason


@pytest.mark.parametrize(
    ("change", "value", "reason"),
    [
        ({"raw": True}, '"', "the value holds characters that this host would read as JSON"),
        ({"raw": True}, "\\", "the value holds characters that this host would read as JSON"),
        ({"raw": True}, "\n", "the value holds characters that this host would read as JSON"),
        ({"expands_twice": True}, "$", "the value holds a `$`, which this host would expand once more"),
    ],
)
@pytest.mark.parametrize("reader", ["claude_code", "copilot_cli"])
def test_values_that_a_host_would_change(
    bench: Bench,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    value: str,
    reason: str,
    reader: str,
) -> None:
    entry = env_entry(secret("PASSWORD").replace("$", value), "DB_PASSWORD")
    path = write_json(home / "app" / ".mcp.json", {"x": entry})
    assert step(bench.plan(path, target="reference"))
    use_hosts(monkeypatch, **{reader: lambda host: with_way(host, **change)})
    assert refusal(bench.plan(path, target="reference")).reason == reason


def test_a_refused_attempt_claims_no_name(bench: Bench, home: Path) -> None:
    """The first entry cannot move; the second one must not get a numbered name because of it."""
    first = {**env_entry(), "args": ["--config", "x"], "note": {"key": github(3)}}
    entries: dict[str, object] = {"x": first, "y": env_entry(github(2))}
    path = write_json(home / ".claude.json", entries)
    plan = bench.plan(path, target="reference")
    assert [refused.found.entry.name for refused in plan.refusals] == ["x"]
    assert step(replace(plan, refusals=())).summary == "a reference to GITHUB_TOKEN"


def test_prompts_of_vscode_are_told(bench: Bench, home: Path) -> None:
    path = write_json(home / ".config" / "Code" / "User" / "mcp.json", {"x": env_entry()}, key="servers")
    found = step(bench.plan(path, target="reference"))
    assert found.summary == "a prompt of Visual Studio Code, which keeps the answer encrypted"
    assert found.todo == (
        "Visual Studio Code asks for the value at the next start of this server: enter a newly made key",
    )


# --- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("github", "GITHUB"),
        ("my server-2", "MY_SERVER_2"),
        ("X-Api-Key", "X_API_KEY"),
        ("__a..b__", "A_B"),
        ("2captcha", "V_2CAPTCHA"),
        ("é", "V_"),
        ("", "V_"),
    ],
)
def test_variable_names(text: str, name: str) -> None:
    assert variable(text) == name


def test_each_value_has_a_name_of_its_own() -> None:
    names = VariableNames({"TAKEN": Secret("a")})
    assert names.claim("TAKEN", Secret("a")) == "TAKEN"
    assert names.claim("TAKEN", Secret("b")) == "TAKEN_2"
    assert names.claim("TAKEN", Secret("b")) == "TAKEN_2"
    assert names.claim("TAKEN", Secret("c"), "OTHER") == "OTHER"
    assert names.claim("TAKEN", Secret("d"), "OTHER") == "TAKEN_3"


def test_tentative_names_are_given_back() -> None:
    names = VariableNames({})
    with names.tentative():
        names.claim("A", Secret("a"))
    with names.tentative() as keep:
        names.claim("B", Secret("b"))
        keep()
    assert names.fits("A", Secret("other"))
    assert not names.fits("B", Secret("other"))


def test_records_of_other_projects_do_not_count() -> None:
    refs = RefNames([("/a", "github")])
    assert refs.claim("github", "/a") == "github-2"
    assert refs.claim("github", "/a") == "github-3"
    assert refs.claim("github", "/b") == "github"


def test_targets_are_the_registered_ones() -> None:
    assert list(TARGETS) == ["reference", Run.id, "run-argv", "env-file", "wire", "oauth"]
    assert all(name == target.id for name, target in TARGETS.items())
    assert [name for name, target in TARGETS.items() if target.by_hand] == ["run-argv", "env-file", "oauth"]


RELATIVE = {
    "script": (["node", "dist/index.js"], "dist/index.js"),
    "program": (["./server.py"], "./server.py"),
    "program without an ending": (["bin/server"], "bin/server"),
    "in a shell": (["bash", "-c", "node s.js"], "s.js"),
    "program in a shell": (["sh", "-c", "exec ./run.sh"], "./run.sh"),
    "behind a wrapper": (["env", "A=1", "node", "s.js"], "s.js"),
    "in cmd": (["cmd", "/c", "node s.js"], "s.js"),
    "sourced": (["bash", "-c", "source venv/bin/activate && x"], "venv/bin/activate"),
    "in a folder that is named": (["bash", "-c", "cd /srv/x && node s.js"], ""),
    "whole path": (["node", "/srv/x/s.js"], ""),
    "in the home": (["node", "~/x/s.js"], ""),
    "a package": (["npx", "-y", "@scope/server.js"], ""),
    "a program for an interpreter": (["node", "-e", "require('./s.js')"], ""),
}


@pytest.mark.parametrize(("words", "named"), RELATIVE.values(), ids=RELATIVE.keys())
def test_what_means_another_file_in_each_folder_gets_no_key(
    bench: Bench, home: Path, words: list[str], named: str
) -> None:
    entry = {"command": words[0], "args": words[1:], "env": {"GITHUB_TOKEN": github()}}
    plan = bench.plan(write_json(home / ".cursor" / "mcp.json", {"x": entry}), target="run")
    assert [refusal.reason.partition(" is another file")[0] for refusal in plan.refusals] == ([named] if named else [])
    shared = bench.plan(write_json(home / "app" / ".cursor" / "mcp.json", {"x": entry}), target="run")
    assert shared.steps, "bound to its project, it means one file"
