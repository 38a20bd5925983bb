"""Every host that installs from npm: its real program reads the migrated file, and the servers get the same values."""

from __future__ import annotations

import pytest

from tests.external.installed import Installation
from tests.external.programs import OFFLINE, PROGRAMS, SECRETS, HostProgram, Servers, planted
from tests.servers.remote import remote_recorder

pytestmark = pytest.mark.external


CASES = [
    (program, target) for program in PROGRAMS for target in ("reference", "run") if target == "run" or program.slots
]


@pytest.mark.parametrize(("program", "target"), CASES, ids=[f"{program.host}-{target}" for program, target in CASES])
def test_the_servers_get_the_same_values(machine: Installation, program: HostProgram, target: str) -> None:
    home = machine.home
    work = home / "work"
    work.mkdir()
    config = home / program.path
    config.parent.mkdir(parents=True, exist_ok=True)
    with remote_recorder() as remote:
        servers = Servers(home, remote, program.slots if target == "reference" else ("env",))
        before = program.write(servers).encode()
        config.write_bytes(before)
        config.chmod(0o600)
        assert program.received(servers, work, {}) == planted(servers.slots)
        assert config.read_bytes() == before, "the host itself rewrote its file: the rest would prove nothing"

        moved = machine.unsprawl("migrate", "--yes", "--to", target, cwd=work, env=OFFLINE)
        assert moved.returncode == 0, moved.stderr + moved.stdout
        after = config.read_bytes()
        assert not [slot for slot in servers.slots if SECRETS[slot].encode() in after]
        assert machine.unsprawl("scan", cwd=work).returncode == 0

        exported = machine.shell_environment() if target == "reference" else {}
        assert program.received(servers, work, exported) == planted(servers.slots)
        assert config.read_bytes() == after

    undone = machine.unsprawl("undo", "--yes", cwd=work)
    assert undone.returncode == 0, undone.stderr + undone.stdout
    assert config.read_bytes() == before
    assert not [value for value in SECRETS.values() if value in moved.stdout + moved.stderr + undone.stdout]
