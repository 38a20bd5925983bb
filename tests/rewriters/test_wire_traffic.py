"""What `verify --start` says of a server behind the proxy: from the log, and only what the log tells."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, github, write_json
from unsprawl.broker.wire.log import AuditLog, now
from unsprawl.broker.wire.model import Event, Happening
from unsprawl.rewriters import start
from unsprawl.rewriters.ask_server import Tools
from unsprawl.rewriters.start import start_entry
from unsprawl.rewriters.wire_traffic import told, traffic
from unsprawl.vault.records import list_records

SENT = Event(Happening.SENT, "api.github.com:443", "GET", 200, ("GITHUB_TOKEN",))
WITHOUT_KEY = Event(Happening.SENT, "api.github.com:443", "GET", 200)
STOPPED = Event(Happening.STOPPED, "evil.test:443", "POST", 403, ("GITHUB_TOKEN",), "on the way to a foreign host")
FAILED = Event(Happening.FAILED, "api.github.com:443", reason="no answer")
TUNNELLED = Event(Happening.TUNNELLED, "registry.example:443")
TICK_S = 0.001
"""So that no line is of the very moment from which on they count."""


@pytest.mark.parametrize(
    ("before", "after", "status", "says"),
    [
        ((), (), "todo", "not known whether this server goes through it"),
        ((), (TUNNELLED, WITHOUT_KEY), "todo", "not known"),
        ((), (SENT,), "done", "1 request with the key went through the proxy to api.github.com"),
        ((), (SENT, SENT, TUNNELLED), "done", "2 requests"),
        ((SENT,), (), "done", "no request now, but 1 request"),
        (
            (SENT,),
            (SENT, STOPPED),
            "failed",
            "stopped 1 request with a placeholder on the way to evil.test: unsprawl vault log x",
        ),
        ((STOPPED,), (SENT,), "done", "1 request"),  # told when it happened
        ((), (SENT, FAILED), "failed", "1 request to api.github.com did not get through"),
    ],
)
def test_what_the_log_means(
    home: Path, before: tuple[Event, ...], after: tuple[Event, ...], status: str, says: str
) -> None:
    log = AuditLog("x")
    for event in before:
        log.write(event)
    time.sleep(TICK_S)
    since = now()
    AuditLog("another").write(STOPPED)
    for event in after:
        log.write(event)
    found, reason = told("x", traffic("x", since))
    assert (found, says in reason) == (status, True), reason


def test_a_host_is_shown_harmless(home: Path) -> None:
    since = now()
    AuditLog("x").write(Event(Happening.STOPPED, "evil\x1b[2J.test:443", variables=("A",)))
    _, reason = told("x", traffic("x", since))
    assert "\x1b" not in reason


@pytest.mark.parametrize(("target", "outcomes"), [("wire", 2), ("run", 1)])
def test_starting_a_migrated_server_tells_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, target: str, outcomes: int
) -> None:
    bench = Bench(home)
    entry = {"command": "npx", "args": ["-y", "server-x"], "env": {"GITHUB_TOKEN": github()}}
    path = write_json(home / ".cursor" / "mcp.json", {"x": entry})
    bench.migrate(path, target=target)
    [record] = list_records()
    AuditLog(record.ref).write(STOPPED)  # of another day

    def answered(*_: object) -> Tools:
        AuditLog(record.ref).write(SENT)
        return Tools(frozenset({"a"}), "2025-11-25")

    monkeypatch.setattr(start, "tools_of", answered)
    time.sleep(TICK_S)
    [found] = bench.examined(path)[0].entries
    said = start_entry(found, bench.around, lambda shown: True)
    assert len(said) == outcomes
    assert said[0].status == "done"
