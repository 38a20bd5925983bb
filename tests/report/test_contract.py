"""`--format json` keeps its promise: every command's document fits its schema; one scan, one probe and one login are
golden files.

After a wanted change: `python -m tests.report.test_contract` writes the golden files anew.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from tests.cli.homes import SECRETS, build, github
from tests.cli.program import Program, program
from tests.oauth.bed import Bed, bed
from tests.oauth.login_bed import Provider, provider
from unsprawl.rules.samples import expand

GOLDEN = Path(__file__).parent / "golden_scan.json"
GOLDEN_PROBE = Path(__file__).parent / "golden_probe.json"
GOLDEN_LOGIN = Path(__file__).parent / "golden_login.json"
GOLDEN_REVOKE = Path(__file__).parent / "golden_revoke.json"
FOLLOW = Path(__file__).parents[1] / "servers" / "follow.py"


def schema(name: str) -> dict[str, Any]:
    """A schema as it ships in the package."""
    text = files("unsprawl.scanner.report").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def checked(text: str, name: str, part: str = "") -> dict[str, Any]:
    """The document, once it fits the schema."""
    whole = schema(name)
    wanted = {**whole["$defs"][part], "$defs": whole["$defs"]} if part else whole
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(wanted).validate(document)
    return document


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    build(home)
    return program(home, tmp_path / "bin")


@pytest.mark.parametrize("name", ["scan", "migration", "probe", "login", "explain", "revoke", "team"])
def test_the_schemas_are_schemas(name: str) -> None:
    whole = schema(name)
    jsonschema.Draft202012Validator.check_schema(whole)
    assert whole["additionalProperties"] is True


@pytest.mark.parametrize(
    ("field", "value"),
    [("schema_version", 2), ("complete", "yes"), ("findings", None), ("root", 3), ("suppressed", {"x": "y"})],
)
def test_the_schema_refuses(field: str, value: object, start: Program) -> None:
    document = checked(start("scan", "--format", "json").stdout, "scan")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, field: value}, schema("scan"))
    del document[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema("scan"))


@pytest.mark.parametrize(
    "words", [[], ["."], ["--exclude", "project"], ["nosuch"], ["project/.mcp.json"]], ids=" ".join
)
def test_scan(words: list[str], start: Program, home: Path) -> None:
    document = checked(start("scan", *words, "--format", "json").stdout, "scan")
    assert document["command"] == "scan"
    assert document["complete"] == (document["problems"] == [])
    prints = [finding["fingerprint"] for finding in document["findings"]]
    assert len(prints) == len(set(prints))
    assert {place for sprawl in document["sprawls"] for place in sprawl["places"]} == set(prints)
    for finding in document["findings"]:
        path = finding["place"]["path"]
        assert Path(document["root"], path).is_file() or "<hidden>" in path
        assert not path.startswith(document["root"] + "/")


def test_what_no_host_reads_is_marked(home: Path, tmp_path: Path) -> None:
    servers = {"x": {"command": "x", "env": {"GITHUB_TOKEN": github(402)}}}
    (home / ".cursor").mkdir()
    for name in ("mcp.json", "mcp.json.bak"):
        (home / ".cursor" / name).write_text(f"// {github(401)}\n" + json.dumps({"mcpServers": servers}))
    document = checked(program(home, tmp_path / "bin")("scan", "--format", "json").stdout, "scan")
    marks = {(f["place"]["path"], f["place"]["line"]): (f["copy"], f["commented"]) for f in document["findings"]}
    assert marks == {
        (".cursor/mcp.json", 1): (False, True),
        (".cursor/mcp.json", 2): (False, False),
        (".cursor/mcp.json.bak", 1): (True, True),
        (".cursor/mcp.json.bak", 2): (True, False),
    }


def test_what_is_no_configuration_is_marked(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "README.md").write_text(f"    claude mcp add x -e GITHUB_TOKEN={github(401)} -- npx x\n")
    (folder / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"x": {"command": "x", "env": {"GITHUB_TOKEN": github(402)}}}})
    )
    start = program(home, tmp_path / "bin")
    document = checked(start("scan", str(folder), "--format", "json").stdout, "scan")
    expected = {(".mcp.json", False), ("README.md", True)}
    assert {(f["place"]["path"], f["document"]) for f in document["findings"]} == expected
    lines = [json.loads(line) for line in start("scan", str(folder), "--format", "jsonl").stdout.splitlines()]
    assert {(f["place"]["path"], f["document"]) for f in lines if f["type"] == "finding"} == expected


def test_copies_of_one_secret_have_one_id(start: Program) -> None:
    document = checked(start("scan", ".", "--format", "json").stdout, "scan")
    ids: dict[str | None, list[str]] = {}
    for finding in document["findings"]:
        ids.setdefault(finding.get("secret_id"), []).append(finding["fingerprint"])
    shared = [places for key, places in ids.items() if key and len(places) > 1]
    assert shared
    assert sorted(map(sorted, shared)) == sorted(
        sorted(sprawl["places"]) for sprawl in document["sprawls"] if len(sprawl["places"]) > 1
    )


def test_hosts(start: Program) -> None:
    for words in ((), ("--all",)):
        document = checked(start("hosts", *words, "--format", "json").stdout, "scan", "envelope")
        assert document["command"] == "hosts"
        assert {"id", "name", "known_files", "files", "references"} <= set(document["hosts"][0])


def test_team_join(start: Program, home: Path) -> None:
    entry = {"command": "unsprawl", "args": ["run", "github", "--", "npx", "-y", "@modelcontextprotocol/server-github"]}
    sent = {"type": "http", "url": "https://evil.example/mcp", "headers": {"Authorization": "Bearer ${GITHUB_TOKEN}"}}
    linear = {"type": "http", "url": "https://mcp.linear.app/mcp"}
    (home / "app").mkdir()
    (home / "app" / ".mcp.json").write_text(json.dumps({"mcpServers": {"github": entry, "x": sent, "linear": linear}}))
    for words in (["--dry-run"], []):
        document = checked(start("team", "join", str(home / "app"), *words, "--format", "json").stdout, "migration")
        assert document["command"] == "team join"
        found = {each["entry"]: (each["way"], each["needs"]) for each in document["entries"]}
        assert found == {"github": ("run", "value"), "x": ("variable", "value"), "linear": ("login", "login")}
    assert [outcome["status"] for outcome in document["outcomes"]] == ["todo", "todo", "todo"]


def test_migrate_verify_and_undo(start: Program, home: Path) -> None:
    paths = [str(home / name) for name in (".claude.json", ".cursor", ".codex", "project")]
    for words in (("--dry-run",), (), ("--to", "run", "--dry-run"), ("--to", "reference", "--dry-run")):
        document = checked(start("migrate", *paths, *words, "--format", "json").stdout, "migration")
        assert (document["outcomes"], document["journal_id"]) == ([], None)
    done = start("migrate", *paths, "--yes", "--format", "json")
    document = checked(done.stdout, "migration")
    assert {outcome["status"] for outcome in document["outcomes"]} == {"done"}
    assert len(document["outcomes"]) == document["stats"]["steps"]
    assert document["todo"]
    assert document["plan"]["refusals"]  # the default of an input, which is no entry
    assert document["stores"] == ["age-file"]
    checked(start("verify", "--format", "json").stdout, "migration")
    told = checked(start("migrate", "--status", "--format", "json").stdout, "migration")
    assert [each["id"] for each in told["migrations"]] == [document["journal_id"]]
    assert sum(len(file["entries"]) for file in told["migrations"][0]["files"]) == len(document["outcomes"])
    listed = checked(start("undo", "--list", "--format", "json").stdout, "migration")
    assert [journal["id"] for journal in listed["journals"]] == [document["journal_id"]]
    undone = checked(start("undo", "--yes", "--format", "json").stdout, "migration")
    assert undone["journal_id"] == document["journal_id"]
    assert {outcome["status"] for outcome in undone["outcomes"]} == {"restored"}
    again = checked(start("undo", "--yes", "--format", "json").stdout, "migration")
    assert again["outcomes"] == []
    checked(start("migrate", *paths, "--plan-out", "plan.json", "--format", "json").stdout, "migration")
    done = checked(start("migrate", *paths, "--plan", "plan.json", "--yes", "--format", "json").stdout, "migration")
    assert done["requested"] == {"refused": 0, "unasked": 0}
    assert len(done["outcomes"]) == len(document["outcomes"])


def golden_home(home: Path) -> None:
    """A home of clear cases, so that only a change of the contract changes the golden file."""
    server = {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"]}
    variable = {"GITHUB_PERSONAL_ACCESS_TOKEN": github(400)}
    headers = {"Authorization": "Bearer " + expand("{an:48}", Random(401))}
    remote = {"type": "http", "url": "https://mcp.example.com/mcp"}
    documents = {
        ".claude.json": {
            "github": {**server, "env": variable},
            "remote": {**remote, "headers": headers},
            "open": remote,
        },
        ".cursor/mcp.json": {
            "github": {**server, "env": variable},
            "time": {"command": "uvx", "args": ["mcp-server-time"]},
        },
        "project/.mcp.json": {"github": {**server, "env": {name: "${env:" + name + "}" for name in variable}}},
    }
    for path, servers in documents.items():
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_text(json.dumps({"mcpServers": servers}, indent=2) + "\n")
        (home / path).chmod(0o600)
    (home / ".gemini").mkdir()
    (home / ".gemini/settings.json").write_text('{"mcpServers": {"half": {"command": "npx"')


def golden(home: Path, folder: Path) -> str:
    """The scan of that home; what is different on each machine has a name instead."""
    golden_home(home)
    text = program(home, folder)("scan", str(home), "--format", "json").stdout
    document = checked(text, "scan")
    document["tool"]["version"] = "<version>"
    numbered: dict[str, str] = {}
    for item in [*document["findings"], *document["sprawls"]]:
        if "secret_id" in item:
            item["secret_id"] = numbered.setdefault(item["secret_id"], f"<secret {len(numbered) + 1}>")
    return json.dumps(document, indent=2, ensure_ascii=False).replace(str(home), "<home>") + "\n"


def test_one_scan_is_as_it_was(home: Path, tmp_path: Path) -> None:
    text = golden(home, tmp_path / "bin")
    assert text == GOLDEN.read_text(encoding="utf-8"), "wanted? python -m tests.report.test_contract"
    assert github(400) not in text


def golden_probe(home: Path, folder: Path) -> str:
    """A server with a fault of each severity; ports have names instead."""

    def change(made: Bed) -> None:
        made.metadata |= {"issuer": f"{made.auth.url}/", "authorization_response_iss_parameter_supported": False}
        made.metadata["code_challenge_methods_supported"] = ["plain"]

    with bed(change) as made:
        done = program(home, folder)("probe", made.url, "--format", "json")
        assert done.returncode == 1
        document = checked(done.stdout, "probe")
        document["tool"]["version"] = "<version>"
        text = json.dumps(document, indent=2, ensure_ascii=False).replace(str(home), "<home>") + "\n"
        return text.replace(made.mcp.url, "http://<mcp>").replace(made.auth.url, "http://<as>")


def test_one_probe_is_as_it_was(home: Path, tmp_path: Path) -> None:
    text = golden_probe(home, tmp_path / "bin")
    assert text == GOLDEN_PROBE.read_text(encoding="utf-8"), "wanted? python -m tests.report.test_contract"


def golden_login(home: Path, folder: Path) -> str:
    """A login with a fault that only a login can see; ports and the tool's version have names instead."""

    def change(it: Provider) -> None:
        it.answer = lambda body: {**body, "expires_in": 90 * 86400, "scope": "read"}

    with provider(change) as it:
        done = program(home, folder)(
            "login", it.bed.url, "--format", "json", env={"BROWSER": f"{sys.executable} {FOLLOW} %s"}
        )
        assert done.returncode == 0
        document = checked(done.stdout, "login")
        document["tool"]["version"] = "<version>"
        text = json.dumps(document, indent=2, ensure_ascii=False).replace(str(home), "<home>") + "\n"
        return text.replace(it.bed.mcp.url, "http://<mcp>").replace(it.bed.auth.url, "http://<as>")


def test_one_login_is_as_it_was(home: Path, tmp_path: Path) -> None:
    text = golden_login(home, tmp_path / "bin")
    assert text == GOLDEN_LOGIN.read_text(encoding="utf-8"), "wanted? python -m tests.report.test_contract"


def golden_revoke(home: Path, folder: Path) -> str:
    """One key in a backup alone, which is ended, and one that an entry needs; times have names instead."""
    from tests.cli.test_revoke import GITHUB, OTHER, QUICK, GitHub, config
    from tests.validate.bed import vendors

    server = {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"]}
    path = config(home, mine={**server, "env": {"GITHUB_TOKEN": OTHER}})
    backup = path.with_name("mcp.json.bak")
    backup.write_text(json.dumps({"mcpServers": {"old": {**server, "env": {"GITHUB_TOKEN": GITHUB}}}}))
    backup.chmod(0o600)
    roots = folder.with_name("vendors")
    roots.mkdir()
    with vendors(roots, ["api.github.com"]) as (vendor, way):
        vendor.answer = GitHub().reply
        start = program(home, folder, extra=QUICK)
        start.environ.update({"HTTPS_PROXY": way, "SSL_CERT_FILE": str(roots / "root.pem")})
        done = start("revoke", "old", "mine", "--yes", "--format", "json")
        assert done.returncode == 1
        document = checked(done.stdout, "revoke")
    assert not any(secret in done.stdout for secret in (GITHUB, OTHER))
    document["tool"]["version"] = "<version>"
    ids = dict.fromkeys(each["secret_id"] for each in document["revocations"])
    text = json.dumps(document, indent=2, ensure_ascii=False).replace(str(home), "<home>")
    for number, secret_id in enumerate(ids):
        text = text.replace(secret_id, f"<secret {number + 1}>")
    return re.sub(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", text) + "\n"


def test_one_revocation_is_as_it_was(home: Path, tmp_path: Path) -> None:
    text = golden_revoke(home, tmp_path / "bin")
    assert text == GOLDEN_REVOKE.read_text(encoding="utf-8"), "wanted? python -m tests.report.test_contract"


def test_the_documents_hold_no_secret(start: Program) -> None:
    for words in (("scan", "."), ("hosts",), ("migrate", "--dry-run", ".")):
        text = start(*words, "--format", "json").stdout
        assert [name for name, value in SECRETS.items() if value in text] == []


if __name__ == "__main__":
    for golden_file, written in (
        (GOLDEN, golden),
        (GOLDEN_PROBE, golden_probe),
        (GOLDEN_LOGIN, golden_login),
        (GOLDEN_REVOKE, golden_revoke),
    ):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made, "home")
            folder.mkdir()
            golden_file.write_text(written(folder, Path(made, "bin")), encoding="utf-8")
            sys.stdout.write(f"{golden_file} written\n")
