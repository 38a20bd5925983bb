"""How an entry authenticates."""

from __future__ import annotations

import json

import pytest

from unsprawl.scanner.approach import NAMES, is_bridge, run_reference
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.examine import Examined, ExaminedEntry, examine

KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
STDIO: dict[str, object] = {"command": "npx", "args": ["-y", "@x/server"]}
URL = "https://mcp.example.net/mcp"


def examined(entry: dict[str, object], scope: str = "user") -> ExaminedEntry:
    file = ConfigFile("/x", (Reading("cursor", "json", (("mcpServers",),), scope, True),))
    found = examine(file, json.dumps({"mcpServers": {"x": entry}}).encode(), "x")
    assert isinstance(found, Examined)
    (only,) = found.entries
    return only


CASES: dict[str, tuple[dict[str, object], int | None, tuple[int, ...], tuple[str, ...]]] = {
    "local without a secret": (STDIO, 7, (), ()),
    "local with a setting": ({**STDIO, "env": {"LOG_LEVEL": "debug"}}, 7, (), ()),
    "local with a secret": ({**STDIO, "env": {"API_KEY": KEY}}, 6, (), ()),
    "local with a secret argument": ({"command": "x", "args": ["--api-key", KEY]}, 6, (), ()),
    "local with a reference": ({**STDIO, "env": {"API_KEY": "${API_KEY}"}}, 6, (), ("referenced",)),
    "local with both": ({**STDIO, "env": {"A_KEY": "${A_KEY}", "API_KEY": KEY}}, 6, (), ()),
    "behind the proxy": (
        {"command": "/opt/bin/unsprawl", "args": ["run", "--wire", "ref", "--", "npx", "x"]}, 1, (), ("wired",),
    ),
    "behind the proxy, with a setting": (
        {
            "command": "unsprawl",
            "args": ["run", "--wire", "ref", "--", "npx", "x"],
            "env": {"HOME_DIR": "${HOME}", "LOG_LEVEL": "info"},
        },
        1, (), ("wired", "referenced"),
    ),
    "behind the proxy, and a key past it": (
        {
            "command": "unsprawl",
            "args": ["run", "--wire", "ref", "--", "npx", "x"],
            "env": {"OTHER_TOKEN": "${OTHER_TOKEN}"},
        },
        6, (), ("wired", "referenced"),
    ),
    "behind the proxy, and a key in the file": (
        {"command": "unsprawl", "args": ["run", "--wire", "ref", "--", "npx", "x"], "env": {"API_KEY": KEY}},
        6, (), ("wired",),
    ),
    "a bridge behind the proxy": (
        {"command": "unsprawl", "args": ["run", "--wire", "ref", "--", "npx", "mcp-remote", URL]},
        1, (), ("wired", "bridge"),
    ),
    "an argument that is a placeholder": (
        {"command": "unsprawl", "args": ["run", "--wire", "ref", "--", "x", "--token", "{vault:TOKEN}"]},
        1, (), ("wired", "referenced"),
    ),
    "a line behind the proxy": (
        {"command": "A=1 /opt/bin/unsprawl run --wire ref -- npx x"}, 1, (), ("wired",),
    ),
    "the option elsewhere": (
        {"command": "unsprawl", "args": ["run", "ref", "--wire", "--", "npx", "x"]}, 7, (), (),
    ),
    "from the vault": ({"command": "/opt/bin/unsprawl", "args": ["run", "ref", "--", "npx", "x"]}, 6, (), ("vaulted",)),
    "remote with a secret header": ({"url": URL, "headers": {"Authorization": f"Bearer {KEY}"}}, 5, (), ()),
    "remote with a secret in the url": ({"url": f"{URL}?api_key={KEY}"}, 5, (), ()),
    "remote with a reference": ({"url": URL, "headers": {"Authorization": "Bearer ${K}"}}, 5, (), ("referenced",)),
    "remote with a client": ({"url": URL, "oauth": {"clientId": "abc"}}, 4, (), ()),
    "remote with a client, snake": ({"url": URL, "auth": {"CLIENT_ID": "abc"}}, 4, (), ()),
    "remote without anything": ({"url": URL}, None, (7, 3, 2), ()),
    "remote, sse": ({"type": "sse", "url": URL}, None, (7, 3, 2), ()),
    "loopback": ({"url": "http://127.0.0.1:8080/mcp"}, None, (7, 3, 2), ()),
    "bridge": ({"command": "npx", "args": ["-y", "mcp-remote@latest", URL]}, None, (7, 3, 2), ("bridge",)),
    "bridge with a key": (
        {"command": "npx", "args": ["mcp-remote", URL, "--header", f"Authorization: Bearer {KEY}"]}, 5, (), ("bridge",)
    ),
    "bridge from the vault": (
        {"command": "unsprawl", "args": ["run", "ref", "--", "npx", "mcp-remote", URL]}, 5, (), ("vaulted", "bridge")
    ),
    "from the vault, as an argument": (
        {"command": "unsprawl", "args": ["run", "ref", "--", "x", "--token", "{vault:TOKEN}"]},
        6,
        (),
        ("vaulted", "referenced", "argument"),
    ),
    "from the vault, by a reference that another program replaces": (
        {"command": "unsprawl", "args": ["run", "ref", "--", "sh", "-c", 'A_KEY="{vault:env:A}" x']},
        6,
        (),
        ("vaulted", "referenced"),
    ),
    "disabled": ({**STDIO, "disabled": True, "env": {"API_KEY": KEY}}, 6, (), ("disabled",)),
    "nothing": ({}, None, (), ()),
    "nothing but a key": ({"env": {"API_KEY": KEY}}, 6, (), ()),
    "an empty url": ({**STDIO, "url": "", "headers": {}}, 7, (), ()),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rank(case: str) -> None:
    entry, rank, candidates, marks = CASES[case]
    approach = examined(entry).approach
    assert (approach.rank, approach.candidates, approach.marks) == (rank, candidates, marks)
    assert approach.reason
    assert approach.advice
    assert {rank, *candidates} - {None} <= NAMES.keys()


@pytest.mark.parametrize(
    ("entry", "scope", "target"),
    [
        (STDIO, "user", None),
        ({**STDIO, "env": {"API_KEY": "${API_KEY}"}}, "user", None),
        ({**STDIO, "env": {"API_KEY": KEY}}, "user", "run"),
        ({**STDIO, "env": {"API_KEY": KEY}}, "project", "reference"),
        ({"url": URL, "headers": {"X-Api-Key": KEY}}, "user", "reference"),
        ({"command": "npx", "args": ["mcp-remote", URL, "--header", f"X-Api-Key: {KEY}"]}, "user", "run"),
    ],
    ids=["clean", "reference", "own", "shared", "remote", "bridge"],
)
def test_target(entry: dict[str, object], scope: str, target: str | None) -> None:
    assert examined(entry, scope).approach.target == target


@pytest.mark.parametrize(
    ("line", "bridge"),
    [
        ("npx mcp-remote https://x", True),
        ("npx -y mcp-remote@0.1.2 https://x", True),
        ("/usr/lib/node_modules/.bin/mcp-remote https://x", True),
        ("C:\\tools\\mcp-remote.cmd https://x", True),
        ("uvx mcp-proxy https://x", True),
        ("npx supergateway --sse https://x", True),
        ("npx @scope/mcp-remote-x", False),
        ("npx my-mcp-remote", False),
        ("", False),
    ],
)
def test_bridge(line: str, bridge: bool) -> None:
    assert is_bridge(tuple(line.split())) is bridge


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ("unsprawl run ref -- npx x", "ref"),
        ("/opt/bin/unsprawl run ref -- x", "ref"),
        ("C:\\bin\\unsprawl.exe run ref -- x", "ref"),
        ("unsprawl run --wire ref -- npx x", "ref"),
        ("unsprawl run --wire -- npx x", None),
        ("unsprawl run --wire ref", None),
        ("unsprawl run ref", None),
        ("unsprawl run ref x --", None),
        ("unsprawl scan ref -- x", None),
        ("npx run ref -- x", None),
        ("", None),
    ],
)
def test_run_reference(line: str, reference: str | None) -> None:
    assert run_reference(tuple(line.split())) == reference


@pytest.mark.parametrize(
    "command",
    [
        ("npx", "-y", "mcp-remote@latest", "https://a.example/mcp"),
        ("npx -y mcp-remote https://a.example/mcp",),
        ("bash", "-c", "A=b npx mcp-remote https://a.example/mcp"),
        ("cmd", "/c", "npx", "-y", "mcp-remote"),
    ],
)
def test_a_bridge_is_seen_behind_shells(command: tuple[str, ...]) -> None:
    assert is_bridge(command)


def test_a_value_that_is_shown_is_said_to_be() -> None:
    entry: dict[str, object] = {"command": "unsprawl", "args": ["run", "r", "--", "x", "--token", "{vault:TOKEN}"]}
    assert "as an argument, which every process of this machine can read" in examined(entry).approach.reason
