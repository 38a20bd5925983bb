"""A team's answers as a policy: read back the same, and of a policy that is there nothing else changes."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsprawl.rewriters.policy_draft import (
    ENTRIES,
    NEW,
    PROVIDERS,
    Answers,
    Subject,
    answers_of,
    comparable,
    drafted,
)
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.people import MANY, MOST
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.policy_reader import MARKS, TARGETS, Place, read_policy
from unsprawl.scanner.policy_team import MEMBER

PLACE = Place("/w/.unsprawl.yaml", "/w")
WORDS = (
    "no",
    "on",
    "null",
    "true",
    "1",
    "0x1f",
    "1e5",
    "2026-01-01",
    "1_000",
    "1.5",
    "y",
    "NaN",
    "Ada",
    "a.b-c_d",
    "0",
)
"""Names that YAML would take for something else."""

plain = st.one_of(st.sampled_from(WORDS), st.from_regex(MEMBER, fullmatch=True))
names = st.one_of(
    st.sampled_from(("a b: #c", "- x", "{y}", "'", '"', "on", "~", "&a", "*a", "x # y", "é", "🔑", "%", "? x", "a\\b")),
    st.text(string.ascii_letters + string.digits + string.punctuation + " äß漢", min_size=1, max_size=30).filter(
        lambda name: name.strip() == name
    ),
)  # fmt: skip
subjects = st.one_of(
    st.builds(Subject, st.just(PROVIDERS), st.sampled_from(("GitHub", "Linear", "sentry", "Brave"))),
    st.builds(Subject, st.just(ENTRIES), names),
)
counts = st.one_of(st.just(MANY), st.integers(1, MOST))


def _each_once(said: list[tuple[Subject, int]] | list[tuple[Subject, str]]) -> tuple[tuple[Subject, object], ...]:
    return tuple({subject.key: (subject, value) for subject, value in said}.values())


answers = st.builds(
    Answers,
    name=plain,
    members=st.lists(plain, max_size=5, unique_by=str.casefold).map(tuple),
    hosts=st.lists(st.sampled_from([each.id for each in hosts()]), max_size=4, unique=True).map(tuple),
    usual=st.one_of(st.just(0), counts),
    people=st.lists(st.tuples(subjects, counts), max_size=4).map(_each_once),
    lowest=st.integers(1, 6),
    accept=st.lists(st.sampled_from(MARKS), max_size=3, unique=True).map(tuple),
    move=st.lists(st.tuples(subjects, st.sampled_from(TARGETS)), max_size=4).map(_each_once),
)
COMMENTED = (
    "# c1\n\nversion: 1 # c2\n\nteam:\n    name: x # c3\n    # c4\n    members:\n    - ada # c5\n    - bo\n\n"
    "targets: [reference, run, run-argv, env-file, wire, oauth, varlock, kow, authsome, agent-vault, onecli]\n"
    "ignore:\n  - path: a # c6\n    reason: made up\n\nfail: {severity: high}  # c7\n# c8\n"
)
THERE = (
    NEW,
    "version: 1\n",
    "version: 1",
    "version: 1\r\nteam: {name: x, members: [a]} # c1\r\n# c2\r\n",
    "{version: 1, people: {entries: {x: 2}}}\n",
    "\ufeffversion: 1\nhosts: []\n",
    COMMENTED,
    "version: 1\npeople: many # c1\nmove:\n  providers: {github: run, LINEAR: wire} # c2\n  # c3\n"
    "  entries:\n    'x': run\n"
    "approach:\n  # c4\n  lowest: 5\n  severity: low\n  accept:\n    - bridge\n",
)


def read(data: bytes) -> Policy:
    found = read_policy(data, PLACE, "2026-11-28")
    assert isinstance(found, Policy), [fault.message for fault in found]
    return found


@given(answers)
def test_a_new_policy_says_what_was_answered(said: Answers) -> None:
    data = drafted(None, said, "p")
    assert comparable(answers_of(read(data))) == comparable(said)
    assert data.startswith(NEW.encode())
    assert drafted(data, said, "p") == data


@given(st.sampled_from(THERE), answers, answers)
def test_a_policy_that_is_there_says_it_too_and_keeps_the_rest(text: str, first: Answers, second: Answers) -> None:
    data = text.encode()
    there = read(data)
    for said in (first, second):
        data = drafted(data, said, "p")
        found = read(data)
        assert comparable(answers_of(found)) == comparable(said)
        assert [each.names for each in (found.targets,) if each] == [each.names for each in (there.targets,) if each]
        assert (found.severity, found.ignores is None) == (there.severity, there.ignores is None)
        if there.floor is not None and found.floor is not None:
            assert found.floor.severity == there.floor.severity
        assert drafted(data, said, "p") == data
        if text == COMMENTED:  # what is beside what was asked for
            assert all(f"# {comment}\n".encode() in data for comment in ("c1", "c2", "c6", "c7", "c8"))


@pytest.mark.parametrize("text", THERE)
def test_what_is_said_already_changes_no_byte(text: str) -> None:
    after = drafted(text.encode(), answers_of(read(text.encode())), "p").decode()
    assert after == text.replace("hosts: []\n", "")


def test_only_what_differs_is_written_anew() -> None:
    before = (
        "# ours\nversion: 1\nteam:  # who\n  name: acme\n  members: [ada, bo]   # both\n"
        "hosts: # of us\n  - cursor   # most\n  - zed      # cem\n\n# how\npeople: many\n"
    )
    said = answers_of(read(before.encode()))._replace(members=("ada", "bo", "cem"), hosts=("vscode", "cursor"))
    assert drafted(before.encode(), said, "p").decode() == (
        "# ours\nversion: 1\nteam:  # who\n  name: acme\n  members: [ada, bo, cem]   # both\n"
        "hosts: # of us\n  - cursor   # most\n  - vscode\n\n# how\npeople: many\n"
    )


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        ("people: many # x\n", {"people": ((Subject(PROVIDERS, "GitHub"), 1),)},
         "people:\n  usual: many\n  providers:\n    GitHub: 1 # x\n"),
        ("people: {usual: many, providers: {github: 1}} # x\n", {"people": ()}, "people: {usual: many} # x\n"),
        ("move: {providers: {github: run}} # x\n", {"move": ((Subject(PROVIDERS, "GitHub"), "wire"),)},
         "move: {providers: {github: wire}} # x\n"),
        ("move:\n  entries:\n    a: run # x\n    b: run # y\n", {"move": ((Subject(ENTRIES, "b"), "run"),)},
         "move:\n  entries:\n    b: run # y\n"),
        ("move:\n  entries: {a: run}\n", {"move": ()}, ""),
        ("move:\n  entries: {a: run}\n", {"move": ((Subject(PROVIDERS, "GitHub"), "run"),)},
         "move:\n  providers:\n    GitHub: run\n"),
    ],
)  # fmt: skip
def test_edits(before: str, now: dict[str, object], after: str) -> None:
    head = "version: 1\nteam:\n  name: acme\n"
    data = (head + before).encode()
    said = answers_of(read(data))._replace(**now)  # type: ignore[arg-type]
    found = drafted(data, said, "p").decode()
    assert found == head + after
    assert comparable(answers_of(read(found.encode()))) == comparable(said)


def test_what_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(NotApplied):
        drafted(b"\0", Answers("acme"), "p")
