"""Requests as they are sent: an address, headers, and a body that does not concern us."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.mentions import speaks
from unsprawl.scanner.documents.reader import Candidate, Evidence, Found, Page, Passage
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.slots import slot_group, url_group

_ADDRESS = re.compile(r"^(?:[A-Z]{3,7}[ \t]++)?(https?://[^\s\"'<>]{4,2000}+)", re.MULTILINE)
_HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60}+):[ \t]++([^\n\r]{4,4000}+)$", re.MULTILINE)
_PATH = re.compile(r"^[A-Z]{3,7}[ \t]++(\S{1,500})", re.MULTILINE)


def read(page: Page, passage: Passage) -> Iterator[Found]:
    """The parameters and headers of a request to a server; of others, what is a vendor's."""
    address, path = _ADDRESS.search(passage.text), _PATH.search(passage.text)
    target = (address[1] if address else path[1] if path else "").partition("?")[0]
    evidence = Evidence.SERVER if speaks(target) else Evidence.TEXT
    host = host_of(address[1]) if address else ""
    for match in _ADDRESS.finditer(passage.text):
        yield Candidate(
            url_group(page.node, passage.path, passage.view.cut(*match.span(1)), ""), evidence, passage.path
        )
    for match in _HEADER.finditer(passage.text):
        context = Context(SlotKind.HEADER, match[1], host=host)
        group = slot_group(context, passage.path, page.node, passage.view.cut(*match.span(2)))
        yield Candidate(group, evidence, passage.path)
