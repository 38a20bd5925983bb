"""An environment file that an entry names, to findings: its variables are the entry's. No disk, no terminal."""

from __future__ import annotations

from collections.abc import Mapping

from unsprawl.scanner.discover import ConfigFile
from unsprawl.scanner.examine import Examined, Names, finding_at, judged, with_comments
from unsprawl.scanner.formats.document import parse
from unsprawl.scanner.model import Confidence, Entry, Finding, Literal, Problem, SlotKind
from unsprawl.scanner.slots import variable_slots

MAX_BYTES = 1 << 20
"""Far above any list of variables."""


def is_env_file(name: str) -> bool:
    """Whether a file is called as those are that programs read without being told to: `.env`, `.env.local`."""
    return name == ".env" or name.startswith(".env.")


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
        for group in variable_slots(document.root, entry.package)
        for slot, judgement in judged(group)
        if isinstance(judgement, Literal)
    )
    switched_off, unread = with_comments(document, file, names, findings, SlotKind.FILE)
    return Examined(file, name, document, (), findings + switched_off, unjudged=tuple(unread), named_by=entry)


def referenced(found: Examined) -> dict[str, Entry]:
    """The variables that the entries of a file take from their environment, each with the first that does."""
    names: dict[str, Entry] = {}
    for entry in found.entries:
        for _, reference in entry.references:
            for name in reference.names:
                names.setdefault(name, entry.entry)
    return names


def examine_beside(file: ConfigFile, data: bytes, name: str, wanted: Mapping[str, Entry]) -> Examined | Problem:
    """What is in an environment file that lies beside a project's entries, of which none names it.

    `wanted` are the variables that they take. Of the others, which the project's own code may want, only those count
    whose values are of a known format.
    """
    document = parse(file.path, data, file.format)
    if isinstance(document, Problem):
        return document
    names = Names(name)
    findings: list[Finding] = []
    for member in document.root.members:
        entry = wanted.get(member.key)
        for group in variable_slots(document.root._replace(members=(member,)), entry.package if entry else ""):
            for slot, judgement in judged(group):
                if isinstance(judgement, Literal) and _counts(judgement, wanted=entry is not None):
                    findings.append(finding_at(document, group.node, slot, judgement, file, entry, names))
    switched_off, unread = with_comments(document, file, names, tuple(findings), SlotKind.FILE)
    known = tuple(finding for finding in switched_off if _counts(finding.literal, wanted=False))
    # What is no list of variables is no concern of the entries either.
    document = document._replace(problems=())
    return Examined(file, name, document, (), (*findings, *known), unjudged=tuple(unread))


def _counts(literal: Literal, *, wanted: bool) -> bool:
    if wanted:
        return literal.confidence is not Confidence.LOW
    return literal.confidence is Confidence.HIGH and not literal.rule.startswith("generic-")
