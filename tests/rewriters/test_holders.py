"""What still holds a secret after a migration: brokers of others, records of logins, and what a login replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rewriters.support import env_entry, github, last_journal, write_json
from tests.rewriters.test_brokered import Brokers, Held
from unsprawl.broker.external import registry
from unsprawl.rewriters.holders import Kind, holders
from unsprawl.rewriters.planner import EXTERNAL
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.whereabouts import Entries, Whereabouts, chosen, whereabouts
from unsprawl.scanner.secret import Secret


def known(bench: Brokers, path: Path) -> list[Whereabouts]:
    """All that is known of the one secret of these tests."""
    entries, findings = Entries(), []
    for file in bench.examined(path):
        entries.examined(file)
        findings += file.findings
    ours, dark = holders()
    assert not dark
    return [each for each in whereabouts(findings, ours, entries) if each.secret == Secret(github())]


@pytest.fixture
def bench(home: Path) -> Brokers:
    return Brokers(home)


@pytest.mark.parametrize("broker_id", EXTERNAL)
def test_a_broker_that_was_given_it_needs_it(
    broker_id: str, bench: Brokers, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file has it any more, and the server would stop all the same."""
    held = Held(broker_id)
    monkeypatch.setattr(registry, "BROKERS", {broker_id: held})
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target=broker_id)
    (one,) = known(bench, path)
    assert one.findings == ()
    assert one.depends == [f"the broker {broker_id}"]
    assert {each.kind for each in one.holders} == {Kind.BROKER, Kind.UNDO}
    assert one.undone_by == [last_journal().id]
    assert chosen(["x"], [one], lambda secret: None) == ([one], [], [])
    assert one.finding.literal.rule == "github-pat-classic"
    assert one.finding.entry is None or one.finding.entry.name == "x"
    assert [outcome.status for outcome in undo(last_journal())] == ["restored"]
    (back,) = known(bench, path)
    assert (back.depends, back.holders) == (["the entry x"], ())


def test_a_broker_that_nobody_can_ask_is_still_told(
    bench: Brokers, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the key was replaced there is not asked: what was given counts, so that nothing is ended too early."""
    held = Held("varlock")
    monkeypatch.setattr(registry, "BROKERS", {"varlock": held})
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="varlock")
    held.fails = "stored"
    held.values.clear()
    (one,) = known(bench, path)
    assert one.depends == ["the broker varlock"]
