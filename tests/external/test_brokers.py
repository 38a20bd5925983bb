"""Brokers of others, for real: an entry is migrated, started as its host would, and taken back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.external import npm
from tests.external.brokers import NODE, SERVERS, VARLOCK, Told, Vendor, start
from tests.external.hosts import CLAUDE_SETTLED
from tests.external.installed import Installation
from tests.rewriters.support import files_with, github

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
