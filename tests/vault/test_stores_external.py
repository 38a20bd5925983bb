"""pass, KeePassXC and the file vault with their real programs, under the environment that MCP hosts leave.

apt-get install --no-install-recommends pass gnupg keepassxc
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.cli.homes import github
from tests.cli.program import program
from tests.vault.real_stores import (
    PASSPHRASE,
    bound,
    end_agent,
    executable,
    make_database,
    make_key,
    make_pass,
    one_line,
    run,
    short_home,
    stripped,
    tool,
    unlock,
)

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable
from unsprawl.scanner.secret import Secret
from unsprawl.vault import program_store, service, store_call, store_settings
from unsprawl.vault.choose import choose, store_named
from unsprawl.vault.pass_store import PassStore
from unsprawl.vault.stores import State, StoreDown, new_item_key

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1"),
]
CANARY = "-".join(["synthetic", "canary", "0005"])
VALUES = {
    "plain": CANARY,
    "line end": CANARY + "\n",
    "only line ends": "\n\n",
    "Windows line ends": "a\r\nb\r",
    "several lines": "-----BEGIN " + "TEST-----\nQUJD\n-----END TEST-----\n",
    "not ASCII": "päss € 😀 \u202e",
    "blanks around": "  s\t ",
    "looks encoded": "base64:QUJD",
    "for a shell": "$(id) `id` \"'\\ %s {item} \x1b[2J",
    "an option": "--help",
    "long": "x" * 100_000,
    "long lines": "é\n" * 20_000,
}
SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with short_home() as folder:
        for name in list(os.environ):
            if not name.startswith(("PYTEST_", "UNSPRAWL_")):
                monkeypatch.delenv(name)
        for name, value in stripped(folder).items():
            monkeypatch.setenv(name, value)
        yield folder


@pytest.fixture(params=["pass", "keepassxc", "age-file"])
def store_id(request: pytest.FixtureRequest, home: Path) -> str:
    if request.param == "pass":
        make_pass(home)
    if request.param == "keepassxc":
        store_settings.keep("keepassxc", make_database(home))
    return str(request.param)


def test_values_come_back_through_run_and_go(store_id: str, home: Path) -> None:
    assert store_named(store_id).probe().state is State.WORKS
    for name, value in VALUES.items():
        item = bound(store_id, value, home)
        assert service.withdraw(store_id, item) == Secret(value), name
        done = run(stripped(home))
        assert (done.stdout.decode(), done.stderr, done.returncode) == (value, b"", 0), name
        assert service.discard(store_id, item)
        assert not service.discard(store_id, item)
        with pytest.raises(SecretMissing):
            service.withdraw(store_id, item)


def test_values_are_replaced(store_id: str) -> None:
    item = service.deposit(Secret("old"), store_named(store_id)).item
    for value in (CANARY, "two\nlines"):
        service.replace(store_id, item, Secret(value))
        assert service.withdraw(store_id, item) == Secret(value)


def test_nothing_is_lost_when_several_store_at_once(store_id: str, home: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.scanner.secret import Secret\n"
    code += "from unsprawl.vault import service; from unsprawl.vault.choose import store_named\n"
    code += f"print(service.deposit(Secret(sys.argv[1]), store_named({store_id!r})).item)"

    def put(number: int) -> str:
        words = [sys.executable, "-I", "-c", code, f"{CANARY}{number}"]
        return subprocess.run(words, env=stripped(home), capture_output=True, text=True, check=True).stdout.strip()

    with ThreadPoolExecutor(6) as pool:
        items = list(pool.map(put, range(6)))
    for number, item in enumerate(items):
        assert service.withdraw(store_id, item) == Secret(f"{CANARY}{number}")


def test_a_value_that_was_removed_by_hand_is_one_line(store_id: str, home: Path) -> None:
    item = bound(store_id, CANARY, home)
    service.discard(store_id, item)
    assert "the value is gone from" in one_line(run(stripped(home)), CANARY)


def test_a_store_that_vanished_is_one_line(store_id: str, home: Path) -> None:
    bound(store_id, CANARY, home)
    (home / ".password-store").exists() and (home / ".password-store").rename(home / "away")
    for path in (*home.glob("*.key"), home / ".config/unsprawl/vault.key"):
        path.exists() and path.unlink()
    said = one_line(run(stripped(home)), CANARY)
    assert any(words in said for words in ("no password store in", "is not there", "is missing"))


def test_other_programs_read_what_was_stored(home: Path) -> None:
    make_pass(home)
    item = service.deposit(Secret(CANARY), PassStore()).item
    assert tool(home, "pass", "show", f"unsprawl/{item}").stdout == CANARY
    store_settings.keep("keepassxc", settings := make_database(home))
    item = service.deposit(Secret(CANARY), store_named("keepassxc")).item
    at = ("--no-password", "--key-file", settings["key_file"], settings["database"])
    shown = tool(home, "keepassxc-cli", "show", "-s", "-a", "password", *at, f"unsprawl/{item}").stdout
    assert shown == CANARY + "\n"
    assert service.discard("keepassxc", item)
    assert item not in tool(home, "keepassxc-cli", "ls", "-R", "-f", *at).stdout, "it is in the recycle bin"


def test_a_locked_key_is_said_at_once_and_nothing_asks(home: Path) -> None:
    make_pass(home, PASSPHRASE)
    unlock(home)
    asked = home / "asked"
    pinentry = executable(home / "pinentry", f"#!/bin/sh\ntouch {asked}\nexec sleep 60\n")
    (home / ".gnupg" / "gpg-agent.conf").write_text(f"pinentry-program {pinentry}\n")
    bound("pass", CANARY, home)
    assert run(stripped(home)).stdout.decode() == CANARY
    end_agent(home)
    start = time.monotonic()
    said = one_line(run(stripped(home)), CANARY)
    assert "pass is locked: gpg-agent does not know the passphrase of its key. Run `pass show`" in said
    assert PassStore().probe().state is State.LOCKED
    assert time.monotonic() - start < 30  # the pinentry takes 60
    assert not asked.exists()
    with pytest.raises(subprocess.TimeoutExpired):  # what would be without our settings
        subprocess.run(["pass", "show", "own"], env=stripped(home), capture_output=True, timeout=5)
    assert asked.exists()
    assert [path.name for path in (home / ".password-store/unsprawl").iterdir()] != [], "the value is still there"


def test_a_pass_store_that_needs_a_person_is_not_chosen_by_itself(home: Path) -> None:
    make_pass(home, PASSPHRASE)
    unlock(home)
    answer = PassStore().probe()
    assert (answer.state, "has a passphrase" in answer.caution) == (State.WORKS, True)
    choice = choose()
    assert (choice.store.id, "has a passphrase" in choice.reason) == ("age-file", True)
    named = choose("pass")
    assert (named.store.id, "has a passphrase" in named.caution) == ("pass", True)
    store_settings.prefer("pass")
    assert choose().store.id == "pass"
    end_agent(home)
    with pytest.raises(StoreUnavailable, match="locked"):
        choose()


def test_a_pass_store_that_opens_by_itself_comes_before_the_file_vault(home: Path) -> None:
    make_pass(home)
    assert service.deposit(Secret(CANARY)).store == "pass"


def test_a_pass_store_of_several_people_is_not_chosen_by_itself(home: Path) -> None:
    make_pass(home)
    make_key(home, "b@example.com")
    tool(home, "pass", "init", "a@example.com", "b@example.com")
    assert "2 keys can decrypt" in PassStore().probe().caution
    assert choose().store.id == "age-file"


def test_a_missing_secret_key_is_told_from_a_locked_one(home: Path) -> None:
    make_pass(home)
    bound("pass", CANARY, home)
    end_agent(home)
    for path in (home / ".gnupg/private-keys-v1.d").iterdir():
        path.unlink()
    assert "secret key for this password store is not on this machine" in one_line(run(stripped(home)), CANARY)


def test_a_damaged_item_is_not_an_empty_value(home: Path) -> None:
    make_pass(home)
    item = bound("pass", CANARY, home)
    path = home / f".password-store/unsprawl/{item}.gpg"
    path.write_bytes(path.read_bytes()[:20])
    assert "damaged" in one_line(run(stripped(home)), CANARY)


def test_a_put_that_is_cut_off_leaves_the_old_value(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """gpg that writes half a file and hangs, as when the power goes."""
    make_pass(home)
    item = service.deposit(Secret(CANARY), PassStore()).item
    folder = home / ".password-store/unsprawl"
    half = f"#!/bin/sh\nhead -c 20 {folder / item}.gpg > {folder / item}-new.gpg\nexec sleep 60\n"
    executable(home / ".local/bin/gpg", half)
    with monkeypatch.context() as slow:
        slow.setattr("unsprawl.vault.store_call._USUAL", ())
        store = PassStore()
        slow.setattr(store, "_facts", store._facts._replace(limit_s=1))
        path = f"{home}/.local/bin:/usr/bin:/bin"
        quiet = store_call.quiet_environment
        slow.setattr(program_store, "quiet_environment", lambda paths, more: {**quiet(paths, more), "PATH": path})
        with pytest.raises(StoreDown, match="did not answer"):
            store.put(item, Secret("newer"))
    assert (folder / f"{item}-new.gpg").exists()
    assert service.withdraw("pass", item) == Secret(CANARY)
    os.utime(folder / f"{item}-new.gpg", (0, 0))
    (home / ".local/bin/gpg").unlink()
    service.deposit(Secret("another"), PassStore())
    assert not (folder / f"{item}-new.gpg").exists()


def test_git_neither_commits_nor_runs_a_hook(home: Path) -> None:
    make_pass(home)
    git = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x"}
    tool(home, "pass", "git", "init", **git)
    hooked = home / "hooked"
    for name in ("pre-commit", "post-commit", "post-index-change"):
        executable(home / ".password-store/.git/hooks" / name, f"#!/bin/sh\ntouch {hooked}\n")
    tool(home, "git", "-C", str(home / ".password-store"), "config", "core.fsmonitor", f"touch {hooked};false")
    hooked.unlink(missing_ok=True)
    item = service.deposit(Secret(CANARY), PassStore()).item
    assert service.withdraw("pass", item) == Secret(CANARY)
    assert service.discard("pass", item)
    assert not hooked.exists()
    log = tool(home, "git", "-C", str(home / ".password-store"), "log", "--oneline").stdout
    assert len(log.splitlines()) == 2  # those of `pass git init`


def test_where_the_shell_says_the_store_is_holds_under_a_host(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"PASSWORD_STORE_DIR": str(home / "my store"), "GNUPGHOME": str(home / "gnupg")}
    make_pass(home, **where)
    for name, value in where.items():
        monkeypatch.setenv(name, value)
    bound("pass", CANARY, home)
    assert run(stripped(home)).stdout.decode() == CANARY
    assert store_settings.kept("pass") == {"folder": where["PASSWORD_STORE_DIR"], "gnupg": where["GNUPGHOME"]}
    # The entry of a repository says otherwise: what was kept counts.
    assert run(stripped(home, PASSWORD_STORE_DIR="/tmp", GNUPGHOME="/tmp")).stdout.decode() == CANARY
    # So does what is kept for another shell, which may not put half of the values elsewhere.
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(home / "other"))
    with pytest.raises(StoreDown, match=r"PASSWORD_STORE_DIR says .*other here, and values are kept with .*my store"):
        PassStore().put(new_item_key(), Secret(CANARY))
    monkeypatch.delenv("PASSWORD_STORE_DIR")
    monkeypatch.delenv("GNUPGHOME")
    assert service.deposit(Secret(CANARY), PassStore()).store == "pass"


def test_a_hostile_environment_runs_nothing(home: Path) -> None:
    make_pass(home)
    store_settings.keep("keepassxc", make_database(home))
    ran = home / "ran"
    project = home / "project"
    script = f"#!/bin/sh\necho $0 >> {ran}\nexit 0\n"
    names = ("pass", "gpg", "gpg2", "git", "bash", "base64", "tree", "getopt", "keepassxc-cli", "gpg-connect-agent")
    for name in names:
        executable(project / "bin" / name, script)
        executable(project / name, script)
    for name in ("show", "insert"):
        executable(project / "extensions" / f"{name}.bash", f"echo extension >> {ran}\n")
        executable(home / ".password-store/.extensions" / f"{name}.bash", f"echo extension >> {ran}\n")
    (project / "rc").write_text(f"echo rc >> {ran}\n")
    (project / "gnupg").mkdir(mode=0o700)
    (project / "gnupg" / "gpg.conf").write_text("photo-viewer x\n")
    hostile = {
        "PATH": f"{project}/bin:.:{os.environ['PATH']}",
        "BASH_ENV": str(project / "rc"),
        "ENV": str(project / "rc"),
        "BASH_FUNC_gpg%%": f"() {{ echo function >> {ran}; }}",
        "PASSWORD_STORE_ENABLE_EXTENSIONS": "true",
        "PASSWORD_STORE_EXTENSIONS_DIR": str(project / "extensions"),
        "PASSWORD_STORE_GPG_OPTS": "--homedir /nowhere",
        "PASSWORD_STORE_DIR": str(project),
        "PASSWORD_STORE_KEY": "evil",
        "GNUPGHOME": str(project / "gnupg"),
        "GIT_CONFIG_GLOBAL": str(project / "rc"),
        "LD_PRELOAD": "",
        "QT_PLUGIN_PATH": str(project),
    }
    for store_id in ("pass", "keepassxc"):
        item = bound(store_id, CANARY, home)
        code = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.vault import service\n"
        code += f"print(service.withdraw({store_id!r}, {item!r}).reveal(), end='')"
        words = [sys.executable, "-I", "-c", code]
        done = subprocess.run(words, env=stripped(home) | hostile, cwd=project, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == (CANARY, "")
    assert not ran.exists(), ran.read_text()


def test_a_database_with_a_password_says_what_is_needed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_database(home)
    tool(home, "keepassxc-cli", "db-create", "-q", "-p", settings["database"] + "2", given="pw\npw\n")
    store_settings.keep("keepassxc", {**settings, "database": settings["database"] + "2"})
    answer = store_named("keepassxc").probe()
    assert (answer.state, "does not open" in answer.reason, "key file alone" in answer.hint) == (
        State.LOCKED,
        True,
        True,
    )


def test_a_key_file_that_others_can_read_is_not_chosen_by_itself(home: Path) -> None:
    store_settings.keep("keepassxc", settings := make_database(home))
    assert choose().store.id == "keepassxc"
    os.chmod(settings["key_file"], 0o644)
    assert "can read its key file" in store_named("keepassxc").probe().caution
    assert choose().store.id == "age-file"


@pytest.mark.parametrize("store_id", ["pass", "keepassxc"])
def test_migrate_run_and_undo(store_id: str, home: Path, tmp_path: Path) -> None:
    make_pass(home)
    start = program(home, tmp_path / "bin")
    settings = make_database(home)
    assert start("vault", "use", "pass", env={"PASSWORD_STORE_DIR": f"{home}/.password-store"}).returncode == 0
    assert store_settings.kept("pass") == {}
    assert start("vault", "use", "auto").returncode == 0
    if store_id == "keepassxc":
        used = start("vault", "use", store_id, *(f"--set={name}={value}" for name, value in settings.items()))
        assert used.returncode == 0, used.stderr
    token = github(3)
    show = ["/bin/sh", "-c", 'printf %s "$GITHUB_TOKEN"']
    config = {"mcpServers": {"github": {"command": show[0], "args": show[1:], "env": {"GITHUB_TOKEN": token}}}}
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    path.write_text(json.dumps(config, indent=2))
    before = path.read_bytes()
    done = start("migrate", "--to", "run", "--yes", *(["--store", "pass"] if store_id == "pass" else []))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"The vault is: {store_named(store_id).title}." in " ".join(done.stdout.split())
    entry = json.loads(path.read_text())["mcpServers"]["github"]
    assert token not in path.read_text()
    words = [entry["command"], *entry["args"]]
    started = subprocess.run(words, env=stripped(home), cwd="/", capture_output=True, text=True)
    assert (started.stdout, started.stderr) == (token, "")
    assert start("verify").returncode == 0
    undone = start("undo", "--all", "--yes")
    assert (undone.returncode, path.read_bytes()) == (0, before), undone.stderr
    if store_id == "pass":
        assert not list((home / ".password-store").glob("unsprawl/*"))
