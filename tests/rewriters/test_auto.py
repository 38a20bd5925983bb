"""What `auto` takes: a vendor's login only where nothing of it is a guess; for many people what each can have alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.rules.test_remotes import START
from tests.systems import MACHINE, looked_into
from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.planner import AUTO, make_plan
from unsprawl.scanner.model import Problem
from unsprawl.scanner.people import MANY, People
from unsprawl.scanner.policy import Demands, Policy, Targets
from unsprawl.scanner.policy_reader import Place, read_policy
from unsprawl.scanner.remotes.catalogue import Service, services

CURSOR, CLAUDE, PROJECT = "~/.cursor/mcp.json", "~/.claude.json", "~/code/x/.cursor/mcp.json"
MINE, OURS = People(1, "by --people"), People(MANY, "by --people")
LINEAR = {"command": "npx", "args": ["-y", "linear-mcp-server"], "env": {"LINEAR_API_KEY": "lin_api_{an:40}"}}
SENTRY = {
    "command": "npx",
    "args": ["-y", "@sentry/mcp-server@latest"],
    "env": {"SENTRY_ACCESS_TOKEN": "sntryu_{h:64}"},
}
STRIPE = {
    "command": "npx",
    "args": ["-y", "@stripe/mcp", "--tools=all"],
    "env": {"STRIPE_SECRET_KEY": "sk_live_{an:99}"},
}
BRAVE = {"command": "npx", "args": ["-y", "@brave/brave-search-mcp-server"], "env": {"BRAVE_API_KEY": "BSA{an:28}"}}
UNKNOWN = {"command": "npx", "args": ["-y", "server-x"], "env": {"X_API_KEY": "{an:40}"}}
TICKETS = {"url": "https://mcp.example.com/mcp", "headers": {"Authorization": "Bearer {an:40}"}}


def planned(
    entry: dict[str, Any],
    file: str = CURSOR,
    *,
    people: People | None = None,
    asking: bool = False,
    demands: Demands | None = None,
    beside: dict[str, Any] | None = None,
) -> EntryStep | Refusal | None:
    """What becomes of one entry with `auto`; None where nothing in it is taken for a key."""
    machine = replace(MACHINE, told=people, asking=asking)
    examined = looked_into(file, {"x": entry, **(beside or {})})
    made = make_plan([examined], machine, AUTO, ["x"] if beside else (), lambda path: demands or Demands())
    answers = (*made.steps, *made.refusals)
    return answers[0] if answers else None


def taken(entry: dict[str, Any], *words: Any, **more: Any) -> str:
    answer = planned(entry, *words, **more)
    assert isinstance(answer, EntryStep), answer
    return answer.target


def test_the_classes_that_these_examples_stand_for() -> None:
    by_id = {each.id: each.migration for each in services()}
    assert (by_id["sentry"], by_id["linear"], by_id["stripe"]) == ("auto", "auto", "auto-with-prompt")


@pytest.mark.parametrize(
    ("entry", "file", "people", "asking", "target"),
    [
        (SENTRY, CURSOR, None, False, "oauth"),
        (SENTRY, CLAUDE, None, False, "oauth"),
        (SENTRY, CURSOR, OURS, False, "oauth"),  # each logs in
        (SENTRY, PROJECT, None, False, "oauth"),
        (STRIPE, CURSOR, None, False, "run"),  # what changes is to be shown first
        (STRIPE, CURSOR, None, True, "oauth"),
        (BRAVE, CURSOR, None, False, "wire"),
        (BRAVE, CURSOR, MINE, False, "wire"),
        (BRAVE, CURSOR, OURS, False, "reference"),
        (BRAVE, PROJECT, None, False, "reference"),
        (UNKNOWN, CURSOR, None, True, "run"),
        (UNKNOWN, CURSOR, MINE, False, "run"),
        (UNKNOWN, CURSOR, OURS, False, "reference"),
        (TICKETS, CURSOR, OURS, False, "reference"),
    ],
)
def test_what_it_takes(entry: dict[str, Any], file: str, people: People | None, asking: bool, target: str) -> None:
    assert taken(entry, file, people=people, asking=asking) == target


def _plain(service: Service) -> dict[str, Any]:
    kind, (name, *_) = next(iter(service.packages.items()))
    return {**START[kind](name), "env": {service.variables[0]: "{an:40}"}}


SERVED = [each for each in services() if each.packages and each.variables]


@pytest.mark.parametrize("asking", [False, True])
@pytest.mark.parametrize("file", [CURSOR, CLAUDE, PROJECT, "~/.config/zed/settings.json"])
def test_nothing_of_a_login_that_it_takes_is_a_guess(file: str, asking: bool) -> None:
    chosen = []
    for service in SERVED:
        answer = planned(_plain(service), file, asking=asking)
        if isinstance(answer, EntryStep) and answer.target == "oauth":
            chosen.append(service)
    for service in chosen:
        assert service.migration in (("auto", "auto-with-prompt") if asking else ("auto",)), service.id
        assert (service.status, service.official) == ("verified", True), service.id
        listed = service.registration == "dcr-listed" and asking and {"cursor", "claude-code"} <= {*service.works_in}
        assert listed or service.registration in ("dcr", "dcr-and-cimd", "cimd"), service.id
    if "zed" in file:
        assert chosen == []  # nobody has seen it log in by itself
    else:
        assert len(chosen) > (20 if asking else 10)


def test_the_login_is_named_where_nothing_else_can_be() -> None:
    entry = {"command": "npx", "args": ["-y", "@stripe/mcp", "--api-key=rk_live_51{an:97}"]}
    answer = planned(entry, "~/.config/Claude/claude_desktop_config.json")
    assert isinstance(answer, Refusal)
    assert "oauth: with the login of Stripe something changes that you should know first" in answer.reason
    assert answer.hint.endswith(" Or log in: `--to oauth --entry x`.")


@pytest.mark.parametrize(
    ("entry", "more", "said"),
    [
        (STRIPE, {}, "not `oauth`: with the login of Stripe something changes that you should know first. Name it"),
        ({**SENTRY, "env": {**SENTRY["env"], "SENTRY_HOST": "sentry.corp.example"}}, {}, "not `oauth`: not the login"),
        (SENTRY, {"beside": {"y": {**SENTRY, "env": {"SENTRY_ACCESS_TOKEN": "sntryu_{h:64}0"}}}}, "another entry"),
        (SENTRY, {"demands": Demands((Policy("p", None, targets=Targets(frozenset({"run"}), 3)),))}, "policy does not"),
    ],
)  # fmt: skip
def test_why_a_login_was_passed_over(entry: dict[str, Any], more: dict[str, Any], said: str) -> None:
    answer = planned(entry, **more)
    assert isinstance(answer, EntryStep)
    assert answer.target == "run"
    assert said in "\n".join(answer.notes)


@pytest.mark.parametrize(
    "entry", [BRAVE, UNKNOWN, TICKETS, {**SENTRY, "args": ["-y", "someone-elses-sentry"]}], ids=range(4)
)
def test_where_no_login_is_known_none_is_spoken_of(entry: dict[str, Any]) -> None:
    answer = planned(entry)
    assert isinstance(answer, EntryStep)
    assert "oauth" not in " ".join(answer.notes)


@pytest.mark.parametrize(
    ("people", "note"),
    [
        (None, ""),
        (MINE, ""),
        (People(7, "by --people"), "7 people use it (by --people): each needs a key of their own"),
    ],
)
@pytest.mark.parametrize("entry", [UNKNOWN, TICKETS])
def test_many_are_told_that_each_needs_a_key(entry: dict[str, Any], people: People | None, note: str) -> None:
    answer = planned(entry, people=people)
    assert isinstance(answer, EntryStep)
    told = [each for each in answer.notes if "people use it" in each]
    assert len(told) == bool(note)
    assert all(each.startswith(note) for each in told)
    login = planned(SENTRY, people=people)
    assert isinstance(login, EntryStep)
    assert not [each for each in login.notes if "people use it" in each]


@pytest.mark.parametrize(
    ("said", "own", "target"),
    [
        ("people: many", False, "reference"),
        ("people: many", True, "reference"),
        ("people: 1", False, "wire"),
        ("people: {providers: {Brave: 3}}", True, "reference"),
        ("people: {providers: {github: 3}}", True, "wire"),
        ("people: {entries: {x: 2}}", False, "reference"),
        ("people: {entries: {y: 2}}", False, "wire"),
        ("people: {usual: many, entries: {x: 1}}", True, "wire"),
    ],
)
def test_a_policy_says_how_many(said: str, own: bool, target: str) -> None:
    place = Place("/home/you/p.yaml", None if own else "/home/you", ("/home/you",))
    policy = read_policy(f"version: 1\n{said}\n".encode(), place, "2026-11-28")
    assert isinstance(policy, Policy), [each for each in policy if isinstance(each, Problem)]
    assert taken(BRAVE, demands=Demands((policy,))) == target


# --- the target that a policy names -----------------------------------------------------------------------------------


def policies(own: str, tree: str) -> Demands:
    """The user's own policy and one in the tree, each "" where there is none."""
    found = []
    for text, folder in ((own, None), (tree, "/home/you")):
        if text:
            place = Place(
                "/home/you/own.yaml" if folder is None else "/home/you/.unsprawl.yaml", folder, ("/home/you",)
            )
            policy = read_policy(f"version: 1\n{text}\n".encode(), place, "2026-11-28")
            assert isinstance(policy, Policy), [each for each in policy if isinstance(each, Problem)]
            found.append(policy)
    return Demands(tuple(found))


@pytest.mark.parametrize(
    ("entry", "own", "tree", "target"),
    [
        (BRAVE, "", "move: {providers: {Brave: reference}}", "reference"),
        (BRAVE, "", "move: {providers: {brave: run}}", "run"),
        (BRAVE, "", "move: {providers: {Brave: reference}, entries: {x: run}}", "run"),
        (BRAVE, "", "move: {providers: {GitHub: reference}, entries: {y: run}}", "wire"),
        (SENTRY, "", "move: {providers: {sentry: run}}", "run"),
        (SENTRY, "", "move: {entries: {x: oauth}}", "oauth"),
        (UNKNOWN, "move: {entries: {x: reference}}", "", "reference"),
        (UNKNOWN, "move: {entries: {x: reference}}", "move: {entries: {x: reference}}", "reference"),
        (UNKNOWN, "move: {entries: {x: env-file}}", "", "env-file"),  # the user's own word is as good as `--to`
        (STRIPE, "move: {entries: {x: oauth}}", "", "oauth"),
    ],
)  # fmt: skip
def test_the_target_that_a_policy_names(entry: dict[str, Any], own: str, tree: str, target: str) -> None:
    answer = planned(entry, demands=policies(own, tree))
    assert isinstance(answer, EntryStep), answer
    assert answer.target == target
    said = [note for note in answer.notes if "since the policy says so" in note]
    assert len(said) == ("move" in own + tree and target != "wire")
    assert not [note for note in answer.notes if "not `oauth`" in note]


@pytest.mark.parametrize(
    ("entry", "own", "tree", "said"),
    [
        (UNKNOWN, "targets: [run]", "move: {entries: {x: reference}}", "the policy does not allow it"),
        (UNKNOWN, "move: {entries: {x: run}}", "move: {entries: {x: reference}}", "several targets for it, run"),
        (UNKNOWN, "move: {entries: {x: run}}", "targets: [reference]", "the policy does not allow it"),
        # only the user may choose these, and a repository is not the user
        (UNKNOWN, "", "move: {entries: {x: env-file}}", "only you can choose that"),
        (UNKNOWN, "", "move: {entries: {x: run-argv}}", "only you can choose that"),
        (UNKNOWN, "", "move: {entries: {x: authsome}}", "only you can choose that"),
        # a login that changes more than the key is asked for, whatever a repository says
        (STRIPE, "", "move: {entries: {x: oauth}}", "nowhere but to `oauth`"),
        (UNKNOWN, "", "move: {entries: {x: oauth}}", "whoever wrote the file chose that name"),
        (UNKNOWN, "move: {entries: {x: authsome}}", "", "nobody has looked for"),
    ],
)  # fmt: skip
def test_a_policy_in_a_tree_gains_nothing(entry: dict[str, Any], own: str, tree: str, said: str) -> None:
    answer = planned(entry, demands=policies(own, tree))
    assert isinstance(answer, Refusal), answer
    assert said in answer.reason


@pytest.mark.parametrize(("own", "moves"), [("entries", True), ("providers", False)])
def test_only_its_own_name_names_an_entry(own: str, moves: bool) -> None:
    """A second login at one address is for an entry that the user named: not for one called as its provider is."""
    servers = {"sentry": SENTRY, "other": {"url": "https://mcp.sentry.dev/mcp"}}
    demands = policies(f"move: {{{own}: {{sentry: oauth}}}}", "")
    made = make_plan([looked_into(CURSOR, servers)], MACHINE, AUTO, demands=lambda path: demands)
    assert [step.target for step in made.steps] == ["oauth"] * moves
    assert ["logged in there already" in refusal.reason for refusal in made.refusals] == [True] * (not moves)


@pytest.mark.parametrize(("own", "tree"), [("move: {entries: {x: run}}", ""), ("", "move: {entries: {x: run}}")])
@pytest.mark.parametrize("target", ["reference", "wire", "oauth", "env-file", "run-argv"])
def test_another_target_is_refused_in_words(target: str, own: str, tree: str) -> None:
    demands = policies(own, tree)
    made = make_plan([looked_into(CURSOR, {"x": UNKNOWN})], MACHINE, target, demands=lambda path: demands)
    [refusal] = made.refusals
    assert refusal.reason == f"the policy moves it to `run` ({demands.policies[0].path}:2)"
    assert "Leave `--to` out" in refusal.hint


def test_what_does_the_work_must_be_allowed_too() -> None:
    """`run` of a server that the host calls itself is a reference, which is another target."""
    demands = policies("", "move: {entries: {x: run}}")
    made = make_plan([looked_into(CURSOR, {"x": TICKETS})], MACHINE, "run", demands=lambda path: demands)
    assert [step.target for step in made.steps] in ([], ["run"])
    assert not any(step.record is None for step in made.steps)
