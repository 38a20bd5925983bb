"""Configuration that stands in a document: whole, a piece of one, or with dots where something was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.discover import GENERIC_SERVERS, ConfigFile, Reading
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage, Source
from unsprawl.scanner.formats.document import parse
from unsprawl.scanner.model import Entry, Problem
from unsprawl.scanner.servers import ServerNode, entries
from unsprawl.scanner.slots import slots
from unsprawl.scanner.view import View

_LONGEST = 512 * 1024
_STRANGE = re.compile("[\ud800-\udfff]|\\A\ufeff")
"""What does not come back from bytes as the one character that it was."""
_MAY = re.compile(r"cmd|command|ur[il]", re.IGNORECASE)
"""What the keys of every entry have in them."""
_MEMBER = re.compile(r'\s*+(?://[^\n]*+\s*+)?(?:"[^"\n]{0,200}+"|[\w.-]{1,200}+)\s*+:\s*+[{\[]')
"""How a member begins that lost its object: `"github": {`."""
_BRACED = re.compile(r"\s*+(?:(?://|#)[^\n]*+\s*+)*+[{\[]")
_ASSIGNED = re.compile(r"\s*+(?:(?:export|const|let|var)\s++)?[\w.]{1,100}+\s*+=\s*+(?=[{\[])")
_TABLE = re.compile(r"^[ \t]*+\[[\w.\"'-]++\][ \t\r]*+$", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*+(?:- )?+[\w.\"'-]++:(?:[ \t\r]|$)", re.MULTILINE)


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """The slots of all servers that the passage configures."""
    if page.about_mcp and len(passage.text) <= _LONGEST:
        yield from configured(page, passage, placed=True)


def configured(
    page: Page,
    passage: Passage,
    *,
    placed: bool = False,
    guessed: bool = True,
    name: str = "",
    encoded: bool = False,
) -> list[Candidate]:
    """The slots of the servers in a text of one of the formats of configuration, whichever it has.

    `placed`: pointers lead into it. Not `guessed`: the text as a whole is known to be an entry, or several. `name` is
    what the only one is called. `encoded`: see `Source`.
    """
    if not _MAY.search(passage.text):
        return []
    for format_, view in _attempts(passage):
        document = parse(page.file.path, _STRANGE.sub("?", view.text).encode(), format_)
        if not isinstance(document, Problem):
            source = Source(document, view, encoded)
            found = list(_of(page, passage, source, format_, guessed=guessed, name=name))
            if found:
                return found if placed else [each._replace(where=passage.path) for each in found]
    return []


def _attempts(passage: Passage) -> Iterator[tuple[str, View]]:
    """The formats that the text may have, each with the text as its parser takes it."""
    text, view = passage.text, passage.view
    assigned = _ASSIGNED.match(text)
    if assigned is not None:
        yield "json", view.cut(assigned.end(), len(text))
    elif _BRACED.match(text):
        yield "json", view
    elif _MEMBER.match(text):
        yield "json", _enclosed(view)
    if _TABLE.search(text):
        yield "toml", view
    elif _KEY.search(text):
        yield "yaml", view


def _enclosed(view: View) -> View:
    """With the braces that a member needs; they stand where the text begins and ends."""
    last = len(view.text) - 1
    characters = ((view.text[at], at, at + 1) for at in range(last + 1))
    return view.chosen((("{", 0, 1), *characters, ("}", last, last + 1)))


def _of(page: Page, passage: Passage, source: Source, format_: str, *, guessed: bool, name: str) -> Iterator[Candidate]:
    document = source.document
    reading = Reading("", format_, GENERIC_SERVERS, "project", True, guessed=guessed)
    servers = list(entries(document, ConfigFile(page.file.path, (reading,))))
    for server in servers:
        entry = _in_page(page, passage, server, source.view)
        if name and len(servers) == 1:
            entry = entry._replace(name=name)
        for group in slots(server):
            where = (*passage.path, *group.whole.key_path)
            yield Candidate(group, Evidence.SERVER, where, entry, source)


def _in_page(page: Page, passage: Passage, server: ServerNode, view: View) -> Entry:
    start = view.starts[min(server.node.span.start, len(view.text) - 1)]
    return server.entry._replace(key_path=(*passage.path, *server.entry.key_path), line=page.line(start))
