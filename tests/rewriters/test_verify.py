"""Whether a migrated entry is clean and starts: looked at without starting anything, then with real servers."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, env_entry, github, running_in, write_json
from tests.rewriters.test_ask_server import answering, plain
from tests.servers.remote import remote_recorder
from unsprawl.broker.install import Installed
from unsprawl.rewriters import entry_tools, start
from unsprawl.rewriters.ask_server import Silent, tools_of_command
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.start import start_entry, start_hosts
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file, places
from unsprawl.vault.records import list_records, save
from unsprawl.vault.service import discard

ROOT = Path(__file__).parents[2]
RECORDER = ROOT / "tests" / "servers" / "recorder.py"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def bench(home: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A machine on which `unsprawl` is really installed."""
    # Not through PYTHONPATH: the binding guards it, and the server would inherit it.
    lines = [f"#!{sys.executable} -I", "import sys", f"sys.path.insert(0, {str(ROOT / 'src')!r})"]
    lines += ["from unsprawl.cli import main", "sys.exit(main(sys.argv[1:]))"]
    folder = home / ".local" / "bin"
    installed = program(folder / "unsprawl", "\n".join(lines) + "\n")
    program(folder / "npx", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Bench(home, Installed(str(installed), True, "installed for this user"))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "starts.jsonl"


def checked(bench: Bench, path: Path) -> Outcome:
    [examined] = bench.examined(path)
    [(_, outcome)] = verify([examined], bench.around)
    assert github() not in outcome.reason
    return outcome


def recorder_entry(record: Path) -> dict[str, object]:
    """An entry that starts the recording server, as people write them."""
    env = {"GITHUB_TOKEN": github(), "LOG_LEVEL": "info"}
    return {"command": sys.executable, "args": [str(RECORDER), "--record-to", str(record), "more"], "env": env}


def entry_of(bench: Bench, path: Path) -> ExaminedEntry:
    [examined] = bench.examined(path)
    [found] = examined.entries
    return found


class Asked:
    """Answers every question the same way, and knows what was asked."""

    def __init__(self, answer: bool) -> None:
        self.answer, self.shown = answer, list[str]()

    def __call__(self, shown: str) -> bool:
        self.shown.append(shown)
        return self.answer


def started(bench: Bench, path: Path) -> Outcome:
    """What starting the only entry of a file gives; nothing of it shows the secret."""
    ask = Asked(True)
    [outcome] = start_entry(entry_of(bench, path), bench.around, ask)
    assert github() not in outcome.reason + "".join(ask.shown)
    return outcome


# --- without starting anything


@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_migrated_entry_is_done(bench: Bench, home: Path, target: str) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target=target)
    outcome = checked(bench, path)
    assert outcome.status == "done"
    [ref] = [found.ref for found in list_records()] or [""]
    wanted = f"no secret in the entry; {ref} is in the vault and bound to this command"
    assert outcome.reason == (wanted if ref else "no secret in the entry; GITHUB_TOKEN found")


def test_entries_that_hold_nothing_are_left_out(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": {"command": "a"}})
    [examined] = bench.examined(path)
    assert verify([examined], bench.around) == []
    [(_, plain), (_, secret)] = sorted(
        verify([examined], bench.around, ["x", "y"]), key=lambda found: found[1].entry, reverse=True
    )
    assert (plain.status, plain.reason) == ("done", "no secret in the entry")
    assert (secret.status, secret.reason) == ("failed", "still holds a literal secret (env GITHUB_TOKEN)")


def test_a_secret_that_came_back(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="run")
    data = json.loads(path.read_text())
    data["mcpServers"]["x"]["env"] = {"GITHUB_TOKEN": github()}
    path.write_text(json.dumps(data))
    outcome = checked(bench, path)
    assert (outcome.status, outcome.reason) == ("failed", "still holds a literal secret (env GITHUB_TOKEN)")


def test_what_can_go_missing(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": {**env_entry(), "command": "my-server"}})
    mine = program(home / ".local" / "bin" / "my-server", "#!/bin/sh\n")
    bench.migrate(path, target="run")
    text = path.read_text()
    [found] = list_records()
    item = places.items_dir() / f"{found.variables[0][1]}.age"
    kept = item.read_bytes()

    path.write_text(text.replace('"server-x"', '"server-evil"'))
    assert "bound to another command line" in checked(bench, path).reason
    path.write_text(text)

    mine.chmod(0o600)
    outcome = checked(bench, path)
    assert (outcome.status, outcome.reason) == ("failed", "the server's own command, my-server, is not on PATH")
    mine.chmod(0o755)

    discard(found.store, found.variables[0][1])
    assert checked(bench, path).reason == (
        "the value is gone from the file vault. Store it again with `unsprawl vault set`, or undo."
    )
    item.write_bytes(kept)
    item.chmod(0o600)
    assert checked(bench, path).status == "done"

    (home / ".local" / "bin" / "unsprawl").chmod(0o600)
    assert checked(bench, path).reason == "the path of unsprawl in the entry is no program (any more)"
    (home / ".local" / "bin" / "unsprawl").chmod(0o755)

    next(places.records_dir().glob("*.json")).unlink()
    outcome = checked(bench, path)
    assert (outcome.status, outcome.reason) == (
        "failed",
        f"there is no vault record `{found.ref}`. `unsprawl vault list` shows what there is.",
    )


@pytest.fixture
def not_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH without the virtual environment that the tests may have been started from."""
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(one for one in folders if not os.path.exists(f"{one}/unsprawl")))


@pytest.mark.usefixtures("not_on_path")
def test_a_shared_file_needs_unsprawl_on_path(bench: Bench, home: Path) -> None:
    path = write_json(home / "app" / ".mcp.json", {"x": env_entry()})
    bench.migrate(path, target="run")
    assert checked(bench, path).status == "done"
    (home / ".local" / "bin" / "unsprawl").unlink()
    assert checked(bench, path).reason == "unsprawl is not on PATH, and the entry starts it by name"


def test_a_guarded_variable_of_the_entry_is_bound_as_the_host_expands_it(bench: Bench, home: Path) -> None:
    """`GITHUB_API_URL` could send the key elsewhere, so its value is bound; the server sees it expanded."""
    bench.environ["COMPANY_PLACE"] = "https://git.example.com"
    path = write_json(home / ".claude.json", {"x": env_entry(GITHUB_API_URL="${COMPANY_PLACE}/api")})
    bench.migrate(path, target="run")
    assert checked(bench, path).status == "done"
    bench.environ["COMPANY_PLACE"] = "https://evil.example.com"
    outcome = checked(bench, path)
    assert outcome.status == "failed"
    assert "GITHUB_API_URL" in outcome.reason


def test_a_variable_that_is_not_set(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="reference")
    env_file.remove_variable("GITHUB_TOKEN")
    outcome = checked(bench, path)
    assert (outcome.status, outcome.reason) == ("todo", "no secret in the entry; not set here: GITHUB_TOKEN")
    bench.environ["GITHUB_TOKEN"] = "x"
    assert checked(bench, path).status == "done"


def test_a_reference_that_the_host_does_not_expand(bench: Bench, home: Path) -> None:
    bench.environ["GITHUB_TOKEN"] = "x"
    path = write_json(home / ".claude.json", {"x": env_entry("${env:GITHUB_TOKEN}")})
    outcome = checked(bench, path)
    assert outcome.status == "failed"
    assert outcome.reason == "Claude Code does not expand its reference and sends it as it stands"


def test_a_prompt_is_not_claimed_to_be_answered(bench: Bench, home: Path) -> None:
    path = write_json(home / ".config" / "Code" / "User" / "mcp.json", {"x": env_entry()}, key="servers")
    bench.migrate(path, target="reference")
    outcome = checked(bench, path)
    assert outcome.status == "done"
    assert outcome.reason == "no secret in the entry; asked for when it starts: github-token"


def test_names_in_keys_of_their_own(bench: Bench, home: Path) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    path.write_text(f'[mcp_servers.x]\ncommand = "npx"\nenv = {{ GITHUB_TOKEN = "{github()}" }}\n')
    bench.migrate(path, target="reference")
    assert checked(bench, path).reason == "no secret in the entry; GITHUB_TOKEN found"
    env_file.remove_variable("GITHUB_TOKEN")
    assert checked(bench, path).status == "todo"


# --- real servers


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("name", [".claude.json", ".cursor/mcp.json"])
def test_a_migrated_server_still_starts(bench: Bench, home: Path, record: Path, target: str, name: str) -> None:
    path = write_json(home / name, {"x": recorder_entry(record)})
    bench.migrate(path, target=target)

    outcome = started(bench, path)

    assert (outcome.status, outcome.reason) == ("done", "the server answered and has 1 tool (protocol 2025-11-25)")
    [line] = [json.loads(line) for line in record.read_text().splitlines()]
    assert line["env"]["GITHUB_TOKEN"] == github()
    assert line["env"]["LOG_LEVEL"] == "info"
    assert line["argv"] == [str(RECORDER), "--record-to", str(record), "more"]
    assert github() not in json.dumps(line["argv"])


@pytest.mark.skipif(os.name != "posix", reason="the proxy runs on POSIX alone")
@pytest.mark.parametrize("name", [".claude.json", ".cursor/mcp.json"])
def test_a_server_behind_the_proxy_starts_and_gets_a_stand_in(
    bench: Bench, home: Path, record: Path, name: str
) -> None:
    path = write_json(home / name, {"x": recorder_entry(record)})
    bench.migrate(path, target="wire")
    ask = Asked(True)

    first, second = start_entry(entry_of(bench, path), bench.around, ask)

    assert (first.status, first.reason) == ("done", "the server answered and has 1 tool (protocol 2025-11-25)")
    assert second.status == "todo"
    assert "not known whether this server goes through it" in second.reason
    assert "migrate --to run" in second.reason
    [line] = [json.loads(line) for line in record.read_text().splitlines()]
    stand_in = line["env"]["GITHUB_TOKEN"]
    assert (stand_in[:4], len(stand_in)) == (github()[:4], len(github()))
    assert stand_in != github()
    assert line["env"]["LOG_LEVEL"] == "info"
    assert line["env"]["HTTPS_PROXY"].startswith("http://")
    assert github() not in json.dumps(line) + "".join(ask.shown) + first.reason + second.reason


def test_what_an_entry_behind_the_proxy_is_bound_to(bench: Bench, home: Path) -> None:
    password = "postgres://app:" + "Xk29" + "sdfQQpz1@db.acme.test/x"
    path = write_json(home / ".claude.json", {"x": env_entry(DATABASE_URL=password)})
    bench.migrate(path, target="wire")
    outcome = checked(bench, path)
    [found] = list_records()
    assert (outcome.status, outcome.reason) == (
        "done",
        f"no secret in the entry; {found.ref} is in the vault and bound to this command; the server gets a "
        "placeholder, and the key goes to api.github.com, github.com only; DATABASE_URL is handed over as it is",
    )
    text = path.read_text()
    path.write_text("".join(line for line in text.splitlines(True) if '"--wire"' not in line))
    assert checked(bench, path).status == "failed"
    assert "without `--wire`, so that the server gets the key itself" in checked(bench, path).reason
    path.write_text(text)
    save(replace(found, wire=()))
    assert checked(bench, path).reason == f"{found.ref} is bound to no host, so `--wire` has nothing to put in"


def test_a_server_of_a_project_starts_in_the_project(bench: Bench, home: Path, record: Path) -> None:
    path = write_json(home / "app" / ".vscode" / "mcp.json", {"x": recorder_entry(record)}, key="servers")
    bench.migrate(path, target="run")
    assert started(bench, path).status == "done"
    assert json.loads(record.read_text())["cwd"] == str(home / "app")


def test_a_server_of_a_users_project_map_starts_there(bench: Bench, home: Path, record: Path) -> None:
    (home / "app").mkdir()
    entries = {str(home / "app"): {"mcpServers": {"x": recorder_entry(record)}}}
    path = write_json(home / ".claude.json", {}, projects=entries)
    bench.migrate(path, target="run")
    assert started(bench, path).status == "done"
    assert json.loads(record.read_text())["cwd"] == str(home / "app")


def test_a_server_that_takes_its_variable_by_name(bench: Bench, home: Path, record: Path) -> None:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir()
    args = json.dumps([str(RECORDER), "--record-to", str(record)])
    path.write_text(
        f'[mcp_servers.x]\ncommand = "{sys.executable}"\nargs = {args}\nenv = {{ GITHUB_TOKEN = "{github()}" }}\n'
    )
    bench.migrate(path, target="reference")
    assert started(bench, path).status == "done"
    assert json.loads(record.read_text())["env"]["GITHUB_TOKEN"] == github()


def test_nothing_is_started_without_a_yes(bench: Bench, home: Path, record: Path) -> None:
    path = write_json(home / ".claude.json", {"x": recorder_entry(record)})
    bench.migrate(path, target="run")
    ask = Asked(False)
    [outcome] = start_entry(entry_of(bench, path), bench.around, ask)
    assert (outcome.status, outcome.reason) == ("skipped", "not started")
    assert str(RECORDER) in ask.shown[0]
    assert not record.exists()


def test_what_cannot_be_started_here_is_skipped(bench: Bench, home: Path) -> None:
    path = write_json(home / ".config" / "Code" / "User" / "mcp.json", {"x": env_entry()}, key="servers")
    bench.migrate(path, target="reference")
    outcome = started(bench, path)
    assert (outcome.status, outcome.reason) == ("skipped", "not started: only the host can tell github-token")


# --- remote servers

REMOTE = [
    (".cursor/mcp.json", '{"mcpServers": {"x": {"url": "@URL@", "headers": {"Authorization": "Bearer @KEY@"}}}}'),
    (
        ".claude.json",
        '{"mcpServers": {"x": {"type": "sse", "url": "@URL@", "headers": {"Authorization": "Bearer @KEY@"}}}}',
    ),
    (".codex/config.toml", '[mcp_servers.x]\nurl = "@URL@"\nhttp_headers = { Authorization = "Bearer @KEY@" }\n'),
    (".codex/config.toml", '[mcp_servers.x]\nurl = "@URL@"\nhttp_headers = { X-Key = "@KEY@" }\n'),
    (
        ".continue/config.yaml",
        "mcpServers:\n  - name: x\n    type: streamable-http\n    url: @URL@\n"
        "    requestOptions:\n      headers:\n        Authorization: Bearer @KEY@\n",
    ),
    (".gemini/settings.json", '{"mcpServers": {"x": {"httpUrl": "@URL@?api_key=@KEY@"}}}'),
]


@pytest.mark.parametrize(("name", "text"), REMOTE, ids=["header", "sse", "bearer", "by-name", "nested", "url"])
def test_a_remote_server_gets_what_its_host_would_send(bench: Bench, home: Path, name: str, text: str) -> None:
    path = home / name
    path.parent.mkdir(exist_ok=True)
    with remote_recorder("events" if "sse" in text else "handshake") as remote:
        path.write_text(text.replace("@URL@", f"{remote.url}/mcp").replace("@KEY@", github()))
        bench.migrate(path, target="reference")
        assert github() not in path.read_text()
        outcome = started(bench, path)
    assert (outcome.status, outcome.reason) == ("done", "the server answered and has 1 tool (protocol 2025-11-25)")
    calls = [call for call in remote.calls if not call.path.startswith("/messages/")]
    assert calls
    for call in remote.calls:
        sent = call.headers.get("authorization", "") + call.headers.get("x-key", "") + call.path
        assert github() in sent or call.path.startswith("/messages/")


def test_a_remote_server_is_not_called_without_a_yes(bench: Bench, home: Path) -> None:
    with remote_recorder() as remote:
        path = write_json(home / ".cursor" / "mcp.json", {"x": {"url": f"{remote.url}/mcp?api_key={github()}"}})
        ask = Asked(False)
        [outcome] = start_entry(entry_of(bench, path), bench.around, ask)
    assert (outcome.status, outcome.reason) == ("skipped", "not started")
    assert remote.calls == []
    assert remote.url in ask.shown[0]


def test_a_remote_server_that_refuses_the_key(bench: Bench, home: Path) -> None:
    """A reference that leads to a dead key: the host would see the same."""
    with answering(plain(401)) as url:
        path = write_json(home / ".cursor" / "mcp.json", {"x": {"url": url, "headers": {"X-Key": github()}}})
        bench.migrate(path, target="reference")
        outcome = started(bench, path)
    assert (outcome.status, outcome.reason) == ("failed", "the server refused what the entry sends (status 401)")


def test_a_remote_server_that_wants_a_login_is_not_held_against_the_entry(bench: Bench, home: Path) -> None:
    with answering(plain(401)) as url:
        path = write_json(home / ".cursor" / "mcp.json", {"x": {"url": url}})
        outcome = started(bench, path)
    assert (outcome.status, outcome.reason) == (
        "skipped",
        "not asked: the server wants a login, which only the host has",
    )


def test_a_server_of_a_host_that_hands_its_environment_on(bench: Bench, home: Path, record: Path) -> None:
    """The entry names nothing any more; the host's own environment has the variable."""
    path = write_json(home / ".grok" / "user-settings.json", {"x": recorder_entry(record)})
    bench.migrate(path, target="reference")
    assert started(bench, path).status == "done"
    assert json.loads(record.read_text())["env"]["GITHUB_TOKEN"] == github()


@pytest.mark.parametrize("name", [".vibe/config.toml", ".xum/mcp.jsonc"])
def test_a_server_that_is_a_line(bench: Bench, home: Path, record: Path, name: str) -> None:
    """One host takes the line apart as a shell would, the other gives it to a shell."""
    path = home / name
    path.parent.mkdir()
    line = f"{sys.executable} {RECORDER} --record-to {record}"
    if name.endswith("toml"):
        env = f'{{ GITHUB_TOKEN = "{github()}" }}'
        path.write_text(f'[[mcp_servers]]\nname = "x"\ntransport = "stdio"\ncommand = "{line}"\nenv = {env}\n')
    else:
        path.write_text(json.dumps({"servers": {"x": f"GITHUB_TOKEN={github()} {line}"}}))
    bench.migrate(path, target="run")
    assert started(bench, path).status == "done"
    assert json.loads(record.read_text())["env"]["GITHUB_TOKEN"] == github()


def test_what_the_entry_uses_is_learnt_before_anything_is_shown(bench: Bench, home: Path, record: Path) -> None:
    learnt: set[Secret] = set()
    path = write_json(home / ".claude.json", {"x": recorder_entry(record)})

    def ask(shown: str) -> bool:
        assert Secret(github()) in learnt
        return False

    for target in ("run", "reference"):
        learnt.clear()
        start_entry(entry_of(bench, path), bench.around, ask, learn=learnt.update)  # the literal
        bench.migrate(path, target=target)
        learnt.clear()
        start_entry(entry_of(bench, path), bench.around, ask, learn=learnt.update)
        assert not {value for value in learnt if value.reveal() in ("info", os.environ["PATH"])}
        path.write_text(json.dumps({"mcpServers": {"x": recorder_entry(record)}}))


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        (".factory/mcp.json", {"NODE_EXTRA_CA_CERTS": "~/.factory/cache/certs/factory-cli-child-certs.pem"}),
        (".copilot/mcp-config.json", {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.bareRepository"}),
    ],
)
def test_run_bears_what_the_host_sets_itself_and_nothing_else(
    bench: Bench, home: Path, record: Path, name: str, variables: dict[str, str]
) -> None:
    path = write_json(home / name, {"x": {"type": "stdio", **recorder_entry(record)}})
    bench.migrate(path, target="run")
    entry = json.loads(path.read_text())["mcpServers"]["x"]
    homely = {variable: value.replace("~", str(home)) for variable, value in variables.items()}

    def code(**more: str) -> int:
        environ = {"HOME": str(home), "PATH": os.environ["PATH"], **more}
        words = [entry["command"], *entry["args"]]
        return subprocess.run(words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode

    assert code() == 0
    assert code(**homely) == 0
    assert len(record.read_text().splitlines()) == 2
    for variable in homely:
        assert code(**homely | {variable: "/tmp/evil"}) == 4
    assert started(bench, path).status == "done"


LEAKS = """
import os, sys, time
token = os.environ["GITHUB_TOKEN"]
print(token, flush=True)
print('{"jsonrpc": "2.0", "id": 0, "error": {"code": 1, "message": "%s"}}' % token, flush=True)
sys.stderr.write(token + "\\n")
"""


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("ending", ["sys.exit(3)", "raise ValueError(token)", "sys.stdin.read()"])
def test_a_server_that_prints_its_secret(
    bench: Bench,
    home: Path,
    target: str,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(entry_tools, "TIMEOUT_S", 3.0)
    caplog.set_level(logging.DEBUG)
    script = home / ".local" / "leaky.py"
    script.write_text(LEAKS + ending)
    entry = {"command": sys.executable, "args": [str(script)], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".claude.json", {"x": entry})
    bench.migrate(path, target=target)

    outcome = started(bench, path)

    assert outcome.status == "failed"
    assert outcome.reason in (
        "the server stopped, or did not speak MCP",
        "the server did not answer within 3 seconds",
    )
    out, err = capfd.readouterr()
    assert github() not in out + err + caplog.text


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(Silent, match="did not answer within 1 seconds"):
        tools_of_command([sys.executable, "-c", "import sys; sys.stdin.read()"], {}, str(tmp_path), 1.0)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Silent, match="could not be started") as caught:
        tools_of_command([str(tmp_path / "none"), github()], {}, str(tmp_path), 5.0)
    assert github() not in str(caught.value)


@pytest.mark.parametrize("version", ["1.30.0", ""])
def test_without_the_sdk_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    def installed(name: str) -> str:
        if not version:
            raise PackageNotFoundError(name)
        return version

    monkeypatch.setattr("importlib.metadata.version", installed)
    with pytest.raises(Silent, match="not installed, or too old"):
        tools_of_command([sys.executable], {}, str(tmp_path), 5.0)


def test_the_refusal_of_the_broker_is_a_failure(bench: Bench, home: Path, record: Path) -> None:
    """What a hostile repository would write: our record with a command of its own."""
    path = write_json(home / ".claude.json", {"x": recorder_entry(record)})
    bench.migrate(path, target="run")
    path.write_text(path.read_text().replace('"more"', '"other"'))
    assert started(bench, path).status == "failed"
    assert not record.exists()


# --- hosts


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ('echo "x: $GITHUB_TOKEN - connected"', "done", "Claude Code knows the entry"),
        ('echo "$GITHUB_TOKEN x-ray ax"', "failed", "Claude Code does not list the entry"),
        ('echo "$GITHUB_TOKEN" >&2; exit 2', "failed", "Claude Code could not load its configuration (exit code 2)"),
    ],
)
def test_a_host_loads_its_own_file(
    bench: Bench, home: Path, capfd: pytest.CaptureFixture[str], body: str, status: str, reason: str
) -> None:
    program(home / ".local" / "bin" / "claude", f"#!/bin/sh\n{body}\n")
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="reference")
    ask = Asked(True)
    [outcome] = start_hosts([entry_of(bench, path)], bench.around, ask)
    assert (outcome.status, outcome.reason) == (status, reason)
    assert ask.shown == [f"{home}/.local/bin/claude mcp list"]
    out, err = capfd.readouterr()
    assert github() not in out + err


def test_a_host_may_list_on_the_other_stream(bench: Bench, home: Path) -> None:
    for where, status in ((">&2", "done"), ("", "failed")):
        program(home / ".local" / "bin" / "gemini", f"#!/bin/sh\necho x {where}\n")
        path = write_json(home / ".gemini" / "settings.json", {"x": env_entry()})
        [outcome] = start_hosts([entry_of(bench, path)], bench.around, Asked(True))
        assert outcome.status == status


def test_a_host_is_asked_once_for_all_its_entries_and_only_with_a_yes(bench: Bench, home: Path) -> None:
    program(home / ".local" / "bin" / "claude", "#!/bin/sh\necho x\n")
    path = write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry()})
    [examined] = bench.examined(path)
    ask = Asked(True)
    told = [(outcome.entry, outcome.status) for outcome in start_hosts(examined.entries, bench.around, ask)]
    assert told == [("x", "done"), ("y", "failed")]
    assert len(ask.shown) == 1
    assert start_hosts(examined.entries, bench.around, Asked(False)) == []


def test_a_host_loads_the_file_of_a_project_in_the_project(bench: Bench, home: Path) -> None:
    program(home / ".local" / "bin" / "claude", "#!/bin/sh\npwd > ~/where; echo x\n")
    path = write_json(home / "app" / ".mcp.json", {"x": env_entry()})
    [outcome, *_] = start_hosts([entry_of(bench, path)], bench.around, Asked(True))
    assert outcome.status == "done"
    assert (home / "where").read_text() == f"{home}/app\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("(setsid sleep 60 &) ; echo x", "Claude Code knows the entry"),
        ("yes x | head -c 200000000", "Claude Code knows the entry"),
        ("exec sleep 60", "Claude Code did not finish loading its configuration"),
    ],
)
def test_a_host_leaves_nothing_behind_and_fills_nothing(
    bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    monkeypatch.setattr(start, "HOST_TIMEOUT_S", 5.0)
    program(home / ".local" / "bin" / "claude", f"#!/bin/sh\n{body}\n")
    path = write_json(home / ".claude.json", {"x": env_entry()})
    [outcome] = start_hosts([entry_of(bench, path)], bench.around, Asked(True))
    assert outcome.reason == reason
    assert running_in(home) == []


def test_hosts_that_are_not_installed_are_left_out(bench: Bench, home: Path) -> None:
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry()})
    assert start_hosts([entry_of(bench, path)], bench.around, Asked(True)) == []


def test_a_variable_that_no_shell_loads_is_still_to_do(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="reference")
    (home / ".bashrc").unlink()
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert outcome.status == "todo"
    assert "does not load GITHUB_TOKEN: echo '. ~/.config/unsprawl/env.sh' >> ~/.bashrc" in outcome.reason


# --- variables that only the host may see

GOOSE = """extensions:
  x:
    type: stdio
    cmd: {command}
    args: [{args}]
    env_keys: [ACME_TOKEN]
"""


def test_what_may_be_in_the_hosts_own_keyring_is_not_called_unset(
    bench: Bench, home: Path, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / ".config" / "goose" / "config.yaml"
    path.parent.mkdir(parents=True)
    words = [str(RECORDER), "--record-to", str(record)]
    path.write_text(GOOSE.format(command=sys.executable, args=", ".join(map(json.dumps, words))))

    outcome = checked(bench, path)
    assert outcome.status == "skipped"
    assert "goose may find it in its keyring" in outcome.reason
    [started] = start_entry(entry_of(bench, path), bench.around, lambda shown: True)
    assert started.status == "skipped"
    assert "keyring" in started.reason
    assert not record.exists(), "started without its key, it would be called broken"

    bench.environ = {**os.environ, "ACME_TOKEN": github()}
    assert checked(bench, path).status == "done"
    [started] = start_entry(entry_of(bench, path), bench.around, lambda shown: True)
    assert started.status == "done", started.reason
    assert github() in record.read_text()


def test_a_list_of_names_that_this_file_of_the_host_does_not_have(bench: Bench, home: Path, record: Path) -> None:
    """Codex hands on what `env_vars` names in its own file; in a file of Claude Code the same words mean nothing."""
    entry = {**recorder_entry(record), "env_vars": ["ACME_TOKEN"]}
    path = write_json(home / ".claude.json", {"x": entry})
    bench.environ = {**os.environ, "ACME_TOKEN": github(2)}
    start_entry(entry_of(bench, path), bench.around, lambda shown: True)
    assert github(2) not in record.read_text()
