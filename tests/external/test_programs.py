"""Every host that installs from npm: its real program reads the migrated file, and the servers get the same values."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.external import npm
from tests.external.hosts import recorded_starts
from tests.external.installed import Installation
from tests.external.programs import NAMES, OFFLINE, PROGRAMS, SECRETS, HostProgram, Servers, planted
from tests.servers.remote import remote_recorder
from unsprawl.scanner.hosts import host
from unsprawl.vault.guarded import Guards, changed

pytestmark = pytest.mark.external

TARGETS = ("reference", "run")
CASES = [(program, target) for program in PROGRAMS for target in TARGETS if target == "run" or program.slots]
CASES += [(program, "env-file") for program in PROGRAMS if host(program.host).env_file is not None]


@pytest.mark.parametrize(("program", "target"), CASES, ids=[f"{program.host}-{target}" for program, target in CASES])
def test_the_servers_get_the_same_values(machine: Installation, program: HostProgram, target: str) -> None:
    home = machine.home
    work = home / "work"
    work.mkdir()
    helper = getattr(host(program.host).remote, "helper", None)
    if helper is not None:  # as the host leaves it after its first session
        (home / helper.folder.removeprefix("~/")).mkdir(parents=True)
    config = home / program.path
    config.parent.mkdir(parents=True, exist_ok=True)
    with remote_recorder() as remote:
        servers = Servers(home, remote, vault_slots(program) if target == "run" else program.slots)
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
        if target != "run":
            verified = verify(machine, program, servers, work)
            assert not [value for value in SECRETS.values() if value in verified]

    undone = machine.unsprawl("undo", "--yes", cwd=work)
    assert undone.returncode == 0, undone.stderr + undone.stdout
    assert config.read_bytes() == before
    assert not [value for value in SECRETS.values() if value in moved.stdout + moved.stderr + undone.stdout]
    if target == "run":
        only_known_guards(program, home)


def vault_slots(program: HostProgram) -> tuple[str, ...]:
    """What the vault can give a server without another program between them."""
    remote = host(program.host).remote
    return ("env", "header") if remote is not None and remote.helper is not None else ("env",)


def verify(machine: Installation, program: HostProgram, servers: Servers, work: Path) -> str:
    """Our own check: each server answers us, and the host's own program knows each entry. Gives all it printed."""
    check = host(program.host).check
    folder = machine.home / "bin"
    if check is not None:
        folder.mkdir()
        script = folder / check.program
        script.write_text(f'#!/bin/sh\nexec {shlex.join(npm.command(program.program))} "$@"\n')
        script.chmod(0o755)
    (machine.home / ".bashrc").write_text(". ~/.config/unsprawl/env.sh\n")
    path = f"{folder}:{npm.installed(npm.NODE).parent}:{machine.program.parent}:/usr/bin:/bin"
    done = machine.unsprawl("verify", "--start", "--yes", cwd=work, env=OFFLINE | {"PATH": path})
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert done.stdout.count("the server answered and has 1 tool") == len(servers.slots), said
    assert done.stdout.count("knows the entry") == (len(servers.slots) if check is not None else 0), said
    assert {NAMES[slot] for slot in servers.slots} <= set(said.split())
    return said


def only_known_guards(program: HostProgram, home: Path) -> None:
    """What a host adds to the environment and `run` guards is in the rules, or `run` would refuse under it."""
    given = {"HOME", *OFFLINE, *program.variables}
    known = {name: value.replace("~", str(home), 1) for name, value in host(program.host).child_sets.items()}
    for start in recorded_starts(home):
        added = {name: value for name, value in start.env.items() if name not in given}
        guarded = {name for name, _ in changed(Guards({}, {}), added, bytes(32), frozenset())}
        assert {name for name in guarded if known.get(name) != added[name]} == set()
