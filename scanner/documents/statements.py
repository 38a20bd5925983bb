"""Scripts to logical lines: without prompts, with the lines that continue them; and the texts behind `<<`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from unsprawl.scanner.discover import format_of
from unsprawl.scanner.document_kinds import kind_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.shell import Shell
from unsprawl.scanner.view import View

_SPACED = r"(?<=[\s=(:])"
_TEXT = {
    Shell.POSIX: r"[^\\'\"\n\r#]++|\\(?:\r\n|[\s\S])|(?<!\s)#|'[^'\n\r]*+'|\"(?:[^\"\\\n\r]|\\[^\n\r])*+\"|"
    rf"{_SPACED}'[^']{{0,8000}}+'|{_SPACED}\"(?:[^\"\\]|\\[\s\S]){{0,8000}}+\"",
    Shell.POWERSHELL: r"[^`'\"\n\r#]++|`(?:\r\n|[\s\S])|(?<!\s)#|'[^'\n\r]*+'|\"(?:[^\"`\n\r]|`[^\n\r])*+\"|"
    rf"{_SPACED}'[^']{{0,8000}}+'",
    Shell.CMD: r"[^^\n\r]++|\^(?:\r\n|[\s\S])",
}
"""What a logical line consists of; of quotes over several lines only those that begin a word."""
_LOGICAL = {shell: re.compile(rf"(?:{text})*+") for shell, text in _TEXT.items()}
_END = re.compile(r"[^\n\r]*+(?:\r\n|\n|\r|\Z)")
_PROMPT = re.compile(
    r"[ \t]*+(?:(?:\([\w.-]{1,40}\)[ \t]++)?"
    r"(?:[\w.-]{1,40}@[\w.-]{1,60}[:\s][^\s$#]{0,80}[$#%][ \t]++|(?:PS[ \t])?[A-Z]:\\[^>\n]{0,80}>[ \t]*+"
    "|[$\u276f\u279c%>][ \t]++))?+"
)
"""What a terminal shows before a command: `$`, `user@host:~$`, `PS C:\\>`."""
_COMMENT = re.compile(r"[ \t]*+(?:#+!?|::|REM\b|rem\b)[ \t]*+")
_HERE = re.compile(r"<<-?[ \t]*+(['\"]?)\\?([A-Za-z_][A-Za-z0-9_]{0,60}+)\1")
_HERE_STRING = re.compile(r"@(['\"])[ \t\r]*+$")
_TARGET = re.compile(
    r"(?:>{1,2}|^COPY[ \t]++<<\S{1,80}+[ \t]|\btee\b(?:[ \t]++-a)?|\bcp[ \t]++/dev/stdin)[ \t]*+"
    r"[\"']?([^\s\"'<>|;&]{1,300})"
)
_RUN = re.compile(r"(?:^|[|;&(]|\bsudo[ \t])[ \t]*+(bash|sh|zsh|python3?|node|ssh)\b")
_LANGUAGES = {"sh": "bash", "zsh": "bash", "ssh": "bash", "python3": "python", "node": "javascript"}


_ESCAPE = {Shell.POSIX: "\\", Shell.POWERSHELL: "`", Shell.CMD: "^"}
_MOST_OPEN = 20
"""So many texts that never end, and the rest of a script is searched for no more of them."""


class Statement(NamedTuple):
    """One logical line, or the text behind one. `language` is "" for a line; of a text, what it seems to be."""

    view: View
    language: str | None = None
    comment: bool = False


def statements(view: View, shell: Shell) -> Iterator[Statement]:
    """The logical lines of a script, from top to bottom; the text of a here-document follows its line."""
    text, at, open_ = view.text, 0, _MOST_OPEN
    while at < len(text):
        prompt = _PROMPT.match(text, at)
        start = prompt.end() if prompt else at
        end = _line_end(text, start)
        comment = _COMMENT.match(text, start)
        if comment is not None and comment.end() > start and text[start:end].strip():
            yield Statement(view.cut(comment.end(), end), comment=True)
            at = end
            continue
        logical = _LOGICAL[shell].match(text, start)
        stop = logical.end() if logical else start
        if stop < len(text) and text[stop] not in "\r\n#":
            stop = len(text[start:end].rstrip("\r\n")) + start  # a quote that is never closed
        if text[start:stop].strip():
            yield Statement(_continued(view.cut(start, stop), shell))
        here = _HERE.search(text, start, stop) or _HERE_STRING.search(text, start, stop)
        at = _line_end(text, stop)
        if here is not None and open_:
            body = _body(text, at, here)
            if body is None:
                open_ -= 1
            else:
                inner, at = body
                yield Statement(view.cut(*inner), _language(text[start:stop]))


def _continued(view: View, shell: Shell) -> View:
    """With the line ends of Windows taken out where the line goes on: a shell escapes one character, not two."""
    mark = f"{_ESCAPE[shell]}\r\n"
    if mark not in view.text:
        return view
    kept, at = list[tuple[str, int, int]](), 0
    for piece in view.text.split(mark):
        kept += [(view.text[place], place, place + 1) for place in range(at, at + len(piece))]
        at += len(piece) + len(mark)
    return view.chosen(kept)


def _line_end(text: str, at: int) -> int:
    match = _END.match(text, at)
    return match.end() if match else len(text)


def _body(text: str, start: int, here: re.Match[str]) -> tuple[tuple[int, int], int] | None:
    """The text up to the word that ends it, and where the script goes on."""
    string = here.re is _HERE_STRING
    word = re.escape(f"{here[1]}@" if string else here[2])
    alone = "" if string else r"(?=[ ]*+(?:[\r\n]|$))"
    close = re.compile(rf"(?:(?<=[\r\n])|\A)[ \t]*+{word}{alone}")
    found = close.search(text, start)
    return None if found is None else ((start, found.start()), _line_end(text, found.end()))


def _language(line: str) -> str:
    """What the text behind a line is, by the file that it is written to or the program that reads it."""
    target = _TARGET.search(line)
    if target is not None:
        name = os.path.basename(target[1])
        kind = kind_of(name)
        return format_of(name) or (kind.id if kind is not None else "")
    program = _RUN.search(line)
    return _LANGUAGES.get(program[1], program[1]) if program else ""
