"""What is promised about documents and code, on a set that was labelled without looking at how they are read."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.corpus.evaluate_documents import FOLDER, KINDS, Row, evaluate, kind_of, precision, recall, rows, shown
from tests.corpus.expand import Expanded, expand_case, expand_text, metafied, with_whole_lines
from tests.corpus.figures import PAGE, SETS

PRECISION = 0.98
RECALL = {"cases": 0.9, "holdout": 0.85}


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, Row]]:
    return {name: rows(evaluate(FOLDER / name)) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_precision(name: str, scores: dict[str, dict[str, Row]]) -> None:
    assert precision(scores[name]["all"]) >= PRECISION


@pytest.mark.parametrize("name", SETS)
def test_recall(name: str, scores: dict[str, dict[str, Row]]) -> None:
    assert recall(scores[name]["all"]) >= RECALL[name]


def test_the_docs_tell_these_figures(scores: dict[str, dict[str, Row]]) -> None:
    text = PAGE.read_text("utf-8")
    assert shown(text, scores) == text, "python -m tests.corpus.evaluate_documents --write"


# The set itself.

READERS: dict[str, Callable[[str], Any]] = {
    ".ipynb": json.loads,
    ".json": json.loads,
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".yaml": lambda text: list(yaml.safe_load_all(text)),
    ".yml": lambda text: list(yaml.safe_load_all(text)),
}


def expanded(folder: Path, target: Path) -> list[Expanded]:
    return [file for case in folder.iterdir() for file in expand_case(case, target / case.name, seed=1)]


def test_the_set_is_as_large_as_is_said(tmp_path: Path) -> None:
    files = [file for name in SETS for file in expanded(FOLDER / name, tmp_path / name)]
    marks = [planted.mark for file in files for planted in file.planted]
    assert len(files) >= 200
    assert marks.count("S") >= 250
    assert marks.count("N") >= 400
    assert {kind_of(file.path) for file in files} == set(KINDS)


@pytest.mark.parametrize("name", SETS)
def test_code_and_data_are_whole(name: str, tmp_path: Path) -> None:
    for file in expanded(FOLDER / name, tmp_path):
        reader = READERS.get(Path(file.path).suffix)
        if reader is not None:
            reader(file.text)


def test_a_part_is_encoded_with_the_value_in_it_and_marked_as_a_whole() -> None:
    text, (planted,) = expand_text('x ⟦E base64⟧{"K": "⟦S env:k{d:4}⟧"}⟦/E⟧ y', "x.md", "1", {})
    assert text.startswith("x eyJLIjogIm")
    assert text[planted.start : planted.end] == text.split()[1]
    assert planted.encoded


def test_a_part_for_an_address_holds_no_character_that_ends_one() -> None:
    text, _ = expand_text('⟦E url⟧{"K": "⟦N !a b⟧"}⟦/E⟧', "x.md", "1", {})
    assert text == "%7B%22K%22%3A%20%22a%20b%22%7D"


def test_a_literal_is_taken_as_it_is() -> None:
    text, (planted,) = expand_text("⟦N !${KEY}⟧", "x.md", "1", {})
    assert text == "${KEY}"
    assert (planted.mark, planted.start, planted.end) == ("N", 0, 6)


@pytest.mark.parametrize(
    ("plain", "written"), [("a", b"a"), ("é", b"\xc3\xa9"), ("“", b"\xe2\x80\x83\xbc"), ("\0", b"\x83 ")]
)
def test_zsh_history_is_written_as_zsh_does(plain: str, written: bytes) -> None:
    assert metafied(plain.encode()) == written


def test_a_place_behind_more_than_ascii_is_its_line() -> None:
    text, planted = expand_text("a\né ⟦S env:k{d:4}⟧ b\nk ⟦S env:k{d:4}⟧\n", "h", "1", {})
    whole, exact = with_whole_lines(Expanded("h", text, tuple(planted))).planted
    assert text[whole.start : whole.end] == text.split("\n")[1]
    assert text[exact.start : exact.end] == text.split()[-1]
