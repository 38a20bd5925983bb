"""The way up from a folder."""

from __future__ import annotations

import os


def nearest(folder: str, name: str) -> str | None:
    """The nearest folder at or above `folder` that holds `name`, also as a link that leads to nothing; None without."""
    while not os.path.lexists(os.path.join(folder, name)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder
