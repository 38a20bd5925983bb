"""What is asked of a script, and what its shell's module answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from unsprawl.rules.sent import clients
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret

ELSEWHERE = frozenset(name for name, client in clients().items() if client.elsewhere)
"""What they start does not get the variables of whoever starts them."""
MOVED_NAME = "{}_FROM_VAULT"
"""A variable that no profile of a login shell sets, for scripts in which the real name could be set again."""


def names(words: Iterable[str]) -> frozenset[str]:
    """What programs the words may name; an address names none, whatever it ends with."""
    return frozenset(base_name(word) for word in words if "://" not in word)


class Unclear(Exception):
    """Carries why nobody can say that the script would do the same afterwards."""


@dataclass(frozen=True, slots=True)
class Script:
    """One word of a command line that is a script, and where in it a secret stands."""

    text: str
    start: int
    end: int
    words_before: tuple[str, ...]
    """The command line up to the script."""

    def __repr__(self) -> str:  # the text holds the secret
        return f"Script({self.start}:{self.end})"


@dataclass(frozen=True, slots=True)
class Handed:
    """The edit of the script, and the variable that the server gets instead."""

    start: int
    end: int
    variable: str
    """Its name; "" where any name will do."""
    value: Secret
    before: str = ""
    """What stands in place of start:end: nothing, or `before`, the reference to the variable, `after`."""
    after: str = ""
    expands: str = ""
    """Who replaces a reference that is put there: "server", "shell" or "powershell"; "" where there is none."""
    in_arguments: bool = False
    """The shell makes an argument of it, which every process of the machine can read."""
