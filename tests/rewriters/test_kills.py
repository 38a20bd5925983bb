"""Killed at random moments: files are old or new, no secret is lost, and the next run finishes what was begun.

300 of them where external programs are tested too, fewer elsewhere, since each writes its files to the disk for sure.
`UNSPRAWL_KILLS` sets another number, `UNSPRAWL_KILL_SEED` other moments. A failure names its round, which can be run
again alone: each has a seed of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.rewriters.support import (
    NOTHING,
    Bench,
    env_entry,
    files_with,
    kept,
    last_journal,
    secret,
    strays,
    write_json,
)
from unsprawl.rewriters.journal import journals
from unsprawl.rewriters.lock import exclusive
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.errors import SecretMissing
from unsprawl.vault import env_file, keyring_store, places
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.stores import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL")

KILLS = int(os.environ.get("UNSPRAWL_KILLS", "300" if os.environ.get("UNSPRAWL_EXTERNAL") == "1" else "30"))
SEED = os.environ.get("UNSPRAWL_KILL_SEED", "1")
VALUES = [secret("GITHUB", 1), secret("GITHUB", 2), secret("GITLAB"), secret("SLACK"), secret("PASSWORD")]


class FolderKeyring:
    """A stand-in for a system's keyring: another program keeps the texts, in no folder of this user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def get(self, service: str, username: str) -> str:
        try:
            return (self.folder / username).read_text("utf-8")
        except FileNotFoundError:
            raise SecretMissing("no such item") from None

    def set(self, service: str, username: str, text: str) -> None:
        beside = self.folder / f"{username}.new"
        beside.write_text(text, "utf-8")
        beside.replace(self.folder / username)

    def delete(self, service: str, username: str) -> bool:
        there = (self.folder / username).exists()
        (self.folder / username).unlink(missing_ok=True)
        return there

    def texts(self) -> list[str]:
        return [path.read_text("utf-8") for path in self.folder.iterdir() if path.suffix != ".new"]


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what lies about is a killed run's, however young."""
    monkeypatch.setattr("unsprawl.rewriters.recover._WRITING_TAKES_S", 0)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where whoever asks the system for a temporary file gets it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderKeyring:
    made = FolderKeyring(tmp_path / "keyring")
    monkeypatch.setattr(keyring_store, "system_backend", lambda: made)
    return made


class Machine:
    """A home with files of several hosts, and a store."""

    def __init__(self, home: Path, keyring: FolderKeyring, store: Store) -> None:
        self.keyring, self.store = keyring, store
        shutil.rmtree(home)
        home.mkdir(mode=0o700)
        shutil.rmtree(keyring.folder)
        keyring.folder.mkdir()
        self.bench = Bench(home, environ={"HOME": str(home), "PATH": os.environ["PATH"]})
        (home / "app" / ".git").mkdir(parents=True)
        codex = home / ".codex" / "config.toml"
        codex.parent.mkdir()
        codex.write_text(f'# mine\n[mcp_servers.z]\ncommand = "npx" # z\nenv = {{ SLACK_BOT_TOKEN = "{VALUES[3]}" }}\n')
        self.paths = [
            write_json(home / ".cursor" / "mcp.json", {"x": env_entry(VALUES[0]), "y": env_entry(VALUES[1])}),
            write_json(home / ".claude.json", {"x": env_entry(VALUES[0]), "g": env_entry(VALUES[2], "GITLAB_TOKEN")}),
            codex,
            write_json(home / "app" / ".mcp.json", {"d": env_entry(VALUES[4], "DB_PASSWORD")}),
        ]  # fmt: skip
        self.olds = [path.read_bytes() for path in self.paths]

    def migrate(self, random: Random) -> None:
        """What the command does: settle, plan, apply; a target for each file."""
        with exclusive():
            recover()
            for path in random.sample(self.paths, len(self.paths)):
                self.bench.apply(self.bench.plan(path, target=random.choice(["run", "reference"])), store=self.store)

    def undo(self) -> None:
        with exclusive():
            recover()
            for journal in reversed([journal for journal in journals() if journal.in_force]):
                undo(journal)

    def check(self, *, temporary: bool) -> None:
        """Old or new, nothing lost, nothing spilled. `temporary`: what a killed run left lies there still."""
        plain = [path for path, old in zip(self.paths, self.olds, strict=True) if path.read_bytes() == old]
        for path in set(self.paths) - set(plain):
            text = path.read_text("utf-8")
            assert not any(value in text for value in VALUES), f"half a change in {path.name}"
            assert text.endswith("\n"), f"half of {path.name}"
            assert path.suffix != ".json" or json.loads(text)
        stored = self.stored()
        standing = b"".join(path.read_bytes() for path in plain)
        for value in VALUES:
            assert value.encode() in standing or any(value in text for text in stored), "a secret is lost"
        allowed = {*plain, env_file.path()} | (strays(self.bench.home) if temporary else set())
        assert files_with(self.bench.home, VALUES) <= allowed
        assert not files_with(Path(tempfile.gettempdir()), VALUES)

    def stored(self) -> list[str]:
        items = places.items_dir().glob("*.age") if places.items_dir().is_dir() else ()
        texts = [AgeStore().get(path.stem).reveal() for path in items] + self.keyring.texts()
        return texts + [text.reveal() for name in env_file.names() if (text := env_file.get_variable(name))]


def killed(work: Callable[[], None], after_s: float, output: Path) -> bool:
    """Do the work in a process of its own, killed after that time; False when it was done before."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            work()
            code = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}\n".encode())
        finally:
            os._exit(code)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"it ended by itself: {output.read_text()}"
    return status != 0


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_random_kills(home: Path, keyring: FolderKeyring, tmp_path: Path) -> None:
    output = tmp_path / "said"
    machine = Machine(home, keyring, AgeStore())
    machine.migrate(Random(0))  # what is imported at first use is imported
    began = time.monotonic()
    machine.undo()
    takes_s = time.monotonic() - began
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        random = Random(f"{SEED}/{rounds}")
        try:
            kills += one_round(home, keyring, output, random, takes_s)
        except Exception as error:
            raise AssertionError(f"round {rounds} of seed {SEED}") from error
    assert not output.exists() or not any(value in output.read_text() for value in VALUES)
    print(f"{kills} kills in {rounds} rounds", file=sys.stderr)


def one_round(home: Path, keyring: FolderKeyring, output: Path, random: Random, takes_s: float) -> int:
    """Up to three processes, one after the other, that are killed; then all must come to a good end."""
    stores: list[Store] = [AgeStore(), KeyringStore()]
    machine = Machine(home, keyring, random.choice(stores))
    if random.random() < 0.4:
        machine.migrate(random)
    kills = 0
    for _ in range(random.randint(1, 3)):
        work = random.choice([machine.undo, lambda: machine.migrate(random)])
        kills += killed(work, random.uniform(0, 1.2 * takes_s), output)
        machine.check(temporary=True)
    with exclusive():
        recover()
        assert not strays(home)
        machine.check(temporary=False)
        assert recover() == ()
    machine.undo()
    assert [path.read_bytes() for path in machine.paths] == machine.olds
    assert kept() == NOTHING
    assert keyring.texts() == []
    return kills


def test_the_rounds_do_something(home: Path, keyring: FolderKeyring) -> None:
    """Undisturbed, all of a machine's files move, and come back."""
    machine = Machine(home, keyring, KeyringStore())
    machine.migrate(Random(3))
    assert all(path.read_bytes() != old for path, old in zip(machine.paths, machine.olds, strict=True))
    machine.check(temporary=False)
    assert last_journal().in_force
    machine.undo()
    assert [path.read_bytes() for path in machine.paths] == machine.olds
    assert kept() == NOTHING
    assert keyring.texts() == []
