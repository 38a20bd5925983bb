"""Programs and structures, damaged in every way: read as far as possible, and every place lies in the text."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests.corpus.expand import expand_text
from tests.fuzz.mutate import DAMAGE
from tests.scanner.documents.reading import AROUND

from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.text import decode

HERE = Path(__file__).parent
FILES = sorted(path for folder in ("code", "structure") for path in (HERE / folder).rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", DAMAGE, ids=[each.__name__ for each in DAMAGE])
def test_damaged(damage: object) -> None:
    assert callable(damage)
    for path in FILES:
        text, _ = expand_text(path.read_text("utf-8"), path.name, "1", {})
        file = named(f"/home/u/project/{path.name}", AROUND)
        assert file is not None
        for seed in range(1):
            data = damage(text.encode(), Random(f"{path.name} {seed}"))
            done = examine(file, data, path.name)
            if isinstance(done, Examined):
                lines = decode(data).text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
                for finding in done.findings:
                    place = finding.place
                    assert 1 <= place.line <= place.end_line <= len(lines)
                    assert 1 <= place.column <= len(lines[place.line - 1])
                    assert place.end_column - 1 <= len(lines[place.end_line - 1])
                    assert (place.line, place.column) < (place.end_line, place.end_column)
                    assert finding.secret.reveal()
