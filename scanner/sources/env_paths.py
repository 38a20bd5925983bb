"""Where the environment file lies that an entry names, and whether it may be read: the entry may be a stranger's."""

from __future__ import annotations

import os
from enum import Enum, auto

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.model import EnvTarget
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.project import opened_folder, project_folder
from unsprawl.scanner.spelled import expanded
from unsprawl.scanner.surroundings import Surroundings


class Standing(Enum):
    """What became of the search."""

    THERE = auto()
    MISSING = auto()
    OUTSIDE = auto()
    """The name leads where nothing is read, whether or not there is a file: nobody looked."""
    LINK_OUTSIDE = auto()
    """A link leads there."""


class EnvPath(NamedTuple):
    """`path` is the file, or the link; "" where there is none to name."""

    standing: Standing
    path: str = ""


def locate(target: EnvTarget, file: ConfigFile, around: Surroundings) -> EnvPath:
    """The first file that the name may mean. Nothing outside of what `permitted` allows is ever touched."""
    inside, outside = permitted(target, file, around)
    allowed = _allowed(file, around)
    for path in inside:
        if os.path.lexists(path):
            if any(is_within(os.path.realpath(path), os.path.realpath(folder)) for folder in allowed):
                return EnvPath(Standing.THERE, path)
            return EnvPath(Standing.LINK_OUTSIDE, path)
    return EnvPath(Standing.OUTSIDE if outside else Standing.MISSING)


def permitted(target: EnvTarget, file: ConfigFile, around: Surroundings) -> tuple[list[str], bool]:
    """The paths that the name may stand for, likeliest first, and whether there are others that are not read.

    Read are files below the project; for the user's own configuration files below the home, or beside them.
    """
    allowed = _allowed(file, around)
    paths = _spelled(target, file, around)
    inside = [path for path in paths if any(is_within(path, folder) for folder in allowed)]
    return inside, len(inside) < len(paths)


def _spelled(target: EnvTarget, file: ConfigFile, around: Surroundings) -> list[str]:
    """None where the name has a variable that means nothing here."""
    opened = opened_folder(file)
    beside = os.path.realpath(os.path.dirname(file.path))
    # `./x` is looked for as `x` is: in each folder that it may be relative to.
    text = expanded(target.written.removeprefix("./"), around.home, opened)
    if text is None:
        return []
    cwd = expanded(target.cwd, around.home, opened) if target.cwd else None
    # `projects` of ~/.claude.json: the entries of a folder stand below its name.
    keyed = [step for step in target.key_path if isinstance(step, str) and os.path.isabs(step)]
    folders = [*([cwd] if cwd else []), *keyed, opened, beside]
    if _is_own(file):
        folders.append(around.home)
    elif (project := project_folder(file)) != opened:
        folders.append(project)
    found = [os.path.join(opened, folder, text) for folder in folders]
    # People also mean the configuration's own folder by `${workspaceFolder}`.
    found.append(os.path.join(beside, expanded(target.written, around.home, beside) or text))
    return list(dict.fromkeys(map(os.path.normpath, found)))


def _allowed(file: ConfigFile, around: Surroundings) -> list[str]:
    if _is_own(file):
        return [*around.homes, *map(os.path.realpath, around.homes), os.path.realpath(os.path.dirname(file.path))]
    project, opened = project_folder(file), opened_folder(file)
    # A home that is itself a work tree is nobody's project.
    home = any(is_within(os.path.realpath(home), project) for home in around.homes)
    return [opened if home else project]


def _is_own(file: ConfigFile) -> bool:
    return any(reading.in_place and reading.scope == "user" for reading in file.readings)
