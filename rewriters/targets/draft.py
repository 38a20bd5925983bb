"""One entry's step in the making: its operations and what is to be kept, whatever form a reference has."""

from __future__ import annotations

from unsprawl.rewriters.operations import Append, Operation, Remove, SetPart
from unsprawl.rewriters.plan import Home, Keep
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier
from unsprawl.scanner.formats.node import Kind, Path, at
from unsprawl.scanner.hosts import ReferenceWay
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.secret import Secret


class Refused(Exception):
    """Carries a refusal's reason and hint out of the middle of planning."""


class Draft:
    """Collects the operations of one entry, finding by finding, from the end of each value to its beginning."""

    way: ReferenceWay
    """How the finding in hand moves: a host may have one way for variables and another for headers."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
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

    def remove(self, path: Path) -> None:
        """Remove a pair; the whole map when it would be left empty, unless comments would go with it."""
        holder = at(self.situation.examined.document.root, path[:-1])
        gone = sum(1 for op in self.operations if isinstance(op, Remove) and op.key_path[:-1] == path[:-1])
        last = holder is not None and len(holder.members) - gone == 1 and not self.situation.commented(holder)
        self.operations.append(Remove(path[:-1] if last else path))

    def list_name(self, name: str) -> None:
        """Put a variable's name into the list of those that the host hands over."""
        path = (*self.situation.found.entry.key_path, self.way.env_names)
        node = at(self.situation.examined.document.root, path)
        if node is not None and node.kind is not Kind.ARRAY:
            raise Refused(f"`{path[-1]}` is not a list", "Correct the entry, then try again.")
        if self.way.upper and name != name.upper():
            host = self.situation.hosts[0].name
            raise Refused(f"{host} would look for {name} in capital letters", "Use `--to run`.")
        self.operations.append(Append(path, name))

    def keep_variable(self, finding: Finding) -> str:
        """Keep a whole variable of the entry under its own name, which is returned: the server asks for that one."""
        path, names = finding.slot.key_path, self.situation.names
        name, secret = str(path[-1]), Secret(self.situation.whole(finding))
        if not is_identifier(name) or not names.fits(name, secret):
            raise Refused(
                f"the variable must be called {name}, and that name stands for another value already", "Use `--to run`."
            )
        self.keep(Keep("shell", names.claim(name, secret), secret))
        return name
