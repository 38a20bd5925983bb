"""`unsprawl team init` by options: what it writes, what it keeps, and what it refuses with nothing written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.homes import github
from tests.cli.program import Program
from tests.git import git
from unsprawl.scanner.people import MANY
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.policy_reader import Place, read_policy

FILE = ".unsprawl.yaml"
TOKEN = github(501)
AWS = "AKIA" + "QYLPMN5HFIQR7XYA"
KEY = "Xk29" + "sdfQQpz1mW40vRt7"
GITHUB = {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-github"], "env": {"GITHUB_TOKEN": TOKEN}}
TICKETS = {"command": "npx", "args": ["-y", "x"], "env": {"TICKETS_API_KEY": KEY}}
LINEAR = {"command": "npx", "args": ["-y", "linear-mcp-server"], "env": {"LINEAR_API_KEY": "${LINEAR_API_KEY}"}}
TIME = {"command": "npx", "args": ["-y", "server-time"]}
WHO = ("--name", "acme", "--member", "ada", "--member", "bo")


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def config(**servers: Any) -> str:
    return json.dumps({"mcpServers": servers}, indent=2)


@pytest.fixture
def filled(project: Path) -> Path:
    put(project / ".mcp.json", config(gh=GITHUB, tickets=TICKETS, linear=LINEAR, time=TIME))
    return project


def init(start: Program, *words: str, cwd: Path) -> tuple[int, str]:
    done = start("team", "init", *words, cwd=cwd)
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    assert done.returncode != 70, text
    assert TOKEN not in text
    assert KEY not in text
    assert AWS not in text
    return done.returncode, text


def policy(folder: Path) -> Policy:
    found = read_policy((folder / FILE).read_bytes(), Place(str(folder / FILE), str(folder)), "2026-11-28")
    assert isinstance(found, Policy), [fault.message for fault in found]
    return found


def moved(folder: Path) -> dict[str, str]:
    found = policy(folder).move
    return {} if found is None else {each.name: each.target for each in (*found.entries, *found.providers)}


def leftovers(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".unsprawl") and name != FILE]


def test_what_is_recommended(start: Program, filled: Path) -> None:
    code, text = init(start, "--yes", *WHO, cwd=filled)
    assert code == 0, text
    assert (filled / FILE).read_text() == (
        "# What MCP servers may be here. `unsprawl policy check` reads it.\n"
        "version: 1\n"
        "team:\n  name: acme\n  members:\n    - ada\n    - bo\n"
        "hosts:\n  - claude-code\n"
        "approach:\n  lowest: 4\n  accept:\n    - vaulted\n    - referenced\n"
        "people: many\n"
        "move:\n  providers:\n    GitHub: reference\n    Linear: reference\n  entries:\n    tickets: reference\n"
    )
    for word in ("unsprawl team key --new", "unsprawl migrate . --policy .unsprawl.yaml", "unsprawl hook --install"):
        assert word in text
    assert leftovers(filled) == []
    assert start("policy", "check", cwd=filled).returncode == 0


def test_what_it_writes_is_what_migrate_takes(start: Program, filled: Path) -> None:
    assert init(start, "--yes", *WHO, "--move", "github=run", "--move", "tickets=run", cwd=filled)[0] == 0
    done = start("migrate", ".", "--policy", FILE, "--yes", cwd=filled)
    assert done.returncode == 0, done.stdout + done.stderr
    servers = json.loads((filled / ".mcp.json").read_text())["mcpServers"]
    assert [servers[name]["command"] for name in ("gh", "tickets")] == ["unsprawl", "unsprawl"]
    done = start("scan", ".", cwd=filled)
    assert done.returncode == 0, done.stdout


def test_from_a_folder_below_it_is_the_repository(start: Program, filled: Path) -> None:
    (filled / "a/b").mkdir(parents=True)
    assert init(start, "--yes", *WHO, cwd=filled / "a/b")[0] == 0
    assert (filled / FILE).exists()
    assert not (filled / "a/b" / FILE).exists()


@pytest.mark.parametrize("where", ["sub", "sub/", "./sub/.unsprawl.yaml"])
def test_into_a_folder(where: str, start: Program, filled: Path) -> None:
    put(filled / "sub/.mcp.json", config(tickets=TICKETS))
    code, text = init(start, where, "--yes", *WHO, cwd=filled)
    assert code == 0
    assert moved(filled / "sub") == {"tickets": "reference"}
    assert not (filled / FILE).exists()
    assert "unsprawl migrate sub --policy sub/.unsprawl.yaml" in text


def test_around_several_repositories_they_are_all_named(start: Program, home: Path) -> None:
    for name in ("app", "api", "none"):
        put(home / f"work/{name}/.mcp.json", config(tickets=TICKETS))
    for name in ("app", "api"):
        git(home / "work" / name, "init", "-q")
    code, text = init(start, "work", "--yes", *WHO, cwd=home)
    assert code == 0
    told = " ".join(text.split())
    assert "unsprawl migrate ~/work/api ~/work/app --policy ~/work/.unsprawl.yaml --branch unsprawl" in told
    assert "hook --install" not in told, "this is no repository"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "no terminal"),
        (("--yes",), "it needs --name and --member"),
        (("--dry-run",), "it needs --name and --member"),
        (("--yes", "--name", "acme"), "it needs --member"),
        (WHO, "no --yes"),
        ((*WHO, "--yes", "--name", "the acme"), "it is a plain name"),
        ((*WHO, "--yes", "--member", "../x"), "it is a plain name"),
        ((*WHO, "--yes", "--member", "x\n"), "it is a plain name"),
        ((*WHO, "--yes", "--member", "ADA"), "twice"),
        ((*WHO, "--yes", "--member", AWS), "it looks like a key"),
        ((*WHO, "--yes", "--name", AWS), "it looks like a key"),
        ((*WHO, "--yes", "--host", "cursr"), "did you mean cursor?"),
        ((*WHO, "--yes", "--host", "nothing"), "unknown host"),
        ((*WHO, "--yes", "--people", "few"), "a number from 1 up"),
        ((*WHO, "--yes", "--people", "=3"), "a number from 1 up"),
        ((*WHO, "--yes", "--people", "gihtub=3"), "did you mean GitHub?"),
        ((*WHO, "--yes", "--move", "run"), "it is NAME=target"),
        ((*WHO, "--yes", "--move", "tickets=vault"), "no such target; known are reference, run"),
        ((*WHO, "--yes", "--move", "tickest=run"), "did you mean tickets?"),
        ((*WHO, "--yes", "--lowest", "7"), "1<=x<=6"),
        ((*WHO, "--yes", "--accept", "vaulted"), "--accept goes with --lowest"),
        ((*WHO, "--yes", "nosuch"), "there is no such folder"),
        ((*WHO, "--yes", ".mcp.json"), "a file, not a folder"),
    ],
)
def test_what_is_missing_or_wrong(words: tuple[str, ...], says: str, start: Program, filled: Path) -> None:
    code, text = init(start, *words, cwd=filled)
    assert code in (2, 4), text
    assert says in " ".join(text.split())
    assert not (filled / FILE).exists()
    assert leftovers(filled) == []


def test_dry_run_writes_nothing(start: Program, filled: Path) -> None:
    code, text = init(start, "--dry-run", *WHO, cwd=filled)
    assert code == 0
    assert "name: acme" in text
    assert "Nothing was written." in text
    assert not (filled / FILE).exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--move", "github=run"), {"github": "run", "linear": "reference", "tickets": "reference"}),
        (("--move", "GitHub=none", "--move", "tickets=none"), {"linear": "reference"}),
        (("--move", "gh=run"), {"gh": "run", "github": "reference", "linear": "reference", "tickets": "reference"}),
        (("--move", "entry:github=run", "--move", "entry:far away=wire"),
         {"github": "reference", "far away": "wire", "linear": "reference", "tickets": "reference"}),
        (("--move", "sentry=oauth"),
         {"sentry": "oauth", "github": "reference", "linear": "reference", "tickets": "reference"}),
        # what violates the floor is not recommended
        (("--lowest", "4", "--accept", "vaulted"), {"github": "run", "tickets": "run"}),
        (("--lowest", "1"), {"github": "wire"}),
        (("--lowest", "6"), {"github": "reference", "linear": "reference", "tickets": "reference"}),
    ],
)  # fmt: skip
def test_move(words: tuple[str, ...], found: dict[str, str], start: Program, filled: Path) -> None:
    code, text = init(start, "--yes", *WHO, *words, cwd=filled)
    assert code == 0, text
    assert moved(filled) == found
    if "entry:github=run" in words:
        both = policy(filled).move
        assert both is not None
        assert [(each.name, each.target) for each in both.entries][:1] == [("github", "run")]


def test_a_target_that_breaks_the_policy_is_told(start: Program, filled: Path) -> None:
    words = ("--lowest", "4", "--accept", "vaulted", "--move", "tickets=reference", "--move", "gh=oauth")
    code, text = init(start, "--yes", *WHO, *words, cwd=filled)
    assert code == 0
    assert "mind: tickets to `reference`: 6 environment is not allowed by the policy" in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "usual", "named"),
    [
        ((), MANY, {}),
        (("--people", "3"), 3, {}),
        (("--people", "many", "--people", "GitHub=1", "--people", "tickets=2"), MANY, {"github": 1, "tickets": 2}),
    ],
)
def test_people(words: tuple[str, ...], usual: int, named: dict[str, int], start: Program, filled: Path) -> None:
    assert init(start, "--yes", *WHO, *words, cwd=filled)[0] == 0
    found = policy(filled).people
    assert found is not None
    assert found.usual == usual
    assert dict((*found.entries, *found.providers)) == named


# --- a policy that is there -------------------------------------------------------------------------------------------

THERE = """\
# ours, since 2026
version: 1
team: {name: old, members: [ada, bo]}   # both of us
hosts:
  - zed      # cem likes it
approach:
  lowest: 5
  severity: low   # for now
  accept: [referenced]
move:
  providers: {github: run}  # the vault
ignore:
  - path: fixtures/**
    reason: made up
"""


def test_its_answers_are_the_defaults(start: Program, filled: Path) -> None:
    put(filled / FILE, THERE)
    os.chmod(filled / FILE, 0o640)
    code, text = init(start, "--yes", "--member", "ada", "--member", "bo", "--member", "cem", cwd=filled)
    assert code == 0, text
    assert (filled / FILE).read_text() == THERE.replace("[ada, bo]", "[ada, bo, cem]").replace(
        "{github: run}  #", "{github: run, Linear: reference}  #"
    ).replace(
        "ignore:\n  - path: fixtures/**\n    reason: made up\n",
        "  entries:\n    tickets: reference\nignore:\n  - path: fixtures/**\n    reason: made up\npeople: many\n",
    )
    assert (filled / FILE).stat().st_mode & 0o777 == 0o640
    assert "+ team: {name: old, members: [ada, bo, cem]}   # …" in text  # a comment is not ours to show
    assert "since 2026" not in text
    assert "mind: ignore of it stay as they are, and count in full" in " ".join(text.split())
    again = (filled / FILE).read_bytes()
    code, text = init(start, "--yes", cwd=filled)
    assert code == 0
    assert "says that already: nothing to write" in text
    assert (filled / FILE).read_bytes() == again


@pytest.mark.parametrize("text", ["version: 2\n", "version: 1\nteam: 5\n", "", "version: 1\n---\nversion: 1\n", "[1"])
def test_one_with_faults_stops_it(text: str, start: Program, filled: Path) -> None:
    put(filled / FILE, text)
    code, said = init(start, "--yes", *WHO, cwd=filled)
    assert code == 2
    assert "unsprawl: .unsprawl.yaml" in said
    assert "Mend it first" in said
    assert (filled / FILE).read_text() == text


def test_targets_that_it_forbids(start: Program, filled: Path) -> None:
    text = "version: 1\ntargets: [run]\n"
    put(filled / FILE, text)
    code, said = init(start, "--yes", *WHO, "--move", "tickets=reference", cwd=filled)
    assert code == 4
    assert "the target is one that `targets` of the same policy does not allow" in " ".join(said.split())
    assert (filled / FILE).read_text() == text
    assert init(start, "--yes", *WHO, cwd=filled)[0] == 0
    assert moved(filled) == {"github": "run", "tickets": "run"}


@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "fifo"])
def test_what_is_no_file_of_its_own_is_left_alone(kind: str, start: Program, filled: Path, tmp_path: Path) -> None:
    outside = put(tmp_path / "outside.yaml", "version: 1\n")
    place = filled / FILE
    if kind == "link":
        place.symlink_to(outside)
    elif kind == "dangling":
        place.symlink_to(tmp_path / "nothing.yaml")
    elif kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    code, said = init(start, "--yes", *WHO, cwd=filled)
    assert code == 2, said
    assert outside.read_text() == "version: 1\n"
    assert not (tmp_path / "nothing.yaml").exists()
    assert leftovers(filled) == []


def test_a_temporary_file_that_leads_elsewhere_is_not_written_through(
    start: Program, filled: Path, tmp_path: Path
) -> None:
    outside = put(tmp_path / "outside.yaml", "mine\n")
    (filled / ".unsprawl-policy.tmp").symlink_to(outside)
    assert init(start, "--yes", *WHO, cwd=filled)[0] == 0
    assert outside.read_text() == "mine\n"
    assert not (filled / FILE).is_symlink()
    assert leftovers(filled) == []


# --- odd surroundings -------------------------------------------------------------------------------------------------


def test_a_file_with_two_names_is_not_parted(start: Program, filled: Path) -> None:
    put(filled / FILE, "version: 1\n")
    os.link(filled / FILE, filled / "other.yaml")
    code, said = init(start, "--yes", *WHO, cwd=filled)
    assert code == 4
    assert "hard links" in said
    assert (filled / FILE).read_text() == "version: 1\n"


def test_no_repository(start: Program, home: Path) -> None:
    folder = home / "plain"
    put(folder / ".mcp.json", config(tickets=TICKETS))
    code, said = init(start, "--yes", *WHO, cwd=folder)
    assert code == 2
    assert "there is no git repository here" in said
    assert "unsprawl team init FOLDER" in said
    assert init(start, ".", "--yes", *WHO, cwd=folder)[0] == 0
    assert moved(folder) == {"tickets": "reference"}


def test_a_repository_without_servers(start: Program, project: Path) -> None:
    put(project / "README.md", "# x\n")
    code, text = init(start, "--yes", *WHO, cwd=project)
    assert code == 0, text
    found = policy(project)
    assert (found.people, found.move, found.hosts) == (None, None, None)
    assert found.team is not None
    assert found.floor is not None


def test_a_broken_file_is_told_and_the_rest_is_proposed(start: Program, filled: Path) -> None:
    put(filled / ".cursor/mcp.json", '{"mcpServers": {')
    code, text = init(start, "--yes", *WHO, cwd=filled)
    assert code == 3
    assert "not looked into: .cursor/mcp.json" in text
    assert moved(filled) == {"github": "reference", "linear": "reference", "tickets": "reference"}


def test_a_submodule_has_a_policy_of_its_own(start: Program, filled: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    put(inner / ".mcp.json", config(tickets=TICKETS))
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "x")
    git(filled, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    assert init(start, "--yes", *WHO, cwd=filled / "sub")[0] == 0
    assert moved(filled / "sub") == {"tickets": "reference"}
    assert not (filled / FILE).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_may_not_be_written(start: Program, filled: Path) -> None:
    filled.chmod(0o500)
    try:
        code, said = init(start, "--yes", *WHO, cwd=filled)
    finally:
        filled.chmod(0o700)
    assert code == 4
    assert "Permission denied" in said
    assert not (filled / FILE).exists()


def test_a_folder_that_others_may_write_into(start: Program, filled: Path) -> None:
    filled.chmod(0o777)
    code, said = init(start, "--yes", *WHO, cwd=filled)
    assert code == 4
    assert "other users may write into" in said
    assert not (filled / FILE).exists()


def test_names_that_are_keys_or_cannot_be_shown(start: Program, project: Path) -> None:
    put(project / ".mcp.json", config(**{TOKEN: TICKETS, "a\u202eb": TICKETS, "\x1b[2J": TICKETS, "ok": TICKETS}))
    code, text = init(start, "--yes", *WHO, cwd=project)
    assert code == 0, text
    assert moved(project) == {"ok": "reference"}
    assert text.count("no policy can name this server") == 3
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert TOKEN not in (project / FILE).read_text()


def test_a_hosts_file_of_the_user_is_proposed(start: Program, filled: Path, home: Path) -> None:
    put(home / ".cursor/mcp.json", config(time=TIME))
    put(filled / ".vscode/mcp.json", json.dumps({"servers": {"time": TIME}}))
    assert init(start, "--yes", *WHO, cwd=filled)[0] == 0
    found = policy(filled).hosts
    assert found is not None
    assert found.ids == {"claude-code", "cursor", "vscode"}
    assert init(start, "--yes", "--host", "zed", cwd=filled)[0] == 0
    again = policy(filled).hosts
    assert again is not None
    assert again.ids == {"zed"}


def test_what_the_users_own_policy_forbids_is_not_recommended(start: Program, filled: Path, home: Path) -> None:
    put(home / ".config/unsprawl/policy.yaml", "version: 1\ntargets: [run]\n")
    assert init(start, "--yes", *WHO, cwd=filled)[0] == 0
    assert {moved(filled)[name] for name in ("github", "tickets")} == {"run"}
