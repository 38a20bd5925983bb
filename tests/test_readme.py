"""README says what is true: its commands, its tables, and the output that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import readme_output
from tests.cli.homes import brave, github
from unsprawl.cli.app import COMMANDS
from unsprawl.rewriters.planner import AUTO, TARGETS
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.report.csv_report import COLUMNS
from unsprawl.scanner.report.formats import FORMATS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", readme_output.PAGES, ids=lambda page: page.name)
def test_the_shown_output_is_fresh(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert readme_output.updated(text) == text, "python -m tests.readme_output"


def blocks(page: Path) -> dict[str, list[str]]:
    """The lines between the marks, by name."""
    found = readme_output.MARKS.finditer(page.read_text(encoding="utf-8"))
    return {match[2]: [line for line in match[0].splitlines()[1:-1] if line] for match in found}


def test_every_block_is_shown_somewhere() -> None:
    assert {name for page in readme_output.PAGES for name in blocks(page)} == set(readme_output.BLOCKS)


@pytest.mark.parametrize("page", readme_output.PAGES, ids=lambda page: page.name)
def test_the_shown_output_is_whole_and_holds_no_secret(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not any(value in text for value in (github(7), brave(9)))
    for lines in blocks(page).values():
        assert len(lines) > 3
        assert lines[0].startswith("    $ unsprawl")
        assert all(line.startswith("    ") for line in lines)
        assert not any("/tmp" in line for line in lines)


def test_what_readme_shows_fits_a_terminal() -> None:
    shown = blocks(readme_output.README)
    assert all(len(line) <= readme_output.COLUMNS + 4 for lines in shown.values() for line in lines)
    assert len(shown["card"]) <= 11
    text = "\n".join(line for lines in shown.values() for line in lines)
    for word in ("$ unsprawl scan ~", "$ unsprawl migrate --dry-run", "critical", "next: unsprawl migrate", "goes to"):
        assert word in text


@pytest.mark.parametrize("ending", ["pytest", "unsprawl scan ~"])
def test_the_two_commands_stand_once(ending: str) -> None:
    found = re.findall(rf"^    (python3 -m venv \.venv && .*{re.escape(ending)})$", README, re.MULTILINE)
    assert len(found) == 1


def test_ci_looks_for_the_test_command_as_it_is_written() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"sed -n 's/\^(    )\\\((.*?)\\\)\$/", script)
    assert pattern
    assert len(re.findall(rf"^{pattern[1]}({pattern[2]})$", README, re.MULTILINE)) == 1
    assert pattern[2] in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8") or "pytest" in pattern[2]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose header begins so."""
    table = README.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


def test_every_command_has_a_row() -> None:
    named = {match[1] for row in rows("command") if (match := re.match(r"`unsprawl ([a-z]+)", row[0]))}
    assert named == set(COMMANDS)


def test_so_many_hosts_are_known_and_edited() -> None:
    text = " ".join(README.split())
    assert "the files of more than sixty hosts" in text
    assert "It edits the files of more than fifty of them" in text
    assert len(hosts()) > 60
    assert sum(not host.rewrite_refused for host in hosts()) > 50


def test_every_format_has_a_row() -> None:
    assert {row[0].strip("`") for row in rows("`--format`")} == set(FORMATS)


def test_the_columns_of_the_table_are_told() -> None:
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    listed = page.split("Columns: ")[1].split(".\n")[0]
    assert re.findall(r"`([a-z_]+)`", listed) == list(COLUMNS)


def test_every_target_has_a_row() -> None:
    assert {row[0].strip("`") for row in rows("`--to`")} == {AUTO, *TARGETS}


MEANING = {
    Exit.CLEAN: "clean",
    Exit.FOUND: "found",
    Exit.USAGE: "command line",
    Exit.INCOMPLETE: "incomplete",
    Exit.NOT_APPLIED: "not applied",
    Exit.BUG: "bug",
    Exit.INTERRUPTED: "interrupted",
}


def test_every_exit_code_has_its_row() -> None:
    table = {int(code): meaning for code, meaning in rows("code")}
    assert set(table) == {code.value for code in Exit}
    assert set(MEANING) == set(Exit)
    for code, word in MEANING.items():
        assert word in table[code]


@pytest.mark.parametrize("page", readme_output.PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists()
