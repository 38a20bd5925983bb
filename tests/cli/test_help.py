"""What `--help` prints, of every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import program
from unsprawl.cli.app import COMMANDS
from unsprawl.cli.scan_command import SECTIONS, command

WORDS = [[], *([name] for name in COMMANDS), ["policy", "check"], ["policy", "schema"]]
WORDS += [["team", "join"]]
WORDS += [["rules", name] for name in ("list", "show", "check")]
WORDS += [["vault", name] for name in ("list", "add", "set", "allow", "remove", "stores", "use", "log")]
WORDS += [["team", name] for name in ("init", "key", "report")]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_fits_a_terminal_of_80_columns(words: list[str], home: Path, tmp_path: Path) -> None:
    done = program(home, tmp_path / "bin", columns=80)(*words, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert "..." not in done.stdout.replace("]...", "").replace("ARGS...", "").replace("FILES...", "").replace(
        "ARGV...", ""
    ), "cut short"


def test_every_option_of_scan_is_under_one_heading() -> None:
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(options)
