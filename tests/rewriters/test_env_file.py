"""Values kept in the file of variables that a host loads by itself: exact, private, out of git, and taken out again."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tests.git import git
from tests.rewriters.support import NOTHING, Bench, files_with, github, kept, last_journal, secret, strays
from unsprawl.rewriters.host_env_file import HostEnvFile, unspeakable
from unsprawl.rewriters.plan_file import plan_json, read_plan
from unsprawl.rewriters.recover import recover
from unsprawl.rewriters.status import MigrationStatus, status
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.report.status_report import status_json
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git

TARGET = "env-file"
OTHER = "elsewhere"


def codex(home: Path, name: str = "GITHUB_TOKEN", value: str | None = None) -> Path:
    path = home / ".codex" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'[mcp_servers.x]\ncommand = "npx"\n[mcp_servers.x.env]\n{name} = "{value or github()}"\n')
    return path


def private(path: Path, text: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    path.chmod(mode)
    return path


BEFORE = {
    "empty": b"",
    "no end of line": b"A=1",
    "comments": b"# mine\n\nA=1 # why\n",
    "carriage returns": b"A=1\r\nB='two'\r\n",
    "a quote that is never closed": b"A='x\nB=2\n",
    "commented out": b"# GITHUB_TOKEN=old\n",
    "not UTF-8": b"A=\xff\n",
    "the same value": b"GITHUB_TOKEN=" + github().encode() + b"\n",
}


@pytest.mark.parametrize("text", BEFORE.values(), ids=BEFORE.keys())
def test_lines_are_added_and_taken_out_to_the_byte(home: Path, text: bytes) -> None:
    path, bench = codex(home), Bench(home)
    old, env = path.read_bytes(), private(home / ".codex" / ".env", text)

    bench.migrate(path, target=TARGET)

    added = b"" if text.startswith(b"GITHUB_TOKEN") else f"GITHUB_TOKEN='{github()}'\n".encode()
    assert env.read_bytes() == added + text
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert github() not in path.read_text()
    assert files_with(home, [github()]) == {env}
    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert (path.read_bytes(), env.read_bytes()) == (old, text)
    assert kept() == NOTHING
    assert not strays(home)


@pytest.mark.skipif(os.name != "posix", reason="rights")
def test_a_file_of_ours_is_private_from_birth_and_goes_again(home: Path) -> None:
    path, bench, env = codex(home), Bench(home), home / ".codex" / ".env"
    mask = os.umask(0)
    try:
        bench.migrate(path, target=TARGET)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert outcome.status == "done", outcome.reason
    undo(last_journal())
    assert not env.exists()


def test_what_the_user_wrote_meanwhile_stays(home: Path) -> None:
    path, bench, env = codex(home), Bench(home), home / ".codex" / ".env"
    bench.migrate(path, target=TARGET)
    env.write_text(env.read_text() + "MINE=1\n")
    undo(last_journal())
    assert env.read_text() == "MINE=1\n"


def test_a_replaced_value_stays_and_is_told(home: Path) -> None:
    path, bench, env = codex(home), Bench(home), home / ".codex" / ".env"
    bench.migrate(path, target=TARGET)
    env.write_text(f"GITHUB_TOKEN='{github(2)}'\n")
    [outcome] = undo(last_journal())
    assert f"{env}: GITHUB_TOKEN" in outcome.reason
    assert github(2) in env.read_text()
    assert github() in path.read_text()


def test_two_migrations_share_one_file_in_whatever_order_they_are_undone(home: Path) -> None:
    bench, env = Bench(home), home / ".codex" / ".env"
    one = codex(home)
    two = home / ".codex" / "work.config.toml"
    two.write_text(f'[mcp_servers.y]\ncommand = "npx"\n[mcp_servers.y.env]\nGITHUB_PAT = "{github(2)}"\n')
    first = bench.migrate(one, target=TARGET)
    second = bench.migrate(two, target=TARGET)
    assert {github(), github(2)} == {value.reveal() for name in ("GITHUB_TOKEN", "GITHUB_PAT")
                                     if (value := HostEnvFile(str(env)).get_variable(name))}  # fmt: skip
    undo(first)
    assert HostEnvFile(str(env)).names() == ("GITHUB_PAT",)
    undo(second)
    assert not env.exists()


REFUSED = {
    "another value": (b"GITHUB_TOKEN=1\n", 0o600, "stands for another value"),
    "another value, exported": (b"export GITHUB_TOKEN = 'x'\n", 0o600, "stands for another value"),
    "a value nobody can tell": (b"GITHUB_TOKEN=$(cat x)\n", 0o600, "stands for another value"),
    "readable by others": (b"A=1\n", 0o644, "can be read or changed by other users"),
    "a byte order mark": (b"\xef\xbb\xbfA=1\n", 0o600, "byte order mark"),
}


@pytest.mark.parametrize(("text", "mode", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_left_alone(home: Path, text: bytes, mode: int, reason: str) -> None:
    path, env = codex(home), private(home / ".codex" / ".env", text, mode)
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert reason in refusal.reason
    assert env.read_bytes() == text


def test_a_link_into_another_folder_is_not_followed(home: Path) -> None:
    path = codex(home)
    there = private(home / "dotfiles" / "codex.env", b"A=1\n")
    (home / ".codex" / ".env").symlink_to(there)
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert "is a link" in refusal.reason
    assert there.read_bytes() == b"A=1\n"


def test_names_and_folders_that_the_host_does_not_read(home: Path) -> None:
    path = codex(home, "CODEX_GITHUB_TOKEN")
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert "the host drops" in refusal.reason
    bench = Bench(home)
    bench.environ["CODEX_HOME"] = str(home / OTHER)
    [refusal] = bench.plan(codex(home), target=TARGET).refusals
    assert "CODEX_HOME is set" in refusal.reason


def test_a_host_without_such_a_file(home: Path) -> None:
    path = home / ".gemini" / "settings.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": github()}}}}))
    [refusal] = Bench(home).plan(path, target=TARGET).refusals
    assert "is not known to load" in refusal.reason


@pytest.mark.parametrize("character", ["'", '"', "`", "\\", "$", "\n", "\r", "\t", "\0", "\u00e9", "\u2028"])
def test_values_that_readers_take_differently_are_refused(home: Path, character: str) -> None:
    value = Secret(f"abc{character}def")
    assert unspeakable(value)
    file = HostEnvFile(str(home / ".env"))
    with pytest.raises(UnsprawlError) as caught:
        file.set_variable("A", value)
    assert value.reveal() not in str(caught.value)
    assert not file.path.exists()


@pytest.mark.parametrize("value", ["a b", "#x", "a#b", "a=b", "Bearer x", "{}", "~", "%HOME%", " x ", "!x&|;<>()*?"])
def test_values_come_back(home: Path, value: str) -> None:
    file = HostEnvFile(str(home / ".env"))
    file.set_variable("A", Secret(value))
    file.set_variable("B", Secret("b"))
    assert file.get_variable("A") == Secret(value)
    with pytest.raises(UnsprawlError):
        file.set_variable("A", Secret("other"))
    assert file.names() == ("B", "A")


GIT = {
    "not ignored": ([], "", "add the line /.codex/.env to its .gitignore"),
    "ignored": ([], "/.codex/.env\n", ""),
    "tracked, though ignored": ([".codex/.env"], "/.codex/.env\n", "git has it already"),
    "only in name": ([], "/codex/.env\n", "add the line"),
    "ignored and taken back": ([], ".env\n!.codex/.env\n", "add the line"),
}


@pytest.mark.parametrize(("tracked", "ignored", "reason"), GIT.values(), ids=GIT.keys())
def test_git_never_gets_the_value(home: Path, tracked: list[str], ignored: str, reason: str) -> None:
    """A home under version control, as dotfiles often are."""
    path, bench, env = codex(home), Bench(home), home / ".codex" / ".env"
    git(home, "init", "-q")
    (home / ".gitignore").write_text(ignored)
    if tracked:
        private(env, b"A=1\n")
        git(home, "add", "-f", *tracked)
    plan = bench.plan(path, target=TARGET)
    if not reason:
        bench.migrate(path, target=TARGET)
        assert ".codex/.env" not in git(home, "ls-files", "--others", "--exclude-standard")
        return
    [refusal] = plan.refusals
    assert reason in refusal.reason
    assert github().encode() not in (env.read_bytes() if env.exists() else b"")


def test_git_is_asked_again_right_before_the_value_is_written(home: Path) -> None:
    path, bench = codex(home), Bench(home)
    old = path.read_bytes()
    plan = bench.plan(path, target=TARGET)
    assert plan.steps
    git(home, "init", "-q")
    outcomes, _ = bench.apply(plan)
    assert {outcome.status for outcome in outcomes} == {"failed"}
    assert path.read_bytes() == old
    assert not (home / ".codex" / ".env").exists()
    assert kept() == NOTHING


def test_a_git_that_does_not_answer_is_no_yes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".git").mkdir()
    monkeypatch.setenv("PATH", str(home / OTHER))
    assert "does not answer" in taken_by_git(str(home / ".env"))


def test_a_later_migration_takes_another_name_where_the_file_has_it(home: Path) -> None:
    """Codex lets its own file win over what a shell exports."""
    private(home / ".codex" / ".env", f"X_TOKEN={github(2)}\n".encode())
    path = home / ".codex" / "config.toml"
    path.write_text(f'[mcp_servers.x]\nurl = "https://a.test/mcp"\nhttp_headers = {{ X-Token = "{github()}" }}\n')
    [step] = Bench(home).plan(path, target="reference").steps
    assert [keep.name for keep in step.keeps] == ["X_TOKEN_2"]


def test_the_plan_file_names_the_file_and_no_value(home: Path) -> None:
    plan = Bench(home).plan(codex(home), target=TARGET)
    text = json.dumps(plan_json(plan, TARGET, "2026-01-01T00:00:00+00:00"))
    assert github() not in text
    [step] = read_plan(text.encode(), "plan.json").steps
    assert step["keeps"] == [{"name": "GITHUB_TOKEN", "home": "file", "file": str(home / ".codex" / ".env")}]


def test_a_scan_is_clean_afterwards(home: Path) -> None:
    path, bench = codex(home), Bench(home)
    bench.migrate(path, target=TARGET)
    [examined] = bench.examined(path)
    assert not examined.findings
    assert "referenced" in examined.entries[0].approach.marks
    assert not [finding for each in bench.examined() for finding in each.findings]


def test_the_status_says_where_and_what_was_replaced(home: Path) -> None:
    path, bench, env = codex(home), Bench(home), home / ".codex" / ".env"
    bench.migrate(path, target=TARGET)
    for value, left in ((github(), 1), (github(2), 0)):
        env.write_text(f"GITHUB_TOKEN='{value}'\n")
        found = [each for each in status() if isinstance(each, MigrationStatus)]
        [entry] = status_json(found, str(home))[0]["files"][0]["entries"]
        assert (entry["file"], entry["variables"], entry["state"]) == (str(env), ["GITHUB_TOKEN"], "done")
        assert len(entry["rotate"]) == left


def test_recovery_sweeps_what_a_killed_run_wrote_beside_the_file(home: Path) -> None:
    path, bench = codex(home), Bench(home)
    bench.migrate(path, target=TARGET)
    left = private(home / ".codex" / ".unsprawl-.env-0011.tmp", f"A='{secret()}'\n".encode())
    others = private(home / ".codex" / ".unsprawl-config.toml-0011.tmp", b"x")
    recover()
    assert not left.exists()
    assert others.exists()


@pytest.mark.parametrize("name", ["*", ":(glob)x", "a b", "[a]", "\u00e9"])
def test_odd_names_of_folders(home: Path, name: str) -> None:
    folder = home / name
    folder.mkdir()
    git(home, "init", "-q")
    (home / ".gitignore").write_text("/a/.env\n")
    assert "add the line" in taken_by_git(str(folder / ".env"))
    (home / ".gitignore").write_text(".env\n")
    assert taken_by_git(str(folder / ".env")) == ""


def opencode(home: Path, text: str = "") -> Path:
    path = home / ".config" / "opencode" / "opencode.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    server = {"type": "local", "command": ["npx", "server-x"], "environment": {"GITHUB_TOKEN": text or github()}}
    path.write_text(json.dumps({"mcp": {"x": server}}))
    return path


def test_a_file_for_each_value_where_the_host_is_told_which(home: Path) -> None:
    path, bench = opencode(home), Bench(home)
    old, value = path.read_bytes(), home / ".config" / "unsprawl" / "values" / "GITHUB_TOKEN"

    bench.migrate(path, target=TARGET)

    assert '"{file:~/.config/unsprawl/values/GITHUB_TOKEN}"' in path.read_text()
    assert value.read_text() == github()
    assert os.name != "posix" or stat.S_IMODE(value.stat().st_mode) == 0o600
    assert files_with(home, [github()]) == {value}
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert (outcome.status, "plain file" in outcome.reason) == ("done", True)
    value.rename(value.with_name("OTHER"))
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert (outcome.status, "there is no file" in outcome.reason) == ("todo", True)
    value.with_name("OTHER").rename(value)
    assert {each.status for each in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == old
    assert not value.exists()
    assert kept() == NOTHING


def test_a_value_in_a_file_of_its_own_that_was_replaced_stays(home: Path) -> None:
    path, bench = opencode(home), Bench(home)
    bench.migrate(path, target=TARGET)
    value = home / ".config" / "unsprawl" / "values" / "GITHUB_TOKEN"
    value.write_text(github(2))
    [outcome] = undo(last_journal())
    assert "a newer value stays" in outcome.reason
    assert value.read_text() == github(2)
    assert [keep.name for step in bench.plan(path, target=TARGET).steps for keep in step.keeps] == ["X_GITHUB_TOKEN"]


def test_a_folder_of_values_that_git_would_take(home: Path) -> None:
    path, bench = opencode(home), Bench(home)
    git(home, "init", "-q")
    [refusal] = bench.plan(path, target=TARGET).refusals
    assert "git would take it" in refusal.reason
    bench.environ["UNSPRAWL_HOME"] = str(home / OTHER)
    [refusal] = bench.plan(path, target=TARGET).refusals
    assert "UNSPRAWL_HOME is set" in refusal.reason


@pytest.mark.parametrize(("name", "status"), [("~/mine", "done"), ("~/other", "todo"), ("beside", "done")])
def test_files_of_the_users_own(home: Path, name: str, status: str) -> None:
    path, bench = opencode(home, f"{{file:{name}}}"), Bench(home)
    (home / "mine").write_text("x")
    (path.parent / "beside").write_text("x")
    [(_, outcome)] = verify(bench.examined(path), bench.around, ["x"])
    assert outcome.status == status, outcome.reason
