"""`scan --history`: its options, as one argument of the command, and the scan."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import click

from unsprawl.cli.progress import Progress
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.examine import Examined
    from unsprawl.scanner.scan import ScanResult


class HistoryAsked(NamedTuple):
    """What the options say."""

    asked: bool
    commits: str | None
    paths_only: bool
    unreachable: bool

    @property
    def parts(self) -> int:
        """How many of the options are there that go with --history."""
        return sum((self.commits is not None, self.paths_only, self.unreachable))


def history_options(command: Callable[..., int]) -> Callable[..., int]:
    """The options, which the command gets as `history`."""

    @click.option("--history", "asked", is_flag=True, help="Look through all commits of a git repository, not files.")
    @click.option("--range", "commits", metavar="BASE..HEAD", help="With --history: only what these commits add.")
    @click.option("--paths-only", is_flag=True, help="With --history: only files whose names say enough; quick.")
    @click.option("--unreachable", is_flag=True, help="With --history: also what no branch, tag or stash reaches.")
    @wraps(command)
    def taking(
        *words: object, asked: bool, commits: str | None, paths_only: bool, unreachable: bool, **more: object
    ) -> int:
        return command(*words, history=HistoryAsked(asked, commits, paths_only, unreachable), **more)

    return taking


def scanned_history(
    asked: HistoryAsked,
    options: ScanOptions,
    around: Surroundings,
    fresh: Callable[[Examined], None] | None = None,
    *,
    quiet: bool,
) -> ScanResult:
    """Raises UsageError for options that do not go together.

    Git is started before most of the program is loaded: no import of the command leads to what examines files.
    """
    from unsprawl.scanner.history.scan import HistoryOptions, scan_history

    if len(options.paths) > 1:
        raise UsageError("--history looks at one repository at a time", hint="Name one, or none for the current one.")
    if asked.parts > 1:
        raise UsageError("--range, --paths-only and --unreachable do not go together", hint="Choose one of them.")
    if options.thorough is not None:
        raise UsageError(
            "--thorough and --quick are for files",
            hint="History: all of it by default, --paths-only for the quick pass.",
        )
    if asked.commits == "":
        raise UsageError("--range: this is no range of commits", hint="For example: --range origin/main..HEAD")
    wanted = HistoryOptions(
        options.paths[0] if options.paths else "",
        asked.commits or "",
        asked.paths_only,
        asked.unreachable,
        options.exclude,
        options.limits,
    )
    with Progress(quiet=quiet) as progress:
        return scan_history(wanted, around, progress.blobs, fresh)
