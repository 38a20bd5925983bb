"""What a scan is asked for. A module of its own: a scan of history starts git before it loads what examines files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.suppress import USUAL, Limits

if TYPE_CHECKING:
    from unsprawl.scanner.baseline import Baseline
    from unsprawl.scanner.policy import Policy


class ScanOptions(NamedTuple):
    """What to look at. No paths: this user's host files and the current repository."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Paths or glob patterns, relative to the root or absolute."""
    limits: Limits = USUAL
    """What of the findings is shown."""
    thorough: bool | None = None
    """Whether to open files whose name says nothing; None: everywhere but in homes, which hold too many."""
    baseline: Baseline | None = None
    """Whose places are known."""
    policy: Policy | None = None
    """The user's own."""
    exported: Mapping[tuple[str, str], tuple[str, ...]] = {}
    """By path and pointer of an entry, the variables that a migration exported for it."""
    documents: bool = True
    """Whether to read documents that nobody named: prose, scripts, shell histories."""
