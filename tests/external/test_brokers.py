"""Brokers of others, for real: an entry is migrated, started as its host would, and taken back."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.external import npm
from tests.external.brokers import HOST, NODE, OTHER, SERVERS, VARLOCK, Told, Vendor, environment, free_port, start
from tests.external.hosts import CLAUDE_SETTLED
from tests.external.installed import Installation
from tests.rewriters.support import files_with, github
from unsprawl.broker.external.call import ask

pytestmark = pytest.mark.external

NAME = "GITHUB_PERSONAL_ACCESS_TOKEN"
CALLERS = {"python": ([sys.executable], "caller.py"), "node": ([], "caller.mjs")}


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    with Vendor(tmp_path / "vendor").serving() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Machine:
    """A home with unsprawl and one broker in it."""

    installation: Installation
    vendor: Vendor
    environ: dict[str, str]
    """What both the user's shell and the host have besides HOME and PATH."""
    wrapper: dict[str, str]
    """What leads the broker's proxy to the vendor of the test."""

    @property
    def home(self) -> Path:
        return self.installation.home

    @property
    def path(self) -> Path:
        return self.home / ".claude.json"

    def write(self, caller: str, number: int = 1, name: str = "github") -> bytes:
        """A host's file with one server that calls the vendor; what it was."""
        argv, script = CALLERS[caller]
        words = [*(argv or [str(npm.installed(NODE))]), str(SERVERS / script), NAME, self.vendor.url]
        entry = {"type": "stdio", "command": words[0], "args": words[1:], "env": {"LOG": "info", NAME: github(number)}}
        self.path.write_text(json.dumps(CLAUDE_SETTLED | {"mcpServers": {name: entry}}, indent=2) + "\n")
        return self.path.read_bytes()

    def entry(self, name: str = "github") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text())["mcpServers"][name]
        return found

    def run(self, *words: str) -> str:
        """Run unsprawl; it must succeed, and never say the value."""
        done = self.installation.unsprawl(*words, cwd=self.home, env=self.environ)
        assert github() not in done.stdout + done.stderr
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, entry: Mapping[str, Any]) -> Told:
        """What a server says that the host starts; nothing of the user's shell is left there but HOME and PATH."""
        path = f"{self.home / '.local' / 'bin'}:{npm.installed(NODE).parent}:/usr/bin:/bin"
        return start(entry, {"HOME": str(self.home), "PATH": path, **self.wrapper}, self.home)


def link(home: Path, name: str, target: Path) -> None:
    place = home / ".local" / "bin" / name
    place.symlink_to(target)


def round_trip(machine: Machine, target: str, caller: str) -> Told:
    """Migrated, looked at, started, verified; the vendor got the value and the server only a placeholder."""
    machine.write(caller)
    said = machine.run("migrate", "--to", target, "--yes")
    assert "gives no value back" not in said
    entry = machine.entry()
    assert github() not in json.dumps(entry)
    assert files_with(machine.home, [github()]) == set()
    told = machine.start(entry)
    assert (told.status, told.body) == (200, '{"login":"octocat"}')
    assert machine.vendor.got[-1]["authorization"] == f"Bearer {github()}"
    assert told.value
    assert github() not in json.dumps([told.value, told.environ, told.argv])
    assert "no secret in the entry" in machine.run("verify")
    assert machine.run("scan", str(machine.path)).startswith("no literal secrets")
    return told


def refused(machine: Machine, target: str) -> str:
    """What is said when nothing can move; the file is as it was."""
    before = machine.path.read_bytes()
    done = machine.installation.unsprawl("migrate", "--to", target, "--yes", cwd=machine.home, env=machine.environ)
    assert done.returncode == 4, done.stdout
    assert machine.path.read_bytes() == before
    assert github() not in done.stdout + done.stderr
    return " ".join(done.stdout.split())


def until(there: Callable[[], object], limit_s: float = 40.0) -> None:
    """Wait for a program to answer."""
    deadline = time.monotonic() + limit_s
    while not there():
        assert time.monotonic() < deadline, "it does not answer"
        time.sleep(0.2)


def undone(machine: Machine, before: bytes) -> str:
    said = machine.run("undo", "--yes")
    assert machine.path.read_bytes() == before
    assert files_with(machine.home, [github()]) == {machine.path}
    return said


# --- varlock


@pytest.fixture
def varlock(machine: Installation, vendor: Vendor) -> Iterator[Machine]:
    """As `npm install --global` with a prefix at home leaves it, beside the Node that it needs."""
    program = npm.installed(VARLOCK)
    program.chmod(0o755)
    link(machine.home, "varlock", program)
    link(machine.home, "node", npm.installed(NODE))
    wrapper = {
        **vendor.environ,
        "NODE_OPTIONS": f"--require={SERVERS / 'names.cjs'}",
        "NODE_EXTRA_CA_CERTS": str(vendor.authority.root),
    }
    yield Machine(machine, vendor, {}, wrapper)
    for name in ("varlock", "node"):
        (machine.home / ".local" / "bin" / name).unlink()


@pytest.mark.parametrize("caller", CALLERS)
def test_varlock(varlock: Machine, caller: str) -> None:
    before = varlock.write(caller)
    told = round_trip(varlock, "varlock", caller)
    assert told.value.startswith("ghp_")
    assert len(told.value) == len(github())
    undone(varlock, before)
    assert not list((varlock.home / ".local/share/unsprawl/brokers/varlock").iterdir())


def test_varlock_behind_a_bridge(varlock: Machine) -> None:
    """The placeholder stands in the entry's arguments, and is known as one."""
    argv = ["npx", "-y", "mcp-remote@0.15.1", varlock.vendor.url, "--header", f"Authorization: Bearer {github()}"]
    varlock.path.write_text(json.dumps({"mcpServers": {"github": {"command": argv[0], "args": argv[1:]}}}))
    varlock.run("migrate", "--to", "varlock", "--yes")
    entry = varlock.entry()
    stands_in = next(word for word in entry["args"] if word.startswith("Authorization:"))
    assert entry["args"][-1] == "--enable-proxy"
    sender = [*CALLERS["python"][0], str(SERVERS / CALLERS["python"][1]), "STANDS_IN", varlock.vendor.url]
    command = entry["args"].index("--") + 1
    words = {"command": entry["command"], "args": [*entry["args"][:command], *sender]}
    told = varlock.start({**words, "env": {**entry["env"], "STANDS_IN": stands_in.rpartition(" ")[2]}})
    assert told.status == 200
    assert varlock.vendor.got[-1]["authorization"] == f"Bearer {github()}"


def test_a_value_that_was_replaced_in_varlock_stays(varlock: Machine) -> None:
    before = varlock.write("python")
    varlock.run("migrate", "--to", "varlock", "--yes")
    [schema] = varlock.home.glob(".local/share/unsprawl/brokers/varlock/*/.env.schema")
    lines = schema.read_text().splitlines()
    schema.write_text("\n".join([*lines[:-1], f"{NAME}={github(2)}", ""]))
    said = undone(varlock, before)
    assert "stays, since it may be newer" in said
    assert str(schema.parent) in said.replace("\n", "").replace("    ", "")
    assert schema.is_file()


def test_varlock_that_is_too_old(machine: Installation, vendor: Vendor) -> None:
    (machine.home / ".local" / "bin" / "varlock").write_text("#!/bin/sh\necho 0.0.2\n")
    (machine.home / ".local" / "bin" / "varlock").chmod(0o755)
    here = Machine(machine, vendor, {}, {})
    here.write("python")
    assert "varlock 0.0.2 is too old" in refused(here, "varlock")
    (machine.home / ".local" / "bin" / "varlock").unlink()


# --- keys-on-the-wire


@dataclass(slots=True)
class Kow:
    """The daemon of keys-on-the-wire."""

    machine: Machine
    folder: Path
    port: int
    venv: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = {
            "confdir": self.folder / "ca",
            "kow_config": self.folder / "bindings.yaml",
            "ssl_verify_upstream_trusted_ca": self.machine.vendor.authority.root,
        }
        words = ["--listen-port", str(self.port)]
        words += [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        environ = {"HOME": str(self.machine.home), "PATH": "/usr/bin:/bin", **self.machine.vendor.environ}
        environ |= {"KOW_CONFDIR": str(self.folder)}
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.venv / "bin" / "keys-on-the-wire"), *words],
                env=environ, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: ask("GET", "http://healthz.kow.invalid/healthz", proxy=f"http://127.0.0.1:{self.port}"))

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def kow(machine: Installation, vendor: Vendor) -> Iterator[Kow]:
    """Its daemon as a user runs it, with the static backend and a CA of its own."""
    venv = environment("keys-on-the-wire", "1.1.1", 12)
    link(machine.home, "kow", venv / "bin" / "kow")
    folder = machine.home / "kow"
    folder.mkdir(mode=0o700)
    (folder / "secrets.yaml").write_text("secrets: {}\n")
    (folder / "secrets.yaml").chmod(0o600)
    (folder / "bindings.yaml").write_text(
        "# mine\n"
        f"backend:\n  type: static\n  config: {{path: {folder / 'secrets.yaml'}}}\n"
        "audit:\n"
        f"  path: {folder / 'audit.jsonl'}\n"
        "secrets: {}  # bound here\n"
    )
    port = free_port()
    environ = {"KOW_CONFDIR": str(folder), "UNSPRAWL_KOW_PROXY": f"http://127.0.0.1:{port}"}
    environ["SSL_CERT_FILE"] = str(vendor.authorities)
    daemon = Kow(Machine(machine, vendor, environ, vendor.environ), folder, port, venv)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()
    (machine.home / ".local" / "bin" / "kow").unlink()


def test_kow(kow: Kow) -> None:
    here, bindings = kow.machine, kow.folder / "bindings.yaml"
    bound_before, before = bindings.read_bytes(), here.write("python")
    said = here.run("migrate", "--to", "kow", "--yes")
    assert "start the daemon of keys-on-the-wire again" in said
    entry = here.entry()
    assert entry["command"] == sys.executable
    assert entry["env"][NAME].startswith("kow-PLACEHOLDER-")
    assert entry["env"]["HTTPS_PROXY"] == f"http://127.0.0.1:{kow.port}"
    assert bindings.read_text().startswith("# mine\nbackend:\n")
    assert github() not in bindings.read_text()
    kow.stop()
    kow.start()
    told = here.start(entry)
    assert here.vendor.got[-1]["authorization"] == f"Bearer {github()}"
    assert told.value == entry["env"][NAME]
    assert github() not in json.dumps([told.value, told.environ, told.argv])
    # A host that nothing is bound to can still be called, and gets the placeholder only.
    elsewhere = [word.replace(HOST, OTHER) for word in entry["args"]]
    assert here.start({**entry, "args": elsewhere}).status == 200
    assert here.vendor.got[-1]["authorization"] == f"Bearer {entry['env'][NAME]}"
    assert "no secret in the entry" in here.run("verify")
    here.run("undo", "--yes")
    assert here.path.read_bytes() == before
    assert bindings.read_bytes() == bound_before
    assert github() not in (kow.folder / "secrets.yaml").read_text()
    kow.stop()
    assert "its daemon does not answer" in refused(here, "kow")
    kow.start()


# --- authsome


@dataclass(slots=True)
class Agent:
    """A home of authsome with its daemon, which is no other home's."""

    machine: Machine
    venv: Path
    url: str

    @property
    def environ(self) -> dict[str, str]:
        port = self.url.rpartition(":")[2]
        return {
            "HOME": str(self.machine.home), "PATH": "/usr/bin:/bin", "AUTHSOME_DO_NOT_TRACK": "1",
            "AUTHSOME_PORT": port, "AUTHSOME_BASE_URL": self.url,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }  # fmt: skip

    def authsome(self, *words: str, limit_s: float = 90.0) -> int | None:
        """The exit code of one of its commands; None for one that still waited at the end of its time."""
        try:
            done = subprocess.run(
                [str(self.venv / "bin" / "authsome"), *words],
                env=self.environ, cwd=self.machine.home, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=limit_s, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return done.returncode

    @property
    def handle(self) -> str:
        """The name of the agent; "" before the first command has made one."""
        config = self.machine.home / ".authsome" / "client" / "config.json"
        return str(json.loads(config.read_text()).get("active_identity") or "") if config.is_file() else ""

    def identity(self) -> dict[str, Any]:
        """What the daemon says of the agent."""
        reply = ask("GET", f"{self.url}/api/identities/{self.handle}") if self.handle else None
        return reply.data if reply is not None and reply.code == 200 else {}

    def claim(self) -> None:
        """What a person does in the browser: an account, and a click."""
        cookies = urllib.request.HTTPCookieProcessor()
        browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        form = urllib.parse.urlencode({"email": "a@b.example", "password": "synthetic-1", "next": "/"})
        with suppress(urllib.error.HTTPError):  # what it leads to is of no interest
            browser.open(f"{self.url}/api/auth/register", form.encode(), timeout=20).close()
        token = self.identity()["claim_url"].rpartition("token=")[2].rstrip("/").rpartition("/")[2]
        browser.open(f"{self.url}/api/claim/{token}/confirm", b"", timeout=20).close()
        assert self.identity()["registration_status"] == "claimed"


@pytest.fixture
def agent(machine: Installation, vendor: Vendor) -> Iterator[Agent]:
    """An agent that has started once, and waits to be claimed."""
    venv = environment("authsome", "0.7.2", 13)
    link(machine.home, "authsome", venv / "bin" / "authsome")
    url = f"http://127.0.0.1:{free_port()}"
    environ = {"AUTHSOME_PORT": url.rpartition(":")[2], "AUTHSOME_BASE_URL": url}
    made = Agent(Machine(machine, vendor, environ, vendor.environ), venv, url)
    try:
        made.authsome("daemon", "start")
        until(lambda: ask("GET", f"{url}/api/health"))
        waiting = subprocess.Popen(
            [str(venv / "bin" / "authsome"), "whoami"], env=made.environ, cwd=machine.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until(made.identity)
        finally:
            waiting.kill()
            waiting.wait()
        yield made
    finally:
        made.authsome("daemon", "stop")
        (machine.home / ".local" / "bin" / "authsome").unlink()


def test_authsome(agent: Agent) -> None:
    """All in one: its daemon takes long to start."""
    here = agent.machine
    before = here.write("python")
    begun = time.monotonic()
    assert "was not claimed yet" in refused(here, "authsome")  # its own command would wait for five minutes
    assert time.monotonic() - begun < 60
    agent.claim()

    told = round_trip(here, "authsome", "python")
    assert told.value == "authsome-proxy-managed"
    entry = here.entry()
    assert entry["env"][NAME] == "authsome-proxy-managed"
    assert entry["env"]["AUTHSOME_BASE_URL"] == agent.url
    undone(here, before)

    round_trip(here, "authsome", "node")  # the first provider is gone, so the same host can be claimed anew
    both = json.loads(here.path.read_text())
    second = json.loads(before)["mcpServers"]["github"]
    both["mcpServers"]["work"] = {**second, "env": {**second["env"], NAME: github(2)}}
    here.path.write_text(json.dumps(both, indent=2))
    assert f"another connection of authsome claims {HOST}" in refused(here, "authsome")
    assert "holds github-" in here.run("verify", "github")

    agent.authsome("daemon", "stop")
    done = here.installation.unsprawl("verify", "github", cwd=here.home, env=here.environ)
    assert done.returncode == 1
    assert "no daemon of authsome answers" in " ".join(done.stdout.split())
    said = here.run("undo", "--yes")
    assert "the value in authsome stays" in " ".join(said.split())
    assert ask("GET", f"{agent.url}/api/health") is None  # nothing has started it
