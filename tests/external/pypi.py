"""Installs exact versions of PyPI packages into a virtual environment of their own, in the cache folder of `npm`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.external.npm import ENVIRONMENT, INSTALL_TIMEOUT_S, InstallFailed, cache_folder, lock, without_addresses


@cache
def environment(name: str, *packages: str) -> Path:
    """The environment's folder; made on first use, by one process at a time, all or nothing."""
    root = cache_folder()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    final = root / f"python-{name}-{version}"
    marker = final / "packages.txt"
    wanted = "\n".join(packages)
    with lock(root / f"{final.name}.lock"):
        if not marker.is_file() or marker.read_text() != wanted:
            shutil.rmtree(final, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(final)], check=True, env=ENVIRONMENT)
            quiet = ["--quiet", "--disable-pip-version-check"]
            done = subprocess.run(
                [str(final / "bin" / "pip"), "install", *quiet, *packages],
                env=ENVIRONMENT, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False,
            )  # fmt: skip
            if done.returncode:
                raise InstallFailed(f"pip could not install {' '.join(packages)}:\n{without_addresses(done.stderr)}")
            marker.write_text(wanted)
    return final
