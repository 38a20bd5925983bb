"""Links to files: followed within the folder that is scanned, and where they are the user's own."""

from __future__ import annotations

import os

from unsprawl.scanner.model import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from unsprawl.scanner.discover import ConfigFile


def is_below(path: str, folder: str) -> bool:
    """Whether the folder holds the path, at any depth."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def is_within(path: str, folder: str) -> bool:
    """Whether the path is the folder itself or below it."""
    return path == folder or is_below(path, folder)


def followed(link: ConfigFile, real_root: str) -> bool | Problem:
    """Whether the file behind a link is read, or why it is not. `real_root`: the root of the walk without links."""
    real = os.path.realpath(link.path)
    # Emacs marks an open file by a link that leads nowhere.
    if os.path.isdir(real) or (link.copy and not os.path.lexists(real)):
        return False
    if is_below(real, real_root) or any(reading.in_place and reading.scope == "user" for reading in link.readings):
        return True
    if not os.path.lexists(real):
        return Problem(
            link.path, "unreadable", "a link that leads to nothing", hint="Point it to the file, or remove it."
        )
    return Problem(
        link.path,
        "link-outside",
        "a link to a file outside the folder that is scanned was not followed",
        hint="Name the file itself to scan it.",
    )
