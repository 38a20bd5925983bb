"""One entry's step in the making: its operations and what is to be kept, whatever form a reference has."""

from __future__ import annotations

from unsprawl.rewriters.operations import Operation, SetPart
from unsprawl.rewriters.plan import Home, Keep
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.hosts import ReferenceWay
from unsprawl.scanner.model import Finding, SlotKind


class Refused(Exception):
    """Carries a refusal's reason and hint out of the middle of planning."""


class Draft:
    """Collects the operations of one entry, finding by finding, from the end of each value to its beginning."""

    def __init__(self, situation: Situation, way: ReferenceWay) -> None:
        self.situation = situation
        self.way = way
        self.operations: list[Operation] = []
        self.keeps: list[Keep] = []
        self.moved: set[Path] = set()
        """Values that have moved as a whole."""

    def claim(self, finding: Finding) -> str:
        """The name of the variable that takes the secret, which is kept under it."""
        entry = self.situation.found.entry.name
        derived = derived_name(finding, entry)
        own = finding.slot.context.name
        start, end = self.situation.covers(finding)
        whole = start == 0 and end == len(self.situation.whole(finding))
        env = finding.slot.context.kind is SlotKind.ENV and whole and is_identifier(own)
        name = self.situation.names.claim(own if env else derived, finding.secret, derived)
        home: Home = "vault" if self.way.variable == "prompt" else "shell"
        self.keep(Keep(home, name, finding.secret))
        return name

    def keep(self, keep: Keep) -> None:
        """Add what is to be kept, once."""
        if not any(known.name == keep.name for known in self.keeps):
            self.keeps.append(keep)

    def replace(self, finding: Finding, text: str) -> None:
        """Put `text` in the place of the secret."""
        start, end = self.situation.covers(finding)
        path = finding.slot.key_path
        # Later parts of one value first, so that the places of earlier parts stay true.
        index = next(
            (
                position
                for position, op in enumerate(self.operations)
                if isinstance(op, SetPart) and op.key_path == path and op.start < start
            ),
            len(self.operations),
        )
        self.operations.insert(index, SetPart(path, start, end, text))
