"""What has a vendor's format is hidden, also where no scan would take it for a key."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import program
from unsprawl.cli.output import LastRedactor
from unsprawl.scanner.redact import MASK, RedactingStream

KEY = github(1)


@pytest.mark.parametrize(
    "text",
    ["{}", "--{}", "srv-{}", "{}-srv", "my_{}", "a-{}_b", "/srv/a-{}/.mcp.json", "mcp-{}.json", '"pointer": "/s/x-{}"'],
)
def test_a_key_that_is_tied_to_a_word_is_hidden(text: str) -> None:
    assert LastRedactor().clean(text.format(KEY)) == text.format(MASK)


def test_what_is_longer_than_a_key_is_none() -> None:
    assert LastRedactor().clean(f"x{KEY}y") == f"x{KEY}y"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  ::add-mask::x/.mcp.json:1", "  : :add-mask::x/.mcp.json:1"),
        ("::stop-commands::x", ": :stop-commands::x"),
        ("not checked  ##[group]x", "not checked  # #[group]x"),
        ("a ##vso[task.setvariable variable=PATH]x", "a # #vso[task.setvariable variable=PATH]x"),
        ("a###[x]", "a## #[x]"),
        ("name::part  ## a title [1]", "name::part  ## a title [1]"),
    ],
)
def test_a_name_is_no_command_to_a_ci_service(line: str, shown: str) -> None:
    for logged, wanted in ((True, shown), (False, line)):
        text = io.StringIO()
        stream = RedactingStream(text, LastRedactor(), logged=logged)
        stream.write(f"first\n{line}\n{line}")
        stream.pass_on([f"\n{line}\n"], exact=False)
        assert text.getvalue() == f"first\n{wanted}\n{wanted}\n{wanted}\n"


def test_what_is_exact_stays_so() -> None:
    text = io.StringIO()
    RedactingStream(text, LastRedactor(), logged=True).pass_on(["::error::x\n"], exact=True)
    assert text.getvalue() == "::error::x\n"


def test_the_log_of_a_ci_service(home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    for folder in ("::stop-commands::x", "##vso[task.complete]x"):
        (home / folder).mkdir()
        servers = {"##[add-mask]x": {"command": "x", "env": {"GITHUB_TOKEN": KEY}}}
        (home / folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}))
    for words in (["scan", "."], ["scan", ".", "--verbose"], ["hook", "::stop-commands::x/.mcp.json"]):
        done = start(*words, env={"CI": "true"})
        for line in (done.stdout + done.stderr).splitlines():
            assert not line.lstrip().startswith("::"), line
            assert "##" not in line, line
        assert "stop-commands" in done.stdout + done.stderr
