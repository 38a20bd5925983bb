"""`hook --install`: beside every kind of hook that may be there already, in every place where git looks for one."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import Program, program
from tests.cli.test_hook import CLEAN, DIRTY
from tests.cli.test_staged_situations import IDENTITY, committed, git, new, stage, submodule
from unsprawl.scanner.sources.git_hook import HookState, hook_state

RAN = 'touch "$(git rev-parse --show-toplevel)/ran"\n'


def installed(home: Path, folder: Path) -> Program:
    """A program that takes itself for one that lasts."""
    found = f"install.Installed({str(folder / 'unsprawl')!r}, True, 'installed for this user')"
    return program(home, folder, extra=f"install.where = lambda: {found}")


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Program:
    made = installed(home, tmp_path / "bin")
    for name in ("touch", "dirname"):
        found = shutil.which(name)
        assert found
        (tmp_path / "bin" / "tools" / name).symlink_to(found)
    return made


def shell(folder: Path) -> None:
    (folder / "pre-commit").write_text(f"#!/bin/sh\nset -e\n# mine\n{RAN}")


def shell_that_knows_its_place(folder: Path) -> None:
    (folder / "helper.sh").write_text(RAN)
    (folder / "pre-commit").write_text(
        '#!/usr/bin/env bash\nset -eu\n[ "${0##*/}" = pre-commit ]\n. "$(dirname "$0")/helper.sh"\nexit 0\n'
    )


def python(folder: Path) -> None:
    (folder / "pre-commit").write_text(f"#!{sys.executable}\nopen('ran', 'w')\n")


def no_first_line(folder: Path) -> None:
    (folder / "pre-commit").write_text(RAN)


def no_last_line_end(folder: Path) -> None:
    (folder / "pre-commit").write_text(f"#!/bin/sh\n{RAN.rstrip()}")


def link_to_a_tracked_script(folder: Path) -> None:
    (folder.parent.parent / "scripts").mkdir()
    (folder.parent.parent / "scripts" / "check").write_text(f"#!/bin/sh\n{RAN}")
    (folder.parent.parent / "scripts" / "check").chmod(0o755)
    (folder / "pre-commit").symlink_to("../../scripts/check")


def program_of_any_kind(folder: Path) -> None:
    shutil.copy(shutil.which("true") or "", folder / "pre-commit")


EXISTING: list[Callable[[Path], None]] = [
    shell, shell_that_knows_its_place, python, no_first_line, no_last_line_end, link_to_a_tracked_script,
    program_of_any_kind,
]  # fmt: skip


def hooks_of(repo: Path) -> Path:
    folder = repo / ".git" / "hooks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        item.name: (
            stat.S_IMODE(item.lstat().st_mode),
            os.fsencode(os.readlink(item)) if item.is_symlink() else item.read_bytes(),
        )
        for item in folder.iterdir()
        if not item.is_dir()
    }


def commit(repo: Path, start: Program, text: str, name: str = ".mcp.json") -> subprocess.CompletedProcess[str]:
    stage(repo, text, text, name)
    return subprocess.run(
        ["git", "commit", "-qm", "x"],
        cwd=repo, env={**start.environ, **IDENTITY}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def checks(repo: Path, start: Program) -> bool:
    """Whether a key is kept out, and what is clean gets in."""
    done = commit(repo, start, DIRTY)
    blocked = done.returncode != 0
    assert blocked == ("1 secret in MCP configuration" in done.stderr), done.stderr
    if blocked:
        assert commit(repo, start, CLEAN.replace("npx", f"npx{len(git(repo, 'log'))}")).returncode == 0
    return blocked


def ours(folder: Path) -> None:
    assert [item.name for item in folder.iterdir() if ".tmp" in item.name] == []


def test_where_there_is_none(start: Program, tmp_path: Path, home: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    shutil.rmtree(repo / ".git" / "hooks", ignore_errors=True)
    assert not checks(repo, start)
    git(repo, "reset", "-q", "--hard", "HEAD~1")
    done = start("hook", "--install", "--dry-run", cwd=repo)
    assert done.returncode == 0
    assert "  + " in done.stdout
    assert not (repo / ".git" / "hooks").exists()
    done = start("hook", "--install", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{repo}/.git/hooks/pre-commit: installed\n"
    assert hook_state(str(repo), str(home)) is HookState.ACTIVE
    assert checks(repo, start)
    before = everything(repo / ".git" / "hooks")
    again = start("hook", "--install", cwd=repo)
    assert (again.returncode, again.stdout) == (
        0,
        f"{repo}/.git/hooks/pre-commit: nothing to do, it is there already\n",
    )
    assert everything(repo / ".git" / "hooks") == before
    assert start("hook", "--uninstall", "--dry-run", cwd=repo).returncode == 0
    assert everything(repo / ".git" / "hooks") == before
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert everything(repo / ".git" / "hooks") == {}
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert not checks(repo, start)


@pytest.mark.parametrize("write", EXISTING, ids=lambda write: write.__name__)
def test_beside_a_hook_that_is_there(write: Callable[[Path], None], start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    write(folder)
    if not (folder / "pre-commit").is_symlink():
        (folder / "pre-commit").chmod(0o750)
    before = everything(folder)
    assert start("hook", "--install", "--dry-run", cwd=repo).returncode == 0
    assert everything(folder) == before
    done = start("hook", "--install", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.access(folder / "pre-commit", os.X_OK)
    installed = everything(folder)
    assert start("hook", "--install", cwd=repo).returncode == 0
    assert everything(folder) == installed
    assert commit(repo, start, DIRTY).returncode != 0
    assert not (repo / "ran").exists()  # ours is first
    assert commit(repo, start, CLEAN).returncode == 0
    assert (repo / "ran").exists() or write is program_of_any_kind
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert everything(folder) == before
    ours(folder)


@pytest.mark.parametrize("interpreter", ["/bin/sh", sys.executable])
def test_the_other_hook_still_decides(interpreter: str, start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    text = "exit 7\n" if interpreter == "/bin/sh" else "raise SystemExit(7)\n"
    script = hooks_of(repo) / "pre-commit"
    script.write_text(f"#!{interpreter}\n{text}")
    script.chmod(0o755)
    assert start("hook", "--install", cwd=repo).returncode == 0
    (repo / "other").write_text("x")
    git(repo, "add", "other")
    done = subprocess.run([script], cwd=repo, env=start.environ, capture_output=True, check=False)
    assert done.returncode == 7
    assert commit(repo, start, CLEAN).returncode != 0


def test_a_hook_that_was_switched_off_stays_off(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    shell(folder)
    (folder / "pre-commit").chmod(0o644)
    before = everything(folder)
    assert start("hook", "--install", cwd=repo).returncode == 0
    assert checks(repo, start)
    assert not (repo / "ran").exists()
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert everything(folder) == before


def test_a_program_that_is_gone_is_said_and_blocks(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    assert start("hook", "--install", cwd=repo).returncode == 0
    start.path.rename(start.path.with_name("gone"))
    done = commit(repo, start, CLEAN)
    assert done.returncode != 0
    assert f"unsprawl: {start.path} is gone, so nobody has checked this commit" in done.stderr
    assert "git commit --no-verify" in done.stderr


def test_a_program_that_moved(home: Path, start: Program, tmp_path: Path) -> None:
    """Odd names too; and the old lines are replaced, not joined."""
    repo = committed(new(tmp_path / "r"))
    shell(hooks_of(repo))
    (repo / ".git" / "hooks" / "pre-commit").chmod(0o755)
    assert start("hook", "--install", cwd=repo).returncode == 0
    moved = installed(home, tmp_path / 'it\'s $HOME `x` "q"')
    assert moved("hook", "--install", cwd=repo).returncode == 0
    text = (repo / ".git" / "hooks" / "pre-commit").read_text()
    assert text.count(">>> unsprawl >>>") == 1
    shutil.rmtree(tmp_path / "bin" / "unsprawl", ignore_errors=True)
    start.path.unlink()
    assert checks(repo, start)
    moved.path.rename(moved.path.with_name("gone"))
    assert str(moved.path) in commit(repo, start, DIRTY).stderr


def test_a_program_that_will_not_last(home: Path, tmp_path: Path) -> None:
    passing = program(home, tmp_path / "bin", extra="install._passing = lambda place, environ, home: 'a cache'")
    repo = committed(new(tmp_path / "r"))
    hooks_of(repo)
    done = passing("hook", "--install", cwd=repo)
    assert done.returncode == 4
    assert "a cache" in done.stderr
    assert everything(repo / ".git" / "hooks") == {}


def test_a_linked_worktree_shares_the_hooks(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert start("hook", "--install", cwd=tmp_path / "tree").returncode == 0
    assert (repo / ".git" / "hooks" / "pre-commit").exists()
    assert checks(tmp_path / "tree", start)
    assert checks(repo, start)


def test_a_submodule_has_hooks_of_its_own(start: Program, tmp_path: Path) -> None:
    inner = submodule(tmp_path / "x", CLEAN, CLEAN)
    done = start("hook", "--install", cwd=inner)
    assert done.returncode == 0
    assert "modules/vendor/library/hooks/pre-commit" in done.stdout
    assert checks(inner, start)


def test_from_a_subfolder(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    (repo / "sub").mkdir()
    assert start("hook", "--install", cwd=repo / "sub").returncode == 0
    assert checks(repo, start)


def test_hooks_that_are_tracked_name_no_path_of_this_machine(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    git(repo, "config", "core.hooksPath", ".githooks")
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 0
    text = (repo / ".githooks" / "pre-commit").read_text()
    assert str(tmp_path) not in text
    assert checks(repo, start)
    start.path.rename(start.path.with_name("gone"))
    done = commit(repo, start, CLEAN)
    assert done.returncode != 0
    assert "unsprawl is not on PATH" in done.stderr


@pytest.mark.parametrize("where", ["global", "local"])
def test_hooks_that_other_repositories_share(where: str, start: Program, tmp_path: Path, home: Path) -> None:
    repo, folder = committed(new(tmp_path / "r")), tmp_path / "shared hooks"
    if where == "global":
        (home / ".gitconfig").write_text(f'[core]\n\thooksPath = "{folder}"\n')
    else:
        git(repo, "config", "core.hooksPath", str(folder))
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 4
    assert "every repository" in done.stderr or "outside of this repository" in done.stderr
    assert "--shared" in done.stderr
    assert not folder.exists()
    done = start("hook", "--install", "--shared", cwd=repo)
    assert done.returncode == 0
    assert "every repository" in done.stdout
    assert checks(repo, start)
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert everything(folder) == {}


@pytest.mark.parametrize("how", ["a link", "a configured path", "a .git file"])
def test_a_hostile_repository_gets_nothing_written_elsewhere(how: str, start: Program, tmp_path: Path) -> None:
    repo, elsewhere = committed(new(tmp_path / "r")), tmp_path / "elsewhere"
    elsewhere.mkdir()
    if how == "a link":
        shutil.rmtree(repo / ".git" / "hooks", ignore_errors=True)
        (repo / ".git" / "hooks").symlink_to(elsewhere)
    elif how == "a configured path":
        git(repo, "config", "core.hooksPath", "../elsewhere")
    else:
        other = committed(new(tmp_path / "other"))
        shutil.rmtree(repo / ".git")
        (repo / ".git").write_text(f"gitdir: {other}/.git\n")
        elsewhere = hooks_of(other)
    done = start("hook", "--install", cwd=repo)
    assert (done.returncode, list(elsewhere.iterdir())) == (4, [])
    assert done.stderr


HUSKY_9 = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n'
HUSKY_9_H = """\
#!/usr/bin/env sh
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n
[ ! -f "$s" ] && exit 0
sh -e "$s" "$@"
exit $?
"""
HUSKY_8 = '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\n'
HUSKY_8_SH = """\
if [ -z "$husky_skip_init" ]; then
  readonly husky_skip_init=1
  export husky_skip_init
  sh -e "$0" "$@"
  exit $?
fi
"""


@pytest.mark.parametrize("version", [8, 9])
@pytest.mark.parametrize("text", ["", RAN])
def test_husky(version: int, text: str, start: Program, tmp_path: Path, home: Path) -> None:
    found = shutil.which("basename")
    assert found
    (tmp_path / "bin" / "tools" / "basename").symlink_to(found)
    repo = committed(new(tmp_path / "r"))
    (repo / ".husky" / "_").mkdir(parents=True)
    script = repo / ".husky" / "pre-commit"
    if version == 9:
        git(repo, "config", "core.hooksPath", ".husky/_")
        (repo / ".husky" / "_" / "h").write_text(HUSKY_9_H)
        (repo / ".husky" / "_" / "pre-commit").write_text(HUSKY_9)
        (repo / ".husky" / "_" / "pre-commit").chmod(0o755)
        before = text
    else:
        git(repo, "config", "core.hooksPath", ".husky")
        (repo / ".husky" / "_" / "husky.sh").write_text(HUSKY_8_SH)
        before = HUSKY_8 + text
    if before:
        script.write_text(before)
        script.chmod(0o755)
    done = start("hook", "--install", cwd=repo)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{script}: ")
    assert str(tmp_path) not in script.read_text()
    assert hook_state(str(repo), str(home)) is HookState.ACTIVE
    assert checks(repo, start)
    assert (repo / "ran").exists() == bool(text)
    assert start("hook", "--uninstall", cwd=repo).returncode == 0
    assert (script.read_text() if script.exists() else "") == before


def test_husky_that_is_not_set_up_here(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    (repo / ".husky").mkdir()
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 0
    assert "npx husky" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (".pre-commit-config.yaml", "repos: []\n", "      - id: unsprawl"),
        ("prek.toml", "", 'hooks = [{ id = "unsprawl" }]'),
        ("lefthook.yml", "pre-commit:\n", "      run: unsprawl hook --staged"),
        (".config/lefthook.yaml", "", "      run: unsprawl hook --staged"),
        ("package.json", '{"simple-git-hooks": {}}\n', '"pre-commit": "unsprawl hook --staged"'),
    ],
)
def test_a_program_that_manages_hooks_gets_no_edit(
    name: str, text: str, said: str, start: Program, tmp_path: Path
) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    (repo / name).parent.mkdir(exist_ok=True)
    (repo / name).write_text(text)
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 4
    assert said in done.stdout.splitlines()
    assert "nothing was changed" in done.stderr
    assert (repo / name).read_text() == text
    assert everything(folder) == {}


def test_a_manager_that_starts_it_already(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    (repo / "lefthook.yml").write_text("pre-commit:\n  commands:\n    unsprawl:\n      run: unsprawl hook --staged\n")
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 4
    assert "lefthook install" in done.stdout
    (folder / "pre-commit").write_text("#!/bin/sh\nlefthook run pre-commit\n")
    assert start("hook", "--install", cwd=repo).returncode == 0


@pytest.mark.parametrize(
    "words",
    [("--install", "--uninstall"), ("--dry-run",), ("--install", "x"), ("--install", "--staged"), ("--shared",)],
    ids=str,
)
def test_usage(words: tuple[str, ...], start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    assert start("hook", *words, cwd=repo).returncode == 2
    assert everything(folder) == {}


def test_outside_of_a_repository_and_in_a_bare_one(start: Program, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert start("hook", "--install", cwd=tmp_path / "plain").returncode == 2
    git(tmp_path, "init", "-q", "--bare", "bare")
    assert start("hook", "--install", cwd=tmp_path / "bare").returncode == 2


def test_lines_that_were_changed_by_hand(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    assert start("hook", "--install", cwd=repo).returncode == 0
    script = repo / ".git" / "hooks" / "pre-commit"
    script.write_text(script.read_text().replace("# <<< unsprawl <<<\n", ""))
    before = script.read_bytes()
    for word in ("--install", "--uninstall"):
        done = start("hook", word, cwd=repo)
        assert done.returncode == 4
        assert "changed by hand" in done.stderr
        assert script.read_bytes() == before


def test_another_hook_that_took_its_place(start: Program, tmp_path: Path) -> None:
    """Somebody wrote a new one over ours, and the one that was there first still lies beside it."""
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    python(folder)
    (folder / "pre-commit").chmod(0o755)
    assert start("hook", "--install", cwd=repo).returncode == 0
    python(folder)
    before = everything(folder)
    done = start("hook", "--install", cwd=repo)
    assert done.returncode == 4
    assert "pre-commit.unsprawl-kept was left there" in done.stderr
    assert everything(folder) == before


def test_a_hook_that_is_no_file(start: Program, tmp_path: Path) -> None:
    repo = committed(new(tmp_path / "r"))
    folder = hooks_of(repo)
    (folder / "pre-commit").mkdir()
    assert start("hook", "--install", cwd=repo).returncode == 4
    (folder / "pre-commit").rmdir()
    os.mkfifo(folder / "pre-commit")
    assert start("hook", "--install", cwd=repo).returncode == 4
