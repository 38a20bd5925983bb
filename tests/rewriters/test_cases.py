"""Host x slot x target: each folder in `tests/cases` is one entry with what becomes of it, to the byte, or why nothing.

`case.yaml` names the file that the entry is in; `before.*` is its text; `after-TARGET.*` what the target makes of it.
`refused` holds the exact reasons instead, `kept` the values under their names, `sent` where the proxy may put them in,
`same` another target that does the very same here, `remotes` where the user says that an entry can log in.
`@@GITHUB@@` stands for a value made at run time, `@@REF@@` for the record's random name, `@@PLACE@@` for what tells the
file of an entry from those of others.
`python -m tests.rewriters.write_cases NAME…` writes what becomes of an entry now; whether that is right, you say.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rewriters.support import Bench, filled, last_journal, secret
from unsprawl.rewriters.entry_env_file import entry_file
from unsprawl.rewriters.env_home import env_homes
from unsprawl.rewriters.planner import TARGETS
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.own_files import entry_env_files
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file
from unsprawl.vault.destination_text import text_of
from unsprawl.vault.records import list_records
from unsprawl.vault.service import withdraw

CASES = sorted(Path(__file__).parents[1].joinpath("cases").glob("*/case.yaml"))
SLOTS = ("env", "header", "arg", "url", "docker")


def name_of(case: Path) -> str:
    return case.parent.name


def test_every_host_has_a_case_for_every_slot() -> None:
    names = {name_of(case) for case in CASES}
    edited = [host for host in hosts() if not host.rewrite_refused]
    missing = [f"{host.id}-{slot}" for host in edited for slot in SLOTS if f"{host.id}-{slot}" not in names]
    assert not missing


def test_every_case_tells_of_every_target() -> None:
    for case in CASES:
        told = yaml.safe_load(case.read_text())
        for target in (name for name, known in TARGETS.items() if not known.by_hand):
            said = told.get("same", {}).get(target) in TARGETS or list(case.parent.glob(f"after-{target}.*"))
            assert said or told["refused"][target], f"{name_of(case)}: {target}"


def told_of(case: Path) -> list[str]:
    """The targets that a case tells of: all of them, but those that only a user may choose where it says so."""
    told = yaml.safe_load(case.read_text())
    by_hand = [name for name, known in TARGETS.items() if known.by_hand]
    shown = {name for key in ("kept", "refused", "same") for name in told.get(key, {})}
    shown |= {"oauth"} if "remotes" in told else set()
    silent = [name for name in by_hand if name not in shown]
    return sorted(TARGETS.keys() - silent)


@pytest.mark.parametrize(
    ("case", "target"), [pytest.param(c, t, id=f"{name_of(c)}-{t}") for c in CASES for t in told_of(c)]
)
def test_case(case: Path, target: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = yaml.safe_load(case.read_text())
    monkeypatch.setattr("unsprawl.vault.programs.SYSTEM", (str(programs(tmp_path)),))
    monkeypatch.setenv("PATH", str(tmp_path / "usr"))
    for name, text in told.get("exported", {}).items():
        monkeypatch.setenv(name, filled(text))
    (before,) = case.parent.glob("before.*")
    path = home / told["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = filled(before.read_bytes().decode())
    path.write_bytes(text.encode())
    bench = Bench(home)
    bench.system = told.get("system", "linux")

    plan = bench.plan(path, target=target, stated=Stated(told.get("remotes", {})))

    reasons = {refusal.found.entry.name: refusal.reason for refusal in plan.refusals}
    assert reasons == told.get("refused", {}).get(target, {})
    outcomes, journal = bench.apply(plan)
    assert {outcome.status for outcome in outcomes} <= {"done"}, [outcome.reason for outcome in outcomes]
    shown = told.get("same", {}).get(target, target)
    after = list(case.parent.glob(f"after-{shown}.*"))
    wanted = filled(after[0].read_bytes().decode()) if after else text
    assert without_refs(path.read_bytes().decode()) == wanted
    assert kept_values() == told_values(told.get("kept", {}).get(shown, {}))
    assert bound_values() == sorted(told.get("sent", {}).get(target, []))
    if not after:
        return
    assert reasons or secret() not in wanted
    [examined] = bench.examined(path)
    for found, outcome in verify([examined], bench.around):
        stays_or_unset = found.entry.name in reasons or "not set here" in outcome.reason
        program = "no program" in outcome.reason  # the installed path of the tests is made up
        login = target == "oauth" and "no login was tried" in outcome.reason
        assert outcome.status == "done" or stays_or_unset or program or login, (found.entry.name, outcome.reason)

    outcomes = undo(last_journal())

    assert {outcome.status for outcome in outcomes} == {"restored"}
    assert path.read_bytes() == text.encode()
    assert not kept_values()
    assert journal.id == last_journal().id


def programs(tmp_path: Path) -> Path:
    """A folder of installed programs, in place of /usr."""
    folder = tmp_path / "usr"
    folder.mkdir(exist_ok=True)
    for name in ("npx", "node", "npm", "sh", "docker", "unsprawl"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    assert shutil.which("npx", path=str(folder))
    return folder


def without_refs(text: str) -> str:
    for record in list_records():
        if record.project is None:
            text = text.replace(record.ref, f"{record.ref.rpartition('-')[0]}-@@REF@@")
    own = re.escape(entry_env_files())
    return re.sub(rf"{own}/([a-z0-9-]+)-[0-9a-f]{{12}}\.env", r"@@ENTRIES@@/\1-@@PLACE@@.env", text)


def kept_values() -> set[tuple[str, str]]:
    """What the records hand to servers, what the shell file exports, and what the files of hosts and entries hold."""
    found = {
        (name, withdraw(record.store, item).reveal()) for record in list_records() for name, item in record.variables
    }
    variables = {name: env_file.get_variable(name) for name in env_file.names()}
    found |= {(name, value.reveal()) for name, value in variables.items() if value is not None}
    loaded = (each for file in env_homes(Surroundings.here()).values() for each in file.values.items())
    found |= {(name, value.reveal()) for name, value in loaded}
    for path in Path(entry_env_files()).glob("*"):
        own = ((name, entry_file(str(path)).get_variable(name)) for name in entry_file(str(path)).names())
        found |= {(name, value.reveal()) for name, value in own if value is not None}
    return found


def bound_values() -> list[str]:
    """Where the proxy may put the values of the records, as `vault add --sent` takes it."""
    return sorted(text_of(each) for record in list_records() for each in record.wire)


def told_values(told: dict[str, str | list[str]]) -> set[tuple[str, str]]:
    """The same from `case.yaml`; a list where two records hand over one name."""
    return {
        (name, filled(value))
        for name, values in told.items()
        for value in (values if isinstance(values, list) else [values])
    }
