"""The decision tree and what is said of an entry: every way through it, every system of the table."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems import HOME, of_system, told

from unsprawl.rewriters.planner import TARGETS
from unsprawl.rules.bundle_approaches import SYSTEMS
from unsprawl.rules.bundle_brokers import BROKERS
from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.approach_scores import GRADES, becomes, changes, criteria, scores
from unsprawl.scanner.approach_tree import OAUTH, Case, decide
from unsprawl.scanner.logins import login_of, logins
from unsprawl.scanner.people import MANY, SHARED, People

NAMED = """approach-7 approach-6 approach-5 approach-4 approach-3 approach-2 approach-1
    asana atlassian square intercom linear paypal sentry stripe webflow notion github orgx
    workos-authkit auth0 authlete keycloak stytch cloudflare-workers-oauth-provider
    authsome agent-vault clawvisor onecli
    everything fetch filesystem git memory sequential-thinking time"""


def test_no_system_is_left_out() -> None:
    assert [each["id"] for each in SYSTEMS] == NAMED.split()


@pytest.mark.parametrize("system", [each for each in SYSTEMS if "example" in each], ids=lambda each: each["id"])
def test_a_system(system: dict[str, Any]) -> None:
    each, expected = of_system(system), system["expects"]
    assert each.approach.rank == expected.get("rank")
    assert each.likely == expected.get("likely", expected.get("rank"))
    assert each.advice.target == expected["advice"]
    if system["kind"] == "approach":
        assert each.likely == system["rank"]
    if system["kind"] == "broker":
        assert system["broker"] in {record["id"] for record in BROKERS}
    if system["kind"] == "service":
        assert [one.service.id for one in each.candidates] == [system["remote"]]
    assert [step.id for step in each.advice.path][:1] == ["Q1"]


@pytest.mark.parametrize("system", [each for each in SYSTEMS if each["kind"] == "login"], ids=lambda each: each["id"])
def test_a_product_for_logins(system: dict[str, Any]) -> None:
    found = next(each for each in logins() if each.id == system["login"])
    assert found.rank == system["rank"]
    for domain in found.domains:
        assert login_of(f"https://you.{domain}/x") == found
        assert login_of(f"https://{domain}.evil.example/") is None
        assert login_of(f"https://evil{domain}/") is None


# --- the criteria -----------------------------------------------------------------------------------------------------


def test_every_approach_has_all_seven() -> None:
    assert len(criteria()) == 7
    for rank in NAMES:
        assert {score.grade for score in scores(rank)} <= {*GRADES, "none"}


@pytest.mark.parametrize("target", [each for each in TARGETS if each != OAUTH])
def test_what_every_target_makes_of_an_entry_is_known(target: str) -> None:
    after = becomes(target)
    assert after is not None
    assert after.rank in {None, *NAMES}


def test_better_approaches_are_better() -> None:
    def worth(rank: int, *marks: str) -> int:
        return sum(GRADES.index(score.grade) for score in scores(rank, marks) if score.grade != "none")

    assert worth(2) > worth(3) > worth(4) > worth(6)
    assert worth(6, "vaulted") > worth(6, "referenced") > worth(6)
    assert worth(6) >= worth(5)
    better = changes(scores(6), scores(6, ["vaulted"]))
    assert [before.criterion.id for before, _ in better] == ["boundary", "setup", "accounts", "refresh", "failure"]


# --- the tree ---------------------------------------------------------------------------------------------------------

CASE = Case(
    local=True,
    rank=6,
    literal=True,
    kept=False,
    shared=False,
    people=None,
    reads="",
    candidates=(),
    possible={"reference": "", "run": "", "wire": ""},
    proved=False,
    copy=False,
)
TREE = [
    ({"rank": 7, "literal": False}, "leave", ["Q1"]),
    ({"rank": 7, "literal": False, "reads": "it reads all"}, "leave", ["Q1"]),
    ({}, "run", ["Q1", "Q3"]),
    ({"proved": True}, "wire", ["Q1", "Q3"]),
    ({"proved": True, "possible": {"wire": "it cannot", "run": "", "reference": ""}}, "run", ["Q1", "Q3"]),
    ({"possible": {"wire": "no", "run": "no", "reference": ""}}, "reference", ["Q1", "Q3"]),
    ({"possible": {"wire": "", "run": "no", "reference": "no"}}, "wire", ["Q1", "Q3"]),
    ({"possible": {"wire": "no", "run": "no", "reference": "no"}}, "by-hand", ["Q1", "Q3"]),
    ({"shared": True, "proved": True}, "reference", ["Q1", "Q3"]),
    ({"copy": True}, "by-hand", ["Q1", "Q3"]),
    ({"literal": False, "kept": True}, "leave", ["Q1"]),
    ({"local": False, "rank": 5}, "reference", ["Q1", "Q2", "Q3"]),
    ({"local": False, "rank": 5, "proved": True}, "wire", ["Q1", "Q2", "Q3"]),
    ({"local": False, "rank": 5, "possible": {"wire": "", "reference": "no"}}, "wire", ["Q1", "Q2", "Q3"]),
    ({"local": False, "rank": None, "literal": False}, "probe", ["Q1", "Q2", "Q3"]),
    ({"local": False, "rank": None, "literal": False, "idle": True}, "by-hand", []),
    ({"local": False, "rank": 4, "literal": False}, "leave", ["Q1", "Q2", "Q3"]),
    ({"local": False, "rank": 5, "literal": False, "kept": True}, "leave", ["Q1", "Q2", "Q3"]),
]  # fmt: skip


@pytest.mark.parametrize(("differs", "target", "path"), TREE)
def test_the_tree(differs: dict[str, Any], target: str, path: list[str]) -> None:
    advice = decide(CASE._replace(**differs))
    assert advice.target == target
    assert [step.id for step in advice.path] == path


@pytest.mark.parametrize(
    ("people", "shared", "said", "why", "target"),
    [
        (People(1, "me"), False, "one", "me", "run"),
        (People(1, "me"), True, "one", "me", "reference"),
        (
            People(7, "me"),
            False,
            "7: each with a login or a key of their own, never one key for all",
            "me",
            "reference",
        ),
        (People(MANY, "me"), True, "many: each", "me", "reference"),
        (None, True, "many: each", SHARED, "reference"),
        (None, False, "not said", "`--people` or a policy says it", "run"),
    ],
)
def test_how_many_people(people: People | None, shared: bool, said: str, why: str, target: str) -> None:
    advice = decide(CASE._replace(people=people, shared=shared))
    last = advice.path[-1]
    assert last.id == "Q3"
    assert last.answer.startswith(said)
    assert last.why == why
    assert advice.target == target
    assert ("each person with a key of their own" in advice.says) == (not said.startswith(("one", "not")))


def test_many_behind_one_key_are_told() -> None:
    kept = CASE._replace(literal=False, kept=True, people=People(MANY, "me"))
    for case in (kept, kept._replace(local=False, rank=5)):
        advice = decide(case)
        assert "each needs a key of their own" in " ".join(advice.reasons)
        assert advice.path[-1].id == "Q3"
    assert not any("each needs" in reason for reason in decide(kept._replace(people=None)).reasons)


def test_why_the_better_one_is_not_it_is_said() -> None:
    advice = decide(CASE._replace(possible={"wire": "it speaks no https", "run": ""}, proved=True))
    assert "not wire: it speaks no https" in advice.reasons


# --- entries ----------------------------------------------------------------------------------------------------------


def test_what_would_change() -> None:
    entry = {"command": "npx", "args": ["-y", "linear-mcp-server"], "env": {"LINEAR_API_KEY": "lin_api_{an:40}"}}
    each = told("~/.cursor/mcp.json", {"x": entry})["x"]
    by_target = {what.target: what for what in each.what_if}
    assert set(by_target) == {"oauth", *TARGETS}
    assert (by_target["oauth"].rank, by_target["run"].rank, by_target["reference"].rank) == (3, 6, 6)
    refresh = next(pair for pair in by_target["oauth"].changes if pair[0].criterion.id == "refresh")
    assert (refresh[0].grade, refresh[1].grade) == ("poor", "good")
    assert by_target["run"].mark == "vaulted"
    assert not by_target["run-argv"].can


def test_what_a_person_may_do_all_the_same() -> None:
    def login(**env: str) -> tuple[bool, bool]:
        entry = {"command": "uvx", "args": ["mcp-grafana"], "env": {"GRAFANA_SERVICE_ACCOUNT_TOKEN": "{an:40}", **env}}
        each = told("~/.cursor/mcp.json", {"x": entry})["x"]
        (what,) = [what for what in each.what_if if what.target == "oauth"]
        return what.can, what.firm

    assert login(GRAFANA_URL="https://you.grafana.net") == (False, False)
    assert login(GRAFANA_URL="https://grafana.corp.example") == (False, True)


def test_a_reason_is_said_once() -> None:
    entry = {
        "url": "https://api.githubcopilot.com/mcp/",
        "headers": {"Authorization": "Bearer github_pat_{an:22}_{an:59}"},
    }
    each = told("~/.cursor/mcp.json", {"x": entry})["x"]
    (what,) = [what for what in each.what_if if what.target == "oauth"]
    assert what.says.count("is none of those of GitHub") == 1


def test_what_neither_starts_nor_calls_anything_cannot_be_probed() -> None:
    each = told("~/.cursor/mcp.json", {"x": {"disabled": True}})["x"]
    assert (each.advice.target, each.advice.path) == ("by-hand", ())


def test_an_entry_that_calls_the_remote_already_moves_nowhere() -> None:
    each = told("~/.cursor/mcp.json", {"x": {"url": "https://mcp.linear.app/mcp"}})["x"]
    assert each.what_if == ()
    assert each.approach.rank is None  # never called OAuth before somebody asked the server
    assert each.likely == 3


def test_two_clients_two_ranks() -> None:
    entry = {"url": "https://mcp.cloudflare.com/mcp"}
    assert told("~/.cursor/mcp.json", {"x": entry})["x"].likely == 3
    assert told("~/.claude.json", {"x": {"type": "http", **entry}})["x"].likely == 2


def test_a_file_server_beside_secrets() -> None:
    """Told by `explain` as a command, which knows the folders; here only what is made of it."""
    advice = decide(CASE._replace(rank=7, literal=False, reads=f"this server reads {HOME}"))
    assert advice.reasons == (f"this server reads {HOME}",)
    assert "keep it from files with secrets" in advice.says
