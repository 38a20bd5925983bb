"""What a join would do for each shared entry: what it is, how it stands, what is unusual, and a digest of all that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from unsprawl.rewriters.joining.entries import Names, shared_entries
from unsprawl.rewriters.joining.ledger import Joined, joined
from unsprawl.rewriters.joining.model import Need, Standing, Wanted, Way
from unsprawl.rewriters.joining.oddities import Oddity, oddities
from unsprawl.rewriters.joining.shown import Line, description, digest_of
from unsprawl.rewriters.joining.standing import standing_of
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.policy import Demands
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.record import Destination
from unsprawl.vault.records import Record, read_record, record_files


class Item(NamedTuple):
    """One entry of a join."""

    wanted: Wanted
    standing: Standing
    unusual: tuple[Oddity, ...]
    lines: tuple[Line, ...]
    digest: str
    known: Joined | None
    """What an earlier join wrote down of it."""
    unused: str = ""
    """The policy, with its line, by which none of its hosts is in use."""

    @property
    def seen(self) -> bool:
        """Whether its user said yes to just this before."""
        return self.known is not None and self.known.seen == self.digest

    @property
    def asks(self) -> bool:
        """Whether its user must look at it: something would be stored, or what is there already would go somewhere
        unusual."""
        if self.standing.need in (Need.VALUE, Need.COMMAND):
            return True
        return self.wanted.way in (Way.VARIABLE, Way.LOGIN) and bool(self.unusual) and not self.seen and self.open

    @property
    def open(self) -> bool:
        """Whether anything can be done about it at all."""
        return self.standing.need is not Need.REFUSED


def noted(item: Item) -> Joined:
    """What is written down of an entry that nothing is written down of yet."""
    path, where = item.wanted.place
    return Joined(path, where, item.wanted.found.entry.name, item.wanted.project, item.digest)


class Survey:
    """Looks at entries, again and again while things change. Changes nothing."""

    def __init__(self, around: Surroundings, demands: Callable[[str], Demands], sent: Sequence[Destination]) -> None:
        self._around = around
        self._demands = demands
        self._sent = sent
        self._known: Mapping[tuple[str, str], Joined] = {(each.path, each.pointer): each for each in joined()}
        self.records = tuple(_records())

    def items(self, files: Iterable[Examined], names: Names) -> tuple[Item, ...]:
        """All shared entries that take something from this machine."""
        return tuple(map(self.item, shared_entries(files, self._around, names, self._sent)))

    def item(self, wanted: Wanted) -> Item:
        """How one stands now."""
        demands = self._demands(wanted.found.entry.path)
        unused = demands.unused(wanted.found.entry.hosts)
        unusual = oddities(wanted, demands, self.records)
        lines = description(wanted, unusual)
        return Item(
            wanted,
            standing_of(wanted, self._around),
            unusual,
            lines,
            digest_of(wanted, lines),
            self._known.get(wanted.place),
            f"{os.path.basename(unused[0].path)}:{unused[1]}" if unused is not None else "",
        )


def _records() -> Iterable[Record]:
    for path in record_files():
        try:
            yield read_record(path)
        except UnsprawlError:
            continue  # `vault list` tells of a damaged one; it gives nothing to anybody
