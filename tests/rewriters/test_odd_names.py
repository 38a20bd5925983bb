"""Entries and variables with odd names, through plan, apply, verify and undo: each keeps its own value, to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rewriters.support import NOTHING, Bench, files_with, github, kept, last_journal, strays
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.vault import env_file
from unsprawl.vault.records import list_records
from unsprawl.vault.service import withdraw

NAMES = {
    "only case": ["github", "GitHub", "GITHUB"],
    "quotes": ['a"b', "a'b", "a`b"],
    "dots": ["a.b", "a..b", ".a", "a."],
    "slashes": ["a/b", "a~1b", "a~b", "../a", "a\\b"],
    "blanks": [" ", "a ", " a", "a\tb"],
    "empty": ["", "a"],
    "unicode": ["é", "e\u0301", "Ω", "名前", "\u202eabc", "a\u200bb"],
    "emoji": ["🔑", "👩‍💻", "🔑🔑"],
    "like numbers": ["1", "01", "-1", "1.0", "true", "null"],
    "like words of ours": ["inputs", "mcpServers", "command", "env", "con", "nul", "--", "-x", "$HOME", "${X}"],
    "long": ["a" * 300, "a" * 299 + "b"],
    "braces": ["{}", "[0]", "#", "//", "*", "%s", "{0}"],
    "line breaks": ["a\nb", "a\r\nb", "a\x7fb"],
}
VARIABLES = {
    "only case": ["GITHUB_TOKEN", "github_token", "GitHub_Token"],
    "one and its number": ["GITHUB_TOKEN", "GITHUB_TOKEN_2", "X_GITHUB_TOKEN"],
    "odd": ["GITHUB-TOKEN", "GITHUB.TOKEN", "1_TOKEN", "GITHUB TOKEN"],
    "unicode": ["GITHUB_TOKÉN", "\u03a4OKEN_KEY"],
}


def entry(number: int, name: str = "GITHUB_TOKEN") -> dict[str, object]:
    return {"command": "npx", "args": ["-y", "server-x"], "env": {name: github(number), "LOG": "1"}}


def written(home: Path, file: str, servers: dict[str, object]) -> Path:
    path = home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"mcpServers": servers}, indent=2, ensure_ascii=False)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def reach(bench: Bench, path: Path) -> dict[str, str]:
    """The value that each entry's server gets, by the entry's name."""
    records = {record.ref: record for record in list_records()}
    found: dict[str, str] = {}
    for name, now in json.loads(path.read_bytes())["mcpServers"].items():
        if now["args"][0] == "run":
            record = records[now["args"][1]]
            [(_, item)] = record.variables
            found[name] = withdraw(record.store, item).reveal()
        else:
            [reference] = [text for text in now["env"].values() if text.startswith("${")]
            value = env_file.get_variable(reference[2:-1].removeprefix("env:"))
            assert value is not None
            found[name] = value.reveal()
    return found


@pytest.mark.parametrize("target", ["run", "reference", "auto"])
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
def test_entries(home: Path, names: list[str], target: str) -> None:
    servers = {name: entry(number) for number, name in enumerate(names, 1)}
    path, bench = written(home, ".cursor/mcp.json", servers), Bench(home)
    before, values = path.read_bytes(), [github(number) for number in range(1, len(names) + 1)]

    bench.migrate(path, target=target)

    after = json.loads(path.read_bytes())["mcpServers"]
    assert list(after) == names
    assert reach(bench, path) == dict(zip(names, values, strict=True))
    assert path not in files_with(home, values)
    assert not [found for examined in bench.examined(path) for found in examined.findings]
    outcomes = [outcome for _, outcome in verify(bench.examined(path), bench.around)]
    assert [outcome.entry for outcome in outcomes] == names
    assert {record.ref.isascii() for record in list_records()} <= {True}
    refs = [record.ref for record in list_records()]
    assert len({ref.casefold() for ref in refs}) == len(refs)

    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == before
    assert kept() == NOTHING
    assert not strays(home)


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
def test_of_one_that_changed_meanwhile_the_others_come_back(home: Path, names: list[str], target: str) -> None:
    servers = {name: entry(number) for number, name in enumerate(names, 1)}
    path, bench = written(home, ".cursor/mcp.json", servers), Bench(home)
    bench.migrate(path, target=target)
    moved = json.loads(path.read_bytes())
    moved["mcpServers"]["newcomer"] = {"command": "x"}
    path.write_text(json.dumps(moved))
    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    back = json.loads(path.read_bytes())["mcpServers"]
    assert back == {**servers, "newcomer": {"command": "x"}}
    assert kept() == NOTHING


@pytest.mark.parametrize("system", ["linux", "windows"])
@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("names", VARIABLES.values(), ids=VARIABLES.keys())
def test_variables(home: Path, names: list[str], target: str, system: str) -> None:
    """Each server gets its own value, also where names that differ in case are one variable (Windows)."""
    servers = {f"x{number}": entry(number, name) for number, name in enumerate(names, 1)}
    path, bench = written(home, ".cursor/mcp.json", servers), Bench(home, system=system)
    before = path.read_bytes()
    plan = bench.plan(path, target=target)
    outcomes, journal = bench.apply(plan)
    assert {outcome.status for outcome in outcomes} <= {"done"}
    taken = {each.found.entry.name for each in plan.refusals}
    now = json.loads(path.read_bytes())["mcpServers"]
    for number, name in enumerate(names, 1):
        if f"x{number}" in taken:
            assert now[f"x{number}"] == entry(number, name)
    if not taken:
        assert reach(bench, path) == {f"x{number}": github(number) for number in range(1, len(names) + 1)}
    shell = list(env_file.names())
    if system == "windows":
        assert len({name.upper() for name in shell}) == len(shell)
    if journal.files:
        assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == before
    assert kept() == NOTHING


@pytest.mark.parametrize("target", ["run", "reference"])
def test_variables_of_one_entry_that_differ_in_case(home: Path, target: str) -> None:
    env = {"GITHUB_TOKEN": github(1), "github_token": github(2)}
    servers: dict[str, object] = {"x": {"command": "npx", "args": ["-y", "server-x"], "env": env}}
    path, bench = written(home, ".cursor/mcp.json", servers), Bench(home)
    before = path.read_bytes()
    bench.migrate(path, target=target)
    assert path not in files_with(home, [github(1), github(2)])
    if target == "run":
        [record] = list_records()
        got = {name: withdraw(record.store, item).reveal() for name, item in record.variables}
        assert got == env
    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == before
    assert kept() == NOTHING
