"""One scan of a history: what git tells, examined, and put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from unsprawl.scanner.env_files import MAX_BYTES as ENV_FILE_MOST
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.history import gaps
from unsprawl.scanner.history import log as logs
from unsprawl.scanner.history.begin import Begun
from unsprawl.scanner.history.found import Findings
from unsprawl.scanner.history.listing import Listing
from unsprawl.scanner.history.log import Log
from unsprawl.scanner.history.names import SEARCHED, PathNames
from unsprawl.scanner.history.objects import Blob, read_blobs
from unsprawl.scanner.history.outcome import Outcome
from unsprawl.scanner.history.process import Ended, Stream, too_old
from unsprawl.scanner.history.scan import HistoryOptions
from unsprawl.scanner.history.search import Search
from unsprawl.scanner.history.unnamed import beside_commits, object_name
from unsprawl.scanner.model import Problem
from unsprawl.scanner.own_files import ignore_list
from unsprawl.scanner.scan import HistoryStats, ScanResult, Stats
from unsprawl.scanner.sources.exclude import Excluded
from unsprawl.scanner.sources.ignore_files import MAX_BYTES as LONGEST_LIST
from unsprawl.scanner.sources.ignore_files import IgnoreFiles, on_disk
from unsprawl.scanner.sources.real_paths import RealPaths
from unsprawl.scanner.sources.tree_files import Content
from unsprawl.scanner.suppress import USUAL
from unsprawl.scanner.surroundings import Surroundings

_EARLY = 4 << 20
"""A log that is no longer is read at once, and what its names tell is examined while git still reads the blobs."""

_TOGETHER = 64
"""So many blobs are read by one git, while another still lists further ones."""


class Run:
    """One scan. What could not be looked at is gathered in `problems`."""

    def __init__(
        self,
        options: HistoryOptions,
        around: Surroundings,
        begun: Begun,
        progress: Callable[[int, int], None],
        fresh: Callable[[Examined], None] | None = None,
    ) -> None:
        self._options = options
        self._begun = begun
        self._repository = begun.repository
        self._git = begun.repository.git
        self._progress = progress
        self._problems: list[Problem] = []
        top = begun.repository.top
        self._names = PathNames(top, around, Excluded(options.exclude, top))
        lists = IgnoreFiles(around, ignore_list(), self._problems, self._ignore_list, paths=RealPaths([top]))
        self._found = Findings(self._names, around, lists, options.limits or USUAL, fresh)
        self._log = Log({}, 0)
        self._absent = gaps.absent(self._git, begun.tips, begun.promises)
        self._lost: set[bytes] = set()
        self._blobs = self._commits = self._unreached = 0

    def result(self) -> ScanResult:
        """All of it."""
        if self._begun.search is not None:
            self._all(self._begun.search)
        elif self._options.range:
            self._added()
        else:
            self._named()
        self._env_files()
        self._problems += gaps.missing(self._repository, self._absent, self._lost)
        self._problems += gaps.cut(self._repository, self._begun.tips)
        outcome = Outcome(self._repository, self._begun.refs, self._log.changes, self._begun.stashes)
        findings, silenced = outcome.findings(self._found, added=bool(self._options.range))
        return ScanResult(
            root=self._repository.top,
            findings=tuple(findings),
            entries=(),
            warnings=(),
            problems=(*dict.fromkeys(self._problems), *self._found.problems),
            stats=Stats(
                files=len(self._found.files),
                excluded=len(self._names.left_out),
                oversized=self._found.oversized,
            ),
            silenced=tuple(silenced),
            history=HistoryStats(
                commits=self._commits,
                blobs=self._blobs,
                unreached=self._unreached,
                submodules=tuple(sorted(os.fsdecode(path) for path in self._log.modules)),
            ),
        )

    def _all(self, search: Search) -> None:
        """The content of all blobs, while git lists what the commits did; then those that are worth a closer look."""
        speaks = self._names.speaks
        told = self._begun.listing.ahead()
        held: list[bytes] = []
        while sum(map(len, held)) < _EARLY and (chunk := next(told, b"")):
            held.append(chunk)
        known = logs.versions(logs.read(held, speaks)) if sum(map(len, held)) < _EARLY else ()
        meanwhile = self._examined(known)
        sought = search.run(SEARCHED, self._looked, meanwhile)
        for _ in meanwhile:
            pass
        worth = sought.marked | sought.large | set(sought.damaged)
        self._log = logs.read(chain(held, told), speaks, worth)
        ended = self._begun.listing.close()
        self._blobs, self._commits = sought.blobs, self._log.commits
        if sought.complaint:
            self._problems.append(gaps.broken(self._repository, "objects", sought.complaint))
        self._complete(ended, self._log.cut)
        named = [*logs.versions(self._log), *beside_commits(self._git, self._begun.refs)]
        self._examine((path, blob) for path, blob in named if blob in worth or speaks(path))
        lost = worth.difference(blob for _, blob in named)
        stopped = ended.code or self._log.cut  # then nobody knows what else is reached
        if self._options.unreachable or stopped:
            self._examine((object_name(blob), blob) for blob in sorted(lost))
        else:
            self._unreached = len(lost)

    def _named(self) -> None:
        """The files whose names say enough. Git tells each blob under one of its paths; the log tells the others."""
        listing = Listing(self._names.fits)
        fitting, waiting = listing.fitting, list[tuple[bytes, bytes]]()
        stream: Stream | None = None
        try:
            for found in listing.read(self._begun.listing.ahead()):
                # Git does the next thing while we examine: many paths are no help to the log, so it begins early.
                if stream is None and not logs.helps(fitting):
                    stream = logs.start(self._git, self._begun.tips)
                    told = stream.ahead()
                waiting += found
                if len(waiting) >= _TOGETHER:
                    self._examine(waiting)
                    waiting = []
            self._complete(self._begun.listing.close())
            self._commits, self._blobs, self._lost = listing.commits, listing.blobs, listing.lost
            if stream is None:
                stream = logs.start(self._git, self._begun.tips, fitting)
                told = stream.ahead()
            self._examine(waiting)
            holding = {key.path for key in self._found.held}
            if stream.runs and logs.helps(holding) and not logs.helps(fitting):
                self._follow(holding)
            elif holding:
                self._take(logs.read(told, holding.__contains__), stream.close())
        finally:
            if stream is not None:
                stream.close()
        self._examine(logs.versions(self._log))

    def _added(self) -> None:
        """What a range of commits brings. What was there before is looked at where a value may have been there."""
        self._log = logs.read(self._begun.listing.chunks(), self._names.counts)
        self._complete(self._begun.listing.close(), self._log.cut)
        self._commits = self._log.commits
        brought = list(logs.added(self._log))
        self._blobs = len({blob for _, blob in brought})
        self._examine(brought)
        paths = {key.path for key in self._found.held}
        self._examine((path, blob) for path, blob in logs.versions(self._log) if path in paths)

    def _env_files(self) -> None:
        """All versions of the environment files that some entry names, or that lie beside a project's entries."""
        self._found.beside(self._names.env_files)
        wanted = {path for path in self._found.env_files if not self._names.leaves_out(path)}
        if not wanted:
            return
        self._follow(wanted)
        versions = logs.versions(self._log)
        pairs = [(path, blob) for path, blob in versions if path in wanted and blob not in self._absent]
        for (path, _), blob in zip(
            pairs, read_blobs(self._git, [(blob, ENV_FILE_MOST) for _, blob in pairs]), strict=True
        ):
            self._found.add_env_file(blob, path)

    def _follow(self, paths: set[bytes]) -> None:
        """Add what the commits did to these paths."""
        if not paths:
            return
        stream = logs.start(self._git, self._begun.tips, sorted(paths))
        try:
            log = logs.read(stream.chunks(), paths.__contains__)
        finally:
            ended = stream.close()
        self._take(log, ended)

    def _take(self, log: Log, ended: Ended) -> None:
        """Add these changes to the known ones."""
        self._complete(ended, log.cut)
        changes = {**self._log.changes, **log.changes}
        self._log = self._log._replace(changes=changes, modules=self._log.modules | log.modules)

    def _complete(self, ended: Ended, cut: str = "") -> None:
        too_old(ended)
        if cut:
            self._problems.append(gaps.too_much(self._repository, cut))
        elif ended.code:
            self._problems.append(gaps.broken(self._repository, "commits", ended.said))

    def _examine(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        for _ in self._examined(pairs):
            pass

    def _examined(self, pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[Blob]:
        """Read and examine (path, blob) that were not yet; each when it is asked for."""
        left = [
            (path, blob)
            for path, blob in dict.fromkeys(pairs)
            if blob not in self._absent
            and not self._found.looked_at(blob, path)
            and self._names.most(path)
            and not self._names.leaves_out(path)
        ]
        for (path, _), blob in zip(
            left, read_blobs(self._git, [(blob, self._names.most(path)) for path, blob in left]), strict=True
        ):
            self._found.add(blob, path)
            self._progress(0, len(self._found.held))
            yield blob

    def _looked(self, blobs: int) -> None:
        self._progress(blobs, len(self._found.held))

    def _ignore_list(self, path: str) -> Content:
        """The repository's own list: as it lies in the work tree, else as it was committed last."""
        if path != os.path.join(self._repository.top, os.path.basename(path)):
            return None
        there = None if self._repository.bare else on_disk(path)
        if there is not None:
            return there
        committed = next(read_blobs(self._git, [(f"HEAD:{os.path.basename(path)}".encode(), LONGEST_LIST)]))
        return committed.data
