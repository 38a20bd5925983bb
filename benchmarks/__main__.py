"""`python -m benchmarks [--files N] [--python PATH]`: the table of the docs.

Needs an installed unsprawl (`--python` names the interpreter of a fresh virtual environment that has it).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks.generated_home import make

WALK = """
import os, sys
pending, seen = [sys.argv[1]], 0
while pending:
    with os.scandir(pending.pop()) as listing:
        for item in listing:
            seen += 1
            if item.is_dir(follow_symlinks=False):
                pending.append(item.path)
print(seen)
"""


Row: TypeAlias = tuple[str, float, str, float, str]


def seconds(command: Sequence[str], times: int, cwd: str, env: dict[str, str]) -> float:
    """Median wall time."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def peak_mb(command: Sequence[str], cwd: str, env: dict[str, str]) -> float:
    """Largest resident set of a command, measured in a process that has no other children."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *command], cwd=cwd, env=env, capture_output=True, text=True)
    return int(done.stdout) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    python = options.python
    unsprawl = os.path.join(os.path.dirname(python), "unsprawl")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        home.mkdir(mode=0o700)
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "NO_COLOR": "1"}
        rows: list[Row] = []
        _small(rows, python, unsprawl, scratch, env)
        planted = make(home, options.files)
        walk = seconds([python, "-c", WALK, str(home)], 3, scratch, env)
        whole = seconds([unsprawl, "scan", str(home), "--format", "json"], 3, scratch, env)
        done = subprocess.run(
            [unsprawl, "scan", str(home), "--format", "json"], cwd=scratch, env=env, capture_output=True, check=False
        )
        found = len(json.loads(done.stdout)["findings"])
        rows.append((f"scan of a home of {options.files:,} files", whole, "os.scandir walk of it", walk, "2"))
        print("| what | seconds | against | seconds | ratio | limit |\n| --- | --- | --- | --- | --- | --- |")
        for what, mine, against, other, limit in rows:
            print(f"| {what} | {mine:.3f} | {against} | {other:.3f} | {mine / other:.2f} | {limit} |")
        memory = peak_mb([unsprawl, "scan", str(home), "--format", "json"], scratch, env)
        print(f"\nmemory of that scan: {memory:.0f} MB (limit 60); planted {planted}, found {found}")


def _small(rows: list[Row], python: str, unsprawl: str, scratch: str, env: dict[str, str]) -> None:
    nothing = seconds([python, "-c", "pass"], 31, scratch, env)
    clean = Path(scratch, "repo", ".mcp.json")
    clean.parent.mkdir()
    clean.write_text(json.dumps({"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"], "env": {"T": "${T}"}}}}))
    hook = seconds([unsprawl, "hook", ".mcp.json"], 31, str(clean.parent), env)
    rows.append(("hook, one clean file", hook, "`python -c pass`", nothing, "5.5"))
    subprocess.run(["git", "init", "-q"], cwd=clean.parent, check=True)
    subprocess.run(["git", "add", "."], cwd=clean.parent, check=True)
    staged = seconds([unsprawl, "hook", ".mcp.json"], 31, str(clean.parent), env)
    rows.append(("hook, one clean staged file", staged, "`python -c pass`", nothing, "5.5"))
    here = str(Path(__file__).parent.parent)
    whole = seconds([unsprawl, "scan", here], 5, scratch, env)
    rows.append(("scan of this repository", whole, "`python -c pass`", nothing, ""))
    started = _run_start(python, unsprawl, scratch, env)
    rows.append(("`unsprawl run` start-up, file vault", started, "limit 0.150 s", 0.150, "1"))


def _run_start(python: str, unsprawl: str, scratch: str, env: dict[str, str]) -> float:
    """`unsprawl run REF -- true` less `true`, with a record in the file vault."""
    script = """
import os
from unsprawl.scanner.secret import Secret
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.binding import bind
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.records import Record, save
from unsprawl.vault.service import deposit
put = deposit(Secret("x" * 40), AgeStore())
bound = bind(["true"], key=machine_key(), cwd=os.getcwd(), environ=os.environ)
save(Record("bench-1", "bench", (), "2026-01-01T00:00:00+00:00", put.store, (("T", put.item),), (bound,)), new=True)
"""
    subprocess.run([python, "-c", script], env=env, cwd=scratch, check=True)
    subprocess.run([unsprawl, "run", "bench-1", "--", "true"], env=env, cwd=scratch, check=True)
    return seconds([unsprawl, "run", "bench-1", "--", "true"], 31, scratch, env) - seconds(["true"], 31, scratch, env)


if __name__ == "__main__":
    main()
