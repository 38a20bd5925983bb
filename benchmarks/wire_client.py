"""Stands in a server's place behind the wire proxy: asks the double with and without the proxy, in turns.

`wire_client.py PORT ROOT`; prints what it measured as JSON.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import ssl
import statistics
import sys
import time
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

from wire_double import EVENTS

REQUESTS = 1000
NEW_CONNECTIONS = 60
STREAMS = 200
LARGE = 1 << 30
CHUNK = b"x" * 65536


class Way:
    """How to reach the double: straight, or through the proxy in the environment."""

    def __init__(self, port: int, root: str, proxy: str) -> None:
        self.port = port
        self.proxy = urlsplit(proxy)
        self.context = ssl.create_default_context(cafile=root)
        token = b64encode(f"{self.proxy.username}:{self.proxy.password}".encode()).decode()
        self.headers = {"Proxy-Authorization": f"Basic {token}"} if proxy else {}

    def connection(self) -> http.client.HTTPSConnection:
        if not self.headers:
            return http.client.HTTPSConnection("localhost", self.port, context=self.context)
        made = http.client.HTTPSConnection("127.0.0.1", self.proxy.port, context=self.context)
        made.set_tunnel("localhost", self.port, headers=self.headers)
        return made

    async def stream(self) -> list[float]:
        """The delays of the events of one stream, in ms."""
        if self.headers:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
            lines = [f"{name}: {value}" for name, value in self.headers.items()]
            writer.write("\r\n".join([f"CONNECT localhost:{self.port} HTTP/1.1", *lines, "", ""]).encode())
            await reader.readuntil(b"\r\n\r\n")
            await writer.start_tls(self.context, server_hostname="localhost")
        else:
            reader, writer = await asyncio.open_connection("localhost", self.port, ssl=self.context)
        request = (
            f"GET /events HTTP/1.1\r\nHost: localhost:{self.port}\r\nAuthorization: Bearer {os.environ['T']}\r\n\r\n"
        )
        writer.write(request.encode())
        delays = []
        while len(delays) < EVENTS:
            line = await reader.readline()
            if line.startswith(b"data: "):
                delays.append((time.monotonic_ns() - int(line[6:])) / 1e6)
            elif not line:
                raise SystemExit("a stream ended early")
        writer.close()
        return delays


def get(connection: http.client.HTTPSConnection, *, wired: bool) -> float:
    """The time of one request in ms."""
    begun = time.perf_counter()
    connection.request("GET", "/small", headers={"Authorization": f"Bearer {os.environ['T']}"})
    answer = json.loads(connection.getresponse().read())
    took = (time.perf_counter() - begun) * 1e3
    if answer["got_it"] != wired:
        raise SystemExit("the value did not arrive, or was not needed")
    return took


def requests(ways: dict[str, Way]) -> dict[str, float]:
    kept = {name: way.connection() for name, way in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(REQUESTS):
        for name, connection in kept.items():
            times[name].append(get(connection, wired=name == "wired"))
    first: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(NEW_CONNECTIONS):
        for name, way in ways.items():
            connection = way.connection()
            first[name].append(get(connection, wired=name == "wired"))
            connection.close()
    found = {f"request_{name}_ms": statistics.median(taken) for name, taken in times.items()}
    return found | {f"first_{name}_ms": statistics.median(taken) for name, taken in first.items()}


async def streams(ways: dict[str, Way]) -> dict[str, float]:
    found = {}
    for name, way in ways.items():
        # Each stream's first events come while the others still connect.
        delays = [
            each for stream in await asyncio.gather(*(way.stream() for _ in range(STREAMS))) for each in stream[4:]
        ]
        found[f"event_{name}_ms"] = statistics.median(delays)
        found[f"late_event_{name}_ms"] = statistics.quantiles(delays, n=100)[-1]
    return found


def large(way: Way) -> dict[str, float]:
    before = proxy_peak_mb()
    connection = way.connection()
    sent = (CHUNK for _ in range(LARGE // len(CHUNK)))
    headers = {"Authorization": f"Bearer {os.environ['T']}", "Content-Length": str(LARGE)}
    connection.request("POST", "/up", body=sent, headers=headers)
    connection.getresponse().read()
    connection.request("GET", f"/down/{LARGE}", headers={"Authorization": f"Bearer {os.environ['T']}"})
    answer, got = connection.getresponse(), 0
    while data := answer.read(len(CHUNK)):
        got += len(data)
    if got != LARGE:
        raise SystemExit(f"only {got} bytes came")
    return {"memory_before_mb": before, "memory_after_mb": proxy_peak_mb()}


def proxy_peak_mb() -> float:
    """The most memory that the proxy ever held; it is our parent."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{os.getppid()}/status").read_text())
    assert peak is not None
    return int(peak[1]) / 1024


def main() -> None:
    port, root = int(sys.argv[1]), sys.argv[2]
    ways = {
        "plain": Way(port, root, ""),
        "wired": Way(port, os.environ["SSL_CERT_FILE"], os.environ["HTTPS_PROXY"]),
    }
    # The large bodies first: two hundred streams take more memory than they do.
    print(json.dumps(large(ways["wired"]) | requests(ways) | asyncio.run(streams(ways))))


if __name__ == "__main__":
    main()
