"""Documents that were handed in come from elsewhere: what does not fit is left out, told, and never quoted."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.homes import brave
from tests.report.team import bed
from unsprawl.scanner.report.team.documents import MAX_BYTES, Document, Fault, parsed, read_documents

EVIL = "<script>alert(1)</script>"


def changed(*path: str | int, value: Any) -> dict[str, Any]:
    """A document with one thing in it changed."""
    whole: Any = bed.document(
        "ada", findings=[bed.finding(1, "x", state="live")], moved=[bed.moved(2, "y", needed=True)]
    )
    node = whole
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    made: dict[str, Any] = whole
    return made


BAD: list[tuple[object, str]] = [
    (changed("as", value=EVIL), "schema"),
    (changed("as", value="ada\n"), "schema"),
    (changed("as", value=brave(1)), "schema"),
    (changed("team_key", value="5e1f-09ab-77c0\n"), "schema"),
    (changed("when", value="2026-02-31T00:00:00Z"), "schema"),
    (changed("when", value="yesterday"), "schema"),
    (changed("tool", value={"name": "unsprawl", "version": EVIL}), "schema"),
    (changed("tool", value={"name": "unsprawl", "version": "1", "note": EVIL}), "schema"),
    (changed("note", value=EVIL), "schema"),
    (changed("findings", value={}), "schema"),
    (changed("findings", 0, "provider", value=EVIL), "schema"),
    (changed("findings", 0, "rule", value="Rule one"), "schema"),
    (changed("findings", 0, "hosts", value=[EVIL]), "schema"),
    (changed("findings", 0, "hosts", value=["a"] * 101), "schema"),
    (changed("findings", 0, "secret_id", value="0" * 19), "schema"),
    (changed("findings", 0, "secret", value=0), "schema"),
    (changed("findings", 0, "entry", value=-1), "schema"),
    (changed("findings", 0, "entry", value=True), "schema"),
    (changed("findings", 0, "message", value=EVIL), "schema"),
    (changed("findings", 0, "verdict", value={"state": "live", "rights": [EVIL], "severity": None}), "schema"),
    (changed("findings", 0, "verdict", "account", value="acme"), "schema"),
    (changed("findings", 0, "slot", value={"kind": "env", "key": "my own"}), "schema"),
    (changed("entries", 0, "name", value=EVIL), "schema"),
    (changed("entries", 0, "approach", value=8), "schema"),
    (changed("entries", 0, "service", value=EVIL), "schema"),
    (changed("entries", value=[bed.entry()] * 10_001), "schema"),
    (changed("moved", 0, "needed", value="yes"), "schema"),
    (changed("problems", value=[{"code": EVIL, "count": 1}]), "schema"),
    (changed("problems", value=[{"code": "unreadable", "count": -1}]), "schema"),
    (changed("schema_version", value=2), "newer version"),
    (changed("schema_version", value="1"), "unknown version"),
    (changed("schema_version", value=True), "schema"),
    (changed("anonymous", value=False), "not anonymous"),
    (changed("anonymous", value=1), "not anonymous"),
    (changed("command", value="probe"), "no scan"),
    ([], "no scan"),
    ("text", "no scan"),
    (7, "no scan"),
    (None, "no scan"),
]


@pytest.mark.parametrize(("raw", "says"), BAD, ids=map(str, range(len(BAD))))
def test_what_does_not_fit_is_left_out(raw: object, says: str) -> None:
    found = parsed("/in/x.json", json.dumps(raw).encode())
    assert isinstance(found, Fault)
    assert found.left_out
    assert says in found.message
    assert "script" not in found.message + found.hint


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b'{"a":' * 100_000, "not valid JSON"),
        (b'{"command": "scan", "n": ' + b"9" * 10_000 + b"}", "not valid JSON"),
        (b'{"command": "scan", "command": "scan"}', "not valid JSON"),
        (b'{"command": "scan", "n": NaN}', "not valid JSON"),
        (b'{"command": "scan", "n": 1.5}', "not valid JSON"),
    ],
    ids=["empty", "blank", "cut", "binary", "deep list", "deep object", "long number", "twice", "NaN", "fraction"],
)
def test_what_is_no_json(data: bytes, says: str) -> None:
    found = parsed("/in/x.json", data)
    assert isinstance(found, Fault)
    assert says in found.message


def test_a_byte_order_mark_is_fine() -> None:
    assert isinstance(parsed("/in/x.json", b"\xef\xbb\xbf" + json.dumps(bed.document("ada")).encode()), Document)


def test_odd_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    (tmp_path / "good").write_text(json.dumps(bed.document("ada")))
    names = ("fifo", "large", "none", "", "good")
    documents, faults = read_documents(str(tmp_path / name) for name in names)
    assert [document.name for document in documents] == ["ada"]
    said = [fault.message for fault in faults]
    assert len(said) == 4
    for message, part in zip(said, ("regular", "larger", "no such file", "folder"), strict=True):
        assert part in message


def test_words_of_a_document_s_own_have_no_place() -> None:
    """A vendor, a rule and a host that this release does not know fit the schema, and show as unknown."""
    raw = changed("findings", 0, "provider", value="Evil Corp")
    raw["findings"][0] |= {"rule": "evil-rule", "hosts": ["evil-host"]}
    raw["entries"][0] |= {"service": "evil-service", "marks": ["evil-mark"], "target": "evil"}
    found = parsed("/in/x.json", json.dumps(raw).encode())
    assert isinstance(found, Document)
    assert found.secrets[0].provider is None


def test_a_number_of_a_secret_joins_its_places() -> None:
    twice = [bed.finding(1, "x"), bed.finding(1, "x", host="zed", severity="low"), bed.finding(2, "y")]
    (found,), _ = bed.read(bed.document("ada", findings=twice, moved=[bed.moved(2, "y", needed=True)]))
    assert [len(each.spots) for each in found.secrets] == [2, 1]
    assert (found.places, len(found.standing)) == (3, 2)


def test_the_largest_is_read_in_time() -> None:
    """No document that fits keeps a reader busy for long."""
    many = [bed.finding(number % 10_000 + 1, str(number)) for number in range(10_000)]
    data = json.dumps(bed.document("ada", findings=many)).encode()
    assert len(data) < MAX_BYTES
    began = time.process_time()
    assert isinstance(parsed("/in/x.json", data), Document)
    assert time.process_time() - began < 60
