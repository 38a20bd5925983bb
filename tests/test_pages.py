"""The tables of docs/systems.md, docs/remotes.md and docs/revoke.md say what the rules and `explain` say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import PARTS, REMOTES_PAGE, updated
from unsprawl.scanner.remotes.catalogue import services


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_a_page_is_fresh(path: Path) -> None:
    page = path.read_text("utf-8")
    assert updated(path, page) == page, "python -m tests.pages"
    for name in PARTS[path]:
        assert page.count(f"<!-- {name} -->") == page.count(f"<!-- /{name} -->") == 1


def test_every_service_has_a_line() -> None:
    page = REMOTES_PAGE.read_text("utf-8")
    for service in services():
        assert f"\n| {service.name} | " in page
