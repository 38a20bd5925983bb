"""Lines on a terminal: folded at its width, never cut, never padded, one blank line between blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from shlex import quote

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from unsprawl.scanner.redact import Redactor, one_line
from unsprawl.scanner.scan import shown_path


class Lines:
    """Prints to a rich console. Foreign text is redacted here already: folding may break it over two lines."""

    def __init__(self, console: Console, redactor: Redactor, home: str, cwd: str) -> None:
        self._console = console
        self._clean = lru_cache(1024)(lambda foreign: one_line(redactor.clean(foreign)))
        self._home = home.rstrip("/\\")
        self._cwd = cwd
        self._printed = self._gap = False

    @property
    def width(self) -> int:
        return self._console.width

    def text(self, foreign: str, style: str = "") -> Text:
        """Foreign text without markup, control characters or known values."""
        return Text(self._clean(foreign), style)

    def path(self, path: str, style: str = "bold") -> Text:
        """A path as one would type it here: relative to the working folder, `~/…`, or whole."""
        return self.text(self.typed(path), style)

    def word(self, path: str) -> Text:
        """A path as a word of a shell command."""
        typed = self.typed(path)
        typed = f"./{typed}" if typed.startswith("-") else typed
        head, rest = ("~/", typed[2:]) if typed.startswith("~/") else ("", typed)
        return self.text(typed if typed == "~" else head + (quote(rest) if rest or not head else ""))

    def typed(self, path: str) -> str:
        """The path as `path` shows it; still foreign text."""
        if self._home and path == self._home:
            return "~"
        if self._cwd != self._home:
            shown = shown_path(path, self._cwd)
            if shown != path:
                return shown
        inside = shown_path(path, self._home) if self._home else path
        return path if inside == path else f"~/{inside}"

    def line(self, *parts: Text | str, first: Text | str = "", rest: str | None = None) -> None:
        """One line of text; what does not fit goes on below. `first` and `rest` are what the lines begin with."""
        begin = Text.assemble(first)
        rest = " " * begin.cell_len if rest is None else rest
        room = max(self.width - max(begin.cell_len, len(rest)), 8)
        whole = Text.assemble(*parts)
        fits = whole.cell_len <= room and "\n" not in whole.plain
        for piece in [whole] if fits else _folded(whole, room):
            self._put(begin.append_text(piece))
            begin = Text(rest)

    def code(self, text: Text, indent: int) -> None:
        """A line of a file: folded at the width wherever that is, since its blanks mean something."""
        room = max(self.width - indent, 8)
        style = text.style
        head, *tail = chop_cells(text.plain, room) or [""]
        for number, piece in enumerate([head, *(chop_cells("".join(tail), room - 4) if tail else [])]):
            self._put(Text(" " * (indent + (4 if number else 0))).append(piece, style))

    def columns(
        self, rows: Sequence[Sequence[Text]], indent: int, below: Sequence[Sequence[Text]] = (), under: int = 0
    ) -> bool:
        """Rows as columns; prints nothing and answers False where they do not fit.

        `below` are further lines of each row; they begin under the column with the number `under`.
        """
        sizes = [[cell.cell_len for cell in row] for row in rows]
        widths = [max(column) for column in zip(*sizes, strict=True)]
        if indent + sum(widths) + 2 * (len(widths) - 1) > self.width:
            return False
        margin = indent + sum(widths[:under]) + 2 * under
        further = iter(below)
        for row, taken in zip(rows, sizes, strict=True):
            line = Text(" " * indent)
            for cell, size, width in zip(row, taken, widths, strict=True):
                line.append_text(cell).append(" " * (width - size + 2))
            self._put(line)
            for more in next(further, ()):
                self.line(more, first=" " * margin)
        return True

    def gap(self) -> None:
        """A blank line before the next block, if there is one before and one after."""
        self._gap = True

    def pause(self) -> None:
        """The blank line now: somebody else prints next."""
        if self._gap and self._printed:
            self._console.print()
        self._gap = False

    def _put(self, line: Text) -> None:
        self.pause()
        self._printed = True
        line.rstrip()
        if self._console.is_terminal:
            self._console.print(line, soft_wrap=True)
        else:  # what rich would write, in a tenth of the time
            self._console.file.write(f"{line.plain}\n")


def _folded(text: Text, room: int) -> list[Text]:
    """The text in lines of at most `room` columns."""
    lines = text.split(allow_blank=True)
    return [piece for line in lines for piece in line.divide(_breaks(line.plain, room))]


def _breaks(plain: str, room: int) -> list[int]:
    """Where to break a line: between words; a word that is too long behind a `/`, so that names in paths stay whole."""
    breaks, column = [], 0
    for match in re.finditer(r"\S+\s*", plain):
        start = match.start()
        end = start + len(match[0].rstrip())
        if column and column + cell_len(plain[start:end]) > room:
            breaks.append(start)
            column = 0
        while end - start > room or cell_len(plain[start:end]) > room:
            head = chop_cells(plain[start : start + room], room)[0]
            behind = head.rfind("/") + 1
            start += behind if behind > len(head) // 2 else len(head)
            breaks.append(start)
        column += cell_len(plain[start : match.end()])
    return breaks


def count(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
