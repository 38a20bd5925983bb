"""Any text goes through a store of lines; what is a plain line already stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.vault.one_line import MARK, from_line, to_line


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_everything_comes_back(text: str) -> None:
    line = to_line(text)
    assert from_line(line) == text
    assert line.isascii()
    assert line.isprintable()
    assert line == line.strip() != ""


@pytest.mark.parametrize("text", ["abc", "a b", "--help", "postgres://u:p@h/db", "a" * 5000])
def test_plain_lines_stay(text: str) -> None:
    assert to_line(text) == text


@pytest.mark.parametrize("text", ["", " a", "a\n", "a\nb", "é", MARK, MARK + "QUJD", "\x7f", "a\u2028b"])
def test_others_are_marked(text: str) -> None:
    assert to_line(text).startswith(MARK)


@pytest.mark.parametrize("line", [MARK + "a", MARK + "!!!!", MARK + "/w=="])
def test_what_is_not_ours_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)
