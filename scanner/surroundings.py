"""The machine as a run sees it: home, environment, working folder, system. Passed in, so that tests can differ."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from unsprawl.scanner.record import NamedTuple


class Surroundings(NamedTuple):
    """Where host files are looked for."""

    home: str
    cwd: str
    environ: Mapping[str, str]
    system: str = "linux"
    """`linux`, `macos` or `windows`, as the rules name them."""
    real_home: str = ""
    """The home with links resolved, which is what the working folder's path begins with; "" when it is the same."""

    def __repr__(self) -> str:  # the environment may hold secrets
        return f"Surroundings({self.system})"

    @classmethod
    def here(cls) -> Surroundings:
        """This process's own."""
        system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
        home = os.path.normpath(os.path.expanduser("~"))
        # A copy, since `os.environ` encodes and decodes at every look, and each path that a host may read takes
        # several. Not on Windows, where that one alone knows that names have no case.
        environ = os.environ if system == "windows" else dict(os.environ)
        return cls(home, os.getcwd(), environ, system, os.path.realpath(home))

    @property
    def homes(self) -> tuple[str, ...]:
        """The home under each of its paths."""
        return (self.home,) if self.real_home in ("", self.home) else (self.home, self.real_home)

    def called(self, path: str) -> str:
        """A path in a sentence: `~/…` below the home, otherwise as it is."""
        for home in self.homes:
            if home and path.startswith(inside := home.rstrip(os.sep) + os.sep):
                return "~/" + path[len(inside) :].replace(os.sep, "/")
        return path

    @property
    def comparable_homes(self) -> tuple[str, ...]:
        """The home without links, in the spelling of `comparable`: what `~` stands for in paths of the user's own."""
        return tuple(dict.fromkeys(self.comparable(os.path.realpath(home)) for home in self.homes))

    @property
    def folds_case(self) -> bool:
        """Whether file systems take `.MCP.json` for `.mcp.json` here, as macOS and Windows come."""
        return self.system != "linux"

    def comparable(self, path: str) -> str:
        """A path in the one spelling in which paths are compared: `/` between names, one case, none at the end."""
        if self.system == "windows":
            path = path.replace("\\", "/")
        if len(path) > 1:
            path = path.rstrip("/")
        return path.lower() if self.folds_case else path

    def folder(self, variable: str) -> str | None:
        """The folder that an environment variable names, or where Windows puts it by default; None when not set."""
        value = self.environ.get(variable)
        if value:
            if self.system == "windows":  # by our own word, not by where this runs
                import ntpath

                return ntpath.normpath(ntpath.join(self.cwd, value))
            return os.path.normpath(os.path.join(self.cwd, value))
        defaults = {"APPDATA": "AppData/Roaming", "LOCALAPPDATA": "AppData/Local"}
        if self.system == "windows" and variable in defaults:
            return f"{self.home}/{defaults[variable]}"
        return None


def full_path(path: str, around: Surroundings) -> str:
    """An argument as an absolute path. `~` is for the shell to expand, but not every shell does."""
    full = os.path.normpath(os.path.join(around.cwd, path))
    if path[:1] == "~" and path[1:2] in ("", "/", os.sep) and not os.path.lexists(full):
        return os.path.normpath(around.home + path[1:])
    return full
