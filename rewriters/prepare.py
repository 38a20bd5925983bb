"""A file's new content, made and checked in memory before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from unsprawl.rewriters.editable import editable
from unsprawl.rewriters.inverse import inverse, value_at
from unsprawl.rewriters.leftover import left_in
from unsprawl.rewriters.operations import Operation, Rewritten, carry_out, changed, plain
from unsprawl.rewriters.plan import FilePlan
from unsprawl.rewriters.replace_file import FileChanged, read_whole
from unsprawl.scanner.beside import paths_beside
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Path, Value
from unsprawl.scanner.model import Problem
from unsprawl.scanner.servers import key_paths


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file's new content, checked in memory."""

    plan: FilePlan
    real: str
    before: bytes
    after: bytes
    rewritten: Rewritten
    inverse: tuple[Operation, ...]
    """The way back by data, should the file change elsewhere."""
    entries_after: list[Value]
    """The changed entries as data, in the order of the plan's steps."""
    examined_after: Examined

    def __repr__(self) -> str:
        return "Prepared(…)"


def prepare(plan: FilePlan) -> Prepared:
    """The new content of a file, proven to differ from the old only as planned. Raises NotApplied."""
    examined, document = plan.examined, plan.examined.document
    real = editable(examined.file.path, plan.root)
    before = document.decoded.encode(document.text)
    if read_whole(real) != before:
        raise FileChanged(
            f"{examined.file.path} changed since it was scanned",
            hint="Run `unsprawl migrate` again. Close the program that writes it where that does not help.",
        )
    codec = editing_codec_for(document.codec.id)
    if codec is None:
        raise NotApplied("files of this kind are not edited", hint="Please report this as a bug.")
    operations = [operation for step in plan.steps for operation in step.operations]
    wanted = _wanted(examined)
    rewritten = carry_out(codec, document.text, operations, wanted)
    after = document.decoded.encode(rewritten.text)
    again = codec.parse(rewritten.text)
    whole = codec.parse(document.text)
    if again.root is None or again.flaws or whole.root is None:
        raise NotApplied("the file would not be well-formed after the change", hint="Please report this as a bug.")
    data = plain(whole.root)
    data_after = plain(again.root)
    if data_after != changed(data, operations) or (again.comments and not document.comments):
        raise NotApplied("the change would touch more than was planned", hint="Please report this as a bug.")
    checked = examine(examined.file, after, examined.name)
    if isinstance(checked, Problem):
        raise NotApplied("the changed file cannot be read again", hint="Please report this as a bug.")
    moved = {step.found.entry.key_path for step in plan.steps}
    if left_in(checked, moved, examined):
        raise NotApplied("a secret would be left in an entry that was to be moved")
    bases = [step.found.entry.key_path for step in plan.steps]
    back = inverse(data, operations, bases)
    return Prepared(plan, real, before, after, rewritten, back, [value_at(data_after, base) for base in bases], checked)


def _wanted(examined: Examined) -> list[Path]:
    return [*paths_beside(examined.file), *key_paths(examined.file)]
