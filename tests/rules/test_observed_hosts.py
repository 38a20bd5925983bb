"""What the rules and the documents say of hosts that are run is what the tests run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.external.programs import PROGRAMS, HostProgram

from unsprawl.scanner.host_files import file_patterns
from unsprawl.scanner.hosts import host

ROOT = Path(__file__).parents[2]
RULES = {raw["id"]: raw for raw in yaml.safe_load((ROOT / "rules" / "hosts.yaml").read_text())["hosts"]}
PAGE = (ROOT / "docs" / "verify.md").read_text()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.host)
def test_the_version_that_is_run_is_the_source(program: HostProgram) -> None:
    sources = [source for source in RULES[program.host]["sources"] if source.endswith("(run)")]
    assert [source.split()[2] for source in sources] == [program.program.version]
    assert f"| {host(program.host).name} | {program.program.version} |" in PAGE


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.host)
def test_the_slots_that_are_run_are_those_of_the_rules(program: HostProgram) -> None:
    pattern = next(
        known.file.pattern
        for known in file_patterns()
        if known.host == program.host and program.path.endswith(known.file.pattern.rpartition("/")[2])
    )
    ways = host(program.host).ways(pattern) or ()
    observed = {slot for way in ways if way.form != "inherit" for slot in way.slots}
    assert observed == set(program.slots)
    assert {way.evidence for way in ways} == {"observed"}
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {host(program.host).name} | "))
    assert not program.slots or row.endswith(f"| {', '.join(program.slots)} |")
