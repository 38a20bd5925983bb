"""Every file of the labelled set, damaged in every way: no traceback, no hang, no value shown, nothing passed over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.corpus.expand import expand_case
from tests.fuzz.mutate import DAMAGE, cut_short
from unsprawl.scanner.known import find

CASES = Path(__file__).parent.parent / "corpus" / "cases"
FORMATS = ("json", "jsonl", "sarif", "csv", "terminal")
NO_HANG_S = 300
"""A run takes seconds; a pattern or a parser gone wrong takes hours."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, frozenset[str]]:
    """The expanded set, and those planted values that name their vendor wherever they stand."""
    root = tmp_path_factory.mktemp("whole")
    telling: set[str] = set()
    for case in sorted(CASES.iterdir()):
        for file in expand_case(case, root / case.name, seed=3):
            for planted in file.planted:
                value = file.text[planted.start : planted.end]
                hit = find(value)
                if planted.mark == "S" and hit is not None and not hit.stand_in and hit.end - hit.start == len(value):
                    telling.add(value)
    assert len(telling) > 50
    return root, frozenset(telling)


def scan(folder: Path, output: str) -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(folder.parent / "nobody"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "unsprawl", "scan", str(folder), "--format", output]
    return subprocess.run(
        command, env=environ, cwd=folder.parent, capture_output=True, encoding="utf-8", timeout=NO_HANG_S, check=False
    )


def damaged(source: Path, target: Path, seed: int) -> None:
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        random = Random(f"{seed}/{path.relative_to(source).as_posix()}")
        data = random.choice(DAMAGE)(path.read_bytes(), random)
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)


@pytest.mark.parametrize("seed", range(len(FORMATS) * 2))
def test_damaged(seed: int, whole: tuple[Path, frozenset[str]], tmp_path: Path) -> None:
    source, telling = whole
    damaged(source, tmp_path / "tree", seed)
    done = scan(tmp_path / "tree", FORMATS[seed % len(FORMATS)])
    assert done.returncode in (0, 1, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    shown = done.stdout + done.stderr
    assert [len(value) for value in telling if value in shown] == []
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_what_was_cut_short_is_named(whole: tuple[Path, frozenset[str]], tmp_path: Path) -> None:
    """Half a JSON object is broken for certain, so it must be among the problems."""
    source, _ = whole
    expected = set()
    for path in sorted(source.rglob("*.json")):
        data = path.read_bytes()
        body = data.decode("utf-8", "replace").strip()
        if body.startswith("{") and body.endswith("}") and b"\0" not in data and len(data) > 120:
            copy = tmp_path / "tree" / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data[: len(data) // 2])
            expected.add(copy.relative_to(tmp_path / "tree").as_posix())
    done = scan(tmp_path / "tree", "json")
    report = json.loads(done.stdout)
    named = {problem["path"] for problem in report["problems"]}
    assert len(expected) > 50
    looked_at = {entry["path"] for entry in report["entries"]} | {
        finding["place"]["path"] for finding in report["findings"]
    }
    assert looked_at - named == set()
    assert not report["complete"]
    assert done.returncode in (1, 3)


def test_cutting_is_seeded() -> None:
    assert cut_short(b"abcdef", Random(1)) == cut_short(b"abcdef", Random(1))
