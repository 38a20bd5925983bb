"""Every format tells the same findings, fits its own standard, and shows no value, wherever one is planted."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from tests.cli.homes import BIDI, ESCAPE, SECRETS, build, github
from tests.cli.program import Program, program
from tests.cli.test_canary import leaks
from tests.report.test_contract import schema
from unsprawl.scanner.report.csv_report import COLUMNS, cell
from unsprawl.scanner.report.formats import FORMATS
from unsprawl.scanner.report.json_lines import PARTS

UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A messy home, with formulas, links and control characters among its names."""
    root = tmp_path_factory.mktemp("formats")
    home = root / "home"
    home.mkdir()
    build(home)
    names = ("=1+1", "+SUM(A1)", "-2", "@SUM(A1)", "x;=cmd|' /C calc'!A0", 'a "b", c', "tab\there", "line\nend", "{0}")
    servers = {name: {"command": "x", "env": {"GITHUB_TOKEN": github(500 + i)}} for i, name in enumerate(names)}
    for folder in ("=odd, (1)", "\u65e5\u672c", f"per%20cent {github(600)}"):
        (home / folder).mkdir()
        (home / folder / ".mcp.json").write_text(json.dumps({"mcpServers": servers}))
    return program(home, root / "bin")


@pytest.fixture(scope="module")
def shown(start: Program) -> dict[str, str]:
    """The scan in each format."""
    outputs = {}
    start("scan", ".", "--format", "json")  # makes the machine's key, a file more to count
    for name in FORMATS:
        done = start("scan", ".", "--format", name)
        assert (done.returncode, done.stderr) == (1, ""), name
        outputs[name] = done.stdout
    return outputs


@pytest.mark.parametrize("name", FORMATS)
def test_no_value_shows(name: str, shown: dict[str, str]) -> None:
    text = shown[name]
    assert leaks(text) == []
    assert not [number for number in (*range(500, 509), 600) if github(number) in text]
    assert "&lt;hidden&gt;" not in text
    assert "<hidden>" in text or "%3Chidden%3E" in text, "the planted names were not even there"
    assert UNSAFE.search(text) is None
    assert "\x1b" not in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("odd", [BIDI, ESCAPE])
def test_odd_names_are_there_and_harmless(name: str, odd: str, shown: dict[str, str]) -> None:
    assert odd not in shown[name]
    plain = re.split("[\u202e\x1b]", odd)[0]
    assert plain in shown[name]


def fingerprints_json(text: str) -> list[str]:
    return [finding["fingerprint"] for finding in json.loads(text)["findings"]]


def fingerprints_lines(text: str) -> list[str]:
    lines = map(json.loads, text.splitlines())
    return [line["fingerprint"] for line in lines if line["type"] == "finding"]


def fingerprints_csv(text: str) -> list[str]:
    return [row["fingerprint"] for row in csv.DictReader(io.StringIO(text))]


def fingerprints_sarif(text: str) -> list[str]:
    results = json.loads(text)["runs"][0]["results"]
    return [found["partialFingerprints"]["unsprawl/v1"] for found in results if "severity" in found["properties"]]


READERS: dict[str, Callable[[str], list[str]]] = {
    "jsonl": fingerprints_lines,
    "csv": fingerprints_csv,
    "sarif": fingerprints_sarif,
}


def test_every_format_for_machines_is_compared() -> None:
    # GitHub shows ten of a kind, GitLab only what is in the repository: see test_ci_formats.
    assert {*READERS, "json", "github", "gitlab"} == {name for name, format_ in FORMATS.items() if format_.exact}


@pytest.mark.parametrize("name", READERS)
def test_all_formats_tell_the_same(name: str, shown: dict[str, str]) -> None:
    wanted = fingerprints_json(shown["json"])
    assert len(wanted) > 30
    assert READERS[name](shown[name]) == wanted


def line_validator() -> jsonschema.Draft202012Validator:
    """Of the schema for lines, which refers to the one of the document."""
    documents = [schema("scan"), schema("scan-line")]
    registry: Registry[Any] = Registry().with_resources(
        (document["$id"], Resource.from_contents(document)) for document in documents
    )
    jsonschema.Draft202012Validator.check_schema(documents[1])
    return jsonschema.Draft202012Validator(documents[1], registry=registry)


def test_each_line_stands_for_itself(shown: dict[str, str]) -> None:
    document = json.loads(shown["json"])
    validator = line_validator()
    lines = [json.loads(text) for text in shown["jsonl"].split("\n")[:-1]]
    for line in lines:
        validator.validate(line)
    for kind, part in PARTS.items():
        own = [line for line in lines if line["type"] == kind]
        bare = [
            {name: value for name, value in line.items() if name not in ("schema_version", "type", "root")}
            for line in own
        ]
        assert bare == document[part]
        assert lines[-1]["counts"][part] == len(own)
    assert [line["type"] for line in lines].index("summary") == len(lines) - 1
    assert {name: lines[-1][name] for name in ("tool", "complete", "stats", "suppressed", "root")} == {
        name: document[name] for name in ("tool", "complete", "stats", "suppressed", "root")
    }


@pytest.mark.parametrize(
    "change",
    [{"type": "other"}, {"schema_version": 2}, {"place": None}, {"type": "entry"}, {"root": None}, {"severity": "bad"}],
    ids=str,
)
def test_the_schema_of_a_line_refuses(change: dict[str, object], shown: dict[str, str]) -> None:
    line = json.loads(shown["jsonl"].split("\n")[0])
    validator = line_validator()
    assert validator.is_valid(line)
    assert not validator.is_valid(line | change)


def raw(start: Program, *words: str) -> bytes:
    """The bytes on stdout."""
    environ, home = start.environ, start.environ["HOME"]
    return subprocess.run([start.path, *words], env=environ, cwd=home, capture_output=True, check=False).stdout


def test_csv_is_as_rfc_4180_has_it(start: Program) -> None:
    data = raw(start, "scan", ".", "--format", "csv")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert data.count(b"\r\n") == len(rows)


def test_no_cell_is_a_formula(shown: dict[str, str]) -> None:
    """Also for a reader that takes something else for the separator, and knows nothing of quotes."""
    cells = [text for row in csv.reader(io.StringIO(shown["csv"])) for text in row]
    assert any("=1+1" in text for text in cells)
    assert any("cmd|" in text for text in cells)
    for text in cells:
        for piece in re.split(r"[,;\t|]", text):
            begin = re.match("[\\s\"']*", piece)
            assert begin
            assert piece[begin.end() : begin.end() + 1] not in tuple("=+-@") or begin[0].endswith("'")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@scope/server", "'@scope/server"),
        ("  =1", "  '=1"),
        ('"=1', "\"'=1"),
        ("a;=1", "a;'=1"),
        ("a; =1", "a; '=1"),
        ("a,@b|-c", "a,'@b|'-c"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\u000d=1"),
        ("a\n=1", "a\\n=1"),
        ("a=b", "a=b"),
        ("x-y @ z", "x-y @ z"),
        ("/mcpServers/a/env/B", "/mcpServers/a/env/B"),
        ("", ""),
    ],
    ids=repr,
)
def test_cells(text: str, wanted: str) -> None:
    assert cell(text) == wanted


def test_a_cell_of_separators_takes_no_longer_than_any_other() -> None:
    """Quadratic behaviour would take minutes here."""
    for text in ('"' * 200_000, ";" * 200_000, "; " * 200_000, ";" + " " * 200_000):
        assert cell(text) == text


def test_the_id_of_a_value_is_where_it_may_be(shown: dict[str, str]) -> None:
    ids = {finding["secret_id"] for finding in json.loads(shown["json"])["findings"] if "secret_id" in finding}
    assert ids
    assert all(any(found in shown[name] for found in ids) for name in ("jsonl", "csv"))
    assert not any(found in shown["sarif"] for found in ids)


def test_a_scan_for_publication_makes_no_key(home: Path, tmp_path: Path) -> None:
    build(home)
    start = program(home, tmp_path / "bin")
    assert start("scan", "--format", "sarif").returncode == 1
    assert not (home / ".config" / "unsprawl").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(name: str, home: Path, tmp_path: Path) -> None:
    done = program(home, tmp_path / "bin")("scan", "--format", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


@pytest.mark.parametrize("name", [name for name, format_ in FORMATS.items() if format_.exact])
def test_machines_get_utf_8_whatever_the_locale(name: str, home: Path, tmp_path: Path) -> None:
    (home / ".cursor").mkdir()
    servers = {"caf\u00e9 \u65e5": {"command": "x", "env": {"GITHUB_TOKEN": SECRETS["env"]}}}
    (home / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    start = program(home, tmp_path / "bin", extra='sys.stdout.reconfigure(encoding="latin-1", newline="\\r\\n")')
    text = raw(start, "scan", "--format", name).decode("utf-8")
    assert "caf\u00e9 \u65e5" in text
    assert ("\r" in text) == (name == "csv")
    assert "\r\r" not in text
