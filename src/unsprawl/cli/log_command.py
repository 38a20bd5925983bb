"""`unsprawl vault log`: what the wire proxy sent where, and what it stopped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

import click
from rich.text import Text

from unsprawl.broker.wire.log import Follower, Line, as_json, read
from unsprawl.broker.wire.model import Happening
from unsprawl.cli.console import report_options
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.report.lines import Lines
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.records import load

_STYLES: dict[str, str] = {Happening.STOPPED: "bold red", Happening.REFUSED: "red", Happening.FAILED: "yellow"}
_MARKED: frozenset[str] = frozenset({Happening.STOPPED, Happening.REFUSED})
"""In capitals, for those who see no colours."""
_LONGEST_HOST = 48
_EVERY_S = 0.5


@click.command("log", short_help="What `run --wire` sent where, and what it stopped.")
@click.option(
    "--last", default=50, metavar="N", type=click.IntRange(0), help="So many lines; 0 for all.  [default: 50]"
)
@click.option("--follow", is_flag=True, help="Go on, and show what is written from now on.")
@click.option(
    "--format", "output", type=click.Choice(["terminal", "json"]), default="terminal", help="json: a line each."
)
@click.argument("ref", required=False)
def log(last: int, follow: bool, output: str, ref: str | None) -> int:
    """Show what servers behind `run --wire` sent, to which hosts, with whose values, and what was stopped; newest last.

    The log holds no value, no path and no query. REF: of one record only.
    """
    follower = Follower() if follow else None
    lines = read(ref)
    if ref is not None and not lines:
        load(ref, os.getcwd())  # says so when there is no such record
    if not lines and not follow:
        print("Nothing is logged yet: `unsprawl run --wire` writes the log.", file=sys.stderr)
    shown = lines[-last:] if last else lines
    if len(shown) < len(lines):
        print(f"{len(lines) - len(shown)} older lines are not shown: --last 0 shows all.", file=sys.stderr)
    batches: Iterable[list[Line]] = [shown] if follower is None else chain([shown], _followed(follower, ref))
    table = _Table(Lines(*report_options(Surroundings.here())), ref)
    try:
        for batch in batches:
            if output == "json":
                sys.stdout.writelines(f"{as_json(line)}\n" for line in batch)
            else:
                table.show(batch)
            sys.stdout.flush()
    except KeyboardInterrupt:
        if not follow:
            raise
    return Exit.CLEAN


def _followed(follower: Follower, ref: str | None) -> Iterator[list[Line]]:
    import time

    while True:
        yield [line for line in follower.new() if ref is None or line.ref == ref]
        time.sleep(_EVERY_S)


class _Table:
    """The lines of each day under its date; a table where it fits, folded lines elsewhere."""

    def __init__(self, report: Lines, ref: str | None) -> None:
        self._report = report
        self._ref = ref
        self._day = ""

    def show(self, lines: list[Line]) -> None:
        """Print some lines, oldest first."""
        for day, of_day in groupby(lines, key=lambda line: line.at[:10]):
            if day != self._day:
                self._report.gap()
                self._report.line(self._report.text(f"{day} (UTC)", "bold"))
                self._day = day
            self._show(list(of_day))

    def _show(self, lines: list[Line]) -> None:
        """Whose values beside the host; below it where that is too wide; folded lines where nothing fits."""
        rows = [self._row(line) for line in lines]
        names = [", ".join(line.variables) for line in lines]
        whose = [self._report.text(each and f"({each})") for each in names]
        reasons = [[self._report.text(line.reason, "dim")] if line.reason else [] for line in lines]
        beside = [
            [*row, Text(" ").join(filter(_says, (host, names)))]
            for (*row, host), names in zip(rows, whose, strict=True)
        ]
        under = len(rows[0]) - 1
        if self._report.columns(beside, 0, reasons, under):
            return
        below = [
            [*([self._report.text(each)] if each else []), *reason] for each, reason in zip(names, reasons, strict=True)
        ]
        if self._report.columns(rows, 0, below, under):
            return
        for row, more in zip(beside, reasons, strict=True):
            self._report.line(Text("  ").join(filter(_says, row)), rest="    ")
            for text in more:
                self._report.line(text, first="    ")

    def _row(self, line: Line) -> list[Text]:
        text = self._report.text
        word = line.what.upper() if line.what in _MARKED else line.what
        return [
            text(line.at[11:19], "dim"),
            *([] if self._ref is not None else [text(line.ref)]),
            text(word, _STYLES.get(line.what, "")),
            text(" ".join(filter(None, (line.method, str(line.status or ""))))),
            text(_host(line.host)),
        ]


def _says(text: Text) -> bool:
    return bool(text.plain)


def _host(host: str) -> str:
    """The end of a long one: there stands whose it is."""
    host = host.removesuffix(":443")
    return host if len(host) <= _LONGEST_HOST else f"…{host[-_LONGEST_HOST:]}"
