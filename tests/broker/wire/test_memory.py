"""A body of any size takes the same memory. 1 GB where real programs are asked for, 256 MB elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.broker.wire.bench import VALUE, VENDOR, basic, read_answer
from tests.servers.tls import Authority, double, way_to

pytest.importorskip("resource")

MEGABYTE = 1024 * 1024
SIZE = (1024 if os.environ.get("UNSPRAWL_EXTERNAL") == "1" else 256) * MEGABYTE
PART = bytes(range(256)) * 1024
_GROWTH = 24 * MEGABYTE
LIMIT_S = 300.0
ROOT = Path(__file__).parents[3]


async def download(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with the body."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        assert VALUE.encode() in head
        size = SIZE if b"/all" in head else len(PART)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(PART)):
            writer.write(PART)
            await writer.drain()


async def upload(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Counts the body."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        assert VALUE.encode() in head
        count = 0
        while size := int(await reader.readuntil(b"\r\n"), 16):
            while size:
                data = await reader.read(size)
                assert data
                size -= len(data)
                count += len(data)
            await reader.readexactly(2)
        await reader.readexactly(2)
        text = b"%d" % count
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        await writer.drain()


async def fetch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, placeholder: str) -> int:
    """Reads the body away, checking it, and returns how much it was."""
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {VENDOR}\r\nX: {placeholder}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length, count = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0]), 0
    while count < length:
        data = await reader.read(min(length - count, 1024 * 1024))
        at = count % 256
        assert data[:1] == PART[at : at + 1]
        count += len(data)
    return count


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str, placeholder: str) -> int:
    """Sends the body, and returns how much of it arrived."""
    head = f"POST {target} HTTP/1.1\r\nHost: {VENDOR}\r\nX: {placeholder}\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head.encode())
    for _ in range((SIZE if target == "/all" else len(PART)) // len(PART)):
        writer.write(b"%x\r\n" % len(PART) + PART + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    return int((await read_answer(reader)).body)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel as Linux has it")
@pytest.mark.parametrize(("handler", "use"), [(download, fetch), (upload, send)], ids=["download", "upload"])
def test_a_large_body_takes_no_memory(tmp_path: Path, handler: object, use: object) -> None:
    async def scenario() -> None:
        authority = Authority(tmp_path)
        async with (
            asyncio.timeout(LIMIT_S),
            double(handler, authority.server(VENDOR), keep=False) as vendor,  # type: ignore[arg-type]
            way_to({f"{VENDOR}:443": vendor.port}) as way,
        ):
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.broker.wire.child_proxy"),
                *(f"http://127.0.0.1:{way.port}", str(authority.root)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            assert child.stdin is not None
            assert child.stdout is not None

            async def largest() -> int:
                child.stdin.write(b"\n")  # type: ignore[union-attr]
                return int(await child.stdout.readline())  # type: ignore[union-attr]

            try:
                facts = json.loads(await child.stdout.readline())
                url = urlsplit(facts["url"])
                reader, writer = await asyncio.open_connection("127.0.0.1", url.port)
                proof = basic(f"{url.username}:{url.password}")
                writer.write(f"CONNECT {VENDOR}:443 HTTP/1.1\r\nProxy-Authorization: {proof}\r\n\r\n".encode())
                await reader.readuntil(b"\r\n\r\n")
                await writer.start_tls(ssl.create_default_context(cadata=facts["ca"]), server_hostname=VENDOR)
                assert await use(reader, writer, "/part", facts["placeholder"]) == len(PART)  # type: ignore[operator]
                before = await largest()
                assert await use(reader, writer, "/all", facts["placeholder"]) == SIZE  # type: ignore[operator]
                assert await largest() - before < _GROWTH
                writer.transport.abort()
            finally:
                child.stdin.close()
                await child.wait()

    asyncio.run(scenario())
