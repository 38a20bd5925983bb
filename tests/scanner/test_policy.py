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
from unsprawl.scanner.policy_team import MEMBER, MOST_MEMBERS

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
    assert set(TARGETS) == set(PLANNED) == set(SCHEMA["$defs"]["target"]["enum"])
    assert set(MARKS) == set(properties["approach"]["properties"]["accept"]["items"]["enum"])
    assert properties["ignore"]["maxItems"] == MOST_PATHS
    assert properties["team"]["properties"]["members"]["maxItems"] == MOST_MEMBERS
    assert SCHEMA["$defs"]["name"]["pattern"] == f"^{MEMBER.pattern.replace('?:', '')}$"


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
        ("version: 1\nteam: {name: acme, members: [ada, bo, cem-2, D.E_f]}\n", None, ""),
        ("version: 1\nteam: {name: a}\n", None, ""),
        ("version: 1\nteam: {name: acme, members: []}\n", None, ""),
        ("version: 1\nteam: acme\n", 2, "team is a mapping of name, members"),
        ("version: 1\nteam:\n  members: [ada]\n", 3, "team needs `name`"),
        ("version: 1\nteam:\n  name: the acme team\n", 3, "letters, digits"),
        ("version: 1\nteam:\n  name: 5\n", 3, "letters, digits"),
        ("version: 1\nteam:\n  name: acme\n  members: ada\n", 4, "members is a list of names"),
        ("version: 1\nteam:\n  name: acme\n  members:\n    - ada\n    - ../bo\n", 6, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: ['ada ']}\n", 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: ['']}\n", 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: ['ada\\n']}\n", 2, "letters, digits"),
        ('version: 1\nteam: {name: acme, members: ["\\u202eada"]}\n', 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: [zoë]}\n", 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: [-x]}\n", 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: [x.]}\n", 2, "letters, digits"),
        ("version: 1\nteam: {name: acme, members: [true]}\n", 2, "letters, digits"),
        (f"version: 1\nteam: {{name: acme, members: [{'a' * 33}]}}\n", 2, "32 at most"),
        ("version: 1\nteam: {name: acme, memebrs: [ada]}\n", 2, "did you mean members?"),
        ("version: 1\nhosts: [claude-code, cursor]\n", None, ""),
        ("version: 1\nhosts: []\n", None, ""),
        ("version: 1\nhosts: cursor\n", 2, "hosts is a list of hosts by id"),
        ("version: 1\nhosts: {cursor: true}\n", 2, "hosts is a list of hosts by id"),
        ("version: 1\nhosts: [5]\n", 2, "unknown host"),
        ("version: 1\nmove: {providers: {GitHub: wire, linear: oauth}, entries: {'a b': run}}\n", None, ""),
        ("version: 1\nmove: {}\n", None, ""),
        ("version: 1\ntargets: [run, wire]\nmove: {providers: {GitHub: wire}}\n", None, ""),
        ("version: 1\nmove: run\n", 2, "move is a mapping of entries, providers"),
        ("version: 1\nmove: {usual: run}\n", 2, "unknown key usual"),
        ("version: 1\nmove:\n  entries:\n    x: rnu\n", 4, "did you mean run?"),
        ("version: 1\nmove:\n  entries:\n    x: [run]\n", 4, "unknown value of move"),
        ("version: 1\nmove:\n  entries:\n    x: {store: pass}\n", 4, "unknown value of move"),
        ("version: 1\nmove: {entries: [x]}\n", 2, "entries of move is a mapping of names, each with a target"),
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
        ("version: 1\nmove: {providers: {gihtub: run}}\n", "unknown provider; did you mean github?"),
        ("version: 1\nmove: {providers: {github: run, GitHub: run}}\n", "written twice"),
        ("version: 1\nmove: {entries: {x: run, x: run}}\n", "written twice"),
        ("version: 1\ntargets: [run]\nmove: {entries: {x: wire}}\n", "`targets` of the same policy does not allow"),
        ("version: 1\nmove: {providers: {GitHub: run}}\ntargets: []\n", "`targets` of the same policy does not allow"),
        ("version: 1\nhosts: [cursr]\n", "unknown host; did you mean cursor?"),
        ("version: 1\nhosts: [no-such-thing]\n", "unknown host; `unsprawl hosts --all --format json` has the ids"),
        ("version: 1\nteam: {name: a, members: [Ada, ada]}\n", "written twice"),
        ("version: 1\nteam: {name: a, members: [" + "a, " * (MOST_MEMBERS + 1) + "]}\n", "more than 1000 names"),
        ('version: 1\nteam: {name: acme, members: ["ada\\n"]}\n', "letters, digits"),
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
    team = "team: {name: s3cr3t 0123, members: [s3cr3t/0123]}\nhosts: [s3cr3t]\n"
    move = "move: {entries: {s3cr3t-0123: s3cr3t-0123}, providers: {s3cr3t-0123: run}}\n"
    found = read(f"version: 1\nkey-0123456789abcdef0123: s3cr3t\nfail: {{severity: s3cr3t}}\n{people}{team}{move}")
    assert isinstance(found, list)
    assert len(found) == 8
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
    assert [(each.target, each.policy.path, each.line, each.instead) for each in demands.refused(TARGETS, "x", ())] == [
        ("reference", TREE.path, 2, ""),
        ("run-argv", OWN.path, 2, ""),
        ("env-file", OWN.path, 2, ""),
        *((target, OWN.path, 2, "") for target in ("wire", "oauth", *EXTERNAL)),
    ]
    assert list(Demands().refused(TARGETS, "x", ())) == []


# --- the one target of an entry ---------------------------------------------------------------------------------------

MOVES = "version: 1\nmove:\n  providers:\n    GitHub: wire\n    linear: oauth\n  entries:\n    x: run\n"


@pytest.mark.parametrize(
    ("entry", "providers", "moved"),
    [("y", (), []), ("x", (), [("run", 7)]), ("x", ("github",), [("run", 7)]), ("y", ("github",), [("wire", 4)]),
     ("y", ("linear", "github"), [("wire", 4), ("oauth", 5)]), ("X", (), []), ("y", ("GitHub",), [])],
)  # fmt: skip
def test_where_the_entry_goes_counts_before_its_provider(
    entry: str, providers: tuple[str, ...], moved: list[tuple[str, int]]
) -> None:
    demands = Demands((good(MOVES),))
    assert [(each.target, each.line) for _, each in demands.moved(entry, providers)] == moved
    allowed = set(TARGETS) - {each.target for each in demands.refused(TARGETS, entry, providers)}
    targets = {target for target, _ in moved}
    assert allowed == (set(TARGETS) if not targets else targets if len(targets) == 1 else set())


def test_two_providers_of_one_entry_that_agree_are_one_target() -> None:
    demands = Demands((good("version: 1\nmove: {providers: {GitHub: run, linear: run}}\n"),))
    assert [each.target for _, each in demands.moved("y", ("github", "linear"))] == ["run"]


@pytest.mark.parametrize(
    ("own", "tree", "allowed"),
    [
        ("targets: [run]", "move: {entries: {x: reference}}", ""),  # nothing is loosened: nothing is left
        ("targets: [run]", "move: {entries: {x: run}}", "run"),
        ("move: {entries: {x: run}}", "move: {entries: {x: reference}}", ""),
        ("move: {entries: {x: run}}", "move: {providers: {GitHub: reference}}", ""),
        ("move: {entries: {x: run}}", "move: {entries: {y: reference}}", "run"),
        ("move: {entries: {x: run}}", "targets: [reference]", ""),
        ("move: {providers: {GitHub: run}}", "move: {entries: {x: run}}", "run"),
        ("version: 1", "move: {entries: {x: wire}}", "wire"),
    ],
)
def test_a_tree_can_only_take_targets_away(own: str, tree: str, allowed: str) -> None:
    def text(part: str) -> str:
        return "version: 1\n" + (f"{part}\n" if part != "version: 1" else "")

    mine, theirs = good(text(own), OWN), good(text(tree))
    left = set(TARGETS) - {each.target for each in Demands((mine, theirs)).refused(TARGETS, "x", ("github",))}
    before = set(TARGETS) - {each.target for each in Demands((mine,)).refused(TARGETS, "x", ("github",))}
    assert left <= before
    assert left == set(allowed.split())


def test_a_refusal_names_the_line() -> None:
    said = [each.said for each in Demands((good(MOVES),)).refused(["run", "wire"], "y", ("github",))]
    assert said == [f"the policy moves it to `wire` ({TREE.path}:4)"]


def test_the_innermost_team_counts() -> None:
    outer, inner = (good(f"version: 1\nteam: {{name: {name}, members: [ada]}}\n") for name in ("acme", "labs"))
    team = Demands((good("version: 1\n", OWN), outer, inner)).team
    assert team is not None
    assert (team.name, team.members, team.line) == ("labs", ("ada",), 2)
    assert Demands().team is None


@pytest.mark.parametrize(
    ("policies", "hosts", "line"),
    [
        ([], ("cursor",), None),
        (["targets: [run]"], ("cursor",), None),
        (["hosts: [cursor]"], ("cursor", "zed"), None),
        (["hosts: [cursor]"], ("zed",), 2),
        (["hosts: []"], ("zed",), 2),
        (["hosts: [cursor]", "hosts: [zed]"], ("cursor",), 2),
    ],
)
def test_hosts_in_use(policies: list[str], hosts: tuple[str, ...], line: int | None) -> None:
    found = Demands(tuple(good(f"version: 1\n{each}\n") for each in policies)).unused(hosts)
    assert (found[1] if found is not None else None) == line


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
