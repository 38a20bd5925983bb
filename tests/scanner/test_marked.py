"""Placeholders of the wire proxy are never reported, and nothing else is taken for one."""

from __future__ import annotations

import json
import secrets
import string
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest

from unsprawl.broker.wire.placeholder import placeholder_for
from unsprawl.rules import build
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner.detect import judge
from unsprawl.scanner.marked import MARKS, marked
from unsprawl.scanner.model import Context, Literal, Placeholder, SlotKind
from unsprawl.scanner.rule_examples import NEUTRAL, own_context
from unsprawl.scanner.secret import Secret

RULES = [rule for rule in build.read_all()[0] if rule.get("formats")]
WHEREVER = (
    NEUTRAL,
    Context(SlotKind.ENV, "API_KEY"),
    Context(SlotKind.ENV, "DB_PASSWORD"),
    Context(SlotKind.HEADER, "Authorization", host="api.vendor.test"),
    Context(SlotKind.ARG, "--token"),
    Context(SlotKind.ARG, ""),
)
AROUND = (
    "{}",
    "Bearer {}",
    "token={}",
    '{{"api_key": "{}"}}',
    "https://api.vendor.test/v1?api_key={}&page=2",
    "https://user:{}@api.vendor.test/v1",
    "https://mcp.zapier.com/api/mcp/s/{}/mcp",
    "postgres://admin:{}@db.vendor.test/prod",
    "my key is {}, says the server",
    "export OPENAI_API_KEY={} && npx -y server",
    "Authorization: token {}",
)

NOT_THERE = {("aws-bedrock-api-key", "="), ("google-service-account", "="), ("jwt", "mcp.zapier.com")}
"""Where no such key stands: the beginning that all have looks random to the left of `=`, or is what another format ends
with."""


def samples(rule: dict[str, Any]) -> list[str]:
    random = Random(rule["id"])
    values = [expand(each["sample"], random, checksum_of(each)) for each in rule["formats"]]
    values += [expand(each, random) for each in rule["examples"].get("samples", ())]
    return [value for value in values if "\n" not in value]


def reported(text: str, context: Context) -> bool:
    return isinstance(judge(text, context), Literal)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_no_rule_reports_a_placeholder_of_its_own_keys(rule: dict[str, Any]) -> None:
    for value in samples(rule):
        made = placeholder_for(Secret(value))
        for context in (own_context(rule), *WHEREVER):
            assert judge(made, context) == Placeholder("a placeholder of the wire proxy")
            for around in AROUND:
                if "/" in made and "://" in around:
                    continue  # as it is it cannot stand there
                if any(rule["id"] == name and sign in around for name, sign in NOT_THERE):
                    continue
                assert not reported(around.format(made), context), around
            for login in (f"user:{made}", f"{made}:"):
                credentials = b64encode(login.encode()).decode()
                assert not reported(f"Basic {credentials}", context._replace(kind=SlotKind.HEADER)), login


CONTEXT = Context(SlotKind.ENV, "API_KEY")


def other(char: str) -> str:
    """Another character of the same kind."""
    kinds = (string.digits, "abcdef", string.ascii_lowercase, string.ascii_uppercase)
    kind = next(kind for kind in kinds if char in kind)
    return kind[(kind.index(char) + 1) % len(kind)]


@pytest.mark.parametrize("template", ["{an:32}", "{h:32}", "{h:40}", "{Ud:32}", "{uuid}", "sk-proj-{an:60}"])
def test_a_placeholder_with_one_other_character_is_reported(template: str) -> None:
    """So is every key of a vendor that holds the mark, or a part of it, and was not made by us."""
    made = placeholder_for(Secret(expand(template, Random(template))))
    context = Context(SlotKind.ENV, "HEROKU_API_KEY") if template == "{uuid}" else CONTEXT
    ((start, end),) = marked(made)
    assert not reported(made, context)
    for at in range(start, end):
        if made[at] == "-" or (template == "{uuid}" and at in (14, 19)):
            continue
        changed = made[:at] + other(made[at]) + made[at + 1 :]
        assert not marked(changed), at
        assert reported(changed, context), at


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.text)
def test_a_key_that_holds_a_mark_by_chance_is_reported(mark: Any) -> None:
    random, alphabet = Random(mark.text), mark.letters if mark.uuid else string.ascii_letters + string.digits
    for _ in range(500):
        before, behind = ("".join(random.choices(alphabet + "abcdef", k=count)) for count in (7, 25))
        assert not marked(before + mark.text + behind)
        assert reported(before + mark.text + behind, CONTEXT)


@pytest.mark.parametrize(
    "spell",
    [str.upper, str.swapcase, lambda text: text[:-1], lambda text: text + "x", lambda text: text[::-1]],
    ids=["upper", "swapped", "cut", "longer", "backwards"],
)
def test_what_is_not_exactly_a_placeholder_is_none(spell: Any) -> None:
    made = placeholder_for(Secret(expand("ghp_{an:36}", Random(3))))
    assert not marked(spell(made))


@pytest.mark.parametrize("joint", ["", "-", "_", " ", ":", ",", ".", "/", "&b="])
def test_a_key_beside_a_placeholder_is_reported(joint: str) -> None:
    made = placeholder_for(Secret(expand("{an:40}", Random(7))))
    key = expand("{an:40}", Random(8))
    assert reported(key + joint + made, CONTEXT)
    assert reported(made + joint + key, CONTEXT)


def test_a_password_in_another_part_than_the_placeholder_is_reported() -> None:
    made = placeholder_for(Secret(expand("{an:40}", Random(9))))
    password = "".join(("Tr0ub4", "dor&3x"))
    assert reported(f"Server=db.vendor.test;User Id=sa;Password={password};Token={made}", CONTEXT)
    assert reported(json.dumps({"token": made, "password": password}), CONTEXT)


def test_a_token_that_is_not_signed_is_reported_when_its_own_signature_is_there() -> None:
    parts = [b64encode(text).decode().rstrip("=") for text in (b'{"alg":"RS256"}', b'{"iss":"me"}')]
    value = ".".join((*parts, expand("{an:86}", Random(10))))
    made = placeholder_for(Secret(value))
    assert made.startswith(".".join(parts))
    for context in (NEUTRAL, CONTEXT, Context(SlotKind.HEADER, "Authorization")):
        assert reported(value, context)
        assert reported(f"Bearer {value}", context)
        assert not reported(made, context)
        assert not reported(f"Bearer {made}", context)


def test_texts_full_of_marks_take_no_time() -> None:
    for text in ("unsprawl" * 2000, "unsprawl-" * 2000, "86777295" * 2000, "UNSPRAWL" + "A" * 16000):
        assert not marked(text)


def test_random_keys_are_no_placeholders() -> None:
    alphabets = (string.digits, string.hexdigits[:16], string.ascii_letters + string.digits)
    for alphabet in alphabets:
        assert not any(marked("".join(secrets.choice(alphabet) for _ in range(64))) for _ in range(2000))


def test_a_scan_says_nothing_of_placeholders_in_files(tmp_path: Path) -> None:
    """As a server leaves them when it writes down the key that it was started with."""
    kinds = ("ghp_{an:30}", "sk-ant-api03-{w:93}AA", "{h:32}", "{uuid}", "xoxb-{d:12}-{d:13}-{an:24}")
    keys = [expand(kind, Random(kind)) for kind in kinds]
    assert scanned(tmp_path / "with", keys)
    assert scanned(tmp_path / "without", [placeholder_for(Secret(key)) for key in keys]) == []


def scanned(folder: Path, made: list[str]) -> list[Any]:
    entry = {"command": "npx", "args": ["-y", "x", f"--token={made[0]}"], "env": {"OPENAI_API_KEY": made[1]}}
    remote = {"url": f"https://mcp.vendor.test/?api_key={made[2]}", "headers": {"Authorization": f"Bearer {made[4]}"}}
    folder.mkdir()
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": {"a": entry, "b": remote}}))
    (folder / ".env").write_text("".join(f"SERVICE_{n}_API_KEY={text}\n" for n, text in enumerate(made)))
    (folder / "README.md").write_text("".join(f"Use `{text}` as the key.\n" for text in made))
    done = subprocess.run(
        [sys.executable, "-m", "unsprawl", "scan", "--format", "json", str(folder)], capture_output=True, check=False
    )
    findings: list[Any] = json.loads(done.stdout)["findings"]
    assert done.returncode == (1 if findings else 0), done.stderr
    return findings
