"""`scan --validate` as a real process, from files to reports: who is shown, who is asked, what is told."""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.program import Program, git, program
from tests.cli.terminal import Terminal
from tests.report.test_contract import checked
from tests.servers.sites import Asked, Reply, document, redirect
from tests.validate.bed import Vendors, rule_file, sample, sent, vendors
from unsprawl.scanner.report.formats import FORMATS

OWN, LINEAR = "grafana.corp.example", "api.linear.app"
HOSTS = ("api.github.com", "slack.com", "api.tavily.com", "sts.us-east-1.amazonaws.com", "kagi.com", OWN)
ARN = "arn:aws:iam::609629065308:user/ci"
ACCOUNT = {"GetCallerIdentityResponse": {"GetCallerIdentityResult": {"Account": "609629065308", "Arn": ARN}}}
BODY = "-".join(["words", "that", "only", "a", "body", "has"])
LOUD = """
import logging
logging.basicConfig(level=1)
for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "httpcore.proxy", "asyncio"):
    logging.getLogger(name).setLevel(1)
"""
"""As somebody does who wants to see everything."""


def key(rule: str, number: int = 0, seed: int = 0) -> str:
    return sample(rule_file(rule)["formats"][number], Random(f"{rule}{seed}"))


GITHUB, SLACK, TAVILY, GRAFANA, KAGI = map(key, ("github-pat-classic", "slack-bot", "tavily", "grafana-sa", "kagi"))
DEAD = key("github-pat-classic", seed=1)
AWS, AWS_ID = key("aws-access-key", 1), "AKIA" + "Y34FZKBOKMUTVV7A"
SECRETS = (GITHUB, SLACK, TAVILY, GRAFANA, KAGI, DEAD, AWS)
SERVERS = {
    "github": {"command": "npx", "args": ["server-github"], "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": GITHUB}},
    "old": {"command": "npx", "args": ["server-github"], "env": {"GITHUB_TOKEN": DEAD}},
    "slack": {"command": "npx", "args": ["slack-mcp", "--token", SLACK]},
    "tavily": {"url": f"https://mcp.tavily.com/mcp/?tavilyApiKey={TAVILY}"},
    "grafana": {"command": "mcp-grafana", "env": {"GRAFANA_URL": f"https://{OWN}/", "GRAFANA_API_KEY": GRAFANA}},
    "aws": {"command": "uvx", "env": {"AWS_ACCESS_KEY_ID": AWS_ID, "AWS_SECRET_ACCESS_KEY": AWS}},
    "kagi": {"command": "uvx", "env": {"KAGI_API_KEY": KAGI}},
    "db": {"command": "x", "env": {"DATABASE_URL": "postgres://app:" + "hWq82kkDmz7" + "@db.corp.example/app"}},
}


def answer(asked: Asked) -> Reply:
    text = sent(asked)
    match asked.headers["host"]:
        case "api.github.com" if DEAD in text:
            return document({"message": "Bad credentials"}, 401)
        case "api.github.com":
            headers = (("X-OAuth-Scopes", "repo, read:org"), ("GitHub-Authentication-Token-Expiration", "2027-03-01"))
            return Reply(
                200,
                (*headers, ("Content-Type", "application/json")),
                json.dumps({"login": "octocat", "bio": BODY}).encode(),
            )
        case "slack.com":
            return document({"ok": False, "error": "token_revoked", "warning": BODY})
        case "sts.us-east-1.amazonaws.com":
            return document(ACCOUNT)
        case "api.tavily.com":
            return redirect("https://evil.example/")
    return document({"name": "Main Org.", "address": BODY})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str, Path]]:
    folder = tmp_path_factory.mktemp("vendors")
    with vendors(folder, (*HOSTS, LINEAR)) as (made, way):
        yield made, way, folder / "root.pem"


@pytest.fixture
def bed(running: tuple[Vendors, str, Path]) -> Vendors:
    made = running[0]
    made.answer = answer
    made.asked.clear()
    made.ways.clear()
    return made


@pytest.fixture
def start(bed: Vendors, running: tuple[Vendors, str, Path], home: Path, tmp_path: Path) -> Program:
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": SERVERS}, indent=1))
    (home / ".cursor" / "mcp.json").chmod(0o600)
    _, way, root = running
    made = program(home, tmp_path / "bin", extra=LOUD, columns=100)
    made.environ.update({"HTTPS_PROXY": way, "SSL_CERT_FILE": str(root)})
    return made


def told(done_stdout: str) -> dict[str, Any]:
    """The verdicts by the name of the slot."""
    whole = checked(done_stdout, "scan")
    return {finding["slot"]["key"] or finding["entry"]: finding["verdict"] for finding in whole["findings"]}


def test_the_whole_of_it(start: Program, bed: Vendors) -> None:
    done = start("scan", "--validate", "--yes", "--format", "json")
    assert done.returncode == 1
    found = told(done.stdout)
    states = {name: verdict["state"] if verdict else None for name, verdict in found.items()}
    assert states == {
        "GITHUB_PERSONAL_ACCESS_TOKEN": "live",
        "GITHUB_TOKEN": "invalid",
        "token": "revoked",
        "tavilyApiKey": "unknown",
        "GRAFANA_API_KEY": "unknown",
        "AWS_ACCESS_KEY_ID": "live",
        "AWS_SECRET_ACCESS_KEY": "live",
        "KAGI_API_KEY": "unknown",
        "DATABASE_URL": None,
    }
    live = found["GITHUB_PERSONAL_ACCESS_TOKEN"]
    assert live["account"] == {"login": "octocat", "name": None}
    assert live["reach"] == {
        "scopes": ["repo", "read:org"],
        "expires": "2027-03-01",
        "last_used": None,
        "resources": [],
        "rights": ["read", "write", "admin"],
        "severity": "critical",
        "unclear": [],
        "roles": [],
    }
    assert live["host"] == "api.github.com"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", live["checked_at"])
    assert found["AWS_ACCESS_KEY_ID"] == {**found["AWS_SECRET_ACCESS_KEY"]}
    assert found["AWS_SECRET_ACCESS_KEY"]["account"] == {
        "login": "arn:aws:iam::609629065308:user/ci",
        "name": "609629065308",
    }
    assert "redirects" in found["tavilyApiKey"]["reason"]
    assert found["GRAFANA_API_KEY"]["checked_at"] is None
    asked = [asked for asked in bed.asked if not asked.path.startswith("/user/")]
    assert len(asked) == 5  # each secret once, the pair as one
    assert not any("evil" in way or OWN in way for way in bed.ways)
    assert "5 secrets will be sent, each to its own vendor alone:" in done.stderr
    assert "--allow-host grafana.corp.example" in done.stderr
    assert "connecting to https://api.github.com through the proxy" in done.stderr


@pytest.mark.parametrize("output", list(FORMATS))
def test_every_format_has_it_and_no_secret(output: str, start: Program, home: Path) -> None:
    words = ("scan", "--validate", "--yes", "--costly", "--experimental", "--allow-host", OWN, "--format", output)
    done = start(*words, "--verbose")
    whole = done.stdout + done.stderr
    assert done.returncode == 1
    for secret in (*SECRETS, BODY):
        assert secret not in whole
    for path in home.rglob("*"):
        assert not path.is_file() or BODY.encode() not in path.read_bytes()
    wanted = {
        "terminal": [
            "live: octocat; critical: read, write, admin; may repo, read:org; until",
            "revoked",
            "not valid",
            "their vendors say:",
        ],
        "csv": [",live,octocat,,repo read:org,2027-03-01,", ",revoked,", ",read write admin,critical,"],
        "sarif": ["Its vendor says: live.", '"verdict": "live"'],
        "github": ["Its vendor says: live."],
        "gitlab": ["Its vendor says: not valid"],
    }.get(output, ['"state":"live"', '"login":"octocat"'])
    shown = done.stdout if output != "json" else done.stdout.replace('": "', '":"')
    for text in wanted:
        assert text in shown, text
    if output in ("sarif", "github", "gitlab"):  # such reports are published
        assert "octocat" not in done.stdout


def test_costs_and_own_servers_need_leave(start: Program, bed: Vendors) -> None:
    done = start("scan", "--validate", "--yes", "--costly", "--allow-host", OWN, "--format", "json")
    found = told(done.stdout)
    assert found["KAGI_API_KEY"]["state"] == "live"
    assert found["GRAFANA_API_KEY"]["account"] == {"login": None, "name": "Main Org."}
    assert "costs something or leaves a trace (is billed as one query)" in done.stderr
    assert {asked.headers["host"] for asked in bed.asked} == set(HOSTS)


@pytest.mark.parametrize("allowed", ["", "metadata.google.internal", "169.254.169.254", "other.example"])
def test_yes_allows_no_host(allowed: str, start: Program, bed: Vendors, home: Path) -> None:
    """`--yes` answers the question and allows nothing; what is allowed is that one host, and never a link-local one."""
    urls = ("https://metadata.google.internal/", "https://169.254.169.254/", f"https://{OWN}/")
    servers = {
        str(number): {"command": "x", "env": {"GRAFANA_URL": url, "GRAFANA_API_KEY": key("grafana-sa", seed=number)}}
        for number, url in enumerate(urls)
    }
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    words = ("--allow-host", allowed) if allowed else ()
    done = start("scan", "--validate", "--yes", "--costly", "--experimental", *words)
    assert done.returncode == 1
    assert (bed.asked, bed.ways) == ([], [])
    assert "no secret will be sent" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--validate"], "this is no terminal"),
        (["--yes"], "go with --validate"),
        (["--experimental"], "go with --validate"),
        (["--allow-host", "x.example"], "go with --validate"),
        (["--validate", "--yes", "--allow-host", "https://x.example"], "this is no host"),
        (["--validate", "--yes", "--allow-host", "x.example/y"], "this is no host"),
    ],
)
def test_what_is_refused(words: list[str], says: str, start: Program, bed: Vendors) -> None:
    done = start("scan", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert bed.asked == []


def test_what_nobody_has_confirmed_is_asked_only_where_it_is_wanted_and_marked(
    start: Program, bed: Vendors, home: Path
) -> None:
    token = key("linear-oauth")
    servers = {"linear": {"command": "x", "env": {"LINEAR_ACCESS_TOKEN": token}}, "github": SERVERS["github"]}
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    bed.answer = lambda asked: (
        document({"data": {"viewer": {"email": "ada@acme.example"}}})
        if asked.headers["host"] == LINEAR
        else answer(asked)
    )
    plain = start("scan", "--validate", "--yes", "--costly", "--format", "json")
    found = told(plain.stdout)
    assert "--experimental" in found["LINEAR_ACCESS_TOKEN"]["reason"]
    assert found["LINEAR_ACCESS_TOKEN"]["evidence"] is None
    assert found["GITHUB_PERSONAL_ACCESS_TOKEN"]["evidence"] == "source-read"
    assert LINEAR not in {asked.headers["host"] for asked in bed.asked}
    assert "that nobody has confirmed" not in plain.stderr
    wanted = start("scan", "--validate", "--yes", "--experimental", "--format", "json")
    verdict = told(wanted.stdout)["LINEAR_ACCESS_TOKEN"]
    assert (verdict["state"], verdict["evidence"]) == ("live", "recalled")
    assert "about 1 of them by checks that nobody has confirmed" in wanted.stderr
    shown = start("scan", "--validate", "--yes", "--experimental").stdout
    assert shown.count("nobody has confirmed this check") == 1
    assert "nobody has confirmed this check" not in start("scan", "--validate", "--yes").stdout


def test_without_validate_nobody_is_asked(start: Program, bed: Vendors) -> None:
    assert start("scan").returncode == 1
    assert bed.ways == []


def test_a_dead_network_is_unknown(start: Program, bed: Vendors) -> None:
    done = start("scan", "--validate", "--yes", "--format", "json", env={"HTTPS_PROXY": "http://127.0.0.1:1"})
    found = [verdict for verdict in told(done.stdout).values() if verdict]
    assert {verdict["state"] for verdict in found} == {"unknown"}
    problems = json.loads(done.stdout)["problems"]
    assert {problem["code"] for problem in problems} == {"not-validated"}
    assert done.returncode == 1
    assert start("scan", "--validate", "--yes", "--strict", env={"HTTPS_PROXY": "http://127.0.0.1:1"}).returncode == 3
    assert bed.asked == []


@pytest.mark.parametrize(("keys", "asked"), [(["n"], 0), (["y", "n"], 5), (["y", "y"], 6)])
def test_it_asks_first(keys: list[str], asked: int, start: Program, bed: Vendors) -> None:
    with Terminal(start, "scan", "--validate", columns=120) as terminal:
        terminal.until(r"Send them\? \[y/N\]")
        assert bed.ways == []
        assert "5 secrets will be sent, each to its own vendor alone:" in terminal.shown
        assert re.search(r"2  api\.github\.com", terminal.shown)
        for number, pressed in enumerate(keys):
            if number:
                terminal.until(r"Ask about them too\? \[y/N\]")
            terminal.press(f"{pressed}\n")
        code = terminal.end()
    assert code == 1
    assert len([each for each in bed.asked if not each.path.startswith("/user/")]) == asked
    assert ("you said no" in terminal.shown) == (asked == 0)
    assert ("octocat" in terminal.shown) == (asked > 0)
    assert not any(secret in terminal.raw for secret in SECRETS)


def test_control_c(start: Program, bed: Vendors) -> None:
    over = threading.Event()

    def slow(asked: Asked) -> Reply:
        if asked.headers["host"] == "slack.com":
            over.wait(60)
        return answer(asked)

    bed.answer = slow
    with Terminal(start, "scan", "--validate", "--yes", columns=120) as terminal:
        terminal.until(r"4 of 5 secrets asked about")
        terminal.interrupt()
        code = terminal.end()
    over.set()
    assert code == 130
    assert "interrupted after" in terminal.shown
    assert "live: octocat" in terminal.shown


def test_what_is_staged_and_what_was_committed(start: Program, bed: Vendors, home: Path) -> None:
    project = home / "project"
    project.mkdir()
    git(project, "init", "-q")
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"aws": SERVERS["aws"], "github": SERVERS["github"]}}))
    git(project, "add", ".mcp.json")
    done = start("scan", "--staged", "--validate", "--yes", "--format", "json", cwd=project)
    assert {verdict["state"] for verdict in told(done.stdout).values()} == {"live"}
    git(project, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x")
    bed.asked.clear()
    done = start("scan", "--history", "--validate", "--yes", "--format", "json", cwd=project)
    found = told(done.stdout)
    assert found["GITHUB_PERSONAL_ACCESS_TOKEN"]["state"] == "live"
    assert found["AWS_SECRET_ACCESS_KEY"]["state"] == found["AWS_ACCESS_KEY_ID"]["state"] == "live"
    assert "live: octocat" in start("scan", "--history", "--validate", "--yes", cwd=project).stdout


@pytest.mark.parametrize("part", [(), ("--paths-only",), ("--range", "HEAD~2..HEAD")], ids=" ".join)
def test_what_stood_beside_it_when_it_was_committed(
    part: tuple[str, ...], start: Program, bed: Vendors, home: Path
) -> None:
    """A key, its id and its variables file changed with time: each key goes with the id of its own version."""
    project = home / "project"
    project.mkdir()
    git(project, "init", "-q")
    file, variables = project / ".mcp.json", project / "aws.env"
    ids, keys = (AWS_ID, "AKIA" + "Y34FZKBOPQRSTU2B"), (AWS, key("aws-access-key", 1, seed=7))
    versions = [
        ({"env": {"AWS_ACCESS_KEY_ID": ids[0], "AWS_SECRET_ACCESS_KEY": keys[0]}}, ""),
        ({"env": {"AWS_ACCESS_KEY_ID": ids[1], "AWS_SECRET_ACCESS_KEY": keys[1]}}, ""),
        ({"env": {"LOG": "1"}}, ""),
    ]
    if not part:
        third = key("aws-access-key", 1, seed=8)
        ids, keys = (*ids, "AKIA" + "Y34FZKBOPQRSTU3C"), (*keys, third)
        told = f"AWS_ACCESS_KEY_ID={ids[2]}\nAWS_SECRET_ACCESS_KEY={third}\n"
        versions = [({"envFile": str(variables)}, told), *versions]
    git(project, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--allow-empty", "-qm", "begin")
    for entry, text in versions:
        file.write_text(json.dumps({"mcpServers": {"aws": {"command": "uvx", **entry}}}))
        variables.write_text(text)
        git(project, "add", ".")
        git(project, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x")
    if part[:1] == ("--range",):
        part = ("--range", "HEAD~3..HEAD")
    bed.asked.clear()
    done = start("scan", "--history", *part, "--validate", "--yes", "--format", "json", cwd=project)
    findings = checked(done.stdout, "scan")["findings"]
    assert {each["verdict"]["state"] for each in findings} == {"live"}
    signed = {re.findall(r"Credential=(\w+)/", asked.headers["authorization"])[0] for asked in bed.asked}
    assert signed == set(ids)
    assert len(bed.asked) == len(ids)


def test_variables_of_an_environment_file(start: Program, home: Path) -> None:
    """The pair stands in the file that the entry names."""
    (home / "aws.env").write_text(f"AWS_ACCESS_KEY_ID={AWS_ID}\nAWS_SECRET_ACCESS_KEY={AWS}\n")
    servers = {"aws": {"command": "uvx", "envFile": str(home / "aws.env")}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    done = start("scan", "--validate", "--yes", "--format", "json")
    assert {verdict["state"] for verdict in told(done.stdout).values()} == {"live"}


def test_what_stands_in_headers_and_addresses(start: Program, home: Path) -> None:
    """A remote entry names the server in a header, or the pair of a key in its address."""
    servers = {
        "grafana": {"url": "https://mcp.corp.example/",
                    "headers": {"X-Grafana-URL": f"https://{OWN}", "X-Grafana-API-Key": GRAFANA}},
        "aws": {"url": f"https://mcp.corp.example/?awsAccessKeyId={AWS_ID}", "headers": {"AWS_SECRET_ACCESS_KEY": AWS}},
    }  # fmt: skip
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    done = start("scan", "--validate", "--yes", "--allow-host", OWN, "--format", "json")
    states = {name: verdict["state"] for name, verdict in told(done.stdout).items()}
    assert states["X-Grafana-API-Key"] == "live"
    assert states["AWS_SECRET_ACCESS_KEY"] == "live"


def test_what_is_wrapped(start: Program, home: Path, bed: Vendors) -> None:
    """In `Basic` credentials and in an address the credential is one half; the other may be what the vendor wants."""
    pair = b64encode(f"acme-user:{GITHUB}".encode()).decode()
    alone = b64encode(f"{DEAD}:".encode()).decode()
    servers = {
        "pair": {"url": "https://git.corp.example/mcp", "headers": {"Authorization": f"Basic {pair}"}},
        "alone": {"url": "https://git.corp.example/mcp", "headers": {"X-Authorization": f"Basic {alone}"}},
    }
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    found = told(start("scan", "--validate", "--yes", "--format", "json").stdout)
    assert {name: verdict["state"] for name, verdict in found.items() if verdict} == {
        "Authorization": "live",
        "X-Authorization": "invalid",
    }
    assert {asked.headers["authorization"] for asked in bed.asked} == {f"Bearer {GITHUB}", f"Bearer {DEAD}"}


def test_a_rule_of_the_users_own(start: Program, home: Path, bed: Vendors) -> None:
    """It names a server of the user's, which is shown as such; a rule in a scanned folder is not read."""
    token = "acme" + "_9f3c07d1e64b8a25" + "b1d0e7c84a6f9325"
    rule = {
        "id": "acme-inner", "name": "Acme token", "severity": "high", "confidence": "docs-read", "sources": ["our own"],
        "formats": [{"pattern": "acme_[0-9a-f]{32}", "self_identifying": True, "keywords": ["acme_"],
                     "length": {"min": 37, "max": 37}, "sample": "acme_{h:32}"}],
        "check": {"url": f"https://{OWN}/me", "headers": {"X-Acme": "{token}"}, "evidence": "docs-read",
                  "answers": [{"status": 200, "means": "live"}, {"status": 401, "means": "invalid"}],
                  "tells": {"account": "/name", "scopes": "/scopes"}},
        "reach": {"evidence": "docs-read", "whole": [{"token": "acme_.*", "may": ["read"], "severity": "low"}]},
        "examples": {"rejects": ["acme_x"]},
    }  # fmt: skip
    (home / "rules").mkdir()
    (home / "rules" / "acme-inner.yaml").write_text(json.dumps(rule))
    servers = {"acme": {"command": "acme", "env": {"ACME_TOKEN": token}}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    done = start("scan", "--rules", str(home / "rules"), "--validate", "--yes", "--format", "json")
    assert done.stdout, done.stderr
    assert told(done.stdout)["ACME_TOKEN"]["account"] == {"login": None, "name": "Main Org."}
    assert told(done.stdout)["ACME_TOKEN"]["reach"]["severity"] == "low"
    assert f"1  {OWN}  (by a rule of your own)" in done.stderr
    assert [asked.headers["x-acme"] for asked in bed.asked] == [token]
    assert start("rules", "check", str(home / "rules")).returncode == 0


def test_a_reference_and_what_it_leads_to(start: Program, home: Path, bed: Vendors) -> None:
    """The entry names the server, the file beside it holds the token, which must not go to the vendor's own service."""
    token = key("gitlab-pat")
    folder = home / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    env = {"GITLAB_PERSONAL_ACCESS_TOKEN": "${GITLAB_PERSONAL_ACCESS_TOKEN}", "GITLAB_API_URL": "${GITLAB_API_URL}"}
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": {"gitlab": {"command": "npx", "env": env}}}))
    words = ("scan", str(folder), "--validate", "--yes", "--format", "json")
    (folder / ".env").write_text(f"GITLAB_PERSONAL_ACCESS_TOKEN={token}\n")
    assert told(start(*words).stdout)["GITLAB_PERSONAL_ACCESS_TOKEN"]["reason"] == (
        "GITLAB_API_URL holds a reference, so whose server it is for is not known"
    )
    (folder / ".env").write_text(f"GITLAB_PERSONAL_ACCESS_TOKEN={token}\nGITLAB_API_URL=https://{OWN}/api/v4\n")
    assert "nobody allowed it" in told(start(*words).stdout)["GITLAB_PERSONAL_ACCESS_TOKEN"]["reason"]
    assert bed.ways == []
    found = told(start(*words, "--allow-host", OWN).stdout)["GITLAB_PERSONAL_ACCESS_TOKEN"]
    assert (found["state"], found["host"]) == ("live", OWN)
    assert [asked.path.partition("?")[0].removeprefix("/api/v4/") for asked in bed.asked] == [
        "personal_access_tokens/self", "user", "groups", "projects",
    ]  # fmt: skip


def test_registries_of_the_users_own(start: Program, home: Path, bed: Vendors) -> None:
    """A `.npmrc` in a scanned folder names nobody."""
    token = key("npm")
    servers = {"npm": {"command": "npx", "env": {"NPM_TOKEN": token}}}
    folder = home / "project"
    folder.mkdir()
    (folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}))
    (folder / ".npmrc").write_text("registry=https://evil.example/\n")
    words = ("scan", str(folder), "--validate", "--yes", "--format", "json")
    assert told(start(*words, cwd=folder).stdout)["NPM_TOKEN"]["reason"] == (
        "the user's own configuration of npm names no registry"
    )
    (home / ".npmrc").write_text(f"; mine\nregistry = https://{OWN}/npm/\n")
    found = told(start(*words, cwd=folder).stdout)["NPM_TOKEN"]
    assert (found["state"], found["host"]) == ("live", OWN)
    assert [asked.path for asked in bed.asked] == ["/npm/-/whoami"]
