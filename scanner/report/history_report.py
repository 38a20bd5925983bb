"""A scan of history for people: secret by secret, worst first, with the commits, and what to do in which order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import cast

from rich.text import Text

from unsprawl.scanner.model import Finding, History
from unsprawl.scanner.redact import RedactingStream
from unsprawl.scanner.report.console import console_for
from unsprawl.scanner.report.details import Details
from unsprawl.scanner.report.formats import Request
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.remedy import BY_HAND, by_hand, movable
from unsprawl.scanner.report.summary import providers, shortened, worst
from unsprawl.scanner.report.terminal import NOTICE, RANK
from unsprawl.scanner.scan import ScanResult, Sprawl

SHOWN = 3
"""So many places of a secret, and commits of a place, are listed, unless all are asked for."""
_SHORT = 10
"""Digits of a commit's id: enough to be the only one in all but the largest repositories."""


def render(request: Request) -> str:
    """The report as text, with the colours of the screen that it is for."""
    text = io.StringIO()
    stream = cast("io.StringIO", RedactingStream(text, request.redactor))
    console = console_for(stream, request.screen or stream)
    report = HistoryReport(console, request.redactor, request.home, request.cwd)
    report.history(request.result, verbose=request.verbose)
    stream.flush()
    return text.getvalue()


class HistoryReport(Details):
    """What a scan of history found."""

    def history(self, result: ScanResult, *, verbose: bool = False) -> None:
        """Everything, in order of what one needs to know first."""
        sprawls = sorted(result.sprawls(), key=_badness)
        self._sum(result, sprawls)
        for sprawl in sprawls:
            self._secret(sprawl, None if verbose else SHOWN)
        self.problems(result.problems)
        if verbose:
            self.silenced(result)
        if result.baseline is not None:
            self.compared(result.baseline, None if verbose else SHOWN)
        self._end(result, sprawls, verbose=verbose)

    def _sum(self, result: ScanResult, sprawls: Sequence[Sprawl]) -> None:
        if sprawls:
            what = "secret" if len(sprawls) == 1 else "secrets"
            self.line(Text(f"{len(sprawls)} {what} in history", "bold"), ": ", self.severities(sprawls), rest="  ")
            if len(sprawls) > SHOWN:
                owners = [f"{name} {number}" for name, number, _ in providers(sprawls)]
                self.line(self.text(f"whose: {shortened(owners, 5)}"), first="  ", rest="    ")
            still = sum(any(history.in_worktree for history in _histories(sprawl)) for sprawl in sprawls)
            public = sum(any(history.reachable_from_remote for history in _histories(sprawl)) for sprawl in sprawls)
            if still:
                self.line(f"{still} still in the work tree", first="  ")
            self.verdicts(sprawls)
            if public:
                self.line(f"{public} on a remote: assume that others have read them", first="  ")
        else:
            self.line(self.nothing(result, " in history"), f"; {_looked(result)}")
        if not result.complete:
            self.line(
                Text("incomplete: ", "bold magenta"), "not everything could be looked at, see below",
                first="  " if sprawls else "", rest="  ",
            )  # fmt: skip

    def _secret(self, sprawl: Sprawl, limit: int | None) -> None:
        """One value: what it is and where it stands now, then each place with its commits."""
        self.gap()
        findings = sorted(sprawl.findings, key=lambda finding: (not _history(finding).in_worktree, finding.place.path))
        first = min(findings, key=lambda finding: RANK[finding.literal.severity])
        said: list[Text | str] = [self.severity(first), "  ", self.what(first)]
        histories = _histories(sprawl)
        if any(history.in_worktree for history in histories):
            said += [", ", Text("still in the work tree", NOTICE)]
        if any(history.reachable_from_remote for history in histories):
            said += [", ", Text("on a remote: assume public", NOTICE)]
        self.line(*said, rest=" " * 10)
        if first.verdict is not None:
            self.line(self.verdict(first.verdict), first="  ", rest="    ")
        for finding in findings[:limit]:
            place = finding.place
            self.line(
                self.path(place.path), f":{place.line}  ", self.field(finding),
                "" if _history(finding).in_worktree else "  (gone)" if _history(finding).removed else "",
                first="  ", rest="    ",
            )  # fmt: skip
            self._commits(_history(finding), limit)
        if limit is not None and len(findings) > limit:
            self.line(f"and {len(findings) - limit} more places: --verbose shows all", first="  ")

    def _commits(self, history: History, limit: int | None) -> None:
        if not history.introduced:
            self.line("in no commit that could be named", first="    ")
            return
        date = (history.author_date or "")[:10]
        said = f"introduced {_some(history.introduced, limit)}" + (f" on {date}" if date else "")
        if history.removed:
            said += f", removed {_some(history.removed, limit)}"
        self.line(said, first="    ", rest="      ")

    def _end(self, result: ScanResult, sprawls: Sequence[Sprawl], *, verbose: bool) -> None:
        self.gap()
        self.left_out(result, verbose=verbose)
        found = result.history
        assert found is not None
        if sprawls:
            self.line(_looked(result))
        if found.unreached:
            them = "it" if found.unreached == 1 else "them"
            self.line(
                f"{count(found.unreached, 'version')} of files that no branch, tag or stash reaches may matter too: "
                f"--unreachable looks at {them}", rest="  ",
            )  # fmt: skip
        if result.stats.oversized:
            self.line(f"{count(result.stats.oversized, 'version')} of files too large to be configuration", rest="  ")
        if found.submodules:
            names = Text(", ").join(self.word(f"{result.root}/{name}") for name in found.submodules[:SHOWN])
            more = f" and {len(found.submodules) - SHOWN} more" if len(found.submodules) > SHOWN else ""
            self.line("submodules have a history of their own: ", names, more, rest="  ")
        if sprawls:
            self.line(
                Text("next: replace these keys where they were issued", "bold"),
                ". Whoever has a clone has them, and rewriting history takes nothing back from there.", rest="  ",
            )  # fmt: skip
            still = [each for sprawl in sprawls for each in sprawl.findings if _history(each).in_worktree]
            if movable(still):
                self.line(Text("unsprawl migrate ", "bold").append_text(self.word(result.root)),
                          "  moves what is still there out of the files", first="      ")  # fmt: skip
            if by_hand(still):
                self.line(BY_HAND, first="      ")
            self.line("docs/history.md  tells how to purge a history, and when that is of no use", first="      ")


def _history(finding: Finding) -> History:
    assert finding.history is not None
    return finding.history


def _histories(sprawl: Sprawl) -> list[History]:
    return [_history(finding) for finding in sprawl.findings]


def _badness(sprawl: Sprawl) -> tuple[int, bool, bool, str]:
    """Worst first; of those, what is still there, then what others may have."""
    histories = _histories(sprawl)
    return (
        RANK[worst(sprawl)],
        not any(history.in_worktree for history in histories),
        not any(history.reachable_from_remote for history in histories),
        sprawl.findings[0].place.path,
    )


def _some(commits: Sequence[str], limit: int | None) -> str:
    shown = ", ".join(commit[:_SHORT] for commit in commits[:limit])
    return shown + (f" and {len(commits) - limit} more" if limit is not None and len(commits) > limit else "")


def _looked(result: ScanResult) -> str:
    found = result.history
    assert found is not None
    blobs = count(found.blobs, "version of a file", "versions of files")
    return f"looked at {blobs} in {count(found.commits, 'commit')}"
