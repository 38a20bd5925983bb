"""Where a key is sent: what rules say, what the entry says instead, and all that must leave the question open."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from tests.rewriters.support import github, secret

from unsprawl.rules.samples import expand
from unsprawl.rules.sent import clients, proven_servers, sent
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.destinations import Sending, Unsent, client_of, covered, destination, of_address, settings
from unsprawl.scanner.discover import known_file
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.examine import Examined, ExaminedEntry, examine
from unsprawl.scanner.surroundings import Surroundings

ATLASSIAN = expand("ATATT3xFfGF0{w:171}={chk}", Random(0), Checksum("crc32-hex-upper", 8, 0, 0))
GITHUB = ("api.github.com", "github.com")


def entry(home: Path, **parts: object) -> ExaminedEntry:
    path = str(home / ".cursor" / "mcp.json")
    file = known_file(path, Surroundings(str(home), str(home), {}, "linux"))
    assert file is not None
    found = examine(file, json.dumps({"mcpServers": {"x": parts}}).encode(), path)
    assert isinstance(found, Examined)
    return found.entries[0]


def answer(home: Path, env: dict[str, str], *args: str, command: str = "npx") -> Sending | Unsent:
    found = entry(home, command=command, args=["-y", "server-x", *args], env=env)
    told = settings(entry_variables(found.server.node), found.entry.command)
    return destination(found.findings[0], told)


@pytest.mark.parametrize(
    ("more", "args", "hosts"),
    [
        ({}, (), GITHUB),
        ({"LOG_URL": "https://logs.acme.test"}, (), GITHUB),  # another server's
        ({"DATABASE_URL": "postgres://db.acme.test/x"}, (), GITHUB),
        ({"HOST": "0.0.0.0", "PORT": "80"}, (), GITHUB),  # where it listens
        ({"API_URL": "https://api.github.com"}, (), GITHUB),
        ({"GITHUB_API_URL": "https://api.github.com"}, (), GITHUB),
        ({"GITHUB_API_URL": ""}, (), GITHUB),
        ({"GITHUB_API_URL": "https://git.acme.test/api/v3"}, (), ("git.acme.test",)),
        ({"GITHUB_API_URL": "https://GIT.acme.test:8443/"}, (), ("git.acme.test:8443",)),
        ({"GITHUB_API_URL": "https://git.acme.test:443/"}, (), ("git.acme.test",)),
        ({"GITHUB_HOST": "https://acme.ghe.com"}, (), ("acme.ghe.com", "api.acme.ghe.com", "uploads.acme.ghe.com")),
        ({"GITHUB_HOST": "git.acme.test"}, (), ("git.acme.test", "api.git.acme.test", "uploads.git.acme.test")),
        ({}, ("--github-api-url", "https://git.acme.test"), ("git.acme.test",)),
        ({}, ("--github-api-url=https://git.acme.test",), ("git.acme.test",)),
    ],
)
def test_hosts(home: Path, more: dict[str, str], args: tuple[str, ...], hosts: tuple[str, ...]) -> None:
    found = answer(home, {"GITHUB_TOKEN": github(), **more}, *args)
    assert found == Sending(hosts, ("header", "basic"))


@pytest.mark.parametrize(
    ("more", "args", "reason"),
    [
        ({"GITHUB_API_URL": "http://git.acme.test"}, (), "not https"),
        ({"GITHUB_API_URL": "https://localhost:3000"}, (), "on this machine"),
        ({"GITHUB_API_URL": "https://127.0.0.1"}, (), "on this machine"),
        ({"GITHUB_API_URL": "https://127.1"}, (), "number"),
        ({"GITHUB_API_URL": "https://[::1]:8443"}, (), "on this machine"),
        ({"GITHUB_API_URL": "https://10.0.0.8"}, (), "number"),
        ({"GITHUB_API_URL": "https://nas.local"}, (), "on this machine"),
        ({"GITHUB_API_URL": "${GH_URL}"}, (), "reference"),
        ({"GITHUB_API_URL": "https://${GH}.acme.test"}, (), "reference"),
        ({"GITHUB_API_URL": "https://api.github.com@evil.test"}, (), "user name"),
        ({"GITHUB_API_URL": "https://evil.test\\.github.com"}, (), "understood"),
        ({"GITHUB_API_URL": "https://a.test,https://b.test"}, (), "several"),
        ({"GITHUB_API_URL": "ws://git.acme.test"}, (), "not https"),
        ({"GITHUB_MIRROR_URL": "https://git.acme.test"}, (), "GITHUB_MIRROR_URL names another server"),
        ({"GITHUB_MIRROR_URL": "${X}"}, (), "GITHUB_MIRROR_URL holds a reference"),
        ({"API_URL": "https://git.acme.test"}, (), "API_URL names another server"),
        ({"BASE_URL": "http://localhost:1"}, (), "BASE_URL is not https"),
        ({}, ("--base-url", "https://git.acme.test"), "BASE_URL names another server"),
        ({}, ("--server", "git.acme.test"), "SERVER names another server"),
    ],
)
def test_in_doubt_there_is_no_host(home: Path, more: dict[str, str], args: tuple[str, ...], reason: str) -> None:
    found = answer(home, {"GITHUB_TOKEN": github(), **more}, *args)
    assert isinstance(found, Unsent)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"GITLAB_TOKEN": secret("GITLAB")}, ("gitlab.com",)),
        ({"GITLAB_TOKEN": secret("GITLAB"), "GITLAB_API_URL": "https://gitlab.com/api/v4"}, ("gitlab.com",)),
        ({"GITLAB_TOKEN": secret("GITLAB"), "GITLAB_URL": "https://gl.acme.test"}, ("gl.acme.test",)),
        ({"JIRA_API_TOKEN": ATLASSIAN}, None),  # everybody's site is below *.atlassian.net
        (
            {"JIRA_API_TOKEN": ATLASSIAN, "JIRA_URL": "https://acme.atlassian.net"},
            ("api.atlassian.com", "acme.atlassian.net"),
        ),
        (
            {"JIRA_API_TOKEN": ATLASSIAN, "ATLASSIAN_SITE_NAME": "acme"},
            ("api.atlassian.com", "acme.atlassian.net"),
        ),
        ({"JIRA_API_TOKEN": ATLASSIAN, "JIRA_URL": "https://jira.acme.test"}, ("jira.acme.test",)),
        (
            {
                "JIRA_API_TOKEN": ATLASSIAN,
                "JIRA_URL": "https://acme.atlassian.net",
                "CONFLUENCE_URL": "https://acme.atlassian.net/wiki",
            },
            ("api.atlassian.com", "acme.atlassian.net"),
        ),
    ],
)
def test_a_server_of_ones_own(home: Path, env: dict[str, str], expected: tuple[str, ...] | None) -> None:
    found = answer(home, env)
    assert (found.hosts if isinstance(found, Sending) else None) == expected


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("aws-access-key", "sign"),
        ("google-service-account", "sign"),
        ("uri-postgres", "database"),
        ("gmail-app-password", "mail"),
        ("stripe-webhook-secret", "never sent"),
        ("azure-client-secret", "body"),
        ("obsidian-rest", "machine"),
    ],
)
def test_kinds_that_never_go(rule: str, word: str) -> None:
    known = sent(rule)
    assert known is not None
    assert word in known.never
    assert not known.hosts
    assert not known.places


def test_what_is_only_recalled_is_left_out() -> None:
    assert sent("mapbox") is None
    assert sent("no-such-rule") is None


@pytest.mark.parametrize(
    ("command", "works", "never"),
    [
        (["npx", "-y", "x"], True, ""),
        (["cmd", "/c", "npx", "x"], True, ""),
        (["env", "A=1", "uvx", "x"], True, ""),
        (["/usr/bin/python3.12", "-m", "x"], True, ""),
        (["bun", "x"], False, ""),
        (["/opt/acme/server"], False, ""),
        (["docker", "run", "x"], False, "container"),
        (["sh", "-c", "docker run x"], False, "container"),
        (["java", "-jar", "x.jar"], False, "Java"),
        (["ssh", "box", "npx", "x"], False, "another machine"),
        (["sudo", "npx", "x"], False, "variables"),
        (["sh", "-c", "sudo -u me npx x"], False, "variables"),
        (["npx", "-y", "x", "--city", "lima"], True, ""),  # an argument is no program
        (["npx", "-y", "@elastic/mcp-server-elasticsearch"], False, "connections of its own"),
    ],
)
def test_clients(home: Path, command: list[str], works: bool, never: str) -> None:
    found = client_of(entry(home, command=command[0], args=command[1:]).entry)
    assert found.works is works
    assert (never in found.never) if never else not found.never
    assert works or found.never or found.note


def test_covered() -> None:
    assert covered("a.b.test", ["*.b.test"])
    assert not covered("b.test", ["*.b.test"])
    assert not covered("xb.test", ["*.b.test"])
    assert not covered("a.b.test:8443", ["*.b.test"])


@pytest.mark.parametrize(
    "text", ["", "https://", "https://a..test", "https://a.test:99999", "https://a b.test", "https://-a.test"]
)
def test_no_address(text: str) -> None:
    assert isinstance(of_address(text), Unsent)


ADVISED = ["-y", "@modelcontextprotocol/server-github"]


@pytest.mark.parametrize(
    ("parts", "target"),
    [
        ({"args": ADVISED}, "wire"),
        ({"args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"]}, "wire"),
        ({"args": ["-y", "server-x"]}, "run"),
        ({"args": ["-y", "@modelcontextprotocol/server-github-fork"]}, "run"),
        ({"args": ADVISED, "command": "bunx"}, "run"),
        ({"args": ["run", "-i", "@modelcontextprotocol/server-github"], "command": "docker"}, "run"),
        ({"args": ADVISED, "more": {"GITHUB_API_URL": "http://localhost:1"}}, "run"),
        ({"args": ADVISED, "more": {"SERVICE_PASSWORD": "Xk29" + "sdfQQpz1"}}, "run"),  # would be handed over
        ({"args": [*ADVISED, "--token", github(2)]}, "run"),
    ],
)
def test_when_the_proxy_is_recommended(home: Path, parts: dict[str, object], target: str) -> None:
    env = {"GITHUB_PERSONAL_ACCESS_TOKEN": github(), **dict(parts.get("more", {}))}  # type: ignore[call-overload]
    found = entry(home, command=parts.get("command", "npx"), args=parts["args"], env=env)
    assert found.findings
    assert found.approach.target == target


def test_the_lists_name_what_they_mean() -> None:
    assert all(client.never for client in clients().values() if client.elsewhere)
    assert all(package == package.lower() for package in proven_servers())
