"""`unsprawl rules` and `--rules`: the user's own rules are used, checked, and take nothing over."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.cli.homes import github
from tests.cli.program import SOURCE, Program
from tests.report.test_contract import checked
from unsprawl.rules.samples import ALPHABETS, expand

ACME: dict[str, Any] = {
    "id": "acme-deploy",
    "name": "Acme deploy token",
    "provider": "Acme",
    "severity": "high",
    "formats": [
        {
            "pattern": "acmed_[0-9a-z]{32}",
            "self_identifying": True,
            "keywords": ["acmed_"],
            "length": {"min": 38, "max": 38},
            "sample": "acmed_{ld:32}",
        }
    ],
    "env_names": ["ACME_DEPLOY_TOKEN"],
    "rotate_url": "https://deploy.acme.example/tokens",
    "examples": {"rejects": ["acmed_YOUR_TOKEN", "${ACME_DEPLOY_TOKEN}"]},
    "confidence": "docs-read",
    "sources": ["our own documentation"],
}
TOKEN = "acmed_" + expand("{ld:32}", Random(3))


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "our-rules"
    folder.mkdir()
    put(folder, ACME)
    return folder


def put(folder: Path, rule: Any, name: str = "") -> Path:
    path = folder / (name or f"{rule['id']}.yaml")
    path.write_text(rule if isinstance(rule, str) else yaml.safe_dump(rule))
    return path


def config(home: Path, value: str, name: str = "NOTE") -> None:
    server = {"command": "npx", "args": ["x"], "env": {name: value}}
    (home / ".claude.json").write_text(json.dumps({"mcpServers": {"x": server}}))


def changed(*path: str | int, value: Any, **top: Any) -> dict[str, Any]:
    rule = deepcopy(ACME) | top
    inner: Any = rule
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return rule


def test_own_rules_are_used(start: Program, home: Path, rules: Path) -> None:
    config(home, TOKEN)
    assert not [f for f in found(start) if f["rule"] == "acme-deploy"]
    for spelled in ("our-rules", str(rules), "our-rules/acme-deploy.yaml"):
        (finding,) = found(start, "--rules", spelled)
        assert (finding["rule"], finding["provider"]) == ("acme-deploy", "Acme")
        assert (finding["severity"], finding["confidence"]) == ("high", "high")
    shown = start("scan", "--rules", "our-rules")
    assert shown.returncode == 1
    assert "Acme deploy token" in shown.stdout
    assert TOKEN not in shown.stdout
    assert "next: unsprawl migrate --rules ~/our-rules\n" in shown.stdout


def found(start: Program, *words: str) -> list[dict[str, Any]]:
    done = start("scan", "--format", "json", *words)
    assert done.returncode in (0, 1), done.stderr
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return findings


def test_migrate_knows_them_too(start: Program, home: Path, rules: Path) -> None:
    config(home, TOKEN)
    assert "Acme deploy token" in start("migrate", "--dry-run", "--rules", "our-rules").stdout
    assert "https://deploy.acme.example/tokens" in start("migrate", "--yes", "--rules", "our-rules").stdout
    assert found(start, "--rules", "our-rules") == []


def test_nothing_in_a_scanned_tree_is_loaded_by_itself(start: Program, home: Path, rules: Path) -> None:
    config(home, TOKEN)
    for name in ("rules", ".unsprawl", "unsprawl-rules"):
        (home / name).mkdir()
        put(home / name, changed("severity", value="low"))
    assert [f["rule"] for f in found(start, ".")] != ["acme-deploy"]


def test_a_bundled_format_is_not_taken_over(start: Program, home: Path, rules: Path) -> None:
    """Not by a longer keyword, not by a format of the whole value, not by calling it a sample."""
    token = github(30)
    for number, (pattern, keyword, sample) in enumerate(
        [
            ("ghp_[0-9A-Za-z]{36}", "ghp_", "ghp_{an:36}"),
            (f"{token[:6]}[0-9A-Za-z]{{34}}", token[:6], token[:6] + "{an:34}"),
            (f"token {token[:5]}[0-9A-Za-z]{{35}}", f"token {token[:5]}", f"token {token[:5]}" + "{an:35}"),
        ]
    ):
        shape = {**ACME["formats"][0], "pattern": pattern, "keywords": [keyword], "sample": sample}
        shape["length"] = {"min": 40, "max": 60}
        rule = {**ACME, "id": "mine", "severity": "low", "formats": [shape], "env_names": ["GITHUB_TOKEN"]}
        rule["not_secret"] = [pattern]
        folder = home / f"r{number}"
        folder.mkdir()
        put(folder, rule)
        done = start("rules", "check", str(folder))  # the sample is found as GitHub's: told, and refused
        assert done.returncode == 1
        assert start("scan", "--rules", str(folder)).returncode == 2


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (changed("severity", value="dreadful"), "/severity: must be one of critical, high, medium, low"),
        (changed("surprise", value=1), "/: unknown key surprise; known are id, name"),
        (changed("sources", value=None), "/: lacks sources"),
        (changed("sources", value=[]), "/sources: too small, at least 1"),
        (changed("name", value=7), "/name: must be of type string"),
        (changed("rotate_url", value="http://acme.example"), "/rotate_url: must fit ^https://"),
        (changed("env_names", value=["A", "A"]), "/env_names: the same twice"),
        (changed("id", value="other"), "/id: is 'other', the file name says"),
        (changed("formats", 0, "pattern", value="acmed_([0-9a-z]{32})"), "/formats/0/pattern: has 1 capture groups"),
        (changed("formats", 0, "pattern", value="(?=acmed_).{38}"), "/formats/0/pattern: uses look-around"),
        (changed("formats", 0, "pattern", value="acmed_["), "/formats/0/pattern: does not compile: u"),
        (changed("formats", 0, "pattern", value="acmed_a{9999999999999}"), "/formats/0/pattern: does not compile: the"),
        (changed("formats", 0, "pattern", value="acmed_(?:[a-z]+)*!"), "/formats/0/pattern: an open-ended repeat"),
        (changed("formats", 0, "pattern", value="acmed_(?:a|a)*b"), "/formats/0/pattern: a repeated group"),
        (changed("formats", 0, "pattern", value="acmed_[a-z]+[a-z0-9]+"), "/formats/0/pattern: neighbouring repeats"),
        (changed("not_secret", value=["(?:x+)+"]), "/not_secret/0: an open-ended repeat"),
        (changed("formats", 0, "keywords", value=["deploy_"]), "/formats/0: keywords: a match may hold none"),
        (changed("formats", 0, "sample", value="acmed_{ld:31}"), "/formats/0: sample: does not match"),
        (changed("formats", 0, "sample", value="acmed_{ld:99999999}"), "/formats/0: sample: a template asks for more"),
        (changed("formats", 0, "length", value={"min": 50}), "/formats/0: length: a sample has 38"),
        (changed("formats", 0, "boundary", value="x]y[z"), "/formats/0: boundary"),
        (changed("formats", 0, "boundary", value="z-a"), "/formats/0: boundary: not what"),
        (changed("examples", "rejects", value=[["acmed_", TOKEN[6:]]]), "/examples/rejects/0: is found as this rule"),
        (changed("examples", "matches", value=[["acmed_", "short"]]), "/examples/matches/0: is not found"),
        (changed("uri_schemes", value=["postgres"]), "/uri_schemes: postgres belongs to uri-postgres already"),
        (changed("id", value="generic-thing"), "/id: "),
        ("- just\n- a list\n", "/: must be of type object"),
        ("id: [\n", "/: not valid YAML at line 2, column 1"),
        ("a: &x [1]\nb: *x\n", "/: uses a YAML alias"),
        ("", "/: must be of type object"),
        ("\x00", "/: not valid YAML"),
        ("x" * 300_000, "/: larger than 256 KiB"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_every_fault_is_told(start: Program, home: Path, rules: Path, rule: Any, fault: str) -> None:
    config(home, TOKEN)
    put(rules, rule, "acme-deploy.yaml")
    done = start("rules", "check", "our-rules")
    assert done.returncode == 1
    assert f"our-rules/acme-deploy.yaml: {fault}" in " ".join(done.stdout.split())
    scanned = start("scan", "--rules", "our-rules")
    assert scanned.returncode == 2
    assert fault in scanned.stderr
    assert scanned.stdout == ""
    assert "Traceback" not in done.stderr + scanned.stderr


def test_all_faults_of_all_files_at_once(start: Program, rules: Path) -> None:
    put(rules, changed("severity", value="x", id="one"))
    put(rules, changed("formats", 0, "pattern", value="acmed_[", id="two"))
    put(rules, changed("id", value="github-oauth"), "github-oauth.yaml")
    done = start("scan", "--rules", "our-rules")
    assert done.returncode == 2
    for text in ("one.yaml: /severity", "two.yaml: /formats/0/pattern", "cannot replace one", "3 faults"):
        assert text in done.stderr


def test_two_folders_with_one_id(start: Program, home: Path, rules: Path) -> None:
    (home / "second").mkdir()
    put(home / "second", ACME)
    done = start("scan", "--rules", "our-rules", "--rules", "second")
    assert done.returncode == 2
    assert "is in our-rules/acme-deploy.yaml already" in done.stderr
    assert start("scan", "--rules", "our-rules", "--rules", str(rules)).returncode == 0  # one folder, named twice


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scan", "--rules", "nosuch"], "no such file or folder: nosuch"),
        (["scan", "--rules", "empty"], "no rule files in empty"),
        (["rules", "check", "nosuch"], "no such file or folder: nosuch"),
        (["rules", "check", "empty"], "no rule files in empty"),
        (["rules", "show", "github"], "Perhaps github-"),
        (["rules", "show", "acme-deploy"], "no such rule"),
        (["rules"], "Usage"),
    ],
    ids=" ".join,
)
def test_usage(start: Program, home: Path, words: list[str], said: str) -> None:
    (home / "empty").mkdir()
    done = start(*words)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_is_no_rule_file_is_not_quoted(start: Program, home: Path) -> None:
    """Somebody names the wrong folder: a host's configuration, with keys in it."""
    secret = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
    folder = home / "goose"
    folder.mkdir()
    for number, text in enumerate(
        [
            f"extensions:\n  x:\n    envs:\n      A_TOKEN: {secret}\n",
            f"id: {secret}\nname: {secret}\nseverity: {secret}\nsources: {secret}\n",
            f"{secret}: 1\n",
            f"x: [{secret}\n",
            f"x: {secret}: {secret}\n",
            f"x: !{secret} 1\n",
            f"x: *{secret}\n",
            f"'{secret} {secret}': 1\n",
            yaml.safe_dump(changed("formats", 0, "sample", value=secret)),
            yaml.safe_dump(changed("jwt_claims", value={"secret": {secret: 3}})),
        ]
    ):
        (folder / f"a{number}.yaml").write_text(text)
    for words in (("rules", "check", "goose"), ("scan", "--rules", "goose")):
        done = start(*words)
        assert done.returncode in (1, 2)
        assert secret not in done.stdout + done.stderr
        assert (done.stdout + done.stderr).count(".yaml: /") >= 10


def test_odd_files(start: Program, home: Path, rules: Path) -> None:
    os.mkfifo(rules / "fifo.yaml")
    (rules / "folder.yaml").mkdir()
    (rules / "notes.txt").write_text("not a rule")
    done = start("rules", "check", "our-rules")
    assert done.returncode == 1
    assert "fifo.yaml: /: not a file" in done.stdout
    assert "folder.yaml: /: not a file" in done.stdout
    assert "notes" not in done.stdout


def test_check_says_what_is_sound(start: Program, rules: Path) -> None:
    done = start("rules", "check", "our-rules")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["1 rule file, no fault", "next: unsprawl scan --rules our-rules"]
    (rules / "acme-deploy.yaml").rename(rules / "acme-deploy.yml")
    assert start("rules", "check", "our-rules/acme-deploy.yml").returncode == 0


def test_the_bundled_rules_are_sound(start: Program) -> None:
    done = start("rules", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no fault" in done.stdout


def test_list(start: Program, rules: Path) -> None:
    document = checked(start("rules", "list", "--format", "json").stdout, "scan", "envelope")
    assert document["command"] == "rules"
    assert document["stats"]["rules"] == len(document["rules"]) > 80
    by_id = {rule["id"]: rule for rule in document["rules"]}
    assert by_id["github-pat-classic"]["recognised_by"][:2] == ["checksum", "format"]
    assert "URI" in by_id["uri-postgres"]["recognised_by"]
    (one,) = json.loads(start("rules", "list", "ACME", "deploy", "--rules", "our-rules", "--format", "json").stdout)[
        "rules"
    ]
    assert one["id"] == "acme-deploy"
    for words in (["github"], ["api.github.com"], ["GITHUB_TOKEN"]):
        done = start("rules", "list", *words)
        assert done.returncode == 0
        assert "github-pat-classic" in done.stdout
        assert "slack-bot" not in done.stdout
    assert start("rules", "list", "no such thing").stdout.startswith("no rule has these words;")


def test_every_rule_can_be_shown(start: Program, rules: Path) -> None:
    ids = [rule["id"] for rule in json.loads(start("rules", "list", "--format", "json").stdout)["rules"]]
    for rule_id in [*ids[::12], "jwt", "uri-postgres", "db-password", "aws-access-key"]:
        done = start("rules", "show", rule_id)
        assert (done.returncode, done.stderr) == (0, ""), rule_id
        assert done.stdout.startswith(f"{rule_id}  ")
        assert "sources" in done.stdout
    assert "No rule file" in start("rules", "show", "generic-secret").stdout


def test_show(start: Program, rules: Path) -> None:
    shown = start("rules", "show", "acme-deploy", "--rules", "our-rules").stdout
    assert shown.splitlines() == [
        "acme-deploy  Acme deploy token  high",
        "  vendor     Acme",
        "  format     acmed_[0-9a-z]{32}",
        '             "acmed_", then 32 small letters or digits',
        "             names the vendor by itself",
        "  variables  ACME_DEPLOY_TOKEN",
        "  replace at https://deploy.acme.example/tokens",
        "  known      docs-read: read in the vendor's documentation",
        "  sources    our own documentation",
    ]
    document = json.loads(start("rules", "show", "acme-deploy", "--rules", "our-rules", "--format", "json").stdout)
    (rule,) = document["rules"]
    assert rule["formats"][0]["description"] == '"acmed_", then 32 small letters or digits'
    assert rule["confidence"] == "docs-read"


def test_only_own_rules_pay_for_their_checking(home: Path, rules: Path) -> None:
    config(home, TOKEN)
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(SOURCE)}
    for words, pays in (([], False), (["--rules", str(rules)], True)):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "unsprawl", "scan", *words],
            env=environ, cwd=home, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (" jsonschema\n" in done.stderr) == pays
        assert ("unsprawl.rules.reading" in done.stderr) == pays


DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_examples_in_the_documentation_are_sound(start: Program, home: Path) -> None:
    folder = home / "shown"
    folder.mkdir()
    shown = re.findall(r"<!-- example: (\S+) -->\n\n```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    for name, text in shown:
        (folder / name).write_text(text)
    assert len(shown) == 3
    done = start("rules", "check", "shown")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "3 rule files, no fault")


def test_the_documentation_knows_every_alphabet() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in ALPHABETS if f"{{{name}" not in text and not name.lower().startswith("b32")] == []


CHECK: dict[str, Any] = {
    "url": "https://ci.acme.example/me",
    "headers": {"Authorization": "Bearer {token}"},
    "evidence": "docs-read",
    "answers": [{"status": 200, "means": "live"}, {"status": 401, "means": "invalid"}],
    "tells": {"scopes": "/scopes"},
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"check": CHECK}, ""),
        ({"check": CHECK, "reach": {"like": "gitlab-pat"}}, ""),
        (
            {"check": CHECK, "reach": {"like": "github-oauth"}},
            "/reach/like: 'github-oauth' is no rule that says itself",
        ),
        ({"check": CHECK, "reach": {"like": "nobody"}}, "/reach/like: 'nobody' is no rule that says itself"),
        ({"check": {**CHECK, "tels": {}}}, "/check: unknown key tels (did you mean tells?); known are evidence"),
        (
            {"check": {**CHECK, "answers": [{"status": 200, "means": "alive"}, {"status": 401, "means": "invalid"}]}},
            "/check/answers/0/means: must be one",
        ),
        (
            {"check": {**CHECK, "examples": [{"status": 401, "means": "live"}]}},
            "/check/examples/0/means: by `answers` it means invalid",
        ),
    ],
)
def test_checks_of_own_rules(more: dict[str, Any], expected: str, start: Program, rules: Path) -> None:
    put(rules, {**ACME, **more})
    done = start("rules", "check", "our-rules")
    assert done.returncode == (1 if expected else 0), done.stdout
    assert expected in " ".join(done.stdout.split())


def test_what_scopes_come_to_is_shown(start: Program) -> None:
    text = " ".join(start("rules", "show", "gitlab-pat").stdout.split())
    assert "sudo, admin_mode: read, write, admin (critical)" in text
    assert "told as for github-pat-classic" in start("rules", "show", "github-oauth").stdout
    assert "(recalled: never less severe than the kind)" in " ".join(start("rules", "show", "tavily").stdout.split())
