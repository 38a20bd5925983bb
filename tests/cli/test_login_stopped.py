"""A login that is stopped: what it created is taken back first, and what stays is told."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.cli.program import Program
from tests.cli.test_login import BROWSER, started, told, until
from tests.oauth.login_bed import Provider, provider
from tests.servers.sites import Asked, Reply, document
from unsprawl.scanner.errors import Exit

WAITS = {"BROWSER": "true %s"}
"""A browser in which nobody signs in."""


def slow(method: str, path: str) -> Callable[[Provider], None]:
    """A route that does at once what it is asked, and answers after a second."""

    def change(it: Provider) -> None:
        real = it.bed.auth.routes[method, path]

        def answer(asked: Asked) -> Reply:
            made: Reply = real(asked)  # type: ignore[operator]
            time.sleep(1)
            return made

        it.bed.auth.routes[method, path] = answer

    return change


def asked_for(it: Provider, path: str) -> bool:
    return any(each.path.startswith(path) for each in it.bed.auth.asked)


def stopped(process: subprocess.Popen[str], number: int = signal.SIGINT) -> str:
    """Its stderr, once it ended as one that was stopped."""
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_by_any_signal(number: int, start: Program) -> None:
    with provider() as it, started(start, "login", it.bed.url, env=WAITS) as process:
        until(lambda: it.clients)
        time.sleep(0.5)
        err = stopped(process, number)
        assert it.clients == {}
        assert "client client-1: deleted" in err


@pytest.mark.parametrize("path", ["/register", "/token", "/revoke"])
def test_while_an_answer_is_awaited(path: str, start: Program) -> None:
    """Without the answer nobody could take back what it brings."""
    with provider(slow("POST", path)) as it, started(start, "login", it.bed.url, env=BROWSER) as process:
        until(lambda: asked_for(it, path))
        err = stopped(process)
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})
        assert told(it, err) == []


def test_what_stays_is_told(start: Program) -> None:
    def unmanaged(it: Provider) -> None:
        def register(asked: Asked) -> Reply:
            it.clients["client-1"] = asked.message
            return document({**asked.message, "client_id": "client-1"}, 201)

        it.bed.auth.routes["POST", "/register"] = register

    with provider(unmanaged) as it, started(start, "login", it.bed.url, env=WAITS) as process:
        until(lambda: it.clients)
        time.sleep(0.5)
        assert "client client-1 stays: the authorization server offers no deletion" in stopped(process)


def test_stopped_twice_it_ends_at_once_and_names_what_stays(start: Program) -> None:
    def stuck(it: Provider) -> None:
        it.bed.auth.routes["POST", "/revoke"] = lambda asked: (time.sleep(8), Reply(500))[1]  # type: ignore[func-returns-value]

    with provider(stuck) as it, started(start, "login", it.bed.url, env=BROWSER) as process:
        until(lambda: asked_for(it, "/revoke"))
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        err = stopped(process)
        assert time.monotonic() - begun < 6
        assert "client client-1 stays: there was no time to take it back" in err


def test_at_the_question_of_deep(start: Program) -> None:
    """One ^C is enough there too."""
    with provider() as it:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [str(start.path), "login", it.bed.url, "--deep"], env=start.environ | BROWSER, cwd=start.environ["HOME"],
            stdin=theirs, stdout=theirs, stderr=theirs,
        ) as process:  # fmt: skip
            os.close(theirs)
            screen = b""
            while b"Go on?" not in screen:
                screen += os.read(ours, 65536)
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            finally:
                process.kill()
            os.close(ours)
        assert process.returncode == Exit.INTERRUPTED
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})
