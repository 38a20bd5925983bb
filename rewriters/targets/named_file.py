"""The part of target `env-file` for hosts whose entries name a file of variables: a private one for each entry."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rewriters.entry_env_file import entry_file, path_for, spoken_alike
from unsprawl.rewriters.operations import Insert
from unsprawl.rewriters.plan import EntryStep, Keep
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.situation import Situation, is_identifier, place_name
from unsprawl.scanner.entry_parts import ENV_KEYS
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.formats.node import at, pointer
from unsprawl.scanner.hosts import EntryEnv, host
from unsprawl.scanner.model import Finding, Transport
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import taken_by_git


def named_file(situation: Situation, way: EntryEnv) -> EntryStep:
    """The step for one entry: its variables go, and it names a file that only its server is given. Raises `Refused`."""
    entry = situation.found.entry
    if entry.transport is not Transport.STDIO:
        raise Refused(f"`{way.key}` is read for servers that are started, not for those that are called", _ELSEWHERE)
    if situation.shared:
        reason = f"the file is shared through git, and `{way.key}` would name a file of this machine"
        raise Refused(reason, "Use `--to reference`.")
    path = path_for(entry.path, pointer(entry.key_path), entry.name)
    if situation.expands(path):
        raise Refused("the host would replace a part of the path of your home folder", _ELSEWHERE)
    if reason := taken_by_git(path):
        raise Refused(f"{path}: {reason}", _ELSEWHERE)
    draft = Draft(situation)
    beside = None
    for finding in situation.found.findings:
        if finding.slot.key_path not in draft.moved:
            beside = finding.slot.key_path[:-2]
            _move(draft, finding, path)
    assert beside is not None
    key = (*beside, way.key)
    if at(situation.examined.document.root, key) is not None:
        raise Refused(
            f"`{way.key}` is there already", "Move the value into that file by hand, and make it yours alone."
        )
    draft.operations.append(Insert(key, path))
    names = ", ".join(keep.name for keep in draft.keeps)
    owners = enumerated(owner.name for owner in situation.hosts)
    return EntryStep(
        situation.found, situation.hosts, "env-file", tuple(draft.operations), tuple(draft.keeps), None,
        f"a file of its own that the entry names, under {names}; {owners} gives it to this server alone",
        notes=(*_notes(situation, way), "the value stands there in plain text, in a file only you can read"),
    )  # fmt: skip


_ELSEWHERE = "Choose another target with `--to`."


def _move(draft: Draft, finding: Finding, path: str) -> None:
    """Take one variable out of the entry. Raises `Refused` for what is none, or what readers could take differently."""
    situation, place = draft.situation, finding.slot.key_path
    name = place[-1]
    if not isinstance(name, str) or len(place) < 2 or place[-2] not in ENV_KEYS:
        raise Refused(f"{place_name(finding)} does not stand in a map of variables", _ELSEWHERE)
    if not is_identifier(name):
        raise Refused(f"{place_name(finding)} has no name that a file of variables can hold", _ELSEWHERE)
    whole = situation.whole(finding)
    if situation.expands(whole):
        raise Refused(f"{place_name(finding)} holds a reference, which stands for nothing in that file", _ELSEWHERE)
    secret = Secret(whole)
    if not spoken_alike(secret):
        raise Refused("the value holds blanks, quotes or other characters that readers of such files take differently",
                      "Use `--to run`.")  # fmt: skip
    try:
        known = entry_file(path).get_variable(name)
    except UnsprawlError as error:
        raise Refused(error.message, error.hint) from None
    if known is not None and known != secret:
        raise Refused(f"{name} stands in {path} already, with another value", "Use `--to run`.")
    draft.moved.add(place)
    draft.remove(place)
    draft.keep(Keep("file", name, secret, path))


def _notes(situation: Situation, way: EntryEnv) -> Iterator[str]:
    """Hosts that read the file without being asked, and would start the server without its key."""
    for reading in situation.examined.file.readings:
        other = host(reading.host)
        if reading.host in situation.found.entry.also and (
            other.entry_env_file is None or other.entry_env_file.key != way.key
        ):
            yield f"{other.name} reads this file too, and is not known to read `{way.key}`"
