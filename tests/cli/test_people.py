"""How many people use a server: from a policy, an option or a key pressed, to what explain and migrate say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.homes import brave
from tests.cli.program import Program
from tests.report.test_contract import checked
from unsprawl.rules.samples import expand
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.remotes.catalogue import by_id

KEY = brave(31)
SEARCH = {"command": "npx", "args": ["-y", "@brave/brave-search-mcp-server"], "env": {"BRAVE_API_KEY": KEY}}


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def servers(folder: Path, **entries: Any) -> None:
    put(folder / ".cursor" / "mcp.json", json.dumps({"mcpServers": entries}))


def explained(start: Program, *words: str, cwd: Path) -> dict[str, Any]:
    done = start("explain", "--format", "json", *words, cwd=cwd)
    assert KEY not in done.stdout
    (entry,) = checked(done.stdout, "explain")["entries"]
    found: dict[str, Any] = entry
    return found


@pytest.mark.parametrize(
    ("own", "tree", "words", "people", "target"),
    [
        ("", "", [], None, "wire"),
        ("people: 1", "", [], (1, "policy.yaml:2"), "wire"),
        ("people: many", "", [], (None, "policy.yaml:2"), "reference"),
        ("people: {providers: {Brave: 40}}", "", [], (40, "policy.yaml:2"), "reference"),
        ("people: {entries: {search: 3}}", "", [], (3, "policy.yaml:2"), "reference"),
        ("people: {entries: {other: 3}}", "", [], None, "wire"),
        ("people: many", "", ["--people", "one"], (1, "by --people"), "wire"),
        ("", "", ["--people", "12"], (12, "by --people"), "reference"),
        ("people: 1", "people: 5", [], (5, ".unsprawl.yaml:2"), "reference"),
        ("", "people: 1", [], None, "wire"),
        ("people: many", "people: 1", [], (None, "policy.yaml:2"), "reference"),
        ("people: 1", "people: many", ["--people", "one"], (None, ".unsprawl.yaml:2"), "reference"),
    ],
)
def test_who_says_it(
    own: str,
    tree: str,
    words: list[str],
    people: tuple[int | None, str] | None,
    target: str,
    home: Path,
    start: Program,
) -> None:
    folder = home / "notes"
    # A folder that is no repository: its file is nobody else's.
    servers(home, search=SEARCH)
    if own:
        put(home / ".config/unsprawl/policy.yaml", f"version: 1\n{own}\n")
    if tree:
        put(home / ".unsprawl.yaml", f"version: 1\n{tree}\n")
    folder.mkdir()
    entry = explained(start, "--path", str(home), *words, cwd=folder)
    said = entry["people"]
    assert (said is None) == (people is None)
    if people is not None:
        assert said["number"] == people[0]
        assert people[1] in said["by"]
        assert said["many"] == (people[0] != 1)
    assert entry["recommendation"]["target"] == target
    assert entry["path_of_decision"][-1]["id"] == "Q3"
    done = start("migrate", str(home), "--dry-run", "--format", "json", *words, cwd=folder)
    (step,) = json.loads(done.stdout)["plan"]["steps"]
    assert step["target"] == target


def test_what_is_shared_is_hinted_at_and_said_otherwise(project: Path, start: Program) -> None:
    put(project / ".mcp.json", json.dumps({"mcpServers": {"search": SEARCH}}))
    entry = explained(start, "search", cwd=project)
    assert entry["people"] == {"many": True, "number": None, "by": "the file is shared through git"}
    entry = explained(start, "search", "--people", "one", cwd=project)
    assert entry["people"]["many"] is False
    assert entry["recommendation"]["target"] == "reference"  # no path of this machine goes into what others read


@pytest.mark.parametrize("word", ["0", "-1", "1.5", "few", "", "٣", "99999999999999"])
@pytest.mark.parametrize("command", ["explain", "migrate"])
def test_what_is_no_number_of_people(command: str, word: str, start: Program) -> None:
    done = start(command, "--people", word)
    assert done.returncode == Exit.USAGE
    assert "a number from 1 up, `one` or `many`" in done.stderr


@pytest.mark.parametrize("many", [False, True])
def test_a_key_says_it_while_one_is_asked(many: bool, home: Path, start: Program) -> None:
    pytest.importorskip("pty")
    from tests.cli.terminal import Terminal

    servers(home, search=SEARCH, again=SEARCH)
    keys = "mnn" if many else "nn"
    with Terminal(start, "migrate") as terminal:
        for number, key in enumerate(keys, 1):
            terminal.until(r"Move it\?  .*\[\?\] help  ", number)
            terminal.press(key)
        terminal.end()
        assert KEY not in terminal.raw
        shown = terminal.shown
    assert ("goes to a reference to BRAVE_API_KEY" in shown) == many
    # What was said of a key holds for all servers that have it: the second entry is not asked again.
    assert shown.count("[m]any use it") == (1 if many else 2)
    assert shown.count("recommended: many use it: name a variable") == (2 if many else 0)
    assert len(re.findall(r"many people use it\s+\(as you said\)", shown)) == (2 if many else 0)


def test_a_login_that_changes_more_is_shown_and_asked_for_and_never_taken_by_all(home: Path, start: Program) -> None:
    pytest.importorskip("pty")
    from tests.cli.terminal import Terminal

    stripe, jira = expand("sk_live_{an:99}", Random(32)), expand("ATATT3xFfGF0{an:170}={h:8}", Random(33))
    servers(
        home,
        stripe={"command": "npx", "args": ["-y", "@stripe/mcp", "--tools=all"], "env": {"STRIPE_SECRET_KEY": stripe}},
        jira={
            "command": "uvx",
            "args": ["mcp-atlassian"],
            "env": {"JIRA_URL": "https://you.atlassian.net", "JIRA_API_TOKEN": jira},
        },
    )
    with Terminal(start, "migrate", "--store", "age-file") as terminal:
        terminal.until(r"Move it\?  .*\[\?\] help  ", 1)
        terminal.press("a")
        code = terminal.end()
        assert stripe not in terminal.raw
        assert jira not in terminal.raw
        shown = terminal.shown
    assert code == 0, shown
    question = " ".join(shown[: shown.index("Move it?")].split())
    assert "goes to the login of Stripe at https://mcp.stripe.com" in question
    assert "recommended: the vendor's own login" in question
    for caveat in by_id()["stripe"].caveats:
        assert " ".join(caveat.split()) in question
    after = json.loads((home / ".cursor" / "mcp.json").read_text())["mcpServers"]
    assert after["stripe"] == {"url": "https://mcp.stripe.com"}
    assert "run" in after["jira"]["args"]  # nobody was shown what changes there


@pytest.mark.parametrize("words", [[], ["--people", "many"]])
def test_a_plan_file_is_the_same_with_somebody_to_ask(words: list[str], home: Path, start: Program) -> None:
    pytest.importorskip("pty")
    from tests.cli.terminal import Terminal

    key = expand("sk_live_{an:99}", Random(34))
    entry = {"command": "npx", "args": ["-y", "@stripe/mcp", "--tools=all"], "env": {"STRIPE_SECRET_KEY": key}}
    servers(home, stripe=entry, search=SEARCH)
    done = start("migrate", *words, "--plan-out", str(home / "plan.json"), cwd=home)
    told = re.search(r"unsprawl migrate .*--plan \S+", " ".join(done.stdout.split()))
    assert told
    assert (" --people many" in told[0]) == bool(words)
    with Terminal(start, "migrate", *words, "--plan", str(home / "plan.json")) as terminal:
        for number in (1, 2):
            terminal.until(r"Move it\?  .*\[\?\] help  ", number)
            terminal.press("n")
        terminal.end()
        shown = terminal.shown
    assert "not what would be done now" not in shown
    assert "the login of Stripe at" not in shown
