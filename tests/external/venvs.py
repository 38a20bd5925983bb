"""Installs exact versions of Python packages into a virtual environment in the cache folder of the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.external.npm import _ENVIRONMENT, INSTALL_TIMEOUT_S, InstallFailed, _lock, cache_folder


@cache
def python_with(requirement: str) -> Path:
    """A Python that has `name==version` and what that needs; made on first use, by one process at a time."""
    name = f"{requirement.replace('==', '-')}-py{sys.version_info[0]}.{sys.version_info[1]}"
    root = cache_folder()
    final = root / name
    python = final / "bin" / "python"
    with _lock(root / f"{name}.lock"):
        done = final / "done"
        if not done.is_file():
            shutil.rmtree(final, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(final)], check=True, env=_ENVIRONMENT)
            finished = subprocess.run(
                [str(python), "-m", "pip", "install", "-q", requirement],
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            )
            if finished.returncode:
                said = re.sub(r"\S+://\S+", "<address>", finished.stderr)  # an index's address can hold a credential
                raise InstallFailed(f"pip could not install {requirement}:\n{said[-2000:]}")
            done.touch()
    return python
