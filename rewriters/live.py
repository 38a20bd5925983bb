"""Files that their hosts rewrite while they run: plan again for the file as it is now, and see whether a change stays.

A running host may have read the file before our change and write it after: then its copy stands and ours is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from unsprawl.rewriters.operations import plain
from unsprawl.rewriters.plan import FilePlan
from unsprawl.rewriters.replace_file import FileChanged, read_whole
from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.node import Path, Value, at
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Problem

PAUSES_S = (0.05, 0.1, 0.2, 0.4)
"""Between one try and the next."""
STAYS_FOR_S = 0.3
"""For how long a change is watched. A host that reads, changes and writes its file takes less."""
_WRITE_TAKES_S = 2.0
_LOOK_EVERY_S = 0.03


def is_live(file: ConfigFile) -> bool:
    """Whether a host that reads the file is known to write it while it runs."""
    return any(
        known.live and known.pattern == reading.pattern
        for reading in file.readings
        if reading.host
        for known in host(reading.host).files
    )


def pauses(*, live: bool) -> Iterator[float | None]:
    """How long to wait after each try; None after the last one, which is the only one for other files."""
    yield from PAUSES_S if live else ()
    yield None


def as_it_is_now(plan: FilePlan) -> FilePlan:
    """The same steps in the file as it is now. Raises FileChanged when it cannot be read just now, being written, and
    NotApplied when one of the entries to be moved is not what it was.
    """
    before = plan.examined
    after = examine(before.file, read_whole(before.file.path), before.name)
    if isinstance(after, Problem) or after.document.problems:
        raise FileChanged(f"{before.file.path} is being written", hint="Close the program that writes it.")
    for step in plan.steps:
        path = step.found.entry.key_path
        if _entry(after, path) != _entry(before, path):
            raise NotApplied(
                f"{before.file.path}: the entry changed while it was worked on", hint="Run `unsprawl migrate` again."
            )
    return FilePlan(after._replace(silenced=before.silenced), plan.steps, plan.root)


def _entry(examined: Examined, path: Path) -> Value:
    node = at(examined.document.root, path)
    return None if node is None else plain(node)


def stays(real: str, after: bytes, is_ours: Callable[[bytes], bool | None]) -> bool:
    """Whether a change that was just made outlasts what its host writes now.

    `is_ours` says of other content whether the change is in it, None where that cannot be told (half a file). What
    cannot be told in the end counts as staying: then nothing is forgotten.
    """
    end = time.monotonic() + STAYS_FOR_S
    while True:
        time.sleep(min(_LOOK_EVERY_S, STAYS_FOR_S))
        try:
            content = read_whole(real)
            answer = True if content == after else is_ours(content)
        except UnsprawlError:
            answer = None
        if answer is False:
            return False
        if time.monotonic() >= end + (_WRITE_TAKES_S if answer is None else 0):
            return True
