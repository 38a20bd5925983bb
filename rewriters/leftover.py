"""Whether an entry that shall be clean really is: its new text is judged as a scan would judge it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from unsprawl.rewriters.operations import Operation, carry_out
from unsprawl.scanner.beside import paths_beside
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.model import Problem
from unsprawl.scanner.servers import key_paths


def would_leave_one(examined: Examined, key_path: Path, operations: Sequence[Operation]) -> bool:
    """Whether a scan would still find something in the entry at `key_path` after the operations.

    An odd syntax around a value can make the reference in its place look like a value again. What cannot be carried
    out at all is not judged here.
    """
    document = examined.document
    codec = editing_codec_for(document.codec.id)
    if codec is None:
        return False
    try:
        wanted = [*paths_beside(examined.file), *key_paths(examined.file)]
        text = carry_out(codec, document.text, operations, wanted).text
    except NotApplied:
        return False
    after = examine(examined.file, document.decoded.encode(text), examined.name)
    return not isinstance(after, Problem) and left_in(after, {key_path}, examined)


def left_in(after: Examined, moved: Collection[Path], before: Examined) -> bool:
    """Whether one of the `moved` entries holds a secret other than those that were silenced before."""
    left = Counter(f.secret for entry in after.entries if entry.entry.key_path in moved for f in entry.findings)
    left -= Counter(silenced.finding.secret for silenced in before.silenced)  # these stay where they are
    return bool(left)
