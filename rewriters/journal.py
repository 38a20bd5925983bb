"""What was changed and how to take it back: one JSON file per migration, without any secret in it.

The texts that undo puts back rest in the vault, under the item that a file's `reversal` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from unsprawl.scanner.errors import NotApplied
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, write_private

SCHEMA_VERSION = 1


class State(StrEnum):
    """How far a file's change has come."""

    PLANNED = "planned"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    ROLLED_BACK = "rolled-back"

    @property
    def holds(self) -> bool:
        """Whether the file may name what was kept for it."""
        return self in (State.PLANNED, State.DONE, State.UNDOING)


@dataclass(slots=True)
class EntryNote:
    """One entry that was moved."""

    pointer: str
    entry: str
    hosts: list[str]
    target: str
    ref: str | None = None
    project: str | None = None
    items: list[str] = field(default_factory=list)
    """Vault items that the record uses."""
    variables: list[str] = field(default_factory=list)
    """Variables of the shell file, or of `file`, that the entry names."""
    added: list[str] = field(default_factory=list)
    """Those of them that were not there before."""
    file: str | None = None
    """The host's own file that they are in; None for that of the shell."""
    made: bool = False
    """That file was not there before."""
    rotate: list[list[str]] = field(default_factory=list)
    """(what it is, page where it can be replaced) of each moved secret."""
    put_back: bool = False
    """`undo` has put this entry back, while others of its file could not be."""
    tools: list[str] | None = None
    """Names of the server's tools before the migration; None where nobody asked it then."""
    deposit: dict[str, Any] | None = None
    """What a broker of others was given, see `deposits`."""

    def key(self, name: str) -> str:
        """What a variable of the entry is called where those of several files are told apart."""
        return name if self.file is None else f"{self.file}: {name}"

    @property
    def keys(self) -> dict[str, str]:
        """Its variables by that."""
        return {self.key(name): name for name in self.variables}


@dataclass(slots=True)
class FileNote:
    """One file that was changed. Digests are keyed, and made without what stood at `blanks_*`: the secrets."""

    path: str
    real: str
    root: str | None
    format: str
    digest_before: str
    blanks_before: list[list[int]]
    digest_after: str
    blanks_after: list[list[int]]
    reversal: str
    store: str
    state: State
    entries: list[EntryNote]
    live: bool = False
    """Its host writes it while it runs."""


class BranchState(StrEnum):
    """How far the commit of a migration has come."""

    PLANNED = "planned"
    MADE = "made"
    """The work tree is on the new branch, or was."""
    UNDONE = "undone"
    ROLLED_BACK = "rolled-back"


@dataclass(slots=True)
class PlacedNote:
    """One file of the commit. Names of objects are git's, of contents without the moved secrets."""

    path: str
    """Relative to the top of the work tree, with `/`."""
    mode: str
    before: str | None
    """What git had there; None where it had none."""
    after: str
    moved: bool
    """It is one of the journal's files; the others were written beside them."""
    cut: list[int] = field(default_factory=list)
    """Start and end of what was put into a file that was there, in bytes."""


@dataclass(slots=True)
class BranchNote:
    """The commit that a migration was made as, on a branch of its own."""

    top: str
    name: str
    was: str
    """What was checked out: `refs/heads/…`, or a commit."""
    base: str
    state: BranchState
    placed: list[PlacedNote]
    commit: str = ""
    """"" until it is made."""

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.name}"


@dataclass(slots=True)
class Journal:
    """One run of `migrate`, or what it did in one repository."""

    id: str
    created_at: str
    files: list[FileNote] = field(default_factory=list)
    branch: BranchNote | None = None

    @property
    def path(self) -> Path:
        return folder() / f"{self.id}.json"

    @property
    def in_force(self) -> bool:
        """Whether something of it can be undone."""
        return any(file.state in (State.DONE, State.UNDOING) for file in self.files)

    def label(self, note: FileNote) -> str:
        """What the temporary file beside a file of this journal is called by."""
        return f"{self.id}-{next(number for number, file in enumerate(self.files) if file is note)}"

    def save(self) -> None:
        """Write it, in one step. Raises VaultError."""
        import json

        private_folder(places.data_dir())
        private_folder(folder())
        data = {"schema_version": SCHEMA_VERSION, **asdict(self)}
        write_private(self.path, json.dumps(data, indent=2).encode("ascii") + b"\n")


def folder() -> Path:
    """Where journals lie."""
    return places.data_dir() / "journal"


def new_journal() -> Journal:
    """An empty journal with an id that sorts by time, to the microsecond: of two the later one is undone first."""
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return Journal(f"{now:%Y%m%d-%H%M%S-%f}", now.isoformat(timespec="seconds"))


def journals() -> Iterator[Journal]:
    """All journals, oldest first. Raises NotApplied for a damaged one."""
    for path in journal_files():
        yield read_journal(path)


def journal_files() -> list[Path]:
    """The files of all journals, oldest first, damaged ones too."""
    return sorted(folder().glob("*.json"))


def journal(journal_id: str) -> Journal:
    """One journal. Raises NotApplied when there is none of that id."""
    for found in journals():
        if found.id == journal_id:
            return found
    raise NotApplied("there is no migration of that id", hint="`unsprawl undo --list` shows them.")


def read_journal(path: Path) -> Journal:
    """The journal in one file of `journal_files`. Raises NotApplied when it is damaged."""
    import json

    try:
        data: dict[str, Any] = json.loads(read_private(path))
        if data["schema_version"] != SCHEMA_VERSION or f"{data['id']}.json" != path.name:
            raise ValueError
        files = [
            FileNote(**{**file, "state": State(file["state"]), "entries": [EntryNote(**e) for e in file["entries"]]})
            for file in data["files"]
        ]
        return Journal(data["id"], data["created_at"], files, _branch(data.get("branch")))
    except (ValueError, KeyError, TypeError):
        raise NotApplied(f"{path} is damaged", hint="Restore it from a backup, or move it away.") from None


def _branch(data: dict[str, Any] | None) -> BranchNote | None:
    if data is None:
        return None
    placed = [PlacedNote(**each) for each in data["placed"]]
    return BranchNote(**{**data, "state": BranchState(data["state"]), "placed": placed})
