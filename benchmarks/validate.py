"""What `scan --validate` takes for a thousand secrets, as a ratio to the least that its own limits allow."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.servers.mapping_proxy import proxy
from tests.servers.sites import Asked, Reply, site
from tests.servers.tls import Authority
from tests.validate.bed import rule_file, sample, written

from benchmarks.measure import Command, Measured, in_turns

KINDS = ("anthropic-api", "replicate", "groq", "perplexity", "firecrawl", "resend", "openrouter", "tavily")
"""Each has a host of its own, and tells everything in one answer."""
SECRETS = 1000
FEW = 100
DELAY_S = 0.2
"""A vendor takes so long over an answer, on the other side of the world."""
AT_ONCE = 8
"""What docs/validate.md promises: never more requests than this."""
LIMIT = 1.3
FILLER = "x" * 65536
"""In each answer, so that one who keeps them is found out."""


class Kind(NamedTuple):
    """A kind whose vendor is asked with one request."""

    rule: str
    host: str
    variable: str


class Row(NamedTuple):
    """One line of the table."""

    what: str
    seconds: float
    ratio: float
    peak_mb: float
    limit: str = ""


def kinds() -> list[Kind]:
    """What their rules say."""
    found = []
    for rule in KINDS:
        (check,) = written(rule)
        assert not {"more", "host", "with", "cost", "control"} & check.keys(), rule
        found.append(Kind(rule, check["url"].split("/")[2], rule_file(rule)["env_names"][0]))
    assert len({kind.host for kind in found}) == AT_ONCE
    return found


def home(folder: Path, secrets: int) -> None:
    """A home with so many secrets that nobody has, as many of each kind."""
    random, chosen = Random("validate"), kinds()
    servers = {
        f"s{number}": {"command": "npx", "args": ["x"], "env": {kind.variable: _sample(kind, random)}}
        for number, kind in ((number, chosen[number % len(chosen)]) for number in range(secrets))
    }
    (folder / ".cursor").mkdir(parents=True)
    (folder / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    (folder / ".cursor" / "mcp.json").chmod(0o600)


def _sample(kind: Kind, random: Random) -> str:
    return sample(rule_file(kind.rule)["formats"][0], random)


def serve(folder: Path) -> None:
    """All vendors; prints the port of the proxy that leads to them, and serves until its input ends."""
    hosts = [kind.host for kind in kinds()]

    def answer(asked: Asked) -> Reply:
        time.sleep(DELAY_S)
        body = {"success": True, "object": "list", "data": [], "filler": FILLER}
        return Reply(200, (("Content-Type", "application/json"),), json.dumps(body).encode())

    with ExitStack() as stack:
        one = stack.enter_context(site(Authority(folder).server(*hosts)))
        one.routes |= {("GET", "*"): answer}
        port = int(one.url.rpartition(":")[2])
        print(stack.enter_context(proxy(dict.fromkeys(hosts, port), [])), flush=True)
        sys.stdin.read()


def costs(python: str) -> list[Row]:
    """One run of each, one after the other: most of the time is spent waiting."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        command = [sys.executable, "-m", "benchmarks.validate", str(folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
            assert servers.stdout is not None
            try:
                return _rows(python, folder, int(servers.stdout.readline()))
            finally:
                servers.kill()


def _rows(python: str, folder: Path, port: int) -> list[Row]:
    for secrets in (FEW, SECRETS):
        home(folder / str(secrets), secrets)
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "HTTPS_PROXY": f"http://127.0.0.1:{port}"}
    env["SSL_CERT_FILE"] = str(folder / "root.pem")
    scan = (os.path.join(os.path.dirname(python), "unsprawl"), "scan", "--format", "json")

    def once(secrets: int, *words: str) -> Measured:
        own = {**env, "HOME": str(folder / str(secrets))}
        (found,) = in_turns({"": Command((*scan, *words), own["HOME"], own)}, 0).values()
        return found

    plain = once(SECRETS)
    few, many = (once(secrets, "--validate", "--yes") for secrets in (FEW, SECRETS))
    text = many.output[many.output.index(b"{\n") : many.output.rindex(b"}") + 1]
    states = [finding["verdict"]["state"] for finding in json.loads(text)["findings"]]
    assert states == ["live"] * SECRETS, sorted(set(states))
    ideal = SECRETS / AT_ONCE * DELAY_S
    return [
        Row("what the limits allow at best", ideal, 1, 0),
        Row(f"`scan --validate`, {SECRETS:,} secrets", many.seconds, many.seconds / ideal, many.peak_mb, str(LIMIT)),
        Row(f"`scan --validate`, {FEW} secrets", few.seconds, few.seconds / ideal * SECRETS / FEW, few.peak_mb),
        Row(f"`scan`, {SECRETS:,} secrets", plain.seconds, plain.seconds / ideal, plain.peak_mb),
    ]


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| what | seconds | ratio | limit | memory, MB at most |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        peak = f"{row.peak_mb:.0f}" if row.peak_mb else ""
        lines.append(f"| {row.what} | {row.seconds:.1f} | {row.ratio:.2f} | {row.limit} | {peak} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    serve(options.parse_args().folder)
