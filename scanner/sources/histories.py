"""Older versions of files that editors keep under meaningless names; an index beside them tells whose they are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.discover import ConfigFile, known_file
from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.surroundings import Surroundings

INDEXES: dict[str, dict[str, int]] = {}
"""How long an index may be, by the name of the folder of histories and that of the index."""
for _item in WALK["histories"]:
    INDEXES.setdefault(_item["folder"], {})[_item["index"]] = _item["longest"]


def is_index(path: str) -> bool:
    """Whether the file is the index of a history: `History/<any name>/entries.json`."""
    folder, _, name = path.rpartition(os.sep)
    return name in INDEXES.get(os.path.basename(os.path.dirname(folder)), ())


def versions(index: str, around: Surroundings) -> Iterator[ConfigFile]:
    """The versions that an index lists, when they are those of a file that a host reads."""
    folder, name = os.path.split(index)
    data = read(index, most=INDEXES[os.path.basename(os.path.dirname(folder))][name])
    if not isinstance(data, bytes):
        return
    try:
        listed = json.loads(data)
        like, entries = _path(listed["resource"]), listed["entries"]
        names = [entry["id"] for entry in entries]
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # another program's file of that name; it goes no further
    for version in names:
        # A hostile index must not lead out of its folder.
        if isinstance(version, str) and version == os.path.basename(version) and version not in ("", ".", ".."):
            path = os.path.join(folder, version)
            found = known_file(path, around, like) if like else None
            if found is not None and os.path.isfile(path) and not os.path.islink(path):
                yield found


def _path(resource: object) -> str:
    """The path of a `file:` or `vscode-remote:` address."""
    from urllib.parse import unquote, urlsplit

    path = unquote(urlsplit(resource).path) if isinstance(resource, str) else ""
    # `file:///c%3A/Users/…`
    return path[1:] if path[2:3] == ":" else path
