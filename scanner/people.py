"""How many people use a server, and who says so. Pure."""

from __future__ import annotations

from collections.abc import Collection

from unsprawl.scanner.record import NamedTuple

MANY = 1 << 30
"""More than one, and nobody counted."""
MOST = 1_000_000
"""No policy counts further."""
WORDS = {"one": 1, "many": MANY}
"""How a count may be spelled, besides as a number."""
SHARED = "the file is shared through git"


def counted(text: str) -> int:
    """How many people a word says: a number from 1 up, `one` or `many`; 0 for anything else."""
    word = text.strip().lower()
    number = WORDS.get(word) or (int(word) if word.isascii() and word.isdigit() and len(word) < 9 else 0)
    return number if 1 <= number <= MOST or word in WORDS else 0


class People(NamedTuple):
    """So many people use a server."""

    number: int
    by: str
    """Who says so, or what it is taken from, for people."""

    @property
    def many(self) -> bool:
        return self.number > 1

    @property
    def spoken(self) -> str:
        return "many" if self.number == MANY else str(self.number) if self.many else "one"


class Use(NamedTuple):
    """What one policy says of how many people use which server."""

    usual: int
    """0 where it does not say."""
    entries: tuple[tuple[str, int], ...] = ()
    """By the name of the entry."""
    providers: tuple[tuple[str, int], ...] = ()
    """By the name of the provider, folded."""
    line: int = 1

    def of(self, entry: str, providers: Collection[str]) -> int:
        """For an entry of that name with keys of these providers (folded); 0 where it does not say. What is said of
        the entry counts before what is said of its provider, and that before the rest."""
        named = [count for name, count in self.entries if name == entry]
        whose = [count for name, count in self.providers if name in providers]
        return max(named or whose or [self.usual])


def hinted(said: People | None, *, shared: bool) -> People | None:
    """What was said, else what the file hints at."""
    return said or (People(MANY, SHARED) if shared else None)
