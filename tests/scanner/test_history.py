"""What was ever committed, in real repositories: each value once at its place, with the right commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from benchmarks.generated_history import make
from tests.git import git
from tests.scanner.stories import Story, config, key

from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.history.scan import HistoryOptions, scan_history
from unsprawl.scanner.model import Confidence, Finding, History, Severity, Silence
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.suppress import Limits
from unsprawl.scanner.surroundings import Surroundings

A, B, C, D = (key(number) for number in range(4))
NAMES = {A: "A", B: "B", C: "C", D: "D"}
NONE = config("${TICKETS_TOKEN}")
Changes = Mapping[str, str | None]


def scan(story: Story, **options: Any) -> ScanResult:
    return scan_history(HistoryOptions(str(story.folder), **options), Surroundings.here())


def history(finding: Finding) -> History:
    assert finding.history is not None
    return finding.history


def told(result: ScanResult, story: Story) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """(path, value) -> names of the commits that introduced and removed it."""
    found = {}
    for finding in result.findings:
        path = finding.place.path.removeprefix(result.root + "/")
        said = history(finding)
        which = path, NAMES[finding.secret.reveal()]
        assert which not in found
        found[which] = story.names(said.introduced), story.names(said.removed)
    return found


M, GOOSE = ".mcp.json", ".config/goose/config.yaml"
TRAILS: dict[str, tuple[list[tuple[str, Changes, list[str]]], dict[tuple[str, str], tuple[list[str], list[str]]]]] = {
    "stays": ([("1", {M: config(A)}, []), ("2", {"x": "x"}, ["1"])], {(M, "A"): (["1"], [])}),
    "deleted": ([("1", {M: config(A)}, []), ("2", {M: None}, ["1"])], {(M, "A"): (["1"], ["2"])}),
    "replaced by a variable": ([("1", {M: config(A)}, []), ("2", {M: NONE}, ["1"])], {(M, "A"): (["1"], ["2"])}),
    "replaced by another": (
        [("1", {M: config(A)}, []), ("2", {M: config(B)}, ["1"])],
        {(M, "A"): (["1"], ["2"]), (M, "B"): (["2"], [])},
    ),
    "kept through many versions": (
        [("0", {M: config(A, "0")}, []), *((str(n), {M: config(A, str(n))}, [str(n - 1)]) for n in range(1, 40))],
        {(M, "A"): (["0"], [])},
    ),
    "comes back": (
        [("1", {M: config(A)}, []), ("2", {M: None}, ["1"]), ("3", {M: config(A, "new")}, ["2"]),
         ("4", {M: NONE}, ["3"])],
        {(M, "A"): (["1", "3"], ["2", "4"])},
    ),
    "renamed": (
        [("1", {"a/mcp.json": config(A)}, []), ("2", {"a/mcp.json": None, "b/mcp.json": config(A)}, ["1"])],
        {("a/mcp.json", "A"): (["1"], ["2"]), ("b/mcp.json", "A"): (["2"], [])},
    ),
    "first under another name": (
        [("1", {"notes.bin": config(A)}, []), ("2", {"notes.bin": None, M: config(A)}, ["1"])],
        {(M, "A"): (["2"], [])},  # what nobody reads as configuration is none, whatever it holds
    ),
    "on a branch that is merged": (
        [
            ("1", {"x": "1"}, []), ("side", {M: config(A)}, ["1"]), ("main", {"x": "2"}, ["1"]),
            ("merge", {M: config(A)}, ["main", "side"]),
        ],
        {(M, "A"): (["side"], [])},
    ),
    "removed on a branch that is merged": (
        [
            ("1", {M: config(A)}, []), ("side", {M: None}, ["1"]), ("main", {"x": "2"}, ["1"]),
            ("merge", {M: None}, ["main", "side"]),
        ],
        {(M, "A"): (["1"], ["side"])},
    ),
    "brought by a merge itself": (
        [("1", {"x": "1"}, []), ("side", {"y": "1"}, ["1"]), ("main", {"x": "2"}, ["1"]),
         ("merge", {"y": "1", M: config(A)}, ["main", "side"])],
        {(M, "A"): (["merge"], [])},
    ),
    "removed by a merge itself": (
        [("1", {M: config(A)}, []), ("side", {"y": "1"}, ["1"]), ("main", {"x": "2"}, ["1"]),
         ("merge", {"y": "1", M: NONE}, ["main", "side"])],
        {(M, "A"): (["1"], ["merge"])},
    ),
    "dropped by a merge": (
        [("1", {"x": "1"}, []), ("side", {M: config(A)}, ["1"]), ("main", {"x": "2"}, ["1"]),
         ("merge", {}, ["main", "side"])],
        {(M, "A"): (["side"], ["merge"])},
    ),
    "on two branches": (
        [("1", {"x": "1"}, []), ("side", {M: config(A)}, ["1"]), ("main", {M: config(A, "too")}, ["1"]),
         ("merge", {M: config(A, "both")}, ["main", "side"])],
        {(M, "A"): (["side", "main"], [])},
    ),
    "three parents": (
        [("1", {"x": "1"}, []), ("a", {M: config(A)}, ["1"]), ("b", {"y": ""}, ["1"]), ("c", {"z": ""}, ["1"]),
         ("merge", {M: config(A), "y": "", "z": ""}, ["c", "a", "b"])],
        {(M, "A"): (["a"], [])},
    ),
    "becomes a link": ([("1", {M: config(A)}, []), ("2", {M: "link:/etc/passwd"}, ["1"])], {(M, "A"): (["1"], ["2"])}),
    "becomes a folder": (
        [("1", {"mcp.json": config(A)}, []), ("2", {"mcp.json": None, "mcp.json/mcp.json": config(A)}, ["1"])],
        {("mcp.json", "A"): (["1"], ["2"]), ("mcp.json/mcp.json", "A"): (["2"], [])},
    ),
    "the same content at two paths": (
        [("1", {"a/.mcp.json": config(A), "b/.mcp.json": config(A)}, []), ("2", {"a/.mcp.json": None}, ["1"])],
        {("a/.mcp.json", "A"): (["1"], ["2"]), ("b/.mcp.json", "A"): (["1"], [])},
    ),
    "a name that says nothing": ([("1", {"conf/x.json": config(A)}, [])], {("conf/x.json", "A"): (["1"], [])}),
    "no type at all": ([("1", {"conf/servers": config(A)}, [])], {("conf/servers", "A"): (["1"], [])}),
    "UTF-16": ([("1", {"x.json": "\ufeff" + config(A)}, [])], {("x.json", "A"): (["1"], [])}),
    "in prose": (
        [("1", {"README.md": f"# x\n\n```json\n{config(A)}```\n"}, []), ("2", {"README.md": "# mcp\n"}, ["1"])],
        {("README.md", "A"): (["1"], ["2"])},
    ),
    "in code": (
        [("1", {"a.py": f'import mcp\nmcp.StdioServerParameters("x", env={{"TICKETS_TOKEN": "{A}"}})\n'}, [])],
        {("a.py", "A"): (["1"], [])},
    ),
    "typed in a shell": (
        [("1", {"home/.bash_history": f"ls\nclaude mcp add t -e TICKETS_TOKEN={A} -- npx tickets-mcp\n"}, [])],
        {("home/.bash_history", "A"): (["1"], [])},
    ),
    "no word of MCP": (
        [("1", {GOOSE: f"extensions:\n  t:\n    cmd: x\n    envs:\n      TICKETS_TOKEN: {A}\n"}, [])],
        {(GOOSE, "A"): (["1"], [])},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAILS)
def test_the_commits_of_a_value(name: str, tmp_path: Path) -> None:
    commits, wanted = TRAILS[name]
    story = Story(tmp_path / "repo")
    for number, (commit, changes, parents) in enumerate(commits):
        encoded = {p: c.encode("utf-16") if c and name == "UTF-16" else c for p, c in changes.items()}
        story.commit(commit, encoded, *parents, ref=f"refs/heads/b{number}")
    result = scan(story)
    assert (result.problems, told(result, story)) == ((), wanted)
    assert result.history is not None
    assert result.history.commits == len(commits)


@pytest.mark.parametrize("packed", [False, True])
def test_every_planted_key_with_the_right_commits(packed: bool, tmp_path: Path) -> None:
    made = make(tmp_path / "repo", 300, 60)
    if packed:
        git(tmp_path / "repo", "commit-graph", "write", "--reachable")
    for unreachable in (False, True):
        result = scan_history(HistoryOptions(str(tmp_path / "repo"), unreachable=unreachable), Surroundings.here())
        wanted = {
            (each.path, each.value): (each.introduced, each.removed, each.public, each.present)
            for each in (*made.planted, *(made.dropped if unreachable else ()))
        }
        found = {
            (finding.place.path.removeprefix(result.root + "/"), finding.secret.reveal()): (
                frozenset(history(finding).introduced), frozenset(history(finding).removed),
                history(finding).reachable_from_remote, history(finding).in_worktree,
            )
            for finding in result.findings
        }  # fmt: skip
        assert len(found) == len(result.findings)
        assert found == wanted
        assert result.problems == ()
    assert len(made.planted) > 20
    assert {len(each.removed) for each in made.planted} >= {0, 1}


def test_stashes_tags_notes_and_other_work_trees(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {"x": "x"})
    for number, ref in enumerate(["refs/remotes/o/main", "refs/tags/light", "refs/notes/commits", "refs/pull/1/head"]):
        story.commit(f"c{number}", {f"r{number}/.mcp.json": config(key(20 + number))}, "1", ref=ref)
    for number in range(2):
        story.commit(f"s{number}", {f"s{number}/.mcp.json": config(key(30 + number))}, "1", ref="refs/scratch")
        git(story.folder, "update-ref", "--create-reflog", "-m", "WIP", "refs/stash", story.ids[f"s{number}"])
    blob = git(story.folder, "hash-object", "-w", "--stdin", stdin=config(key(40)).encode())
    git(story.folder, "tag", "-a", "-m", "x", "annotated", blob)
    git(story.folder, "tag", "-a", "-m", "x", "nested", "annotated")
    story.commit("t", {"tree/.mcp.json": config(key(41))}, "1", ref="refs/scratch")
    git(story.folder, "tag", "-a", "-m", "x", "of-a-tree", git(story.folder, "rev-parse", "refs/scratch^{tree}"))
    story.commit("d", {"d/.mcp.json": config(key(42))}, "1", ref="refs/scratch")
    git(story.folder, "worktree", "add", "-q", "--detach", str(tmp_path / "other"), "refs/scratch")
    git(story.folder, "update-ref", "-d", "refs/scratch")
    values = {finding.secret.reveal(): finding for finding in scan(story).findings}
    wanted = [20, 21, 22, 23, 30, 31, 40, 41, 42]
    assert {number for number in range(60) if key(number) in values} >= set(wanted)
    lone = values[key(40)]
    assert (history(lone).introduced, history(lone).author_date) == ((), None)
    assert lone.place.path.endswith(f".git/objects/{blob[:2]}/{blob[2:]}")
    assert values[key(41)].place.path.endswith("/tree/.mcp.json")
    assert {number for number in wanted if history(values[key(number)]).reachable_from_remote} == {20}


def test_what_no_ref_reaches(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {"x": "x"})
    story.commit("amended", {"a/.mcp.json": config(A)}, "1", ref="refs/scratch")
    git(story.folder, "update-ref", "-d", "refs/scratch")
    git(story.folder, "hash-object", "-w", "--stdin", stdin=config(B).encode())  # staged once, and changed since
    result = scan(story)
    assert (result.findings, result.history and result.history.unreached) == ((), 2)
    found = {finding.secret.reveal(): finding for finding in scan(story, unreachable=True).findings}
    assert set(found) == {A, B}
    assert story.names(history(found[A]).introduced) == ["amended"]
    assert history(found[B]).introduced == ()


def test_the_fingerprint_is_that_of_the_work_tree(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A), "sub/.cursor/mcp.json": config(B), "plain.json": config(C)})
    story.commit("2", {M: config(B)}, "1")
    story.check_out()
    there = run_scan(ScanOptions((str(story.folder),)), Surroundings.here())
    prints = {(each.place.path, each.secret): (each.fingerprint, each.hosts, each.place) for each in there.findings}
    result = scan(story)
    past = {(each.place.path, each.secret): (each.fingerprint, each.hosts, each.place) for each in result.findings}
    assert len(prints) == 3
    assert len(past) == 4
    for place, (fingerprint, hosts, where) in prints.items():
        assert past[place][:2] == (fingerprint, hosts)
        assert past[place][2]._replace(commit=None) == where
    two = [each for each in result.findings if each.place.path == str(story.folder / M)]
    assert len({each.fingerprint for each in two}) == 1
    assert len({each.place.commit for each in two}) == 2


def test_the_place_is_that_of_the_newest_version(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A)})
    story.commit("2", {M: "\n\n\n" + config(A)}, "1")
    story.commit("3", {M: None}, "2")
    (finding,) = scan(story).findings
    assert (finding.place.line, story.names((finding.place.commit or "",))) == (13, ["2"])
    assert (history(finding).author_date or "").startswith("2023-11-15T")


PRESENT: dict[str, bool] = {"committed": True, "staged": True, "on disk": True, "nowhere": False, "elsewhere": False}


@pytest.mark.parametrize("where", PRESENT)
def test_whether_it_is_still_there(where: str, tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A)})
    story.commit("2", {M: config(A) if where == "committed" else NONE}, "1")
    story.check_out()
    file = story.folder / M
    if where == "staged":
        file.write_text(config(A))
        git(story.folder, "add", M)
        file.write_text(NONE)
    elif where == "on disk":
        file.write_text(config(A, "changed").replace("\n", "\r\n"))
    elif where == "committed":
        file.unlink()
        git(story.folder, "add", "-A")
    elif where == "elsewhere":
        (tmp_path / "outside.json").write_text(config(A))
        file.unlink()
        file.symlink_to(tmp_path / "outside.json")
    (finding,) = scan(story).findings
    assert history(finding).in_worktree is PRESENT[where]


def test_a_range_is_what_its_commits_add(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("base", {M: config(A), "old.json": config(B)})
    story.commit("1", {M: config(A, "moved"), "x.md": "mcp"}, "base")
    story.commit("2", {"new/.mcp.json": config(C)}, "1")
    story.commit("upstream", {"up/.mcp.json": config(D)}, "base", ref="refs/heads/upstream")
    story.commit("3", {"new/.mcp.json": None, "up/.mcp.json": config(D)}, "2", "upstream")
    for text in ("upstream..main", "upstream...main", f"{story.ids['upstream']}..{story.ids['3']}"):
        assert told(scan(story, range=text), story) == {("new/.mcp.json", "C"): (["2"], ["3"])}
    assert told(scan(story, range="main~2..main"), story) == {  # what `upstream` has, `main~2` had not
        ("new/.mcp.json", "C"): (["2"], ["3"]),
        ("up/.mcp.json", "D"): (["upstream"], []),
    }
    assert scan(story, range="main..main").findings == ()


BAD_RANGES = ["", "main", "..", "main..", "..main", "a..b..c", "--all..main", "main..--output=x", "main..nowhere"]
BAD_RANGES += ["main..main:x", "^main..main", "main ..main", "main..main\n--all", "0" * 40 + "..main", "-1..main"]
BAD_RANGES += ["main..@{u}", "main..:/x", "main....main"]


@pytest.mark.parametrize("text", BAD_RANGES[1:])
def test_a_range_that_is_none(text: str, tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A)})
    with pytest.raises(UsageError):
        scan(story, range=text)


def test_the_quick_pass(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A), "notes.json": config(C), "a/.mcp.json": config(A, "too")})
    # One blob at two paths, of which git tells one: every version of a file with findings is looked at all the same.
    story.commit("2", {M: config(B), "a/.mcp.json": config(B)}, "1")
    story.commit("3", {M: NONE, "a/.mcp.json": None}, "2")
    assert told(scan(story, paths_only=True), story) == {
        (M, "A"): (["1"], ["2"]), (M, "B"): (["2"], ["3"]),
        ("a/.mcp.json", "A"): (["1"], ["2"]), ("a/.mcp.json", "B"): (["2"], ["3"]),
    }  # fmt: skip


def test_environment_files_that_an_entry_names(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    server = '{"mcpServers": {"t": {"command": "npx", "args": ["-y", "tickets-mcp"], "envFile": "conf/keys"}}}'
    story.commit("1", {"conf/keys": f"TICKETS_TOKEN={A}\n", "conf/other": f"TICKETS_TOKEN={B}\n"})
    story.commit("2", {".cursor/mcp.json": server}, "1")
    story.commit("3", {"conf/keys": "TICKETS_TOKEN=\n"}, "2")
    for options in ({}, {"paths_only": True}, {"unreachable": True}):
        assert told(scan(story, **options), story) == {("conf/keys", "A"): (["1"], ["3"])}


def test_environment_files_beside_a_project_s_entries(tmp_path: Path) -> None:
    """That none names: of theirs only variables that an entry takes count, or values of a known format."""
    story = Story(tmp_path / "repo")
    server = json.dumps({"mcpServers": {"t": {"command": "npx", "env": {"TICKETS_TOKEN": "${TICKETS_TOKEN}"}}}})
    text = f"TICKETS_TOKEN={A}\nOTHER_TOKEN={B}\n"
    far = dict.fromkeys(("lib/.env", "sub/env", "sub/x.env", ".env", "sub/.cursor/.env", "no/.env"), text)
    story.commit("1", {"sub/.env.local": text, "no/.mcp.json": '{"mcpServers": {}}', **far})
    story.commit("2", {"sub/.cursor/mcp.json": server}, "1")
    story.commit("3", {"sub/.env.local": "", "sub/.cursor/mcp.json": None}, "2")
    for options in ({}, {"paths_only": True}, {"unreachable": True}):
        assert told(scan(story, **options), story) == {("sub/.env.local", "A"): (["1"], ["3"])}, options
    story.commit("4", {"sub/.env": text, "sub/.cursor/mcp.json": server, "sub/.env.local": text}, "3")
    assert told(scan(story, range="main~1..main"), story) == {
        (path, "A"): (["4"], []) for path in ("sub/.env", "sub/.env.local")
    }


def test_silenced_as_the_newest_version_says(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    allowed = f"mcp_servers:\n  t:\n    env:\n      TICKETS_TOKEN: {A}"
    story.commit("1", {"mcp.yaml": allowed + "\n", M: config(B), "fixtures/.mcp.json": config(C)})
    story.commit("2", {"mcp.yaml": allowed + "  # unsprawl:allow a test account\n", M: NONE}, "1")
    story.commit("3", {".unsprawlignore": "fixtures/\n"}, "2")
    result = scan(story)  # nothing is checked out: the committed list counts
    assert told(result, story) == {(M, "B"): (["1"], ["2"])}
    assert sorted(each.reason for each in result.silenced) == [Silence.ALLOWED, Silence.IGNORED]
    assert all(each.finding.history for each in result.silenced)
    story.check_out()
    (story.folder / ".unsprawlignore").write_text(".mcp.json\n")
    assert {path for path, _ in told(scan(story), story)} == set()
    assert len(scan(story, limits=Limits(ignore=False)).findings) == 3
    assert scan(story, limits=Limits(Severity.CRITICAL, Confidence.LOW, ignore=False)).findings == ()


def test_left_out(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("1", {M: config(A), "sub/deep/.mcp.json": config(B), "sub/broken.mcp.json": "{" * 9})
    result = scan(story, exclude=("sub",))
    assert (len(result.findings), result.stats.excluded, result.problems) == (1, 2, ())


ODD_PATHS = [b"new\nline/.mcp.json", b"tab\t/.mcp.json", b"\xff\xfe/.mcp.json", "\u202egpj/.mcp.json".encode()]
ODD_PATHS += [
    b" /.mcp.json",
    b"-x/.mcp.json",
    b":(glob)*/.mcp.json",
    b'quo"te/.mcp.json',
    b"a\\b/.mcp.json",
    b"\x01/.mcp.json",
]


@pytest.mark.parametrize("path", ODD_PATHS)
@pytest.mark.parametrize("options", [{}, {"paths_only": True}, {"range": "main~1..main"}], ids=str)
def test_odd_names(path: bytes, options: dict[str, Any], tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    story.commit("0", {"x": "x"})
    story.commit("1", {path: config(A)}, "0")
    story.check_out()
    if b"\n" in path and options.get("paths_only"):
        return  # git itself ends the name there
    (finding,) = scan(story, **options).findings
    assert story.names(history(finding).introduced) == ["1"]
    assert history(finding).in_worktree
