"""The only writer: what it refuses, what it leaves alone, and that a failure at any point leaves things as before."""

from __future__ import annotations

import base64
import codecs
import errno
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
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
    secret,
    spellings,
    strays,
    write_json,
)
from unsprawl.rewriters.apply import apply
from unsprawl.rewriters.journal import State, new_journal
from unsprawl.rewriters.operations import SetPart
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.prepare import Prepared, prepare
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.errors import NotApplied, StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import env_file, places
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.files import write_private
from unsprawl.vault.records import list_records

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX file rights")


def failed(outcomes: tuple[Outcome, ...]) -> str:
    """The reason why everything failed; it shows no secret."""
    assert {outcome.status for outcome in outcomes} == {"failed"}
    (reason,) = {outcome.reason for outcome in outcomes}
    assert github() not in reason
    return reason


def refused(bench: Bench, path: Path, plan: Plan) -> str:
    """Applies a plan that must fail, with nothing changed and nothing kept."""
    before, real = path.read_bytes(), os.path.realpath(path)
    outcomes, _ = bench.apply(plan)
    reason = failed(outcomes)
    assert (path.read_bytes(), os.path.realpath(path)) == (before, real)
    assert kept() == NOTHING
    assert not strays(bench.home)
    return reason


# --- what may be edited


@pytest.mark.parametrize("target", ["run", "reference"])
def test_it_moves(bench: Bench, cursor: Path, home: Path, target: str) -> None:
    bench.migrate(cursor, target=target)
    assert files_with(home, [github()]) <= {env_file.path()}
    assert (files_with(home, [github()]) == {env_file.path()}) == (target == "reference")


def test_a_users_own_file_may_be_a_link_into_their_dotfiles(bench: Bench, home: Path) -> None:
    real = write_json(home / "dotfiles" / "mcp.json", {"x": env_entry()})
    link = home / ".cursor" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(real)

    bench.migrate(link)

    assert link.is_symlink()
    assert github() not in real.read_text()


def test_a_projects_file_may_be_a_link_within_the_project(bench: Bench, home: Path) -> None:
    real = write_json(home / "app" / "config" / "mcp.json", {"x": env_entry()})
    (home / "app" / ".git").mkdir()
    link = home / "app" / ".mcp.json"
    link.symlink_to(real)

    bench.migrate(link)

    assert link.is_symlink()
    assert github() not in real.read_text()


@pytest.mark.parametrize("repository", [True, False])
def test_a_link_out_of_a_project_is_refused(bench: Bench, home: Path, repository: bool) -> None:
    """A hostile repository could otherwise have any JSON file of the user edited."""
    write_json(home / "private" / "other.json", {"x": env_entry()})
    (home / "private" / ".git").mkdir()
    link = home / "app" / ".mcp.json"
    link.parent.mkdir()
    if repository:
        (home / "app" / ".git").mkdir()
    link.symlink_to(home / "private" / "other.json")
    assert "is a link out of its project" in refused(bench, link, bench.plan(link))


def test_a_linked_folder_of_a_project_is_followed(bench: Bench, home: Path) -> None:
    path = write_json(home / "real" / ".mcp.json", {"x": env_entry()})
    (home / "code").symlink_to(home / "real")
    bench.migrate(home / "code" / ".mcp.json")
    assert github() not in path.read_text()


@posix
def test_hard_links_are_refused(bench: Bench, cursor: Path, home: Path) -> None:
    os.link(cursor, home / "second")
    assert "hard links" in refused(bench, cursor, bench.plan(cursor))


@posix
def test_a_write_protected_file_is_refused(bench: Bench, cursor: Path) -> None:
    cursor.chmod(0o400)
    assert "write-protected" in refused(bench, cursor, bench.plan(cursor))


@posix
def test_a_file_of_another_user_is_refused(bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = bench.plan(cursor)
    before = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: before + 1)
    with pytest.raises(NotApplied, match="belongs to another user"):
        prepare(plan.files[0])


@posix
@pytest.mark.parametrize("above", [0, 1])
def test_a_folder_that_others_may_write_into_is_refused(bench: Bench, cursor: Path, above: int) -> None:
    folder = cursor.parents[above]
    folder.chmod(0o777)
    assert f"other users may write into {folder}" in refused(bench, cursor, bench.plan(cursor))
    folder.chmod(0o1777)  # as /tmp: files of others cannot be replaced there
    bench.migrate(cursor)


@posix
def test_a_folder_in_its_place_is_refused(bench: Bench, cursor: Path) -> None:
    plan = bench.plan(cursor)
    cursor.unlink()
    cursor.mkdir()
    assert "is not a regular file" in failed(bench.apply(plan)[0])


@posix
def test_a_file_that_cannot_be_read_any_more_is_refused(
    bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = bench.plan(cursor)
    monkeypatch.setattr(os, "open", denied(os.open, errno.EACCES, cursor))
    assert "Permission denied" in failed(bench.apply(plan)[0])


def test_a_file_that_changed_since_the_plan_is_refused(bench: Bench, cursor: Path) -> None:
    plan = bench.plan(cursor)
    cursor.write_text(cursor.read_text().replace("server-x", "server-y"))
    assert "changed since it was scanned" in refused(bench, cursor, plan)


def test_a_file_that_is_gone_is_refused(bench: Bench, cursor: Path) -> None:
    plan = bench.plan(cursor)
    cursor.unlink()
    assert "No such file" in failed(bench.apply(plan)[0])


@pytest.mark.parametrize("step", ["keep reversal", "keep value", "save record", "write temporary file"])
def test_a_file_that_changes_while_it_is_worked_on_is_refused(bench: Bench, cursor: Path, step: str) -> None:
    plan = bench.plan(cursor, target="run")
    text = cursor.read_text() + "\n"

    def host(now: str) -> None:
        if now == step:
            cursor.write_text(text)

    outcomes, _ = bench.apply(plan, watch=host)

    assert "changed while it was worked on" in failed(outcomes)
    assert cursor.read_text() == text
    assert kept() == NOTHING
    assert not strays(bench.home)
    assert last_journal().files[0].state is State.ROLLED_BACK


@pytest.mark.parametrize(
    "text",
    [
        '{"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}}}',
        '{"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}}}} trailing',
        '{"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}}},\n<<<<<<< HEAD\n}',
    ],
)
def test_a_broken_file_is_never_planned(bench: Bench, cursor: Path, text: str) -> None:
    cursor.write_text(text.replace("@", github()))
    plan = bench.plan(cursor)
    assert not plan.steps
    assert all("a broken file is never edited" in refusal.reason for refusal in plan.refusals)


@pytest.mark.parametrize(
    "text",
    [
        '{"mcpServers": {"x": {"command": "a", "command": "npx", "env": {"GITHUB_TOKEN": "@"}}}}',
        '{"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}, "env": {"GITHUB_TOKEN": "@"}}}}',
        '{"mcpServers": {}, "mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}}}}',
        '{"mcpServers": {"x": {"command": "a"}, "x": {"command": "npx", "env": {"GITHUB_TOKEN": "@"}}}}',
    ],
)
def test_keys_written_twice_are_refused(bench: Bench, cursor: Path, text: str) -> None:
    cursor.write_text(text.replace("@", github()))
    plan = bench.plan(cursor)
    assert not plan.steps
    assert {refusal.reason.split(" on the way")[0] for refusal in plan.refusals} == {"a key is written twice"}


# --- what stays


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o755])
def test_mode_and_attributes_stay(bench: Bench, cursor: Path, mode: int) -> None:
    cursor.chmod(mode)
    attributes = {"user.note": b"mine"} if can_set_attributes(cursor) else {}
    bench.migrate(cursor)
    assert stat.S_IMODE(cursor.stat().st_mode) == mode
    assert {name: os.getxattr(cursor, name) for name in attributes} == attributes
    undo(last_journal())
    assert stat.S_IMODE(cursor.stat().st_mode) == mode
    assert {name: os.getxattr(cursor, name) for name in attributes} == attributes


def can_set_attributes(path: Path) -> bool:
    try:
        os.setxattr(path, "user.note", b"mine")
    except (OSError, AttributeError):
        return False
    return True


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.replace("\n", "\r\n").encode("utf-16-be"),
        lambda text: text.rstrip("\n").encode(),
        lambda text: text.replace('"GITHUB', '"é😀": "ü",\n"GITHUB').encode(),
        lambda text: json.dumps(json.loads(text)).encode(),
    ],
    ids=["bom", "crlf", "utf-16-le", "utf-16-be-crlf", "no-final-newline", "non-ascii", "one-line"],
)
@pytest.mark.parametrize("target", ["run", "reference"])
def test_spelling_of_the_file_stays(bench: Bench, cursor: Path, spelled: Callable[[str], bytes], target: str) -> None:
    before = spelled(cursor.read_text())
    cursor.write_bytes(before)

    bench.migrate(cursor, target=target)

    after = cursor.read_bytes()
    assert after[:3] == before[:3]
    assert after.endswith(before[-2:])
    assert not any(form in after for form in spellings(github()))
    if target == "reference":
        wide = (
            "utf-16-le"
            if before[:2] == codecs.BOM_UTF16_LE
            else "utf-16-be"
            if before[:2] == codecs.BOM_UTF16_BE
            else ""
        )
        as_written = (lambda text: text.encode(wide)) if wide else str.encode
        assert after == before.replace(as_written(github()), as_written("${env:GITHUB_TOKEN}"))
    undo(last_journal())
    assert cursor.read_bytes() == before


# --- names


def test_one_secret_in_several_files_keeps_one_variable(bench: Bench, home: Path) -> None:
    paths = [
        write_json(home / ".cursor" / "mcp.json", {"x": env_entry()}),
        write_json(home / ".claude.json", {"x": env_entry(), "y": env_entry()}),
        write_json(home / ".gemini" / "settings.json", {"x": env_entry()}),
    ]
    bench.migrate(*paths, target="reference")
    assert env_file.names() == ("GITHUB_TOKEN",)
    assert [path.read_text().count("GITHUB_TOKEN}") for path in paths] == [1, 2, 1]


def test_a_name_that_stands_for_another_value_is_not_taken(bench: Bench, home: Path) -> None:
    bench.environ["GITHUB_TOKEN"] = "".join(["something", " else"])
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="reference")
    assert env_file.names() == ("X_GITHUB_TOKEN",)


def test_an_exported_variable_of_the_same_value_is_taken(bench: Bench, home: Path) -> None:
    bench.environ["GITHUB_TOKEN"] = github()
    path = write_json(home / ".claude.json", {"x": env_entry()})
    bench.migrate(path, target="reference")
    assert env_file.names() == ("GITHUB_TOKEN",)


def test_names_of_earlier_migrations_are_respected(bench: Bench, home: Path) -> None:
    bench.migrate(write_json(home / ".claude.json", {"x": env_entry()}), target="reference")
    second = write_json(home / ".gemini" / "settings.json", {"x": env_entry(github(2))})
    third = write_json(home / ".copilot" / "mcp-config.json", {"x": env_entry()})
    bench.migrate(second, third, target="reference")
    assert env_file.names() == ("GITHUB_TOKEN", "X_GITHUB_TOKEN")
    assert "${X_GITHUB_TOKEN}" in second.read_text()
    assert "${GITHUB_TOKEN}" in third.read_text()


def test_a_variable_that_got_another_value_since_the_plan_is_refused(bench: Bench, home: Path) -> None:
    path = write_json(home / ".claude.json", {"x": env_entry()})
    plan = bench.plan(path, target="reference")
    env_file.set_variable("GITHUB_TOKEN", Secret("other"))
    outcomes, _ = bench.apply(plan)
    assert "stands for another value already" in failed(outcomes)
    assert kept() == (set(), set(), {"GITHUB_TOKEN"})


def test_two_files_of_one_project_get_a_record_each(bench: Bench, home: Path) -> None:
    app = home / "app"
    (app / ".git").mkdir(parents=True)
    first = write_json(app / ".mcp.json", {"github": env_entry()})
    second = write_json(app / ".vscode" / "mcp.json", {"github": env_entry(github(2))}, key="servers")
    bench.migrate(first, second, target="run")
    assert kept()[1] == {"github", "github-2"}
    third = write_json(app / ".github" / "mcp.json", {"github": env_entry(github(3))})
    bench.migrate(third, target="run")
    assert kept()[1] == {"github", "github-2", "github-3"}


def test_two_entries_of_one_file_move_together(bench: Bench, home: Path) -> None:
    path = write_json(
        home / ".cursor" / "mcp.json", {"x": env_entry(), "plain": {"command": "a"}, "y": env_entry(github(2))}
    )
    before = path.read_bytes()
    journal = bench.migrate(path, target="run")
    assert [entry.entry for entry in journal.files[0].entries] == ["x", "y"]
    undo(last_journal())
    assert path.read_bytes() == before


def test_an_entry_that_was_left_out_keeps_its_secret(bench: Bench, home: Path) -> None:
    remote = {"url": "https://api.example.com/mcp", "oauth": {"clientSecret": github(2)}}
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry(), "remote": remote})
    before = path.read_bytes()
    plan = bench.plan(path, target="run")
    outcomes, _ = bench.apply(plan)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert github() not in path.read_text()
    assert github(2) in path.read_text()
    undo(last_journal())
    assert path.read_bytes() == before


# --- failures


def test_one_file_that_fails_does_not_stop_the_others(bench: Bench, home: Path) -> None:
    paths = [
        write_json(home / folder / name, {"x": env_entry(github(number))})
        for number, (folder, name) in enumerate(
            [(".cursor", "mcp.json"), (".gemini", "settings.json"), ("", ".claude.json")]
        )
    ]
    plan = bench.plan(*paths, target="run")
    paths[1].write_text(paths[1].read_text() + " ")
    told: list[Outcome] = []

    outcomes, journal = bench.apply(plan)

    assert [outcome.status for outcome in outcomes] == ["done", "failed", "done"]
    assert [github(number) in path.read_text() for number, path in enumerate(paths)] == [False, True, False]
    assert [note.state for note in journal.files] == [State.DONE, State.DONE]
    assert not told
    assert len(kept()[1]) == 2


class Disk:
    """Calls of one function, of which the n-th one fails as on a full disk; later ones work again, or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, fails_at: int, *, stays_full: bool) -> None:
        self.calls, self.fails_at, self.stays_full = 0, fails_at, stays_full
        if name == "write":
            fdopen = os.fdopen
            monkeypatch.setattr(os, "fdopen", lambda *args, **named: Written(fdopen(*args, **named), self))
            return
        real: Callable[..., Any] = getattr(os, name)

        def call(*args: Any, **named: Any) -> Any:
            self.use()
            return real(*args, **named)

        monkeypatch.setattr(os, name, call)

    def use(self) -> None:
        self.calls += 1
        if self.calls == self.fails_at or (self.stays_full and self.calls > self.fails_at):
            raise OSError(errno.ENOSPC, "No space left on device")


class Written:
    """A file on that disk; half of what does not fit is written."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self.file, self.disk = file, disk

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, content: bytes) -> int:
        try:
            self.disk.use()
        except OSError:
            self.file.write(content[: len(content) // 2])
            raise
        return int(self.file.write(content))


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("stays_full", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("call", ["fsync", "replace", "open", "write", "link"])
def test_a_full_disk_leaves_everything_as_before(
    bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch, call: str, stays_full: bool, target: str
) -> None:
    """Fails at the first call, then at the second, and so on, until a run gets through."""
    before = cursor.read_bytes()
    AgeStore().probe()  # makes the keys, which stay
    point = 0
    while True:
        point += 1
        plan = bench.plan(cursor, target=target)
        with monkeypatch.context() as patched:
            disk = Disk(patched, call, point, stays_full=stays_full)
            outcomes, _ = bench.apply(plan)
            got_through = disk.calls < point
        recovered = recover() if stays_full else ()
        if [outcome.status for outcome in outcomes] == ["done"]:
            assert cursor.read_bytes() != before
            recover()
            assert {outcome.status for outcome in undo(last_journal())} == {"restored"}, (point, recovered)
        else:
            failed(outcomes)
        assert cursor.read_bytes() == before
        assert kept() == NOTHING, f"{call} {point}"
        assert not strays(bench.home)
        if got_through:
            break
    assert point > 3 or call == "link"


def test_a_folder_that_cannot_be_synced_is_no_failure(
    bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the replacement nothing may be forgotten any more: the file's only copy of the value is gone."""
    monkeypatch.setattr(os, "open", denied(os.open, errno.EMFILE, cursor.parent))
    bench.migrate(cursor, target="run")
    assert kept()[1]


def denied(real: Callable[..., Any], code: int, path: Path) -> Callable[..., Any]:
    """A function that fails for one path."""

    def call(asked: Any, *args: Any, **named: Any) -> Any:
        if isinstance(asked, (str, os.PathLike)) and os.fspath(asked) == str(path):
            raise OSError(code, os.strerror(code))
        return real(asked, *args, **named)

    return call


def steps_of(bench: Bench, path: Path, target: str) -> list[str]:
    """The steps that a migration of `path` takes; it is taken back afterwards."""
    steps: list[str] = []
    bench.apply(bench.plan(path, target=target), watch=steps.append)
    undo(last_journal())
    return steps


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("target", ["run", "reference"])
def test_an_interruption_at_any_step_loses_nothing(
    bench: Bench, cursor: Path, target: str, kind: type[BaseException]
) -> None:
    before = cursor.read_bytes()
    for position, step in enumerate(steps_of(bench, cursor, target)):
        seen: list[str] = []

        def interrupt(now: str, seen: list[str] = seen, position: int = position) -> None:
            seen.append(now)
            if len(seen) == position + 1:
                raise kind

        with pytest.raises(kind):
            bench.apply(bench.plan(cursor, target=target), watch=interrupt)
        recover()
        if cursor.read_bytes() != before:
            assert {outcome.status for outcome in undo(last_journal())} == {"restored"}, step
        assert cursor.read_bytes() == before
        assert kept() == NOTHING, step
        assert not strays(bench.home)


class Forgetful(AgeStore):
    """A store that loses, changes or refuses what it is given."""

    def __init__(self, how: str) -> None:
        self.how = how

    def put(self, item: str, secret: Secret) -> None:
        if self.how == "refuses":
            raise VaultError("locked")
        if self.how == "changes":
            secret = Secret(secret.reveal() + "x")
        if self.how != "loses":
            super().put(item, secret)


@pytest.mark.parametrize("how", ["loses", "changes", "refuses"])
@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_store_that_does_not_keep_is_refused(bench: Bench, cursor: Path, how: str, target: str) -> None:
    before = cursor.read_bytes()
    outcomes, _ = bench.apply(bench.plan(cursor, target=target), store=Forgetful(how))
    failed(outcomes)
    assert cursor.read_bytes() == before
    assert kept() == NOTHING


class Small(AgeStore):
    """A keyring that takes only short texts."""

    id = "keyring"

    def put(self, item: str, secret: Secret) -> None:
        if len(secret.reveal()) > 100:
            raise StoreUnavailable("too large")
        super().put(item, secret)


def test_a_keyring_that_is_too_small_gives_way_to_the_file_vault(bench: Bench, cursor: Path) -> None:
    before = cursor.read_bytes()
    outcomes, journal = bench.apply(bench.plan(cursor, target="run"), store=Small())
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert [note.store for note in journal.files] == [AgeStore.id]
    assert [record.store for record in list_records()] == [AgeStore.id]
    undo(last_journal())
    assert cursor.read_bytes() == before
    assert kept() == NOTHING


@pytest.mark.parametrize("target", ["run", "reference"])
def test_no_other_store_takes_the_place_of_a_named_one(bench: Bench, cursor: Path, target: str) -> None:
    before = cursor.read_bytes()
    plan = bench.plan(cursor, target=target)
    [outcome] = apply(plan, journal := new_journal(), Small(), bench.around, named=True)
    assert (outcome.status, outcome.reason) == ("failed", "too large")
    assert cursor.read_bytes() == before
    assert kept() == NOTHING
    assert {note.store for note in journal.files} == {"keyring"}


def test_a_value_that_no_store_can_hold_is_refused(bench: Bench, home: Path) -> None:
    value = secret("PASSWORD").replace("$", "\0")
    path = write_json(home / ".cursor" / "mcp.json", {"x": env_entry(value, "DB_PASSWORD")})
    plan = bench.plan(path, target="run")
    assert plan.steps
    assert refused(bench, path, plan)


# --- what is written down


def test_the_journal_holds_no_secret(bench: Bench, home: Path) -> None:
    value = secret("PASSWORD") + '"\\/é'
    entries: dict[str, object] = {"x": env_entry(), "y": env_entry(value, "DB_PASSWORD"), "z": env_entry(github(2))}
    paths = [write_json(home / ".cursor" / "mcp.json", entries), write_json(home / ".claude.json", {"x": env_entry()})]
    bench.migrate(paths[0], target="run")
    bench.migrate(paths[1], target="reference")

    folder = places.data_dir()
    assert (folder / "journal").is_dir()
    assert not files_with(folder, [github(), github(2), value])
    whole = b"".join(path.read_bytes() for path in (folder / "journal").iterdir())
    assert base64.b64encode(github().encode())[:20] not in whole
    for path in (folder / "journal").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_in_a_plan_shows_a_value(bench: Bench, cursor: Path) -> None:
    plan = bench.plan(cursor)
    ready = prepare(plan.files[0])
    assert isinstance(ready, Prepared)
    for thing in (plan, ready, ready.rewritten, ready.inverse, *plan.steps, *plan.files):
        assert github() not in repr(thing)
        assert github() not in str(thing)


def test_what_is_left_behind_is_found_before_anything_is_written(bench: Bench, cursor: Path) -> None:
    """The changed text is scanned again in memory: an entry that was to be clean must be clean."""
    plan = bench.plan(cursor, target="reference")
    [file], [step] = plan.files, plan.steps
    [operation] = step.operations
    assert isinstance(operation, SetPart)
    worse = replace(step, operations=(replace(operation, text=github(2)),))
    assert "a secret would be left" in refused(bench, cursor, Plan((replace(file, steps=(worse,)),), ()))


def test_a_temporary_file_of_somebody_else_is_not_touched(bench: Bench, cursor: Path) -> None:
    other = cursor.parent / ".unsprawl-mine.tmp"
    write_private(other, b"mine")
    bench.migrate(cursor)
    assert other.read_bytes() == b"mine"
