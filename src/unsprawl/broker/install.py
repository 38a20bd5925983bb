"""Whether this `unsprawl` will still be there tomorrow: its path goes into hosts' configurations."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

HINT = "Install it for good with `pipx install` or `uv tool install` (see the README), then run that one."
_MARKERS = (
    *(".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg", "package.json", "Cargo.toml", "go.mod"),
    *("requirements.txt", "Pipfile", "tox.ini"),
)
_TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")
_PERMANENT = (
    *("/usr", "/usr/local", "/opt", "/opt/homebrew", "/bin", "/snap", "/nix", "/home/linuxbrew", "/Library"),
    "/Applications",
)
_PERMANENT_AT_HOME = (
    *(".local", "Library/Application Support", "Library/Python", "AppData", ".nix-profile", "bin", ".virtualenvs"),
    *(".pyenv", ".asdf", "miniconda3", "anaconda3", "miniforge3", "mambaforge"),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """Where this program is, and whether that lasts."""

    path: str
    """Absolute; the stable entry (`~/.local/bin/unsprawl`), not what it links to. "" when there is no such file."""
    permanent: bool
    reason: str
    hint: str = ""


def where(
    prefix: str | None = None,
    argv0: str | None = None,
    environ: Mapping[str, str] | None = None,
    home: str | None = None,
) -> Installed:
    """Looks at the running program; every fact can be given instead, for tests."""
    environ = os.environ if environ is None else environ
    home = home or os.path.expanduser("~")
    prefix = os.path.abspath(prefix or sys.prefix)
    path = _entry(prefix, sys.argv[0] if argv0 is None else argv0, environ, home)
    if not path:
        return Installed("", False, f"there is no `unsprawl` program in {prefix} or on PATH", HINT)
    for place in dict.fromkeys((prefix, path, os.path.realpath(path), os.path.realpath(prefix))):
        why = _passing(place, environ, home)
        if why:
            return Installed(path, False, f"{place}: {why}", HINT)
    return Installed(path, True, _lasting(prefix, path, home))


def _entry(prefix: str, argv0: str, environ: Mapping[str, str], home: str) -> str:
    """The most stable path that starts the program in `prefix`: one on PATH or in ~/.local/bin that leads there."""
    windows = os.name == "nt"
    name, folder = ("unsprawl.exe", "Scripts") if windows else ("unsprawl", "bin")
    inner = os.path.join(prefix, folder, name)
    asked = []
    if os.path.basename(argv0).lower() in (name, "unsprawl") and os.path.isabs(argv0):
        asked.append(os.path.normpath(argv0))
    asked.append(os.path.join(home, ".local", "bin", name))
    asked += [os.path.join(f, name) for f in environ.get("PATH", "").split(os.pathsep) if os.path.isabs(f)]
    real = os.path.realpath(inner)
    linked = [p for p in asked if p != inner and os.path.exists(p) and os.path.realpath(p) == real]
    stable = [p for p in linked if not _passing(p, environ, home)]
    if stable:
        return stable[0]
    if os.path.exists(inner):
        return inner
    # A distribution's package or `pip install --user`: the script is not under sys.prefix.
    return next((p for p in asked if os.path.exists(p)), "")


def _passing(place: str, environ: Mapping[str, str], home: str) -> str:
    """Why what lies at `place` will vanish, or ""."""
    slashes = place.replace(os.sep, "/")
    if "/archive-v0/" in f"{slashes}/" or "/uv/environments" in slashes or "/uv/builds-v0" in slashes:
        return "uvx made this environment for one run"
    if "/pipx/.cache/" in slashes or "/.cache/pipx/" in slashes or "/pipx/cache/" in slashes.lower():
        return "`pipx run` made this environment for one run"
    commit_home = environ.get("PRE_COMMIT_HOME") or os.path.join(home, ".cache", "pre-commit")
    if _under(place, commit_home) or "/.cache/pre-commit/" in slashes or "/.cache/prek/" in slashes:
        return "pre-commit owns this environment and deletes it"
    for variable in ("XDG_CACHE_HOME", "UV_CACHE_DIR", "PIP_CACHE_DIR"):
        if environ.get(variable) and _under(place, environ[variable]):
            return "this is a cache"
    if _under(place, os.path.join(home, ".cache")) or _under(place, os.path.join(home, "Library", "Caches")):
        return "this is a cache"
    temporary = {tempfile.gettempdir(), *_TEMPORARY, environ.get("TMPDIR") or tempfile.gettempdir()}
    if any(_under(place, folder) or _under(place, os.path.realpath(folder)) for folder in temporary):
        return "this is a temporary folder"
    project = _project(place, home)
    return f"this environment belongs to the project {project}" if project else ""


def _project(place: str, home: str) -> str:
    """The nearest folder above `place` that looks like a project, up to the home folder or a permanent place."""
    folder = os.path.dirname(place)
    stops = {home, *_PERMANENT, *(os.path.join(home, name) for name in _PERMANENT_AT_HOME)}
    while folder not in stops and folder != os.path.dirname(folder):
        if any(os.path.exists(os.path.join(folder, marker)) for marker in _MARKERS):
            return folder
        folder = os.path.dirname(folder)
    return ""


def _lasting(prefix: str, path: str, home: str) -> str:
    slashes = prefix.replace(os.sep, "/")
    if "/pipx/venvs/" in slashes:
        return "installed with pipx"
    if "/uv/tools/" in slashes:
        return "installed with `uv tool`"
    if any(_under(path, folder) for folder in _PERMANENT):
        return "installed for the system"
    if any(_under(path, os.path.join(home, name)) for name in _PERMANENT_AT_HOME):
        return "installed for this user"
    return "an environment outside of any project"


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
