"""The formats of a scan's report, each made by a module of its own that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import Redactor

if TYPE_CHECKING:
    from unsprawl.scanner.report.json_report import Identify
    from unsprawl.scanner.scan import ScanResult


class Request(NamedTuple):
    """What was found, and how it is to be shown."""

    result: ScanResult
    redactor: Redactor
    """Knows every value that was found."""
    identify: Identify
    base: str
    """The folder that relative URIs start from: the top of the work tree, where there is one."""
    home: str
    cwd: str
    asked: Sequence[str] = ()
    """The absolute paths that the user named."""
    rules: Sequence[str] = ()
    """The absolute paths of rules that the user named."""
    verbose: bool = False
    screen: TextIO | None = None
    """Where people will read it; None for a file."""

    def document(self, *, identified: bool = True) -> dict[str, Any]:
        """The scan as the contract's document, not yet redacted. Without `identified` no ids of values are in it."""
        from unsprawl.scanner.report.json_report import scan_json

        return scan_json(self.result, self.identify if identified else lambda secret: None)


class Format(NamedTuple):
    """One way to show a scan."""

    render: Callable[[Request], Iterable[str]]
    """The text in pieces, redacted and printable."""
    exact: bool
    """For machines: UTF-8 and the format's own line ends, wherever it is written."""


def _terminal(request: Request) -> Iterable[str]:
    if request.result.history is not None:
        from unsprawl.scanner.report.history_report import render as render_history

        return [render_history(request)]
    from unsprawl.scanner.report.scan_report import render

    return [render(request)]


def _json(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.json_report import render

    return render(request.document(), request.redactor)


def _json_lines(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.json_lines import render

    return render(request.document(), request.redactor)


def _sarif(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.sarif import render

    return render(request.document(identified=False), request.result.silenced, request.base, request.redactor)


def _csv(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.csv_report import render

    return render(request.document(), request.redactor)


def _github(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.github import render

    return render(request.document(identified=False), request.base, request.redactor)


def _gitlab(request: Request) -> Iterable[str]:
    from unsprawl.scanner.report.code_quality import render

    return render(request.document(identified=False), request.base, request.redactor)


FORMATS = {
    "terminal": Format(_terminal, exact=False),
    "json": Format(_json, exact=True),
    "jsonl": Format(_json_lines, exact=True),
    "sarif": Format(_sarif, exact=True),
    "csv": Format(_csv, exact=True),
    "github": Format(_github, exact=True),
    "gitlab": Format(_gitlab, exact=True),
}
