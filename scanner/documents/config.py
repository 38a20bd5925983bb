"""Configuration that stands in a document: whole, a piece of one, or with dots where something was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.discover import GENERIC_SERVERS, ConfigFile, Reading
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage, Source
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.model import Entry, Problem
from unsprawl.scanner.servers import ServerNode, entries
from unsprawl.scanner.slots import slots
from unsprawl.scanner.view import View

_LONGEST = 512 * 1024
_MEMBER = re.compile(r'\s*(?:"[^"\n]{0,200}"|[\w.-]{1,200})\s*:\s*[{\[]')
"""How a member begins that lost its object: `"github": {`."""
_BRACED = re.compile(r"\s*[{\[]")
_TABLE = re.compile(r"(?m)^[ \t]*\[[\w.\"'-]+\][ \t]*$")
_KEY = re.compile(r"(?m)^[ \t]*(?:- )?[\w.\"'-]+:(?:[ \t]|$)")


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """The slots of all servers that the passage configures."""
    text = passage.text
    if len(text) > _LONGEST or not page.about_mcp:
        return
    for format_, view in _attempts(passage):
        document = parse(page.file.path, view.text.encode("utf-8", "surrogatepass"), format_)
        if isinstance(document, Problem):
            continue
        found = list(_of(page, passage, document, view, format_))
        if found:
            yield from found
            return


def _attempts(passage: Passage) -> Iterator[tuple[str, View]]:
    """The formats that the text may have, each with the text as its parser takes it."""
    text, view = passage.text, passage.view
    if _MEMBER.match(text):
        yield "json", _enclosed(view)
    elif _BRACED.match(text):
        yield "json", view
    if _TABLE.search(text):
        yield "toml", view
    elif _KEY.search(text) and not _BRACED.match(text):
        yield "yaml", view


def _enclosed(view: View) -> View:
    """With the braces that a member needs; they stand where the text begins and ends."""
    return View(
        "{" + view.text + "}", [view.starts[0], *view.starts, view.ends[-1]], [view.ends[0], *view.ends, view.ends[-1]]
    )


def _of(page: Page, passage: Passage, document: Document, view: View, format_: str) -> Iterator[Candidate]:
    reading = Reading("", format_, GENERIC_SERVERS, "project", True, guessed=True)
    file = ConfigFile(page.file.path, (reading,))
    source = Source(document, view)
    for server in entries(document, file):
        moved = _in_page(page, passage, server, view)
        for group in slots(server):
            where = (*passage.path, *group.whole.key_path)
            yield Candidate(group, Evidence.SERVER, where, moved, source)


def _in_page(page: Page, passage: Passage, server: ServerNode, view: View) -> Entry:
    start = view.starts[min(server.node.span.start, len(view.text) - 1)]
    return server.entry._replace(key_path=(*passage.path, *server.entry.key_path), line=page.line(start))
