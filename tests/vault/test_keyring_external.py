"""A real gnome-keyring under a private D-Bus session, with the environment that MCP hosts leave.

apt-get install --no-install-recommends gnome-keyring libsecret-tools dbus-x11
"""

from __future__ import annotations

import json
import os
import shutil
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


def in_session(code: str, home: Path, *, unlock: bool = True, timeout_s: float = 60) -> dict[str, object]:
    """Runs Python `code` in a new session; its last line of output is JSON."""
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
    shell = (UNLOCK if unlock else "") + 'exec "$0" -c "$1"'
    command = ["dbus-run-session", "--", "sh", "-c", shell, sys.executable, PREAMBLE + code]
    done = subprocess.run(
        command,
        env=stripped | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    return answer


PREAMBLE = """
import json, os, subprocess, sys, time
from unsprawl.scanner.errors import *
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places, secret_service, service
from unsprawl.vault.keyring_store import KeyringStore
from unsprawl.vault.stores import new_item_key
"""


def test_values_come_back_and_other_programs_read_them(home: Path) -> None:
    answer = in_session(
        """
from keyring.backends.SecretService import Keyring
values = ["plain", "newline\\n", "-----BEGIN\\nQUJD\\n-----END\\n", "p\\u00e4ss \\u20ac \\U0001f600"]
values += ["x" * 100_000, " s "]
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
    probe = KeyringStore().probe() if made else None
finally:
    if made:
        os.unlink(socket)
print(json.dumps({"works": probe.works if made else "a real bus is here",
                  "restored": "DBUS_SESSION_BUS_ADDRESS" in os.environ}))
""",
        home,
    )
    assert answer["works"] is True or answer["works"] == "a real bus is here"
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
        unlock=False,
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
        unlock=False,
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
