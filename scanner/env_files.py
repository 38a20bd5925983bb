"""An environment file that an entry names, to findings: its variables are the entry's. No disk, no terminal."""

from __future__ import annotations

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.examine import Examined, Names, finding_at, judged, with_comments
from unsprawl.scanner.formats.document import parse
from unsprawl.scanner.model import Entry, Literal, Problem, SlotKind
from unsprawl.scanner.slots import variable_slots

MAX_BYTES = 1 << 20
"""Far above any list of variables."""


def as_env_file(path: str, named_in: ConfigFile) -> ConfigFile:
    """The environment file at `path`, which is read by the hosts that read the file that names it."""
    readings = tuple(reading._replace(format="dotenv", servers=()) for reading in named_in.readings)
    return ConfigFile(path, readings)


def examine_env_file(file: ConfigFile, data: bytes, name: str, entry: Entry) -> Examined | Problem:
    """What is in an environment file that `entry` names. `name` is as for `examine`."""
    document = parse(file.path, data, file.format)
    if isinstance(document, Problem):
        return document
    names = Names(name)
    findings = tuple(
        finding_at(document, group.node, slot, judgement, file, entry, names)
        for group in variable_slots(document.root, entry)
        for slot, judgement in judged(group)
        if isinstance(judgement, Literal)
    )
    switched_off, unread = with_comments(document, file, names, findings, SlotKind.FILE)
    return Examined(file, name, document, (), findings + switched_off, unjudged=tuple(unread))
