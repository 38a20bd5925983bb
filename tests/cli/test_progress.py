"""The moving line on stderr: on a terminal, for what lasts, and never in the result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.program import on_a_terminal, program
from tests.rewriters.support import env_entry, github, write_json

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


SLOW_STORE = """
import time
import unsprawl.cli.progress as progress
import unsprawl.rewriters.apply as apply
progress.PATIENCE_S = 0.2
_keep = apply._keep
def _slowly(*words):
    _keep(*words)
    time.sleep(1)
apply._keep = _slowly
"""


def test_it_shows_how_far_a_migration_is(home: Path, tmp_path: Path) -> None:
    write_json(home / ".cursor" / "mcp.json", {"x": env_entry(), "y": env_entry(github(2))})
    start = program(home, tmp_path / "bin", extra=SLOW_STORE)
    err, out, code = on_a_terminal(start, "migrate", "--yes", "--to", "reference", piped=True)
    assert code == 0, out
    assert "put 1 secrets away, changed 0 of 1 files" in err
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
    fault = (
        SLOW.format(seconds=1)
        + "\nimport unsprawl.cli.scan_command as command\ncommand.exit_code = lambda *a, **k: 1 / 0\n"
    )
    err, _, code = on_a_terminal(program(home, tmp_path / "bin", extra=fault), "scan", piped=True)
    assert code == 70
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h")
