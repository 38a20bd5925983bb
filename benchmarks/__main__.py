"""`python -m benchmarks --python PATH [--peers] [--wire|--validate] [--write]`: how fast an installed unsprawl is.

`--python` names the interpreter of a fresh virtual environment that unsprawl was installed into (not with `-e`: that
makes Python itself start slower). `--peers` installs other scanners from PyPI and runs them beside it; `--wire` is for
what the wire proxy costs, `--validate` for how long vendors are asked, and nothing else; `--write` puts the tables
into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks import history, validate, wire
from benchmarks.generated_home import make
from benchmarks.measure import Command, Measured, in_turns
from benchmarks.peers import Peer, install

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"
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
RUN_LIMIT_S = 0.150
CLEAN = {"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"], "env": {"T": "${T}"}}}}


class Row(NamedTuple):
    """One line of a table. Ratios are to what the table is against."""

    what: str
    ratio: float
    cpu: float
    limit: str = ""
    peak_mb: float = 0
    found: str = ""


class Bench(NamedTuple):
    """What is measured, and where."""

    python: str
    folder: Path
    peers: dict[Peer, str]
    files: int
    commits: int
    rounds: int

    @property
    def unsprawl(self) -> str:
        return os.path.join(os.path.dirname(self.python), "unsprawl")

    def command(self, *argv: str, cwd: Path | None = None) -> Command:
        """A command in the generated home, and in no other."""
        env = {"HOME": str(self.folder / "home"), "PATH": os.environ["PATH"], "NO_COLOR": "1"}
        return Command(argv, str(cwd or self.folder), env)


def starts(bench: Bench) -> list[Row]:
    """What starts over and over: the commit hook, and `run`."""
    project = bench.folder / "repo"
    project.mkdir()
    file = project / ".mcp.json"
    file.write_text(json.dumps(CLEAN))
    loose = {
        "pass": bench.command(bench.python, "-c", "pass"),
        "hook": bench.command(bench.unsprawl, "hook", ".mcp.json", cwd=project),
        **{peer.package: bench.command(*peer.argv(bench.folder, str(file))) for peer in bench.peers},
    }
    found = in_turns(loose, 21)
    base = found["pass"]
    rows = [_row("`unsprawl hook`, one clean file", found["hook"], base, "5.5")]
    rows += [_row(f"{peer.package}, that file", found[peer.package], base) for peer in bench.peers]
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    subprocess.run(["git", "add", "."], cwd=project, check=True)
    staged = in_turns({"hook": loose["hook"], "pass": loose["pass"]}, 21)
    rows.append(_row("`unsprawl hook`, the same file staged in git", staged["hook"], staged["pass"]))
    wire.record(bench.python, "bench-1", (), ["true"], loose["pass"].env)
    run = {
        "run": bench.command(bench.unsprawl, "run", "bench-1", "--", "true"),
        "pass": loose["pass"],
    }
    subprocess.run(run["run"].argv, cwd=run["run"].cwd, env=run["run"].env, check=True)
    started = in_turns(run, 21)
    limit = f"{RUN_LIMIT_S / started['pass'].seconds:.1f} ({RUN_LIMIT_S:.3f} s)"
    rows.append(_row("`unsprawl run` with the file vault, of `true`", started["run"], started["pass"], limit))
    return rows


def _row(what: str, mine: Measured, base: Measured, limit: str = "") -> Row:
    return Row(what, mine.seconds / base.seconds, mine.cpu_seconds / base.cpu_seconds, limit)


def home_scan(bench: Bench) -> list[Row]:
    """A whole home, against a walk that only lists it."""
    home = bench.folder / "home"
    planted = make(home, bench.files)
    scan = [bench.unsprawl, "scan", str(home)]
    mine = {
        "`unsprawl scan --quiet`": bench.command(*scan, "--quiet"),
        "`unsprawl scan --format json`": bench.command(*scan, "--format", "json"),
        "`unsprawl scan`": bench.command(*scan),
        "`unsprawl scan --thorough`": bench.command(*scan, "--thorough", "--format", "json"),
    }
    theirs = {peer.package: bench.command(*peer.argv(bench.folder, str(home))) for peer in bench.peers}
    walk = bench.command(bench.python, "-c", WALK, str(home))
    found = in_turns({"walk": walk, **mine}, bench.rounds)
    base = found["walk"]
    rows = [_row("`os.scandir` walk", base, base)._replace(peak_mb=base.peak_mb)]
    for name in mine:
        row = _row(name, found[name], base, "" if "thorough" in name else "2")
        rows.append(row._replace(peak_mb=found[name].peak_mb, found=_found(found[name], planted)))
    for name, measured in in_turns(theirs, 1).items():
        number = _found(measured, planted) or f"0 of {len(planted)}"
        rows.append(_row(name, measured, base)._replace(peak_mb=measured.peak_mb, found=number))
    return rows


def _found(measured: Measured, planted: list[str]) -> str:
    """How many of the planted values a report holds; ours holds none, so its groups of equal values are counted."""
    text = measured.output.decode(errors="replace")
    if text.startswith('{\n  "schema_version"'):
        return f"{len(json.loads(text)['sprawls'])} of {len(planted)}"
    number = sum(value in text for value in planted)
    return f"{number} of {len(planted)}" if number else ""


def history_scan(bench: Bench) -> tuple[list[Row], list[Row]]:
    """All of a repository's history, and the quick pass over its names."""
    rounds = min(bench.rounds, 9)
    tables = history.history_scan(bench.folder, bench.unsprawl, list(bench.peers), bench.commits, rounds, bench.command)
    whole, quick = ([_historic(row) for row in rows] for rows in tables)
    return whole, quick


def _historic(row: history.Row) -> Row:
    # No memory here: a process counts as its peak what we hold when we start it, and by now that is a lot.
    return _row(row.what, row.mine, row.base, row.limit)._replace(found=row.found)


def table(title: str, rows: list[Row], against: str) -> str:
    """The rows as Markdown, with the columns that are in use."""
    used = [index for index in range(6) if any(row[index] for row in rows)]
    heads = ["what", f"time, in {against}", "CPU time, likewise", "limit", "memory, MB at most", "planted keys found"]
    lines = [[heads[index] for index in used], ["---"] * len(used)]
    for row in rows:
        peak = f"{row.peak_mb:.0f}" if row.peak_mb else ""
        cells = [row.what, f"{row.ratio:.2f}", f"{row.cpu:.2f}", row.limit, peak, row.found]
        lines.append([cells[index] for index in used])
    return f"## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def report(bench: Bench) -> str:
    """The whole document."""
    version = subprocess.run([bench.unsprawl, "--version"], capture_output=True, text=True, check=True).stdout.split()[
        -1
    ]
    python = subprocess.run(
        [bench.python, "-c", "import platform; print(platform.python_version(), platform.system())"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    peers = "".join(f", {peer.package} {number}" for peer, number in bench.peers.items())
    first = table("What starts over and over", starts(bench), "`python -c pass`")
    second = table(f"A home of {bench.files:,} files", home_scan(bench), "a bare walk")
    whole, quick = history_scan(bench)
    third = table(f"All of a history of {bench.commits:,} commits", whole, "git reading all objects")
    fourth = table("The same history, by names", quick, "git listing all objects")
    return f"""# Benchmarks

Ratios, taken in turns in one run on one machine: the seconds are the machine's, the ratios are the program's. Made by
`python -m benchmarks --peers --write` on {date.today()}: {python[1]}, {os.cpu_count()} cores, Python {python[0]},
unsprawl {version}{peers}.
The fastest of several runs counts, with the files in the system's cache. What else the machine does lengthens the time
and leaves the CPU time, which counts all cores, nearly as it is.

{first}
{second}
{ABOUT}
{third}
{fourth}
{ABOUT_HISTORY}
{validate_section(bench.python)}
{wire_section(bench.python, bench.rounds)}"""


def validate_section(python: str) -> str:
    """The part of the document that tells how long vendors are asked."""
    load = os.getloadavg()[0]
    rows = validate.table(validate.costs(python))
    return f"{VALIDATE}\n\n{rows}\n{ABOUT_VALIDATE.format(date=date.today(), load=load, cores=os.cpu_count())}"


def replaced(document: str, title: str, text: str) -> str:
    """The document with another text for one of its parts, which may be new."""
    before, found, after = document.partition(f"{title}\n")
    rest = after[after.index("\n## ") + 1 :] if found and "\n## " in after else ""
    return f"{before.rstrip()}\n\n{text.rstrip()}\n" + (f"\n{rest}" if rest else "")


def wire_section(python: str, rounds: int) -> str:
    """The part of the document that tells what the wire proxy costs."""
    table_of_costs = wire.table(wire.costs(python, min(rounds, 5)))
    return f"{WIRE}\n\n{table_of_costs}\n{ABOUT_WIRE.format(date=date.today())}"


ABOUT = """\
The home is made by `benchmarks/generated_home.py`: half of its files are its owner's projects, the others are in
`node_modules`, `.git`, `.cache` and virtual environments; 300 projects have an MCP configuration, one in two of them
with a key, and the user's own hosts have theirs, one of 5 MB. The peers read whatever they take for text, and look for
keys of every kind in it, which is another and larger task: a scan that knows where MCP hosts keep their keys reads one
file in five hundred. Most planted keys have no vendor's format, which is all that kingfisher knows. The peers' checks
of found keys with the providers were off.
"""


ABOUT_HISTORY = """\
The repository is made by `benchmarks/generated_history.py`: two thousand files of code and pictures, of which each
commit changes a few, and configurations whose keys are added, rotated, kept, renamed and removed, on branches, in
merges, stashes and tags. A key of ours counts as found when the report names its place with exactly the commits that
introduced and removed it, whether a remote has it, and whether it is still there; one of a peer when its report holds
the value anywhere. The quick pass leaves out files whose names say nothing. It is above its limit:
git lists these 51,000 objects in about the time that unsprawl takes to start, and every version of a configuration is
still to be read as its host would read it.
"""


VALIDATE = "## Asking vendors"
ABOUT_VALIDATE = f"""\
Made by `python -m benchmarks --validate --write` on {{date}}, on {{cores}} cores of which other programs wanted
{{load:.1f}}. Eight vendors, doubles behind one server of real TLS and a proxy on the same machine, take
{validate.DELAY_S} seconds for each answer, which has 64 KiB. At {validate.AT_ONCE} requests at once, two to one host,
that is the least time; the whole program is measured against it, with its start and its scan. It keeps a few KB for
each secret, and nothing of the answers.
"""


WIRE = "## The wire proxy"
ABOUT_WIRE = """\
Made by `python -m benchmarks --wire --write` on {date}. The client stands in a server's place behind
`unsprawl run --wire` and asks a double of a vendor's API on loopback, in TLS, a thousand times with the proxy and
without it, in turns. Each of the streams has two events a second, in which the double writes what time it is; client,
proxy and double share two cores. A new connection has two TLS handshakes where one was, and the vault is asked again.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--files", type=int, default=200_000, help="how many files the home has")
    parser.add_argument("--commits", type=int, default=5_000, help="how many commits the repository has")
    parser.add_argument("--rounds", type=int, default=15, help="how often the home is scanned")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that unsprawl is installed for")
    parser.add_argument("--peers", action="store_true", help="install other scanners from PyPI and run them too")
    parser.add_argument("--wire", action="store_true", help="what the wire proxy costs, and nothing else")
    parser.add_argument("--validate", action="store_true", help="how long vendors are asked, and nothing else")
    parser.add_argument("--write", action="store_true", help=f"write docs/{DOCUMENT.name}")
    options = parser.parse_args()
    if options.wire or options.validate:
        title = WIRE if options.wire else VALIDATE
        text = wire_section(options.python, options.rounds) if options.wire else validate_section(options.python)
        if options.write:
            DOCUMENT.write_text(replaced(DOCUMENT.read_text(), title, text))
        print(text)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "home").mkdir(mode=0o700)
        peers = install(folder) if options.peers else {}
        text = report(Bench(options.python, folder, peers, options.files, options.commits, options.rounds))
    if options.write:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
