"""How stores call their programs, with stand-ins that answer as the real ones are documented to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.cli.program import program
from tests.stores_page import PAGE, updated
from tests.vault.real_stores import SOURCE, executable

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable, UnsprawlError, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import service, store_call, store_settings
from unsprawl.vault.choose import STORES, choose, store_named
from unsprawl.vault.onepassword_store import OnePasswordStore
from unsprawl.vault.pass_store import PassStore
from unsprawl.vault.program_store import ProgramStore
from unsprawl.vault.store_facts import known, program_facts
from unsprawl.vault.stores import State, StoreDown, new_item_key

CANARY = "-".join(["synthetic", "canary", "0006"])
OP = """\
#!{python} -I
# `op` as its documentation says: items from a template on standard input, `op read` for one field.
import json, os, re, sys
home = os.environ["HOME"]
path, log = home + "/op.json", home + "/op.log"
with open(log, "a") as file:
    file.write(json.dumps([sys.argv[1:], dict(os.environ)]) + "\\n")
words = sys.argv[1:]
items = json.load(open(path)) if os.path.exists(path) else []
def fail(said):
    sys.stderr.write("[ERROR] 2026/11/28 10:00:00 " + said + "\\n")
    sys.exit(1)
if os.path.exists(home + "/signed-out"):
    fail("You are not currently signed in. Please run `op signin --help` for instructions")
def save():
    json.dump(items, open(path, "w"))
def named(vault, title):
    found = [item for item in items if (item["vault"], item["title"]) == (vault, title)]
    if not found:
        fail(f'"{{title}}" isn\\'t an item in the "{{vault}}" vault. Specify the item with its UUID, name, or domain.')
    if len(found) > 1:
        fail(f'More than one item matches "{{title}}"')
    return found[0]
if words == ["whoami"]:
    print("User Type: SERVICE_ACCOUNT")
elif words[:3] == ["item", "create", "--vault"] and words[4:] == ["-"]:
    items.append({{**json.load(sys.stdin), "vault": words[3]}})
    save()
    print("ID: abc")
elif words[0] == "read":
    vault, title, field = re.fullmatch("op://([^/]+)/([^/]+)/([^/]+)", words[1]).groups()
    print(next(f["value"] for f in named(vault, title)["fields"] if f["label"] == field))
elif words[:2] == ["item", "delete"] and words[3] == "--vault":
    items.remove(named(words[4], words[2]))
    save()
else:
    fail("unknown command")
"""


@pytest.fixture
def op(home: Path) -> OnePasswordStore:
    executable(home / ".local/bin/op", OP.format(python=sys.executable))
    store_settings.keep("1password", {"vault": "Private things", "account": "my.example"})
    return OnePasswordStore()


def calls(home: Path) -> list[tuple[list[str], dict[str, str]]]:
    return [tuple(json.loads(line)) for line in (home / "op.log").read_text().splitlines()]


@pytest.mark.parametrize("value", [CANARY, CANARY + "\n", "-----BEGIN-----\nQUJD\n", "pä€😀", ' "\\', "x" * 50_000])
def test_values_go_into_1password_on_stdin_and_come_back(value: str, op: OnePasswordStore, home: Path) -> None:
    item = service.deposit(Secret(value), op).item
    assert service.withdraw("1password", item) == Secret(value)
    service.replace("1password", item, Secret(CANARY + "2"))
    assert service.withdraw("1password", item) == Secret(CANARY + "2")
    assert service.discard("1password", item)
    assert not service.discard("1password", item)
    with pytest.raises(SecretMissing, match="gone from 1Password"):
        service.withdraw("1password", item)
    logged = (home / "op.log").read_text()
    assert value not in logged
    assert json.dumps(value)[1:-1] not in logged
    assert CANARY not in logged


def test_1password_gets_its_account_and_token_and_no_more(
    op: OnePasswordStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OP_SERVICE_ACCOUNT_TOKEN", "synthetic")
    monkeypatch.setenv("OP_CONNECT_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert op.probe().state is State.WORKS
    for _, environ in calls(home):
        given = set(environ) - {"LC_CTYPE"}
        assert given == {"HOME", "PATH", "LC_ALL", "TERM", "OP_ACCOUNT", "OP_SERVICE_ACCOUNT_TOKEN"}
        assert environ["OP_ACCOUNT"] == "my.example"
    assert b"synthetic" not in store_settings.path().read_bytes()


def test_1password_that_is_signed_out_is_locked(op: OnePasswordStore, home: Path) -> None:
    item = service.deposit(Secret(CANARY), op).item
    (home / "signed-out").touch()
    assert op.probe().state is State.LOCKED
    with pytest.raises(StoreDown, match="1Password is locked") as caught:
        service.withdraw("1password", item)
    assert "OP_SERVICE_ACCOUNT_TOKEN" in caught.value.hint


def test_what_was_never_run_is_only_taken_by_name(op: OnePasswordStore, home: Path) -> None:
    assert choose().store.id == "age-file"
    assert choose("1password").store.id == "1password"


@pytest.mark.parametrize("store_id", [facts.id for facts in known().values() if facts.program])
def test_a_value_never_stands_on_a_command_line(store_id: str) -> None:
    facts = program_facts(store_id)
    names = {"item", "place", *(setting.name for setting in facts.settings)}
    for words in facts.calls.values():
        for word in words:
            word.format(**dict.fromkeys(names, ""))  # a KeyError names what is not known
    assert type(store_named(store_id)) is STORES[store_id]


def test_the_page_is_fresh() -> None:
    page = PAGE.read_text("utf-8")
    assert updated(page) == page, "python -m tests.stores_page"


class Stub(PassStore):
    """A pass store whose program is a script of the test."""

    def _ready(self, settings: object, item: str | None) -> None:
        pass


def stub(home: Path, script: str) -> ProgramStore:
    for name in ("pass", "gpg", "gpg-connect-agent"):
        executable(home / ".local/bin" / name, f"#!/bin/sh\n{script}\n")
    return Stub()


@pytest.fixture
def only_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real programs of this machine are out of the way."""
    monkeypatch.setattr(store_call, "_USUAL", ())


@pytest.mark.usefixtures("only_home")
def test_a_program_that_hangs_ends_with_what_it_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stub(home, f"(/bin/sleep 300 & echo $! > {home}/child; wait)")
    monkeypatch.setattr(store, "_facts", store._facts._replace(limit_s=1))
    start = time.monotonic()
    with pytest.raises(StoreDown, match="did not answer within 1 s") as caught:
        store.get(new_item_key())
    assert "pass show" in caught.value.hint
    assert caught.value.state is State.LOCKED
    assert time.monotonic() - start < 20
    child = int((home / "child").read_text())
    for _ in range(50):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.usefixtures("only_home")
def test_what_a_program_says_is_never_shown(home: Path) -> None:
    store = stub(home, f"/bin/cat >&2; echo {CANARY}; exit 3")
    for action in (lambda: store.put(new_item_key(), Secret(CANARY)), lambda: store.get(new_item_key())):
        with pytest.raises(VaultError) as caught:
            action()
        said = f"{caught.value.message} {caught.value.hint} {caught.value!r}"
        assert CANARY not in said
        assert "exit code 3" in said


@pytest.mark.usefixtures("only_home")
def test_a_program_has_no_terminal_and_an_environment_of_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASH_ENV", "/evil")
    monkeypatch.setenv("LD_PRELOAD", "")
    store = stub(
        home, f"/usr/bin/env > {home}/env; pwd >> {home}/env; (: < /dev/tty) 2>/dev/null && echo TERMINAL >> {home}/env"
    )
    with pytest.raises(VaultError):
        store.get(new_item_key())
    lines = (home / "env").read_text().splitlines()
    assert "TERMINAL" not in lines
    assert "/" in lines
    names = {line.partition("=")[0] for line in lines if "=" in line}
    ours = {"HOME", "PATH", "LC_ALL", "TERM", "PWD", *program_facts("pass").environment}
    assert names - {"_", "SHLVL", "OLDPWD"} == ours


def test_a_repository_cannot_put_a_program_there(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    executable(project / "bin" / "op", "#!/bin/sh\necho evil\n")
    executable(project / "op", "#!/bin/sh\necho evil\n")
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", f"{project}/bin:.:bin::{os.environ['PATH']}")
    with pytest.raises(StoreDown, match="`op` is not installed"):
        store_call.found(["op"])
    clone = home / ".local" / "share" / "clone"
    (clone / ".git").mkdir(parents=True)
    executable(clone / "op", "#!/bin/sh\necho evil\n")
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(StoreDown, match="`op` is not installed"):
        store_call.found(["op"])
    mine = executable(home / ".cargo/bin/op", "#!/bin/sh\necho fine\n")
    monkeypatch.setenv("PATH", str(mine.parent))
    assert store_call.found(["op"]) == {"op": str(mine)}


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_what_no_variable_carries_is_refused_before_any_call(value: str, op: OnePasswordStore, home: Path) -> None:
    with pytest.raises(VaultError, match="the value holds"):
        op.put(new_item_key(), Secret(value))
    assert not (home / "op.log").exists()


def test_an_item_that_is_none_of_ours_is_refused(op: OnePasswordStore) -> None:
    for item in ("../../x", "--help", "A" * 26, ""):
        for call in (op.get, op.delete, lambda item: op.put(item, Secret("x"))):
            with pytest.raises(VaultError, match="not one of ours"):
                call(item)


@pytest.mark.parametrize(
    ("kept", "environ", "wanted"),
    [
        (None, {}, {}),
        (None, {"PASSWORD_STORE_DIR": "/a", "GNUPGHOME": ""}, {"folder": "/a"}),
        (None, {"PASSWORD_STORE_DIR": "{home}/.password-store/"}, {}),
        (None, {"PASSWORD_STORE_DIR": "~/mine"}, {"folder": "{home}/mine"}),
        (None, {"PASSWORD_STORE_SIGNING_KEY": "AB"}, {"signing_key": "AB"}),
        ({}, {"PASSWORD_STORE_DIR": "{home}/.password-store", "GNUPGHOME": "{home}/x/../.gnupg"}, {}),
        ({"folder": "/a"}, {}, {"folder": "/a"}),
        ({"folder": "/a"}, {"PASSWORD_STORE_DIR": "/a/"}, {"folder": "/a"}),
        ({"folder": "/a"}, {"PASSWORD_STORE_DIR": "/b"}, "says /b here, and values are kept with /a"),
        ({"folder": "/a"}, {"PASSWORD_STORE_DIR": "{home}/.password-store"}, "store here, and values are kept with /a"),
        ({}, {"PASSWORD_STORE_DIR": "/b"}, "says /b here, and values are kept with .*password-store"),
        ({}, {"PASSWORD_STORE_SIGNING_KEY": "AB"}, "says AB here, and values are kept with none"),
    ],
)  # fmt: skip
def test_where_the_users_own_store_is(
    kept: dict[str, str] | None, environ: dict[str, str], wanted: dict[str, str] | str, home: Path
) -> None:
    if kept is not None:
        store_settings.keep("pass", kept)
    here = {name: value.format(home=home) for name, value in environ.items()}
    if isinstance(wanted, str):
        with pytest.raises(StoreDown, match=wanted) as caught:
            store_settings.wanted("pass", here)
        assert "vault use pass --set" in caught.value.hint
    else:
        assert store_settings.wanted("pass", here) == {n: v.format(home=home) for n, v in wanted.items()}


def test_settings_that_are_damaged_stop_everything(home: Path) -> None:
    store_settings.prefer("age-file")
    path = store_settings.path()
    for content in (
        b"{",
        b"[]",
        b'{"schema_version": 2}',
        b'{"schema_version": 1, "settings": {"pass": {"folder": 1}}}',
    ):
        path.write_bytes(content)
        with pytest.raises(VaultError, match="damaged"):
            choose()
    path.chmod(0o644)
    with pytest.raises(VaultError, match="other users"):
        choose()


def test_what_the_user_named_is_never_replaced_by_another(home: Path) -> None:
    with pytest.raises(StoreUnavailable, match="`keepassxc` does not work here"):
        choose("keepassxc")
    store_settings.prefer("keepassxc")
    with pytest.raises(StoreUnavailable, match="`keepassxc` does not work here"):
        service.deposit(Secret(CANARY))
    store_settings.prefer("")
    assert service.deposit(Secret(CANARY)).store == "age-file"


def test_vault_stores_and_use(op: OnePasswordStore, home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin")
    document = json.loads(start("vault", "stores", "--format", "json").stdout)
    assert document["command"] == "vault stores"
    assert document["stats"]["working"] == 2
    by_id = {each["id"]: each for each in document["stores"]}
    assert next(iter(by_id)) == "age-file", "what is used comes first"
    assert set(by_id) == set(STORES)
    assert [each["id"] for each in document["stores"] if each["used"]] == ["age-file"]
    assert by_id["1password"]["state"] == "works"
    assert by_id["pass"]["state"] == "missing"
    assert by_id["1password"]["settings"] == {"vault": "Private things", "account": "my.example"}
    used = start("vault", "use", "1password")
    assert (used.returncode, used.stdout) == (0, "")
    shown = start("vault", "stores").stdout
    assert shown.startswith("1password  works, used")
    # Moving a store away from what is kept in it is refused; without such values it is not.
    assert start("vault", "use", "1password", "--set", "vault=Other").returncode == 0
    added = start("vault", "add", "--variable", "A_KEY", "added", "--", "/bin/true", stdin=CANARY)
    assert "Stored in 1password" in added.stderr
    refused = start("vault", "use", "1password", "--set", "vault=Private things")
    assert (refused.returncode, "values are kept there" in refused.stderr, "added" in refused.stderr) == (4, True, True)
    assert store_settings.kept("1password") == {"vault": "Other", "account": "my.example"}
    assert start("vault", "use", "auto").returncode == 0
    assert start("vault", "stores").stdout.startswith("age-file  works, used")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["use", "nowhere"], "nowhere"),
        (["use", "pass", "--set", "colour=red"], "no such setting"),
        (["use", "pass", "--set", "folder="], "no such setting"),
        (["use", "pass", "--set", "folder"], "no such setting"),
        (["use", "age-file", "--set", "a=b"], "It has: none"),
        (["use", "auto", "--set", "a=b"], "by its name"),
    ],
)
def test_use_says_what_is_wrong(words: list[str], says: str, home: Path, tmp_path: Path) -> None:
    done = program(home, tmp_path / "bin")("vault", *words)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert not store_settings.path().exists()


def test_a_store_that_does_not_work_is_not_kept(home: Path, tmp_path: Path) -> None:
    done = program(home, tmp_path / "bin")("vault", "use", "pass", "--set", f"folder={home}/none")
    assert (done.returncode, "does not work here" in done.stderr) == (4, True), done.stderr
    assert store_settings.kept("pass") is None
    assert store_settings.preferred() == ""


def test_a_lock_that_another_process_holds_ends_in_words(op: OnePasswordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from unsprawl.vault.locks import held

    monkeypatch.setattr(op, "_facts", op._facts._replace(limit_s=0))
    with held("store-1password", 0), pytest.raises(UnsprawlError, match="another unsprawl is writing"):
        op.put(new_item_key(), Secret(CANARY))
    assert service.deposit(Secret(CANARY), OnePasswordStore()).store == "1password"


@pytest.mark.skipif(sys.platform != "linux", reason="no memory files")
@pytest.mark.usefixtures("only_home")
def test_a_program_gets_the_whole_value_or_none(home: Path) -> None:
    """It is all there when the program starts: nobody has to live on to feed the rest into a pipe."""
    store = stub(home, f"/bin/sleep 1; /bin/cat > {home}/taken; exit 1")
    script = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
    script += "from unsprawl.vault.store_call import call; import threading, os, time\n"
    script += "threading.Timer(0.5, os._exit, [0]).start()\n"
    script += f"call([{str(home / '.local/bin/pass')!r}], b'x' * 300_000, {{}}, 9)"
    assert store.id == "pass"
    subprocess.run([sys.executable, "-I", "-c", script], check=True, timeout=30)
    deadline = time.monotonic() + 10
    taken = home / "taken"
    while time.monotonic() < deadline and (not taken.exists() or taken.stat().st_size < 300_000):
        time.sleep(0.1)
    assert taken.stat().st_size == 300_000
