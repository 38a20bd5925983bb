"""What git is asked at once, so that it works while the rest of the program is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsprawl.scanner.history import log as logs
from unsprawl.scanner.history.gaps import asked_for_promises
from unsprawl.scanner.history.log import Tips
from unsprawl.scanner.history.process import Stream
from unsprawl.scanner.history.ranges import parse_range
from unsprawl.scanner.history.repository import Ref, Repository, open_repository, refs, stashes
from unsprawl.scanner.history.search import Search
from unsprawl.scanner.history.unnamed import lost_commits
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.history.scan import HistoryOptions


class Begun(NamedTuple):
    """A repository, and the commands that run in it."""

    repository: Repository
    refs: list[Ref]
    stashes: list[str]
    tips: Tips
    listing: Stream
    """What the commits did; in the quick pass, the objects with their paths."""
    search: Search | None
    """Through all blobs; None where only some are looked at."""
    promises: Stream
    """Whether it is a partial clone."""

    def close(self) -> None:
        """End what still runs."""
        self.listing.close()
        self.promises.close()
        if self.search is not None:
            self.search.close()


def begin(options: HistoryOptions, around: Surroundings) -> Begun:
    """Open the repository and start. Raises UsageError and HistoryUnavailable."""
    repository = open_repository(options.repository, around)
    git = repository.git
    search = None if options.range or options.paths_only else Search(git)
    try:
        known = refs(repository)
        stashed = stashes(repository, known)
        tips = parse_range(options.range, git) if options.range else Tips(True, tuple(stashed))
        if options.unreachable:
            tips = Tips(True, (*stashed, *lost_commits(git, tips)))
        if options.paths_only:
            given = ["".join(f"{tip}\n" for tip in tips.ids).encode("ascii")]
            listing = git.stream("rev-list", "--objects", "--all", "--missing=print", "--stdin", feed=given)
        else:
            listing = logs.start(git, tips)
    except BaseException:
        if search is not None:
            search.close()
        raise
    return Begun(repository, known, stashed, tips, listing, search, asked_for_promises(git))
