"""`migrate --to oauth --start` with real hosts: their own login runs, and the server needs the old key no more."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
import pytest

from tests.external import npm
from tests.external.hosts import host_environment
from tests.external.installed import Installation
from tests.external.programs import NAMES, OFFLINE, PROGRAMS, SECRETS, HostProgram, Servers
from tests.external.test_logins import SERVERS
from tests.oauth.running import free_port, running
from tests.servers.remote import remote_recorder
from unsprawl.scanner.hosts import host as host_of

pytestmark = pytest.mark.external
TIMEOUT_S = 90
HEADER = f"Bearer {SECRETS['header']}"


class LoginHost(NamedTuple):
    """A host with a login command of its own."""

    name: str
    program: npm.Program
    path: str
    before: Callable[[str], str]
    """Its file, with the server's address and the key in a header."""
    lists: tuple[str, ...]
    knows: str
    """What it lists of a server that it has logged in at."""


def codex(url: str) -> str:
    return (
        'mcp_oauth_credentials_store = "file"  # no keyring here\n\n[mcp_servers.tickets]\n'
        f'url = "{url}"\nstartup_timeout_sec = 20\nhttp_headers = {{ Authorization = "{HEADER}", X-Team = "core" }}\n'
    )


def opencode(url: str) -> str:
    headers = {"Authorization": HEADER, "X-Team": "core"}
    entry = {"type": "remote", "url": url, "headers": headers, "oauth": False}
    return json.dumps({"$schema": "https://opencode.ai/config.json", "mcp": {"tickets": entry}}, indent=2) + "\n"


HOSTS = (
    LoginHost("codex", npm.CODEX, ".codex/config.toml", codex, ("mcp", "list", "--json"), '"auth_status": "o_auth"'),
    LoginHost("opencode", npm.OPENCODE, ".config/opencode/opencode.json", opencode, ("mcp", "list"), "connected"),
)


@contextmanager
def browser(process: subprocess.Popen[str]) -> Iterator[list[str]]:
    """Opens the first address that asks for consent, as a person would who reads what is printed."""
    lines: list[str] = []

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line)
            found = re.search(r"https?://\S+/authorize\?\S+", line)
            if found and not any("/authorize?" in each for each in lines[:-1]):
                httpx.get(found[0], follow_redirects=True, trust_env=False, timeout=20)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    yield lines
    reader.join(10)


@pytest.mark.parametrize("host", HOSTS, ids=[host.name for host in HOSTS])
def test_the_host_logs_in_and_needs_the_key_no_more(machine: Installation, host: LoginHost) -> None:
    home, port = machine.home, free_port()
    work = home / "work"
    work.mkdir()
    script = home / "bin" / host.name
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.join(npm.command(host.program))} "$@"\n')
    script.chmod(0o755)
    config = home / host.path
    config.parent.mkdir(parents=True)
    environ = host_environment(home, {})
    environ["PATH"] = f"{script.parent}:{npm.installed(npm.NODE).parent}:{machine.program.parent}:/usr/bin:/bin"
    with running([sys.executable, str(SERVERS / "python_sdk.py"), "demo", str(port)], port) as origin:
        before = host.before(f"{origin}/mcp").encode()
        config.write_bytes(before)
        words = ["migrate", "--to", "oauth", "--remote", "tickets", "--yes", "--start"]
        with (
            subprocess.Popen(
                [str(machine.program), *words], cwd=work, env=environ, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            ) as process,
            browser(process) as lines,
        ):  # fmt: skip
            assert process.stdout is not None
            told = process.stdout.read()
            code = process.wait(TIMEOUT_S)
        said = told + "".join(lines)
        assert "says that it has logged in" in told, said
        assert code == 3, said  # of the login nothing was seen here but what the host says
        after = config.read_bytes()
        assert SECRETS["header"].encode() not in after
        assert b"X-Team" in after
        listed = subprocess.run(
            [str(script), *host.lists], cwd=work, env=environ, capture_output=True, text=True, timeout=TIMEOUT_S
        )
        assert host.knows in listed.stdout, listed.stdout + listed.stderr
    assert SECRETS["header"] not in said
    undone = machine.unsprawl("undo", "--yes", cwd=work)
    assert undone.returncode == 0, undone.stderr + undone.stdout
    assert config.read_bytes() == before


LOADING = [each for each in PROGRAMS if host_of(each.host).check and host_of(each.host).oauth.native]


@pytest.mark.parametrize("program", LOADING, ids=[each.host for each in LOADING])
def test_the_host_loads_an_entry_that_asks_for_a_login(machine: Installation, program: HostProgram) -> None:
    """A server that it started, and one that it called with a key: its own program lists both afterwards."""
    home, port = machine.home, free_port()
    work = home / "work"
    work.mkdir()
    config = home / program.path
    config.parent.mkdir(parents=True, exist_ok=True)
    check = host_of(program.host).check
    assert check is not None
    script = home / "bin" / check.program
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.join(npm.command(program.program))} "$@"\n')
    script.chmod(0o755)
    path = f"{script.parent}:{npm.installed(npm.NODE).parent}:{machine.program.parent}:/usr/bin:/bin"
    given = OFFLINE | {name: text for name, text in program.variables.items() if "{" not in text} | {"PATH": path}
    with (
        remote_recorder() as remote,
        running([sys.executable, str(SERVERS / "python_sdk.py"), "demo", str(port)], port) as origin,
    ):
        before = program.write(Servers(home, remote, ("env", "header"))).encode()
        config.write_bytes(before)
        config.chmod(0o600)
        names = [NAMES["env"], NAMES["header"]]
        said = [word for name in names for word in ("--remote", f"{name}={origin}/mcp")]
        moved = machine.unsprawl("migrate", "--yes", "--to", "oauth", *said, cwd=work, env=given)
        assert moved.returncode == 0, moved.stderr + moved.stdout
        after = config.read_bytes()
        assert not [value for value in SECRETS.values() if value.encode() in after]
        assert b"mcp-remote" not in after
        verified = machine.unsprawl("verify", "--start", "--yes", cwd=work, env=given)
        told = verified.stdout + verified.stderr
        assert verified.returncode == 3, told
        assert verified.stdout.count("knows the entry") == len(names), told
        assert verified.stdout.count("the server wants a login, which only the host has") == len(names), told
        assert not [value for value in SECRETS.values() if value in told]
    undone = machine.unsprawl("undo", "--yes", cwd=work)
    assert undone.returncode == 0, undone.stderr + undone.stdout
    assert config.read_bytes() == before
