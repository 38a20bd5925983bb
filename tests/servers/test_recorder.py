"""The recorder is a server that the official SDK accepts, and it writes down every start."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

RECORDER = Path(__file__).with_name("recorder.py")
TIMEOUT_S = 20.0


async def list_tools(command: str, args: list[str], env: dict[str, str], timeout_s: float) -> tuple[list[str], str]:
    """Tool names and what the server wrote to stderr. The same lines work with SDK 1.x and 2.x."""
    parameters = StdioServerParameters(command=command, args=args, env=env)
    with tempfile.TemporaryFile("w+", errors="replace") as errors:  # a real descriptor: the child writes to it
        with anyio.fail_after(timeout_s):
            async with stdio_client(parameters, errlog=errors) as streams, ClientSession(*streams) as session:
                await session.initialize()
                tools = await session.list_tools()
        errors.seek(0)
        return [tool.name for tool in tools.tools], errors.read()


def recorded(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_sdk_lists_its_tools_and_the_start_is_recorded(tmp_path: Path) -> None:
    record = tmp_path / "starts.jsonl"
    secret = "".join(["acme", "_", "0123456789"])
    env = {"RECORD_TO": str(record), "TOKEN": secret}

    names, errors = anyio.run(list_tools, sys.executable, [str(RECORDER), "one", "two"], env, TIMEOUT_S)

    assert (names, errors) == (["say_hello"], "")
    [start] = recorded(record)
    assert start["argv"] == [str(RECORDER), "one", "two"]
    assert start["env"]["TOKEN"] == secret
    assert record.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("position", [0, 1])
def test_the_file_can_be_named_in_argv_alone(tmp_path: Path, position: int) -> None:
    record = tmp_path / "starts.jsonl"
    rest = ["other"]
    rest[position:position] = ["--record-to", str(record)]

    anyio.run(list_tools, sys.executable, [str(RECORDER), *rest], {}, TIMEOUT_S)

    assert len(recorded(record)) == 1


def test_starts_are_appended(tmp_path: Path) -> None:
    record = tmp_path / "starts.jsonl"
    for _ in range(2):
        anyio.run(list_tools, sys.executable, [str(RECORDER), "--record-to", str(record)], {}, TIMEOUT_S)
    assert len(recorded(record)) == 2


def test_the_newer_revision_falls_back_to_the_handshake() -> None:
    """`Client` asks `server/discover` (revision 2026-07-28) first; an older server says method-not-found."""

    async def negotiated() -> str:
        parameters = StdioServerParameters(command=sys.executable, args=[str(RECORDER)])
        with anyio.fail_after(TIMEOUT_S):
            async with Client(parameters) as client:
                return client.protocol_version

    assert anyio.run(negotiated) == "2025-11-25"


def test_a_hanging_server_ends_with_a_timeout() -> None:
    silent = "import sys; print('waiting', file=sys.stderr); sys.stdin.read()"
    with pytest.raises(TimeoutError):
        anyio.run(list_tools, sys.executable, ["-c", silent], {}, 0.5)
