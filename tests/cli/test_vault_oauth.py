"""OAuth credentials through `unsprawl vault`: in on standard input, told of without a token, replaced and removed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.program import Program
from unsprawl.broker import oauth_waits
from unsprawl.broker.oauth_answer import Why
from unsprawl.broker.oauth_waits import Wait
from unsprawl.scanner.secret import Secret
from unsprawl.vault.oauth_item import newest, places_of, stored
from unsprawl.vault.oauth_token import Credential
from unsprawl.vault.places import items_dir
from unsprawl.vault.records import Record, load
from unsprawl.vault.service import withdraw

CANARY = "-".join(["synthetic", "canary", "vault"])
GIVEN = {
    "token_endpoint": "https://auth.example.com/token",
    "client_id": "client",
    "refresh_token": f"{CANARY}-refresh",
    "access_token": f"{CANARY}-access",
    "expires_at": "2040-01-01T00:00:00Z",
    "client_secret": f"{CANARY}-secret",
}
ADD = ("vault", "add", "--oauth", "TOKEN", "tickets", "--", "/bin/true")


def given(**more: object) -> str:
    return json.dumps({**GIVEN, **more})


def kept(project: Path) -> tuple[Record, Credential]:
    record = load("tickets", str(project))
    return record, stored(places_of(record, "TOKEN"))


def harmless(done: object) -> None:
    assert CANARY not in str(done)


def test_added_listed_replaced_and_removed(start: Program, project: Path, home: Path) -> None:
    done = start(*ADD, cwd=project, stdin=given())
    harmless(done)
    assert (done.returncode, done.stdout) == (0, "")
    record, credential = kept(project)
    assert record.oauth[0][0] == "TOKEN"
    assert json.loads(next((home / ".local/share/unsprawl/vault/records").iterdir()).read_text())["schema_version"] == 2
    assert (credential.refresh_token, credential.generation) == (Secret(GIVEN["refresh_token"]), 1)

    listed = start("vault", "list", cwd=project)
    harmless(listed)
    assert "TOKEN: OAuth from auth.example.com, the access token ends 2040-01-01 00:00 UTC" in listed.stdout

    done = start("vault", "set", "tickets", cwd=project, stdin=given(refresh_token=f"{CANARY}-new"))
    harmless(done)
    assert done.returncode == 0
    assert "run --wire" in done.stderr
    again, credential = kept(project)
    assert again == record
    assert (credential.refresh_token, credential.generation) == (Secret(f"{CANARY}-new"), 2)

    assert start("vault", "remove", "tickets", cwd=project).returncode == 0
    assert list(items_dir().glob("*.age")) == []
    assert list((home / ".local/state/unsprawl/oauth").glob("*")) == []


@pytest.mark.parametrize(
    ("words", "stdin", "says"),
    [
        (ADD, "", "not JSON"),
        (ADD, f"{CANARY}", "not JSON"),
        (ADD, given(refresh_token=None), "refresh_token must be"),
        (ADD, given(**{CANARY: 1}), "one of the names"),
        (ADD, given(token_endpoint=f"http://{CANARY}.example/"), "https://"),
        (ADD, given(expires_in=5), "not both"),
        (("vault", "add", "--oauth", "A", "--variable", "B", "r", "--", "/bin/true"), given(), "comes alone"),
        (("vault", "add", "r", "--", "/bin/true"), "", "which variable"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    words: tuple[str, ...], stdin: str, says: str, start: Program, project: Path
) -> None:
    done = start(*words, cwd=project, stdin=stdin)
    harmless(done)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not items_dir().exists()


def test_it_is_not_typed_where_it_would_be_seen(start: Program, project: Path) -> None:
    other_end, terminal = pty.openpty()
    done = subprocess.run(
        [str(start.path), *ADD], env=start.environ, cwd=project, stdin=terminal, capture_output=True, timeout=60
    )
    os.close(terminal)
    os.close(other_end)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"read from standard input" in done.stderr


def test_a_plain_value_becomes_oauth_and_back(start: Program, project: Path) -> None:
    plain = f"{CANARY}-plain"
    words = ("vault", "add", "--variable", "TOKEN", "tickets", "--", "/bin/true")
    assert start(*words, cwd=project, stdin=plain).returncode == 0
    [(_, item)] = load("tickets", str(project)).variables
    assert start("vault", "set", "tickets", "--oauth", cwd=project, stdin=given()).returncode == 0
    record, credential = kept(project)
    assert record.variables == (("TOKEN", item),)
    assert credential.refresh_token == Secret(GIVEN["refresh_token"])
    done = start("vault", "set", "tickets", "--plain", cwd=project, stdin=plain)
    harmless(done)
    record = load("tickets", str(project))
    assert (record.oauth, withdraw(record.store, item)) == ((), Secret(plain))
    assert len(list(items_dir().glob("*.age"))) == 1


def test_new_tokens_are_asked_for_at_once_after_an_end(start: Program, project: Path) -> None:
    start(*ADD, cwd=project, stdin=given())
    record, _ = kept(project)
    item = places_of(record, "TOKEN").item
    oauth_waits.write(item, Wait(1, Why.ENDED, 1, time.time() + 1000))
    assert "the sign-in has ended" in start("vault", "list", cwd=project).stdout
    start("vault", "set", "tickets", cwd=project, stdin=given())
    assert oauth_waits.read(item) is None
    assert "ends 2040" in start("vault", "list", cwd=project).stdout


def test_a_damaged_one_can_be_replaced_and_is_told(start: Program, project: Path) -> None:
    start(*ADD, cwd=project, stdin=given())
    record, _ = kept(project)
    path = items_dir() / f"{dict(record.variables)['TOKEN']}.age"
    path.write_bytes(b"half")
    listed = start("vault", "list", cwd=project)
    assert (listed.returncode, "not readable now" in listed.stdout) == (0, True)
    assert start("vault", "set", "tickets", cwd=project, stdin=given()).returncode == 0
    assert newest(places_of(record, "TOKEN"))[0].refresh_token == Secret(GIVEN["refresh_token"])


def test_the_text_of_the_store_is_no_value(start: Program, project: Path) -> None:
    """Whoever copies one out of a store must not hand a refresh token to a server."""
    start(*ADD, cwd=project, stdin=given())
    record, _ = kept(project)
    text = withdraw(record.store, record.variables[0][1]).reveal()
    done = start("vault", "set", "tickets", "--plain", cwd=project, stdin=text)
    harmless(done)
    assert done.returncode == 2
