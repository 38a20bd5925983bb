"""Pairs in somebody else's YAML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from unsprawl.broker.external.yaml_pairs import add_pairs, read_pairs, remove_pairs
from unsprawl.scanner.errors import UnsprawlError

PAIRS = {
    "NAME": {
        "placeholder": "kow-PLACEHOLDER-x",
        "inject": {"header": "A", "format": "Bearer {NAME}"},
        "bindings": [{"host": "h"}],
    }
}


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("# mine\nsecrets: {}  # bound here\nlast: 1\n", ""),
        ("secrets:\n  OTHER:\n    placeholder: p  # keep\n    bindings:\n      - host: a\nlast: 1\n", ""),
        ("secrets:\n  OTHER: {placeholder: p}\n", ""),
        ("backend:\n  type: static\n", "backend:\n  type: static\nsecrets: {}\n"),  # it may stay, with nothing in it
        ("backend: {type: static}\nsecrets:\nlast: 1\n", "backend: {type: static}\nsecrets: {}\nlast: 1\n"),
        ("{backend: {type: static}, secrets: {OTHER: {placeholder: p}}}\n", ""),
    ],
)  # fmt: skip
def test_they_come_and_go(text: str, back: str, tmp_path: Path) -> None:
    path = tmp_path / "bindings.yaml"
    path.write_text(text)
    before = read_pairs(str(path), ())
    add_pairs(str(path), ("secrets",), PAIRS)
    after = read_pairs(str(path), ())
    assert after == {**before, "secrets": {**(before.get("secrets") or {}), **PAIRS}}
    comments = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(f"#{comment}" in path.read_text() for comment in comments)
    add_pairs(str(path), ("secrets",), PAIRS)
    assert read_pairs(str(path), ()) == after
    remove_pairs(str(path), ("secrets",), PAIRS)
    assert path.read_text() == (back or text)
    remove_pairs(str(path), ("secrets",), PAIRS)


def test_what_was_changed_since_stays(tmp_path: Path) -> None:
    path = tmp_path / "bindings.yaml"
    path.write_text("secrets: {}\n")
    add_pairs(str(path), ("secrets",), PAIRS)
    changed = path.read_text().replace("Bearer", "token")
    path.write_text(changed)
    remove_pairs(str(path), ("secrets",), PAIRS)
    assert path.read_text() == changed


@pytest.mark.parametrize("text", ["secrets: [\n", "a: &x {b: 1}\nsecrets: *x\n"])
def test_what_cannot_be_changed_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bindings.yaml"
    path.write_text(text)
    with pytest.raises(UnsprawlError):
        add_pairs(str(path), ("secrets",), PAIRS)
    assert path.read_text() == text
