"""The official conformance suite of the protocol, with `unsprawl login` as the client under test.

What counts is the suite's own result for each scenario, by name, and beside it that our program came where it should:
a client that does nothing at all would pass those scenarios in which a login has to be refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.external.npm import NODE, Program, installed

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1 to run it"),
]

SUITE = Program("@modelcontextprotocol/conformance", "0.2.0-alpha.12", "dist/index.js")
CLIENT = Path(__file__).parent / "conformance_client.py"
BROWSER = Path(__file__).parents[1] / "servers" / "follow.py"
ROOT = Path(__file__).parents[2]
_TIMEOUT_S = 120

SIGNED_IN = "login         signed in"
ONE_TOOL = "tools         1: test-tool"
ANOTHER_ISSUER = "the answer is from another authorization server"
SCORED = {
    "auth/metadata-default": SIGNED_IN,
    "auth/metadata-var1": SIGNED_IN,
    "auth/metadata-var2": SIGNED_IN,
    "auth/metadata-var3": SIGNED_IN,
    "auth/basic-cimd": "https://conformance-test.local/client-metadata.json, its metadata document",
    "auth/scope-from-www-authenticate": SIGNED_IN,
    "auth/scope-from-scopes-supported": "asked for: mcp:basic mcp:read mcp:write",
    "auth/scope-omitted-when-undefined": "asked for: none",
    "auth/scope-step-up": SIGNED_IN,
    "auth/scope-retry-limit": "the server wants more scopes than it named, or never enough",
    "auth/token-endpoint-auth-basic": SIGNED_IN,
    "auth/token-endpoint-auth-post": SIGNED_IN,
    "auth/token-endpoint-auth-none": SIGNED_IN,
    "auth/pre-registration": "pre-registered-client, the one that you gave",
    "auth/resource-mismatch": "hostile or misconfigured: its metadata is about another address",
    "auth/offline-access-scope": "offline_access",
    "auth/offline-access-not-supported": "asked for: mcp:basic mcp:read;",
    "auth/authorization-server-migration": SIGNED_IN,
    "auth/iss-supported": SIGNED_IN,
    "auth/iss-not-advertised": SIGNED_IN,
    "auth/iss-supported-missing": "the answer does not say who it is from, though that is advertised",
    "auth/iss-wrong-issuer": ANOTHER_ISSUER,
    "auth/iss-unexpected": ANOTHER_ISSUER,
    "auth/iss-normalized": ANOTHER_ISSUER,
    "auth/metadata-issuer-mismatch": "its authorization server calls itself something else",
}
"""What revision 2026-07-28 requires of clients that log in, and what our program must say there."""
_OF_OLDER = [
    *(name for name in SCORED if name.startswith(("auth/metadata-var", "auth/scope-", "auth/token-endpoint-auth-"))),
    "auth/metadata-default", "auth/basic-cimd", "auth/pre-registration",
]  # fmt: skip
OLDER = {name: SCORED[name] for name in _OF_OLDER}
"""The same with the handshake of revision 2025-11-25."""
OLDEST = {"auth/2025-03-26-oauth-metadata-backcompat": SIGNED_IN, "auth/2025-03-26-oauth-endpoint-fallback": SIGNED_IN}
RUNS = [
    (revision, name, says)
    for revision, scenarios in (("2026-07-28", SCORED), ("2025-11-25", OLDER), ("2025-03-26", OLDEST))
    for name, says in scenarios.items()
]


def required(revision: str) -> set[str]:
    """The scenarios with a login that the suite itself counts for a revision."""
    listed = installed(SUITE).parents[1] / "requirements" / f"{revision}.yaml"
    counted: dict[str, Any] = yaml.safe_load(listed.read_text())
    return {name for name in counted["client"] if name.startswith("auth/")}


def test_every_scenario_that_counts_is_run() -> None:
    assert set(SCORED) == required("2026-07-28")
    assert len(SCORED) == 25
    assert set(OLDER) == required("2025-11-25")


@pytest.mark.parametrize(("revision", "name", "says"), RUNS, ids=[f"{r} {n.removeprefix('auth/')}" for r, n, _ in RUNS])
def test_scenario(revision: str, name: str, says: str, home: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    environ = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "BROWSER": f"{sys.executable} {BROWSER} %s",
        "TMPDIR": str(tmp_path),
    }
    words = ["--scenario", name, "--spec-version", revision, "--timeout", str(_TIMEOUT_S * 1000)]
    done = subprocess.run(
        [str(installed(NODE)), str(installed(SUITE)), "client", "--command", f"{sys.executable} {CLIENT}", *words,
         "--output-dir", str(results)],
        env=environ, capture_output=True, text=True, timeout=_TIMEOUT_S + 60, check=False,
    )  # fmt: skip
    said = (done.stdout + done.stderr)[-6000:]
    (checked,) = results.rglob("checks.json")
    checks = json.loads(checked.read_text())
    wrong = [each for each in checks if each["status"] in ("FAILURE", "WARNING")]
    assert wrong == [], said
    assert any(each["status"] == "SUCCESS" for each in checks), said
    assert done.returncode == 0, said
    assert "OVERALL: PASSED" in said
    ours = " ".join((checked.parent / "stdout.txt").read_text().split())
    assert " ".join(says.split()) in ours, ours
    if says == SIGNED_IN:
        assert " ".join(ONE_TOOL.split()) in ours, ours
    secret = ("test-auth-code", "test-token", "pre-registered-secret", "test-client-secret")
    told = ours + (checked.parent / "stderr.txt").read_text()
    assert [each for each in secret if each in told] == []
