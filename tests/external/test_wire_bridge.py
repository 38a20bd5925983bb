"""A remote entry of a host that expands nothing, moved with `--to wire`: the bridge of the entry as it is written then.

The real `mcp-remote` is started as the host would start it, its server is a double under a vendor's name in TLS.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.program import Program as Unsprawl
from tests.cli.program import program
from tests.external import npm
from tests.rewriters.support import Bench
from tests.servers.remote import Remote, remote_recorder
from tests.servers.tls import Authority, way_to
from unsprawl.broker.install import Installed
from unsprawl.broker.wire.log import now, read
from unsprawl.rewriters.ask_server import tools_of_command
from unsprawl.rewriters.wire_traffic import told, traffic
from unsprawl.vault.records import list_records

pytestmark = pytest.mark.external

HOST = "mcp.acme.test"
URL = f"https://{HOST}/mcp"
MCP_REMOTE = npm.Program("mcp-remote", "0.15.1", "dist/proxy.js")
NODES = ("20.20.2", "22.23.3", "24.21.0")
KEY = "".join(["ak_live", "-", "7fQ2mZ0xVb", "Lr9TnW4hYc1Kd8"])
LIMIT_S = 60.0


@contextmanager
def leading(places: dict[str, int]) -> Iterator[int]:
    """The port of a proxy that leads to the doubles, served by a thread of its own."""
    ready, port, ends = threading.Event(), [0], []

    async def serve() -> None:
        ends.append((asyncio.get_running_loop(), asyncio.Event()))
        async with way_to(places) as way:
            port[0] = way.port
            ready.set()
            await ends[0][1].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(LIMIT_S)
        yield port[0]
    finally:
        loop, end = ends[0]
        loop.call_soon_threadsafe(end.set)
        thread.join(LIMIT_S)


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    """The remote server, to which the environment of whatever is started leads."""
    authority = Authority(tmp_path)
    with remote_recorder(tls=authority.server(HOST)) as remote:
        port = int(remote.url.rpartition(":")[2])
        with leading({f"{HOST}:443": port}) as way:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{way}")
            monkeypatch.setenv("UNSPRAWL_EXTRA_CA", str(authority.root))
            yield remote


def bench_of(home: Path, tmp_path: Path, node: str) -> Bench:
    """A machine whose `npx` starts what is installed here, with that Node."""
    folder = tmp_path / "bin"
    start: Unsprawl = program(home, folder)
    npx = folder / "npx"
    inner = f'shift; test "$1" = mcp-remote@0.15.1 || exit 9; shift\nexec "{npm.installed(npm.node(node))}"'
    npx.write_text(f'#!/bin/sh\n{inner} "{npm.installed(MCP_REMOTE)}" "$@"\n')
    npx.chmod(0o755)
    environ = {**os.environ, "PATH": f"{folder}:/usr/bin:/bin"}
    return Bench(home, Installed(str(start.path), True, "installed"), environ)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize(
    ("entry", "carries"),
    [
        ({"url": URL, "headers": {"Authorization": f"Bearer {KEY}"}}, ("authorization", f"Bearer {KEY}")),
        ({"url": URL, "headers": {"X-Api-Key": KEY}}, ("x-api-key", KEY)),
        ({"url": f"{URL}?api_key={KEY}"}, ("", f"/mcp?api_key={KEY}")),
    ],
    ids=["bearer", "header", "query"],
)  # fmt: skip
def test_the_server_gets_the_key_and_the_bridge_does_not(
    home: Path, tmp_path: Path, vendor: Remote, node: str, entry: dict[str, object], carries: tuple[str, str]
) -> None:
    bench = bench_of(home, tmp_path, node)
    path = home / ".config" / "Claude" / "claude_desktop_config.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"mcpServers": {"x": entry}}))
    bench.migrate(path, target="wire")
    assert KEY not in path.read_text()
    moved = json.loads(path.read_text())["mcpServers"]["x"]
    since = now()

    answer = tools_of_command([moved["command"], *moved["args"]], bench.environ, str(home), LIMIT_S)

    assert answer.names == {"say_hello"}
    name, value = carries
    asked = [call for call in vendor.calls if call.message]
    assert {call.message for call in asked} >= {"initialize", "tools/list"}
    assert all((call.headers.get(name, "") if name else call.path) == value for call in asked)
    [record] = list_records()
    status, reason = told(record.ref, traffic(record.ref, since))
    assert status == "done", reason
    assert HOST in reason
    assert {line.host for line in read(record.ref) if line.what == "sent"} == {f"{HOST}:443"}
    assert KEY not in str(read())
