"""A line on stderr that moves while a scan or a migration lasts: on a terminal only, and only after a second."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Timer

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from unsprawl.scanner.examine import Examined

PATIENCE_S = 1.0
"""What is over by then needs no bar, and is spared the import of one."""


class Progress:
    """Shows how much was done; names no file, so there is nothing in it to hide."""

    def __init__(self, *, quiet: bool) -> None:
        self._wanted = not quiet and sys.stderr.isatty()
        self._timer: Timer | None = None
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._files = self._findings = 0
        self._said = self._looked_at("files")

    def __enter__(self) -> Progress:
        if self._wanted:
            from threading import Timer

            self._timer = Timer(PATIENCE_S, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._bar is not None:
            self._bar.stop()

    def examined(self, file: Examined) -> None:
        """One more file was looked at."""
        self._files += 1
        self._findings += len(file.findings)
        self._update(self._looked_at("files"))

    def blobs(self, more: int, values: int) -> None:
        """So many versions of files more were looked at, and so many values were found in all."""
        self._files += more
        self._findings = values
        self._update(self._looked_at("versions of files"))

    def answers(self, total: int) -> Callable[[], None]:
        """What is told of each answer of a vendor."""

        def step() -> None:
            self._files += 1
            self._update(f"{self._files} of {total} secrets asked about")

        self._files = -1
        step()
        return step

    def moving(self, files: int) -> Callable[[str], None]:
        """What is told of the steps of a migration that changes so many files."""

        def step(name: str) -> None:
            self._findings += name in ("keep value", "keep variable")
            self._files += name == "journal done"
            self._update(f"put {self._findings} secrets away, changed {self._files} of {files} files")

        step("")
        return step

    def _looked_at(self, what: str) -> str:
        return f"looked at {self._files} {what}, {self._findings} secrets so far"

    def _update(self, said: str) -> None:
        self._said = said
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, said=said)

    def _show(self) -> None:
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        from unsprawl.scanner.report.console import console_for

        bar = Bar(
            BarColumn(20),
            TextColumn("{task.fields[said]}", markup=False),
            TimeElapsedColumn(),
            console=console_for(sys.stderr),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = bar.add_task("", total=None, said=self._said)
        bar.start()
        self._bar = bar
