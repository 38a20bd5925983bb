"""The real bridge: a remote entry of a host that expands nothing, started as the host would, sends the value."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.external.installed import Installation
from tests.servers.remote import Kind, Remote, remote_recorder
from unsprawl.rules import build

pytestmark = pytest.mark.external

SECRET = "".join(["sk_acme", "-", "7fQ2mZ0xVb", "Lr9TnW4hYc1Kd8"])
BRIDGE = build.read(build.FOLDER / "bridge.yaml")
TIMEOUT_S = 120.0
"""npx has to fetch the bridge first."""
HOSTS = {"LM Studio": ".lmstudio/mcp.json", "Junie": ".junie/mcp/mcp.json"}


class Session:
    """One server that a host has started: lines in, lines out, in a process group of its own."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, bufsize=0,
        )  # fmt: skip
        self._until = time.monotonic() + TIMEOUT_S
        self._rest = b""

    def say(self, method: str, number: int | None = None, **params: Any) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message if number is None else message | {"id": number}).encode() + b"\n")

    def answer(self, number: int) -> dict[str, Any]:
        """The result of request `number`; what else the server says is passed over."""
        stdout = self.process.stdout
        assert stdout is not None
        while time.monotonic() < self._until:
            line, end, rest = self._rest.partition(b"\n")
            if end:
                self._rest = rest
                message = json.loads(line)
                if message.get("id") == number and "method" not in message:
                    result: dict[str, Any] = message["result"]
                    return result
                continue
            ready, _, _ = select.select([stdout], [], [], 1.0)
            if ready:
                more = os.read(stdout.fileno(), 65_536)
                assert more, f"it ended with exit code {self.process.wait(5)}"
                self._rest += more
        raise AssertionError("no answer in time")

    def end(self) -> str:
        """End the group; what it wrote to the host's log."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        assert self.process.stderr is not None
        with self.process:
            return self.process.stderr.read().decode(errors="replace")


def stripped(home: Path) -> dict[str, str]:
    """What hosts that strip the environment leave."""
    return {"HOME": str(home), "LOGNAME": "x", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "dumb", "USER": "x"}


def asked_through(entry: dict[str, Any], home: Path) -> tuple[list[str], str]:
    """The tools that the entry's server lists, and what stands in the log."""
    session = Session([entry["command"], *entry["args"]], stripped(home), home)
    try:
        about = {"name": "test", "version": "1"}
        session.say("initialize", 1, protocolVersion="2025-06-18", capabilities={}, clientInfo=about)
        assert session.answer(1)["serverInfo"]
        session.say("notifications/initialized")
        session.say("tools/list", 2)
        tools = [tool["name"] for tool in session.answer(2)["tools"]]
    except BaseException:
        session.end()
        raise
    return tools, session.end()


def sent(remote: Remote, header: str) -> set[str | None]:
    """What came in the header with each message of the protocol."""
    return {call.headers.get(header) for call in remote.calls if call.message}


@pytest.mark.parametrize("kind", ["handshake", "events"])
@pytest.mark.parametrize("file", HOSTS.values(), ids=HOSTS.keys())
def test_the_bridge_sends_the_value(machine: Installation, file: str, kind: Kind) -> None:
    home = machine.home
    path = home / file
    path.parent.mkdir(parents=True)
    with remote_recorder(kind, ("a", "b")) as remote:
        headers = {"Authorization": f"Bearer {SECRET}", "X-Tenant": "acme"}
        entry: dict[str, Any] = {"url": f"{remote.url}/mcp", "headers": headers}
        if kind == "events":
            entry["type"] = "sse"
        before = json.dumps({"mcpServers": {"wiki": entry}}, indent=2).encode()
        path.write_bytes(before)
        moved = machine.unsprawl("migrate", "--yes", "--to", "run", cwd=home)
        assert moved.returncode == 0, moved.stderr + moved.stdout
        assert SECRET.encode() not in path.read_bytes()
        after = json.loads(path.read_bytes())["mcpServers"]["wiki"]
        assert f"{BRIDGE['package']}@{BRIDGE['version']}" in after["args"]

        tools, log = asked_through(after, home)

        assert tools == ["a", "b"]
        assert sent(remote, "authorization") == {f"Bearer {SECRET}"}
        assert sent(remote, "x-tenant") == {"acme"}
        assert log, "the bridge says on stderr what it does"
        assert SECRET not in log

    undone = machine.unsprawl("undo", "--yes", cwd=home)
    assert undone.returncode == 0, undone.stderr
    assert path.read_bytes() == before
    assert not [
        each for each in home.rglob("*")
        if each.is_file() and each != path and SECRET.encode() in each.read_bytes()
    ]  # fmt: skip
