"""Toxic pairs: a server that reads files, beside configuration files with written-out secrets below its root."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from unsprawl.rules.bundle import READERS
from unsprawl.scanner.cautions import Caution, fingerprint
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Finding
from unsprawl.scanner.packages import flag_values
from unsprawl.scanner.sources.links import is_within
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.spelled import SPELLINGS, expanded
from unsprawl.scanner.surroundings import Surroundings

EVERYTHING = os.sep
_MOUNT_FLAGS = frozenset({"-v", "--volume"})
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def toxic_pairs(
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    around: Surroundings,
    names: Mapping[str, str],
    shown: Callable[[str], str],
) -> Iterator[Caution]:
    """One caution for each server that may read a file with secrets.

    `names`: what fingerprints call each file. `shown`: a path as reports name it.
    """
    places: dict[str, int] = {}
    for finding in findings:
        places[finding.place.path] = places.get(finding.place.path, 0) + 1
    real: dict[str, str] = {}
    for entry in entries:
        kind = _kind(entry)
        if kind is None or "disabled" in entry.marks:
            continue
        real = real or {path: os.path.realpath(path) for path in places}
        roots = [os.path.realpath(folder) for folder in readable_folders(entry, kind, around)]
        within = [path for path in places if any(is_within(real[path], folder) for folder in roots)]
        if within:
            where = pointer(entry.key_path)
            yield Caution(
                "toxic-pair", entry.path, entry.line, where, entry.hosts, entry.name,
                _told([shown(path) for path in within], everything=EVERYTHING in roots),
                fingerprint("toxic-pair", names[entry.path], where),
            )  # fmt: skip


def _told(paths: list[str], *, everything: bool) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    verb = "hold" if more else "holds"
    reach = "this server reads any file" if everything else "this server reads files"
    return f"{reach}, and {paths[0]}{more} {verb} secrets: whatever the model reads can make it ask for them"


def _kind(entry: Entry) -> dict[str, Any] | None:
    package = entry.package.lower()
    if not package:
        return None
    for kind in READERS["servers"]:
        if any(fragment in package for fragment in kind["packages"]):
            found: dict[str, Any] = kind
            return found
    return None


def readable_folders(entry: Entry, kind: dict[str, Any], around: Surroundings) -> Iterator[str]:
    """The folders on this machine that the server may read, absolute."""
    project = repository_of(os.path.dirname(entry.path)) or os.path.dirname(entry.path)
    if "everything" in kind["roots"]:
        yield EVERYTHING
        return
    words = list(entry.command[1:])
    spelled: list[str] = []
    mounted = list(_mounted(words))
    if "operands" in kind["roots"]:
        # What a container is told are its own folders: only the mounts are on this machine.
        spelled += mounted or _operands(words)
    if "flags" in kind["roots"]:
        spelled += mounted or flag_values(words, kind["flags"])
    for text in spelled:
        folder = _folder(text, around, project)
        if folder is not None:
            yield folder


def _operands(words: list[str]) -> list[str]:
    """Words that are written like a folder."""
    return [word for word in words if not word.startswith("-") and _is_path(word)]


def _is_path(word: str) -> bool:
    marked = word.startswith(("/", "\\\\", "./", "../", ".\\")) or word in (".", "..")
    return marked or _DRIVE.match(word) is not None or word.startswith(SPELLINGS)


def _mounted(words: list[str]) -> Iterator[str]:
    """The host's side of `-v HOST:CONTAINER` and `--mount type=bind,src=HOST,…`."""
    for text in flag_values(words, tuple(_MOUNT_FLAGS)):
        drive = text[:2] if _DRIVE.match(text) else ""
        yield drive + text[len(drive) :].split(":", 1)[0]
    for text in flag_values(words, ("--mount",)):
        fields = dict(field.partition("=")[::2] for field in text.split(","))
        source = fields.get("src") or fields.get("source")
        if source and fields.get("type", "bind") == "bind":
            yield source


def _folder(text: str, around: Surroundings, project: str) -> str | None:
    path = expanded(text, around.home, project)
    if path is None:
        return None  # some variable: where it leads is not known here
    if path != text or path.startswith("/") or _DRIVE.match(path):
        return os.path.normpath(path)
    return os.path.normpath(os.path.join(project, path)) if path.startswith("..") else None
