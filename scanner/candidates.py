"""Which names in a folder may matter: the first look of a walk, made so that most names cost two look-ups in a set."""

from __future__ import annotations

import os
from itertools import product

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.copies import BEGINNING, Originals
from unsprawl.scanner.discover import FORMATS, TELLING, format_of, is_telling
from unsprawl.scanner.document_kinds import kind_of
from unsprawl.scanner.patterns import is_fixed, patterns
from unsprawl.scanner.record import NamedTuple

TAIL = 4
"""So many characters at the end of a name decide, where its beginning does not, whether a closer look is worth it."""
_TYPES = tuple(FORMATS)
_SEARCH = WALK["search"]
_FOLDERS = frozenset(_SEARCH["folders"])
"""Folders in which every file of a configuration type may be about servers."""
_NEVER = frozenset(_SEARCH["unknown"]["not"])
_MARKERS = frozenset(item["marker"][:BEGINNING] for item in WALK["beside"])


class Look(NamedTuple):
    """What to look for in the folders of one name. Where case does not count, names are asked for in lower case."""

    plain: frozenset[str]
    own: frozenset[str]
    """Those of the plain names that only folders of this name have."""
    endings: tuple[str, ...]
    originals: Originals
    beginnings: frozenset[str]
    lasts: frozenset[str]
    """The last characters of the tails: most names need no look at more of them."""
    tails: frozenset[str]
    """A name that neither begins nor ends so can be passed over, unless `thorough`."""
    telling: tuple[str, ...]
    """Parts of names, in lower case, at which one of a configuration type is worth a closer look."""
    thorough: bool
    unknown: bool
    documents: bool

    def counts_as(self, name: str) -> str | None:
        """The name that a host reads here: this one, or the one that it is a copy of."""
        if name in self.plain or (self.endings and name.endswith(self.endings)):
            return name
        return self.originals.of(name)

    def passes_over(self, names: str) -> bool:
        """Whether none of the names, one a line, all of configuration types by their tails, is worth a closer look."""
        lower = names.lower()
        for part in self.telling:  # noqa: SIM110, a generator takes longer than all that is done here
            if part in lower:
                return False
        return True

    def is_typed(self, name: str) -> bool:
        """Whether it is a file of a configuration type."""
        return name.lower().endswith(_TYPES)

    def searches(self, name: str) -> bool:
        """Whether the file is opened because of what it may hold: one of a configuration type, or a copy of one."""
        lower = name.lower()
        if (self.thorough or is_telling(lower)) and (lower.endswith(_TYPES) or format_of(name) is not None):
            return True
        if (kind := kind_of(lower)) is not None:
            return self.documents and kind.walked
        return self.unknown and os.path.splitext(lower)[1] not in _NEVER


class Candidates:
    """The names that hosts read, by the folder that they lie in. Takes as long for hundreds of hosts as for one."""

    def __init__(self, *, folded: bool, thorough: bool, documents: bool = False) -> None:
        self._folded = folded
        self._thorough = thorough
        self._documents = documents
        self._plain: dict[str, set[str]] = {}
        self._endings: dict[str, set[str]] = {}
        for pattern in patterns(folded):
            if pattern.steps and not is_fixed(pattern):  # those are looked for at their places
                *above, name = pattern.steps
                folder = above[-1] if above and "*" not in above[-1] else ""
                if "*" in name:
                    self._endings.setdefault(folder, set()).add(name.rpartition("*")[2])
                else:
                    self._plain.setdefault(folder, set()).add(name)
        self._looks: dict[tuple[str, bool], Look] = {}
        self.folders = frozenset((*self._plain, *self._endings, *_FOLDERS))
        """The names of folders in which more is looked for than in any other."""
        self.linked = frozenset(name for name in self._plain if name.startswith("."))
        """The names of folders that are looked into when they are links: hidden ones, which programs made."""

    def look(self, folder: str, *, unknown: bool = False) -> Look:
        """What to look for in a folder of this name. `unknown`: files of no type may be configuration there."""
        folder = folder if folder in self.folders else ""
        unknown = unknown and self._thorough
        found = self._looks.get((folder, unknown))
        if found is None:
            found = self._looks[folder, unknown] = self._make(folder, unknown)
        return found

    def _make(self, folder: str, unknown: bool) -> Look:
        thorough = self._thorough or folder in _FOLDERS
        own = frozenset(self._plain.get(folder, ()))
        plain = own | self._plain.get("", set())
        endings = tuple(sorted(self._endings.get(folder, set()) | self._endings.get("", set())))
        originals = Originals(plain)
        linked = {name[:BEGINNING] for name in (*self.linked, *plain)}
        tails = self._spelled({end[-TAIL:] for end in (*endings, *_TYPES)})
        return Look(
            plain=plain,
            own=own if folder else frozenset(),
            endings=endings,
            originals=originals,
            beginnings=self._spelled({*originals.beginnings, *linked, *_MARKERS}),
            lasts=frozenset(tail[-1] for tail in tails),
            tails=tails,
            telling=(*TELLING, *map(str.lower, endings)),
            thorough=thorough,
            unknown=unknown,
            documents=self._documents and self._thorough,
        )

    def _spelled(self, pieces: set[str]) -> frozenset[str]:
        """In all spellings where case does not count: that costs less than to lower every name of a walk."""
        if not self._folded:
            return frozenset(pieces)
        cases = (product(*((char.lower(), char.upper()) for char in piece)) for piece in pieces)
        return frozenset("".join(spelled) for each in cases for spelled in each)
