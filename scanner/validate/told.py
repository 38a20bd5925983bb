"""What stands beside a credential in its entry, kept while files are examined: their trees are gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import parse_qsl

from unsprawl.scanner.destinations import settings
from unsprawl.scanner.entry_parts import HEADER_KEYS, body, first
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.model import Entry, Finding, Slot
from unsprawl.scanner.names import normalised
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.record import NamedTuple

Pairs: TypeAlias = tuple[tuple[str, str], ...]


_UNNAMED = ""
"""Words of a command line, which some values are parts of."""


class Told(NamedTuple):
    """The settings around one credential; as secret as the entry."""

    pairs: Pairs = ()
    entry: bool = False
    """Whether it stands in an entry, which would name a server that is not the usual one."""
    address: str = ""
    """Of the remote server that the entry calls."""

    def __repr__(self) -> str:
        return f"Told({len(self.pairs)})"


class Gathering:
    """The settings around all findings of a scan."""

    def __init__(self, *, every: bool = False) -> None:
        """`every`: also of entries in which nothing was found, since their secrets rest elsewhere."""
        self._every = every
        self._entries: dict[tuple[str, KeyPath], Told] = {}
        self._files: dict[str, Pairs] = {}
        """The variables of environment files, by path."""
        self._named: dict[tuple[str, KeyPath], dict[str, None]] = {}
        """The environment files of entries."""
        self._versions: dict[int, tuple[Slot, Told]] = {}
        """Of findings in a history, by the identity of their slot, which is kept for that."""

    def examined(self, file: Examined) -> None:
        """One more file of the scan; its entries come before the environment files that they name."""
        for found in file.entries:
            if (
                self._every or found.findings or found.env_files or found.references
            ):  # what it refers to may stand in a file beside it
                entry = found.entry
                words = ((_UNNAMED, word) for word in entry.command)
                remote = (*_headers(found.server.node), *_parameters(entry.url))
                pairs = (*settings(entry_variables(found.server.node), entry.command), *remote, *words)
                self._entries[entry.path, entry.key_path] = Told(pairs, True, entry.url)
        if (file.loose or file.named_by is not None) and file.document.codec.id == "dotenv":
            self._files[file.document.path] = tuple(_variables(file))
            if file.named_by is not None:
                self._named.setdefault((file.named_by.path, file.named_by.key_path), {})[file.document.path] = None

    def version(self, file: Examined) -> None:
        """One version of a file of a history; newer ones come before. What counts is what stood there in that one."""
        mine = Gathering()
        mine.examined(file)
        for key, told in mine._entries.items():
            self._entries.setdefault(key, told)
        mine._entries = {**self._entries, **mine._entries}
        for finding in file.findings:
            self._versions.setdefault(id(finding.slot), (finding.slot, mine.of(finding)))

    def of(self, finding: Finding) -> Told:
        """What is known to stand around a finding: in its entry, and in the environment file that the entry names."""
        if id(finding.slot) in self._versions:
            return self._versions[id(finding.slot)][1]
        entry: Entry | None = finding.entry
        if entry is None:
            return Told(self._files.get(finding.place.path, ()))
        at = entry.path, entry.key_path
        known = self._entries.get(at, Told())
        here = self._files.get(finding.place.path, ())  # what stands in the same file is nearer
        named = [pair for path in self._named.get(at, ()) if path != finding.place.path for pair in self._files[path]]
        return known._replace(pairs=(*here, *known.pairs, *named)) if here or named else known


def _headers(node: Node) -> Iterator[tuple[str, str]]:
    """The headers that the entry sends, spelt as variables: `X-Grafana-URL` is `GRAFANA_URL`."""
    found = first(body(node), HEADER_KEYS) or first(node, HEADER_KEYS)
    for member in found[1].members if found is not None else ():
        text = member.value.text()
        if text is not None:
            yield _spelt(member.key), text


def _parameters(url: str) -> Iterator[tuple[str, str]]:
    """Those of the address that the entry calls, spelt as variables."""
    for name, text in parse_qsl(url.partition("#")[0].partition("?")[2]):
        yield _spelt(name), text


def _spelt(name: str) -> str:
    return normalised(name).removeprefix("X_")


def _variables(file: Examined) -> Iterator[tuple[str, str]]:
    for member in file.document.root.members:
        text = member.value.text()
        if text is not None:
            yield member.key, text


def server_of(told: Told) -> str:
    """The host of the remote server that the entry calls, or ""."""
    return host_of(told.address) if told.address else ""
