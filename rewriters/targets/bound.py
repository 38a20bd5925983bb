"""Where the proxy may put each value of one entry: what rules say of its kind, or the entry of its own server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unsprawl.broker.wire.placeholder import unsendable
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.targets.bridge import runs_bridge
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.approach import is_bridge
from unsprawl.scanner.destinations import Answer, Sending, Unsent, destination, of_address, settings
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.model import Finding, Transport
from unsprawl.scanner.packages import started
from unsprawl.vault.destinations import DestinationRefused, check_host
from unsprawl.vault.record import Destination, Place

SHORTEST = 8
"""Characters. A shorter value may stand in any answer by chance, and the proxy takes it out of answers."""
_PLACES = {"query": Place.QUERY, "segment": Place.PATH, "capability": Place.PATH}
"""Where a value of an address is, by its role; any other one is in a header."""
_IN_ADDRESS = frozenset({Place.QUERY, Place.PATH})


def bound(situation: Situation, finding: Finding) -> Answer:
    """Where the value of one finding may be put in, or why nowhere."""
    if len(finding.secret.reveal()) < SHORTEST:
        return Unsent("it is too short to be told from other text in an answer")
    if why := unsendable(finding.secret.reveal()):
        return Unsent(f"it {why}, which no request can carry")
    answer = _answer(situation, finding)
    if isinstance(answer, Sending):
        try:
            for host in answer.hosts:
                check_host(host)
        except DestinationRefused as refused:
            return Unsent(f"a host that it goes to {refused.reason}")
    return answer


def _answer(situation: Situation, finding: Finding) -> Answer:
    entry = situation.found.entry
    remote = entry.transport is not Transport.STDIO
    if not remote and not is_bridge(entry.command):
        for each in situation.sent:
            if each.variable == finding.slot.context.name:
                return Sending(each.hosts, tuple(place.value for place in each.places))
        return destination(finding, settings(entry_variables(situation.found.server.node), entry.command))
    if not remote and not runs_bridge(entry.command):
        return Unsent("its bridge is not known to take a proxy")
    host = _host(entry.url if remote else _address(started(entry.command)))
    if isinstance(host, Unsent):
        return host
    place = _PLACES.get(finding.slot.context.role, Place.HEADER)
    if place in _IN_ADDRESS and "%" in finding.secret.reveal():
        return Unsent("it is written with escapes, and would be escaped once more")
    return Sending((host,), (place.value,))


def destinations(situation: Situation, keeps: Iterable[Keep]) -> tuple[list[Destination], dict[str, str]]:
    """Of what is kept: what the proxy may put in, and by name why not for the others."""
    found: list[Destination] = []
    handed: dict[str, str] = {}
    for keep in keeps:
        answer = _of_keep(situation, keep)
        if isinstance(answer, Unsent):
            handed[keep.name] = answer.reason
        elif answer is not None:
            found.append(Destination(keep.name, answer.hosts, tuple(Place(place) for place in answer.places)))
    return found, handed


def _of_keep(situation: Situation, keep: Keep) -> Answer | None:
    """None for what is kept and is no secret: a header that no argument could hold as it stands."""
    findings = situation.found.findings
    whole = [bound(situation, finding) for finding in findings if finding.secret == keep.secret]
    if whole:
        return _joined(whole)
    inside = [finding for finding in findings if finding.secret.reveal() in keep.secret.reveal()]
    if not inside:
        return None
    if situation.found.entry.transport is Transport.STDIO:
        return Unsent("it is a part of what the variable holds, and only a whole value has a placeholder")
    return bound(situation, inside[0])  # a header as a whole, with its scheme


def _joined(answers: Sequence[Answer]) -> Answer:
    """What holds for one value that stands in several places."""
    for answer in answers:
        if isinstance(answer, Unsent):
            return answer
    found = [answer for answer in answers if isinstance(answer, Sending)]
    hosts = dict.fromkeys(host for answer in found for host in answer.hosts)
    return Sending(tuple(hosts), tuple(dict.fromkeys(place for answer in found for place in answer.places)))


def _address(words: tuple[str, ...]) -> str:
    """The one address that a bridge is told, or ""."""
    found = [word for word in words if word.lower().startswith(("http://", "https://"))]
    return found[0] if len(found) == 1 else ""


def _host(url: str) -> str | Unsent:
    host = of_address(url.partition("?")[0].partition("#")[0]) if url else Unsent("is no address that is understood")
    return Unsent(f"the address of its server {host.reason}") if isinstance(host, Unsent) else host
