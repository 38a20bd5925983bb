"""`unsprawl team report` as a program: exit codes, policies, the page, and how it looks on terminals."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, on_a_terminal, program
from tests.report.team import bed
from tests.report.team.test_page import Strict
from tests.report.test_contract import checked

POLICY = "version: 1\nteam: {name: acme, members: [ada, bo, cem, dee]}\napproach: {lowest: 5, accept: [vaulted]}\n"


@pytest.fixture
def handed(tmp_path: Path) -> list[str]:
    """What the team handed in, as files, with the policy beside them."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY)
    paths = []
    for number, raw in enumerate(bed.acme()):
        path = folder / f"{raw['as']}-{number}.json"
        path.write_text(json.dumps(raw))
        paths.append(str(path))
    return paths


def policy(handed: list[str]) -> list[str]:
    return ["--policy", str(Path(handed[0]).parent / "policy.yaml")]


def test_terminal_json_and_page_say_the_same(handed: list[str], tmp_path: Path, start: Program) -> None:
    page = tmp_path / "report.html"
    done = start("team", "report", *handed, *policy(handed), "--html", str(page))
    assert done.returncode == 1
    headline = "3 secrets still stand in files on 1 of 3 machines, and cem never joined."
    assert done.stdout.startswith(f"acme: {headline}\n")
    assert "it names people" in done.stderr
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert Strict(page.read_text(encoding="utf-8")).text("h1") == [headline]
    told = start("team", "report", *handed, *policy(handed), "--format", "json")
    assert told.returncode == 1
    document = checked(told.stdout, "team")
    assert document["headline"] == headline
    assert [(each["name"], each["standing"]) for each in document["people"]] == [
        ("ada", "todo"), ("bo", "todo"), ("cem", "never-joined"), ("dee", "done"),
    ]  # fmt: skip
    assert document["stats"]["left"] == sum(
        step["kind"] not in ("hand-in", "unread") for person in document["people"] for step in person["steps"]
    )
    assert document["before"]["secrets"] == 7
    assert re.search(r"[0-9a-f]{20}", told.stdout + done.stdout) is None, "no id of a secret or a file"


@pytest.mark.parametrize("columns", [80, 120, 44])
def test_it_fits_the_terminal(columns: int, handed: list[str], home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "narrow", columns=columns)
    done = start("team", "report", *handed, *policy(handed))
    assert [line for line in done.stdout.splitlines() if len(line) > columns] == []
    assert "cem" in done.stdout
    assert "\x1b" not in done.stdout


def test_colours_on_a_terminal_only(handed: list[str], start: Program) -> None:
    words = ("team", "report", *handed, *policy(handed))
    assert "\x1b[" in on_a_terminal(start, *words).screen
    assert "\x1b[" not in on_a_terminal(start, *words, NO_COLOR="1").screen
    assert "\x1b" not in on_a_terminal(start, *words, piped=True).piped


def clean(folder: Path, name: str, **more: object) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(bed.document(name, "2026-11-27", [], [bed.entry(1, "wired")], **more)))
    return str(path)


def test_exit_codes(tmp_path: Path, start: Program) -> None:
    members = tmp_path / "policy.yaml"
    members.write_text("version: 1\nteam: {name: acme, members: [ada, bo]}\n")
    ada, bo = clean(tmp_path, "ada"), clean(tmp_path, "bo")
    part = clean(tmp_path, "cem", complete=False)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for words, code in (
        ([ada, bo], 0),
        ([ada, bo, "--policy", str(members)], 0),
        ([ada, "--policy", str(members)], 1),
        ([ada, part], 3),
        ([ada, str(broken)], 3),
        ([ada, str(broken), "--policy", str(members)], 1),
        ([str(broken)], 3),
        ([str(tmp_path / "none.json")], 3),
        ([], 2),
        ([ada, "--policy", str(tmp_path / "none")], 2),
        ([ada, "--policy", ada], 2),
        ([ada, "--html", ada], 2),
        ([ada, "--html", "-"], 2),
        ([ada, "--html", str(tmp_path)], 2),
        ([ada, "--html", str(tmp_path / "none" / "x.html")], 2),
        ([ada, "--format", "html"], 2),
    ):
        done = start("team", "report", *words)
        assert done.returncode == code, (words, done.stdout, done.stderr)
    assert json.loads(Path(ada).read_text())["as"] == "ada"


def test_the_policy_of_the_repository_counts(project: Path, tmp_path: Path, start: Program) -> None:
    ada = clean(tmp_path, "ada")
    (project / ".unsprawl.yaml").write_text("version: 1\nteam: {name: acme, members: [ada, bo]}\n")
    (project / "sub").mkdir()
    done = start("team", "report", ada, cwd=project / "sub")
    assert (done.returncode, "bo never joined" in done.stdout) == (1, True), done.stdout
    assert start("team", "report", ada).returncode == 0
    (project / ".unsprawl.yaml").write_text("version: 1\nteam: 3\n")
    done = start("team", "report", ada, cwd=project)
    assert (done.returncode, ".unsprawl.yaml" in done.stderr, done.stdout) == (2, True, "")


def test_what_is_left_out_is_told(tmp_path: Path, start: Program) -> None:
    ada = clean(tmp_path, "ada")
    other = clean(tmp_path, "bo", team_key="1111-2222-3333")
    third = clean(tmp_path, "cem")
    whole = tmp_path / "whole.json"
    whole.write_text(start("scan", "--format", "json").stdout)
    done = start("team", "report", ada, other, third, str(whole))
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert "another team key" in said
    assert "not anonymous" in said


def test_an_existing_page_keeps_its_rights_and_is_replaced_whole(tmp_path: Path, start: Program) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    page.chmod(0o644)
    assert start("team", "report", clean(tmp_path, "ada"), "--html", str(page)).returncode == 0
    assert page.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert [name for name in os.listdir(tmp_path) if ".tmp" in name] == []


def test_from_two_machines_to_a_report(tmp_path: Path) -> None:
    """The real thing: a key, two homes with one secret in both, and a migration between two scans."""
    machines = {}
    for name in ("ada", "bo"):
        there = tmp_path / name
        (there / ".cursor").mkdir(parents=True)
        there.chmod(0o700)
        servers = {"github": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"],
                              "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": github(77)}}}  # fmt: skip
        (there / ".cursor/mcp.json").write_text(json.dumps({"mcpServers": servers}))
        machines[name] = program(there, tmp_path / f"bin-{name}")
    ada, bo = machines["ada"], machines["bo"]
    assert ada("team", "key", "--new").returncode == 0
    assert ada("team", "key", "--export", str(tmp_path / "key")).returncode == 0
    assert bo("team", "key", "--import", str(tmp_path / "key")).returncode == 0
    files = []
    for number, (name, code) in enumerate((("ada", 1), ("bo", 1), ("ada", 0))):
        if number == 2:
            done = ada("migrate", "--to", "run", "--store", "age-file", "--yes")
            assert done.returncode == 0, done.stdout + done.stderr
        done = machines[name]("scan", "--format", "json", "--anonymous", "--as", name)
        assert done.returncode == code, done.stderr
        document = json.loads(done.stdout)
        document["when"] = f"2026-11-2{number}T10:00:00Z"
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(document))
    done = ada("team", "report", *map(str, files), "--format", "json")
    assert done.returncode == 1
    told = checked(done.stdout, "team")
    (key,) = told["keys"]
    assert (key["label"], key["before"], key["now"], key["needed"]) == ("GitHub key A", ["ada", "bo"], ["bo"], ["ada"])
    assert (told["before"]["on_several_machines"], told["now"]["on_several_machines"]) == (1, 0)
    steps = {person["name"]: [step["kind"] for step in person["steps"]] for person in told["people"]}
    assert steps == {"ada": ["revoke"], "bo": ["migrate"]}
    assert github(77) not in done.stdout
