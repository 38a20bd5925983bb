"""Which files are documents, by their names: prose, scripts, code, histories. Only names; nothing here reads one."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from unsprawl.rules.bundle import DOCUMENTS, STRUCTURES, WALK
from unsprawl.scanner.record import NamedTuple


class DocumentKind(NamedTuple):
    """One kind of the rules; see rules/documents.yaml for each."""

    id: str
    reader: str
    longest: int
    walked: bool
    marks: tuple[bytes, ...]
    history: bool

    def concerns(self, content: bytes) -> bool:
        """Whether a mark is in the content, whatever encoding it has; always, where the kind asks for none."""
        if not self.marks:
            return True
        if b"\0" in content[:64]:  # UTF-16, UTF-32
            content = content.replace(b"\0", b"")
        return any(mark in content for mark in self.marks)


def _kind(raw: dict[str, Any]) -> DocumentKind:
    marks = tuple(mark.encode("ascii") for mark in raw.get("marks", WALK["search"]["marks"]))
    return DocumentKind(raw["id"], raw["reader"], raw["longest"], raw["walked"], marks, raw.get("history", False))


KINDS: dict[str, DocumentKind] = {raw["id"]: _kind(raw) for raw in DOCUMENTS["kinds"]}
_NAMES: dict[str, str] = {name: raw["id"] for raw in reversed(DOCUMENTS["kinds"]) for name in raw["names"]}
_STARRED = tuple((name, id_) for name, id_ in _NAMES.items() if "*" in name)
_ENDINGS: dict[str, str] = {end: raw["id"] for raw in reversed(DOCUMENTS["kinds"]) for end in raw["endings"]}


def kind_by_name(name: str) -> DocumentKind | None:
    """The kind that a whole file name tells, which says more than its ending: a compose file is YAML as well."""
    lower = name.lower()
    id_ = _NAMES.get(lower)
    if id_ is None:
        id_ = next((id_ for pattern, id_ in _STARRED if fnmatchcase(lower, pattern)), None)
    return None if id_ is None else KINDS[id_]


def kind_by_ending(name: str) -> DocumentKind | None:
    """The kind that the ending of a file name tells."""
    id_ = _ENDINGS.get(os.path.splitext(name.lower())[1])
    return None if id_ is None else KINDS[id_]


_STRUCTURES: dict[str, tuple[str, ...]] = {format_: tuple(STRUCTURES[format_]) for format_ in ("json", "toml")}


def is_structure(path: str, format_id: str, *, hosted: bool) -> bool:
    """Whether a file may be configuration of another program that starts servers: a compose file, a pipeline, a
    manifest; see `scanner.documents.structure`. `hosted`: a host reads it, which makes YAML nothing else."""
    if format_id == "yaml":
        return not hosted
    return format_id in _STRUCTURES and _is_called_so(os.path.basename(path).lower(), format_id)


@lru_cache(maxsize=256)
def _is_called_so(name: str, format_id: str) -> bool:
    """A home and a history hold thousands of files of a few names."""
    return any(fnmatchcase(name, pattern) for pattern in _STRUCTURES[format_id])


def kind_of(name: str) -> DocumentKind | None:
    """The kind of document that a file of this name is; None for any other file."""
    return kind_by_name(name) or kind_by_ending(name)
