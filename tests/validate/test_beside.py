"""Values that stand beside a credential and go with it: wherever the entry has them, and which where it has several."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.servers.sites import Asked, Reply, document
from tests.validate.bed import ALL, Vendors, question, refused, registries, rule_file, sample, vendors
from unsprawl.rules.samples import expand
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import run_scan
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.scanner.validate import patience
from unsprawl.scanner.validate.questions import Questions, questions
from unsprawl.scanner.validate.told import Gathering

TWILIO, STS, ATLASSIAN = "api.twilio.com", "sts.us-east-1.amazonaws.com", "acme.atlassian.net"


def made(template: str, seed: object = 0) -> str:
    return expand(template, Random(f"{template}{seed}"))


def token(rule: str, number: int = 0, seed: int = 0) -> str:
    return sample(rule_file(rule)["formats"][number], Random(f"{rule}{seed}"))


KINDS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "aws": ("AWS_SECRET_ACCESS_KEY", made("{b:40}"), {"AWS_ACCESS_KEY_ID": "AKIA" + "Y34FZKBOKMUTVV7A"}, STS),
    "twilio": ("TWILIO_AUTH_TOKEN", made("{h:32}"), {"TWILIO_ACCOUNT_SID": made("AC{h:32}")}, TWILIO),
    "datadog": ("DD_APP_KEY", made("ddap_{an:34}"), {"DD_API_KEY": made("{h:32}", 1)}, "api.datadoghq.com"),
    "atlassian": (
        "JIRA_API_TOKEN",
        token("atlassian-api-token"),
        {"JIRA_USERNAME": "ada@acme.example", "JIRA_URL": "https://acme.atlassian.net"},
        ATLASSIAN,
    ),
    "shopify": ("SHOPIFY_ACCESS_TOKEN", token("shopify"), {"SHOPIFY_STORE": "acme"}, "acme.myshopify.com"),
    "trello": ("TRELLO_TOKEN", token("trello-token"), {"TRELLO_API_KEY": made("{h:32}", 2)}, "api.trello.com"),
    "cloudinary": (
        "CLOUDINARY_API_SECRET",
        token("cloudinary"),
        {"CLOUDINARY_API_KEY": made("{d:15}"), "CLOUDINARY_CLOUD_NAME": "acme"},
        "api.cloudinary.com",
    ),
}
"""(variable, secret, what goes with it, who is asked)"""


def flag(name: str) -> str:
    return "--" + name.lower().replace("_", "-")


def header(name: str) -> str:
    return "X-" + name.title().replace("_", "-")


def query(values: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode({name.lower(): text for name, text in values.items()})


def entries(shape: str, values: dict[str, str], home: Path) -> dict[str, Any]:
    """An entry that holds these values in that shape."""
    remote = "https://mcp.corp.example/mcp"
    file = home / "settings.env"
    lines = "".join(f"{name}={text}\n" for name, text in values.items())
    match shape:
        case "variables":
            return {"command": "x", "env": values}
        case "arguments":
            return {"command": "x", "args": [word for name, text in values.items() for word in (flag(name), text)]}
        case "arguments with =":
            return {"command": "x", "args": [f"{flag(name)}={text}" for name, text in values.items()]}
        case "docker":
            words = [word for name, text in values.items() for word in ("-e", f"{name}={text}")]
            return {"command": "docker", "args": ["run", "-i", *words, "acme/server"]}
        case "headers":
            return {"url": remote, "headers": {header(name): text for name, text in values.items()}}
        case "address":
            return {"url": f"{remote}?{query(values)}"}
        case "header and address":
            (first, text), *rest = values.items()
            return {"url": f"{remote}?{query(dict(rest))}", "headers": {header(first): text}}
        case "a named file":
            file.write_text(lines)
            return {"command": "x", "envFile": str(file)}
        case "a file on the command line":
            file.write_text(lines)
            return {"command": "docker", "args": ["run", "--env-file", str(file), "acme/server"]}
        case "half in a named file":
            (first, text), *rest = values.items()
            file.write_text(f"{first}={text}\n")
            return {"command": "x", "envFile": str(file), "env": dict(rest)}
        case "the other half in a named file":
            (first, text), *rest = values.items()
            file.write_text("".join(f"{name}={held}\n" for name, held in rest))
            return {"command": "x", "envFile": str(file), "env": {first: text}}
    raise AssertionError(shape)


SHAPES = [
    "variables", "arguments", "arguments with =", "docker", "headers", "address", "header and address", "a named file",
    "a file on the command line", "half in a named file",
    "the other half in a named file",
]  # fmt: skip


def asked(home: Path, entry: dict[str, Any], *paths: str) -> Questions:
    """What would be asked after a scan of that home, in which one entry stands."""
    (home / ".cursor").mkdir(exist_ok=True)
    (home / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": {"x": entry}}))
    gathering = Gathering()
    around = Surroundings(str(home), str(home), {}, "linux")
    found = run_scan(ScanOptions(paths), around, gathering.examined)
    return questions(found.findings, gathering.of, ALL, registries)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_in_every_shape(kind: str, shape: str, home: Path) -> None:
    variable, secret, beside, host = KINDS[kind]
    found = asked(home, entries(shape, {variable: secret, **beside}, home))
    mine = [each for each in found.asked if secret in dict(each.attempts[0].texts).values()]
    assert [each.host for each in mine] == [host], found.unasked
    sent = {*mine[0].attempts[0].texts.values(), mine[0].attempts[0].server.host}
    for text in beside.values():
        assert text in sent or f"{text}.myshopify.com" in sent or text == f"https://{host}"


@pytest.mark.parametrize("kind", ["aws", "twilio", "datadog", "atlassian"])
def test_in_a_file_that_nobody_names(kind: str, home: Path) -> None:
    """A `.env` beside the configuration has the whole of it."""
    variable, secret, beside, host = KINDS[kind]
    project = home / "project"
    project.mkdir()
    (project / ".env").write_text("".join(f"{name}={text}\n" for name, text in {variable: secret, **beside}.items()))
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"y": {"command": "x", "env": {variable: secret}}}}))
    found = asked(home, {"command": "x"}, str(project))
    assert {each.host for each in found.asked} == {host}
    assert secret in {text for each in found.asked for text in each.attempts[0].texts.values()}


# --- which, where there are several


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), [TWILIO, STS, ATLASSIAN, "api.atlassian.com"]) as found:
        yield found


@pytest.fixture
def bed(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> Vendors:
    found, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    monkeypatch.setattr(patience, "BACK_OFF_S", 0.001)
    found.asked.clear()
    return found


SIDS = [made("AC{h:32}", seed) for seed in range(6)]
AUTH = made("{h:32}")


def accounts(right: str) -> Any:
    def answer(asked: Asked) -> Reply:
        return document({"friendly_name": "Acme"}) if right in asked.path else document({"code": 20003}, 401)

    return answer


@pytest.mark.parametrize(
    ("pairs", "right", "state", "requests"),
    [
        ([("TWILIO_ACCOUNT_SID", 0)], 0, "live", 1),
        ([("TWILIO_ACCOUNT_SID", 0), ("TWILIO_ACCOUNT_SID", 0)], 0, "live", 1),
        ([("MAIN_TWILIO_SID", 0), ("SUB_TWILIO_SID", 1)], 1, "live", 2),
        ([("TWILIO_ACCOUNT_SID", 0), ("OTHER_SID", 1)], 0, "live", 1),
        ([("", 0), ("", 1)], 1, "live", 2),
        ([("A_SID", 0), ("B_SID", 1)], 5, "invalid", 2),
    ],
)
def test_one_after_the_other(pairs: list[tuple[str, int]], right: int, state: str, requests: int, bed: Vendors) -> None:
    """Of two accounts one is meant: a refusal for the first says nothing of the second."""
    bed.answer = accounts(SIDS[right])
    told = tuple((name, SIDS[number]) for name, number in pairs)
    assert bed.verdict(question("twilio-auth-token", AUTH, told)).state == state
    assert len(bed.asked) == requests


def test_too_many_are_not_tried() -> None:
    told = tuple((f"SID{number}", sid) for number, sid in enumerate(SIDS))
    why = refused("twilio-auth-token", AUTH, told)
    assert why.reason == "TWILIO_ACCOUNT_SID belongs to it, and the entry has too many that could be it"


def test_two_pairs_in_one_entry(home: Path) -> None:
    """The names say which half belongs to which, and each half gets the verdict of its own pair."""
    pairs = {
        "STAGE_AWS_ACCESS_KEY_ID": "AKIA" + "Y34FZKBOKMUTVV7A",
        "PROD_AWS_ACCESS_KEY_ID": "AKIA" + "Y34FZKBOPQRSTU2B",
        "PROD_AWS_SECRET_ACCESS_KEY": made("{b:40}", "prod"),
        "STAGE_AWS_SECRET_ACCESS_KEY": made("{b:40}", "stage"),
    }
    found = asked(home, {"command": "x", "env": pairs})
    first = [{*each.attempts[0].texts.values()} for each in found.asked]
    wanted = [
        {pairs[f"{name}_AWS_ACCESS_KEY_ID"], pairs[f"{name}_AWS_SECRET_ACCESS_KEY"]} for name in ("STAGE", "PROD")
    ]
    assert sorted(map(sorted, first)) == sorted(map(sorted, wanted))
    for name in ("STAGE", "PROD"):
        numbers = {
            number for secret, number in found.of.items()
            if secret.reveal() in {pairs[f"{name}_AWS_ACCESS_KEY_ID"], pairs[f"{name}_AWS_SECRET_ACCESS_KEY"]}
        }  # fmt: skip
        assert len(numbers) == 1
    assert found.unasked == {}


def test_two_people_of_one_site(bed: Vendors) -> None:
    """The variable that is named as the token is comes first."""

    def answer(asked: Asked) -> Reply:
        return document({"emailAddress": "ada@acme.example"})

    bed.answer = answer
    told = (
        ("CONFLUENCE_USERNAME", "bo@acme.example"), ("JIRA_USERNAME", "ada@acme.example"),
        ("JIRA_URL", "https://acme.atlassian.net"),
    )  # fmt: skip
    one = question("atlassian-api-token", token("atlassian-api-token"), told)
    assert {dict(attempt.texts)["email"] for attempt in one.attempts} == {"ada@acme.example", "bo@acme.example"}
    assert bed.verdict(one).state == "live"
