"""The page of the team's report in a real Chromium: nothing is asked for, axe-core finds nothing, nothing is too wide.

The screenshots lie in the test's folder, to be looked at: `--basetemp` names it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.external.npm import NODE, Program, installed
from tests.report.team.test_page import acme
from unsprawl.scanner.report.team import words
from unsprawl.scanner.report.team.page import page

pytestmark = pytest.mark.external
PLAYWRIGHT = Program("playwright-core", "1.65.1", "index.js")
AXE = Program("axe-core", "4.14.1", "axe.min.js")
DRIVER = Path(__file__).parent / "browser.mjs"
TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Seen:
    looks: list[dict[str, Any]]
    folder: Path
    address: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The page of a team, looked at."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("chromium is not on PATH")
    folder = tmp_path_factory.mktemp("page")
    file = folder / "report.html"
    file.write_text(page(acme(), "/in"), encoding="utf-8")
    driver = [str(installed(NODE)), str(DRIVER), chromium, str(installed(PLAYWRIGHT)), str(installed(AXE)), str(file)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*driver, str(folder)], env=environment, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Seen([json.loads(line) for line in done.stdout.splitlines()], folder, file.as_uri())


def test_every_way_of_looking(seen: Seen) -> None:
    looks = [(look["media"], look["scheme"], look["width"]) for look in seen.looks]
    screens = [("screen", scheme, width) for scheme in ("light", "dark") for width in (360, 768, 1280)]
    assert looks == [*screens, ("print", "light", 794)]
    assert {look["wide"]["styled"] for look in seen.looks} == {"grid"}, "its own policy lets its style through"
    light, dark, paper = (seen.looks[number]["wide"]["colour"] for number in (0, 3, 6))
    assert len({light, dark, paper}) == 3


def test_nothing_is_asked_for(seen: Seen) -> None:
    for look in seen.looks:
        assert look["asked"] == [seen.address]
        assert look["complaints"] == []


def test_axe_finds_nothing(seen: Seen) -> None:
    for look in seen.looks:
        assert look["violations"] == [], (look["media"], look["scheme"], look["width"])
        assert look["passes"] > 20
        assert "color-contrast" not in look["unsure"]


def test_nothing_is_too_wide(seen: Seen) -> None:
    for look in seen.looks:
        assert look["wide"]["scroll"] <= look["wide"]["window"], look["width"]
        assert look["wide"]["outside"] == [], look["width"]


def test_a_command_is_shown_and_copied_as_it_is_typed(seen: Seen) -> None:
    commands = [
        command
        for person in acme().people
        for number in range(len(person.steps))
        for command in words.typed(person.steps, number)
    ]
    assert "unsprawl scan --format json --anonymous --as cem > cem.json" in commands
    for look in seen.looks:
        where = look["media"], look["scheme"], look["width"]
        assert [each["seen"] for each in look["commands"]] == commands, where
        assert [each["copied"] for each in look["commands"]] == commands, where
        assert [each["broken"] for each in look["commands"]] == [[]] * len(commands), where


def test_the_keyboard_goes_from_top_to_bottom(seen: Seen) -> None:
    for look in seen.looks:
        if look["media"] != "screen":
            continue
        *order, last = look["order"]
        assert order[0]["name"] == "#report"
        assert [each["name"] for each in order[1:6]] == ["#next", "#keys", "#ladder", "#vendors", "#documents"]
        assert len({each["name"] for each in order}) == len(order)
        assert all(each["outline"] for each in order), "one sees where one is"
        assert last["name"] == "report", "the first link leads past the others"


def test_it_prints(seen: Seen) -> None:
    data = (seen.folder / "page.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert 2 <= data.count(b"/Type /Page\n") <= 6
