"""Configuration of other programs: variables and command lines of what starts or calls servers."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.corpus.expand import expand_text
from tests.scanner.documents.reading import AROUND, read

from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine

KEY = "⟦S env:{an:40}⟧"
TOKEN = "⟦S env:ghp_{an:30}{chk-ghp}⟧"
OTHER = "⟦N {an:40}⟧"
CASES = sorted(path for path in Path(__file__).with_name("structure").rglob("*") if path.is_file())
"""Files with marks, each in a folder that says what it shows. What is not marked must stay quiet."""


@pytest.mark.parametrize("case", CASES, ids=[case.parent.name for case in CASES])
def test_finds(case: Path) -> None:
    done = read(case.read_text("utf-8"), case.name)
    assert done.told == done.secrets
    assert len(done.findings) == len(done.secrets)


def test_places_go_through_escapes() -> None:
    raw = 'services:\n  a:\n    image: mcp/acme\n    environment: {"ACME_API_KEY": "\\u0061⟦N {an:40}⟧"}\n'
    done = read(raw, "compose.yml")
    (finding,) = done.findings
    assert finding.secret.reveal() == "a" + done.text[done.planted[0].start : done.planted[0].end]
    assert done.written(finding) == "\\u0061" + finding.secret.reveal()[1:]


def test_what_a_secret_encodes_is_found() -> None:
    token, _ = expand_text("ghp_⟦N {an:30}{chk-ghp}⟧".replace("ghp_⟦N ", "⟦N ghp_"), "x", "1", {})
    encoded = base64.b64encode(token.encode()).decode()
    raw = f"kind: Secret\nmetadata: {{name: acme-mcp}}\ndata:\n  GITHUB_TOKEN: {encoded}\n"
    file = named("/home/u/project/secret.yaml", AROUND)
    assert file is not None
    done = examine(file, raw.encode(), "secret.yaml")
    assert isinstance(done, Examined)
    (finding,) = done.findings
    assert (finding.place.line, finding.place.column, finding.place.end_column) == (4, 17, 17 + len(encoded))
    assert finding.literal.rule == "github-pat-classic"


def test_what_an_entry_holds_is_told_once() -> None:
    done = read(f"mcpServers:\n  a:\n    command: npx\n    env:\n      GITHUB_TOKEN: {TOKEN}\n", "values.yaml")
    assert len(done.findings) == 1
    assert done.findings[0].entry is not None


def test_other_json_is_left_to_its_entries() -> None:
    assert read(f'{{"mcp": 1, "env": {{"ACME_API_KEY": "{OTHER}"}}}}', "other.json").told == set()
