"""A scan of history in every format: the same findings, no value, nothing of a repository interpreted."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.cli.program import Program, program
from tests.git import git
from tests.report.test_contract import checked
from tests.report.test_formats import UNSAFE
from tests.scanner.stories import Story, config, key
from unsprawl.scanner.report.formats import FORMATS

VALUES = [key(number) for number in range(100, 104)]
WIDTHS = (60, 80, 120)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Values that came and went, under names that want to be markup, formulas and links."""
    root = tmp_path_factory.mktemp("history")
    (root / "home").mkdir()
    made = Story(root / "repo")
    first, second, third, named = VALUES
    made.commit("1", {".mcp.json": config(first), f"{named}/.mcp.json": config(named)})
    made.commit("2", {".mcp.json": config(second), "[red]x[/red]\u202e/.mcp.json": config(third)}, "1")
    made.commit("3", {".mcp.json": config("${TOKEN}"), "=1+1/.mcp.json": config(third)}, "2")
    made.commit("4", {".mcp.json": config(first)}, "3")
    made.commit("5", {f"long {'name ' * 30}/.mcp.json": config(third), "inner": f"module:{made.ids['1']}"}, "4")
    git(made.folder, "update-ref", "refs/remotes/origin/main", made.ids["2"])
    made.check_out()
    return made


@pytest.fixture(scope="module")
def start(story: Story) -> Program:
    return program(story.folder.parent / "home", story.folder.parent / "bin")


@pytest.fixture(scope="module")
def shown(start: Program, story: Story) -> dict[str, str]:
    outputs = {}
    for name in FORMATS:
        done = start("scan", "--history", "--format", name, cwd=story.folder)
        assert (done.returncode, done.stderr) == (1, ""), name
        outputs[name] = done.stdout
    return outputs


@pytest.mark.parametrize("name", FORMATS)
def test_no_value_shows(name: str, shown: dict[str, str]) -> None:
    for value in VALUES:
        assert value not in shown[name]
    assert not UNSAFE.search(shown[name])


def findings(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["findings"]
    return found


def test_the_document_fits_its_schema(shown: dict[str, str], story: Story) -> None:
    document = checked(shown["json"], "scan")
    assert document["stats"]["commits"] == 5
    assert document["stats"]["submodules"] == 1
    assert document["stats"]["blobs"] == 5
    main = [finding for finding in findings(document) if finding["place"]["path"] == ".mcp.json"]
    assert len({finding["fingerprint"] for finding in main}) == 1
    trails = sorted(
        (story.names(finding["history"]["introduced"]), story.names(finding["history"]["removed"])) for finding in main
    )
    assert trails == [(["1", "4"], ["2"]), (["2"], ["3"])]
    for finding in findings(document):
        assert finding["place"]["commit"] in story.ids.values()
        assert re.fullmatch(r"2023-11-\d\dT\d\d:13:20\+02:00", finding["history"]["author_date"])
    assert {len(sprawl["places"]) for sprawl in document["sprawls"]} == {1, 3}


def test_all_formats_tell_the_same(shown: dict[str, str]) -> None:
    document = json.loads(shown["json"])
    wanted = sorted((f["fingerprint"], f["history"]["introduced"][0]) for f in findings(document))
    lines = [json.loads(line) for line in shown["jsonl"].splitlines()]
    said = [line for line in lines if line["type"] == "finding"]
    assert sorted((f["fingerprint"], f["history"]["introduced"][0]) for f in said) == wanted
    rows = list(csv.DictReader(io.StringIO(shown["csv"])))
    assert sorted((row["fingerprint"], row["introduced"].split(" ")[0]) for row in rows) == wanted
    assert {row["in_worktree"] for row in rows} == {row["reachable_from_remote"] for row in rows} == {"yes", "no"}
    results = json.loads(shown["sarif"])["runs"][0]["results"]
    prints = [result["partialFingerprints"] for result in results]
    assert sorted((each["unsprawl/v1"], each["unsprawlIntroduced/v1"]) for each in prints) == wanted
    assert all("It is in the history since commit" in result["message"]["text"] for result in results)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("more", ["", "--verbose", "--paths-only"])
def test_lines_on_a_terminal(width: int, more: str, start: Program, story: Story) -> None:
    words = filter(None, ["scan", "--history", more])
    text = start(*words, cwd=story.folder, env={"COLUMNS": str(width)}).stdout
    assert text.startswith("4 secrets in history: 4 medium\n")
    for line in text.splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()
    assert "\n\n\n" not in text
    if more != "--paths-only":  # which tells a content under one of its names
        assert "[red]x[/red]\\u202e/.mcp.json" in "".join(text.split())
    flat = " ".join(text.split())
    assert "whoever has a clone has them" in flat.lower()
    assert ("submodules have a history of their own: inner" in flat) == (more != "--paths-only")


def test_a_clean_one(start: Program, tmp_path: Path) -> None:
    made = Story(tmp_path / "clean")
    made.commit("1", {".mcp.json": config("${TOKEN}"), "x": "x"})
    done = start("scan", "--history", str(made.folder))
    assert (done.returncode, done.stdout) == (
        0, "no literal secrets in history; looked at 2 versions of files in 1 commit\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (".mcp.json", config(VALUES[0]), True),
        ("README.md", f"    claude mcp add x -e A_TOKEN={VALUES[0]} -- npx x\n", False),
    ],
)
def test_migrate_is_told_only_where_it_moves_something(tmp_path: Path, name: str, text: str, told: bool) -> None:
    made = Story(tmp_path / "repo")
    made.commit("1", {name: text})
    made.check_out()
    done = program(tmp_path, tmp_path / "bin")("scan", "--history", cwd=made.folder)
    assert done.returncode == 1
    assert ("unsprawl migrate" in done.stdout) == told
