"""`scan --history`: what to look at, and git started before the rest of the program is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from unsprawl.scanner.history.begin import begin
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.examine import Examined
    from unsprawl.scanner.scan import ScanResult
    from unsprawl.scanner.suppress import Limits

Progress = Callable[[int, int], None]
"""Told how many blobs more were looked at, and how many values were found so far."""


class HistoryOptions(NamedTuple):
    """What of which history to look at."""

    repository: str = ""
    """The folder of the repository, or one within; "" for where we are."""
    range: str = ""
    """Only what these commits add, `BASE..HEAD`."""
    paths_only: bool = False
    """Only files whose names say enough: the quick pass."""
    unreachable: bool = False
    """Also what no ref reaches any more."""
    exclude: tuple[str, ...] = ()
    limits: Limits | None = None
    """What of the findings is shown; None for all but what comments and lists silence."""


def scan_history(
    options: HistoryOptions,
    around: Surroundings,
    progress: Progress | None = None,
    fresh: Callable[[Examined], None] | None = None,
) -> ScanResult:
    """Scan what the options name. `fresh` is told each version of a file that has a value which no newer one has.

    Raises UsageError where they name no repository or no range, HistoryUnavailable where git does not read it.
    """
    begun = begin(options, around)
    try:
        from unsprawl.scanner.history.run import Run  # loading it takes longer than git needs for its first answer

        return Run(options, around, begun, progress or (lambda blobs, values: None), fresh).result()
    finally:
        begun.close()
