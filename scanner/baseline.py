"""The baseline: places whose secrets are known, so that only new ones fail. Pure.

It names places, as fingerprints do, and holds nothing of a value: a new value at a known place is not new to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unsprawl.scanner.model import Silence
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import MASK, one_line

NAME = ".unsprawl.baseline.json"
LONGEST_REASON = 500
KNOWN, FALSE_POSITIVE = "known", "false-positive"


class Known(NamedTuple):
    """One place that is known. The names are redacted: they are for people, the fingerprint tells the place."""

    fingerprint: str
    path: str
    """From the folder that the baseline holds for; `~/…` or absolute where it holds for everything."""
    rule: str
    entry: str = ""
    slot: str = ""
    """Kind and name of the field."""
    status: str = KNOWN
    """KNOWN, or FALSE_POSITIVE."""
    reason: str = ""
    expires: str = ""
    """The last day on which it counts, `YYYY-MM-DD`; "" for no end."""
    history: bool = False
    """It was found in a commit, so it is not gone when the work tree has it no more."""


class Baseline(NamedTuple):
    """A baseline that was read."""

    path: str
    """The file, absolute."""
    folder: str
    """What it holds for, in the spelling of `Surroundings.comparable`; "" for everything."""
    known: dict[str, Known]
    lines: Mapping[str, int]
    """Where each fingerprint stands in the file."""
    expired: frozenset[str]
    """Fingerprints whose last day is over."""
    homes: tuple[str, ...] = ()
    """What `~` stands for in its paths, comparable."""
    folded: bool = False
    """Case does not count in paths."""

    @property
    def reason(self) -> Silence:
        return Silence.BASELINE

    @property
    def insists(self) -> bool:
        """`--no-ignore` is about ignore lists: a baseline counts because somebody asked for it."""
        return True

    def silences(self, fingerprint: str, file: str) -> tuple[int, str] | None:
        """The line and the note of a known place in `file` (a comparable real path); None for a new one."""
        known = self.known.get(fingerprint)
        if known is None or fingerprint in self.expired or not self.is_of(known, file):
            return None
        return self.lines.get(fingerprint, 1), known.reason

    def holds_for(self, file: str) -> bool:
        """Whether it may speak of the file (a comparable real path)."""
        return not self.folder or file.startswith(self.folder.rstrip("/") + "/")

    def is_of(self, known: Known, file: str) -> bool:
        """Whether the file is the one that was known: two repositories below one folder have equal fingerprints."""
        if not self.holds_for(file):
            return False
        if MASK in known.path:
            return True
        return one_line(file) in map(one_line, self.files(known))

    def files(self, known: Known) -> Sequence[str]:
        """The files that the path of a known place may stand for, comparable."""
        path = known.path.lower() if self.folded else known.path
        if path.startswith("~/"):
            return [f"{home}{path[1:]}" for home in self.homes]
        return [path if path.startswith("/") or path[1:2] == ":" else f"{self.folder.rstrip('/')}/{path}"]


def empty(path: str, folder: str, homes: tuple[str, ...] = (), *, folded: bool = False) -> Baseline:
    """A baseline that knows nothing yet."""
    return Baseline(path, folder, {}, {}, frozenset(), homes, folded)
