"""A vendor's API on loopback under the vendor's own name, and a look into the processes that call it."""

from __future__ import annotations

import asyncio
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.broker.wire.bench import read_request
from tests.servers.tls import Authority, double, way_to

LIMIT_S = 60.0
HOST = "api.github.com"


class Vendor:
    """Answers each request when it is told to, so that one can look into whoever asked while it waits."""

    def __init__(self, folder: Path, host: str = HOST, bodies: Mapping[str, bytes] | None = None) -> None:
        self.authority = Authority(folder)
        self._host = host
        self._bodies = bodies or {}
        self.way_port = 0
        self.heads: list[dict[str, str]] = []
        self.asked = threading.Semaphore(0)
        self._go = threading.Semaphore(0)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    def __repr__(self) -> str:
        return "Vendor(<hidden>)"

    @property
    def environ(self) -> dict[str, str]:
        """What leads the proxy of a run here."""
        return {"HTTPS_PROXY": f"http://127.0.0.1:{self.way_port}", "UNSPRAWL_EXTRA_CA": str(self.authority.root)}

    def answer(self) -> None:
        """Let one request have its answer."""
        self._go.release()

    async def _handler(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (request := await read_request(reader)) is not None:
            self.heads.append({"": request.first} | request.headers)
            self.asked.release()
            await asyncio.to_thread(self._go.acquire, True, LIMIT_S)
            path = request.first.split()[1].partition("?")[0]
            body = _GIT if "info/refs" in path else self._bodies.get(path, b'{"login":"octocat"}')
            kind = b"application/x-git-upload-pack-advertisement" if body is _GIT else b"application/json"
            head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            writer.write(head + body)
            await writer.drain()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with (
            double(self._handler, self.authority.server(self._host)) as served,
            way_to({f"{self._host}:443": served.port}) as way,
        ):
            self.way_port = way.port
            ready.set()
            await self._end.wait()

    @contextmanager
    def serving(self) -> Iterator[Vendor]:
        """Serves in a thread of its own while the block runs."""
        ready = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)))
        thread.start()
        try:
            assert ready.wait(LIMIT_S)
            yield self
        finally:
            for _ in range(100):
                self._go.release()
            if self._loop is not None and self._end is not None:
                self._loop.call_soon_threadsafe(self._end.set)
            thread.join(LIMIT_S)


_REF = b"0" * 40 + b" capabilities^{}\0 agent=git/2\n"
_GIT = b"001e# service=git-upload-pack\n0000" + b"%04x" % (len(_REF) + 4) + _REF + b"0000"
"""An empty repository, as git asks for it (protocol version 0)."""


@dataclass(frozen=True, slots=True)
class Called:
    """What came of one run."""

    code: int
    output: str = field(repr=False)
    errors: str = field(repr=False)
    authorization: list[str] = field(repr=False)
    """Of each request, as the vendor got it."""
    looked_at: dict[str, bool]
    """Processes below the run, by their programs' names, and whether anything in one of them holds the secret."""


def call(
    vendor: Vendor, argv: Sequence[str], environ: Mapping[str, str], secret: str, cwd: Path, requests: int = 1
) -> Called:
    """Run `argv` and look into every process below it while its requests wait for their answers."""
    before = len(vendor.heads)
    looked_at: dict[str, bool] = {}
    with subprocess.Popen(
        list(argv), env=dict(environ), cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            for _ in range(requests):
                if not _asked(vendor, process):
                    break
                for pid in below(process.pid):
                    name = _read(pid, "comm").decode().strip()
                    looked_at[name] = looked_at.get(name, False) or holds(pid, secret)
                vendor.answer()
            output, errors = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
    got = [head.get("authorization", "") for head in vendor.heads[before:]]
    return Called(process.returncode, output, errors, got, looked_at)


def _asked(vendor: Vendor, process: subprocess.Popen[str]) -> bool:
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if vendor.asked.acquire(timeout=0.1):
            return True
        if process.poll() is not None:
            return False
    return False


def below(pid: int) -> list[int]:
    """All processes that come from `pid`; not the second one of the run itself, which is no program of its own."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found, wanted = [], {pid}
    while wanted:
        wanted = {child for child, parent in parents.items() if parent in wanted}
        found += sorted(wanted)
    ours = _read(pid, "cmdline")
    return [each for each in found if _read(each, "cmdline") != ours]


def holds(pid: int, secret: str) -> bool:
    """Whether the secret stands in the process's environment, arguments or readable memory, in UTF-8 or UTF-16."""
    spellings = (secret.encode(), secret.encode("utf-16-le"))
    if any(text in _read(pid, name) for name in ("environ", "cmdline") for text in spellings):
        return True
    with suppress(OSError), open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in _read(pid, "maps").decode(errors="replace").splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if match and "[v" not in line:
                with suppress(OSError, ValueError, OverflowError):
                    start, end = (int(number, 16) for number in match.groups())
                    if end - start < 1 << 30:
                        memory.seek(start)
                        content = memory.read(end - start)
                        if any(text in content for text in spellings):
                            return True
    return False


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def is_readable(pid: int) -> bool:
    """Whether this process may read the other's memory at all: else `holds` proves nothing."""
    try:
        with open(f"/proc/{pid}/mem", "rb"):
            return True
    except OSError:
        return False
