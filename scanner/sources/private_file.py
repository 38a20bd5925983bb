"""Whether a file of variables that an entry names was made by a migration, and is still as private as then."""

from __future__ import annotations

import os
import stat

from unsprawl.scanner.own_files import entry_env_files
from unsprawl.scanner.sources.kept_from_git import taken_by_git


def kept_privately(path: str) -> bool:
    """Whether what is in it rests where `migrate` was told to put it: in our own folder, for its owner alone, and out
    of git. Anywhere else, or with other rights, its values are findings like any others.
    """
    if os.path.dirname(os.path.abspath(path)) != os.path.abspath(entry_env_files()):
        return False
    try:
        facts, folder = os.lstat(path), os.lstat(os.path.dirname(path))
    except OSError:
        return False
    if not stat.S_ISREG(facts.st_mode) or not stat.S_ISDIR(folder.st_mode):
        return False
    if os.name == "posix" and (facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o077):
        return False
    return not taken_by_git(path)
