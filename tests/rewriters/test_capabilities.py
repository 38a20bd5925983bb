"""The capability matrix: each of its cells is what some case folder shows, and what a made-up entry becomes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.rewriters.test_cases import CASES, name_of, told_of
from unsprawl.rewriters.capabilities import BRIDGE, Cell, Row, capabilities, label, reasons
from unsprawl.rewriters.planner import TARGETS
from unsprawl.rewriters.sample_entry import SLOTS, sample_secret, sample_text
from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.surroundings import Surroundings

HOME = "/home/u"


@cache
def table() -> list[Row]:
    return capabilities()


class Shown(NamedTuple):
    """What one case folder shows."""

    name: str
    told: dict[str, Any]
    readers: frozenset[tuple[str, str]]
    """(host, pattern of its file) of the owners of the file."""
    moved: frozenset[str]
    """The targets that move its secrets."""


@cache
def cases() -> list[Shown]:
    return [shown(case) for case in CASES]


def shown(case: Path) -> Shown:
    told = yaml.safe_load(case.read_text())
    around = Surroundings(HOME, HOME, {}, told.get("system", "linux"))
    file = named(f"{HOME}/{told['file']}", around)
    assert file is not None
    readers = frozenset((reading.host, reading.pattern) for reading in file.readings if not reading.also)
    written = {target for target in TARGETS if list(case.parent.glob(f"after-{target}.*"))}
    moved = frozenset(written | {target for target, other in told.get("same", {}).items() if other in written})
    return Shown(name_of(case), told, readers, moved)


def covers(case: Shown, row: Row, cell: Cell) -> bool:
    """Whether a case shows what a cell says: in such a file, such a slot, the same outcome for the same reason."""
    if not any((row.host.id, pattern) in case.readers for pattern in row.files):
        return False
    if cell.moves:
        return case.name.endswith(f"-{cell.slot}") and cell.target in case.moved
    refused = case.told.get("refused", {}).get(cell.target, {}).values()
    if row.host.at(row.files[0]).rewrite_refused:  # whatever the slot
        return cell.said in refused
    return case.name.endswith(f"-{cell.slot}") and cell.target not in case.moved and bool(refused)


def test_every_cell_is_what_a_case_shows() -> None:
    """Of the targets that nobody takes but by name, what they move."""
    uncovered = [
        (label(row, table()), cell.slot, cell.target, cell.said)
        for row in table()
        for cell in row.cells
        if (cell.moves or not TARGETS[cell.target].by_hand) and not any(covers(case, row, cell) for case in cases())
    ]
    assert not uncovered


def test_the_case_of_a_host_and_slot_says_the_same_in_the_same_words() -> None:
    """Of each host's first files: there the made-up entry and that of the case are alike."""
    by_name = {case.name: case for case in cases()}
    different = []
    for row in table():
        for cell in row.cells:
            case = by_name.get(f"{row.host.id}-{cell.slot}")
            if case is None or not any((row.host.id, pattern) in case.readers for pattern in row.files):
                continue
            refused = case.told.get("refused", {}).get(cell.target, {}).get("x")
            if cell.target not in told_of(CASES[0].parents[1] / case.name / "case.yaml"):
                continue
            if (cell.target in case.moved) != cell.moves or (refused is not None and refused != cell.said):
                different.append((case.name, cell.target, refused, cell.said))
    assert not different


def test_what_the_reference_does_in_place_of_the_vault() -> None:
    """Of each host's first files: a case says so by the very same file after both."""
    by_name = {case.name: case for case in cases()}
    different, told = [], 0
    for row in table():
        for cell in row.cells:
            case = by_name.get(f"{row.host.id}-{cell.slot}")
            if cell.target != "run" or not cell.moves or case is None:
                continue
            if any((row.host.id, pattern) in case.readers for pattern in row.files):
                told += bool(cell.instead)
                if (case.told.get("same", {}).get("run") == "reference") != (cell.instead == "reference"):
                    different.append((case.name, cell.instead))
    assert not different
    assert told > 10
    instead = {(cell.target, cell.instead) for row in table() for cell in row.cells if cell.instead}
    assert instead == {("run", "reference"), ("oauth", BRIDGE)}


def test_every_host_has_a_row_and_every_row_all_cells() -> None:
    assert {row.host.id for row in table()} == {host.id for host in hosts()}
    for row in table():
        assert [(cell.slot, cell.target) for cell in row.cells] == [(s, t) for s in SLOTS for t in TARGETS]
    files = [(row.host.id, pattern) for row in table() for pattern in row.files]
    assert len(files) == len(set(files))
    known = {(h.id, f.pattern) for h in hosts() for f in h.files if f.servers and not f.also and f.scope != "managed"}
    assert set(files) == known


def test_the_secret_is_where_the_slot_says() -> None:
    """Of a made-up entry that were read wrongly, a cell would tell nothing."""
    around = Surroundings(HOME, HOME, {}, "linux")
    for host in hosts():
        for file in host.files:
            if not file.servers:
                continue
            for slot in SLOTS:
                reader = host.at(file.pattern)
                text = sample_text(reader, file, slot, sample_secret())
                path = f"{HOME}/.mcp.{file.format}"
                config = named(path, around)
                assert config is not None
                readings = tuple(
                    each._replace(host=host.id, format=file.format, servers=file.servers, strings=file.strings)
                    for each in config.readings[:1]
                )
                found = examine(config._replace(readings=readings), text.encode(), path)
                assert isinstance(found, Examined)
                [finding] = found.findings
                group = "arg" if slot == "docker" else slot
                assert finding.slot.context.kind.group == group, (host.id, file.pattern, slot)
                assert finding.secret.reveal() == sample_secret()


def test_what_is_said_of_why() -> None:
    found = reasons(table())
    said = {reason.said: reason for reason in found}
    assert len(said) == len(found)
    kept = said["the host expands no reference in the value"]
    assert kept.targets == ("reference", "env-file")
    assert "Factory Droid" in dict(kept.where)["arg, url, docker"]
    plugin = said["a plugin in the cache is overwritten by its next update: change it where it comes from"]
    assert plugin.targets == tuple(TARGETS)
    assert dict(plugin.where) == {", ".join(SLOTS): ("Claude Code plugin", "Codex plugin")}


@pytest.mark.parametrize(
    ("host", "slot", "targets"),
    [
        ("claude-code", "header", {"reference", "run", "wire", "oauth"}),  # expands in headers
        (
            "codex",
            "header",
            {"reference", "run", "env-file", "wire", "oauth"},
        ),  # names a variable, in its own file too
        ("codex", "url", {"run-argv", "wire", "oauth"}),  # has no key for that
        (
            "gemini-cli",
            "env",
            {"reference", "run", "wire", "oauth"},
        ),  # a project's .env may take the user's place
        ("droid", "arg", {"run-argv", "wire", "oauth"}),  # expands in variables and headers only
        ("claude-desktop", "env", {"run", "wire", "oauth"}),  # expands nothing
        (
            "cline-cli",
            "env",
            {"run", "wire", "oauth"},
        ),  # reads the extension's file, which hands nothing on
        ("grok-cli", "env", {"reference", "run", "wire", "oauth"}),  # hands all of its environment on
        ("goose", "docker", {"run", "oauth"}),
        ("openhands", "header", set()),  # has another list for what it starts
        ("claude-code-plugin", "env", set()),
    ],
)
def test_single_cells(host: str, slot: str, targets: set[str]) -> None:
    row = next(row for row in table() if row.host.id == host)
    assert set(row.targets(slot)) == targets
