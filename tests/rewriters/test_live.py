"""A host that writes its file while it is migrated: what it writes stays, and no value is lost, whoever wins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rewriters.support import (
    NOTHING,
    Bench,
    env_entry,
    files_with,
    github,
    kept,
    last_journal,
    stored_values,
    strays,
    write_json,
)
from unsprawl.rewriters import exchange as exchange_module
from unsprawl.rewriters.exchange import Unsettled, exchange, put_in_place
from unsprawl.rewriters.journal import State
from unsprawl.rewriters.live import is_live
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.replace_file import temporary_path
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.errors import NotApplied

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows does not let go of a file that is written")

HOST = Path(__file__).with_name("writing_host.py")
needs_exchange = pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="no call that exchanges files")


@pytest.fixture
def state(home: Path) -> Path:
    """The file that Claude Code keeps rewriting."""
    return write_json(home / ".claude.json", {"x": env_entry()}, numStartups=0)


def load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text())
    return data


def is_migrated(path: Path) -> bool:
    return github() not in path.read_text()


def change(path: Path, **values: object) -> None:
    """The host writes."""
    beside = path.with_name("host.new")
    beside.write_text(json.dumps({**load(path), **values}, indent=2))
    beside.replace(path)


class Interrupting:
    """A host that writes right before a step, the first so many times."""

    def __init__(self, step: str, write: Callable[[], None], times: int = 1) -> None:
        self.step, self.write, self.times = step, write, times

    def __call__(self, now: str) -> None:
        if now == self.step and self.times > 0:
            self.times -= 1
            self.write()


STEPS = ("journal planned", "keep reversal", "keep value", "save record", "create temporary file", "compare once more")


@pytest.mark.parametrize("step", [*STEPS, pytest.param("replace", marks=needs_exchange)])
@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_write_in_between_means_to_plan_again(bench: Bench, state: Path, step: str, target: str) -> None:
    before = state.read_bytes()
    if step in ("keep value", "save record") and target == "reference":
        step = "keep variable"
    plan = bench.plan(state, target=target)
    outcomes, _ = bench.apply(plan, watch=Interrupting(step, lambda: change(state, numStartups=7), 2))
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert is_migrated(state)
    assert load(state)["numStartups"] == 7
    assert files_with(bench.home, [github()]) <= {bench.home / ".config" / "unsprawl" / "env.sh"}
    assert not strays(bench.home)
    undo(last_journal())
    assert json.loads(before) == {**load(state), "numStartups": 0}
    assert kept() == NOTHING


def test_a_change_between_plan_and_apply_means_to_plan_again(bench: Bench, state: Path) -> None:
    plan = bench.plan(state)
    change(state, numStartups=3, mcpServers={**load(state)["mcpServers"], "y": {"command": "y"}})
    outcomes, _ = bench.apply(plan)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert "y" in load(state)["mcpServers"]


def test_an_entry_that_changed_is_left_alone(bench: Bench, state: Path) -> None:
    plan = bench.plan(state)
    change(state, mcpServers={"x": env_entry(github(2))})
    text = state.read_text()
    outcomes, _ = bench.apply(plan)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert "the entry changed while it was worked on" in outcomes[0].reason
    assert state.read_text() == text
    assert kept() == NOTHING


def test_a_file_that_changes_all_the_time_is_refused_in_words(bench: Bench, state: Path) -> None:
    count = iter(range(100, 200))
    host = Interrupting("compare once more", lambda: change(state, numStartups=next(count)), 99)
    outcomes, journal = bench.apply(bench.plan(state), watch=host)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert "changed while it was worked on. Close the program that writes it" in outcomes[0].reason
    assert not is_migrated(state)
    assert {note.state for note in journal.files} == {State.ROLLED_BACK}
    assert kept() == NOTHING
    assert not strays(bench.home)


def test_half_a_file_is_waited_for(bench: Bench, state: Path) -> None:
    whole = json.dumps({**load(state), "numStartups": 5})

    def half() -> None:
        state.write_text(whole[: len(whole) // 2])

    def rest() -> None:
        state.write_text(whole)

    steps: list[str] = []

    def host(now: str) -> None:
        steps.append(now)
        if now == "compare once more" and steps.count(now) == 1:
            half()

    plan = bench.plan(state)
    with pytest.MonkeyPatch.context() as patch:
        slept: list[float] = []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 2:
                rest()

        patch.setattr("unsprawl.rewriters.apply.time.sleep", sleep)
        outcomes, _ = bench.apply(plan, watch=host)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert load(state)["numStartups"] == 5
    assert is_migrated(state)


def test_a_host_that_writes_its_own_old_copy_over_it(bench: Bench, state: Path) -> None:
    """It read before and writes after: ours is gone, and a second try must find that out."""
    old = state.read_text()
    host = Interrupting("journal done", lambda: state.write_text(old.replace("0", "1", 1)))
    outcomes, journal = bench.apply(bench.plan(state), watch=host)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert is_migrated(state)
    assert [note.state for note in journal.files] == [State.ROLLED_BACK, State.DONE]
    undo(last_journal())
    assert kept() == NOTHING


def test_a_host_that_always_writes_its_own_copy_over_it(bench: Bench, state: Path) -> None:
    old = state.read_text()
    host = Interrupting("journal done", lambda: state.write_text(old), 99)
    outcomes, _ = bench.apply(bench.plan(state), watch=host)
    assert "its host wrote its own copy over the change. Close it" in outcomes[0].reason
    assert state.read_text() == old
    assert kept() == NOTHING


def test_undo_of_a_file_whose_host_writes_its_own_copy_over_it(bench: Bench, state: Path) -> None:
    """What undo put back is gone again, and the value is in the vault alone: it must not be forgotten."""
    before = state.read_bytes()
    bench.migrate(state)
    migrated = state.read_text()
    host = Interrupting("file restored", lambda: state.write_text(migrated), 99)
    outcomes = undo(last_journal(), watch=host)
    assert "its host wrote its own copy over it. Close it, then undo." in outcomes[0].reason
    assert github() in stored_values()
    assert last_journal().files[0].state is State.DONE
    host.times = 1
    assert {outcome.status for outcome in undo(last_journal(), watch=host)} == {"restored"}
    assert state.read_bytes() == before
    assert kept() == NOTHING


@pytest.mark.parametrize(
    "step", ["journal undoing", "compare once more", pytest.param("replace", marks=needs_exchange)]
)
def test_a_write_in_between_means_to_undo_again(bench: Bench, state: Path, step: str) -> None:
    bench.migrate(state)
    host = Interrupting(step, lambda: change(state, numStartups=9), 2)
    assert {outcome.status for outcome in undo(last_journal(), watch=host)} == {"restored"}
    assert load(state) == {"numStartups": 9, "mcpServers": {"x": env_entry()}}
    assert kept() == NOTHING
    assert not strays(bench.home)


def test_other_files_are_not_tried_again(bench: Bench, home: Path) -> None:
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry()}, numStartups=0)
    [examined] = bench.examined(path)
    assert not is_live(examined.file)
    outcomes, _ = bench.apply(bench.plan(path), watch=Interrupting("replace", lambda: None))
    assert outcomes[0].status == "done"


# --- a real process


@contextmanager
def running(path: Path, how: str, every_s: float) -> Iterator[list[int]]:
    """The host runs during the block; then the list holds how often it wrote."""
    words = [sys.executable, str(HOST), str(path), how, str(every_s)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    writes: list[int] = []
    try:
        assert process.stdout.readline() == "ready\n"
        yield writes
    finally:
        process.stdin.close()
        told = process.stdout.read()
        process.stdout.close()
        assert process.wait() == 0
        writes.append(int(told))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open for writing")
@pytest.mark.parametrize(
    ("how", "every_s", "target"),
    [
        ("rename", 0.001, "run"),
        ("rename", 0.25, "reference"),
        ("in-place", 0.001, "reference"),
        ("in-place", 0.25, "run"),
        ("memory", 0.001, "run"),
        ("memory", 0.25, "reference"),
    ],
)
def test_a_host_that_writes_over_and_over(
    bench: Bench, state: Path, how: str, every_s: float, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No write of the host is lost: its counter has counted them all. No value is lost, whatever stands in the end."""
    monkeypatch.setattr("unsprawl.rewriters.live.STAYS_FOR_S", 0.4)
    plan = bench.plan(state, target=target)
    with running(state, how, every_s) as writes:
        outcomes, _ = bench.apply(plan)
    assert load(state)["numStartups"] == writes[0]
    [outcome] = outcomes
    assert is_migrated(state) == (outcome.status == "done"), outcome
    if every_s > 0.1 and how != "memory":
        assert outcome.status == "done", outcome
    if outcome.status == "failed":
        assert "Close" in outcome.reason
        assert kept() == NOTHING
        outcomes, _ = bench.apply(bench.plan(state, target=target))
        assert outcomes[0].status == "done"
    count = load(state)["numStartups"]
    with running(state, how, every_s) as writes:
        outcomes_of_undo = undo(last_journal())
    assert load(state)["numStartups"] == count + writes[0]
    [undone] = outcomes_of_undo
    assert is_migrated(state) != (undone.status == "restored"), undone
    if undone.status == "failed":
        assert github() in stored_values()
        recover()
        assert {again.status for again in undo(last_journal())} == {"restored"}
    assert load(state)["mcpServers"] == {"x": env_entry()}
    assert kept() == NOTHING
    assert not strays(bench.home)


# --- the exchange itself


@needs_exchange
def test_two_files_exchange_their_names(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    other.write_text("2")
    assert exchange(str(one), str(other))
    assert (one.read_text(), other.read_text()) == ("2", "1")
    with pytest.raises(FileNotFoundError):
        exchange(str(one), str(tmp_path / "gone"))


@needs_exchange
@pytest.mark.parametrize(
    ("writes", "answer", "stands"),
    [((), True, "ours"), (("host 1",), False, "host 1"), (("host 1", "host 2"), False, "host 2")],
)
def test_what_the_host_wrote_last_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: tuple[str, ...], answer: bool, stands: str
) -> None:
    """Written right before the exchange, and once more right before it is taken back."""
    new, real = tmp_path / "new", tmp_path / "real"
    new.write_text("ours")
    real.write_text("known")
    left = list(writes)
    really = exchange_module.exchange

    def host_writes_first(one: str, other: str) -> bool:
        if left:
            (tmp_path / "host").write_text(left.pop(0))
            (tmp_path / "host").replace(real)
        return really(one, other)

    monkeypatch.setattr(exchange_module, "exchange", host_writes_first)
    assert put_in_place(str(new), str(real), b"known", b"ours") is answer
    assert real.read_text() == stands
    assert not new.exists()


@needs_exchange
def test_a_host_that_deletes_its_file_before_it_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, real = tmp_path / "new", tmp_path / "real"
    new.write_text("ours")
    real.write_text("written by the host")
    really, calls = exchange_module.exchange, []

    def host_deletes(one: str, other: str) -> bool:
        calls.append(one)
        if len(calls) == 2:
            real.unlink()
        return really(one, other)

    monkeypatch.setattr(exchange_module, "exchange", host_deletes)
    assert put_in_place(str(new), str(real), b"known", b"ours") is False
    assert real.read_text() == "written by the host"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open for writing")
def test_a_host_that_has_the_file_open_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opened the old file, and writes it after ours stands: then its file is put back, with what it wrote."""
    new, real = tmp_path / "new", tmp_path / "real"
    new.write_text("ours")
    real.write_text("known")
    with real.open("r+") as file:

        def sleep(seconds: float) -> None:
            if not file.closed:
                file.write("KNOWN")
                file.close()

        monkeypatch.setattr("unsprawl.rewriters.exchange.time.sleep", sleep)
        assert put_in_place(str(new), str(real), b"known", b"ours") is False
    assert real.read_text() == "KNOWN"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open for writing")
def test_a_host_that_keeps_the_file_open_gets_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unsprawl.rewriters.exchange._WRITER_TAKES_S", 0.05)
    new, real = tmp_path / "new", tmp_path / "real"
    new.write_text("ours")
    real.write_text("known")
    with real.open("r+") as file:
        assert put_in_place(str(new), str(real), b"known", b"ours") is False
        file.write("later")
    assert real.read_text() == "later"


def test_where_files_cannot_be_exchanged_the_last_look_must_do(
    bench: Bench, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_module, "_call", lambda: None)
    before = state.read_bytes()
    bench.migrate(state)
    undo(last_journal())
    assert state.read_bytes() == before


# --- killed between the exchange and the look


@needs_exchange
@pytest.mark.parametrize("host_wrote", [False, True])
@pytest.mark.parametrize("undoing", [False, True])
def test_killed_after_the_exchange(
    bench: Bench, state: Path, monkeypatch: pytest.MonkeyPatch, undoing: bool, host_wrote: bool
) -> None:
    before = state.read_bytes()
    if undoing:
        bench.migrate(state)

    class Killed(BaseException):
        pass

    really = exchange_module.exchange

    def killed(one: str, other: str) -> bool:
        if host_wrote:
            change(state, numStartups=4)
        really(one, other)
        raise Killed

    plan = bench.plan(state)
    with monkeypatch.context() as patch:
        patch.setattr(exchange_module, "exchange", killed)
        with pytest.raises(Killed):
            undo(last_journal()) if undoing else bench.apply(plan)
    journal = last_journal()
    assert os.path.exists(temporary_path(str(state), journal.label(journal.files[0])))
    assert github() in state.read_text() or github() in stored_values()

    recover()

    assert not strays(bench.home)
    assert load(state)["numStartups"] == (4 if host_wrote else 0)
    if last_journal().in_force:
        assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert load(state)["mcpServers"] == {"x": env_entry()}
    assert host_wrote or state.read_bytes() == before
    assert kept() == NOTHING


@needs_exchange
def test_what_cannot_be_settled_is_kept(bench: Bench, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails right after the exchange: nobody knows what stands, so nothing is forgotten."""
    assert issubclass(Unsettled, NotApplied)

    def fails(path: str) -> bytes:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(exchange_module, "content_at_rest", fails)
        outcomes, journal = bench.apply(bench.plan(state))
    assert outcomes[0].status == "failed"
    assert "Input/output error" in outcomes[0].reason
    assert journal.files[0].state is State.PLANNED
    assert github() in stored_values()
    recover()
    assert not strays(bench.home)
    undo(last_journal())
    assert github() in state.read_text()
    assert kept() == NOTHING
