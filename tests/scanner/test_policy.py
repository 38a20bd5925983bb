"""What a policy may say, what is wrong with others, and that one in a tree can only tighten."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from unsprawl.rewriters.planner import ALL_TARGETS as PLANNED
from unsprawl.rewriters.planner import EXTERNAL
from unsprawl.scanner.approach import Approach
from unsprawl.scanner.model import Confidence, Finding, Literal, Problem, Severity
from unsprawl.scanner.people import MANY, MOST, People
from unsprawl.scanner.policy import Demands, Policy, laxer, violated, violation
from unsprawl.scanner.policy_reader import MARKS, MAX_BYTES, MOST_PATHS, TARGETS, Place, read_policy

TODAY = "2026-11-28"
TREE = Place("/w/.unsprawl.yaml", "/w")
OWN = Place("/home/you/.config/unsprawl/policy.yaml", None, ("/home/you",))
SCHEMA: dict[str, Any] = json.loads(files("unsprawl.scanner").joinpath("policy.schema.json").read_text("utf-8"))


def read(text: str, place: Place = TREE) -> Policy | list[Problem]:
    return read_policy(text.encode(), place, TODAY)


def good(text: str, place: Place = TREE) -> Policy:
    found = read(text, place)
    assert isinstance(found, Policy), found
    return found


def test_the_schema_is_one_and_knows_what_the_code_knows() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    properties = SCHEMA["properties"]
    assert set(TARGETS) == set(PLANNED) == set(properties["targets"]["items"]["enum"])
    assert set(MARKS) == set(properties["approach"]["properties"]["accept"]["items"]["enum"])
    assert properties["ignore"]["maxItems"] == MOST_PATHS


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("version: 1\n", None, ""),
        ("# yaml-language-server: $schema=x\nversion: 1\napproach:\n  lowest: 5\n  accept: [vaulted]\n", None, ""),
        ("version: 1\ntargets: []\n", None, ""),
        ("version: 1\nfail: {severity: high, confidence: medium}\nallow_unreadable: false\n", None, ""),
        ("version: 1\nignore:\n  - path: fixtures/**\n    reason: made up\n    expires: 2027-01-01\n", None, ""),
        ("version: 1\nignore: []\n", None, ""),
        ("version: 1\npeople: many\n", None, ""),
        ("version: 1\npeople: 12\n", None, ""),
        ("version: 1\npeople: {}\n", None, ""),
        (
            "version: 1\npeople:\n  usual: 1\n  entries: {tickets: many, 'a b': 3}\n  providers: {GitHub: 40}\n",
            None,
            "",
        ),
        ("version: 1\npeople: 0\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople: -1\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople: 1.5\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople: true\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople: few\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople: [many]\n", 2, "a number from 1 up, or many"),
        (f"version: 1\npeople: {MOST + 1}\n", 2, "a number from 1 up, or many"),
        ("version: 1\npeople:\n  usaul: 1\n", 3, "did you mean usual?"),
        ("version: 1\npeople:\n  entries:\n    x: none\n", 4, "a number from 1 up, or many"),
        ("version: 1\npeople:\n  entries: [x]\n", 3, "entries is a mapping of names"),
        ("{}", 1, "lacks `version: 1`"),
        ("targets: [run]\n", 1, "lacks `version: 1`"),
        ("version: '1'\n", 1, "version is 1 here"),
        ("version: true\n", 1, "version is 1 here"),
        ("version: 2\n", 1, "update unsprawl"),
        ("version: 1\nignroe: []\n", 2, "unknown key ignroe; did you mean ignore?"),
        ("version: 1\nstore: vault\n", 2, "unknown key store; known are version"),
        ("version: 1\napproach:\n  lowst: 5\n", 3, "did you mean lowest?"),
        ("version: 1\napproach: 5\n", 2, "approach is a mapping"),
        ("version: 1\napproach: {lowest: 8}\n", 2, "from 1 (best) to 7"),
        ("version: 1\napproach: {lowest: true}\n", 2, "from 1 (best) to 7"),
        ("version: 1\napproach: {lowest: 5.5}\n", 2, "from 1 (best) to 7"),
        ("version: 1\napproach: {lowest: 5, accept: [vautled]}\n", 2, "did you mean vaulted?"),
        ("version: 1\ntargets: run\n", 2, "targets is a list"),
        ("version: 1\ntargets:\n  - run\n  - elsewhere\n", 4, "unknown value of targets; known are reference, run"),
        ("version: 1\nfail: {severity: hihg}\n", 2, "did you mean high?"),
        ("version: 1\nallow_unreadable: 'yes'\n", 2, "true or false"),
        ("version: 1\nignore: fixtures\n", 2, "ignore is a list"),
        ("version: 1\nignore:\n  - path: x\n", 3, "`path` and `reason`"),
        ("version: 1\nignore:\n  - path: x\n    reason: ' '\n", 3, "`path` and `reason`"),
        ("version: 1\nignore:\n  - {path: x, reason: y, expires: soon}\n", 3, "YYYY-MM-DD"),
        ("- version: 1\n", 1, "a policy is a mapping"),
    ],
)
def test_what_it_may_say(text: str, line: int | None, said: str) -> None:
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(_data(text)) == (not said)
    found = read(text)
    if not said:
        good(text)
        return
    assert isinstance(found, list)
    assert [(fault.code, fault.line) for fault in found][:1] == [("policy", line)]
    assert said in found[0].message
    assert "docs/policy.md" in found[0].hint


def _data(text: str) -> Any:
    """As YAML 1.2 has it: days are texts."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nversion: 1\n", "written twice"),
        ("version: 1\ntargets: [run]\ntargets: []\n", "written twice"),
        ("a: &a [x]\nversion: 1\ntargets: *a\n", "uses a YAML alias"),
        ("version: 1\nfail: &x {severity: low}\napproach: {<<: *x, lowest: 5}\n", "uses a YAML alias"),
        ("version: 1\n---\nversion: 1\n", "more than one document"),
        ("version: 1\nignore: [{path: ../x, reason: y}]\n", "leads out of the folder"),
        ("version: 1\nignore: [{path: '!x', reason: y}]\n", "only silences"),
        ("version: 1\nignore: [{path: ~/x, reason: y}]\n", "~ is for your own"),
        ("version: 1\nignore: [{path: x, reason: y, expires: 2027-02-30}]\n", "YYYY-MM-DD"),
        ("version: [1\n", ""),
        ("", "is empty"),
        ("\0", "binary"),
        ("version: 1\n#" + "x" * MAX_BYTES, "larger than"),
        ("version: 1\nignore:\n" + "  - {path: x, reason: y}\n" * (MOST_PATHS + 1), "more than"),
        ("[" * 3000, ""),
        ("version: 1\npeople: {providers: {gihtub: many}}\n", "unknown provider; did you mean github?"),
        ("version: 1\npeople: {providers: {github: 1, GitHub: many}}\n", "written twice"),
        ("version: 1\npeople: {entries: {x: 1, x: many}}\n", "written twice"),
        ("version: !!python/object/apply:os.system ['id']\n", "version is 1 here"),
    ],
)
def test_what_only_the_reader_refuses(text: str, said: str) -> None:
    found = read(text)
    assert isinstance(found, list)
    assert said in found[0].message


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = read("version: 1\n" + "\n".join(rows))
    assert isinstance(found, list)


def test_faults_quote_nothing_of_the_file() -> None:
    people = "people: {entries: {s3cr3t-0123: s3cr3t}, providers: {s3cr3t-0123: 1}}\n"
    found = read(f"version: 1\nkey-0123456789abcdef0123: s3cr3t\nfail: {{severity: s3cr3t}}\n{people}")
    assert isinstance(found, list)
    assert len(found) == 4
    assert not any("s3cr3t" in fault.message + fault.hint or "0123" in fault.message for fault in found)


def test_notes_on_what_has_no_effect() -> None:
    policy = good(
        "version: 1\nallow_unreadable: true\nignore:\n  - {path: a, reason: y, expires: 2026-11-27}\n"
        "  - {path: b, reason: y, expires: 2026-11-28}\n"
    )
    assert [(line, code) for line, code, _ in policy.notes] == [(2, "policy-without-effect"), (4, "policy-expired")]
    assert policy.ignores is not None
    assert policy.ignores.silences("", "/w/a") is None
    assert policy.ignores.silences("", "/w/b") == (5, "y")
    assert good("version: 1\nallow_unreadable: true\n", OWN).notes == ()


def test_ignored_paths_stay_in_their_folder() -> None:
    text = "version: 1\nignore: [{path: '**', reason: all}]\n"
    tree = good(text).ignores
    assert tree is not None
    assert [bool(tree.silences("", file)) for file in ("/w/a", "/w/b/c", "/x/a", "/ww/a")] == [True, True, False, False]
    own = good("version: 1\nignore: [{path: '~/a/**', reason: mine}]\n", OWN).ignores
    assert own is not None
    assert [bool(own.silences("", file)) for file in ("/home/you/a/b", "/home/me/a/b")] == [True, False]


# --- what several demand together -------------------------------------------------------------------------------------


def finding(severity: str, confidence: str = "high") -> Finding:
    literal = Literal("r", None, Severity(severity), Confidence(confidence), "", 0, 1)
    return Finding("f", literal, None, None, (), None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "trees", "fails"),
    [
        (None, [], "critical high medium low"),
        (None, ["critical"], "critical high medium low"),  # a tree cannot let less fail
        ("high", [], "critical high"),
        ("high", ["critical"], "critical high"),
        ("high", ["low"], "critical high medium low"),
        ("critical", ["high", "medium"], "critical high medium"),
        ("low", ["critical"], "critical high medium low"),
    ],
)
def test_what_fails(own: str | None, trees: list[str], fails: str) -> None:
    policies = [Policy("t", "/w", severity=Severity(each)) for each in trees]
    mine = None if own is None else Policy("o", None, severity=Severity(own))
    demands = Demands((*([mine] if mine else []), *policies))
    assert [each.value for each in Severity if demands.fails(finding(each.value))] == fails.split()
    reduced = list(Severity).index(Severity(own or "low"))
    assert [laxer(each, mine) for each in policies] == [list(Severity).index(Severity(t)) < reduced for t in trees]


def test_confidence_counts_for_itself() -> None:
    demands = Demands((Policy("o", None, confidence=Confidence.HIGH),))
    assert demands.fails(finding("low", "high"))
    assert not demands.fails(finding("critical", "medium"))
    assert Demands((*demands.policies, Policy("t", "/w", confidence=Confidence.LOW))).fails(finding("low", "low"))


@pytest.mark.parametrize(
    ("own", "tree", "allows"),
    [(None, None, False), (None, True, False), (True, None, True), (True, True, True), (True, False, False),
     (False, True, False)],
)  # fmt: skip
def test_unreadable(own: bool | None, tree: bool | None, allows: bool) -> None:
    demands = Demands((Policy("o", None, allow_unreadable=own), Policy("t", "/w", allow_unreadable=tree)))
    assert demands.allows_unreadable == allows


def approach(rank: int | None, candidates: tuple[int, ...] = (), marks: tuple[str, ...] = ()) -> Approach:
    return Approach(rank, candidates, marks, "", None, "")


@pytest.mark.parametrize(
    ("found", "accept", "breaks"),
    [
        (approach(1), "", []),
        (approach(4), "", [1, 2, 3]),
        (approach(5), "", [1, 2, 3, 4]),
        (approach(6), "", [1, 2, 3, 4, 5]),
        (approach(6, marks=("vaulted",)), "vaulted", []),
        (approach(6, marks=("referenced",)), "vaulted", [1, 2, 3, 4, 5]),
        (approach(6, marks=("copy",)), "", []),
        (approach(7), "", []),  # a server without a credential
        (approach(None, (7, 3, 2)), "", [1]),  # may be a 2: only a probe can tell
        (approach(None), "", []),
    ],
)
def test_the_lowest_approach(found: Approach, accept: str, breaks: list[int]) -> None:
    accepted = f", accept: [{accept}]" if accept else ""
    broken = []
    for lowest in range(1, 8):
        demands = Demands((good(f"version: 1\napproach: {{lowest: {lowest}{accepted}}}\n"),))
        if (strictest := violated(found, demands.floors)) is not None:
            assert "policy" in violation(found, strictest[1])
            broken.append(lowest)
    assert broken == breaks


def test_the_strictest_policy_is_named() -> None:
    one, two = (good(f"version: 1\napproach: {{lowest: {lowest}}}\n") for lowest in (5, 2))
    strictest = violated(approach(6), Demands((one, two)).floors)
    assert strictest is not None
    assert strictest[0] is two


def test_refused_targets() -> None:
    demands = Demands((good("version: 1\ntargets: [run, reference]\n", OWN), good("version: 1\ntargets: [run]\n")))
    assert [(target, policy.path, line) for target, policy, line in demands.refused(TARGETS)] == [
        ("reference", TREE.path, 2),
        ("run-argv", OWN.path, 2),
        ("env-file", OWN.path, 2),
        *((target, OWN.path, 2) for target in ("wire", "oauth", *EXTERNAL)),
    ]
    assert list(Demands().refused(TARGETS)) == []


# --- how many people --------------------------------------------------------------------------------------------------

NAMED = "version: 1\npeople: {usual: 1, entries: {x: 5}, providers: {GitHub: many, linear: 3}}\n"


@pytest.mark.parametrize(
    ("entry", "providers", "number"),
    [("y", (), 1), ("x", (), 5), ("x", ("github",), 5), ("y", ("github",), MANY), ("y", ("github", "linear"), MANY),
     ("y", ("Linear",), 1), ("y", ("linear",), 3), ("X", (), 1)],
)  # fmt: skip
def test_the_entry_counts_before_its_provider(entry: str, providers: tuple[str, ...], number: int) -> None:
    said = Demands((good(NAMED, OWN),)).people(entry, providers)
    assert said is not None
    assert said.number == number
    assert said.by == f"the policy says so ({OWN.path}:2)"


@pytest.mark.parametrize(
    ("told", "own", "trees", "number", "by"),
    [
        (None, None, [], None, ""),
        (None, None, ["1"], None, ""),  # one in a tree cannot say that it is for one person alone
        (None, None, ["2"], 2, "tree"),
        (None, "1", [], 1, "own"),
        (None, "1", ["1"], 1, "own"),
        (None, "1", ["many"], MANY, "tree"),
        (None, "many", ["1"], MANY, "own"),
        (None, "many", ["7"], MANY, "own"),
        (None, "3", ["2", "9", "4"], 9, "tree"),
        (1, "many", [], 1, "told"),  # who types it knows better than what was written down once
        (1, "1", ["many"], MANY, "tree"),
        (4, "1", [], 4, "told"),
        (None, "{entries: {other: 9}}", [], None, ""),
        (None, "{entries: {other: 9}}", ["3"], 3, "tree"),
        (None, None, ["{usual: many, entries: {x: 1}}"], None, ""),
    ],
)
def test_a_tree_can_only_make_it_more(
    told: int | None, own: str | None, trees: list[str], number: int | None, by: str
) -> None:
    mine = [good(f"version: 1\npeople: {own}\n", OWN)] if own is not None else []
    theirs = [good(f"version: 1\npeople: {each}\n") for each in trees]
    said = Demands((*mine, *theirs)).people("x", (), People(told, "told") if told is not None else None)
    assert (said.number if said is not None else None) == number
    where = {"": "", "told": "told", "own": OWN.path, "tree": TREE.path}[by]
    assert where in (said.by if said is not None else "")


@pytest.mark.parametrize(
    ("text", "place", "noted"),
    [("people: 1", TREE, True), ("people: {entries: {x: 1}}", TREE, True), ("people: 2", TREE, False),
     ("people: {usual: many, entries: {x: 1}}", TREE, False), ("people: 1", OWN, False)],
)  # fmt: skip
def test_one_person_in_a_tree_is_told_to_have_no_effect(text: str, place: Place, noted: bool) -> None:
    notes = good(f"version: 1\n{text}\n", place).notes
    assert [code for _, code, _ in notes] == (["policy-without-effect"] if noted else [])


@pytest.mark.parametrize(("number", "spoken"), [(1, "one"), (2, "2"), (MANY, "many")])
def test_how_a_count_is_spoken(number: int, spoken: str) -> None:
    assert People(number, "").spoken == spoken
    assert People(number, "").many == (number > 1)
