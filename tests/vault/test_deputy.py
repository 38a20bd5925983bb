# ruff: noqa: F401, F811, the fixtures of test_binding
"""More ideas of someone whose repository says `unsprawl run REF -- CMD`: what CMD itself looks up, reads and starts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.vault.test_binding import (
    ARGV,
    KEY,
    environ,
    program,
    project_record,
    refusal,
    repository,
    system,
    user_record,
)

from unsprawl.scanner.errors import BindingRefused
from unsprawl.vault.binding import check
from unsprawl.vault.guarded import reason
from unsprawl.vault.inner import commands_in
from unsprawl.vault.programs import path_without_project, trusted_place
from unsprawl.vault.traps import relative_scripts, trap

BASH = ["bash", "-c", "exec npx -y @scope/server-x@1.2.3"]

# The command line.


@pytest.mark.parametrize(
    "package",
    [
        "@sc0pe/server-x@1.2.3",
        "@scope/server_x@1.2.3",
        "@scope/server-x@1.2.4",
        "@scope/server-x@latest",
        "@scope/server-x@^1.2.3",
        "@Scope/server-x@1.2.3",
        "@scope/server-х@1.2.3",  # noqa: RUF001, a Cyrillic letter
        "@scope/server-x@npm:evil@1.2.3",
        "@scope/server-x@1.2.3 ",
        "./@scope/server-x@1.2.3",
        "github:scope/server-x",
        "https://evil.example/server-x.tgz",
    ],
)
def test_a_package_of_nearly_the_same_name_is_refused(
    package: str,
    environ: dict[str, str],
    repository: Path,
) -> None:
    error = refusal(user_record(environ), ["npx", "-y", package], repository, environ)
    assert "another command line" in error.message


@pytest.mark.parametrize(
    ("argv", "inner"),
    [
        (["npx", "-y", "x"], [["npx", "-y", "x"]]),
        (["bash", "-c", "npx -y x"], [["bash", "-c"], ["npx", "-y", "x"]]),
        (["bash", "-lc", "cd /a && A=1 npx -y 'x y'"], [["bash", "-lc"], ["cd", "/a"], ["npx", "-y", "x y"]]),
        (["/bin/sh", "-c", "exec npx x", "name"], [["/bin/sh", "-c"], ["exec", "npx", "x"], ["npx", "x"]]),
        (["cmd", "/c", "npx", "-y", "x"], [["cmd", "/c"], ["npx", "-y", "x"]]),
        (["cmd.exe", "/d", "/s", "/c", "npx -y x"], [["cmd.exe", "/d"], ["npx", "-y", "x"]]),
        (["env", "-u", "A", "B=1", "npx", "x"], [["env", "-u", "A", "B=1", "npx", "x"], ["npx", "x"]]),
        (["env", "-S", "npx -y x"], [["env", "-S"], ["npx", "-y", "x"]]),
        (["timeout", "-k", "5", "10", "npx", "x"], [["timeout", "-k", "5", "10", "npx", "x"], ["npx", "x"]]),
        (["nice", "bash", "-c", "npx x"], [["nice", "bash", "-c", "npx x"], ["bash", "-c"], ["npx", "x"]]),
        (["ssh", "host", "npx", "x"], [["ssh", "host", "npx", "x"]]),
        (["server"], [["server"]]),
        (["bash"], [["bash"]]),
        (["bash", "-c"], [["bash", "-c"]]),
        ([], []),
    ],
)
def test_commands_inside_a_command(argv: list[str], inner: list[list[str]]) -> None:
    assert [list(command) for command in commands_in(argv)] == inner


def test_a_command_that_never_ends_is_cut() -> None:
    assert len(list(commands_in(["env"] * 1000))) == 6


# What a shell or a wrapper goes on to start.


@pytest.mark.parametrize("argv", [BASH, ["env", "A=1", *ARGV], ["timeout", "9", *ARGV], ["sh", "-c", "npx x; true"]])
@pytest.mark.parametrize("name", ["npx", "node"])
def test_a_program_behind_a_shell_must_be_installed_too(
    argv: list[str],
    name: str,
    environ: dict[str, str],
    repository: Path,
    system: Path,
) -> None:
    for shell in ("bash", "sh", "env", "timeout"):
        program(system / "bin" / shell)
    found = user_record(environ, argv)
    assert check(found, argv, str(repository), environ, KEY)
    program(repository / "bin" / name)
    error = refusal(found, argv, repository, environ | {"PATH": f"{repository}/bin:{environ['PATH']}"})
    assert str(repository / "bin" / name) in error.message


@pytest.mark.parametrize(
    "script",
    [
        "node ./dist/server.js --stdio",
        "cd . && python3 server.py",
        "A=1 . ./setup",
        "source env.sh; npx -y @scope/server-x",
    ],
)
def test_a_relative_script_behind_a_shell(
    script: str,
    environ: dict[str, str],
    repository: Path,
    system: Path,
) -> None:
    program(system / "bin" / "bash")
    argv = ["bash", "-c", script]
    found = user_record(environ, argv)
    assert check(found, argv, str(repository), environ, KEY)
    for name in relative_scripts(argv):
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("evil")
        assert str(path.resolve()) in refusal(found, argv, repository, environ).message
        path.unlink()
        break
    else:
        pytest.fail("no script was seen")


def test_a_local_package_behind_a_shell(environ: dict[str, str], repository: Path, system: Path) -> None:
    program(system / "bin" / "bash")
    found = user_record(environ, BASH)
    assert check(found, BASH, str(repository), environ, KEY)
    (repository / "node_modules" / "@scope" / "server-x").mkdir(parents=True)
    refusal(found, BASH, repository, environ)


# Files of the open folder.


@pytest.mark.parametrize("name", ["node", "sh", "bash", "env", "node.cmd"])
@pytest.mark.parametrize("below", ["", "a/b"])
def test_npm_puts_programs_of_the_project_first(
    name: str,
    below: str,
    environ: dict[str, str],
    repository: Path,
) -> None:
    (repository / below).mkdir(parents=True, exist_ok=True)
    (repository / "node_modules" / ".bin").mkdir(parents=True)
    (repository / "node_modules" / ".bin" / "eslint").write_text("")
    assert check(user_record(environ), ARGV, str(repository / below), environ, KEY)
    evil = program(repository / "node_modules" / ".bin" / name)
    assert str(evil) in refusal(user_record(environ), ARGV, repository / below, environ).message


@pytest.mark.external
def test_that_npm_really_does(tmp_path: Path) -> None:
    """Why the test above is there."""
    if not shutil.which("npx"):
        pytest.fail("no npx")
    package, evil = tmp_path / "package", tmp_path / "evil"
    package.mkdir()
    (package / "package.json").write_text('{"name": "server-x", "version": "1.0.0", "bin": {"server-x": "x.js"}}')
    program(package / "x.js", "#!/usr/bin/env node\nconsole.log('real')\n")
    program(evil / "node_modules" / ".bin" / "node", "#!/bin/sh\necho evil $TOKEN\n")
    environment = {**os.environ, "TOKEN": "seen", "npm_config_update_notifier": "false"}
    done = subprocess.run(
        ["npx", "-y", "--offline", str(package)], cwd=evil, env=environment, capture_output=True, text=True, check=True
    )
    assert "evil seen" in done.stdout


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["uv", "run", "mcp-server-x"], "pyproject.toml"),
        (["uv", "run", "--with", "mcp", "/opt/server.py"], "uv.toml"),
        (["uv", "run", "--directory", "relative", "x"], "pyproject.toml"),
        (["poetry", "run", "server"], "pyproject.toml"),
        (["docker", "compose", "run", "server"], "compose.yaml"),
        (["docker", "compose", "-f", "mine.yml", "run", "server"], "docker-compose.yml"),
        (["make", "-s", "server"], "Makefile"),
        (["just", "server"], "justfile"),
        (["bunx", "server-x"], "bunfig.toml"),
        (["bun", "/opt/server.ts"], "bunfig.toml"),
        (["deno", "run", "-A", "jsr:@scope/x"], "deno.json"),
        (["cargo", "run"], ".cargo/config.toml"),
        (["go", "run", "example.com/server@v1"], "go.work"),
        (["bash", "-c", "uv run x"], "pyproject.toml"),
        (["npx", "-y", "@scope/server-x"], ".tool-versions"),
        (["python3", "/opt/server.py"], "mise.toml"),
    ],
)
def test_a_file_by_which_a_tool_decides(
    argv: list[str],
    name: str,
    environ: dict[str, str],
    repository: Path,
    system: Path,
) -> None:
    for tool in (argv[0], "bash", "uv", "python3", "git"):
        program(system / "bin" / tool)
    found = user_record(environ, argv)
    (repository / "a").mkdir()
    assert check(found, argv, str(repository / "a"), environ, KEY)
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / name).write_text("node path:/home/evil/node\n")
    error = refusal(found, argv, repository / "a", environ)
    assert str(repository / name) in error.message
    assert "--here" in error.hint


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["uv", "run", "--directory", "/opt/x", "server"], "pyproject.toml"),
        (["uv", "--project=/opt/x", "run", "server"], "pyproject.toml"),
        (["uv", "run", "--no-project", "/opt/server.py"], "pyproject.toml"),
        (["uvx", "mcp-server-x"], "pyproject.toml"),
        (["uv", "tool", "run", "x"], "uv.toml"),
        (["docker", "run", "-i", "--rm", "image"], "compose.yaml"),
        (["docker", "compose", "-f", "/opt/x.yml", "run", "server"], "compose.yaml"),
        (["make", "-C", "/opt/x", "server"], "Makefile"),
        (["deno", "run", "--no-config", "jsr:@scope/x"], "deno.json"),
        (["node", "/opt/server.js"], "package.json"),
        (["npx", "-y", "@scope/server-x"], ".tool-versions"),
        (["npx", "-y", "@scope/server-x"], "pyproject.toml"),
    ],
)
def test_a_file_that_has_no_say(argv: list[str], name: str, repository: Path) -> None:
    (repository / name).write_text('{"name": "mine"}' if name == "package.json" else "nodejs 22.1.0\n")
    assert trap(argv, str(repository)) == ""


def test_the_users_own_versions_are_theirs(home: Path) -> None:
    (home / ".tool-versions").write_text("node path:/opt/mine\n")
    (home / "code").mkdir()
    assert trap(ARGV, str(home / "code")) == ""


@pytest.mark.parametrize("name", ["json.py", "httpx/__init__.py", "mcp.py", "typing_extensions.py", "_socket.abi3.so"])
@pytest.mark.parametrize("argv", [["python3", "-m", "server_x"], ["python3.12", "-c", "import server_x"]])
def test_a_module_that_stands_in_for_another(argv: list[str], name: str, repository: Path) -> None:
    """`-m` and `-c` look into the current folder first, for everything that is imported."""
    for harmless in ("setup.py", "conftest.py", "app/__init__.py", "json/data.txt", "httpx.md"):
        (repository / harmless).parent.mkdir(exist_ok=True)
        (repository / harmless).write_text("")
    assert trap(argv, str(repository)) == ""
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert trap(argv, str(repository)).startswith(str(repository))
    isolated = [argv[0], "-I", *argv[1:]]
    assert trap(isolated, str(repository)) == ""


@pytest.mark.parametrize("argv", [["python3", "-m"], ["python3", "-c"], ["python3", "/opt/x.py", "-q"], ["python3"]])
def test_python_without_a_module(argv: list[str], repository: Path) -> None:
    (repository / "json.py").write_text("")
    assert trap(argv, str(repository)) == ""


# A project within a project.


def test_a_submodule_does_not_bend_what_its_project_may(environ: dict[str, str], home: Path) -> None:
    mine = home / "code" / "mine"
    found = project_record(environ, mine)
    (mine / ".git").mkdir()
    inner = mine / "vendor" / "evil"
    (inner / "src").mkdir(parents=True)
    (mine / ".npmrc").write_text("registry=https://npm.corp.example\n")
    assert check(found, ARGV, str(inner), environ, KEY)
    (inner / ".git").write_text("gitdir: ../../.git/modules/evil\n")
    (mine / ".npmrc").unlink()
    assert check(found, ARGV, str(inner / "src"), environ, KEY)
    (inner / "node_modules" / "@scope" / "server-x").mkdir(parents=True)
    assert "takes part in what `npx` runs here" in refusal(found, ARGV, inner / "src", environ).message
    assert check(found, ARGV, str(mine / "vendor"), environ, KEY)


def test_a_copied_configuration_in_another_folder(environ: dict[str, str], home: Path) -> None:
    """The very same line, with the very same environment: a project's key is the project's."""
    mine, copy = home / "code" / "mine", home / "code" / "copy"
    found = project_record(environ, mine)
    shutil.copytree(mine, copy)
    refusal(found, ARGV, copy, environ)
    (home / "code" / "link").symlink_to(mine)
    assert check(found, ARGV, str(home / "code" / "link"), environ, KEY)


def test_a_project_that_was_moved_away_and_replaced_by_a_link(
    environ: dict[str, str],
    home: Path,
    repository: Path,
) -> None:
    mine = home / "code" / "mine"
    found = project_record(environ, mine)
    mine.rename(home / "code" / "old")
    mine.symlink_to(repository)
    with pytest.raises(BindingRefused):
        check(found, [*ARGV, "--more"], str(mine), environ, KEY)
    refusal(found, ARGV, home / "code" / "old", environ)


# PATH for what the server itself starts.


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("{usr}", "{usr}"),
        ("{repo}/bin:{usr}", "{usr}"),
        ("{repo}/a/node_modules/.bin:{usr}:{repo}/.venv/bin", "{usr}"),
        (":{usr}:.:bin:../x", "{usr}"),
        ("{usr}/../../home/code/evil/bin:{usr}", "{usr}"),
        ("{home}/.local/bin:{home}/tools:{usr}", "{home}/.local/bin:{home}/tools:{usr}"),
        ("{repo}-not/bin:{usr}", "{repo}-not/bin:{usr}"),
        ("{home}/link:{usr}", "{usr}"),
    ],
)
def test_path_without_the_projects_own_folders(
    path: str,
    kept: str,
    home: Path,
    repository: Path,
    system: Path,
) -> None:
    (home / "link").symlink_to(repository)
    (repository / "bin").mkdir()
    words = {"repo": repository, "usr": f"{system}/bin", "home": home}
    assert path_without_project(path.format(**words), str(repository), ()) == kept.format(**words)


def test_a_folder_that_was_in_use_at_migration_stays(home: Path) -> None:
    mine = home / "mine"
    programs = mine / ".venv" / "bin"
    programs.mkdir(parents=True)
    known = [str(programs / "python3")]
    assert path_without_project(f"{programs}:/usr/bin", str(mine), known) == f"{programs}:/usr/bin"


@pytest.mark.parametrize("path", ["AppData/Local/Temp/x/npx", ".local/share/Trash/files/x/npx"])
def test_where_anything_may_lie_nothing_is_installed(path: str, home: Path) -> None:
    assert not trusted_place(str(home / path))


# The environment.


@pytest.mark.parametrize(
    "name",
    [
        "BROWSER",
        "COMSPEC",
        "SHELL",
        "SystemRoot",
        "GIT_ASKPASS",
        "GIT_EXTERNAL_DIFF",
        "VOLTA_HOME",
        "ASDF_DATA_DIR",
        "PYENV_ROOT",
        "COREPACK_HOME",
        "TS_NODE_COMPILER",
        "NODE_COMPILE_CACHE",
        "AWS_ENDPOINT_URL_S3",
        "JIRA_URL_OVERRIDE",
        "PUPPETEER_EXECUTABLE_PATH",
    ],
)
def test_a_further_variable_that_bends_the_command(
    name: str,
    environ: dict[str, str],
    repository: Path,
) -> None:
    assert reason(name)
    assert name in refusal(user_record(environ), ARGV, repository, environ | {name: str(repository / "x")}).message


def test_the_usual_places_are_free(environ: dict[str, str], home: Path, system: Path) -> None:
    given = {
        "SHELL": f"{system}/bin/fish",
        "VOLTA_HOME": f"{home}/.volta",
        "PYENV_ROOT": f"{home}/.pyenv",
        "ASDF_DATA_DIR": f"{home}/.asdf",
        "FNM_DIR": f"{home}/.local/share/fnm",
        "RUSTUP_HOME": f"{home}/.rustup",
        "PLAYWRIGHT_BROWSERS_PATH": f"{home}/.cache/ms-playwright",
    }
    assert check(user_record(environ), ARGV, "/", environ | given, KEY)
