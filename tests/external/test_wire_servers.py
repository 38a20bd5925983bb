"""Published MCP servers whose entries were moved with `migrate --to wire`: they work, and never hold the key."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.external import npm, pypi
from tests.external.installed import Installation
from tests.external.wire import LIMIT_S, Vendor, below, holds, is_readable
from tests.rewriters.support import github

pytestmark = pytest.mark.external


@dataclass(frozen=True, slots=True)
class Server:
    """One of them, and one question to its vendor."""

    name: str
    host: str
    variable: str
    tool: str
    arguments: dict[str, Any]
    bodies: dict[str, Any]
    expected: str
    """A word of the answer that can only come from the vendor."""
    requests: int = 1

    @property
    def argv(self) -> list[str]:
        """The command of its entry."""
        if self.name == "github":
            program = npm.Program("@modelcontextprotocol/server-github", "2025.4.8", "dist/index.js")
            return npm.command(program)
        venv = pypi.environment("server-sentry", "mcp-server-sentry==2025.1.14", "mcp==1.30.0")
        return [str(venv / "bin" / "mcp-server-sentry")]

    @property
    def value(self) -> str:
        """A key of the vendor's shape that nobody was ever given."""
        return github() if self.name == "github" else "sntryu_" + sha256(b"nobody").hexdigest()


SERVERS = [
    Server(
        "github", "api.github.com", "GITHUB_PERSONAL_ACCESS_TOKEN", "search_repositories", {"query": "x"},
        {"/search/repositories": {"total_count": 20261128, "incomplete_results": False, "items": []}}, "20261128",
    ),
    Server(
        "sentry", "sentry.io", "SENTRY_TOKEN", "get_sentry_issue", {"issue_id_or_url": "7"},
        {
            "/api/0/issues/7/": {
                "title": "The kettle is cold", "status": "unresolved", "level": "error", "count": 1,
                "firstSeen": "2026-01-01T00:00:00Z", "lastSeen": "2026-01-02T00:00:00Z",
            },
            "/api/0/issues/7/hashes/": [{"latestEvent": {"entries": []}}],
        },
        "The kettle is cold", requests=2,
    ),
]  # fmt: skip


class Session:
    """A host's side of stdio."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of one request."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message: dict[str, Any] = json.loads(line)
            if message.get("id") == self._number:
                result: dict[str, Any] = message["result"]
                return result
        raise AssertionError("the server ended")

    def begin(self) -> None:
        """The handshake."""
        self.ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "t", "version": "1"})
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


@contextmanager
def started(command: Sequence[str], environ: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """The server as its host starts it; ended as hosts end it, by closing its stdin."""
    with subprocess.Popen(
        list(command), env=environ, cwd=cwd, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        watchdog = threading.Timer(LIMIT_S, process.kill)
        watchdog.start()
        try:
            yield process
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(LIMIT_S) == 0
        finally:
            watchdog.cancel()
            process.kill()


@pytest.mark.parametrize("server", SERVERS, ids=[server.name for server in SERVERS])
def test_a_published_server_works_and_never_holds_the_key(
    server: Server, machine: Installation, tmp_path: Path
) -> None:
    home = machine.home
    config = home / ".cursor" / "mcp.json"
    config.parent.mkdir()
    argv = server.argv
    entry = {"command": argv[0], "args": argv[1:], "env": {server.variable: server.value}}
    before = json.dumps({"mcpServers": {server.name: entry}}, indent=2)
    config.write_text(before)
    config.chmod(0o600)
    vendor = Vendor(tmp_path, server.host, {path: json.dumps(body).encode() for path, body in server.bodies.items()})
    with vendor.serving():
        _moved_and_asked(server, machine, config, vendor)
    assert [head["authorization"] for head in vendor.heads] == [f"Bearer {server.value}"] * server.requests

    log = machine.unsprawl("vault", "log", "--format", "json", cwd=home)
    assert server.host in log.stdout
    assert server.value not in log.stdout + log.stderr
    back = machine.unsprawl("undo", "--all", "--yes", cwd=home)
    assert back.returncode == 0, back.stdout + back.stderr
    assert config.read_text() == before


def _moved_and_asked(server: Server, machine: Installation, config: Path, vendor: Vendor) -> None:
    home = machine.home
    # The user's proxy leads to the double; one that appears after the migration is refused, as it should be.
    done = machine.unsprawl("migrate", str(config), "--to", "wire", "--yes", cwd=home, env=vendor.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    moved = json.loads(config.read_text())["mcpServers"][server.name]
    assert server.value not in config.read_text()
    assert moved["args"][:2] == ["run", "--wire"], moved

    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", **vendor.environ}
    with started([moved["command"], *moved["args"]], environ | moved.get("env", {}), home) as process:
        session = Session(process)
        session.begin()
        assert server.tool in [tool["name"] for tool in session.ask("tools/list")["tools"]]
        answers: list[dict[str, Any]] = []
        call = threading.Thread(
            target=lambda: answers.append(session.ask("tools/call", name=server.tool, arguments=server.arguments))
        )
        call.start()
        seen: list[int] = []
        for _ in range(server.requests):
            assert vendor.asked.acquire(timeout=LIMIT_S)
            below_it = below(process.pid)
            seen += [pid for pid in below_it if is_readable(pid)]
            assert [pid for pid in below_it if holds(pid, server.value)] == []
            vendor.answer()
        call.join(LIMIT_S)
        assert server.expected in json.dumps(answers)
        assert seen, "no process could be looked into"
