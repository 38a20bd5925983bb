"""How much memory a finding takes: no run may take more than 500 MB, with a hundred thousand findings neither."""

from __future__ import annotations

import json
import os
import random
import string
from pathlib import Path

import pytest

from tests.cli.program import Program, program
from unsprawl.scanner.report.formats import FORMATS

FEW, MANY = 1_000, 7_000
MOST_A_FINDING = 8_000
"""Bytes, with the caches that fill up meanwhile. At 100,000 findings it is half as much, 350 MB in all."""
_EACH = 20


def homes(folder: Path) -> dict[int, Path]:
    """Two folders with so many findings, each of its own value."""
    chosen = random.Random(7)
    found = {}
    for number in (FEW, MANY):
        found[number] = folder / str(number)
        for project in range(number // _EACH):
            servers = {}
            for server in range(_EACH):
                value = "".join(chosen.choices(string.ascii_letters + string.digits, k=32))
                servers[f"server-{server}"] = {"command": "npx", "args": ["-y", "x"], "env": {"TICKETS_TOKEN": value}}
            path = found[number] / f"p{project}" / ".mcp.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps({"mcpServers": servers}))
    return found


def peak(start: Program, *words: str, code: int = 1) -> int:
    """Bytes that the program took at most."""
    ended, most = start.peak(*words)
    assert ended == code
    return most


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return homes(tmp_path_factory.mktemp("homes"))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="who else tells a process's peak")
@pytest.mark.parametrize("name", FORMATS)
def test_memory_of_a_finding(name: str, scanned: dict[int, Path], home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    few, many = (peak(start, "scan", str(scanned[number]), "--format", name) for number in (FEW, MANY))
    assert (many - few) / (MANY - FEW) < MOST_A_FINDING


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="who else tells a process's peak")
def test_memory_of_a_notebook(home: Path, tmp_path: Path) -> None:
    key = "gh" + "p_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
    source = f"import mcp\nGITHUB_TOKEN = '{key}'\n" + "a = (1, 'b')\n" * 600_000
    path = tmp_path / "large.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}], "metadata": {}}))
    start = program(home, tmp_path / "bin")
    assert peak(start, "scan", str(path), code=3) < 500_000_000
