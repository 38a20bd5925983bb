"""Which store, by a key: what is offered, what is taken, and when nobody is asked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from unsprawl.cli.guided_store import store_by_key
from unsprawl.cli.output import REDACTOR
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.vault import choose, store_settings
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.stores import Availability, State


class Made(AgeStore):
    """A store with an answer of its own."""

    def __init__(self, store_id: str, title: str, answer: Availability) -> None:
        self.id, self.title, self._answer = store_id, title, answer

    def probe(self) -> Availability:
        return self._answer


WORKS = Availability(State.WORKS, "it works")
CAREFUL = Availability(State.WORKS, "it works", caution="its key has a passphrase")
LOCKED = Availability(State.LOCKED, "locked")


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def report(screen: io.StringIO, home: Path) -> QuestionReport:
    return QuestionReport(console_for(screen), REDACTOR, str(home), str(home))


def offered(monkeypatch: pytest.MonkeyPatch, keyring: Availability, by_pass: Availability) -> None:
    made = {
        "keyring": lambda: Made("keyring", "system keyring", keyring),
        "pass": lambda: Made("pass", "pass", by_pass),
        # Holds the same items as the keyring: only a name takes it.
        "secret-tool": lambda: Made("secret-tool", "secret-tool", WORKS),
        "age-file": AgeStore,
    }
    monkeypatch.setattr(choose, "STORES", made)


def keys(monkeypatch: pytest.MonkeyPatch, text: str) -> Iterator[str]:
    left = iter(text)
    monkeypatch.setattr(click, "getchar", lambda: next(left, ""))
    return left


@pytest.mark.parametrize(
    ("pressed", "store", "caution"),
    [("1", "keyring", ""), ("2", "pass", "its key has a passphrase"), ("3", "age-file", ""), ("x90?2", "pass", "its")],
)
def test_the_one_whose_key_is_pressed(
    pressed: str,
    store: str,
    caution: str,
    report: QuestionReport,
    screen: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    offered(monkeypatch, WORKS, CAREFUL)
    left = keys(monkeypatch, pressed)
    taken = store_by_key(report)
    assert (taken.store.id, taken.named) == (store, True)
    assert taken.caution.startswith(caution)
    assert next(left, "") == ""
    shown = screen.getvalue()
    assert "Mind: its key has a passphrase." in shown
    assert "secret-tool" not in shown
    line = "Where to?  [1] system keyring  [2] pass  [3] encrypted files (age)  [?] help"
    assert line in capsys.readouterr().out


@pytest.mark.parametrize(("keyring", "by_pass", "store"), [(LOCKED, LOCKED, "age-file")])
def test_nobody_is_asked_where_there_is_no_choice(
    keyring: Availability, by_pass: Availability, store: str, report: QuestionReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(monkeypatch, keyring, by_pass)
    left = keys(monkeypatch, "1")
    taken = store_by_key(report)
    assert (taken.store.id, taken.named) == (store, False)
    assert next(left) == "1"


def test_nobody_is_asked_again_after_vault_use(report: QuestionReport, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, WORKS, WORKS)
    store_settings.prefer("age-file")
    left = keys(monkeypatch, "1")
    assert store_by_key(report).store.id == "age-file"
    assert next(left) == "1"


def test_the_end_of_input_stops(report: QuestionReport, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(monkeypatch, WORKS, WORKS)
    keys(monkeypatch, "")
    with pytest.raises(KeyboardInterrupt):
        store_by_key(report)
