"""Which project a shared configuration file belongs to."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.hosts import host
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.repository import repository_of


def project_folder(file: ConfigFile) -> str:
    """The project that a shared file belongs to: its work tree, or the folder that `.cursor/mcp.json` is relative to.

    Links in the folder are resolved, a link at the file itself is not: it may lead out of the project.
    """
    found = opened_folder(file)
    return repository_of(found) or found


def opened_folder(file: ConfigFile, paths: RealPaths | None = None) -> str:
    """The folder that is open in the host when it reads the file: what `.cursor/mcp.json` is relative to."""
    folder, name = os.path.split(os.path.abspath(file.path))
    parts = os.path.join((paths or RealPaths()).real(folder), name).split(os.sep)
    for reading in file.readings:
        for known in host(reading.host).files if reading.host else ():
            steps = known.pattern.split("/")
            tail = parts[-len(steps) :]
            if (
                known.scope == "project"
                and len(parts) > len(steps)
                and (tail == steps or all(map(fnmatchcase, tail, steps)))
            ):
                return os.sep.join(parts[: -len(steps)]) or os.sep
    return os.sep.join(parts[:-1]) or os.sep
