"""Shell completion through the lazy group and the redacting streams."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from unsprawl.cli.app import COMMANDS
from unsprawl.rewriters.planner import ALL_TARGETS, AUTO


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    return program(home, tmp_path / "bin")


def completed(start: Program, *words: str) -> list[str]:
    """What bash would offer for the last word."""
    asked = {"_UNSPRAWL_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = start(env=asked)
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script(shell: str, start: Program) -> None:
    done = start(env={"_UNSPRAWL_COMPLETE": f"{shell}_source"})
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_UNSPRAWL_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["unsprawl", ""], list(COMMANDS)),
        (["unsprawl", "ve"], ["verify"]),
        (["unsprawl", "migrate", "--to", ""], [AUTO, *ALL_TARGETS]),
        (["unsprawl", "scan", "--form"], ["--format"]),
        (["unsprawl", "vault", "s"], ["set", "stores"]),
        (["unsprawl", "hook", "./x"], ["./x"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_what_is_offered(words: list[str], offered: list[str], start: Program) -> None:
    assert completed(start, *words) == offered


def test_bash_itself(start: Program) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    script = (
        'eval "$(_UNSPRAWL_COMPLETE=bash_source unsprawl)" && COMP_WORDS=(unsprawl mi) COMP_CWORD=1 '
        '&& _unsprawl_completion unsprawl && echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run([bash, "-c", script], env=start.environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("migrate\n", "")


@pytest.mark.parametrize("instruction", ["x", "nosuch_source", "bash_nosuch", github(300)])
def test_an_unknown_shell(instruction: str, start: Program) -> None:
    done = start(env={"_UNSPRAWL_COMPLETE": instruction})
    assert done.returncode == 2
    assert "bash_source" in done.stderr
    assert instruction not in done.stderr or instruction == "x"
