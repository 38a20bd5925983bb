"""Whether a folder is somebody's home, or holds one: homes are large, and most of what is in them is nobody's work."""

from __future__ import annotations

import os
from contextlib import suppress

from unsprawl.scanner.surroundings import Surroundings


def holds_a_home(folder: str, around: Surroundings) -> bool:
    """Whether `folder` is this user's home, has it below, or is the home of the user who owns it."""
    prefix = folder.rstrip(os.sep) + os.sep
    if any((home + os.sep).startswith(prefix) for home in around.homes):
        return True
    with suppress(ImportError, OSError, KeyError):
        import pwd

        entry = pwd.getpwuid(os.stat(folder).st_uid).pw_dir
        return os.path.realpath(entry) == os.path.realpath(folder)
    return False
