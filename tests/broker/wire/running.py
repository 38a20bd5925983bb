"""A record for the wire, and `unsprawl run` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from unsprawl.scanner.secret import Secret
from unsprawl.vault import binding, places, records, service
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.record import Destination, Place
from unsprawl.vault.records import Record

SOURCE = Path(__file__).resolve().parents[3] / "src"
START = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.broker.run import main; "
START += "sys.exit(main(sys.argv[1:]))"
VALUE = "ghp_" + "Zq3Lw8Xv5Np2" * 3
PLAIN = "-".join(["synthetic", "canary", "0007"])
"""Of a variable that names no host: it is handed to the server as plain `run` does."""
REF = "server-abcd2345"
HOST = "api.vendor.example"
WAIT_S = 30


def bare_environment(home: Path) -> dict[str, str]:
    """What MCP hosts leave."""
    return {"HOME": str(home), "LOGNAME": "u", "USER": "u", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "dumb"}


def bound(
    environ: Mapping[str, str],
    argv: Sequence[str],
    *,
    wire: tuple[Destination, ...] | None = None,
    value: str = VALUE,
    cwd: str = "/",
    entry_environ: Mapping[str, str] | None = None,
) -> Record:
    """A record with a value for the wire (TOKEN) and one that is handed over (PLAIN), bound to `argv`."""
    items = [service.deposit(Secret(text), AgeStore()).item for text in (value, PLAIN)]
    made = binding.bind(argv, key=machine_key(), cwd=cwd, environ=environ, entry_environ=entry_environ)
    record = Record(
        REF, "server", ("x",), "2026-11-20T00:00:00Z", "age-file", (("TOKEN", items[0]), ("PLAIN", items[1])), (made,),
        wire=(Destination("TOKEN", (HOST,), (Place.HEADER,)),) if wire is None else wire,
    )  # fmt: skip
    records.save(record)
    return record


def command(argv: Sequence[str]) -> list[str]:
    """`unsprawl run --wire REF -- argv`."""
    return [sys.executable, "-I", "-c", START, "--wire", REF, "--", *argv]


def start(
    environ: Mapping[str, str], argv: Sequence[str], *, cwd: object = "/", stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    return subprocess.run(
        command(argv), env=dict(environ), cwd=str(cwd), input=stdin, capture_output=True, timeout=WAIT_S
    )


def run_folders() -> list[str]:
    """The folders of runs that are there now."""
    above = places.state_dir() / "wire"
    return os.listdir(above) if above.is_dir() else []
