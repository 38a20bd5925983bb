"""`scan --format json --anonymous`: a closed document in which nothing of anybody's own can be.

After a wanted change: `python -m tests.report.test_anonymous` writes the golden file anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.homes import SECRETS, brave, build, github
from tests.cli.program import Program, program
from tests.cli.test_rules import ACME, TOKEN, put
from tests.git import git
from tests.report.test_contract import checked, golden_home, schema
from unsprawl.rules.load import layers
from unsprawl.rules.samples import expand
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.model import State, Verdict
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.remotes.catalogue import services
from unsprawl.scanner.report.anonymous_json import Anonymous, anonymous_json, is_shared, parts
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.identity import identifier
from unsprawl.vault.key_file import digest
from unsprawl.vault.team_key import keep

GOLDEN = Path(__file__).parent / "golden_anonymous.json"
KEY = bytes(range(32))
WORDS = ("scan", "--format", "json", "--anonymous", "--as", "ada")


@pytest.fixture(autouse=True)
def key(home: Path) -> None:
    keep(KEY)


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for each in node.values():
            yield from objects(each)
    elif isinstance(node, list):
        for each in node:
            yield from objects(each)


def texts(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a text."""
    if isinstance(node, dict):
        kind = node.get("type")
        if kind == "string" or (isinstance(kind, list) and "string" in kind):
            yield node
        for each in node.values():
            yield from texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from texts(each)


def test_the_schema_is_closed() -> None:
    whole = schema("anonymous")
    jsonschema.Draft202012Validator.check_schema(whole)
    found = list(objects(whole))
    assert len(found) > 8
    assert [each for each in found if each.get("additionalProperties") is not False] == []
    assert [each for each in texts(whole) if "pattern" not in each] == []
    assert all(each["pattern"].startswith("^") and each["pattern"].endswith("$(?!\n)") for each in texts(whole))
    arrays = re.findall(r'"type": ?"array"', json.dumps(whole))
    assert len(arrays) == len(re.findall(r'"maxItems"', json.dumps(whole)))


def about(result: ScanResult, around: Surroundings, **more: Any) -> dict[str, Any]:
    """The document, as it would be written."""
    made = Anonymous(
        name="ada",
        team_key="0000-1111-2222",
        when="2026-11-28T10:00:00Z",
        machine="0" * 20,
        looked="machine",
        validated=False,
        identify=identifier(lambda: KEY),
        place=lambda path: digest(b"m" * 32, path),
        ended=lambda secret: None,
        moved=(),
        shared=lambda path: is_shared(path, around),
    )._replace(**more)
    document: dict[str, Any] = json.loads("".join(parts(anonymous_json(result, made))))
    return document


# --- nothing of anybody's own ---


@cache
def known_words() -> frozenset[str]:
    """All that is of the program: the words of its rules, and those of the schema."""
    words = {word for node in objects(schema("anonymous")) for word in node["properties"]}
    words |= set(re.findall(r'"([^"\\]*)"', json.dumps([node.get("enum", node.get("const")) for node in _all()])))
    for rule in layers()[0]:
        words |= {rule.id, rule.provider or "", *rule.env_names}
    words |= {host.id for host in hosts()} | {service.id for service in services()}
    codes = "encoding broken binary too-large unreadable empty not-a-file value-too-long policy ignore-list duplicate"
    marks = "vaulted wired referenced inherited bridge brokered argument disabled copy misplaced nested env-file"
    words |= {*codes.split(), *marks.split(), "generic-secret", "generic-password", "generic-auth-header", "own"}
    words |= {"run", "wire", "reference", "excluded", "allowed", "ignored", "baseline", "below_severity", "other"}
    return frozenset(words | {"below_confidence", "ada", "document-unread", "link-outside", "env-file-outside"})


def _all() -> Iterator[dict[str, Any]]:
    stack: list[Any] = [schema("anonymous")]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack += node.values()
        elif isinstance(node, list):
            stack += node


_KEYED = re.compile(r"[0-9a-f]{20}|[0-9a-f]{4}(-[0-9a-f]{4}){2}|2[0-9T:Z-]{19}|[0-9][0-9a-z.+]*")


def strings(node: Any) -> Iterator[str]:
    """Every text of a document, keys too."""
    if isinstance(node, dict):
        for key, each in node.items():
            yield key
            yield from strings(each)
    elif isinstance(node, list):
        for each in node:
            yield from strings(each)
    elif isinstance(node, str):
        yield node


def foreign(document: dict[str, Any]) -> list[str]:
    """The texts that are neither words of the program nor keyed ids."""
    return [each for each in strings(document) if each not in known_words() and not _KEYED.fullmatch(each)]


WORD = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=4, max_size=20),
    st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{3,18}", fullmatch=True),
    st.sampled_from(
        [github(601), brave(602), "hunter22x", "acme-internal", "GITHUB_TOKEN", "generic-secret", "..", "~x~"]
    ),
)
SECRETISH = st.one_of(WORD, st.integers(0, 2**30).map(lambda seed: expand("{an:40}", Random(seed))))


@given(
    name=WORD, package=WORD, variable=WORD, value=SECRETISH, header=WORD, token=SECRETISH, host=WORD, comment=WORD,
    folder=st.from_regex(r"[A-Za-z][A-Za-z0-9 _-]{3,18}", fullmatch=True), broken=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_of_a_configuration(
    home: Path, name: str, package: str, variable: str, value: str, header: str, token: str, host: str, comment: str,
    folder: str, broken: bool,
) -> None:  # fmt: skip
    servers = {
        name: {"command": "npx", "args": ["-y", package, "--token", token], "env": {variable: value, "API_KEY": token}},
        comment: {"url": f"https://{host}.example/mcp?key={token}", "headers": {header: f"Bearer {value}"}},
        "github": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"],
                   "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": github(600)}},
    }  # fmt: skip
    place = home / folder
    place.mkdir(exist_ok=True)
    try:
        text = json.dumps({"mcpServers": servers, comment: value}, indent=1)
        first = (comment.splitlines() or [""])[0]
        (place / ".mcp.json").write_text(f"// {first}\n{text}"[: -9 if broken else None])
        (home / ".claude.json").write_text(text)
        around = Surroundings(str(home), str(home), {}, "linux")
        document = about(run_scan(ScanOptions((str(place), str(home / ".claude.json"))), around), around)
        assert document["findings"]
        assert foreign(document) == []
        shown = json.dumps(document, ensure_ascii=False)
        own = {name, package, variable, value, header, token, host, comment, folder, str(home)}
        bundled = "\n".join(known_words()).casefold()
        left = {each for each in own if each.casefold() not in bundled and not re.fullmatch("[0-9a-f]*", each)}
        assert [each for each in left if each in shown] == []
    finally:
        shutil.rmtree(place)


def test_a_messy_home(home: Path, tmp_path: Path) -> None:
    build(home)
    start = program(home, tmp_path / "bin")
    done = start(*WORDS)
    assert done.returncode == 1
    document = checked(done.stdout, "anonymous")
    assert foreign(document) == []
    assert not document["complete"]
    assert {each["code"] for each in document["problems"]}
    assert [name for name, value in SECRETS.items() if value in done.stdout] == []
    assert str(home) not in done.stdout
    whole = checked(start("scan", "--format", "json").stdout, "scan")
    assert len(document["findings"]) == len(whole["findings"])
    assert len(document["entries"]) == len(whole["entries"])
    assert sum(each["count"] for each in document["problems"]) == len(whole["problems"])
    names = {finding["fingerprint"] for finding in whole["findings"]} | {each["name"] for each in whole["entries"]}
    bundled = "\n".join(known_words())
    assert [name for name in names if len(name) > 3 and name in done.stdout and name not in bundled] == []


def test_rules_of_one_s_own_have_no_name(home: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    put(rules, ACME)
    (home / ".cursor").mkdir()
    servers = {"x": {"command": "x", "env": {"ACME_DEPLOY_TOKEN": TOKEN}}}
    (home / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": servers}))
    start = program(home, tmp_path / "bin")
    assert '"acme-deploy"' in start("scan", "--format", "json", "--rules", str(rules)).stdout
    done = start(*WORDS, "--rules", str(rules))
    (found,) = checked(done.stdout, "anonymous")["findings"]
    assert (found["rule"], found["provider"], found["slot"]["key"]) == ("own", None, None)
    assert "acme" not in done.stdout.casefold()


# --- what it says ---


def test_ids_are_the_team_s(home: Path, tmp_path: Path) -> None:
    """One secret on two machines has one id; its file has two. Under another key all is different."""
    told = []
    for machine, key in (("a", KEY), ("b", KEY), ("c", KEY[::-1])):
        there = tmp_path / machine
        (there / ".cursor").mkdir(parents=True)
        servers = {
            "gh": {"command": "x", "env": {"GITHUB_TOKEN": github(1)}},
            "again": {"command": "x", "env": {"GITHUB_TOKEN": github(1)}},
            "db": {"command": "x", "env": {"DB_PASSWORD": "hunter22x"}},
            "db2": {"command": "x", "env": {"DB_PASSWORD": "hunter22x"}},
        }
        (there / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": servers}))
        start = program(there, tmp_path / f"bin-{machine}")
        (there / ".config/unsprawl").mkdir(parents=True, mode=0o700)
        (there / ".config/unsprawl/team.key").write_bytes(key)
        (there / ".config/unsprawl/team.key").chmod(0o600)
        told.append(checked(start(*WORDS).stdout, "anonymous"))
    first, second, other = told
    ids = [[each.get("secret_id") for each in document["findings"]] for document in told]
    assert ids[0] == ids[1]
    assert ids[0][0] == ids[0][1] is not None
    assert ids[0][2:] == [None, None], "a value that could be guessed has none"
    assert ids[2][0] not in ids[0]
    assert [each["secret"] for each in first["findings"]] == [1, 1, 2, 2], "copies on one machine show all the same"
    places = [{each["place"] for each in document["findings"]} for document in told]
    assert [len(each) for each in places] == [1, 1, 1]
    assert places[0] != places[1], "nobody who has the team's key finds out a path by trying"
    assert len({document["machine"] for document in told}) == 3
    assert first["team_key"] == second["team_key"] != other["team_key"]


def test_shared_service_key_and_approach(home: Path, project: Path) -> None:
    server = {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"]}
    variable = {"GITHUB_PERSONAL_ACCESS_TOKEN": github(1), "MY_OWN_NAME_KEY": github(2)}
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"a": {**server, "env": variable}}}))
    (home / ".cursor").mkdir()
    remote = {"url": "https://mcp.linear.app/mcp"}
    (home / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": {"b": remote, "c": {"command": "mine"}}}))
    around = Surroundings(str(home), str(project), {}, "linux")
    document = about(run_scan(ScanOptions((str(project), str(home / ".cursor/mcp.json"))), around), around)
    keys = {each["slot"]["key"]: each for each in document["findings"]}
    assert set(keys) == {"GITHUB_PERSONAL_ACCESS_TOKEN", None}
    assert {each["shared"] for each in document["findings"]} == {True}
    assert {(each["entry"], each["approach"]) for each in document["findings"]} == {(0, 6)}
    services_ = [(each["service"], each["shared"], each["approach"]) for each in document["entries"]]
    assert services_ == [("github", True, 6), ("linear", False, None), (None, False, 7)]


def test_what_a_vendor_and_the_memory_say(home: Path) -> None:
    (home / ".cursor").mkdir()
    servers = {"gh": {"command": "x", "env": {"GITHUB_TOKEN": github(1)}}}
    (home / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": servers}))
    around = Surroundings(str(home), str(home), {}, "linux")
    result = run_scan(ScanOptions((str(home / ".cursor/mcp.json"),)), around)
    verdict = Verdict(State.LIVE, "reason", "octocat", "acme-account", checked_at="2026-11-28T00:00:00Z")
    result = result._replace(findings=tuple(each._replace(verdict=verdict) for each in result.findings))
    document = about(result, around, validated=True, ended=lambda secret: "vendor")
    (found,) = document["findings"]
    assert found["verdict"] == {"state": "live", "rights": [], "severity": None}
    assert found["ended"] == "vendor"
    assert foreign(document) == []


def test_what_was_moved(home: Path, tmp_path: Path) -> None:
    build(home)
    start = program(home, tmp_path / "bin")
    before = checked(start(*WORDS).stdout, "anonymous")
    assert before["moved"] == []
    assert start("migrate", ".claude.json", "--entry", "github", "--to", "reference", "--yes").returncode == 0
    after = checked(start(*WORDS).stdout, "anonymous")
    # The same token is in another host's file as well: it has not left the files.
    assert after["moved"] == []
    for name in (".cursor/mcp.json",):
        os.unlink(home / name)
    after = checked(start(*WORDS).stdout, "anonymous")
    (moved,) = after["moved"]
    assert (moved["rule"], moved["provider"], moved["needed"]) == ("github-pat-classic", "GitHub", True)
    assert moved["secret_id"] in {each.get("secret_id") for each in before["findings"]}
    done = start("revoke", "--done", "github")
    assert done.returncode == 0, done.stdout + done.stderr
    (moved,) = checked(start(*WORDS).stdout, "anonymous")["moved"]
    assert moved["ended"] == "hand"


def test_history_is_counts(project: Path, home: Path, tmp_path: Path) -> None:
    (project / ".mcp.json").write_text(
        json.dumps({"mcpServers": {"secret-name": {"command": "x", "env": {"GITHUB_TOKEN": github(5)}}}})
    )
    git(project, "add", ".")
    git(project, "-c", "user.name=Zoe", "-c", "user.email=zoe@acme.example", "commit", "-qm", "secret message")
    done = program(home, tmp_path / "bin")(*WORDS, "--history", str(project))
    document = checked(done.stdout, "anonymous")
    assert (document["looked"], document["findings"], document["entries"], document["moved"]) == ("history", [], [], [])
    known = document["history"].pop("repository")
    counts = {"secrets": 1, "ended": 0, "places": 1, "providers": [{"provider": "GitHub", "secrets": 1}]}
    assert document["history"] == counts
    again = checked(program(home, tmp_path / "bin")(*WORDS, "--history", str(project)).stdout, "anonymous")
    assert again["history"]["repository"] == known
    assert "secret-name" not in done.stdout
    assert foreign(document) == []


@pytest.mark.parametrize(
    ("words", "looked"),
    [
        ([], "machine"),
        (["{home}"], "machine"),
        (["{home}/"], "machine"),
        (["{home}/.cursor"], "paths"),
        (["."], "machine"),
    ],
)
def test_what_was_looked_at(words: list[str], looked: str, home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    (home / ".cursor/mcp.json").write_text("{}")
    typed = [word.format(home=home) for word in words]
    document = checked(program(home, tmp_path / "bin")(*WORDS, *typed).stdout, "anonymous")
    assert document["looked"] == looked


def test_a_password_that_is_a_word_of_ours_makes_no_hole(home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    servers = {"x": {"command": "x", "args": ["--password", "critical"], "env": {"DB_PASSWORD": "anonymous"}}}
    (home / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": servers}))
    checked(program(home, tmp_path / "bin")(*WORDS).stdout, "anonymous")


# --- the options ---


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--anonymous", "--as", "ada"], "--format json"),
        (["--format", "sarif", "--anonymous", "--as", "ada"], "--format json"),
        (["--format", "json", "--anonymous"], "--as NAME"),
        (["--format", "json", "--as", "ada"], "--anonymous"),
        (["--format", "json", "--anonymous", "--as", ""], "plain name"),
        (["--format", "json", "--anonymous", "--as", "a b"], "plain name"),
        (["--format", "json", "--anonymous", "--as", "../x"], "plain name"),
        (["--format", "json", "--anonymous", "--as", "x" * 33], "plain name"),
        (["--format", "json", "--anonymous", "--as", "ada", "--staged"], "--staged"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_usage(words: list[str], says: str, start: Program) -> None:
    done = start("scan", *words)
    assert (done.returncode, says in done.stderr, done.stdout) == (2, True, ""), done.stderr


def test_without_a_team_key(home: Path, start: Program) -> None:
    (home / ".config/unsprawl/team.key").unlink()
    done = start(*WORDS)
    assert (done.returncode, done.stdout) == (2, "")
    assert "unsprawl team key --import FILE" in done.stderr
    assert not (home / ".config/unsprawl/team.key").exists()


def test_somebody_whom_the_policy_does_not_name_is_told(project: Path, start: Program) -> None:
    policy = "version: 1\nteam: {name: acme, members: [bo, Cem]}\n"
    (project / ".unsprawl.yaml").write_text(policy)
    done = start(*WORDS, cwd=project)
    assert (done.returncode, "bo, Cem" in done.stderr) == (0, True), done.stderr
    checked(done.stdout, "anonymous")
    told = start("scan", "--format", "json", "--anonymous", "--as", "cem", cwd=project)
    assert (told.returncode, told.stderr) == (0, "")


# --- the golden file ---


def golden(home: Path, folder: Path) -> str:
    """The document of a home of clear cases; what is different on each machine has a name instead."""
    golden_home(home)
    (home / ".config/unsprawl").mkdir(parents=True, mode=0o700, exist_ok=True)
    (home / ".config/unsprawl/team.key").write_bytes(KEY)
    (home / ".config/unsprawl/team.key").chmod(0o600)
    document = checked(program(home, folder)(*WORDS, str(home)).stdout, "anonymous")
    document["tool"]["version"] = "<version>"
    document["when"] = "<when>"
    document["machine"] = "<machine>"
    numbered: dict[str, str] = {}
    for item in [*document["findings"], *document["entries"]]:
        item["place"] = numbered.setdefault(item["place"], f"<file {len(numbered) + 1}>")
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def test_one_document_is_as_it_was(home: Path, tmp_path: Path) -> None:
    text = golden(home, tmp_path / "bin")
    assert text == GOLDEN.read_text(encoding="utf-8"), "wanted? python -m tests.report.test_anonymous"
    assert github(400) not in text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "home")
        folder.mkdir(mode=0o700)
        GOLDEN.write_text(golden(folder, Path(made, "bin")), encoding="utf-8")
        sys.stdout.write(f"{GOLDEN} written\n")
