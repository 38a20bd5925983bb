"""`unsprawl probe --active` as a program: what it asks first, what it says, and what it does when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program, program
from tests.cli.terminal import Terminal
from tests.oauth.bed import Bed, bed
from tests.oauth.registrar import Registrar, registering
from tests.oauth.test_active import has
from tests.oauth.test_active_hostile import HIDDEN, TOKEN, gossip
from tests.oauth.test_checks import both, meta
from tests.report.test_contract import checked
from tests.servers.sites import Reply
from unsprawl.scanner.errors import Exit


def entries(home: Path, **urls: str) -> None:
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": {name: {"url": url} for name, url in urls.items()}}))


def test_it_is_done_and_told(start: Program) -> None:
    with bed(registering()) as made:
        done = start("probe", "--active", "--yes", made.url)
        assert (done.returncode, made.registrar.deleted) == (Exit.CLEAN, ["client-1"])
        assert "client        registered, and deleted again: client-1" in done.stdout
        assert "login: nobody logged in" in done.stdout
        again = start("probe", "--active", "--yes", made.url, "--format", "json")
        document = checked(again.stdout, "probe")
        (one,) = document["probes"]
        assert (document["complete"], one["phases"]) == (True, ["static", "passive", "active"])
        (client,) = one["active"]["clients"]
        assert (client["client_id"], client["deleted"]) == ("client-2", True)
        assert client["registration_endpoint"] == f"{made.auth.url}/register"
        assert one["active"]["left"] == []


def test_what_stays_behind_is_named(start: Program) -> None:
    with bed(registering(has(managed=False))) as made:
        done = start("probe", "--active", "--yes", made.url)
        shown = " ".join(done.stdout.split())
        assert f"STAYS BEHIND: client-1 at {made.auth.url}/register: the server offers no way to delete it" in shown
        assert done.returncode == Exit.CLEAN
        (one,) = checked(start("probe", "--active", "--yes", made.url, "--format", "json").stdout, "probe")["probes"]
        assert one["active"]["left"] == ["client-2"]
        assert "R10" in one["findings"]


@pytest.mark.parametrize(
    "words",
    [
        ["--active", "{url}"], ["--active", "--all"], ["--active", "--all", "--yes"], ["--yes", "{url}"],
        ["--clients", "1", "--all"], ["--active", "--yes", "--clients", "1", "{url}"],
        ["--active", "--yes", "--all", "--clients", "0"],
    ],
    ids=["no terminal", "all", "all without a number", "no active", "no active, a number", "a number, no all", "none"],
)  # fmt: skip
def test_usage(words: list[str], start: Program, home: Path) -> None:
    with bed(registering()) as made:
        entries(home, one=made.url)
        done = start("probe", *(word.format(url=made.url) for word in words))
        assert (done.returncode, done.stdout) == (Exit.USAGE, "")
        assert made.mcp.asked == [], "it is refused before anything is sent"


@pytest.mark.parametrize(("number", "created"), [("1", 0), ("2", 2), ("3", 0)])
def test_all_only_with_the_right_number(number: str, created: int, start: Program, home: Path) -> None:
    closed = meta(registration_endpoint=None, client_id_metadata_document_supported=None)
    with bed(registering()) as one, bed(registering()) as two, bed(both(closed, registering())) as three:
        entries(home, one=one.url, two=two.url, three=three.url)
        done = start("probe", "--active", "--all", "--yes", "--clients", number, "--format", "json")
        document = checked(done.stdout, "probe")
        assert sum(len(each.registrar.made) for each in (one, two, three)) == created
        assert document["complete"] == bool(created)
        assert done.returncode == (Exit.CLEAN if created else Exit.INCOMPLETE)
        reasons = sorted(each["active"]["reason"] for each in document["probes"])
        assert (
            reasons == ["", "", "there is no registration endpoint"]
            if created
            else (["nobody agreed to it", "nobody agreed to it", "there is no registration endpoint"])
        )
        assert ("2 servers would get a client" in done.stderr) != bool(created)


@pytest.mark.parametrize(("key", "created"), [("y", 1), ("n", 0), ("", 0)])
def test_it_asks_on_a_terminal(key: str, created: int, start: Program) -> None:
    with bed(registering()) as made, Terminal(start, "probe", "--active", made.url) as terminal:
        terminal.until(r"Register it\?")
        asked = " ".join(terminal.shown.split())
        assert made.registrar.made == []
        for word in (
            f"{made.auth.url}/register", f"for {made.url}", "unsprawl probe (may be deleted)", "http://127.0.0.1:",
            "https://vscode.dev/redirect", "deleted again if the server lets us", "they stay behind there",
        ):  # fmt: skip
            assert "".join(word.split()) in "".join(asked.split()), word
        terminal.press(f"{key}\n")
        code = terminal.end()
        assert (code, len(made.registrar.made)) == (Exit.CLEAN if created else Exit.INCOMPLETE, created)
        assert ("nobody agreed to it" in terminal.shown) != bool(created)


def test_all_is_agreed_to_by_typing_the_number(start: Program, home: Path) -> None:
    for typed, created in (("2", 2), ("y", 0), ("", 0)):
        with bed(registering()) as one, bed(registering()) as two:
            entries(home, one=one.url, two=two.url)
            with Terminal(start, "probe", "--active", "--all", "--yes") as terminal:
                terminal.until(r"type how many")
                terminal.press(f"{typed}\n")
                terminal.end()
            assert len(one.registrar.made) + len(two.registrar.made) == created


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--format", "json"]], ids=["short", "verbose", "json"])
def test_secrets_that_the_server_issues_are_never_shown(words: list[str], start: Program) -> None:
    quiet = has(extra={"registration_access_token": TOKEN, "client_secret": HIDDEN})
    for setting in (gossip, quiet, has(extra={"client_secret": HIDDEN}, managed=False)):
        with bed(registering(setting)) as made:
            done = start("probe", "--active", "--yes", made.url, *words)
            assert done.returncode in (Exit.CLEAN, Exit.FOUND), done.stderr
            assert len(made.registrar.made) == 1
            for value in (TOKEN, HIDDEN):
                assert value not in done.stdout + done.stderr


def slow_login(made: Registrar) -> None:
    page = made.authorize
    made.authorize = lambda asked: (time.sleep(1.5), page(asked))[1]  # type: ignore[func-returns-value, method-assign]


def slow_answer(made: Registrar) -> None:
    """Creates the client at once, and says so later."""
    real = made.register

    def register(asked: Any) -> Reply:
        reply = real(asked)
        time.sleep(1.5)
        return reply

    made.register = register  # type: ignore[method-assign]


def slow_deletion(made: Registrar) -> None:
    real = made.manage

    def manage(asked: Any) -> Reply:
        time.sleep(1 if asked.method == "DELETE" else 0)
        return real(asked)

    made.manage = manage  # type: ignore[method-assign]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("setting", "wait_for"),
    [(slow_login, "GET /authorize"), (slow_answer, "POST /register"), (slow_deletion, "DELETE ")],
    ids=["login", "answer", "deletion"],
)
def test_who_is_stopped_deletes_first(
    sent: signal.Signals, setting: Callable[[Registrar], None], wait_for: str, start: Program
) -> None:
    with bed(registering(setting)) as made:
        with subprocess.Popen(
            [str(start.path), "probe", "--active", "--yes", made.url],
            env=start.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            _wait(made, wait_for)
            process.send_signal(sent)
            said, told = process.communicate(timeout=20)
        assert (process.returncode, said) == (Exit.INTERRUPTED, "")
        assert (made.registrar.clients, made.registrar.deleted) == ({}, ["client-1"])
        assert f"deleted client client-1 at {made.auth.url}/register" in told
        assert "Traceback" not in told


def test_what_stays_is_said_by_who_is_stopped(start: Program) -> None:
    def setting(made: Registrar) -> None:
        slow_login(made)
        made.managed = False

    with bed(registering(setting)) as made:
        with subprocess.Popen(
            [str(start.path), "probe", "--active", "--yes", made.url],
            env=start.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            _wait(made, "GET /authorize")
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)
        assert f"client client-1 stays at {made.auth.url}/register" in told


def test_who_is_stopped_twice_ends_at_once_and_names_what_stays(start: Program) -> None:
    def setting(made: Registrar) -> None:
        made.manage = lambda asked: (time.sleep(8), Reply(500))[1]  # type: ignore[func-returns-value, method-assign]

    with bed(registering(setting)) as made:
        with subprocess.Popen(
            [str(start.path), "probe", "--active", "--yes", made.url],
            env=start.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            _wait(made, "DELETE ")
            begun = time.monotonic()
            for _ in range(2):
                process.send_signal(signal.SIGINT)
                time.sleep(0.3)
            _, told = process.communicate(timeout=20)
            assert time.monotonic() - begun < 6
        assert process.returncode == Exit.INTERRUPTED
        assert f"client client-1 stays at {made.auth.url}/register: interrupted" in told
        assert "Traceback" not in told


def _wait(made: Bed, line: str) -> None:
    end = time.monotonic() + 30
    while not any(each.startswith(line) for each in made.auth.lines):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_without_active_nothing_is_created(start: Program, home: Path) -> None:
    with bed(registering()) as made:
        entries(home, one=made.url)
        for words in ([made.url], ["one"], ["--all"], [made.url, "--verbose"], [made.url, "--format", "json"]):
            assert start("probe", *words).returncode == Exit.CLEAN
        assert made.registrar.made == []
        assert {each.method for each in made.auth.asked} == {"GET"}
        assert not any(each.startswith(("GET /authorize", "GET /register")) for each in made.auth.lines)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, home: Path, tmp_path: Path) -> None:
    long = has(extra={"client_id": "c" * 300}, managed=False)
    with bed(registering(long)) as made:
        start = program(home, tmp_path / "bin", columns=width)
        for words in ([], ["--verbose"]):
            done = start("probe", "--active", "--yes", made.url, *words)
            assert [line for line in done.stdout.splitlines() if len(line) > width] == []
