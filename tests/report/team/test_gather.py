"""Documents to the team's report: before and now, one key on several machines, who must do what next."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.team import bed
from tests.report.team.bed import document, entry, finding, history, moved
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.policy_reader import Place, read_policy
from unsprawl.scanner.report.team import words
from unsprawl.scanner.report.team.gather import team_report
from unsprawl.scanner.report.team.model import Kind, Life, Standing, TeamReport

MADE = "2026-11-28T10:00:00Z"
TEAM = "team: {name: acme, members: [ada, bo, cem]}\n"
FLOOR = "approach: {lowest: 5, accept: [vaulted]}\n"


def policy(text: str) -> Policy:
    found = read_policy(f"version: 1\n{text}".encode(), Place("/p/.unsprawl.yaml", "/p"), "2026-11-28")
    assert isinstance(found, Policy), found
    return found


def report(*raw: dict[str, Any], by: str = TEAM, key: str = bed.KEY) -> TeamReport:
    documents, faults = bed.read(*raw)
    return team_report(documents, faults, policy(by) if by else None, key, MADE)


def todo(made: TeamReport) -> dict[str, list[tuple[Kind, str]]]:
    return {person.name: [(step.kind, step.says) for step in person.steps] for person in made.people}


def clean(name: str, when: str = "2026-11-27", **more: Any) -> dict[str, Any]:
    return document(name, when, [], [entry(1, "wired")], **more)


def test_nothing_left() -> None:
    made = report(clean("ada"), clean("bo"), clean("cem"))
    assert (made.left, made.complete) == (0, True)
    assert {person.standing for person in made.people} == {Standing.DONE}
    assert words.headline(made) == "No secret stands in a file, and nothing is left to do."
    assert made.before is None


def test_who_never_joined_is_named() -> None:
    made = report(clean("ada"), clean("bo"))
    cem = made.people[2]
    assert (cem.name, cem.standing) == ("cem", Standing.NEVER)
    assert cem.steps[0].commands == (
        "unsprawl team join",
        "unsprawl scan --format json --anonymous --as cem > cem.json",
    )
    assert (made.left, made.complete) == (1, True)
    assert words.headline(made) == "No secret stands in a file, but cem never joined."


def test_the_members_are_in_the_policy_s_order_and_spelling() -> None:
    made = report(clean("CEM"), clean("zoe"), clean("Bo"), clean("ada"))
    assert [(person.name, person.member) for person in made.people] == [
        ("ada", True), ("bo", True), ("cem", True), ("zoe", False),
    ]  # fmt: skip


def test_without_a_policy_nobody_is_missing() -> None:
    made = report(clean("zoe"), clean("ada"), by="")
    assert [(person.name, person.member) for person in made.people] == [("ada", True), ("zoe", True)]
    assert (made.has_members, made.left, made.complete) == (False, 0, True)


def test_the_earliest_is_before_and_the_latest_is_now() -> None:
    three = [
        document("ada", f"2026-11-{day}", [finding(number, str(number)) for number in range(1, many + 1)])
        for day, many in ((20, 1), (10, 3), (15, 2))
    ]
    made = report(*three, document("bo", "2026-11-12", [finding(1, "bo")]), by="")
    ada, bo = made.people
    assert ada.first is not None
    assert ada.last is not None
    assert (ada.first.when[:10], ada.last.when[:10]) == ("2026-11-10", "2026-11-20")
    assert (bo.first, bo.last is None) == (None, False)
    assert made.before is not None
    assert (made.before.secrets, made.now.secrets) == (4, 2), "who handed in once counts in both"
    assert words.progress(made) == "4 secrets in files before, 2 now."


def test_one_key_on_two_machines_is_one() -> None:
    shared = finding(1, "shared")
    made = report(
        document("ada", findings=[shared]),
        document("bo", findings=[shared, finding(1, "shared", host="zed"), finding(2, "own")]),
        clean("cem"),
    )
    first, second = made.keys
    assert (first.label, first.now, first.places) == ("GitHub key A", ("ada", "bo"), 3)
    assert (second.label, second.now, second.places) == ("GitHub key B", ("bo",), 1)
    assert (made.now.secrets, made.now.shared, made.now.places) == (2, 1, 4)
    assert words.advice(first) == "one for each person, then end it"
    assert words.headline(made) == "2 secrets still stand in files on 2 of 3 machines."


def test_what_could_be_guessed_is_never_the_same() -> None:
    weak = finding(1, "hunter22x", None, guessable=True)
    made = report(document("ada", findings=[weak]), document("bo", findings=[weak]), clean("cem"))
    assert [(key.label, key.now, key.comparable) for key in made.keys] == [
        ("secret A", ("ada",), False), ("secret B", ("bo",), False),
    ]  # fmt: skip


def test_what_has_no_id_is_followed_by_its_place() -> None:
    weak = finding(1, "", None, guessable=True)
    other = finding(2, "", None, guessable=True, host="zed")
    made = report(document("ada", "2026-11-01", [weak, other]), document("ada", "2026-11-02", [weak]), by="")
    assert [(key.before, key.now) for key in made.keys] == [(("ada",), ("ada",))], (
        "nobody knows what became of the other"
    )
    assert made.before is not None
    assert (made.before.secrets, made.now.secrets) == (2, 1)


def test_many_keys_have_many_letters() -> None:
    made = report(document("ada", findings=[finding(number, str(number)) for number in range(1, 60)]), by="")
    labels = [key.label for key in made.keys]
    assert len(set(labels)) == 59
    assert (labels[0], labels[25], labels[26], labels[58]) == (
        "GitHub key A",
        "GitHub key Z",
        "GitHub key AA",
        "GitHub key BG",
    )


@pytest.mark.parametrize(
    ("told", "life"),
    [
        ([("2026-11-01", "live", None)], Life.LIVE),
        ([("2026-11-01", "live_restricted", None)], Life.LIVE),
        ([("2026-11-01", "revoked", None)], Life.DEAD),
        ([("2026-11-01", "", "hand")], Life.DEAD),
        ([("2026-11-01", "rate_limited", None)], Life.UNKNOWN),
        ([("2026-11-01", "unknown", "vendor")], Life.DEAD),
        ([("2026-11-01", "", None)], Life.UNKNOWN),
        ([("2026-11-01", "live", None), ("2026-11-02", "invalid", None)], Life.DEAD),
        ([("2026-11-02", "live", None), ("2026-11-01", "invalid", None)], Life.LIVE),
        ([("2026-11-01", "live", None), ("2026-11-02", "", "vendor")], Life.DEAD),
        ([("2026-11-02", "live", None), ("2026-11-01", "", "vendor")], Life.LIVE),
        ([("2026-11-01", "live", None), ("2026-11-01", "revoked", None)], Life.LIVE),
        ([("2026-11-01", "live", None), ("2026-11-02", "unknown", None)], Life.LIVE),
    ],
    ids=map(str, range(13)),
)
def test_what_is_known_of_a_key(told: list[tuple[str, str, str | None]], life: Life) -> None:
    """The last that was said counts, whoever says it."""
    raw = [
        document(name, when, [finding(1, "x", state=state, ended=ended)])
        for name, (when, state, ended) in zip(("ada", "bo"), told, strict=False)
    ]
    (key,) = report(*raw, by="").keys
    assert key.life is life


def test_what_to_move_by_host() -> None:
    found = [
        finding(1, "a", host="claude-desktop"),
        finding(2, "b", host="claude-desktop"),
        finding(3, "c", "Brave", host="claude-desktop"),
        finding(4, "d", host="cursor"),
        finding(5, "e", None, host="nosuchhost"),
        finding(6, "f", host="cursor", shared=True),
        finding(7, "g", document=True, entry=None),
        finding(8, "h", copy=True),
        finding(9, "i", None, host="claude-desktop"),
    ]
    made = report(document("ada", findings=found), by="")
    assert todo(made)["ada"] == [
        (Kind.MIGRATE, "move 2 GitHub keys, 1 Brave key and 1 other secret out of Claude Desktop"),
        (Kind.MIGRATE, "move 1 GitHub key out of Cursor"),
        (Kind.MIGRATE, "move 1 secret out of other files"),
        (Kind.MIGRATE, "move 1 GitHub key out of a project's files, which others may get through git"),
        (Kind.BY_HAND, "take 2 GitHub keys out by hand, from copies, comments, documents or beside the entries"),
    ]
    steps = made.people[0].steps
    assert [words.typed(steps, number) for number in range(5)] == [
        (),
        (),
        (),
        ("unsprawl migrate",),
        ("unsprawl scan",),
    ]


def test_servers_below_the_policy() -> None:
    servers = [entry(6, "referenced"), entry(6, "vaulted"), entry(6), entry(5), entry(7), entry(None), entry(6, "copy")]
    made = report(document("ada", findings=[finding(1, "x", entry=2)], entries=servers), by=FLOOR)
    assert made.now.violations == 2
    assert todo(made)["ada"][-1] == (
        Kind.APPROACH,
        "1 server below what the policy allows (5 key in header or URL or better)",
    )
    assert made.now.servers == 6, "a copy is no second server"
    assert dict(made.now.ranks) == {1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 3, 7: 1, None: 1}


def test_what_left_the_files_must_end() -> None:
    shared = finding(1, "x")
    made = report(
        document("ada", "2026-11-01", [shared]),
        clean("ada", "2026-11-02", moved=[moved(1, "x", needed=False)]),
        document("bo", "2026-11-01", [shared]),
    )
    assert todo(made)["ada"] == [
        (Kind.REVOKE, "GitHub key A left your files and is still on 1 machine (bo): end it after that")
    ]
    both = report(
        document("ada", "2026-11-01", [shared]),
        clean("ada", "2026-11-02", moved=[moved(1, "x", needed=False)]),
        document("bo", "2026-11-01", [shared]),
        clean("bo", "2026-11-02", moved=[moved(1, "x", needed=True)]),
        clean("cem"),
    )
    assert todo(both)["ada"] == [], "bo still uses it"
    assert [kind for kind, _ in todo(both)["bo"]] == [Kind.REPLACE]
    free = report(clean("ada", moved=[moved(1, "x", needed=False)]), clean("bo"), clean("cem"))
    (step,) = free.people[0].steps
    assert (step.kind, step.commands) == (Kind.REVOKE, ("unsprawl revoke",))
    assert words.headline(free) == "No secret stands in a file; 1 thing is left to do."
    dead = report(clean("ada", moved=[moved(1, "x", needed=False, ended="vendor")]), clean("bo"), clean("cem"))
    assert dead.left == 0


def test_who_ended_it_says_so_for_all() -> None:
    made = report(
        clean("ada", "2026-11-02", moved=[moved(1, "x", needed=False)]),
        clean("bo", "2026-11-03", moved=[moved(1, "x", needed=False, ended="hand")]),
        clean("cem"),
    )
    assert (made.left, made.keys[0].life) == (0, Life.DEAD)


def test_what_was_taken_out_by_hand_is_remembered() -> None:
    """No migration knows of it: the earlier document does."""
    made = report(document("ada", "2026-11-01", [finding(1, "x")]), clean("ada", "2026-11-02"), by="")
    (step,) = made.people[0].steps
    assert step.kind is Kind.REVOKE
    assert step.commands == ("https://github.com/settings/tokens",)
    dead = finding(1, "x", state="revoked")
    assert report(document("ada", "2026-11-01", [dead]), clean("ada", "2026-11-02"), by="").left == 0


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        ([(1, 3), (2, 0)], "3 secrets"),
        ([(1, 3), (2, 2)], "5 secrets"),
        ([(1, 0), (1, 3)], "3 secrets"),
        ([(1, 3), (1, 2), (2, 2)], "4 secrets"),
        ([(1, 3), (1, 0)], ""),
    ],
)
def test_each_history_counts_as_it_was_last_seen(seen: list[tuple[int, int]], left: str) -> None:
    scans = [
        document("ada", f"2026-11-0{day}", [], [], looked="history", history=history(many, repository))
        for day, (repository, many) in enumerate(seen, 1)
    ]
    (ada,) = report(clean("ada"), *scans, by="").people
    assert [step.says[:9] for step in ada.steps if step.kind is Kind.HISTORY] == [left][: bool(left)]


def test_histories_of_the_same_moment_are_not_one() -> None:
    scans = [document("ada", "2026-11-01", [], [], looked="history", history=history(2, each)) for each in (1, 2)]
    (ada,) = report(clean("ada"), *scans, by="").people
    assert [step.says[:9] for step in ada.steps] == ["4 secrets"]


def test_a_scan_of_history_says_nothing_of_files() -> None:
    counts = history(2) | {"providers": [{"provider": "GitHub", "secrets": 2}]}
    scan = document("ada", "2026-11-28", [], [], looked="history", history=counts)
    alone = report(scan, by="")
    assert alone.people[0].standing is Standing.UNCLEAR
    assert [kind for kind, _ in todo(alone)["ada"]] == [Kind.HAND_IN]
    assert not alone.complete
    both = report(scan, document("ada", "2026-11-20", [finding(1, "x")]), by="")
    assert (both.now.secrets, both.before) == (1, None)
    assert Kind.HISTORY in [kind for kind, _ in todo(both)["ada"]]


@pytest.mark.parametrize(("ended", "steps"), [(0, [Kind.HISTORY]), (1, [Kind.HISTORY]), (2, [])])
def test_what_is_remembered_as_dead_in_the_history_is_not_asked_for(ended: int, steps: list[Kind]) -> None:
    scan = document("ada", "2026-11-28", [], [], looked="history", history=history(2) | {"ended": ended})
    assert [kind for kind, _ in todo(report(clean("ada", "2026-11-27"), scan, by=""))["ada"]] == steps


def test_a_clone_that_is_behind_is_pulled_and_no_key_is_asked_for_twice() -> None:
    """ada moved it; bo has it in his clone still, and once he has pulled it is hers to end."""
    behind = finding(1, "x", shared=True)
    before = [document(name, "2026-11-01", [behind]) for name in ("ada", "bo")]
    told = report(*before, clean("ada", "2026-11-02", moved=[moved(1, "x", needed=True)]), by="")
    assert [step.commands for step in told.people[1].steps] == [("git pull", "unsprawl team join")]
    after = [clean("ada", "2026-11-03", moved=[moved(1, "x", needed=True)]), clean("bo", "2026-11-03")]
    assert {name: [kind for kind, _ in steps] for name, steps in todo(report(*before, *after, by="")).items()} == {
        "ada": [Kind.REPLACE],
        "bo": [],
    }


@pytest.mark.parametrize(
    "more",
    [{"looked": "paths"}, {"complete": False, "problems": [{"code": "unreadable", "count": 2}]}, {"complete": False}],
    ids=["paths", "unread", "incomplete"],
)
def test_less_than_all_is_never_done(more: dict[str, Any]) -> None:
    made = report(clean("ada", **more), by="")
    assert (made.left, made.complete, made.people[0].standing) == (0, False, Standing.UNCLEAR)
    assert words.headline(made) == "No secret stands in a file, as far as could be seen."


def test_another_team_key_is_left_out() -> None:
    strange = document("bo", findings=[finding(1, "x")], team_key="1111-2222-3333")
    made = report(clean("ada"), strange, clean("cem"))
    (fault,) = made.faults
    assert "another team key (1111-2222-3333, not 5e1f-09ab-77c0)" in fault.message
    assert (made.now.secrets, made.complete, made.left) == (0, False, 0)
    bo = made.people[1]
    assert (bo.standing, bo.steps[0].kind) == (Standing.UNCLEAR, Kind.HAND_IN)


def test_the_key_of_this_machine_decides() -> None:
    few = document("ada", team_key="1111-2222-3333")
    made = report(few, clean("bo"), clean("cem"), key="1111-2222-3333")
    assert (made.team_key, [each.name for each in made.documents]) == ("1111-2222-3333", ["ada"])
    none = report(clean("ada"), by="", key="9999-9999-9999")
    assert none.team_key == bed.KEY
    assert "none was made with the team key of this machine" in none.faults[0].message
    assert report(clean("ada"), by="", key="").faults == ()


def test_two_at_one_time() -> None:
    same = clean("ada")
    again = report(same, same, by="")
    assert [(fault.left_out, "same document" in fault.message) for fault in again.faults] == [(False, True)]
    assert (again.complete, len(again.documents)) == (True, 1)
    other = report(same, document("ada", same["when"], [finding(1, "x")]), by="")
    assert [(fault.left_out, "same time" in fault.message) for fault in other.faults] == [(True, True)]
    assert not other.complete


def test_nothing_that_can_be_used() -> None:
    documents, faults = bed.read(document("a b"))
    made = team_report(documents, faults, policy(TEAM), bed.KEY, MADE)
    assert (made.complete, made.left) == (False, 3)
    assert words.headline(made) == "Nothing that could be used was handed in."


def test_a_team_in_the_middle_of_it() -> None:
    made = report(*bed.acme(), by="team: {name: acme, members: [ada, bo, cem, dee]}\n" + FLOOR)
    assert made.before is not None
    assert (made.before.secrets, made.now.secrets, made.before.shared, made.now.shared) == (7, 3, 2, 0)
    assert {person.name: person.standing.value for person in made.people} == {
        "ada": "todo", "bo": "todo", "cem": "never-joined", "dee": "done",
    }  # fmt: skip
    rows = {row.name: (row.before, row.now, row.live, row.unknown, row.dead, row.revoke) for row in made.providers}
    assert rows == {
        "GitHub": (2, 1, 1, 0, 0, 1),
        "Brave": (2, 1, 0, 1, 0, 1),
        "Slack": (1, 0, 0, 0, 0, 1),
        "Linear": (1, 0, 0, 0, 0, 0),
        "no known provider": (1, 1, 0, 1, 0, 0),
    }
    assert words.headline(made) == "3 secrets still stand in files on 1 of 3 machines, and cem never joined."


def test_another_machine_is_no_later_state_of_this_one() -> None:
    """Else the clean laptop would hide what stands on the desktop."""
    made = report(
        document("ada", "2026-11-01", [finding(1, "x")], machine=bed.named("desktop")),
        clean("ada", "2026-11-02", machine=bed.named("laptop")),
        by="",
    )
    (fault,) = made.faults
    assert "another machine" in fault.message
    assert fault.left_out
    assert (made.complete, made.before) == (False, None)
    assert made.people[0].standing is Standing.UNCLEAR, "and not done"


def test_a_date_that_is_still_to_come_is_no_latest_state() -> None:
    """A clean one of the far future would else count for ever, whoever wrote that name on it."""
    made = report(document("ada", "2026-11-01", [finding(1, "x")]), clean("ada", "2999-01-01"), by="")
    (fault,) = made.faults
    assert (fault.left_out, "still to come" in fault.message) == (True, True)
    assert (made.now.secrets, made.complete, made.people[0].left_out) == (1, False, True)
    assert report(clean("ada", "2999-01-01")).people[0].standing is Standing.UNCLEAR


def test_two_of_one_time_are_not_done() -> None:
    made = report(clean("ada", "2026-11-01"), document("ada", "2026-11-01", [finding(1, "x")]), by="")
    assert made.people[0].standing is Standing.UNCLEAR


@pytest.mark.parametrize(
    ("later", "now", "unseen"),
    [
        ({"entries": []}, 1, 1),
        ({"entries": [entry(1, "wired", place=bed.named("repository"))]}, 0, 0),
        ({"entries": [], "findings": [finding(1, "x")]}, 1, 0),
    ],
    ids=["not looked at", "clean", "elsewhere"],
)
def test_a_file_at_which_nobody_looked_again_is_not_clean(later: dict[str, Any], now: int, unseen: int) -> None:
    """The current repository may have been another one."""
    there = finding(1, "x", shared=True, place=bed.named("repository"))
    mine = finding(2, "y", host="cursor")
    made = report(
        document("ada", "2026-11-01", [there, mine], [entry(place=bed.named("repository")), entry()]),
        document("ada", "2026-11-02", **later),
        by="",
    )
    assert made.people[0].last is not None
    assert (made.now.secrets, made.people[0].last.unseen) == (now, unseen)
    hand_in = [step for step in made.people[0].steps if step.kind is Kind.HAND_IN]
    assert [step.commands for step in hand_in] == [
        ("unsprawl scan ~ --format json --anonymous --as ada > ada.json",)
    ] * unseen
    assert made.complete == (not unseen)


def test_what_left_one_file_and_stands_in_another_has_not_left() -> None:
    made = report(
        document("ada", "2026-11-01", [finding(1, "x", host="zed"), finding(1, "x")]),
        clean("ada", "2026-11-02", looked="paths", moved=[moved(1, "x", needed=False)]),
        by="",
    )
    assert [(step.kind, step.says) for step in made.people[0].steps] == [
        (Kind.MIGRATE, "move 1 GitHub key out of Zed"),
        (Kind.HAND_IN, "1 secret in files at which the last scan did not look: counted as still there"),
    ]


def test_what_was_seen_clean_between_is_clean() -> None:
    there = finding(1, "x", shared=True, place=bed.named("repository"))
    made = report(
        document("ada", "2026-11-01", [there], [entry(place=bed.named("repository"))]),
        document("ada", "2026-11-02", [], [entry(1, "wired", place=bed.named("repository"))]),
        document("ada", "2026-11-03", [], []),
        by="",
    )
    assert made.now.secrets == 0
    assert made.complete


def test_a_scan_of_some_paths_cleans_no_others() -> None:
    made = report(
        document("ada", "2026-11-01", [finding(1, "x", host="zed"), finding(2, "y")]),
        clean("ada", "2026-11-02", looked="paths"),
        by="",
    )
    assert made.now.secrets == 1, "the file of y was looked at"
