"""Real git for tests, untouched by this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    # Who commits, for those who do not say it with `-c`.
    "GIT_CONFIG_COUNT": "2",
    **{f"GIT_CONFIG_KEY_{number}": f"user.{what}" for number, what in enumerate(("name", "email"))},
    **{f"GIT_CONFIG_VALUE_{number}": "t@example.com" for number in range(2)},
}


def git(folder: Path, *words: str | bytes, stdin: bytes | None = None) -> str:
    """What git says in `folder`, without the blanks around it. Raises CalledProcessError where it fails."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **ENVIRONMENT}
    done = subprocess.run(["git", *words], cwd=folder, env=environ, input=stdin, check=True, capture_output=True)
    return done.stdout.decode(errors="surrogateescape").strip()
