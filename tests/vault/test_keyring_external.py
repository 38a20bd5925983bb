"""A real gnome-keyring under a private D-Bus session, with the environment that MCP hosts leave.

The same where KeePassXC itself serves the Secret Service, and through the program secret-tool.

apt-get install --no-install-recommends gnome-keyring libsecret-tools keepassxc dbus-x11
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(os.environ.get("UNSPRAWL_EXTERNAL") != "1", reason="set UNSPRAWL_EXTERNAL=1"),
]
SOURCE = Path(__file__).resolve().parents[2] / "src"
UNLOCK = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "


def in_session(code: str, home: Path, *, before: str = UNLOCK, timeout_s: float = 60) -> dict[str, object]:
    """Runs Python `code` in a new session, after the shell's `before`; its last line of output is JSON."""
    for program in ("dbus-run-session", "gnome-keyring-daemon", "secret-tool"):
        assert shutil.which(program), f"{program} is not installed"
    stripped = {
        "HOME": str(home),
        "LOGNAME": "u",
        "USER": "u",
        "PATH": "/usr/bin:/bin",
        "SHELL": "/bin/sh",
        "TERM": "dumb",
    }
    shell = before + 'exec "$0" -c "$1"'
    command = ["dbus-run-session", "--", "sh", "-c", shell, sys.executable, PREAMBLE + code]
    done = subprocess.run(
        command,
        env=stripped | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


PREAMBLE = """
import json, os, subprocess, sys, time
from unsprawl.scanner.errors import *
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places, secret_service, service
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.secret_tool_store import SecretToolStore
from unsprawl.vault.stores import new_item_key
values = ["plain", "newline\\n", "-----BEGIN\\nQUJD\\n-----END\\n", "p\\u00e4ss \\u20ac \\U0001f600", " s "]
"""


def test_values_come_back_and_other_programs_read_them(home: Path) -> None:
    answer = in_session(
        """
from keyring.backends.SecretService import Keyring
values += ["x" * 100_000]
same = []
for value in values:
    item = new_item_key(); store = KeyringStore(); store.put(item, Secret(value))
    tool = subprocess.run(["secret-tool", "lookup", "service", "unsprawl", "username", item], stdout=-1).stdout
    same.append([store.get(item) == Secret(value), Keyring().get_password("unsprawl", item) == value,
                 tool.decode() == value, store.delete(item), not store.delete(item)])
print(json.dumps({"same": same}))
""",
        home,
    )
    assert answer["same"] == [[True] * 5] * 6


def test_deposit_takes_the_keyring_and_probe_leaves_nothing(home: Path) -> None:
    answer = in_session(
        """
deposit = service.deposit(Secret("a"))
import secretstorage
count = len(list(secretstorage.search_items(secretstorage.dbus_init(), {"service": "unsprawl"})))
print(json.dumps({"store": deposit.store, "same": service.withdraw(deposit.store, deposit.item) == Secret("a"),
                  "count": count, "environment": "DBUS_SESSION_BUS_ADDRESS" in os.environ}))
""",
        home,
    )
    assert answer == {"store": "keyring", "same": True, "count": 1, "environment": True}


def test_bus_is_found_without_its_variable(home: Path) -> None:
    answer = in_session(
        """
socket = f"/run/user/{os.getuid()}/bus"
address = os.environ.pop("DBUS_SESSION_BUS_ADDRESS")
made = not os.path.lexists(socket)
if made:
    os.makedirs(os.path.dirname(socket), exist_ok=True)
    os.symlink(address.split("path=")[1].split(",")[0], socket)
try:
    probes = [store.probe().works for store in (KeyringStore(), SecretToolStore())] if made else None
finally:
    if made:
        os.unlink(socket)
print(json.dumps({"works": probes or "a real bus is here",
                  "restored": "DBUS_SESSION_BUS_ADDRESS" in os.environ}))
""",
        home,
    )
    assert answer["works"] in ([True, True], "a real bus is here")
    assert answer["restored"] is False


def test_locked_is_said_at_once_without_a_prompt(home: Path) -> None:
    answer = in_session(
        """
item = new_item_key(); KeyringStore().put(item, Secret("a"))
import secretstorage
secretstorage.get_collection_by_alias(secretstorage.dbus_init(), "default").lock()
start = time.monotonic()
state = KeyringStore().probe().state
try:
    KeyringStore().get(item); hint = ""
except StoreUnavailable as error:
    hint = error.hint
print(json.dumps({"state": state, "hint": hint, "fast": time.monotonic() - start < 3,
                  "fallback": service.deposit(Secret("b")).store}))
""",
        home,
    )
    assert answer["state"] == "locked"
    assert "Unlock it" in str(answer["hint"])
    assert answer["fast"] is True
    assert answer["fallback"] == "age-file"


def test_never_unlocked_means_no_collection_and_no_prompt(home: Path) -> None:
    answer = in_session(
        """
start = time.monotonic(); probe = KeyringStore().probe()
print(json.dumps({"state": probe.state, "reason": probe.reason, "fast": time.monotonic() - start < 20}))
""",
        home,
        before="",
    )
    assert (answer["state"], answer["fast"]) == ("missing", True), answer["reason"]


def test_a_service_that_never_answers_ends(home: Path) -> None:
    answer = in_session(
        """
from jeepney.io.blocking import open_dbus_connection
from jeepney.bus_messages import message_bus
mute = open_dbus_connection(); mute.send_and_get_reply(message_bus.RequestName("org.freedesktop.secrets"))
secret_service._TIMEOUT_S = 0.5
start = time.monotonic(); probe = KeyringStore().probe()
print(json.dumps({"state": probe.state, "reason": probe.reason, "fast": time.monotonic() - start < 5}))
""",
        home,
        before="",
    )
    assert (answer["state"], answer["fast"]) == ("locked", True), answer["reason"]


def test_a_prompt_that_nobody_answers_ends(home: Path) -> None:
    """A service that answers CreateItem with a prompt (KeePassXC does) and never completes it."""
    answer = in_session(
        """
from unsprawl.scanner.errors import StoreUnavailable
import secretstorage.collection as collection
seen = []
def prompting(self, label, attributes, secret, replace=False, content_type=""):
    from secretstorage.util import exec_prompt
    seen.append(True)
    return exec_prompt(self.connection, "/org/freedesktop/secrets/prompt/none")
collection.Collection.create_item = prompting
import secretstorage.util as util
real = util.DBusAddressWrapper.call
util.DBusAddressWrapper.call = lambda self, method, *rest: None if method == "Prompt" else real(self, method, *rest)
secret_service._TIMEOUT_S = 0.5
start = time.monotonic(); probe = KeyringStore().probe()
print(json.dumps({"state": probe.state, "reason": probe.reason, "seen": seen, "fast": time.monotonic() - start < 5}))
""",
        home,
    )
    assert (answer["state"], answer["seen"], answer["fast"]) == ("locked", [True], True), answer["reason"]


def test_secret_tool_and_the_keyring_read_each_other(home: Path) -> None:
    answer = in_session(
        """
keyring, tool = KeyringStore(), SecretToolStore()
same = []
for value in [*values, "x" * 8191]:
    for writer, reader in ((keyring, tool), (tool, keyring), (tool, tool)):
        item = new_item_key(); writer.put(item, Secret("before")); writer.put(item, Secret(value))
        import secretstorage
        count = len(list(secretstorage.search_items(secretstorage.dbus_init(), {"username": item})))
        same.append([count == 1, reader.get(item) == Secret(value), reader.delete(item), not writer.delete(item)])
        try:
            reader.get(item); same.append("it is still there")
        except SecretMissing:
            pass
try:
    tool.put(new_item_key(), Secret("x" * 8192)); larger = ""
except StoreUnavailable as error:
    larger = error.message
print(json.dumps({"same": same, "larger": larger, "state": tool.probe().state}))
""",
        home,
    )
    assert answer["same"] == [[True] * 4] * 18
    assert "larger" in str(answer["larger"])
    assert answer["state"] == "works"


def test_secret_tool_opens_no_window_when_locked(home: Path) -> None:
    """Left to itself it starts the prompter; here nothing may."""
    answer = in_session(
        """
item = new_item_key(); SecretToolStore().put(item, Secret("a"))
import secretstorage
secretstorage.get_collection_by_alias(secretstorage.dbus_init(), "default").lock()
from jeepney.io.blocking import open_dbus_connection
from jeepney.bus_messages import message_bus
mute = open_dbus_connection()
prompter = mute.send_and_get_reply(message_bus.RequestName("org.gnome.keyring.SystemPrompter"))
start = time.monotonic()
answers = [SecretToolStore().probe().state]
for call in (SecretToolStore().get, SecretToolStore().delete, lambda item: SecretToolStore().put(item, Secret("b"))):
    try:
        call(item); answers.append("")
    except StoreUnavailable as error:
        answers.append(error.state)
asked = 0
try:
    while True:
        message = mute.receive(timeout=0.3)
        asked += message.header.fields.get(3) == "BeginPrompting"
except TimeoutError:
    pass
print(json.dumps({"answers": answers, "asked": asked, "fast": time.monotonic() - start < 20}))
""",
        home,
    )
    assert answer == {"answers": ["locked"] * 4, "asked": 0, "fast": True}


KEEPASSXC = """
# Of a second one on a machine only the window of the first comes up, whose socket is in TMPDIR.
export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 TMPDIR="$HOME"; cd "$HOME"; mkdir -p .config/keepassxc
cat > .config/keepassxc/keepassxc.ini <<'END'
[General]
ConfigVersion=2
UpdateCheckMessageShown=true
[FdoSecrets]
Enabled=true
ShowNotification=false
ConfirmDeleteItem=false
ConfirmAccessItem={confirm}
[GUI]
CheckForUpdates=false
END
keepassxc-cli db-create -q --set-key-file k.key v.kdbx
keepassxc-cli mkdir -q --no-password -k k.key v.kdbx unsprawl
keepassxc-cli export -q --no-password -k k.key v.kdbx > v.xml
"$0" - <<'END'
import base64, pathlib, re, uuid
path = pathlib.Path("v.xml"); text = path.read_text()
group = re.findall("<UUID>(.*?)</UUID>", text[: text.index("<Name>unsprawl</Name>")])[-1]
value = uuid.UUID(bytes=base64.b64decode(group))
exposed = "<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{{%s}}</Value></Item></CustomData>" % value
path.write_text(text.replace("<Binaries/>", "<Binaries/>" + exposed, 1))
END
rm v.kdbx
keepassxc-cli import -q --set-key-file k.key v.xml v.kdbx
keepassxc {opened} v.kdbx </dev/null >/dev/null 2>&1 &
echo $! > pid
i=0; until "$0" -c "$2" || [ $i = 20 ]; do i=$((i+1)); sleep 0.5; done
"""
SERVED = """
import secretstorage, sys
from jeepney import DBusAddress, new_method_call
connection = secretstorage.dbus_init()
bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
owned = connection.send_and_get_reply(new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",)))
if not owned.body[0]:
    sys.exit(1)
if {opened!r}:
    secretstorage.get_collection_by_alias(connection, "default")
"""


@pytest.mark.parametrize(
    ("opened", "confirm", "state"),
    [
        ("--keyfile k.key --pw-stdin", "false", "works"),
        ("", "false", "locked"),
        ("--keyfile k.key --pw-stdin", "true", "locked"),
    ],
    ids=["open", "locked", "asking"],
)
def test_keepassxc_serves_the_keyring(opened: str, confirm: str, state: str, home: Path) -> None:
    assert shutil.which("keepassxc"), "keepassxc is not installed"
    before = KEEPASSXC.format(opened=opened, confirm=confirm).replace('"$2"', shlex.quote(SERVED.format(opened=opened)))
    try:
        answer = in_session(
            """
secret_service._TIMEOUT_S = 2.0
start = time.monotonic(); probe = KeyringStore().probe(); fast = time.monotonic() - start < 30
same = []
if probe.works:
    for store in (KeyringStore(), SecretToolStore()):
        for value in values:
            # Of an item that is there KeePassXC asks secret-tool whether it may be replaced.
            item = new_item_key(); KeyringStore().put(item, Secret("before")) if store.id == "keyring" else None
            store.put(item, Secret(value))
            same.append([store.get(item) == Secret(value), store.delete(item), not store.delete(item)])
print(json.dumps({"state": probe.state, "reason": probe.reason, "same": same, "fast": fast}))
""",
            home,
            before=before,
        )
    finally:
        os.kill(int((home / "pid").read_text()), signal.SIGKILL)
    assert (answer["state"], answer["fast"]) == (state, True), answer["reason"]
    assert answer["same"] == [[True] * 3] * (10 if state == "works" else 0)
