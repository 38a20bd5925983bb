"""What is told of a reach in every report: a vendor that repeats the secret wherever it can shows it nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.cli.program import program
from tests.servers.sites import Asked, Reply
from tests.validate.bed import rule_file, sample, vendors
from unsprawl.scanner.report.formats import FORMATS

HOST = "api.github.com"
TOKEN = sample(rule_file("github-pat-classic")["formats"][0], Random("reach"))
LOUD = """
import logging
logging.basicConfig(level=1)
for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection", "httpcore.proxy"):
    logging.getLogger(name).setLevel(1)
"""
HOSTILE = "\x1b[31mred\u202e"


def parrot(asked: Asked) -> Reply:
    """It says the token as a name, as a scope, as what it opens and as its end."""
    headers = (
        ("X-OAuth-Scopes", f"user:email, {TOKEN}"),
        ("GitHub-Authentication-Token-Expiration", TOKEN),
        ("Content-Type", "application/json"),
    )
    body = [{"login": TOKEN, "full_name": f"{TOKEN}/{HOSTILE}"}, {"login": "acme", "full_name": "acme/shop"}]
    return Reply(200, headers, json.dumps({"login": TOKEN} if asked.path == "/user" else body).encode())


@pytest.mark.parametrize("output", list(FORMATS))
def test_a_vendor_that_repeats_the_secret(output: str, home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    entry = {"command": "npx", "args": ["x"], "env": {"GITHUB_TOKEN": TOKEN}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": {"x": entry}}))
    folder = tmp_path / "vendors"
    folder.mkdir()
    with vendors(folder, [HOST]) as (bed, way):
        bed.answer = parrot
        start = program(home, tmp_path / "bin", extra=LOUD, columns=300)
        start.environ.update({"HTTPS_PROXY": way, "SSL_CERT_FILE": str(folder / "root.pem")})
        done = start("scan", "--validate", "--yes", "--verbose", "--format", output)
        assert [asked.path.partition("?")[0] for asked in bed.asked] == ["/user", "/user/orgs", "/user/repos"]
    shown = done.stdout + done.stderr
    assert TOKEN not in shown
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
    if output == "terminal":
        assert "critical: read" in shown  # the other scope is not known, and not taken for harmless
    if output == "json":
        (found,) = json.loads(done.stdout)["findings"]
        reach = found["verdict"]["reach"]
        assert (reach["severity"], reach["rights"], len(reach["unclear"])) == ("critical", ["read"], 1)
        assert "acme/shop" in reach["resources"]
