"""Foreign text for one line of a message: nothing in it can move the cursor, and no argument can show a key."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 200
_RUN = re.compile(r"[A-Za-z0-9_+=-]{20,}")
_HIDDEN = "<hidden>"


def printable(text: str) -> str:
    """`text` with control, bidi and other invisible characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def shown(text: str) -> str:
    """Like `printable`, and cut where it is very long."""
    return printable(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


def shown_command(argv: Iterable[str], known: Iterable[str] = ()) -> str:
    """A command line to type. Arguments that look like keys and are not in `known` become `<hidden>`.

    A configuration may hold a literal key in an argument, and this goes to the host's log.
    """
    import shlex

    familiar = frozenset(known)
    return " ".join(shlex.quote(shown(word) if word in familiar or not _like_key(word) else _HIDDEN) for word in argv)


def _like_key(word: str) -> bool:
    if "://" in word and ("@" in word or "?" in word):
        return True
    # A long run of letters and digits; `/` and `.` end a run, so paths and packages are shown.
    return any(sum(c.isdigit() for c in run) >= 2 and any(c.isalpha() for c in run) for run in _RUN.findall(word))
