"""Which paths the user left out with `--exclude`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fnmatch import fnmatch


class Excluded:
    """Paths and glob patterns, absolute or relative to the root; each takes all that is below it along."""

    def __init__(self, patterns: Sequence[str], root: str) -> None:
        self._root = root
        self._patterns = [os.path.normpath(os.path.expanduser(pattern)) for pattern in patterns if pattern]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def covers(self, path: str) -> bool:
        """Whether the file or folder at `path` (absolute) is left out."""
        if not self._patterns:
            return False
        prefix = self._root.rstrip(os.sep) + os.sep
        names = [path]
        if path.startswith(prefix):
            names.append(path[len(prefix) :])
        return any(
            fnmatch(above, pattern) for name in names for above in _with_parents(name) for pattern in self._patterns
        )


def _with_parents(path: str) -> list[str]:
    found = [path]
    while (above := os.path.dirname(found[-1])) not in ("", found[-1]):
        found.append(above)
    return found
