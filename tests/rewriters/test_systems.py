"""The systems of rules/systems.yaml at work: scanned as a program does, moved where it is advised, known again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.program import Program
from tests.systems import MACHINE, filled, looked_into, of_system
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State
from unsprawl.rewriters.operations import carry_out
from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.planner import EXTERNAL, Machine, make_plan
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.targets.oauth import OAuth
from unsprawl.rules.bundle_approaches import SYSTEMS
from unsprawl.scanner.approach_scores import becomes
from unsprawl.scanner.brokered import broker_of
from unsprawl.scanner.examine import Examined, ExaminedEntry, examine
from unsprawl.scanner.explain import explained
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.oauth.targets import address_of
from unsprawl.scanner.remotes.catalogue import by_id
from unsprawl.scanner.remotes.rank import rank_of
from unsprawl.scanner.servers import key_paths

EXAMPLES = [each for each in SYSTEMS if "example" in each]
SERVICES = [each for each in SYSTEMS if each["kind"] == "service"]


def planned(system: dict[str, Any], target: str, machine: Machine = MACHINE) -> EntryStep | Refusal | None:
    """What becomes of a system's example, named as its owner would name it."""
    example = system["example"]
    made = make_plan([looked_into(example["file"], {system["id"]: example["entry"]})], machine, target, [system["id"]])
    return next(iter((*made.steps, *made.refusals)), None)


def moved(system: dict[str, Any], target: str, machine: Machine = MACHINE) -> tuple[ExaminedEntry, str]:
    """The example as it is found in its file afterwards, and the file."""
    example = system["example"]
    examined = looked_into(example["file"], {system["id"]: example["entry"]})
    made = make_plan([examined], machine, target, [system["id"]])
    assert made.steps, [each.reason for each in made.refusals]
    codec = editing_codec_for(examined.document.codec.id)
    assert codec is not None
    after = carry_out(codec, examined.document.text, made.steps[0].operations, key_paths(examined.file)).text
    again = examine(examined.file, after.encode(), "example")
    assert isinstance(again, Examined)
    (found,) = again.entries
    return found, after


def test_scan_tells_of_each_what_it_is(home: Path, start: Program) -> None:
    """All of them in the files of one home, as a program reads them."""
    files: dict[str, dict[str, Any]] = {}
    for system in EXAMPLES:
        entry = filled(system["example"]["entry"], Random(system["id"]))
        files.setdefault(system["example"]["file"], {})[system["id"]] = entry
    for file, entries in files.items():
        path = home / file.removeprefix("~/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"servers" if "Code" in file else "mcpServers": entries}))
    document = json.loads(start("scan", "--format", "json").stdout)
    told = {each["name"]: each for each in document["entries"]}
    assert set(told) == {each["id"] for each in EXAMPLES}
    for system in EXAMPLES:
        assert told[system["id"]]["approach"] == system["expects"].get("rank"), system["id"]
    holding = {each["entry"] for each in document["findings"]}
    assert holding == {each["id"] for each in EXAMPLES if each["expects"]["advice"] not in ("leave", "probe")}


@pytest.mark.parametrize(
    "system", [each for each in EXAMPLES if each["expects"]["advice"] not in ("leave", "probe")], ids=lambda e: e["id"]
)
def test_it_moves_where_it_is_advised_to_and_is_known_again(system: dict[str, Any]) -> None:
    target = system["expects"]["advice"]
    found, _ = moved(system, target)
    assert found.findings == ()
    now = explained(found, frozenset(), {})
    if target == OAuth.id:
        (candidate,) = of_system(system).candidates
        assert address_of(found) == candidate.url
        assert [each.service.id for each in now.candidates] == [system["remote"]]
        assert now.likely == rank_of(candidate)
        return
    after = becomes(target)
    assert after is not None
    assert now.approach.rank == (after.rank or system["expects"]["rank"])
    assert after.mark in now.approach.marks
    assert now.advice.target == "leave"


def test_an_entry_without_a_secret_moves_nowhere() -> None:
    for system in EXAMPLES:
        if system["kind"] in ("reference", "broker") or system["expects"]["advice"] in ("leave", "probe"):
            assert planned(system, "auto") is None, system["id"]


@pytest.mark.parametrize("system", SERVICES, ids=lambda each: each["id"])
def test_the_login_of_a_service(system: dict[str, Any]) -> None:
    """Named by its owner it moves, or what is missing is said; nobody else's client is ever used."""
    row, answer = by_id()[system["remote"]], planned(system, OAuth.id)
    assert row.has_oauth
    if isinstance(answer, EntryStep):
        assert system["expects"]["advice"] == OAuth.id
        assert row.name in answer.summary
        return
    assert isinstance(answer, Refusal)
    assert system["expects"]["advice"] != OAuth.id
    if row.registration in ("preregistered", "dcr-listed"):
        assert row.name in answer.reason
        # In a host that takes a client which a human has registered, and keeps its secret out of the file.
        there = {**system, "example": {**system["example"], "file": "~/.claude.json"}}
        refused = planned(there, OAuth.id)
        assert isinstance(refused, Refusal)
        own = row.registration == "preregistered"
        assert (f"--client-id {system['id']}=ID" in refused.hint) == own, "of a list of hosts nobody gets a client"
        stated = replace(MACHINE, stated=Stated(clients={system["id"]: "made-up-client"}))
        found, text = moved(there, OAuth.id, stated)
        assert "made-up-client" in text
        assert (found.findings, found.approach.rank) == ((), 4)
    else:
        assert row.name in answer.reason


@pytest.mark.parametrize("broker", EXTERNAL)
def test_a_broker_takes_a_key_and_is_known_again(broker: str) -> None:
    facts = known()[broker]
    settings = {each.name: each.usual.get("linux", "x") for each in facts.settings}
    settings |= {"ca": "/etc/x/ca.pem", "own": "/home/you/own"}
    here = Here(broker, State.READY, "", "", f"/usr/local/bin/{facts.programs[0]}", "9.9.9", settings)
    search = next(each for each in SYSTEMS if each["id"] == "approach-6")
    found, _ = moved(search, broker, replace(MACHINE, brokers={broker: here}))
    assert found.findings == ()
    assert found.approach.rank == 1
    assert broker_of(found.entry.command) == (broker if facts.wrap else "")
    refused = planned(search, broker)
    assert isinstance(refused, Refusal)  # nobody has looked for it
