"""Killed at any step, in a process of its own: the file is the old or the new one, and no secret is lost or spilled."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rewriters.crash_child import LOGINS
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
from unsprawl.rewriters.journal import State, journals
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import undo
from unsprawl.vault import env_file

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
ROOT = Path(__file__).parents[2]
TARGETS = ("run", "reference", "env-file", "oauth")
MINE = b"# mine\nOWN=1"


def child(home: Path, action: str, target: str, kill_at: int, *paths: Path) -> tuple[int, list[str]]:
    """How the process ended, and the steps that it took."""
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [sys.executable, "-m", "tests.rewriters.crash_child", action, str(home), target, str(kill_at)]
    done = subprocess.run(
        [*words, *map(str, paths)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert not any(github(number) in done.stdout + done.stderr for number in (1, 2)), "a value was printed"
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.split("\n")[:-1]


def make_files(home: Path, target: str = "run") -> list[Path]:
    """Two files; one secret is in both of them, one file has two. Codex has a file of variables as well."""
    if target == "env-file":
        return [host_env(home).with_name(name) for name in codex_files(home)]
    return [
        write_json(home / ".cursor" / "mcp.json", {"x": env_entry(), "y": env_entry(github(2), "GITHUB_PAT")}),
        write_json(home / ".gemini" / "settings.json", {"x": env_entry()}),
    ]


def host_env(home: Path, content: bytes | None = None) -> Path:
    """The file of variables that Codex loads."""
    path = home / ".codex" / ".env"
    if content is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    return path


def codex_files(home: Path) -> tuple[str, ...]:
    """The names of the two files, written."""
    host_env(home, MINE)
    servers = {"x": ("GITHUB_TOKEN", github()), "y": ("GITHUB_PAT", github(2))}
    names = {"config.toml": "xy", "work.config.toml": "x"}
    for name, entries in names.items():
        tables = (
            f'[mcp_servers.{e}]\ncommand = "npx"\nenv = {{ {servers[e][0]} = "{servers[e][1]}" }}\n' for e in entries
        )
        (home / ".codex" / name).write_text("\n".join(tables))
    return tuple(names)


@pytest.fixture
def bench(home: Path) -> Bench:
    bench = Bench(home, stated=LOGINS)
    bench.environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return bench


def check_nothing_is_lost_or_spilled(home: Path, paths: list[Path], olds: list[bytes], *, temporary: bool) -> None:
    """Every secret can be had; outside of the configuration and the shell file none stands plain."""
    texts = b"".join(path.read_bytes() for path in paths)
    env = host_env(home)
    stored = [*stored_values(), env.read_text() if env.exists() else ""]
    for number in (1, 2):
        value = github(number)
        assert value.encode() in texts or any(value in text for text in stored), f"secret {number} is lost"
    for path, old in zip(paths, olds, strict=True):
        if path.read_bytes() != old:
            assert not any(github(number).encode() in path.read_bytes() for number in (1, 2)), "half a change"
    allowed = {*paths, env_file.path(), env} | (strays(home) if temporary else set())
    assert files_with(home, [github(1), github(2)]) <= allowed


@pytest.mark.parametrize("target", TARGETS)
def test_killed_at_any_step_of_a_migration(bench: Bench, home: Path, tmp_path: Path, target: str) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    code, steps = child(fresh, "migrate", target, -1, *make_files(fresh, target))
    assert code == 0
    assert {"journal planned", "keep reversal", "replace", "replaced", "journal done", "end"} <= set(steps)
    for position in range(len(steps)):
        shutil.rmtree(home)
        home.mkdir(mode=0o700)
        paths = make_files(home, target)
        olds = [path.read_bytes() for path in paths]

        code, seen = child(home, "migrate", target, position, *paths)

        assert code == -signal.SIGKILL, steps[position]
        assert seen == steps[:position]
        # What is written beside a file is already its new content: at most another entry's secret is in it. Beside a
        # file of variables it is the value itself, until the next start sweeps it.
        check_nothing_is_lost_or_spilled(home, paths, olds, temporary=target == "env-file")
        check_that_it_can_go_on(bench, paths, olds, target)


def check_that_it_can_go_on(bench: Bench, paths: list[Path], olds: list[bytes], target: str) -> None:
    recover()
    assert not strays(bench.home)
    check_nothing_is_lost_or_spilled(bench.home, paths, olds, temporary=False)
    assert recover() == ()
    left = [path for path in paths if bench.plan(path, target=target).steps]
    if left:
        bench.migrate(*left, target=target)
    for journal in reversed([journal for journal in journals() if journal.in_force]):
        assert {outcome.status for outcome in undo(journal)} == {"restored"}
    assert kept() == NOTHING
    assert [path.read_bytes() for path in paths] == olds
    assert target != "env-file" or host_env(bench.home).read_bytes() == MINE
    assert not strays(bench.home)


@pytest.mark.parametrize("target", TARGETS)
def test_killed_at_any_step_of_an_undo(bench: Bench, home: Path, tmp_path: Path, target: str) -> None:
    olds = [path.read_bytes() for path in make_files(home, target)]
    paths = make_files(home, target)
    code, _ = child(home, "migrate", target, -1, *paths)
    assert code == 0
    migrated = tmp_path / "migrated"
    shutil.copytree(home, migrated)
    code, steps = child(home, "undo", target, -1)
    assert code == 0
    assert {"journal undoing", "replace", "replaced", "file restored", "forget", "journal undone"} <= set(steps)
    assert [path.read_bytes() for path in paths] == olds
    for position in range(len(steps)):
        shutil.rmtree(home)
        shutil.copytree(migrated, home)

        code, seen = child(home, "undo", target, position)

        assert code == -signal.SIGKILL, steps[position]
        assert seen == steps[:position]
        check_nothing_is_lost_or_spilled(home, paths, olds, temporary=True)
        recover()
        assert not strays(home)
        check_nothing_is_lost_or_spilled(home, paths, olds, temporary=False)
        assert recover() == ()
        if last_journal().in_force:
            assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
        assert [path.read_bytes() for path in paths] == olds
        assert kept() == NOTHING
        bench.migrate(*paths, target=target)
        assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
        assert [path.read_bytes() for path in paths] == olds
        assert target != "env-file" or host_env(home).read_bytes() == MINE


def test_killed_at_any_step_with_a_file_for_each_value(bench: Bench, home: Path) -> None:
    server = {"type": "local", "command": ["npx", "x"], "environment": {"A_TOKEN": github(), "B_TOKEN": github(2)}}
    path, folder = home / ".config" / "opencode" / "opencode.json", home / ".config" / "unsprawl" / "values"

    def begin() -> bytes:
        shutil.rmtree(home)
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"mcp": {"x": server}}))
        return path.read_bytes()

    old = begin()
    code, steps = child(home, "migrate", "env-file", -1, path)
    assert code == 0
    for position in range(len(steps)):
        begin()
        code, _ = child(home, "migrate", "env-file", position, path)
        assert code == -signal.SIGKILL, steps[position]
        whole = path.read_bytes() == old
        values = {each.read_text() for each in folder.iterdir()} if folder.exists() else set()
        assert whole or values == {github(), github(2)}, steps[position]
        recover()
        if path.read_bytes() == old:
            assert not folder.exists() or not any(folder.iterdir())
        else:
            assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
            assert path.read_bytes() == old
            assert not any(folder.iterdir())
        assert not strays(home)
        assert kept() == NOTHING


def killed_before(home: Path, step: str, path: Path) -> None:
    """A migration of one file that is killed right before a step."""
    _, steps = child(home, "migrate", "run", -1, path)
    child(home, "undo", "run", -1)
    child(home, "migrate", "run", steps.index(step), path)


@pytest.mark.parametrize("step", ["replace", "replaced"])
def test_a_host_that_writes_into_the_file_after_the_crash(bench: Bench, home: Path, step: str) -> None:
    """`~/.claude.json` is rewritten all the time: the file is neither the old one nor the new one then."""
    path = write_json(home / ".claude.json", {"x": env_entry()}, numStartups=1)
    killed_before(home, step, path)
    path.write_text(path.read_text().replace('"numStartups": 1', '"numStartups": 2'))

    [*_, said] = recover()

    assert str(path) in said
    note = last_journal().files[0]
    if step == "replace":
        assert note.state is State.ROLLED_BACK
        assert kept() == NOTHING
        assert github() in path.read_text()
    else:
        assert note.state is State.DONE
        assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
        assert github() in path.read_text()
        assert '"numStartups": 2' in path.read_text()


def test_where_the_file_tells_nothing_nothing_is_forgotten(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    killed_before(home, "replaced", path)
    path.write_text("{}")
    before = kept()
    for _ in range(2):
        [said] = recover()
        assert "stays in the store" in said
        assert kept() == before
    path.unlink()
    [said] = recover()
    assert "cannot be settled now" in said
    assert kept() == before
