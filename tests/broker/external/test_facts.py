"""rules/brokers.yaml, the page made of it, and what is said of brokers that are not here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from string import Formatter

import pytest
from tests.brokers_page import PAGE, updated
from tests.cli.program import Program

from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import State, installed, numbers, real_python
from unsprawl.broker.external.registry import BROKERS, look, looks
from unsprawl.scanner.surroundings import Surroundings

FAKE = Callable[[str, str], Path]


def around(home: Path, system: str = "linux", **environ: str) -> Surroundings:
    return Surroundings(str(home), str(home), environ, system)


def test_the_page_is_fresh() -> None:
    page = PAGE.read_text("utf-8")
    assert updated(page) == page, "python -m tests.brokers_page"


def test_every_broker_but_those_with_instructions_is_a_target_or_could_be_one() -> None:
    assert set(BROKERS) == {facts.id for facts in known().values() if facts.kind == "wire"}
    assert all(facts.instructions for facts in known().values() if facts.id not in BROKERS)


@pytest.mark.parametrize("broker_id", list(known()))
def test_templates_name_only_what_there_is(broker_id: str) -> None:
    facts = known()[broker_id]
    names = {setting.name for setting in facts.settings}
    allowed = {
        "wrap": {"program", "own", "account"},
        "set": {*names, "ca", "own"},
        "placeholder": {"account", "variable"},
    }
    texts = {"wrap": facts.wrap, "set": facts.set.values(), "placeholder": [facts.placeholder]}
    for where, found in texts.items():
        used = {name for text in found for _, name, _, _ in Formatter().parse(text) if name}
        assert used <= allowed[where], where


def test_nothing_is_here_and_nothing_is_started(home: Path) -> None:
    for here in looks(known(), around(home)).values():
        assert here.state is State.MISSING, here
        assert here.hint
    assert list(home.iterdir()) == []


def test_another_system_is_told_so(home: Path) -> None:
    assert {look(broker_id, around(home, "windows")).state for broker_id in known()} == {State.ELSEWHERE}


@pytest.fixture
def fake(home: Path) -> FAKE:
    """Puts a program into ~/.local/bin that prints a text, whatever it is asked."""

    def made(name: str, said: str) -> Path:
        path = home / ".local" / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
        path.chmod(0o755)
        return path

    return made


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("1.20.0", State.READY),
        ("varlock v1.21.3 (linux)", State.READY),
        ("2.0", State.READY),
        ("1.9.9", State.OLD),  # as numbers, not as text
        ("0.0.2", State.OLD),  # what npm takes on Node 20
        ("unknown", State.OLD),
    ],
)
def test_versions(said: str, state: State, fake: FAKE, home: Path) -> None:
    path = fake("varlock", said)
    here = look("varlock", around(home))
    assert (here.state, here.program) == (state, str(path))


def test_a_program_in_a_project_is_not_taken(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project / "node_modules" / ".bin" / "varlock"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\ntouch started\necho 1.20.0\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent))
    assert look("varlock", around(project.parent)).state is State.MISSING
    assert not list(project.glob("**/started"))


def test_versions_are_compared_as_numbers() -> None:
    assert numbers("1.20") < numbers("1.20.1") < numbers("1.100")


def test_settings_come_from_the_shell_and_those_that_hosts_strip_are_passed_on(fake: FAKE, home: Path) -> None:
    fake("authsome", "authsome, version 0.7.2")
    usual = installed(known()["authsome"], around(home))
    assert usual.settings["home"] == str(home / ".authsome")
    assert dict(usual.passed) == {}
    own = installed(known()["authsome"], around(home, AUTHSOME_PORT="7999"))
    assert own.settings["port"] == "7999"
    assert dict(own.passed) == {"AUTHSOME_PORT": "7999"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#!{python}\n", True),
        ('#!/bin/sh\n\'\'\'exec\' "{python}" "$0" "$@"\n', True),  # pip, where the path is too long for the kernel
        ("#!/bin/sh\necho\n", False),
        ("#!/usr/bin/env python3\n", False),  # whichever that would be
    ],
)
def test_the_interpreter_of_a_program(text: str, found: bool, tmp_path: Path) -> None:
    python = tmp_path / "long" / "python3.13"
    python.parent.mkdir()
    python.write_text("")
    python.chmod(0o755)
    program = tmp_path / "authsome"
    program.write_text(text.format(python=python))
    assert real_python(str(program)) == (str(python) if found else "")


def test_the_command(start: Program, fake: FAKE) -> None:
    fake("varlock", "1.20.0")
    done = start("vault", "brokers", "--format", "json")
    document = json.loads(done.stdout)
    assert (document["stats"]["brokers"], document["stats"]["ready"]) == (len(known()), 1)
    first = document["brokers"][0]
    assert (first["id"], first["state"], first["version"], first["ran"]) == ("varlock", "ready", "1.20.0", True)
    shown = start("vault", "brokers").stdout
    assert "unsprawl migrate --to varlock" in shown
    assert "mind: a preview" in shown
