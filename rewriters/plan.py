"""What a migration would do, as values: steps that can be printed and checked, and refusals with their reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from unsprawl.broker.external.deposit import Deposit
from unsprawl.rewriters.operations import Operation
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.hosts import Host
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Destination

Home: TypeAlias = Literal["vault", "shell", "file", "broker"]
"""Where a value goes: the vault, the file of exported variables that shells load, the one that the host loads, or a
broker of others.
"""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep `secret` under the variable `name`."""

    home: Home
    name: str
    secret: Secret
    file: str | None = None
    """The file of the host, where that is the home."""


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """What may use the kept values: the command that `unsprawl run` will start for this entry, or the host that asks
    for the headers of one server."""

    ref: str
    argv: tuple[str, ...]
    root: str | None
    """The project that a shared file belongs to; None for an entry of the user's own, which may start in any folder."""
    headers: tuple[tuple[str, str], ...] = ()
    """(header, its text with places for the kept values)."""
    told: tuple[tuple[str, str], ...] = ()
    """(variable, what the host says in it) when it asks for them."""
    wire: tuple[Destination, ...] = ()
    """Where the proxy may put the kept values in; of those without one the server gets the value itself."""

    def __repr__(self) -> str:
        return f"RecordDraft({self.ref})"


@dataclass(frozen=True, slots=True)
class EntryStep:
    """Everything that happens to one entry."""

    found: ExaminedEntry
    hosts: tuple[Host, ...]
    target: str
    operations: tuple[Operation, ...]
    keeps: tuple[Keep, ...]
    record: RecordDraft | None
    summary: str
    """One line for people: where the value goes."""
    notes: tuple[str, ...] = ()
    """Why it goes there and not somewhere better."""
    todo: tuple[str, ...] = ()
    """What a person must do for it to work, or should do."""
    deposit: Deposit | None = None
    """What goes to a broker of others."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that stays as it is, and why."""

    found: ExaminedEntry
    target: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FilePlan:
    """All steps in one file, to be applied together."""

    examined: Examined
    steps: tuple[EntryStep, ...]
    root: str | None
    """The project folder that a shared file must lie in; None for a file of the user's own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of what `migrate` would do."""

    files: tuple[FilePlan, ...]
    refusals: tuple[Refusal, ...]

    @property
    def steps(self) -> tuple[EntryStep, ...]:
        return tuple(step for file in self.files for step in file.steps)


class VariableNames:
    """Gives each value a variable name of its own; one value keeps one name in all its places."""

    def __init__(self, taken: Mapping[str, Secret], *, folds_case: bool = False) -> None:
        """`folds_case`: names that differ only in case are one variable, as on Windows."""
        self._folds_case = folds_case
        self._taken: dict[str, Secret] = {}
        for name, value in taken.items():
            self._take(name, value if self.fits(name, value) else Secret("\0"))

    def claim(self, wanted: str, secret: Secret, *alternatives: str) -> str:
        """`wanted`, or the first alternative that is free, or one with a number."""
        for name in (wanted, *alternatives):
            if self.fits(name, secret):
                self._take(name, secret)
                return name
        number = 2
        while not self.fits(f"{wanted}_{number}", secret):
            number += 1
        self._take(f"{wanted}_{number}", secret)
        return f"{wanted}_{number}"

    def fits(self, name: str, secret: Secret) -> bool:
        """Whether the name is free or already stands for this very value."""
        return self._taken.get(self._key(name), secret) == secret

    def _take(self, name: str, secret: Secret) -> None:
        self._taken[self._key(name)] = secret

    def _key(self, name: str) -> str:
        return name.upper() if self._folds_case else name

    @contextmanager
    def tentative(self) -> Iterator[Callable[[], None]]:
        """Claims made in the block are given back at its end, unless the block calls what it is given."""
        before, kept = dict(self._taken), False

        def keep() -> None:
            nonlocal kept
            kept = True

        yield keep
        if not kept:
            self._taken = before


class RefNames:
    """Gives each entry of a project a vault record of its own: two files of one project may both have a `github`."""

    def __init__(self, taken: Iterable[tuple[str | None, str]]) -> None:
        self._taken = set(taken)

    def claim(self, wanted: str, project: str | None) -> str:
        """`wanted`, or the same with a number."""
        ref, number = wanted, 2
        while (project, ref) in self._taken:
            ref, number = f"{wanted}-{number}", number + 1
        self._taken.add((project, ref))
        return ref


def variable(text: str) -> str:
    """`text` as an environment variable's name: `exaApiKey` becomes `EXA_API_KEY`."""
    humps = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in humps).strip("_").upper()
    while "__" in name:
        name = name.replace("__", "_")
    return f"V_{name}" if not name or name[0].isdigit() else name
