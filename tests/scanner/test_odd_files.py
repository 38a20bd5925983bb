"""Whatever lies in a tree: a scan neither hangs nor ends nor leaves the tree, and it says what it could not read."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.program import Program

from unsprawl.scanner.errors import Exit
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.json_report import render, scan_json
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.selection import Selection
from unsprawl.scanner.sources import entrance, walk
from unsprawl.scanner.sources.mounts import Crossing, mounts_below
from unsprawl.scanner.surroundings import Surroundings

VALUE = "kX9vQ2mL7pR4tW8zB3nD6sF1"
SERVERS = {"mcpServers": {"a": {"command": "npx", "args": [], "env": {"TICKETS_TOKEN": VALUE}}}}


def put(path: Path, text: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(SERVERS) if text is None else text)
    return path


def scan(root: Path, *paths: str, thorough: bool | None = None) -> ScanResult:
    around = Surroundings("/nobody", str(root), {})
    return run_scan(ScanOptions(paths or (str(root),), thorough=thorough), around)


def places(result: ScanResult, root: Path) -> list[str]:
    return [os.path.relpath(finding.place.path, root) for finding in result.findings]


def told(result: ScanResult, root: Path) -> list[tuple[str, str]]:
    return [(problem.code, os.path.relpath(problem.path, root)) for problem in result.problems]


def test_what_is_no_file_is_told_only_under_a_config_name(tmp_path: Path) -> None:
    for name in (".mcp.json", "other.json", "mcp-notes.json", ".config/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        os.mkfifo(tmp_path / name)
    result = scan(tmp_path)
    assert told(result, tmp_path) == [("not-a-file", ".mcp.json")]
    assert result.findings == ()


@pytest.mark.parametrize("data", ["", " \n", "\ufeff", "{}", "[]", "null", "{", '{"mcpServers": {"a": {"comm'])
def test_empty_and_cut_files(tmp_path: Path, data: str) -> None:
    put(tmp_path / ".mcp.json", data)
    result = scan(tmp_path)
    assert result.findings == ()
    assert {code for code, _ in told(result, tmp_path)} <= {"broken"}


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-32"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, newline: str) -> None:
    text = json.dumps(SERVERS, indent=1).replace("\n", newline)
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    (tmp_path / ".mcp.json").write_bytes(data)
    (finding,) = scan(tmp_path).findings
    assert finding.place.line == 1 + text.split(VALUE)[0].count(newline)


def test_names_that_are_no_utf8_reach_the_report(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(folder)
    for name in (b".mcp.json", b".mcp.json.bak", b"\xe9.json"):
        with open(folder + b"/" + name, "w") as file:
            json.dump(SERVERS, file)
    result = scan(tmp_path)
    assert len(result.findings) == 3
    document = json.loads("".join(render(scan_json(result, lambda secret: None), Redactor())))
    assert {finding["place"]["path"].split("/")[0] for finding in document["findings"]} == {"\\udcff\\udcfe"}
    text = json.dumps(document, ensure_ascii=False)
    text.encode("utf-8")


def test_a_sparse_file_is_refused_by_its_size(tmp_path: Path) -> None:
    put(tmp_path / ".mcp.json")
    os.truncate(tmp_path / ".mcp.json", 1 << 30)
    put(tmp_path / "other.json")
    os.truncate(tmp_path / "other.json", 1 << 30)
    result = scan(tmp_path)
    assert told(result, tmp_path) == [("too-large", ".mcp.json")]
    assert result.stats.oversized == 1
    assert "MiB" in result.problems[0].message


@pytest.mark.parametrize("extra", ["", "😀"], ids=["ascii", "emoji"])
def test_a_hundred_megabytes_take_less_than_five_hundred(project: Path, start: Program, extra: str) -> None:
    line = json.dumps({"display": "please fix the parser " * 40 + extra, "pasted": {}}, ensure_ascii=False)
    count = 100_000_000 // len(line)
    with open(project / ".claude.json", "w") as file:
        file.write('{"projects": {"/p": {"history": [' + line)
        for _ in range(count):
            file.write(",\n" + line)
        file.write("]}}, " + json.dumps(SERVERS)[1:])
    code, peak = start.peak("scan", str(project))
    assert code == Exit.FOUND
    assert 100_000_000 < peak < 500_000_000


def test_files_and_folders_that_vanish_are_counted(tmp_path: Path) -> None:
    for name in ("a/.mcp.json", "b/.mcp.json", "c/other.json", "d/x/.mcp.json"):
        put(tmp_path / name)
    around = Surroundings("/nobody", str(tmp_path), {})
    problems: list[object] = []
    selection = Selection(ScanOptions((str(tmp_path),)), around, str(tmp_path))
    found = []
    for file in selection.files():
        found.append(os.path.relpath(file.path, tmp_path))
        for name in ("b/.mcp.json", "c/other.json", "d/x/.mcp.json"):
            (tmp_path / name).unlink(missing_ok=True)
        if (tmp_path / "d/x").exists():
            (tmp_path / "d/x").rmdir()
            (tmp_path / "d").rmdir()
    assert found == ["a/.mcp.json"]
    assert problems == selection.problems
    (only,) = selection.walks
    assert only.vanished >= 1


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a/.mcp.json")
    put(tmp_path / "b/.mcp.json")
    files = Selection.files

    def vanishing(self: Selection) -> Iterator[object]:
        for file in files(self):
            if "/b/" in file.path:
                os.unlink(file.path)
            yield file

    monkeypatch.setattr(Selection, "files", vanishing)
    result = scan(tmp_path)
    assert places(result, tmp_path) == ["a/.mcp.json"]
    assert result.complete
    assert result.stats.vanished == 1


def test_a_folder_that_becomes_a_link_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "outside/.mcp.json")
    put(tmp_path / "root/a/.mcp.json")
    put(tmp_path / "root/b/.mcp.json")
    really = walk.Walk._list

    def swapping(self: walk.Walk, folder: str, *rest: object) -> object:
        if folder.endswith("/b") and not os.path.islink(folder):
            os.rename(folder, f"{folder}-moved")
            os.symlink(tmp_path / "outside", folder)
        return really(self, folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(walk.Walk, "_list", swapping)
    result = scan(tmp_path / "root")
    assert places(result, tmp_path / "root") == ["a/.mcp.json"]
    assert result.stats.vanished == 1


@pytest.mark.parametrize("target", ["shared/cursor", "../outside"])
def test_a_folder_of_a_host_behind_a_link(tmp_path: Path, target: str) -> None:
    root = tmp_path / "root"
    put(root / "shared/cursor/mcp.json")
    put(tmp_path / "outside/mcp.json")
    (root / "project").mkdir()
    (root / "project/.cursor").symlink_to(root / target)
    result = scan(root, thorough=False)
    inside = target.startswith("shared")
    assert told(result, root) == ([] if inside else [("link-outside", "project/.cursor/mcp.json")])
    assert [finding.hosts[:1] for finding in result.findings][-1:] == ([("cursor",)] if inside else [()])


def test_emacs_locks_are_links_to_nowhere(tmp_path: Path) -> None:
    put(tmp_path / ".mcp.json")
    (tmp_path / ".#.mcp.json").symlink_to("me@machine.4711:1764295935")
    result = scan(tmp_path)
    assert len(result.findings) == 1
    assert result.complete


def test_a_very_deep_tree(tmp_path: Path) -> None:
    here = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(here)
    put(tmp_path / "a/.mcp.json")
    put(tmp_path / ("deep/" * 300) / ".mcp.json")
    result = scan(tmp_path)
    assert len(result.findings) == 2
    (problem,) = result.problems
    assert problem.code == "unreadable-folder"  # the system takes no longer path
    subprocess.run(["rm", "-rf", str(tmp_path / "deep")], check=True)


def test_a_folder_with_very_many_files(tmp_path: Path) -> None:
    put(tmp_path / "r/.mcp.json")
    for number in range(20_000):
        (tmp_path / f"r/{number}.json").touch()
    result = scan(tmp_path / "r", thorough=False)
    assert len(result.findings) == 1
    assert (result.stats.names, result.stats.unsearched) == (20_001, 20_000)


def test_a_virtual_environment_keeps_its_own_folders_to_itself(tmp_path: Path) -> None:
    for name in ("p/pyvenv.cfg", "p/lib/.mcp.json", "p/bin/.mcp.json", "p/.mcp.json", "p/.cursor/mcp.json"):
        put(tmp_path / name)
    put(tmp_path / "q/lib/.mcp.json")
    result = scan(tmp_path)
    assert sorted(places(result, tmp_path)) == ["p/.cursor/mcp.json", "p/.mcp.json", "q/lib/.mcp.json"]
    assert sorted(os.path.relpath(path, tmp_path) for path, _ in result.stats.pruned) == ["p/bin", "p/lib"]


MOUNTS = rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:5 / /proc rw - proc proc rw
40 22 8:17 / /home/u/disk rw,relatime shared:2 master:1 - ext4 /dev/sdb1 rw
41 22 0:44 / /home/u/My\040Share\134x rw - cifs //server/share rw
42 22 0:45 / /run/user/1000/doc rw - fuse.portal portal rw
43 22 0:46 / /home/u/.gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
44 22 0:47 / /home/user2 rw - nfs4 server:/ rw
45 22 0:48 / /home/u rw - ext4 /dev/sdc rw
a line of another kind
"""


@pytest.mark.parametrize(
    ("root", "real", "found"),
    [
        ("/home/u", "/home/u", {"/home/u/disk": "", "/home/u/My Share\\x": "", "/home/u/.gvfs": "v"}),
        ("/link", "/home/u", {"/link/disk": "", "/link/My Share\\x": "", "/link/.gvfs": "v"}),
        ("/run", "/run", {"/run/user/1000/doc": "v"}),
        ("/srv", "/srv", {}),
        ("/home/u/disk", "/home/u/disk", {}),
    ],
)
def test_mounts_of_linux(root: str, real: str, found: dict[str, str]) -> None:
    assert {path: "v" if why else "" for path, (why,) in mounts_below(root, real, MOUNTS).items()} == found


def test_everything_mounted_is_below_the_root(tmp_path: Path) -> None:
    assert {"/proc", "/home/u"} <= set(mounts_below("/", "/", MOUNTS))


def test_other_file_systems_are_named_and_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (".mcp.json", "disk/.mcp.json", "portal/.mcp.json"):
        put(tmp_path / name)
    crossings = {str(tmp_path / "disk"): Crossing(""), str(tmp_path / "portal"): Crossing("the desktop's")}
    monkeypatch.setattr(entrance, "boundary_of", lambda root: lambda path, item: crossings.get(path))
    result = scan(tmp_path)
    assert places(result, tmp_path) == [".mcp.json"]
    assert told(result, tmp_path) == [("other-filesystem", "disk")]
    assert "Name it" in result.problems[0].hint
    assert result.stats.pruned == ((str(tmp_path / "portal"), "the desktop's"),)


def test_this_machines_proc_is_left_out() -> None:
    if not os.path.exists("/proc/self/mountinfo"):
        pytest.skip("no /proc")
    found = entrance.boundary_of("/")
    assert found is not None
    with os.scandir("/") as listing:
        crossing = found("/proc", next(iter(listing)))
    assert crossing is not None
    assert crossing.why
