"""Files that a migration's commit holds beside the moved entries, put into the work tree and taken out again."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from unsprawl.rewriters.editable import editable
from unsprawl.rewriters.journal import PlacedNote
from unsprawl.rewriters.replace_file import Watch, create, read_whole, replace, sweep, unwatched
from unsprawl.scanner.errors import NotApplied


@dataclass(frozen=True, slots=True)
class Placed:
    """One file with its new content; it holds nothing secret that was not there before."""

    name: str
    """Relative to the top, with `/`."""
    before: bytes | None
    """None where there is no such file yet."""
    after: bytes
    mode: str
    why: str
    """What it is, for people."""

    def __repr__(self) -> str:
        return f"Placed({self.name})"


def inserted(before: bytes, after: bytes) -> tuple[int, int] | None:
    """The one piece of `after` without which it is `before`, as (start, end); None where there is no such piece.

    So the way back needs no copy of what stood there.
    """
    if len(after) < len(before):
        return None
    start = 0
    while start < len(before) and before[start] == after[start]:
        start += 1
    end = start + len(after) - len(before)
    return (start, end) if after[:start] + after[end:] == before else None


def put(top: str, file: Placed, label: str, watch: Watch = unwatched) -> None:
    """Write it into the work tree, whole or not at all. Raises NotApplied."""
    path = os.path.join(top, *file.name.split("/"))
    if file.before is not None:
        replace(editable(path, top), file.before, file.after, label, watch)
        return
    watch(f"place {file.why}")
    try:
        create(path, file.after, label, 0o777 if file.mode == "100755" else 0o666)
    except OSError as error:
        raise NotApplied(f"{path}: {error.strerror}", hint="Nothing was changed.") from None


def take_out(top: str, note: PlacedNote, label: str, id_of: Callable[[str, bytes], str]) -> bool:
    """Take it back where it still is as it was put: delete it, or cut the piece out; answers whether it is gone.

    `id_of`: the object that git would keep for a content. Raises NotApplied.
    """
    path = os.path.join(top, *note.path.split("/"))
    sweep(path, label)
    if not os.path.lexists(path):
        return note.before is None
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    content = read_whole(path)
    now = id_of(note.path, content)
    if now == note.before:
        return True
    if now != note.after:
        return False
    if note.before is None:
        os.unlink(path)
        return True
    start, end = note.cut
    before = content[:start] + content[end:]
    if id_of(note.path, before) != note.before:
        return False
    replace(editable(path, top), content, before, label)
    return True
