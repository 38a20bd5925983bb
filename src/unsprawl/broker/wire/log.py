"""The audit log of the wire proxy: what was sent where, and what was stopped. Never a value, a query or a path.

JSON lines in two files: what was stopped lies apart, so that a server cannot push it out with a flood of ordinary
requests. Each line is one write at the end of the file, so that many runs can write at once; a full file is renamed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unsprawl.broker.wire.model import Event, Happening
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault import places
from unsprawl.vault.files import private_folder
from unsprawl.vault.locks import held

SCHEMA_VERSION = 1
_NAMES = ("stopped", "sent")
_APART = frozenset({Happening.STOPPED, Happening.REFUSED})
_FULL = 2 * 1024 * 1024
_KEPT = 4
"""Older files of each kind, beside the one that is written."""
_LONGEST = 256
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Line(NamedTuple):
    """One line, as it is read back."""

    at: str
    """ISO 8601, UTC, with microseconds."""
    ref: str
    run: str
    """The same for all lines of one start."""
    what: str
    host: str
    method: str
    status: int
    variables: tuple[str, ...]
    reason: str


class AuditLog:
    """Where one run writes. It never raises: a full disk must not take the server's connections."""

    def __init__(self, ref: str, folder: Path | None = None, full: int = _FULL) -> None:
        self._ref = ref
        self._run = os.urandom(6).hex()
        self._folder = folder or log_folder()
        self._full = full
        self.failed = False
        """Whether a line could not be written."""

    def write(self, event: Event) -> None:
        """Append one event."""
        line = json.dumps(_json(now(), self._ref, self._run, event), separators=(",", ":")).encode("ascii") + b"\n"
        path = self._folder / f"{_NAMES[event.what not in _APART]}.jsonl"
        try:
            if self._append(path, line) > self._full:
                self._turn(path)
        except Exception:  # whatever it is: it must not reach a connection
            self.failed = True

    def _append(self, path: Path, line: bytes) -> int:
        try:
            descriptor = os.open(path, _APPEND, 0o600)
        except FileNotFoundError:
            private_folder(private_folder(places.data_dir()) / self._folder.name)
            descriptor = os.open(path, _APPEND, 0o600)
        try:
            os.write(descriptor, line)
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def _turn(self, path: Path) -> None:
        """Rename the full file; whoever else is doing it just now, or has done it, does it for us."""
        with suppress(StoreUnavailable, FileNotFoundError), held("wire-log", 0):
            if path.stat().st_size <= self._full:
                return
            for number in range(_KEPT - 1, 0, -1):
                with suppress(FileNotFoundError):
                    os.replace(f"{path}.{number}", f"{path}.{number + 1}")
            os.replace(path, f"{path}.1")


def now() -> str:
    """The time as lines have it: as text, they come in the order of time."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def log_folder() -> Path:
    """Where the log lies. Not created."""
    return places.data_dir() / "wire"


def read(ref: str | None = None, folder: Path | None = None) -> list[Line]:
    """All lines that are there, oldest first; those of one record with `ref`. What is no line of ours is left out."""
    lines = [line for path in _files(folder or log_folder()) for line in _lines(path)]
    return sorted((line for line in lines if ref is None or line.ref == ref), key=lambda line: line.at)


class Follower:
    """Gives what is written after it was made."""

    def __init__(self, folder: Path | None = None) -> None:
        self._paths = [(folder or log_folder()) / f"{name}.jsonl" for name in _NAMES]
        self._at: dict[Path, tuple[int, int]] = dict.fromkeys(self._paths, (0, 0))
        """Which file, by its number, and how much of it was read."""
        for path in self._paths:
            with suppress(FileNotFoundError):
                facts = path.stat()
                self._at[path] = facts.st_ino, facts.st_size

    def new(self) -> list[Line]:
        """The lines that came since the last call, oldest first. What was in a file when it was renamed counts, too."""
        found: list[Line] = []
        for path in self._paths:
            known, _ = self._at[path]
            for each in (Path(f"{path}.1"), path):
                with suppress(FileNotFoundError), open(each, "rb") as file:
                    number = os.fstat(file.fileno()).st_ino
                    if each != path and number != known:
                        continue
                    start = self._at[path][1] if number == self._at[path][0] else 0
                    file.seek(start)
                    content = file.read()
                    whole = content.rfind(b"\n") + 1
                    self._at[path] = number, start + whole
                    found += _lines(content[:whole])
        return sorted(found, key=lambda line: line.at)


def _files(folder: Path) -> Iterator[bytes]:
    seen: set[tuple[int, int]] = set()
    for name in _NAMES:
        path = folder / f"{name}.jsonl"
        # From the newest: what is renamed meanwhile is met once more, and known by its number.
        for each in (path, *(Path(f"{path}.{number}") for number in range(1, _KEPT + 1))):
            with suppress(FileNotFoundError), open(each, "rb") as file:
                facts = os.fstat(file.fileno())
                if (facts.st_dev, facts.st_ino) not in seen:
                    seen.add((facts.st_dev, facts.st_ino))
                    yield file.read()


def _lines(content: bytes) -> Iterator[Line]:
    for text in content.splitlines():
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            yield _line(json.loads(text))


def _line(data: dict[str, Any]) -> Line:
    if data["schema_version"] != SCHEMA_VERSION:
        raise ValueError
    texts = {name: data[name] for name in ("at", "ref", "run", "what", "host", "method", "reason")}
    if not all(isinstance(text, str) for text in (*texts.values(), *data["variables"])):
        raise TypeError
    return Line(status=int(data["status"]), variables=tuple(data["variables"]), **texts)


def as_json(line: Line) -> str:
    """The line for `--format json`, which is the line as it was written."""
    return json.dumps({"schema_version": SCHEMA_VERSION, **line._asdict(), "variables": list(line.variables)})


def _json(now: str, ref: str, run: str, event: Event) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "at": now,
        "ref": ref,
        "run": run,
        "what": event.what.value,
        "host": event.host[:_LONGEST],
        "method": event.method[:_LONGEST],
        "status": event.status,
        "variables": list(event.variables),
        "reason": event.reason[:_LONGEST],
    }
