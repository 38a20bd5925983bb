"""What shells remember: commands that somebody typed, with the time before each and spelled in the shell's way.

bash puts `#1700000000` above a command, zsh `: 1700000000:0;` before it; fish has a kind of YAML; PowerShell has bare
lines. zsh writes some bytes as 0x83 and another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents import links
from unsprawl.scanner.documents.reader import Found, Page, Passage
from unsprawl.scanner.documents.script import Script
from unsprawl.scanner.documents.statements import statements
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.view import View

_STAMP = re.compile(r"^: \d{1,12}:\d{1,9};|^#\d{9,12}[ \t]*+$", re.MULTILINE)
_FISH = re.compile(r"^- cmd: ([^\n\r]++)", re.MULTILINE)
_FISH_ESCAPE = re.compile(r"\\[\\n]")
_META = re.compile(b"\x83(.)", re.DOTALL)


def cleaned(data: bytes) -> bytes:
    """The bytes of a history as text: as zsh read them in again, and without what a crash left."""
    data = data.replace(b"\0", b" ") if data[:2] not in (b"\xff\xfe", b"\xfe\xff") else data
    if b"\x83" in data and not _is_text(data):
        data = _META.sub(lambda match: bytes((match[1][0] ^ 0x20,)), data).replace(b"\0", b" ")
    return (
        data if data[:2] in (b"\xff\xfe", b"\xfe\xff") or _is_text(data) else data.decode("utf-8", "replace").encode()
    )


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """The commands, oldest first."""
    yield from links.read(page, passage)
    script = Script(page, passage, together=False)
    shell = Shell.POWERSHELL if passage.language.startswith("powershell") else Shell.POSIX
    if _FISH.match(passage.text):
        for command in _FISH.finditer(passage.text):
            for statement in statements(_typed(passage.view.cut(*command.span(1))), shell):
                yield from script.line(statement.view, shell, comment=statement.comment)
    else:
        for view in _commands(passage.view):
            yield from script.through(view, shell)
    yield from script.end()


def _typed(view: View) -> View:
    """A command of fish's history as it was typed."""
    if "\\" not in view.text:
        return view
    return view.replaced(_FISH_ESCAPE, lambda match: "\n" if match[0] == "\\n" else "\\")


def _commands(view: View) -> Iterator[View]:
    """What stands between the times; all of it where there are none."""
    at = 0
    for stamp in _STAMP.finditer(view.text):
        yield view.cut(at, stamp.start())
        at = stamp.end()
    yield view.cut(at, len(view.text))
