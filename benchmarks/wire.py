"""What the wire proxy costs: a request's time, the start, many event streams at once, memory for a large body."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.servers.tls import Authority

from benchmarks.measure import Command, in_turns

HERE = Path(__file__).parent
VALUE = "-".join(("bench", "value", "0123456789abcdef0123456789abcdef"))
RECORD = """
import os, sys
from unsprawl.scanner.secret import Secret
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.binding import bind
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.record import Destination
from unsprawl.vault.records import Record, save
from unsprawl.vault.service import deposit
ref, hosts, *argv = sys.argv[1:]
put = deposit(Secret(sys.stdin.read()), AgeStore())
bound = bind(argv, key=machine_key(), cwd=os.getcwd(), environ=os.environ)
wire = (Destination("T", tuple(hosts.split(","))),) if hosts else ()
at = "2026-01-01T00:00:00+00:00"
save(Record(ref, "bench", (), at, put.store, (("T", put.item),), (bound,), wire=wire), new=True)
"""


class Cost(NamedTuple):
    """One line: the same thing without and with the proxy."""

    what: str
    plain: str
    wired: str
    more: str
    limit: str


def costs(python: str, rounds: int) -> list[Cost]:
    """All of it, in one run; `python` is the interpreter that unsprawl is installed for."""
    unsprawl = os.path.join(os.path.dirname(python), "unsprawl")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        home = folder / "home"
        home.mkdir(mode=0o700)
        environ = {"HOME": str(home), "PATH": os.environ["PATH"], "NO_COLOR": "1"}
        authority = Authority(folder)
        environ["UNSPRAWL_EXTRA_CA"] = str(authority.root)
        with _double(authority, folder) as port:
            true, hosts = ["true"], (f"localhost:{port}",)
            record(python, "bench-start", hosts, true, environ)
            client = [sys.executable, str(HERE / "wire_client.py"), str(port), str(authority.root)]
            record(python, "bench-client", hosts, client, environ)
            started = _start_up(unsprawl, true, environ)
            asked = [_asked(unsprawl, client, environ) for _ in range(rounds)]
    return [*started, *_rows(asked)]


def record(python: str, ref: str, hosts: Sequence[str], argv: Sequence[str], environ: Mapping[str, str]) -> None:
    """Puts a value into the vault of that environment, for `run ref -- argv`; with `hosts`, for `run --wire`."""
    made = [python, "-c", RECORD, ref, ",".join(hosts), *argv]
    subprocess.run(made, env=environ, input=VALUE, text=True, check=True)


@contextmanager
def _double(authority: Authority, folder: Path) -> Iterator[int]:
    authority.server("localhost")
    certificate = next(path for path in folder.glob("*.pem") if path != authority.root)
    server = subprocess.Popen(
        [sys.executable, str(HERE / "wire_double.py"), str(certificate)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        server.stdin.write(VALUE + "\n")
        server.stdin.flush()
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()


def _start_up(unsprawl: str, true: list[str], environ: Mapping[str, str]) -> list[Cost]:
    plain = Command(true, "/", environ)
    wired = Command([unsprawl, "run", "--wire", "bench-start", "--", *true], "/", environ)
    found = in_turns({"plain": plain, "wired": wired}, 21)
    one, other = found["plain"].seconds * 1e3, found["wired"].seconds * 1e3
    return [Cost("start of `true`", f"{one:.1f} ms", f"{other:.0f} ms", f"{other - one:.0f} ms", "250 ms")]


def _asked(unsprawl: str, client: list[str], environ: Mapping[str, str]) -> dict[str, float]:
    argv = [unsprawl, "run", "--wire", "bench-client", "--", *client]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the client ended with {done.returncode}: {done.stderr[-1500:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _rows(asked: list[dict[str, float]]) -> list[Cost]:
    best = {name: min(each[name] for each in asked) for name in asked[0]}
    middle = {name: statistics.median(each[name] for each in asked) for name in asked[0]}

    def row(what: str, name: str, limit: str = "") -> Cost:
        plain, wired = middle[f"{name}_plain_ms"], middle[f"{name}_wired_ms"]
        return Cost(what, f"{plain:.2f} ms", f"{wired:.2f} ms", f"{wired - plain:.2f} ms", limit)

    return [
        row("a request on a kept connection, median", "request", "2 ms"),
        row("a request on a new connection, median", "first"),
        row("an event, 200 streams at once, median delay", "event"),
        row("the same, the slowest of a hundred", "late_event"),
        Cost(
            "1 GB up and 1 GB down, memory of the proxy",
            "",
            f"{best['memory_after_mb']:.0f} MB",
            f"{best['memory_after_mb'] - best['memory_before_mb']:.0f} MB",
            "flat",
        ),
    ]


def table(rows: list[Cost]) -> str:
    """As Markdown."""
    heads = ("what", "without", "through the proxy", "more", "limit")
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
