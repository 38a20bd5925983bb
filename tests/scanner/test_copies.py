"""Every example of a copy's name in the rules leads to its original, and what only looks like one does not."""

from __future__ import annotations

import time

import pytest

from unsprawl.rules import build
from unsprawl.scanner.copies import Originals, split, without_marks
from unsprawl.scanner.patterns import plain_names

COPIES = build.read(build.FOLDER / "walk.yaml")["copies"]
EXAMPLES = [(copy, of) for mark in COPIES["marks"] for copy, of in mark["examples"]]
KNOWN = Originals(sorted(plain_names(False)))


@pytest.mark.parametrize(("copy", "original"), EXAMPLES)
def test_a_copy_leads_to_its_original(copy: str, original: str) -> None:
    assert KNOWN.of(copy) == original
    assert copy[:3] in KNOWN.beginnings


@pytest.mark.parametrize("copy", [copy for copy, _ in EXAMPLES])
def test_marks_are_compared_without_case(copy: str) -> None:
    folded = Originals(sorted(plain_names(True)))
    assert folded.of(copy.lower()) == KNOWN.of(copy)


@pytest.mark.parametrize("name", sorted(plain_names(False)))
@pytest.mark.parametrize("form", ["{}.bak", "{}~", "#{}#", "{}.backup.1764295935123", "Copy of {}", "{}.old.2"])
def test_every_known_name_has_copies(name: str, form: str) -> None:
    assert KNOWN.of(form.format(name)) == name


@pytest.mark.parametrize("name", sorted(name for name in plain_names(False) if split(name)[1]))
@pytest.mark.parametrize("form", ["{} (1){}", "{} copy{}", "{} - Kopie{}", "{}_backup{}", "{}.example{}"])
def test_marks_before_the_ending(name: str, form: str) -> None:
    assert KNOWN.of(form.format(*split(name))) == name


@pytest.mark.parametrize("name", [*COPIES["not_copies"], "", "a", "~", ".bak", "#", "##", ".#"])
def test_what_is_no_copy(name: str) -> None:
    assert KNOWN.of(name) is None


@pytest.mark.parametrize("name", sorted(plain_names(False)))
def test_a_known_name_is_no_copy(name: str) -> None:
    assert KNOWN.of(name) is None


@pytest.mark.parametrize(
    "tail", ["0" * 240, ".1" * 120, "-1" * 120 + "x", " (" * 100, " (conflict" * 20, ".bak" * 60 + "!", "~" * 240 + "."]
)
def test_no_name_takes_long(tail: str) -> None:
    start = time.perf_counter()
    for _ in range(10):
        KNOWN.of(f".mcp.json{tail}")
        KNOWN.of(f".mcp{tail}.json")
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.json", "a.json"),
        ("A.JSON.BAK", "a.json"),
        ("servers.toml~", "servers.toml"),
        ("x.json.backup.123", "x.json"),
        ("x.json.md", None),
        ("json", None),
        (".json", None),
        ("x.jsonl", None),
    ],
)
def test_without_marks(name: str, found: str | None) -> None:
    assert without_marks(name, (".json", ".toml")) == found
