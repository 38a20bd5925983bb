"""What has a vendor's format is hidden, also where no scan would take it for a key."""

from __future__ import annotations

import pytest

from tests.cli.homes import github
from unsprawl.cli.output import LastRedactor
from unsprawl.scanner.redact import MASK

KEY = github(1)


@pytest.mark.parametrize(
    "text",
    ["{}", "--{}", "srv-{}", "{}-srv", "my_{}", "a-{}_b", "/srv/a-{}/.mcp.json", "mcp-{}.json", '"pointer": "/s/x-{}"'],
)
def test_a_key_that_is_tied_to_a_word_is_hidden(text: str) -> None:
    assert LastRedactor().clean(text.format(KEY)) == text.format(MASK)


def test_what_is_longer_than_a_key_is_none() -> None:
    assert LastRedactor().clean(f"x{KEY}y") == f"x{KEY}y"
