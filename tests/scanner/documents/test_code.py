"""Servers in programs: every marked value is found where it is written, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scanner.documents.reading import read

KEY = "⟦S env:{an:40}⟧"
CASES = sorted(Path(__file__).with_name("code").iterdir())
"""Programs with marks, each in a file of its language. What is not marked must stay quiet."""


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_belongs_to_a_server_is_found(case: Path) -> None:
    raw = case.read_text("utf-8")
    done = read(raw, case.name)
    assert done.told == done.secrets
    assert done.secrets or case.stem.startswith("quiet"), "the case marks nothing"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_places_hold_in_other_encodings(ending: str, encoding: str) -> None:
    raw = f'import mcp  # größer 😀\np = StdioServerParameters(command="é", env={{"ACME_API_KEY": "{KEY}"}})\n'
    done = read(raw.replace("\n", ending), "a.py", encoding=encoding)
    assert done.told == done.secrets


def test_a_file_that_does_not_speak_of_servers_is_not_read() -> None:
    from tests.scanner.documents.reading import AROUND

    from unsprawl.scanner.discover import named

    file = named("/home/u/project/a.py", AROUND)
    assert file is not None
    assert not file.concerns(b'env = {"ACME_API_KEY": "x"}')


def test_a_finding_names_its_server() -> None:
    call = f'StdioServerParameters(command="npx", args=["-y", "@a/b"], env={{"ACME_API_KEY": "{KEY}"}})'
    raw = f"import mcp\ngithub = {call}\n"
    (finding,) = read(raw, "a.py").findings
    assert finding.entry is not None
    assert (finding.entry.name, finding.entry.package, finding.entry.line) == ("github", "@a/b", 2)
    assert finding.place.pointer == "/github/env/ACME_API_KEY"


def test_two_parts_of_a_value_are_told_as_one_stretch() -> None:
    raw = 'import mcp\nx = sse_client(U, headers={"X-API-Key": "⟦N q8Zr2Lm0Wc5T⟧"\n    "⟦N Kx9Vb3Np7Hd1Ys4J⟧"})\n'
    (finding,) = read(raw, "a.py").findings
    assert (finding.place.line, finding.place.end_line) == (2, 3)
    assert len(finding.secret.reveal()) == 28
