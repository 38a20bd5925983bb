"""Target `reference`: the host's own way of naming a value that lies elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.targets.by_name import by_name
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.inherited import inherited
from unsprawl.rewriters.targets.inline import inline
from unsprawl.rewriters.targets.prompted import prompted
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.hosts import Host, ReferenceWay
from unsprawl.scanner.model import Finding, SlotKind

FORMS: dict[str, Callable[[Draft, Finding], None]] = {
    "inline": inline,
    "named": by_name,
    "prompt": prompted,
    "inherit": inherited,
}
"""How a finding moves, by the form of the host's references (see `ReferenceWay.form`)."""


class Reference:
    """Writes `${NAME}` or what the host has instead, only where the evidence says that the host expands it there."""

    id = "reference"
    by_hand = False

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        found = situation.found
        draft, used = Draft(situation), list[ReferenceWay]()
        try:
            for finding in found.findings:
                draft.way = _way(situation, finding)
                used.append(draft.way)
                FORMS[draft.way.form](draft, finding)
        except Refused as refused:
            reason, hint = refused.args
            return Refusal(found, self.id, reason, hint)
        return EntryStep(
            found, situation.hosts, self.id, tuple(draft.operations), tuple(draft.keeps), None,
            _summary(situation, used, ", ".join(dict.fromkeys(keep.name for keep in draft.keeps))),
            notes=tuple(_notes(situation)), todo=tuple(_todo(used, situation, [keep.name for keep in draft.keeps])),
        )  # fmt: skip


def _way(situation: Situation, finding: Finding) -> ReferenceWay:
    """How the hosts take such a value from elsewhere. Raises `Refused` where they are not known to."""
    if finding.slot.context.role == "default":
        raise Refused(
            f"{place_name(finding)} holds the key as the default of a reference", "Take the default out by hand."
        )
    group, hosts = finding.slot.context.kind.group, situation.hosts
    for way in _common_ways(hosts):
        if way.proven and group in way.slots:
            return way
    if not all(any(way.proven for way in host.references) for host in hosts):
        raise Refused("no evidence is good enough that this host expands references", "Use `--to run`.")
    for host in hosts:
        if not any(way.proven and group in way.slots for way in host.references):
            raise Refused(f"{host.name} expands no reference in {place_name(finding)}", "Use `--to run`.")
    names = enumerated(host.name for host in hosts)
    raise Refused(f"no reference means the same to {names}, which read the same file", "Use `--to run`.")


def _common_ways(hosts: Iterable[Host]) -> Iterator[ReferenceWay]:
    """The ways that every host which reads the entry understands, each with the limits of all of them."""
    first, *others = hosts
    for way in first.references:
        same = [_same_way(way, host) for host in others]
        found = [way, *(other for other in same if other is not None)]
        if None not in same:
            yield way._replace(
                slots=frozenset.intersection(*(each.slots for each in found)),
                raw=any(each.raw for each in found),
                expands_twice=any(each.expands_twice for each in found),
                upper=any(each.upper for each in found),
                approved=next((each.approved for each in found if each.approved), ""),
                evidence=next((each.evidence for each in found if not each.proven), way.evidence),
            )


def _same_way(way: ReferenceWay, host: Host) -> ReferenceWay | None:
    """The way of another host that is written in the same words."""
    spelling = (way.form, way.write, way.env_names, way.headers_by_name, way.bearer_by_name, way.inputs)
    for other in host.references:
        if spelling == (
            *(other.form, other.write, other.env_names),
            *(other.headers_by_name, other.bearer_by_name, other.inputs),
        ):
            return other
    return None


def _notes(situation: Situation) -> Iterable[str]:
    if any(finding.slot.context.kind is SlotKind.ARG for finding in situation.found.findings):
        yield "the server still gets the key as an argument, which other programs of this machine can read"


def _summary(situation: Situation, used: Sequence[ReferenceWay], names: str) -> str:
    if all(way.variable == "prompt" for way in used):
        return f"a prompt of {situation.hosts[0].name}, which keeps the answer encrypted"
    if all(way.form == "inherit" for way in used):
        return f"the exported {names}, which {situation.hosts[0].name} hands on with all of its environment"
    return f"a reference to {names}"


def _todo(used: Sequence[ReferenceWay], situation: Situation, names: Sequence[str]) -> Iterable[str]:
    hosts = situation.hosts
    if all(way.variable == "prompt" for way in used):
        yield f"{hosts[0].name} asks for the value at the next start of this server: enter a newly made key"
        return
    yield from dict.fromkeys(way.approved for way in used if way.approved)
    if situation.shared and any(way.form == "inherit" for way in used):
        yield f"tell everyone else with this repository to export {', '.join(names)}: the file names it no more"
    if any(host.launch == "desktop" for host in hosts):
        desktop = ", ".join(host.name for host in hosts if host.launch == "desktop")
        yield f"start {desktop} from a terminal: started from the desktop it does not see the variables"
