"""What is promised about detection, on a set that was labelled without looking at how detection works."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.corpus.evaluate import Place, Score, _is, evaluate, score, shown
from tests.corpus.expand import Planted, expand_case, expand_text
from tests.corpus.figures import HERE, PAGE, SETS

PRECISION, RECALL, EVERY_KIND = 0.985, 0.97, 0.9
ENOUGH = 5
"""Kinds with fewer places than this in a set say nothing as a share."""


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {name: score(evaluate(HERE / name)) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_precision(name: str, scores: dict[str, Score]) -> None:
    assert scores[name].precision >= PRECISION


@pytest.mark.parametrize("name", SETS)
def test_recall(name: str, scores: dict[str, Score]) -> None:
    assert scores[name].recall >= RECALL


@pytest.mark.parametrize("name", SETS)
def test_recall_of_every_kind(name: str, scores: dict[str, Score]) -> None:
    shares = {kind: right / every for kind, (right, every) in scores[name].kinds.items() if every >= ENOUGH}
    assert {kind: share for kind, share in shares.items() if share < EVERY_KIND} == {}


def test_the_docs_tell_these_figures(scores: dict[str, Score]) -> None:
    text = PAGE.read_text("utf-8")
    assert shown(text, scores) == text, "python -m tests.corpus.evaluate --write"


# The set itself.

READERS: dict[str, Callable[[str], Any]] = {".json": json.loads, ".toml": tomllib.loads, ".yaml": yaml.safe_load_all}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


@pytest.mark.parametrize("name", SETS)
def test_the_places_are_those_of_the_written_files(name: str, tmp_path: Path) -> None:
    for case in (HERE / name).iterdir():
        for file in expand_case(case, tmp_path / case.name, seed=3):
            assert _text(tmp_path / case.name / file.path) == file.text


@pytest.mark.parametrize("name", SETS)
def test_as_many_files_are_broken_as_in_the_wild(name: str, tmp_path: Path) -> None:
    read: list[bool] = []
    for case in (HERE / name).iterdir():
        for file in expand_case(case, tmp_path / case.name, seed=1):
            reader = READERS.get(Path(file.path).suffix)
            if reader is not None:
                try:
                    list(reader(file.text))
                    read.append(True)
                except ValueError:
                    read.append(False)
    assert len(read) > 70
    assert 0.03 < read.count(False) / len(read) < 0.1


def test_a_seed_makes_the_same_values_and_another_seed_others(tmp_path: Path) -> None:
    case = HERE / "cases" / "h03-oneline"
    first, again, other = (expand_case(case, tmp_path / str(n), seed) for n, seed in enumerate((1, 1, 2)))
    assert first == again
    assert all(a.text != b.text for a, b in zip(first, other, strict=True))


def test_a_label_is_one_value_in_all_files_of_a_case(tmp_path: Path) -> None:
    files = expand_case(HERE / "cases" / "h11-one-key-everywhere", tmp_path, seed=1)
    key = {file.text[p.start : p.end] for file in files for p in file.planted if p.template == "{an:40}"}
    assert len(key) == 1


def test_no_marker_is_left_and_a_broken_one_is_an_error() -> None:
    text, planted = expand_text('{"a": "⟦S env:{h:8}⟧", "b": "⟦N {uuid}⟧"}', "x.json", "1", {})
    assert "⟦" not in text
    assert [(p.mark, p.kind, len(text[p.start : p.end])) for p in planted] == [("S", "env", 8), ("N", "", 36)]
    with pytest.raises(ValueError, match="not well formed"):
        expand_text("⟦S env {h:8}", "x.json", "1", {})


TEXT = 'Authorization: "Bearer abcdef" next'
AT = TEXT.index("abcdef")


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        (AT, AT + 6, True),
        (AT - 7, AT + 6, True),
        (AT - 8, AT + 7, True),
        (AT, AT + 5, False),
        (AT + 1, AT + 6, False),
        (0, AT + 6, False),
        (AT, len(TEXT), False),
    ],
    ids=["itself", "with scheme", "with quotes", "too short", "too late", "the name too", "what follows too"],
)
def test_what_counts_as_found(start: int, end: int, right: bool) -> None:
    secret = Planted("x", AT, AT + 6, "header-bearer", "S", "abcdef")
    assert _is(secret, Place("x", start, end, ""), TEXT) is right
