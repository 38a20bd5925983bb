"""Every place of every host: found where it is, read by whom it should be, its entries and secrets in place."""

from __future__ import annotations

import os
import time
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from tests.scanner.host_files import WRITERS, write
from tests.scanner.test_discover import HOMES, SYSTEMS, concrete, name_of

from unsprawl.rules import build
from unsprawl.rules.bundle import ENTRIES, HOSTS
from unsprawl.scanner.discover import ConfigFile, host_files, readings
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.host_files import HostFile, file_patterns
from unsprawl.scanner.hosts import Host, host, hosts
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import run_scan
from unsprawl.scanner.surroundings import Surroundings

PLACES = [(each, file) for each in hosts() for file in each.files]
EXACT = [(*place, system) for place, system in product(PLACES, SYSTEMS) if system in (place[1].systems or SYSTEMS)]


def around(system: str, **environ: str) -> Surroundings:
    return Surroundings(HOMES[system], f"{HOMES[system]}/work", environ, system)


def looked_into(each: Host, file: HostFile, system: str, servers: KeyPath) -> tuple[Examined, str]:
    """The file at its place on a system, written as its host writes it."""
    path, environ = concrete(file.pattern, system)
    written = write(each.id, file.pattern, file.format, servers)
    if file.scope == "project":
        environ = {}
    config = ConfigFile(path, readings(path, around(system, **environ)))
    assert config.format == file.format
    assert config.concerns(written.text.encode())
    found = examine(config, written.text.encode(), path)
    assert isinstance(found, Examined), found
    return found, path


@pytest.mark.parametrize("place", EXACT, ids=name_of)
def test_entries_and_secrets_at_every_place(place: tuple[Host, HostFile, str]) -> None:
    each, file, system = place
    for servers in file.servers:
        found, path = looked_into(each, file, system, servers)
        assert not found.document.problems
        expected = write(each.id, file.pattern, file.format, servers).entries
        mine = {pointer(entry.entry.key_path): entry for entry in found.entries if each.id in entry.entry.hosts}
        assert set(mine) == {one.pointer for one in expected}
        for one in expected:
            entry = mine[one.pointer]
            assert not {"misplaced", "nested"} & set(entry.entry.marks)
            single = servers == () and len(expected) == 1
            assert entry.entry.name == one.name or single
            assert entry.entry.transport is one.transport
            assert entry.entry.path == path
            places = {
                (finding.slot.context.kind, finding.slot.context.name, finding.place.pointer)
                for finding in entry.findings
            }
            assert places == {(kind, name, one.pointer + inside) for kind, name, inside in one.secrets}
            assert all(each.id in finding.hosts for finding in entry.findings)


ON_DISK = [
    place for place in PLACES if place[1].servers and place[1].scope != "managed" and place[1].pattern[:1] != "%"
]
"""The folders of Windows are spelled as this system cannot have them; the test above reads their paths."""


@pytest.mark.parametrize("place", ON_DISK, ids=name_of)
def test_a_scan_finds_it_on_a_disk(place: tuple[Host, HostFile], tmp_path: Path) -> None:
    """By known places for the user's files, by the walk for a project's; on the system whose folders these are."""
    each, file = place
    system = (file.systems or SYSTEMS)[0]
    base, project = str(tmp_path / "home"), str(tmp_path / "project")
    path, environ = concrete(file.pattern, system)
    path = path.replace(HOMES[system], base).replace("/srv/project", project)
    path = path.replace("/data/x", str(tmp_path / "data/x"))
    environ = {name: str(tmp_path / "data/x") for name in environ}
    for folder in (base, project, os.path.dirname(path)):
        os.makedirs(folder, exist_ok=True)
    written = write(each.id, file.pattern, file.format, file.servers[0])
    Path(path).write_text(written.text)
    here = Surroundings(base, project, environ, system)
    paths = () if file.scope == "user" else (project,)
    result = run_scan(ScanOptions(paths), here)
    secrets = sum(len(one.secrets) for one in written.entries)
    assert (len(result.findings), result.problems) == (secrets, ())
    assert all(each.id in entry.entry.hosts for entry in result.entries)
    if file.scope == "user":
        assert [found.path for found in host_files(here, [each])] == [path]


@pytest.mark.parametrize("system", SYSTEMS)
def test_readers_of_one_file_agree_on_its_format(system: str) -> None:
    for each, file in PLACES:
        if system in (file.systems or SYSTEMS):
            path, environ = concrete(file.pattern, system)
            found = readings(path, around(system, **environ))
            assert len({reading.format for reading in found}) == 1, path
            assert each.id in {reading.host for reading in found}


def test_hosts_share_a_place_only_on_purpose() -> None:
    """A new host's file that is another's by accident would stop, or change, how that one's file is rewritten."""
    meant = {
        ".kiro/settings/mcp.json": {"kiro-ide", "kiro-cli"},
        "~/.kiro/settings/mcp.json": {"kiro-ide", "kiro-cli"},
        ".mcp.json": {"claude-code", "copilot-cli"},
        ".vscode/settings.json": {"vscode", "amp", "zencoder"},
        "<editors>/User/settings.json": {"amp", "zencoder"},
    }
    meant |= {known.pattern: {"cline-vscode", "cline-cli"} for known in host("cline-cli").files}
    owners: dict[str, set[str]] = {}
    for each, file in PLACES:
        if not file.also:
            owners.setdefault(file.pattern, set()).add(each.id)
    assert {pattern: found for pattern, found in owners.items() if len(found) > 1} == meant


@pytest.mark.parametrize("place", EXACT, ids=name_of)
def test_whoever_is_edited_today_shares_with_no_host_that_is_not(place: tuple[Host, HostFile, str]) -> None:
    each, file, system = place
    if each.rewrite_refused:
        return
    path, environ = concrete(file.pattern, system)
    for reading in readings(path, around(system, **environ)):
        others = host(reading.host).rewrite_refused and not reading.also
        assert not others or not set(reading.servers) & set(file.servers), reading.host


def test_there_are_sixty() -> None:
    assert len(hosts()) >= 60
    assert [name for name, count in Counter(each.name for each in hosts()).items() if count > 1] == []


def test_what_is_known_of_references() -> None:
    unknown, nothing = host("lm-studio"), host("void")
    assert (unknown.references, unknown.references_known) == ((), False)
    assert (nothing.references, nothing.references_known) == ((), True)
    qoder = host("qodercli")
    (project,) = qoder.ways(".mcp.json") or ()
    (own,) = qoder.ways("~/.qoder/settings.json") or ()
    assert "arg" in own.slots
    assert "arg" not in project.slots
    assert unknown.ways("~/.lmstudio/mcp.json") is None


def test_a_reference_is_listed_only_with_evidence_for_it() -> None:
    table = build.read(build.FOLDER / "hosts.yaml")
    for each in table["hosts"]:
        for place in (each, *each["files"]):
            for way in place.get("references") or ():
                assert way["evidence"] in ("observed", "source", "docs"), each["id"]


def test_folders_are_resolved_for_each_system() -> None:
    for name, places in HOSTS["folders"].items():
        for system in SYSTEMS:
            assert [path for path, systems in places if system in systems], (name, system)
        assert not [path for path, _ in places if "<" in path]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("name", HOSTS["folders"])
def test_every_folder_of_a_name_is_looked_into(name: str, system: str) -> None:
    """Editors made of VS Code, their builds and their remote sides; folders that variables move."""
    (known, *_) = [known for known in file_patterns() if known.anchor == f"<{name}>" and not known.file.systems]
    for folder, systems in HOSTS["folders"][name]:
        if system in systems:
            path, environ = concrete(known.file.pattern.replace(f"<{name}>", folder), system)
            (reading,) = [one for one in readings(path, around(system, **environ)) if one.host == known.host]
            assert (reading.scope, reading.in_place) == ("user", True), path


def test_extensions_keep_their_files_in_every_editor(tmp_path: Path) -> None:
    stored = "User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
    editors = (".config/Code", ".config/Code - Insiders", ".config/VSCodium", ".config/Cursor", ".config/Windsurf")
    remote = (".vscode-server/data", ".vscode-server-insiders/data", ".cursor-server/data", ".windsurf-server/data")
    text = write("cline-vscode", "", "json", ("mcpServers",)).text
    for folder in (*editors, *remote):
        (tmp_path / folder / stored).parent.mkdir(parents=True)
        (tmp_path / folder / stored).write_text(text)
    here = Surroundings(str(tmp_path), str(tmp_path), {}, "linux")
    assert {found.path for found in host_files(here, [host("cline-vscode")])} == {
        str(tmp_path / folder / stored) for folder in (*editors, *remote)
    }
    assert len(run_scan(ScanOptions(), here).findings) == 3 * len((*editors, *remote))


def test_every_format_has_an_example() -> None:
    assert {file.format for _, file in PLACES} == set(WRITERS)


def test_what_a_host_owns_is_known_of_that_host() -> None:
    known = {each.id for each in hosts()}
    assert {host_id for owned in ENTRIES["host_owned"] for host_id in owned["hosts"]} <= known


def test_a_file_of_no_interest_is_told_quickly() -> None:
    """The hook and the walk ask about every file of a known name; sixty hosts must not be felt."""
    here = around("linux")
    readings("/srv/x/settings.json", here)
    best = min(timed(lambda: readings("/srv/x/settings.json", here)) for _ in range(20))
    assert best < 0.005


def timed(action: object) -> float:
    start = time.perf_counter()
    assert callable(action)
    action()
    return time.perf_counter() - start
