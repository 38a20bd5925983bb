"""Owners, access lists, labels, folders, mounts, full disks: a file keeps all that it had, or is refused in words.

Mounts are made in a name space of the test's own, which most Linux machines allow everyone.
"""

from __future__ import annotations

import os
import shutil
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rewriters.support import (
    NOTHING,
    Bench,
    env_entry,
    files_with,
    github,
    kept,
    last_journal,
    strays,
    write_json,
)
from unsprawl.rewriters import attributes, replace_file
from unsprawl.rewriters.editable import _from_outside, editable
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.errors import NotApplied
from unsprawl.vault import env_file
from unsprawl.vault.age_store import AgeStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX file rights")
root_only = pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root may give files away")
ROOT = Path(__file__).parents[2]
SOMEBODY = 12345


def refused(bench: Bench, path: Path, *, target: str = "run") -> str:
    """The reason why a file was not migrated; it is as before and nothing was kept."""
    before = path.read_bytes()
    outcomes, _ = bench.apply(bench.plan(path, target=target))
    [outcome] = outcomes
    assert outcome.status == "failed", outcome
    assert path.read_bytes() == before
    assert kept() == NOTHING
    assert not strays(bench.home)
    return outcome.reason


def there_and_back(bench: Bench, path: Path, facts: Callable[[], object]) -> None:
    """Migrates and takes back; the facts are the same all along."""
    before = facts(), path.read_bytes()
    bench.migrate(path, target="run")
    assert facts() == before[0]
    undo(last_journal())
    assert (facts(), path.read_bytes()) == before
    assert kept() == NOTHING


# --- access lists and attributes


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """An access list as Linux keeps it: (tag, rights, who)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


NOBODY_IN_PARTICULAR = 0xFFFFFFFF
READABLE_BY_SOMEBODY = access_list(
    (1, 6, NOBODY_IN_PARTICULAR),
    (2, 4, SOMEBODY),
    (4, 0, NOBODY_IN_PARTICULAR),
    (0x10, 4, NOBODY_IN_PARTICULAR),
    (0x20, 0, NOBODY_IN_PARTICULAR),
)


def set_attribute(path: Path, name: str, value: bytes) -> None:
    """Skips where the file system does not have such things."""
    if not hasattr(os, "setxattr"):
        pytest.skip("no extended attributes")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"{name}: {error.strerror}")


def attributes_of(path: Path) -> dict[str, bytes]:
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("user.note", b"mine"),
        ("user.empty", b""),
        ("system.posix_acl_access", READABLE_BY_SOMEBODY),
        ("security.selinux", b"unconfined_u:object_r:user_home_t:s0\0"),
        ("trusted.backup", b"3"),
    ],
)
def test_an_attribute_stays(bench: Bench, cursor: Path, name: str, value: bytes) -> None:
    set_attribute(cursor, name, value)
    there_and_back(bench, cursor, lambda: (attributes_of(cursor), stat.S_IMODE(cursor.stat().st_mode)))


def test_the_access_list_of_the_folder_does_not_open_the_new_file(bench: Bench, cursor: Path) -> None:
    """Every new file in the folder is born with it; this one was there before."""
    cursor.chmod(0o640)
    set_attribute(cursor.parent, "system.posix_acl_default", READABLE_BY_SOMEBODY)
    there_and_back(bench, cursor, lambda: (attributes_of(cursor), stat.S_IMODE(cursor.stat().st_mode)))
    assert "system.posix_acl_access" not in attributes_of(cursor)


@pytest.mark.skipif(not hasattr(os, "listxattr"), reason="no extended attributes")
def test_an_attribute_that_would_be_lost(bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a label that only the administrator may give."""
    set_attribute(cursor, "user.label", b"secret")

    def denied(*args: object, **named: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", denied)
    assert "its user.label cannot be given to a new file (Operation not permitted)" in refused(bench, cursor)


@pytest.mark.skipif(not hasattr(os, "listxattr"), reason="no extended attributes")
def test_a_label_that_the_new_file_has_already_need_not_be_given(
    bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = {"security.selinux": b"unconfined_u:object_r:user_home_t:s0\0"}
    monkeypatch.setattr(os, "listxattr", lambda path: list(label))
    monkeypatch.setattr(os, "getxattr", lambda path, name: label[name])
    monkeypatch.setattr(os, "setxattr", None)
    bench.migrate(cursor)


# --- owners, groups, folders


@root_only
def test_a_file_of_another_user_under_sudo(bench: Bench, cursor: Path) -> None:
    os.chown(cursor, SOMEBODY, SOMEBODY)
    assert "belongs to another user. Let its owner do it." in refused(bench, cursor)


@root_only
@pytest.mark.parametrize("above", [0, 1])
def test_a_folder_of_another_user(bench: Bench, cursor: Path, above: int) -> None:
    """Its owner could exchange the file, whatever its mode says of others."""
    os.chown(cursor.parents[above], SOMEBODY, 0)
    try:
        assert f"{cursor.parents[above]} belongs to another user" in refused(bench, cursor)
    finally:
        os.chown(cursor.parents[above], 0, 0)


@root_only
def test_a_group_stays(bench: Bench, cursor: Path) -> None:
    os.chown(cursor, 0, SOMEBODY)
    cursor.chmod(0o640)
    there_and_back(bench, cursor, lambda: (cursor.stat().st_gid, stat.S_IMODE(cursor.stat().st_mode)))


@root_only
def test_a_folder_that_gives_its_group_to_new_files(bench: Bench, cursor: Path) -> None:
    os.chown(cursor.parent, 0, SOMEBODY)
    cursor.parent.chmod(0o2755)
    there_and_back(bench, cursor, lambda: (cursor.stat().st_gid, stat.S_IMODE(cursor.stat().st_mode)))
    assert cursor.stat().st_gid == 0


@root_only
@pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv")
def test_a_group_that_one_is_not_in(home: Path, cursor: Path) -> None:
    """Without root's rights a file cannot be given to it."""
    os.chown(cursor, 0, SOMEBODY)
    ended = child(home, "migrate", "run", cursor, before=without_rights())
    assert "belongs to a group that you are not in" in ended.stderr
    assert cursor.stat().st_gid == SOMEBODY
    assert github() in cursor.read_text()
    assert kept() == NOTHING
    assert not strays(home)


@pytest.mark.parametrize("mode", [0o400, 0o444, 0o040])
def test_a_write_protected_file_in_a_writable_folder(bench: Bench, cursor: Path, mode: int) -> None:
    """A new file in its place could be written, but somebody wanted that nobody does."""
    plan = bench.plan(cursor)
    cursor.chmod(mode)
    outcomes, _ = bench.apply(plan)
    assert "write-protected" in outcomes[0].reason
    assert kept() == NOTHING


@pytest.mark.skipif(not shutil.which("setpriv") and os.geteuid() == 0, reason="no setpriv")
def test_a_writable_file_in_a_write_protected_folder(home: Path, cursor: Path) -> None:
    cursor.parent.chmod(0o555)
    try:
        ended = child(home, "migrate", "run", cursor, before=without_rights())
    finally:
        cursor.parent.chmod(0o755)
    assert "Permission denied" in ended.stderr
    assert github() in cursor.read_text()
    assert kept() == NOTHING
    assert not strays(home)


@root_only
@pytest.mark.skipif(not shutil.which("chattr"), reason="no chattr")
@pytest.mark.parametrize("flag", ["i", "a"])
def test_a_file_that_is_locked(bench: Bench, cursor: Path, flag: str) -> None:
    if subprocess.run(["chattr", f"+{flag}", cursor], capture_output=True, check=False).returncode:
        pytest.skip("this file system locks no files")
    try:
        assert "Operation not permitted. It may be protected" in refused(bench, cursor)
    finally:
        subprocess.run(["chattr", f"-{flag}", cursor], check=True)


def test_a_container_shows_the_owners_of_the_machine_around_it_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    real = open
    files = {"/proc/sys/kernel/overflowuid": "65534\n", "/proc/self/uid_map": "0 1000 1\n1 100000 65533\n"}

    def fake(path: str, **named: str) -> object:
        given = Path(os.environ["HOME"], "given")
        given.write_text(files[path])
        return real(given, **named)

    monkeypatch.setattr("builtins.open", fake)
    _from_outside.cache_clear()
    assert _from_outside(65534)
    assert not _from_outside(1)
    _from_outside.cache_clear()
    files["/proc/self/uid_map"] = "0 0 4294967295\n"
    assert not _from_outside(65534)
    _from_outside.cache_clear()


# --- links


def test_a_link_to_itself(home: Path) -> None:
    (home / "a").symlink_to(home / "b")
    (home / "b").symlink_to(home / "a")
    with pytest.raises(NotApplied, match=r"leads to itself|symbolic links"):
        editable(str(home / "a"), None)


def test_a_link_to_nothing(home: Path) -> None:
    (home / "a").symlink_to(home / "b")
    with pytest.raises(NotApplied, match="No such file"):
        editable(str(home / "a"), None)


def test_a_link_over_two_more_links_into_a_dotfiles_repository(bench: Bench, home: Path) -> None:
    real = write_json(home / "dotfiles" / "cursor" / "mcp.json", {"x": env_entry()})
    (home / "dotfiles" / ".git").mkdir()
    (home / "current").symlink_to(home / "dotfiles")
    (home / ".cursor").symlink_to("current/cursor")
    path = home / ".cursor" / "mcp.json"
    before = real.read_bytes()
    bench.migrate(path, target="run")
    assert github() not in real.read_text()
    assert (home / ".cursor").is_symlink()
    undo(last_journal())
    assert real.read_bytes() == before


def test_a_link_that_others_may_exchange(bench: Bench, home: Path) -> None:
    """The real file is in a safe folder, but others choose which file that is."""
    real = write_json(home / "dotfiles" / "mcp.json", {"x": env_entry()})
    link = home / ".cursor" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(real)
    link.parent.chmod(0o777)
    assert f"other users may write into {link.parent}" in refused(bench, link)


@pytest.mark.parametrize("step", ["keep reversal", "create temporary file", "compare once more"])
def test_a_folder_that_is_exchanged_for_a_link(bench: Bench, home: Path, step: str) -> None:
    """What lies behind the link looks the same, and must not be touched."""
    app, other = home / "app", home / "other"
    (app / ".git").mkdir(parents=True)
    path = write_json(app / ".cursor" / "mcp.json", {"x": env_entry()})
    shutil.copytree(app / ".cursor", other)

    def exchange(now: str) -> None:
        if now == step:
            (app / ".cursor").rename(app / "away")
            (app / ".cursor").symlink_to(other)

    before = path.read_bytes()
    outcomes, _ = bench.apply(bench.plan(path), watch=exchange)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert (other / "mcp.json").read_bytes() == before
    assert (app / "away" / "mcp.json").read_bytes() == before
    assert kept() == NOTHING
    recover()
    # Where it was made the temporary file can only be found by its old name; it holds none of the moved values.
    assert {path.parent for path in strays(home)} <= {app / "away"}


@pytest.mark.parametrize("step", ["journal planned", "compare once more"])
def test_a_file_that_is_exchanged_for_a_link(bench: Bench, cursor: Path, home: Path, step: str) -> None:
    other = home / "other.json"
    other.write_bytes(cursor.read_bytes())

    def exchange(now: str) -> None:
        if now == step:
            cursor.unlink()
            cursor.symlink_to(other)

    outcomes, _ = bench.apply(bench.plan(cursor), watch=exchange)
    assert [outcome.status for outcome in outcomes] == ["failed"]
    assert cursor.is_symlink()
    assert github() in other.read_text()
    assert kept() == NOTHING
    assert not strays(home)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_takes_the_files_place_is_not_opened(bench: Bench, cursor: Path, make: Callable[[Path], None]) -> None:
    """A pipe would be waited for, for ever: while it is migrated, when a killed run is settled, at undo."""
    bench.migrate(cursor, target="run")
    cursor.unlink()
    make(cursor)
    [outcome] = undo(last_journal())
    assert "is not a regular file" in outcome.reason
    journal = last_journal()
    journal.files[0].state = type(journal.files[0].state).PLANNED
    journal.save()
    [said] = recover()
    assert "cannot be settled now" in said
    with pytest.raises(NotApplied, match=r"not a regular file|Is a directory"):
        replace_file.read_whole(str(cursor))


def test_rights_that_change_while_the_file_is_worked_on(bench: Bench, cursor: Path) -> None:
    """Closed to others in the last moment: it must not be opened again."""
    outcomes, _ = bench.apply(
        bench.plan(cursor), watch=lambda step: cursor.chmod(0o600) if step == "compare once more" else None
    )
    assert "changed while it was worked on" in outcomes[0].reason
    assert stat.S_IMODE(cursor.stat().st_mode) == 0o600


def test_the_temporary_file_is_closed_to_others_from_birth(
    bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    really = attributes.carry_over

    def look(descriptor: int, real: str, facts: os.stat_result) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        really(descriptor, real, facts)

    monkeypatch.setattr(replace_file, "carry_over", look)
    umask = os.umask(0)
    try:
        bench.migrate(cursor)
        undo(last_journal())
    finally:
        os.umask(umask)
    assert seen == [0o600, 0o600]


def test_a_second_file_of_a_run_is_swept_though_the_first_was_refused(bench: Bench, home: Path, cursor: Path) -> None:
    """The temporary file has the journal's number, not the plan's."""
    second = write_json(home / ".gemini" / "settings.json", {"x": env_entry()})
    plan = bench.plan(cursor, second, target="run")
    first = Path(plan.files[0].examined.file.path)
    first.chmod(0o400)

    def killed(step: str) -> None:
        if step == "replace":
            [left] = strays(home)
            copies.append((left, left.read_bytes()))
            raise KeyboardInterrupt

    copies: list[tuple[Path, bytes]] = []
    with pytest.raises(KeyboardInterrupt):
        bench.apply(plan, watch=killed)
    [(left, content)] = copies
    assert left.parent in {cursor.parent, second.parent} - {first.parent}
    left.write_bytes(content)  # whoever is killed does not tidy up
    recover()
    assert not left.exists()


# --- mounts and full disks


class Ended:
    """How a child ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.steps, self.stderr = done.returncode, done.stdout.split(), done.stderr
        assert github() not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr


def child(home: Path, action: str, target: str, *paths: Path, before: str = "") -> Ended:
    """A migration in a process of its own; `before`: shell words in front of it."""
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [sys.executable, "-m", "tests.rewriters.crash_child", action, str(home), target, "-1", *map(str, paths)]
    done = subprocess.run(
        ["sh", "-c", f'{before or "exec"} "$@"', "sh", *words],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ended(done)


def without_rights() -> str:
    """Root may do everything; without its rights it is a user as others are."""
    return "exec setpriv --bounding-set=-all --inh-caps=-all" if os.geteuid() == 0 else "exec"


@pytest.fixture(scope="session")
def name_space() -> str:
    """Shell words that run what follows where mounts are nobody else's."""
    words = "unshare --map-root-user --mount sh -e -c"
    tried = subprocess.run(
        [*words.split(), "mount -t tmpfs none /mnt"], capture_output=True, check=False
    ) if shutil.which("unshare") else None  # fmt: skip
    if tried is None or tried.returncode:
        pytest.skip("no mounts without being root")
    return words


def mounted(name_space: str, *commands: str) -> str:
    """What comes before a child that shall find these mounts."""
    return f"exec {name_space} '{'; '.join(commands)}; exec \"$@\"' sh"


def test_a_file_that_is_mounted_by_itself(home: Path, cursor: Path, name_space: str) -> None:
    """As in containers: no other file can be put in its place."""
    elsewhere = home / "elsewhere.json"
    shutil.copy(cursor, elsewhere)
    before = mounted(name_space, f"mount --bind {elsewhere} {cursor}")
    ended = child(home, "migrate", "run", cursor, before=before)
    assert "It is mounted by itself" in ended.stderr
    assert github() in cursor.read_text()
    assert github() in elsewhere.read_text()
    assert kept() == NOTHING
    assert not strays(home)


def test_a_live_file_that_is_mounted_by_itself(home: Path, name_space: str) -> None:
    state = write_json(home / ".claude.json", {"x": env_entry()})
    shutil.copy(state, home / "elsewhere.json")
    before = mounted(name_space, f"mount --bind {home}/elsewhere.json {state}")
    ended = child(home, "migrate", "run", state, before=before)
    assert "It is mounted by itself" in ended.stderr
    assert github() in state.read_text()
    assert kept() == NOTHING
    assert not strays(home)


def test_a_link_to_another_file_system(home: Path, name_space: str) -> None:
    """The temporary file must be made there, not here."""
    other = home / "other"
    other.mkdir()
    source = write_json(home / "source.json", {"x": env_entry()})
    link = home / ".cursor" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(other / "mcp.json")
    before = mounted(name_space, f"mount -t tmpfs -o mode=755 none {other}", f"cp {source} {other}/mcp.json")
    ended = child(home, "migrate", "run", link, before=before)
    assert (ended.code, ended.stderr) == (0, "")


def test_a_read_only_file_system(home: Path, cursor: Path, name_space: str) -> None:
    folder = cursor.parent
    before = mounted(name_space, f"mount --bind {folder} {folder}", f"mount -o remount,ro,bind {folder}")
    ended = child(home, "migrate", "run", cursor, before=before)
    assert "Read-only file system" in ended.stderr
    assert github() in cursor.read_text()
    assert kept() == NOTHING
    assert not strays(home)


@pytest.mark.parametrize("target", ["run", "reference"])
@pytest.mark.parametrize("free", [0, 1, 2, 3, 4, 6, 8, 12])
def test_a_disk_that_fills_up_where_everything_is_kept(
    home: Path, name_space: str, tmp_path: Path, free: int, target: str
) -> None:
    """The whole home on a disk with so many free blocks: what does not fit is taken back, or is whole."""
    result = tmp_path / "result"
    result.mkdir()
    Bench(home)
    source = write_json(home / ".cursor" / "mcp.json", {"x": env_entry(), "y": env_entry(github(2), "GITHUB_PAT")})
    old = source.read_bytes()
    commands = (
        f"cp -a {home} {tmp_path}/copy",
        f"mount -t tmpfs -o size=256k,mode=700 none {home}",
        f"cp -a {tmp_path}/copy/. {home}/",
        f"head -c {free * 4096} /dev/zero > {home}/room",
        f"cat /dev/zero > {home}/filled 2>/dev/null || true",
        f"rm {home}/room",
        f'code=0; "$@" || code=$?; rm {home}/filled; cp -a {home}/. {result}/; exit $code',
    )
    ended = child(home, "migrate", target, source, before=f"exec {name_space} '{'; '.join(commands)}' sh")
    assert ended.code in (0, 1), ended.stderr
    shutil.rmtree(home)
    shutil.copytree(result, home)
    now = source.read_bytes()
    if ended.code:
        assert "No space left on device" in ended.stderr
        assert now == old
        recover()
        assert kept() == NOTHING
    else:
        assert now != old
        assert files_with(home, [github(), github(2)]) <= {env_file.path()}
        recover()
        undo(last_journal())
        assert source.read_bytes() == old
    assert not strays(home)


@pytest.mark.parametrize("size", [0, 100, 300, 600, 1200])
def test_a_limit_on_the_size_of_files(home: Path, cursor: Path, size: int) -> None:
    """Writes that stop half-way, for everybody and without a mount."""
    import resource

    before = cursor.read_bytes()
    AgeStore().probe()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [sys.executable, "-B", "-m", "tests.rewriters.crash_child", "migrate", str(home), "run", "-1", str(cursor)]
    done = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, preexec_fn=limit)
    assert github() not in done.stdout + done.stderr
    recover()
    if done.returncode:
        assert "File too large" in done.stderr or size == 0
        assert cursor.read_bytes() == before
        assert kept() == NOTHING
    else:
        assert github() not in cursor.read_text()
    assert not strays(home)


class Failing:
    """A function whose n-th call fails as on a bad disk."""

    def __init__(self, really: Callable[..., object], point: int, error: Exception) -> None:
        self.really, self.point, self.error, self.calls = really, point, error, 0

    def __call__(self, *args: object) -> object:
        self.calls += 1
        if self.calls == self.point:
            raise self.error
        return self.really(*args)


@pytest.mark.parametrize("call", ["read", "fsync"])
@pytest.mark.parametrize("target", ["run", "reference"])
def test_a_disk_that_fails(bench: Bench, cursor: Path, monkeypatch: pytest.MonkeyPatch, call: str, target: str) -> None:
    """An input/output error at any one of its calls: all is as before, or all is done."""
    before = cursor.read_bytes()
    AgeStore().probe()
    point, got_through = 0, False
    while not got_through:
        point += 1
        plan = bench.plan(cursor, target=target)
        with monkeypatch.context() as patch:
            if call == "fsync":
                failing = Failing(os.fsync, point, OSError(5, "Input/output error"))
                patch.setattr(os, "fsync", failing)
            else:
                failing = Failing(replace_file.read_whole, point, NotApplied("Input/output error"))
                for module in ("replace_file", "prepare", "apply"):
                    patch.setattr(f"unsprawl.rewriters.{module}.read_whole", failing)
            [outcome], _ = bench.apply(plan)
            got_through = failing.calls < point
        recover()
        if outcome.status == "done":
            assert github() not in cursor.read_text()
            undo(last_journal())
        assert cursor.read_bytes() == before
        assert kept() == NOTHING
        assert not strays(bench.home)
    assert point > 2


def test_a_home_where_nothing_can_be_written(home: Path, name_space: str) -> None:
    """The lock itself cannot be made: said in words."""
    from unsprawl.rewriters.lock import exclusive

    with exclusive():
        pass
    before = mounted(name_space, f"mount --bind {home} {home}", f"mount -o remount,ro,bind {home}")
    code = "from unsprawl.rewriters.lock import exclusive\nwith exclusive(): pass"
    environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["sh", "-c", f'{before} "$@"', "sh", sys.executable, "-c", code],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "NotApplied" in done.stderr
    assert "Read-only file system" in done.stderr
