"""`unsprawl revoke` as a real process: who is shown what, what stops it, what is sent, what is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.cli.terminal import Terminal
from tests.report.test_contract import checked, schema
from tests.servers.sites import Asked, Reply, document
from tests.validate.bed import Vendors, sent, vendors
from tests.validate.revoking_bed import token_of
from tests.validate.test_scan import LOUD

HOSTS = ("api.github.com", "slack.com", "huggingface.co", "us.posthog.com", "eu.posthog.com", "evil.example")
QUICK = """
import unsprawl.scanner.validate.revoking as revoking
import unsprawl.scanner.validate.patience as patience
revoking.WAITS_S = (0.0, 0.01, 0.01, 0.01)
patience.BACK_OFF_S = 0.01
"""
GITHUB, OTHER, HUGGING = (token_of("github-pat-classic", 1), token_of("github-pat-classic", 2), token_of("huggingface"))
SECRETS = (GITHUB, OTHER, HUGGING)
SERVER = {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"]}


class GitHub:
    """Knows tokens until it is told to forget them."""

    def __init__(self) -> None:
        self.live = {GITHUB, OTHER}
        self.forgets = True
        self.answer: Callable[[], Reply] | None = None
        self.requests: list[Asked] = []

    def reply(self, asked: Asked) -> Reply:
        if asked.path == "/credentials/revoke":
            self.requests.append(asked)
            assert "authorization" not in asked.headers
            if self.forgets:
                self.live -= set(json.loads(asked.body)["credentials"])
            return self.answer() if self.answer is not None else Reply(202)
        if not any(token in sent(asked) for token in self.live):
            return document({"message": "Bad credentials"}, 401)
        headers = (("X-OAuth-Scopes", "repo, read:org"), ("Content-Type", "application/json"))
        return Reply(200, headers, b'{"login": "octocat"}')


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str, Path]]:
    folder = tmp_path_factory.mktemp("vendors")
    with vendors(folder, HOSTS) as (made, way):
        yield made, way, folder / "root.pem"


@pytest.fixture
def github(running: tuple[Vendors, str, Path]) -> GitHub:
    made = GitHub()
    bed = running[0]
    bed.answer = made.reply
    bed.asked.clear()
    bed.ways.clear()
    return made


@pytest.fixture
def start(github: GitHub, running: tuple[Vendors, str, Path], home: Path, tmp_path: Path) -> Program:
    _, way, root = running
    made = program(home, tmp_path / "bin", extra=LOUD + QUICK, columns=100)
    made.environ.update({"HTTPS_PROXY": way, "SSL_CERT_FILE": str(root)})
    return made


def config(home: Path, *, copy: str = "", **servers: dict[str, Any]) -> Path:
    """Cursor's file with these entries; `copy`: a backup beside it, which no host reads."""
    folder = home / ".cursor"
    folder.mkdir(exist_ok=True)
    for name in ("mcp.json", copy):
        if name:
            (folder / name).write_text(json.dumps({"mcpServers": servers if name == "mcp.json" or not copy else {}}))
            (folder / name).chmod(0o600)
    return folder / "mcp.json"


def left_over(home: Path, token: str = GITHUB) -> None:
    """A token in a backup alone: it stands in a file, and nothing depends on it."""
    path = config(home)
    backup = path.with_name("mcp.json.bak")
    backup.write_text(json.dumps({"mcpServers": {"gh": {**SERVER, "env": {"GITHUB_TOKEN": token}}}}))
    backup.chmod(0o600)


def read(done: Any) -> dict[str, Any]:
    document = checked(done.stdout, "revoke")
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    return document


def test_what_an_entry_needs_is_not_revoked_even_with_yes(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    done = start("revoke", "gh", "--yes", "--format", "json")
    assert done.returncode == 4
    (found,) = read(done)["revocations"]
    assert (found["outcome"], found["needed_by"]) == ("in-use", ["the entry gh"])
    assert found["before"]["account"]["login"] == "octocat"
    assert found["before"]["reach"]["scopes"] == ["repo", "read:org"]
    assert github.requests == []
    forced = start("revoke", "gh", "--yes", "--force", "--format", "json")
    assert forced.returncode == 0
    assert read(forced)["revocations"][0]["outcome"] == "revoked"
    assert len(github.requests) == 1


def test_what_nothing_needs_is_revoked_and_remembered(start: Program, github: GitHub, home: Path) -> None:
    left_over(home)
    scanned = json.loads(start("scan", "--format", "json").stdout)["findings"]
    secret_id = scanned[0]["secret_id"]
    done = start("revoke", secret_id, "--yes", "--format", "json")
    assert done.returncode == 0
    whole = read(done)
    (found,) = whole["revocations"]
    assert (found["outcome"], found["way"], found["host"]) == ("revoked", "request", "api.github.com")
    assert found["after"]["state"] == "invalid"
    assert found["places"][0]["path"].endswith("mcp.json.bak")
    assert [each["how"] for each in whole["remembered"]] == ["vendor"]
    assert whole["remembered"][0]["secret_id"] == secret_id
    assert len(github.requests) == 1
    assert "connecting to https://api.github.com" in done.stderr
    again = start("revoke", scanned[0]["fingerprint"], "--yes", "--format", "json")
    assert again.returncode == 0
    assert read(again)["revocations"][0]["outcome"] == "already-dead"
    assert len(github.requests) == 1
    for path in home.rglob("*"):
        if path.is_file() and "mcp.json" not in path.name:
            assert not any(secret.encode() in path.read_bytes() for secret in SECRETS)


def test_what_could_not_be_read_is_said_before_anything_is_ended(start: Program, github: GitHub, home: Path) -> None:
    left_over(home)
    (home / ".cursor").mkdir(exist_ok=True)
    (home / ".cursor" / "mcp.json").write_text("{")
    secret_id = json.loads(start("scan", "--format", "json").stdout)["findings"][0]["secret_id"]
    done = start("revoke", secret_id, "--yes")
    assert "so nobody knows whether an entry there needs it" in " ".join(done.stderr.split())
    assert len(github.requests) == 1


def test_what_a_name_means_besides_and_is_left_alone_is_told(start: Program, github: GitHub, home: Path) -> None:
    """Who names an entry may think that its key was ended, and not another one in a backup of it."""
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    backup = home / ".cursor" / "mcp.json.bak"
    backup.write_text(json.dumps({"mcpServers": {"gh": {**SERVER, "env": {"GITHUB_TOKEN": OTHER}}}}))
    backup.chmod(0o600)
    done = start("revoke", "gh", "--yes", "--format", "json")
    assert [each["places"][0]["path"] for each in read(done)["revocations"]] == [".cursor/mcp.json.bak"]
    assert "Left alone, since the entry gh needs it: GitHub personal access token (classic) " in done.stderr
    assert github.live == {GITHUB}


def test_a_server_of_ones_own_is_named_that_could_be_allowed(start: Program, github: GitHub, home: Path) -> None:
    env = {"GITLAB_PERSONAL_ACCESS_TOKEN": token_of("gitlab-pat"), "GITLAB_API_URL": "https://git.corp.example/api/v4"}
    config(home, lab={"command": "npx", "args": ["mcp-gitlab"], "env": env})
    done = start("revoke", "lab", "--yes", "--format", "json")
    assert "--allow-host git.corp.example" in read(done)["revocations"][0]["reason"]


def test_the_contract_says_of_a_vendors_words_what_that_of_scans_says() -> None:
    told = schema("scan")["$defs"]["finding"]["properties"]["verdict"]
    assert {**schema("revoke")["$defs"]["verdict"], "description": told["description"]} == told


def test_the_region_that_gets_the_request_is_named(
    start: Program, github: GitHub, home: Path, running: tuple[Vendors, str, Path]
) -> None:
    requests: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        if asked.path == "/api/revoke_leaked_key/":
            requests.append(asked)
            return document({"found": True})
        there = asked.headers["host"] == "eu.posthog.com" and not requests
        return document({"email": "ada@acme.example"}) if there else document({}, 401)

    running[0].answer = answer
    config(home, log={"command": "x", "env": {"POSTHOG_API_KEY": token_of("posthog-personal")}})
    (listed,) = read(start("revoke", "log", "--yes", "--format", "json"))["revocations"]
    assert (listed["outcome"], listed["host"]) == ("in-use", "eu.posthog.com")
    done = start("revoke", "log", "--yes", "--force", "--format", "json")
    (found,) = read(done)["revocations"]
    assert (done.returncode, found["outcome"], found["host"]) == (0, "revoked", "eu.posthog.com")
    assert [asked.headers["host"] for asked in requests] == ["eu.posthog.com"]


def test_what_cannot_be_remembered_is_told_all_the_same(start: Program, github: GitHub, home: Path) -> None:
    """It was sent, and is dead: who asked for it must hear that, and of the next one too."""
    config(home)
    for number, token in enumerate((GITHUB, OTHER)):
        backup = home / ".cursor" / f"mcp.json.bak{number}"
        backup.write_text(json.dumps({"mcpServers": {"gh": {**SERVER, "env": {"GITHUB_TOKEN": token}}}}))
        backup.chmod(0o600)
    (home / "elsewhere").mkdir(mode=0o700)
    (home / ".local").mkdir(exist_ok=True)
    (home / ".local/state").mkdir(exist_ok=True)
    (home / ".local/state/unsprawl").symlink_to(home / "elsewhere")
    done = start("revoke", "gh", "--yes", "--format", "json")
    whole = read(done)
    assert [each["outcome"] for each in whole["revocations"]] == ["revoked", "revoked"]
    assert "cannot be remembered" in whole["problems"][0]["message"]
    assert len(github.requests) == 2
    assert not any((home / "elsewhere").iterdir())


FAULTS = {
    "4xx": (lambda: document({}, 422), False, 4, "refused"),
    "redirect": (lambda: Reply(307, (("Location", "https://evil.example/x"),)), False, 4, "refused"),
    "5xx": (lambda: document({}, 500), False, 1, "still-live"),
    "5xx, and dead": (lambda: document({}, 500), True, 0, "revoked"),
    "taken, and live": (lambda: Reply(202), False, 1, "still-live"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_exit_codes(name: str, start: Program, github: GitHub, home: Path, running: tuple[Vendors, str, Path]) -> None:
    github.answer, github.forgets, code, outcome = FAULTS[name]
    left_over(home)
    done = start("revoke", "gh", "--yes", "--format", "json")
    whole = read(done)
    assert (done.returncode, whole["revocations"][0]["outcome"]) == (code, outcome)
    assert len(github.requests) == 1
    assert not any("evil" in way for way in running[0].ways)
    assert bool(whole["remembered"]) == (outcome == "revoked")


def test_who_cannot_be_asked_before_gets_nothing(start: Program, github: GitHub, home: Path) -> None:
    left_over(home)
    done = start("revoke", "gh", "--yes", "--format", "json", env={"HTTPS_PROXY": "http://127.0.0.1:1"})
    assert done.returncode == 4
    assert read(done)["revocations"][0]["outcome"] == "not-sent"
    assert github.requests == []


def test_where_no_source_says_it_can_a_person_gets_the_page(start: Program, github: GitHub, home: Path) -> None:
    config(home, hf={"command": "uvx", "args": ["hf-mcp"], "env": {"HF_TOKEN": HUGGING}})
    done = start("revoke", "hf", "--yes")
    assert done.returncode == 4
    assert "https://huggingface.co/settings/tokens" in done.stdout
    said = start("revoke", "--done", "hf")
    assert (said.returncode, "done" in said.stdout) == (0, True)
    listed = start("revoke")
    assert (listed.returncode, "you said so" in listed.stdout) == (0, True)
    whole = read(start("revoke", "hf", "--yes", "--format", "json"))
    assert whole["revocations"][0]["outcome"] == "done"
    assert whole["revocations"][0]["remembered_at"]
    assert github.requests == []


def test_what_is_said_to_be_dead_and_lives_is_not_believed(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    assert start("revoke", "--done", "gh").returncode == 0
    whole = read(start("revoke", "gh", "--yes", "--format", "json"))
    assert whole["revocations"][0]["outcome"] == "in-use"
    assert whole["remembered"] == []


def test_a_migrated_key_is_in_use_until_it_is_replaced(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    assert start("migrate", "--to", "run", "--yes").returncode == 0
    record = next((home / ".local/share/unsprawl/vault/records").glob("*.json"))
    ref = json.loads(record.read_text())["ref"]
    for name in ("gh", ref):
        held = start("revoke", name, "--yes", "--format", "json")
        (found,) = read(held)["revocations"]
        assert (held.returncode, found["outcome"]) == (4, "in-use")
        assert found["needed_by"] == [f"the vault record {ref}"]
    assert "replace the GitHub" in start("migrate", "--status").stdout
    assert start("vault", "set", ref, stdin=OTHER).returncode == 0
    listed = read(start("revoke", "--format", "json"))["revocations"]
    assert [(each["outcome"], each["needed_by"]) for each in listed] == [("todo", [])]
    done = start("revoke", listed[0]["secret_id"], "--yes")
    assert done.returncode == 0
    assert "would put this dead key back" in done.stdout
    assert [json.loads(each.body)["credentials"] == [GITHUB] for each in github.requests] == [True]
    assert OTHER in github.live
    assert read(start("revoke", "--format", "json"))["revocations"] == []
    undone = start("undo", "--yes")
    assert "was revoked" in undone.stderr
    assert not any(secret in done.stdout + done.stderr + undone.stdout + undone.stderr for secret in SECRETS)


@pytest.mark.parametrize("words", [["--done"], ["--yes", "--force"]], ids=" ".join)
def test_after_a_key_was_replaced_its_entry_means_the_old_one(
    words: list[str], start: Program, github: GitHub, home: Path
) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    assert start("migrate", "--to", "run", "--yes").returncode == 0
    record = next((home / ".local/share/unsprawl/vault/records").glob("*.json"))
    assert start("vault", "set", json.loads(record.read_text())["ref"], stdin=OTHER).returncode == 0
    done = start("revoke", "gh", *words, "--format", "json")
    assert done.returncode == 0
    (found,) = read(done)["revocations"]
    assert {each["kind"] for each in found["kept"]} == {"undo"}
    assert OTHER in github.live
    assert len(github.requests) == ("--yes" in words)


def test_a_variable_that_an_entry_names_keeps_it_alive(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": GITHUB}})
    assert start("migrate", "--to", "reference", "--yes").returncode == 0
    assert GITHUB not in (home / ".cursor/mcp.json").read_text()
    done = start("revoke", "gh", "--yes", "--format", "json")
    (found,) = read(done)["revocations"]
    assert (done.returncode, found["outcome"]) == (4, "in-use")
    assert found["needed_by"] == ["the variable GITHUB_TOKEN"]
    assert {each["kind"] for each in found["kept"]} == {"variable", "undo"}
    assert github.requests == []


def remote(token: str) -> dict[str, Any]:
    return {"url": "https://tickets.example.com/mcp", "headers": {"Authorization": f"Bearer {token}"}}


def test_what_a_login_took_the_place_of_is_revoked_without_force(start: Program, github: GitHub, home: Path) -> None:
    """`migrate --to oauth` keeps only what undo needs: the entry asks for a login, and needs the key no more."""
    config(home, gh=remote(GITHUB))
    assert start("migrate", "--to", "oauth", "--entry", "gh", "--remote", "gh", "--yes").returncode == 0
    assert GITHUB not in (home / ".cursor/mcp.json").read_text()
    assert "revoke the GitHub" in start("migrate", "--status").stdout
    (listed,) = read(start("revoke", "--format", "json"))["revocations"]
    assert (listed["outcome"], listed["way"], listed["needed_by"]) == ("todo", "request", [])
    assert listed["host"] == "api.github.com"
    done = start("revoke", "gh", "--yes", "--format", "json")
    (found,) = read(done)["revocations"]
    assert (done.returncode, found["outcome"]) == (0, "revoked")
    assert {each["kind"] for each in found["kept"]} == {"undo"}
    assert found["undo_restores_it"]
    assert len(github.requests) == 1
    assert "revoke the GitHub" not in start("migrate", "--status").stdout
    assert "was revoked" in start("undo", "--yes").stderr


def test_a_login_of_one_host_leaves_the_key_of_another(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh=remote(GITHUB))
    other = home / ".codeium/windsurf/mcp_config.json"
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps({"mcpServers": {"mine": {**SERVER, "env": {"GITHUB_TOKEN": GITHUB}}}}))
    words = ("migrate", str(home / ".cursor"), "--to", "oauth", "--entry", "gh", "--remote", "gh", "--yes")
    assert start(*words).returncode == 0
    done = start("revoke", "gh", "--yes", "--format", "json")
    (found,) = read(done)["revocations"]
    assert (done.returncode, found["outcome"], found["needed_by"]) == (4, "in-use", ["the entry mine"])
    assert github.requests == []


@pytest.mark.parametrize("field", ["access_token", "refresh_token", "client_secret"])
def test_a_login_that_is_kept_here_needs_its_tokens(field: str, start: Program, github: GitHub, home: Path) -> None:
    """An OAuth credential in the vault holds several secrets; none of them is a variable."""
    credential = {"token_endpoint": "https://auth.example.com/token", "client_id": "c", "refresh_token": "r" * 40}
    given = json.dumps({**credential, field: GITHUB})
    added = start("vault", "add", "--oauth", "TOKEN", "tickets", "--", "/bin/true", stdin=given, cwd=home)
    assert added.returncode == 0
    done = start("revoke", "tickets", "--yes", "--format", "json", cwd=home)
    mine = [each for each in read(done)["revocations"] if each["rule"] == "github-pat-classic"]
    assert [(each["outcome"], each["needed_by"]) for each in mine] == [("in-use", ["the vault record tickets"])]
    assert done.returncode == 4
    assert github.requests == []


def test_so_does_one_of_the_environment(start: Program, github: GitHub, home: Path) -> None:
    config(home, gh={**SERVER, "env": {"GITHUB_TOKEN": "${env:MY_GITHUB}"}})
    done = start("revoke", "gh", "--yes", "--format", "json", env={"MY_GITHUB": GITHUB})
    (found,) = read(done)["revocations"]
    assert (done.returncode, found["needed_by"]) == (4, ["the variable MY_GITHUB"])
    assert github.requests == []


def test_other_variables_that_an_entry_names_are_not_hidden(start: Program, github: GitHub, home: Path) -> None:
    """Its home, or the host that is asked: where a secret stands and goes must be seen."""
    left_over(home)
    env = {"ROOT": "${env:HOME}", "GITHUB_TOKEN": "${env:MY_GITHUB}", "API": "${env:MY_API}"}
    config(home, other={**SERVER, "env": env})
    given = {"MY_API": "https://api.github.com", "MY_GITHUB": OTHER}
    done = start("revoke", "gh", "--yes", "--format", "json", env=given, cwd=home)
    whole = read(done)
    assert (done.returncode, whole["root"]) == (0, str(home))
    assert "connecting to https://api.github.com" in done.stderr
    assert "<hidden>" not in done.stdout + done.stderr


def test_migrate_says_how_to_end_the_old_keys(start: Program, github: GitHub, home: Path) -> None:
    """Its last words name the command, which takes the old key once there is a new one."""
    servers = {"gh": {**SERVER, "env": {"GITHUB_TOKEN": GITHUB}},
               "hf": {"command": "uvx", "args": ["hf-mcp"], "env": {"HF_TOKEN": HUGGING}}}  # fmt: skip
    config(home, **servers)
    done = start("migrate", "--to", "run", "--yes", "--format", "json")
    document = json.loads(done.stdout)
    command = next(line for line in document["todo"] if "unsprawl revoke" in line).rpartition(": unsprawl ")[2]
    assert command == f"revoke {document['journal_id']}"
    held = start(*command.split(), "--yes", "--format", "json")
    outcomes = {each["rule"]: each["outcome"] for each in read(held)["revocations"]}
    assert outcomes == {"github-pat-classic": "in-use", "huggingface": "todo"}
    for record in (home / ".local/share/unsprawl/vault/records").glob("*.json"):
        ref = json.loads(record.read_text())["ref"]
        if "gh" in ref:
            assert start("vault", "set", ref, stdin=OTHER).returncode == 0
    ended = start(*command.split(), "--yes", "--format", "json")
    assert {each["outcome"] for each in read(ended)["revocations"]} == {"revoked"}
    assert "unsprawl revoke" in start("migrate", "--status").stdout  # the other one is still to do
    assert start("revoke", "--done", "hf").returncode == 0
    assert "unsprawl revoke" not in start("migrate", "--status").stdout


def test_what_was_revoked_by_hand_is_no_longer_to_do_for_migrate(start: Program, github: GitHub, home: Path) -> None:
    config(home, hf={"command": "uvx", "args": ["hf-mcp"], "env": {"HF_TOKEN": HUGGING}})
    assert start("migrate", "--to", "run", "--yes").returncode == 0
    assert "huggingface.co/settings/tokens" in start("migrate", "--status").stdout
    assert start("revoke", "--done", "hf").returncode == 0
    assert "huggingface.co/settings/tokens" not in start("migrate", "--status").stdout


def test_a_record_that_cannot_be_read_stops_it(start: Program, github: GitHub, home: Path) -> None:
    left_over(home)
    records = home / ".local/share/unsprawl/vault/records"
    records.mkdir(parents=True, mode=0o700)
    for folder in (records.parent, records.parent.parent):
        folder.chmod(0o700)
    (records / "broken.json").write_text("{")
    (records / "broken.json").chmod(0o600)
    done = start("revoke", "gh", "--yes", "--format", "json")
    whole = read(done)
    assert (done.returncode, whole["complete"], whole["revocations"][0]["outcome"]) == (4, False, "in-use")
    assert github.requests == []


@pytest.mark.parametrize(("keys", "requests"), [(["n"], 0), (["y", "n"], 0), (["y", "y"], 1)])
def test_it_asks_twice(
    keys: list[str], requests: int, start: Program, github: GitHub, home: Path, running: tuple[Vendors, str, Path]
) -> None:
    left_over(home)
    with Terminal(start, "revoke", "gh", columns=120) as terminal:
        terminal.until(r"Ask them\? \[y/N\]")
        assert running[0].ways == []
        terminal.press(f"{keys[0]}\n")
        if len(keys) > 1:
            terminal.until(r"This cannot be taken back\. \[y/N\]")
            assert "octocat" in terminal.shown
            assert "mcp.json.bak" in terminal.shown
            assert github.requests == []
            terminal.press(f"{keys[1]}\n")
        code = terminal.end()
    assert len(github.requests) == requests
    assert code == (0 if requests else 4)
    assert not any(secret in terminal.raw for secret in SECRETS)


USAGE = {
    "off a terminal": (["gh"], "no terminal"),
    "--yes alone": (["--yes"], "which secrets"),
    "--done alone": (["--done"], "which secrets"),
    "--done --force": (["--done", "--force", "gh"], "sends nothing"),
    "a name of nothing": (["--yes", "nothing-like-it"], "argument number 1"),
    "a value": (["--yes", GITHUB], "argument number 1"),
    "no host": (["--yes", "--allow-host", "https://x", "gh"], "no host"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(name: str, start: Program, github: GitHub, home: Path) -> None:
    words, said = USAGE[name]
    left_over(home, OTHER)
    done = start("revoke", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    assert github.requests == []
