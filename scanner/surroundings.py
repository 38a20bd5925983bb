"""The machine as a run sees it: home, environment, working folder, system. Passed in, so that tests can differ."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple




class Surroundings(NamedTuple):
    """Where host files are looked for."""

    home: str
    cwd: str
    environ: Mapping[str, str]
    system: str = "linux"
    """`linux`, `macos` or `windows`, as the rules name them."""

    def __repr__(self) -> str:  # the environment may hold secrets
        return f"Surroundings({self.system})"

    @classmethod
    def here(cls) -> Surroundings:
        """This process's own."""
        system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
        return cls(os.path.expanduser("~"), os.getcwd(), os.environ, system)

    def folder(self, variable: str) -> str | None:
        """The folder that an environment variable names, or where Windows puts it by default; None when not set."""
        value = self.environ.get(variable)
        if value:
            return value
        defaults = {"APPDATA": "AppData/Roaming", "LOCALAPPDATA": "AppData/Local"}
        if self.system == "windows" and variable in defaults:
            return f"{self.home}/{defaults[variable]}"
        return None
