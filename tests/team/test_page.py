"""docs/team.md shows what a team of three really types and gets."""

from __future__ import annotations

import re

import pytest

from tests.rewriters.support import spellings
from tests.team.bed import KINDS, key

pytest.importorskip("pty")
from tests.team.page import PAGE, blocks, updated


@pytest.mark.slow
def test_the_transcript_is_fresh_and_holds_no_key() -> None:
    page = PAGE.read_text("utf-8")
    assert updated(page) == page, "python -m tests.team.page"
    assert sorted(re.findall(r"<!-- output: ([a-z]+) -->", page)) == sorted(blocks())
    values = [key(kind, whose) for kind in KINDS for whose in ("the team", "ada", "bo", "cem")]
    assert not any(form in page.encode() for value in values for form in spellings(value))
    assert "/tmp" not in page
