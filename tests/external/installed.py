"""A lasting installation of this work tree, made as pipx makes it, in a home that is no temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Installation:
    """A home with `~/.local/bin/unsprawl` in it."""

    home: Path

    @property
    def program(self) -> Path:
        return self.home / ".local" / "bin" / "unsprawl"

    @property
    def venv(self) -> Path:
        return self.home / ".local" / "share" / "pipx" / "venvs" / "unsprawl"

    def unsprawl(
        self, *words: str, cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run it with this home and hardly any environment."""
        environ = {"HOME": str(self.home), "PATH": f"{self.program.parent}:/usr/bin:/bin", "SHELL": "/bin/bash"}
        return subprocess.run(
            [str(self.program), *words],
            cwd=cwd,
            env=environ | dict(env or {}),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def shell_environment(self) -> dict[str, str]:
        """What a shell exports that has loaded the file of variables."""
        script = '. "$HOME/.config/unsprawl/env.sh" && env -0'
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        )
        pairs = (line.split("=", 1) for line in done.stdout.decode().split("\0") if "=" in line)
        return {name: value for name, value in pairs if name not in ("PWD", "SHLVL", "_", "OLDPWD", "PATH", "HOME")}


@contextmanager
def lasting_home() -> Iterator[Path]:
    """A folder in the user's real home, gone afterwards: a program under /tmp is not accepted as lasting."""
    real = pwd.getpwuid(os.getuid()).pw_dir
    folder = Path(tempfile.mkdtemp(prefix=".unsprawl-test-", dir=real))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(home: Path) -> Installation:
    """Install the work tree into a virtual environment of its own and link the program into ~/.local/bin."""
    made = Installation(home)
    venv = made.venv
    tree = home / ".source"
    copy_work_tree(tree)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    subprocess.run([str(venv / "bin" / "pip"), "install", "-q", f"{tree}[mcp]"], check=True, capture_output=True)
    shutil.rmtree(tree)
    made.program.parent.mkdir(parents=True)
    made.program.symlink_to(venv / "bin" / "unsprawl")
    return made


def copy_work_tree(target: Path) -> None:
    """What git tracks or would track: pip would otherwise take up what an earlier build left behind."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file() or source.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)
