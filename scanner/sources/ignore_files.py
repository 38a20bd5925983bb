"""What may silence a file's findings: the user's own ignore list, its repository's, those of the scanned folders; and
what more a run was given, such as a baseline."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from unsprawl.scanner.ignore import NAME, IgnoreList, parse
from unsprawl.scanner.model import Problem
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.tree_files import Content, of_tree, of_user
from unsprawl.scanner.suppress import Silencer
from unsprawl.scanner.surroundings import Surroundings

MAX_BYTES = 256 * 1024
HINT = "Nothing in it was silenced. An ignore list is a small text file of fingerprints and paths."
More = Callable[[str, str | None], Iterable[Silencer]]
"""What else speaks of a file, from its real path and the top of its work tree."""


def on_disk(path: str) -> Content:
    """A repository's list, as it lies there."""
    return of_tree(path, MAX_BYTES, Problem(path, "ignore-list", "an ignore list that is a link is not followed"))


class IgnoreFiles:
    """Reads each list once, when it is first asked for. What is wrong with one goes to `problems`."""

    def __init__(
        self,
        around: Surroundings,
        own: str,
        problems: list[Problem],
        content: Callable[[str], Content] = on_disk,
        more: More = lambda real, top: (),
        paths: RealPaths | None = None,
    ) -> None:
        """`own`: the path of the user's list. `content`: gives a repository's list."""
        self._around = around
        self._own = own
        self._problems = problems
        self._content = content
        self._more = more
        self._paths = paths or RealPaths()
        self._read: dict[str, IgnoreList | None] = {}

    def lists(self, path: str) -> tuple[str, list[Silencer]]:
        """The real path of the file as the lists compare it, and all that may speak of it."""
        real = self._paths.real(path)
        within = os.path.dirname(real)
        top = self._paths.work_tree(within)
        scanned = self._paths.scanned(within)
        wanted = dict.fromkeys(scanned if top is None else [top, *scanned])
        found = [self._list(self._own, None), *(self._list(os.path.join(folder, NAME), folder) for folder in wanted)]
        return self._around.comparable(real), [*filter(None, found), *self._more(real, top)]

    def _list(self, path: str, folder: str | None) -> IgnoreList | None:
        if path not in self._read:
            self._read[path] = self._parsed(path, folder)
        return self._read[path]

    def _parsed(self, path: str, folder: str | None) -> IgnoreList | None:
        around = self._around
        data = of_user(path, MAX_BYTES) if folder is None else self._content(path)
        if isinstance(data, bytes) and (len(data) > MAX_BYTES or b"\0" in data):
            data = Problem(path, "ignore-list", "no list: it is too large, or holds binary data")
        if isinstance(data, Problem):
            self._problems.append(data._replace(hint=HINT))
        if not isinstance(data, bytes):
            return None
        text = data.decode("utf-8", "surrogateescape")
        found, problems = parse(
            text,
            path,
            "" if folder is None else around.comparable(folder),
            homes=around.comparable_homes if folder is None else (),
            folded=around.folds_case,
        )
        self._problems += problems
        return found
