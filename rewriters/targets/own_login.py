"""A vendor's local server that logs in by itself: it stays where it is, and its key goes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unsprawl.rewriters.operations import Insert, Operation, Remove
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.handover import without_empty
from unsprawl.rewriters.targets.launcher import Launcher, launcher_of
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.model import SlotKind
from unsprawl.scanner.packages import CONTAINERS
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.remotes.catalogue import LocalLogin, Service
from unsprawl.scanner.remotes.facts import Facts

_SET = re.compile(r"(?s)(?:--env=|-e)?([A-Za-z_][A-Za-z0-9_]*)(?:=.*)?")
_FLAGS = ("-e", "--env")


def own_login_of(service: Service | None, facts: Facts) -> LocalLogin | None:
    """How the server that an entry starts logs in by itself; None where it is not known to."""
    own = service.local_login if service is not None else None
    if own is None or facts.started is None:
        return None
    kind, name = facts.started
    known = dict(own.kinds).get(kind, ())
    return own if any(name == each or (kind == "programs" and name.split()[0] == each) for each in known) else None


def without_key(situation: Situation, own: LocalLogin) -> list[Operation]:
    """The operations that leave the server as it is and take its key away. Raises `Refused` where that is not sure."""
    launcher = launcher_of(situation)
    if launcher.line or (launcher.rewrites(launcher.path) and launcher.before_args > 1):
        raise Refused("its command is one text", "Write the program and its arguments apart, then try again.")
    contained = base_name(launcher.argv[0]) in CONTAINERS
    gone: dict[Path, None] = {}
    for finding in situation.found.findings:
        if finding.slot.context.kind is SlotKind.ENV:
            gone[_pair(finding.slot.key_path)] = None
    words = dict.fromkeys(_words(launcher, situation, own)) if contained else {}
    paths = {position: _path(launcher, position) for position in words}
    for finding in situation.found.findings:
        if finding.slot.context.kind is SlotKind.ENV and _pair(finding.slot.key_path) in gone:
            continue
        if finding.slot.key_path not in paths.values():
            raise Refused(f"{place_name(finding)} is no variable of the server", "Take it out by hand.")
    removed = without_empty(situation, [Remove(path) for path in gone])
    removed += [Remove(paths[position]) for position in sorted(paths, reverse=True)]
    return [*removed, *(_published(launcher, own) if contained else ())]


def _pair(path: Path) -> Path:
    return path[:-1] if str(path[-1]).lower() == "value" and isinstance(path[-2], int) else path


def _path(launcher: Launcher, position: int) -> Path:
    if launcher.args and position >= launcher.before_args and launcher.before_args:
        return (*launcher.args, position - launcher.before_args)
    return (*launcher.path, position)


def _words(launcher: Launcher, situation: Situation, own: LocalLogin) -> Iterator[int]:
    """The words of a container's command that set the key, or hand one on from where the container is started."""
    secret = {finding.slot.context.name for finding in situation.found.findings} | {*own.unless}
    package = situation.found.entry.package
    end = next((i for i, word in enumerate(launcher.argv) if i and word.partition("@")[0].startswith(package)), 0)
    for position in range(1, end or len(launcher.argv)):
        word, before = launcher.argv[position], launcher.argv[position - 1]
        match = _SET.fullmatch(word)
        if match is None or match[1] not in secret:
            continue
        if before in _FLAGS:
            yield position - 1
            yield position
        elif word.startswith(("--env=", "-e")):
            yield position


def _published(launcher: Launcher, own: LocalLogin) -> Iterator[Operation]:
    """The port of the redirect address, behind `run`."""
    port = own.publish.rpartition(":")[2]
    if not own.publish or any(word.endswith(f":{port}") for word in launcher.argv):
        return
    run = launcher.argv.index("run") if "run" in launcher.argv else -1
    if run < 0:
        raise Refused("it starts no container by `run`", "")
    for word in (own.publish, "-p"):
        yield Insert(_path(launcher, run + 1), word)
