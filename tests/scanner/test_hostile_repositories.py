"""Hostile repositories run nothing and fetch nothing: each way that git knows to start a program, for each command.

Every case leaves a marker when its program runs, and a server counts who connects.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cli.program import program
from tests.cli.test_hook import CLEAN, DIRTY, TOKEN
from tests.git import git

COMMANDS: list[tuple[str, ...]] = [
    ("hook", ".mcp.json", "absent.json"),
    ("hook", "--staged"),
    ("hook", "--all"),
    ("scan", "--staged"),
    ("scan", "."),
    ("scan", "--history"),
    (),
]
"""Whatever looks into a repository; each is run in the top of every hostile one."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A repository with a commit and something staged, and what a case needs to make it hostile."""

    repo: Path
    script: Path
    """Leaves the marker, then behaves like a filter."""
    port: int
    """A server on this machine that counts connections."""

    @property
    def config(self) -> Path:
        return self.repo / ".git" / "config"

    def configure(self, *lines: str) -> None:
        """Add to the repository's configuration, which no git of the test reads before the command under test does."""
        with self.config.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def missing_content(self) -> None:
        """Files of which git has the names only: staged, and in the newest commit."""
        git(self.repo, "update-index", "--add", "--cacheinfo", f"100644,{'2' * 40},absent.json")
        (object_id,) = (line.split()[1] for line in git(self.repo, "ls-files", "-s", ".mcp.json").splitlines())
        (self.repo / ".git" / "objects" / object_id[:2] / object_id[2:]).unlink()

    def promise(self, *remote: str) -> None:
        """A partial clone of the remote with these settings, from which git fetches what is not here."""
        self.missing_content()
        self.configure(
            "[core]", "repositoryFormatVersion = 1", "[extensions]", "partialClone = origin",
            '[remote "origin"]', "promisor = true", "partialclonefilter = blob:none", *remote,
        )  # fmt: skip


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / ".gitattributes").write_text("* diff=evil filter=evil merge=evil text=auto\n")
    (folder / "notes.json").write_text(CLEAN)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")
    (folder / "notes.json").write_text(CLEAN.replace("npx", "bunx"))
    (folder / ".mcp.json").write_text(DIRTY)
    git(folder, "add", ".")
    (folder / ".mcp.json").write_text(CLEAN)
    os.utime(folder / "notes.json", (1, 1))  # git must look closer whether it changed
    return folder


def fsmonitor(trap: Trap) -> None:
    trap.configure("[core]", f"fsmonitor = {trap.script}", "untrackedCache = true")


def fsmonitor_hook_version(trap: Trap) -> None:
    trap.configure("[core]", f"fsmonitor = {trap.script}", "fsmonitorHookVersion = 1")


HOOKS = (
    "pre-commit", "post-checkout", "post-index-change", "post-rewrite", "pre-auto-gc", "reference-transaction",
    "fsmonitor-watchman", "query-watchman", "post-commit", "update", "pre-merge-commit", "proc-receive",
)  # fmt: skip


def _hooks(folder: Path, trap: Trap) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in HOOKS:
        (folder / name).write_text(trap.script.read_text())
        (folder / name).chmod(0o755)


def hooks(trap: Trap) -> None:
    _hooks(trap.repo / ".git" / "hooks", trap)


def hooks_path(trap: Trap) -> None:
    _hooks(trap.repo / "evil-hooks", trap)
    trap.configure("[core]", "hooksPath = evil-hooks")


def textconv(trap: Trap) -> None:
    trap.configure('[diff "evil"]', f"textconv = {trap.script}", "cachetextconv = true")


def external_diff(trap: Trap) -> None:
    trap.configure("[diff]", f"external = {trap.script}", '[diff "evil"]', f"command = {trap.script}")


def filters(trap: Trap) -> None:
    trap.configure(
        '[filter "evil"]', f"clean = {trap.script}", f"smudge = {trap.script}", "required = true",
    )  # fmt: skip


def filter_process(trap: Trap) -> None:
    trap.configure('[filter "evil"]', f"process = {trap.script}", "required = true")


def merge_driver(trap: Trap) -> None:
    trap.configure('[merge "evil"]', f"driver = {trap.script}")


def pagers(trap: Trap) -> None:
    commands = ("cat-file", "diff-index", "ls-files", "ls-tree", "rev-list", "rev-parse", "log", "status")
    trap.configure("[core]", f"pager = {trap.script}", "[pager]", *(f"{name} = {trap.script}" for name in commands))


def aliases(trap: Trap) -> None:
    commands = ("cat-file", "diff-index", "ls-files", "ls-tree", "rev-list", "rev-parse", "log")
    trap.configure("[alias]", *(f"{name} = !{trap.script}" for name in commands))


def programs(trap: Trap) -> None:
    script = trap.script
    trap.configure(
        "[core]", f"sshCommand = {script}", f"askPass = {script}", f"editor = {script}", f"gitProxy = {script}",
        f"alternateRefsCommand = {script}", "[credential]", f"helper = !{script}", "[sequence]", f"editor = {script}",
        "[uploadpack]", f"packObjectsHook = {script}", "[gc]", "auto = 1", "[interactive]", f"diffFilter = {script}",
    )  # fmt: skip


def signatures(trap: Trap) -> None:
    """A commit with a signature, which `log.showSignature` has checked by a program."""
    text = git(trap.repo, "cat-file", "commit", "HEAD")
    head, _, message = text.partition("\n\n")
    begin, end = ("-----%s PGP SIGNATURE-----" % word for word in ("BEGIN", "END"))  # noqa: UP031, in pieces
    signed = f"{head}\ngpgsig {begin}\n \n x\n {end}\n\n{message}\n"
    object_id = git(trap.repo, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode())
    git(trap.repo, "update-ref", "HEAD", object_id)
    trap.configure("[log]", "showSignature = true", "[gpg]", f"program = {trap.script}")
    trap.configure('[gpg "ssh"]', f"program = {trap.script}", f"defaultKeyCommand = {trap.script}")


def included(trap: Trap) -> None:
    (trap.repo / "evil.config").write_text(f"[core]\nfsmonitor = {trap.script}\npager = {trap.script}\n")
    trap.configure("[include]", "path = ../evil.config")


def included_if(trap: Trap) -> None:
    (trap.repo / "evil.config").write_text(f"[core]\nfsmonitor = {trap.script}\nsshCommand = {trap.script}\n")
    trap.configure('[includeIf "gitdir:/"]', "path = ../evil.config")


def worktree_configuration(trap: Trap) -> None:
    trap.configure("[core]", "repositoryFormatVersion = 1", "[extensions]", "worktreeConfig = true")
    (trap.repo / ".git" / "config.worktree").write_text(f"[core]\nfsmonitor = {trap.script}\n")


def core_worktree(trap: Trap) -> None:
    """The repository says that its files lie elsewhere."""
    trap.configure("[core]", f"worktree = {trap.repo.parent}", f"fsmonitor = {trap.script}")


def trace(trap: Trap) -> None:
    marker = trap.repo.parent / "marker"
    trap.configure("[trace2]", f"normalTarget = {marker}", f"eventTarget = {marker}", f"perfTarget = {marker}")


def redirect(trap: Trap) -> None:
    """`.git` is a file that leads to a hostile repository somewhere else."""
    trap.configure("[core]", f"fsmonitor = {trap.script}")
    (trap.repo / ".git").rename(trap.repo / "innocent")
    (trap.repo / ".git").write_text("gitdir: innocent\n")


def redirect_to_another(trap: Trap) -> None:
    other = repository(trap.repo.parent / "other")
    with (other / ".git" / "config").open("a") as file:
        file.write(f"[core]\nfsmonitor = {trap.script}\nbare = false\n")
    (trap.repo / ".git").rename(trap.repo.parent / "gone")
    (trap.repo / ".git").write_text(f"gitdir: {other}/.git\n")


def linked(trap: Trap) -> None:
    trap.configure("[core]", f"fsmonitor = {trap.script}")
    (trap.repo / ".git").rename(trap.repo.parent / "elsewhere")
    (trap.repo / ".git").symlink_to("../elsewhere")


def embedded_bare(trap: Trap) -> None:
    """The tree itself is laid out like a bare repository, and the `.git` in it is none."""
    trap.configure("[core]", "bare = true", f"fsmonitor = {trap.script}")
    for item in (trap.repo / ".git").iterdir():
        item.rename(trap.repo / item.name)


def embedded_bare_alone(trap: Trap) -> None:
    embedded_bare(trap)
    (trap.repo / ".git").rmdir()


def submodule(trap: Trap) -> None:
    """A submodule with a hostile configuration of its own."""
    inner = repository(trap.repo / "inner")
    with (inner / ".git" / "config").open("a") as file:
        file.write(f"[core]\nfsmonitor = {trap.script}\n")
    git(trap.repo, "update-index", "--add", "--cacheinfo", f"160000,{git(inner, 'rev-parse', 'HEAD')},inner")
    (trap.repo / ".gitmodules").write_text(
        f'[submodule "inner"]\npath = inner\nurl = ext::{trap.script}\nupdate = !{trap.script}\n'
    )
    git(trap.repo, "add", ".gitmodules")
    trap.configure('[submodule "inner"]', "active = true", f"update = !{trap.script}", "[diff]", "submodule = diff")


def promised_by_a_local_remote(trap: Trap) -> None:
    trap.promise(f"url = {trap.repo.parent}/nowhere", f"uploadpack = {trap.script}")


def promised_by_ssh(trap: Trap) -> None:
    trap.promise("url = ssh://example.com/x")
    trap.configure("[core]", f"sshCommand = {trap.script}", "[ssh]", "variant = simple")


def promised_by_a_program(trap: Trap) -> None:
    trap.promise(f"url = ext::{trap.script}")
    trap.configure("[protocol]", "allow = always", '[protocol "ext"]', "allow = always")


def promised_by_a_server(trap: Trap) -> None:
    trap.promise(f"url = http://127.0.0.1:{trap.port}/x.git")
    trap.configure("[protocol]", "allow = always", '[protocol "http"]', "allow = always")


def promised_by_a_git_server(trap: Trap) -> None:
    trap.promise(f"url = git://127.0.0.1:{trap.port}/x.git")
    trap.configure("[core]", f"gitProxy = {trap.script}", '[protocol "git"]', "allow = always")


def promised_under_another_name(trap: Trap) -> None:
    trap.promise("url = safe:x")
    trap.configure(f'[url "ext::{trap.script} "]', "insteadOf = safe:", '[protocol "ext"]', "allow = always")


CASES: list[Callable[[Trap], None]] = [
    fsmonitor, fsmonitor_hook_version, hooks, hooks_path, textconv, external_diff, filters, filter_process,
    merge_driver, pagers, aliases, programs, signatures, included, included_if, worktree_configuration, core_worktree,
    trace, redirect, redirect_to_another, linked, embedded_bare, embedded_bare_alone, submodule,
    promised_by_a_local_remote, promised_by_ssh, promised_by_a_program, promised_by_a_server,
    promised_by_a_git_server, promised_under_another_name,
]  # fmt: skip
REACHED_BY: dict[str, tuple[str, ...]] = {
    "fsmonitor": ("status",),
    "fsmonitor_hook_version": ("status",),
    "hooks": ("update-index", "--refresh", "--force-write-index"),
    "hooks_path": ("update-index", "--refresh", "--force-write-index"),
    "textconv": ("diff",),
    "external_diff": ("diff",),
    "filters": ("diff",),
    "filter_process": ("diff",),
    "pagers": ("log",),
    "signatures": ("log",),
    "included": ("status",),
    "included_if": ("status",),
    "worktree_configuration": ("status",),
    "core_worktree": ("status",),
    "redirect": ("status",),
    "redirect_to_another": ("status",),
    "linked": ("status",),
    "promised_by_a_local_remote": ("cat-file", "-p", "2" * 40),
    "promised_by_ssh": ("cat-file", "-p", "2" * 40),
    "promised_by_a_program": ("cat-file", "-p", "2" * 40),
    "promised_by_a_server": ("cat-file", "-p", "2" * 40),
    "promised_by_a_git_server": ("cat-file", "-p", "2" * 40),
    "promised_under_another_name": ("cat-file", "-p", "2" * 40),
}
"""What people type that springs the trap: a trap that nothing springs would prove nothing."""


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def connections(server: socket.socket) -> int:
    """How many connected since the last call."""
    count = 0
    while True:
        try:
            accepted, _ = server.accept()
        except BlockingIOError:
            return count
        accepted.close()
        count += 1


@pytest.fixture
def trap(tmp_path: Path, server: socket.socket) -> Trap:
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{tmp_path}/marker'\ncat\n")
    script.chmod(0o755)
    return Trap(repository(tmp_path / "repo"), script, server.getsockname()[1])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_it_starts_nothing_and_fetches_nothing(
    case: Callable[[Trap], None], trap: Trap, server: socket.socket, home: Path, tmp_path: Path
) -> None:
    case(trap)
    marker = tmp_path / "marker"
    marker.unlink(missing_ok=True)
    start = program(home, tmp_path / "bin")
    for words in COMMANDS:
        done = start(*words, cwd=trap.repo)
        assert not marker.exists(), words
        assert connections(server) == 0, words
        assert done.returncode in (0, 1, 2, 3), (words, done.stderr)
        assert "Traceback" not in done.stderr
        assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize("name", REACHED_BY)
def test_the_trap_is_one(name: str, trap: Trap, server: socket.socket, tmp_path: Path) -> None:
    (case,) = (case for case in CASES if case.__name__ == name)
    case(trap)
    marker = tmp_path / "marker"
    marker.unlink(missing_ok=True)
    master, terminal = os.openpty()  # git starts pagers only there
    process = subprocess.Popen(
        ["git", *REACHED_BY[name]],
        cwd=trap.repo,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "dumb"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    sprung, until = False, time.monotonic() + 20
    while not sprung and time.monotonic() < until:
        ended = process.poll() is not None
        sprung = marker.exists() or connections(server) > 0
        if ended:
            break
        time.sleep(0.01)
    with suppress(ProcessLookupError):  # git and its helpers wait for one another
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    os.close(master)
    os.close(terminal)
    assert sprung


def test_links_out_of_the_repository_are_not_followed(trap: Trap, home: Path, tmp_path: Path) -> None:
    """Neither a link that is staged nor one in the way of what is staged."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mcp.json").write_text(DIRTY.replace('"github"', '"outside"'))
    for name in ("linked.json", ".cursor"):
        (trap.repo / name).symlink_to(outside if name == ".cursor" else outside / "mcp.json")
    git(trap.repo, "add", "linked.json", ".cursor")
    start = program(home, tmp_path / "bin")
    for words in (*COMMANDS, ("hook", "linked.json")):
        done = start(*words, cwd=trap.repo)
        assert "outside env" not in done.stdout + done.stderr, words
        assert TOKEN not in done.stdout + done.stderr


def test_a_repository_of_somebody_else(trap: Trap, home: Path, tmp_path: Path) -> None:
    """git refuses it; it is said what its owner's word would be, and nobody passes silently."""
    start = program(home, tmp_path / "bin")
    for words in (("hook", ".mcp.json"), ("hook", "--staged"), ("scan", "--staged")):
        done = start(*words, cwd=trap.repo, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
        assert done.returncode == 3, words
        assert "git config --global --add safe.directory" in done.stdout + done.stderr
