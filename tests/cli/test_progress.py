"""The moving line on stderr: on a terminal, for what lasts, and never in the result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.program import on_a_terminal, program

SLOW = """
import time
import unsprawl.cli.progress as progress
import unsprawl.scanner.scan as scan
progress.PATIENCE_S = 0.2
_scan = scan.run_scan
def _slowly(options, around, seen):
    result = _scan(options, around, seen)
    time.sleep({seconds})
    return result
scan.run_scan = _slowly
"""


@pytest.mark.parametrize("words", [("scan",), ("scan", "--format", "json")], ids=" ".join)
def test_it_shows_and_goes(words: tuple[str, ...], home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin", extra=SLOW.format(seconds=1))
    err, out, code = on_a_terminal(start, *words, piped=True)
    assert code == 0
    assert out == start(*words).stdout
    assert "looked at 0 files, 0 secrets so far" in err
    assert err.rstrip().endswith(("\x1b[2K", "\x1b[?25h", "\x1b[1A\x1b[2K")), repr(err[-80:])
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h") == 1, "the cursor is back"


@pytest.mark.parametrize(
    ("words", "seconds", "variables"),
    [(("scan",), 0, {}), (("scan", "--quiet"), 1, {}), (("scan",), 1, {"TERM": "dumb"})],
    ids=["quick", "quiet", "dumb"],
)
def test_no_line(words: tuple[str, ...], seconds: int, variables: dict[str, str], home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin", extra=SLOW.format(seconds=seconds))
    err, _, code = on_a_terminal(start, *words, piped=True, **variables)
    assert (code, re.sub(r"\s", "", err)) == (0, "")


def test_not_into_a_pipe(home: Path, tmp_path: Path) -> None:
    assert program(home, tmp_path / "bin", extra=SLOW.format(seconds=1))("scan").stderr == ""


def test_it_goes_when_the_scan_fails(home: Path, tmp_path: Path) -> None:
    fault = SLOW.format(seconds=1) + "\ncommand.exit_code = lambda *a, **k: 1 / 0\n"
    err, _, code = on_a_terminal(program(home, tmp_path / "bin", extra=fault), "scan", piped=True)
    assert code == 70
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h")
