"""What only a person can do: a command that is too long stands on a line of its own, other colons part nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.report.migration import MigrationReport

LONG = "word " * 60
CASES = {
    "short": (Todo("do it", "unsprawl undo x"), "  - do it: unsprawl undo x"),
    "long": (Todo(f"{LONG}end", "unsprawl undo a: b"), "      unsprawl undo a: b"),
    "a colon in the sentence": (Todo(f"{LONG}first: then this", "cmd"), "first: then this:\n      cmd"),
    "nothing to type": (Todo(f"{LONG}hand it over: a variable does not reach it"), "over: a variable does"),
    "plain text": (f"{LONG}hand it over: a variable does not reach it", "over: a variable does"),
}


@pytest.mark.parametrize(("item", "shown"), CASES.values(), ids=CASES.keys())
def test_lines(item: str, shown: str, home: Path) -> None:
    screen = io.StringIO()
    MigrationReport(console_for(screen), REDACTOR, str(home), str(home)).todo([item])
    assert shown in screen.getvalue()


def test_as_text_it_is_the_whole_line() -> None:
    made = Todo("do it", "now")
    assert made == "do it: now"
    assert json.dumps([made]) == '["do it: now"]'
    assert dict.fromkeys([made, Todo("do it", "now")]) == {"do it: now": None}
