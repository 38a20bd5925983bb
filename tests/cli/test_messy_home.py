"""A whole messy home and the real command: what is planted is found, nothing else is, and no value is shown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from tests.cli.program import program
from tests.corpus.home import Home, build

Places = set[tuple[Path, int]]


class Scanned(NamedTuple):
    """The home, what is in it, and what each format answered."""

    home: Path
    built: Home
    outputs: dict[str, str]
    talk: dict[str, str]
    codes: dict[str, int]


def _json(text: str, home: Path) -> Places:
    return {_place(home, f["place"]["path"], f["place"]["line"]) for f in json.loads(text)["findings"]}


def _jsonl(text: str, home: Path) -> Places:
    lines = map(json.loads, text.splitlines())
    return {_place(home, f["place"]["path"], f["place"]["line"]) for f in lines if f["type"] == "finding"}


def _csv(text: str, home: Path) -> Places:
    return {_place(home, row["path"], int(row["line"])) for row in csv.DictReader(io.StringIO(text))}


def _sarif(text: str, home: Path) -> Places:
    (run,) = json.loads(text)["runs"]
    places = [r["locations"][0]["physicalLocation"] for r in run["results"] if r["level"] != "note"]
    return {_place(home, unquote(p["artifactLocation"]["uri"]), p["region"]["startLine"]) for p in places}


READERS: dict[str, Callable[[str, Path], Places]] = {"json": _json, "jsonl": _jsonl, "csv": _csv, "sarif": _sarif}
"""Each format that has places, and how to read them. Another format is another line."""
FORMATS = [*READERS, "terminal"]


def _place(home: Path, path: str, line: int) -> tuple[Path, int]:
    # A file that is reached through a link is the same file.
    return (home / path).resolve(), line


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    home = tmp_path_factory.mktemp("messy") / "home"
    home.mkdir(mode=0o700)
    result = Scanned(home, build(home), {}, {}, {})
    command = program(home, home.parent / "bin")
    for form in FORMATS:
        done = command("scan", str(home), "--format", form)
        result.outputs[form], result.talk[form], result.codes[form] = done.stdout, done.stderr, done.returncode
    return result


@pytest.mark.parametrize("form", READERS)
def test_everything_planted_is_found_and_nothing_else(form: str, scanned: Scanned) -> None:
    expected = {_place(scanned.home, secret.path, secret.line) for secret in scanned.built.secrets}
    found = READERS[form](scanned.outputs[form], scanned.home)
    names = {place: str(place[0].relative_to(scanned.home.parent)) + f":{place[1]}" for place in expected | found}
    assert sorted(names[place] for place in expected - found) == []
    assert sorted(names[place] for place in found - expected) == []


def test_the_places_are_exact(scanned: Scanned) -> None:
    planted = {
        (*_place(scanned.home, s.path, s.line), s.column, s.end_line, s.end_column) for s in scanned.built.secrets
    }
    for finding in json.loads(scanned.outputs["json"])["findings"]:
        place = finding["place"]
        if finding["slot"]["kind"] != "url-path":  # where a capability begins in an address is a matter of taste
            at = _place(scanned.home, place["path"], place["line"])
            assert (*at, place["column"], place["end_line"], place["end_column"]) in planted


def test_copies_of_one_secret_are_one_sprawl(scanned: Scanned) -> None:
    findings = json.loads(scanned.outputs["json"])["findings"]
    ids = {f["place"]["path"]: f["secret_id"] for f in findings if f["entry"] == "github"}
    assert {".claude.json", "code/shop/.mcp.json", "code/shop/.cursor/mcp.json", "code/shop/.vscode/mcp.json"} <= set(
        ids
    )
    assert len(set(ids.values())) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_no_planted_value_is_shown(form: str, scanned: Scanned) -> None:
    shown = scanned.outputs[form] + scanned.talk[form]
    assert [s.path for s in scanned.built.secrets if s.value in shown or json.dumps(s.value)[1:-1] in shown] == []


@pytest.mark.parametrize("form", FORMATS)
def test_it_ends_and_says_what_it_found(form: str, scanned: Scanned) -> None:
    # A pipe that is opened, or links in a circle, would never end: the time limit of `program` tells.
    assert scanned.codes[form] == 1


def test_what_cannot_be_parsed_is_named(scanned: Scanned) -> None:
    report = json.loads(scanned.outputs["json"])
    assert set(scanned.built.broken) <= {problem["path"] for problem in report["problems"]}
    assert report["complete"] is False
