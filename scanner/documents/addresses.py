"""Addresses of servers in running text: logs, printed output, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.scanner.documents.reader import Candidate, Evidence, Page, Passage
from unsprawl.scanner.entry_looks import is_server_address
from unsprawl.scanner.slots import url_group

_ADDRESS = re.compile(r"(?<![\w+.-])(?:https?|wss?)://[^\s\"'<>`\\|(){}]{4,4000}")


def addresses(page: Page, passage: Passage) -> Iterator[Candidate]:
    """Every address that says by itself that a server is there.

    A long segment of its path is a key only where the whole address is one: others name commits, files, packages.
    """
    for found in _ADDRESS.finditer(passage.text):
        if is_server_address(found[0]):
            group = url_group(page.node, passage.path, passage.view.cut(*found.span()), "")
            held = tuple(each for each in group.held if each.leaf.context.role != "segment")
            if held or not group.held:
                yield Candidate(group._replace(held=held), Evidence.SERVER, passage.path)
