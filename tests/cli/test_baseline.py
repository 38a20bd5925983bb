"""`--baseline`, `--update-baseline`, `--triage` and the hook: what fails, what is told and written, and no value."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.homes import brave, github
from tests.cli.program import Program
from tests.git import git
from unsprawl.scanner.report.formats import FORMATS

VALUES = [github(81), brave(82), github(83), github(84), github(85)]
FIRST, SECOND, THIRD, NAME, OTHER = VALUES
FILE = ".unsprawl.baseline.json"


def config(**servers: str) -> str:
    named = {name: {"command": "npx", "env": {"GITHUB_TOKEN": value}} for name, value in servers.items()}
    return json.dumps({"mcpServers": named}, indent=2)


@pytest.fixture
def project(project: Path) -> Path:
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD))
    return project


def run(start: Program, *words: str, cwd: Path) -> tuple[int, str, str]:
    done = start(*words, cwd=cwd)
    assert [value for value in VALUES if value in done.stdout + done.stderr] == []
    assert "Traceback" not in done.stderr
    assert done.returncode != 70, done.stderr
    return done.returncode, done.stdout, done.stderr


def found(start: Program, *words: str, cwd: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(start, "scan", *words, "--format", "json", cwd=cwd)[1])
    return document


def rows(project: Path) -> list[dict[str, Any]]:
    text = (project / FILE).read_text()
    assert [value for value in VALUES if value in text] == []
    items: list[dict[str, Any]] = json.loads(text)["findings"]
    assert [text.count(item["fingerprint"]) for item in items] == [1] * len(items)
    return items


def edit(project: Path, number: int, **fields: Any) -> None:
    document = json.loads((project / FILE).read_text())
    document["findings"][number] |= fields
    (project / FILE).write_text(json.dumps(document, indent=1))


def test_known_places_pass_and_new_ones_fail(start: Program, project: Path) -> None:
    code, out, err = run(start, "scan", ".", "--update-baseline", cwd=project)
    assert (code, err) == (0, f"unsprawl: {FILE}: 2 places known, 2 added, 0 gone\n")
    assert "no new secrets" in out
    assert "2 secrets are not shown: 2 by the baseline" in out
    assert run(start, "scan", ".", cwd=project)[0] == 1  # without the option all of it counts
    (project / ".mcp.json").write_text("\n\n" + config(zero=SECOND, one=FIRST, two=THIRD))  # lines moved
    code, out, _ = run(start, "scan", "--baseline", cwd=project)
    assert code == 1
    assert "1 secret in 1 place" in out
    assert f"{FILE}: 2 places known, 1 new" in out
    assert run(start, "scan", "--baseline", "--quiet", cwd=project) == (1, "", "")


def test_the_update_keeps_decisions_and_tells_what_is_gone(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    edit(project, 0, reason="rotated in May", expires="2999-01-01")
    before = rows(project)
    (project / ".mcp.json").write_text(config(one=FIRST, three=THIRD))
    code, _, err = run(start, "scan", "--baseline", cwd=project)
    assert code == 1
    assert err == ""
    code, _, err = run(start, "scan", "--update-baseline", cwd=project)
    assert code == 0
    assert "2 places known, 1 added, 1 gone" in err
    assert "gone  .mcp.json  two env GITHUB_TOKEN  (github-pat-classic)" in err
    after = rows(project)
    assert after[0] == before[0]
    assert [item["entry"] for item in after] == ["one", "three"]
    stamp = (project / FILE).stat().st_mtime_ns
    assert "0 added, 0 gone" in run(start, "scan", "--update-baseline", cwd=project)[2]
    assert (project / FILE).stat().st_mtime_ns == stamp  # nothing to write


def test_a_scan_says_what_is_clean_now(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    (project / ".mcp.json").unlink()
    code, out, _ = run(start, "scan", ".", "--baseline", cwd=project)
    assert code == 0
    assert "2 known places are clean now: --update-baseline drops what is gone" in out


@pytest.mark.parametrize(
    ("change", "words", "dropped"),
    [
        ("unlink", ["."], 2),
        ("unlink", ["sub"], 0),  # not looked there
        ("unlink", [".", "--exclude", "sub"], 2),
        ("break", ["."], 0),  # it may well be there still
        ("break another", ["."], 2),
        ("clean", ["."], 2),
        ("clean", ["sub"], 0),
        ("clean", [".mcp.json"], 2),
        ("clean", [".", "--exclude", ".mcp.json"], 0),
        ("allow", ["."], 2),
        ("other", ["."], 2),  # no MCP any more, so nobody reads it as such
    ],
)
def test_only_what_was_looked_at_is_dropped(
    change: str, words: list[str], dropped: int, start: Program, project: Path
) -> None:
    (project / "sub").mkdir()
    (project / "sub" / ".mcp.json").write_text(config(sub=FIRST))
    run(start, "scan", "--update-baseline", cwd=project)
    path = project / ".mcp.json"
    match change:
        case "unlink":
            path.unlink()
        case "break":
            path.write_text('{"mcpServers": {')
        case "break another":
            path.unlink()
            (project / "sub" / "mcp.json").write_text('{"mcpServers": {')
        case "clean":
            path.write_text(config(one="${GITHUB_TOKEN}"))
        case "allow":
            (project / ".unsprawlignore").write_text("/.mcp.json\n")
        case "other":
            path.write_text("{}")
    err = run(start, "scan", *words, "--update-baseline", cwd=project)[2]
    assert f"{3 - dropped} place" in err
    assert f"{dropped} gone" in err
    assert len(rows(project)) == 3 - dropped


def test_expired_places_are_new_again(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    edit(project, 1, expires="2020-02-03", reason=f"was {SECOND} of ours")
    code, out, _ = run(start, "scan", "--baseline", cwd=project)
    assert code == 1
    assert "expired  .mcp.json:" in out
    assert "was known until 2020-02-03: was <hidden> of ours" in out
    document = found(start, "--baseline", cwd=project)
    assert document["suppressed"]["baseline"] == document["baseline"]["known"] == 1
    assert document["baseline"]["new"] == 0
    (expired,) = document["baseline"]["expired"]
    assert expired["expires"] == "2020-02-03"
    assert [finding["fingerprint"] for finding in document["findings"]] == [expired["fingerprint"]]
    code, _, err = run(start, "scan", "--update-baseline", cwd=project)  # nobody extends a day by the way
    assert code == 1
    assert "1 place expired and stay so" in err
    assert json.loads((project / FILE).read_text())["findings"][1]["expires"] == "2020-02-03"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_counts_only_what_is_new(name: str, start: Program, project: Path) -> None:
    (project / ".mcp.json").write_text(config(one=FIRST))
    run(start, "scan", "--update-baseline", cwd=project)
    code, out, _ = run(start, "scan", ".", "--baseline", "--format", name, cwd=project)
    assert code == 0
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD))
    code, more, _ = run(start, "scan", ".", "--baseline", "--format", name, cwd=project)
    assert code == 1
    assert more != out


def test_sarif(start: Program, project: Path) -> None:
    (project / ".mcp.json").write_text(config(one=FIRST))
    run(start, "scan", "--update-baseline", cwd=project)
    edit(project, 0, reason="known since March")
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD))
    log = json.loads(run(start, "scan", ".", "--baseline", "--format", "sarif", cwd=project)[1])
    new, known = log["runs"][0]["results"]
    assert new["baselineState"] == "new"
    assert "suppressions" not in new
    assert known["baselineState"] == "unchanged"
    (suppression,) = known["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("external", "known since March")
    assert suppression["location"]["physicalLocation"]["artifactLocation"]["uri"] == FILE
    plain = json.loads(run(start, "scan", ".", "--format", "sarif", cwd=project)[1])
    assert all("baselineState" not in result for result in plain["runs"][0]["results"])


def test_names_that_are_keys_are_not_written(start: Program, project: Path) -> None:
    folder = project / NAME
    folder.mkdir()
    (folder / ".mcp.json").write_text(config(**{NAME: NAME}))
    run(start, "scan", "--update-baseline", cwd=project)
    hidden = [item for item in rows(project) if item["path"].startswith("<hidden>")]
    assert [item["entry"] for item in hidden] == ["<hidden>"]
    assert run(start, "scan", "--baseline", cwd=project)[0] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not valid JSON"),
        ("<<<<<<< ours\n", "conflict marks"),
        ('{"schema_version": 99, "findings": []}', "newer unsprawl"),
        (None, "a link is not followed"),
        ("[]" * (9 << 20), "larger than"),
    ],
    ids=["broken", "conflict", "newer", "link", "large"],
)
@pytest.mark.parametrize("option", ["--baseline", "--update-baseline"])
def test_what_is_no_baseline_is_never_ignored(
    content: str | None, said: str, option: str, start: Program, project: Path
) -> None:
    if content is None:
        (project / "other.json").write_text('{"schema_version": 1, "findings": []}')
        (project / FILE).symlink_to("other.json")
    else:
        (project / FILE).write_text(content)
    before = (project / FILE).read_bytes()
    code, out, err = run(start, "scan", ".", option, cwd=project)
    assert (code, out) == (2, "")
    assert said in err
    assert FILE in err
    assert (project / FILE).read_bytes() == before


def test_there_is_none(start: Program, project: Path, tmp_path: Path) -> None:
    code, _, err = run(start, "scan", ".", "--baseline", cwd=project)
    assert code == 2
    assert "there is no baseline at .unsprawl.baseline.json" in err
    code, _, err = run(start, "scan", "--baseline", cwd=tmp_path)
    assert code == 2
    assert "--baseline=FILE" in err


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["--update-baseline"], FILE),
        ([".", "--update-baseline"], FILE),
        (["--update-baseline", "--baseline", "."], FILE),  # a folder is something to scan
        (["sub", "--update-baseline"], FILE),
        ([".mcp.json", "sub", "--update-baseline"], FILE),
        ([".", "--update-baseline", "--baseline", "ci.json"], "ci.json"),
        ([".", "--update-baseline", "--baseline=sub/ci.json"], "sub/ci.json"),
    ],
)
def test_where_it_lies(words: list[str], where: str, start: Program, project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / ".mcp.json").write_text(config(sub=FIRST))
    assert run(start, "scan", *words, cwd=project)[0] == 0
    assert [path.relative_to(project).as_posix() for path in project.rglob("*.json") if ".mcp" not in path.name] == [
        where
    ]
    assert all(
        item["path"] in (".mcp.json", "sub/.mcp.json") for item in json.loads((project / where).read_text())["findings"]
    )


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (".cursor/mcp.json", "an MCP host reads this file"),
        ("missing/base.json", "no such folder"),
        ("base.txt", "ends in .json"),
        (".mcp.json", "no baseline"),
    ],
)
def test_nothing_else_is_overwritten(file: str, said: str, start: Program, project: Path) -> None:
    (project / ".cursor").mkdir()
    code, _, err = run(start, "scan", "--update-baseline", f"--baseline={file}", cwd=project)
    assert code == 2
    assert said in err
    assert FIRST in (project / ".mcp.json").read_text()


def test_it_silences_nothing_out_of_its_repository(start: Program, project: Path) -> None:
    home = project.parent
    other = home / "other"
    other.mkdir()
    (other / ".mcp.json").write_text(config(one=FIRST, two=THIRD))
    git(other, "init", "-q")
    run(start, "scan", ".", "--update-baseline", cwd=project)
    # Both repositories have a place of this name: the fingerprints are equal.
    prints = [
        {item["fingerprint"] for item in found(start, ".", cwd=folder)["findings"]} for folder in (project, other)
    ]
    assert prints[0] == prints[1]
    document = found(start, str(project), str(other), f"--baseline={project / FILE}", cwd=home)
    assert document["baseline"]["known"] == 2
    assert {finding["place"]["path"] for finding in document["findings"]} == {"other/.mcp.json"}
    document = found(start, str(other), f"--baseline={project / FILE}", cwd=home)
    assert len(document["findings"]) == 2


def test_a_baseline_of_the_users_own_holds_for_all_that_is_scanned(
    start: Program, project: Path, tmp_path: Path
) -> None:
    home = project.parent
    (home / ".cursor").mkdir()
    (home / ".cursor" / "mcp.json").write_text(config(mine=SECOND))
    mine = tmp_path / "mine.json"
    run(start, "scan", "--update-baseline", f"--baseline={mine}", cwd=project)
    paths = {item["path"] for item in json.loads(mine.read_text())["findings"]}
    assert paths == {"~/.cursor/mcp.json", "~/project/.mcp.json"}
    assert run(start, "scan", f"--baseline={mine}", cwd=project)[0] == 0
    (home / ".cursor" / "mcp.json").unlink()
    assert "1 gone" in run(start, "scan", "~", "--update-baseline", f"--baseline={mine}", cwd=project)[2]


def test_migrate_moves_what_is_known(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    code, out, _ = run(start, "migrate", ".", "--dry-run", cwd=project)
    assert code == 1
    assert "2 entries would be moved" in out


# --- the hook ---------------------------------------------------------------------------------------------------------


def test_the_hook_lets_known_places_pass_and_says_so(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    git(project, "add", ".")
    code, _, err = run(start, "hook", ".mcp.json", cwd=project)
    assert (code, err) == (0, "unsprawl: 2 secrets are not shown: 2 by the baseline\n")
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD, three=SECOND))
    git(project, "add", ".")
    code, _, err = run(start, "hook", ".mcp.json", cwd=project)
    assert code == 1
    assert "1 secret in MCP configuration" in err
    assert "2 by the baseline" in err


def test_the_hook_reads_the_baseline_as_it_is_staged(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    git(project, "add", ".")
    (project / FILE).unlink()
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0
    git(project, "rm", "-q", "--cached", FILE)
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 1


@pytest.mark.parametrize("content", ["{", "<<<<<<< ours\n", '{"schema_version": 99, "findings": []}'])
def test_the_hook_says_that_a_baseline_is_broken(content: str, start: Program, project: Path) -> None:
    (project / FILE).write_text(content)
    git(project, "add", ".")
    code, _, err = run(start, "hook", ".mcp.json", cwd=project)
    assert code == 1
    assert f"unsprawl: {FILE}" in err
    assert "2 secrets in MCP configuration" in err


def commit(project: Path) -> None:
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "x")


def test_a_new_value_at_a_known_place_is_blocked(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    git(project, "add", ".")
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0  # the very first commit: nothing to compare with
    commit(project)
    (project / ".mcp.json").write_text(config(one=FIRST, two=OTHER))
    git(project, "add", ".")
    code, _, err = run(start, "hook", ".mcp.json", cwd=project)
    assert code == 1
    assert "1 secret in MCP configuration" in err
    assert "a new value at a known place" in err
    assert "1 secret is not shown: 1 by the baseline" in err
    edit(project, 1, reason="the new key of the test account")  # decided about anew, in this commit
    git(project, "add", ".")
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0
    commit(project)
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0


def test_a_value_that_comes_back_to_a_known_place_is_blocked(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    commit(project)
    (project / ".mcp.json").write_text(config(one=FIRST))
    commit(project)
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD))
    git(project, "add", ".")
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 1


def test_what_a_merge_brings_along_is_not_new(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    commit(project)
    git(project, "checkout", "-q", "-b", "side")
    (project / ".mcp.json").write_text(config(one=FIRST, two=OTHER))
    commit(project)
    git(project, "checkout", "-q", "-")
    (project / "other.txt").write_text("x")
    commit(project)
    git(project, "merge", "-q", "--no-commit", "--no-ff", "side")
    assert (project / ".git" / "MERGE_HEAD").exists()
    assert run(start, "hook", ".mcp.json", cwd=project)[0] == 0


# --- triage -----------------------------------------------------------------------------------------------------------


def ask(start: Program, project: Path, answers: list[str], *words: str) -> tuple[int, str]:
    """A scan with `--triage` on a terminal, where each prompt gets the next answer."""
    master, slave = pty.openpty()
    # Opened by the leader of a session, it is the terminal whose ^C interrupts.
    words = ("sh", "-c", 'exec "$@" <"$0" >"$0" 2>"$0"', os.ttyname(slave), str(start.path), "scan", "--triage", *words)
    process = subprocess.Popen(words, cwd=project, env=start.environ | {"COLUMNS": "200"}, start_new_session=True)
    seen, waiting = "", list(answers)
    end = time.monotonic() + 50
    while time.monotonic() < end and process.poll() is None:
        if select.select([master], [], [], 0.1)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            seen += data.decode("utf-8", "replace")
        elif waiting and seen.rstrip(" ").endswith((":", "]:")):
            os.write(master, waiting.pop(0).encode() + b"\n")
            seen += "\n"
    process.kill()
    code = process.wait()
    os.close(master)
    os.close(slave)
    assert waiting == []
    assert [value for value in VALUES if value in seen.replace(SECOND, "", 1)] == []  # what was typed is echoed
    return code, seen


def test_triage(start: Program, project: Path) -> None:
    (project / ".mcp.json").write_text(config(one=FIRST, two=THIRD, three=NAME))
    answers = ["k", f"rotated {SECOND} soon", "tomorrow", "2020-01-01", "2999-12-31", "f", "", "made up", "s"]
    code, seen = ask(start, project, answers)
    assert code == 1  # one was skipped
    assert "1 of 3" in seen
    assert "A day as YYYY-MM-DD" in seen
    assert "That day is over" in seen
    assert "2 places decided, 1 left" in seen
    one, two = sorted(rows(project), key=lambda item: item["entry"])
    assert (one["reason"], one["expires"]) == ("rotated <hidden> soon", "2999-12-31")
    assert (two["status"], two["reason"]) == ("false-positive", "made up")
    assert "expires" not in two
    document = found(start, ".", "--baseline", cwd=project)
    assert [finding["entry"] for finding in document["findings"]] == ["three"]
    code, seen = ask(start, project, ["q"])
    assert "1 of 1" in seen
    assert len(rows(project)) == 2


def test_what_was_answered_before_an_interrupt_is_kept(start: Program, project: Path) -> None:
    code, seen = ask(start, project, ["f", "made up", "\x03"])
    assert code == 130
    assert "1 place decided, 1 left" in seen
    assert len(rows(project)) == 1


def test_triage_decides_anew_about_what_expired(start: Program, project: Path) -> None:
    run(start, "scan", "--update-baseline", cwd=project)
    edit(project, 0, expires="2020-02-03", reason="old")
    code, seen = ask(start, project, ["k", "still in use", ""])
    assert code == 0
    assert "was known until 2020-02-03: old" in seen
    assert rows(project)[0]["reason"] == "still in use"
    assert "expires" not in rows(project)[0]
    assert len(rows(project)) == 2


def test_triage_needs_a_terminal(start: Program, project: Path) -> None:
    code, _, err = run(start, "scan", "--triage", cwd=project)
    assert code == 2
    assert "this is no terminal" in err
    assert not (project / FILE).exists()


# --- history ----------------------------------------------------------------------------------------------------------


def test_a_baseline_of_history_has_the_fingerprints_of_the_work_tree(start: Program, project: Path) -> None:
    commit(project)
    run(start, "scan", ".", "--update-baseline", cwd=project)
    code, out, _ = run(start, "scan", "--history", "--baseline", cwd=project)
    assert code == 0
    assert out.startswith("no new secrets in history; ")
    assert ".unsprawl.baseline.json: 2 places known, 0 new\n" in out
    (project / ".mcp.json").write_text(config(one=FIRST, three=OTHER))
    commit(project)
    (project / ".mcp.json").write_text(config(one=FIRST))
    commit(project)
    document = found(start, "--history", "--baseline", cwd=project)
    assert [finding["entry"] for finding in document["findings"]] == ["three"]
    assert run(start, "scan", ".", "--baseline", cwd=project)[0] == 0
    assert run(start, "scan", "--history", "--update-baseline", cwd=project)[0] == 0
    assert {item["entry"]: item.get("history", False) for item in rows(project)} == {
        "one": False, "two": False, "three": True,
    }  # fmt: skip
    err = run(start, "scan", ".", "--update-baseline", cwd=project)[2]
    assert "1 gone" in err  # what only a commit has is still there
    assert {item["entry"] for item in rows(project)} == {"one", "three"}
