"""What is put into the files of hook managers fits what the rules say of them."""

from __future__ import annotations

from typing import Any

import pytest

from unsprawl.rules.bundle import HOOK_MANAGERS
from unsprawl.scanner.formats.document import editing_codec_for

EDITS = [
    pytest.param(manager, edit, id=f"{manager['id']}-{edit['files'][0]}")
    for manager in HOOK_MANAGERS["managers"]
    for edit in manager.get("edits", ())
]


@pytest.mark.parametrize(("manager", "edit"), EDITS)
def test_an_edit_is_for_files_of_its_manager(manager: dict[str, Any], edit: dict[str, Any]) -> None:
    known = {*manager["files"], *manager.get("within", {"files": ()})["files"]}
    assert set(edit["files"]) <= known
    assert editing_codec_for(edit["format"]) is not None
    assert "unsprawl hook --staged" in str(edit["value"])


def test_no_file_has_two_edits() -> None:
    names = [
        name for manager in HOOK_MANAGERS["managers"] for edit in manager.get("edits", ()) for name in edit["files"]
    ]
    assert len(names) == len(set(names))
