"""Target `reference`: the host's own way of naming a value that lies elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.targets.by_name import by_name
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.inline import inline
from unsprawl.rewriters.targets.prompted import prompted
from unsprawl.rewriters.targets.situation import Situation, place_name
from unsprawl.scanner.hosts import Host, ReferenceWay
from unsprawl.scanner.model import Finding, SlotKind

FORMS: dict[str, Callable[[Draft, Finding], None]] = {"inline": inline, "named": by_name, "prompt": prompted}
"""How a finding moves, by the form of the host's references (see `ReferenceWay.form`)."""


class Reference:
    """Writes `${NAME}` or what the host has instead, only where the evidence says that the host expands it there."""

    id = "reference"
    by_hand = False

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        found = situation.found
        draft = Draft(situation, _common_way(situation.hosts))
        try:
            for finding in found.findings:
                _check(draft, finding)
                FORMS[draft.way.form](draft, finding)
        except Refused as refused:
            reason, hint = refused.args
            return Refusal(found, self.id, reason, hint)
        names = ", ".join(dict.fromkeys(keep.name for keep in draft.keeps))
        prompt = draft.way.variable == "prompt"
        asks = f"a prompt of {situation.hosts[0].name}, which keeps the answer encrypted"
        summary = asks if prompt else f"a reference to {names}"
        return EntryStep(
            found, situation.hosts, self.id, tuple(draft.operations), tuple(draft.keeps), None, summary,
            notes=tuple(_notes(situation)), todo=tuple(_todo(draft.way, situation)),
        )  # fmt: skip


def _check(draft: Draft, finding: Finding) -> None:
    """Raises `Refused` where the hosts are not known to expand a reference."""
    if finding.slot.context.role == "default":
        raise Refused(
            f"{place_name(finding)} holds the key as the default of a reference", "Take the default out by hand."
        )
    group = finding.slot.context.kind.group
    if not draft.way.proven:
        raise Refused("no evidence is good enough that this host expands references", "Use `--to run`.")
    if group not in draft.way.slots:
        hosts = draft.situation.hosts
        limiting = [host.name for host in hosts if all(group not in way.slots for way in host.references)]
        raise Refused(
            f"{(*limiting, hosts[0].name)[0]} expands no reference in {place_name(finding)}", "Use `--to run`."
        )


def _common_way(hosts: Iterable[Host]) -> ReferenceWay:
    """The first way that every host which reads the entry understands, with the limits of all of them."""
    first, *others = hosts
    for way in first.references:
        same = [_same_way(way, host) for host in others]
        found = [way, *(other for other in same if other is not None)]
        if None not in same:
            return way._replace(
                slots=frozenset.intersection(*(each.slots for each in found)),
                raw=any(each.raw for each in found),
                expands_twice=any(each.expands_twice for each in found),
                evidence=next((each.evidence for each in found if not each.proven), way.evidence),
            )
    return ReferenceWay("none", "", (), frozenset(), "", "", "", "", False, False, "shell", "unverified")


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


def _todo(way: ReferenceWay, situation: Situation) -> Iterable[str]:
    hosts = situation.hosts
    if way.variable == "prompt":
        yield f"{hosts[0].name} asks for the value at the next start of this server: enter a newly made key"
        return
    if any(host.launch == "desktop" for host in hosts):
        desktop = ", ".join(host.name for host in hosts if host.launch == "desktop")
        yield f"start {desktop} from a terminal: started from the desktop it does not see the variables"
