"""Target `wire`: the value rests in the vault, and not even the server gets it.

`unsprawl run --wire` starts the server with a placeholder, and puts the value into what it sends to the bound hosts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from unsprawl.rewriters.plan import EntryStep, Keep
from unsprawl.rewriters.targets.bound import bound, destinations
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.run import Run, others_do
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.rules.bundle import BRIDGE
from unsprawl.rules.sent import TRUST
from unsprawl.scanner.approach import WIRE
from unsprawl.scanner.destinations import Sending, Unsent, client_of
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.model import Finding, Transport
from unsprawl.vault.destination_text import text_of

_INSTEAD = f"Use `--to {Run.id}`, which hands it to the server."


class Wire(Run):
    """Wraps the entry's command in `unsprawl run --wire REF --`."""

    id = "wire"
    _options = (WIRE,)
    _bridge_words = (BRIDGE["proxied"],)

    def _without_start(self, situation: Situation) -> EntryStep | None:
        """Nothing: a host that sends the key itself has it."""
        return None

    def _shows(self, situation: Situation, finding: Finding) -> bool:
        """Whether a placeholder takes its place: that is no secret."""
        return isinstance(bound(situation, finding), Sending)

    def _bridged(self, situation: Situation) -> EntryStep:
        _check_machine(situation)
        _check_keys(situation)
        return super()._bridged(situation)

    def _wrapped(self, situation: Situation) -> EntryStep:
        _check_machine(situation)
        if never := client_of(situation.found.entry).never:
            raise Refused(f"the server cannot be put behind the proxy: {never}", _INSTEAD)
        _check_keys(situation)
        return super()._wrapped(situation)

    def _step(
        self, situation: Situation, argv: Sequence[str], keeps: Sequence[Keep], how: str, shown: Sequence[str]
    ) -> EntryStep:
        wire, handed = destinations(situation, keeps)
        if not wire:
            raise Refused(_cannot(next(iter(handed.values()))), _INSTEAD)
        step = super()._step(situation, argv, keeps, how, shown)
        record = step.record
        assert record is not None
        hosts = ", ".join(dict.fromkeys(host for each in wire for host in each.hosts))
        if situation.shared:
            named = [word for keep in keeps for word in ("--variable", keep.name)]
            named += [word for each in wire for word in ("--sent", text_of(each))]
            step = replace(step, todo=(others_do(record.ref, argv, named),))
        return replace(
            step,
            record=replace(record, wire=tuple(wire)),
            summary=f"{step.summary}; the server gets a placeholder, and the key goes to {hosts} only",
            notes=(*step.notes, *_remarks(situation, handed)),
        )

    def _notes(self, shown: Sequence[str]) -> Iterator[str]:
        if shown:
            yield f"{', '.join(dict.fromkeys(shown))} is an argument, and holds the placeholder"


def _remarks(situation: Situation, handed: Mapping[str, str]) -> Iterator[str]:
    """What does not go through the proxy, and what may not work with it. `handed`: reasons by the variable's name."""
    for name, reason in handed.items():
        yield f"{name} is handed to the server as it is: {reason}"
    entry = situation.found.entry
    client = client_of(entry)
    if entry.transport is Transport.STDIO and not client.works:
        yield f"{client.note}: `unsprawl verify --start` tells"
    trusted = sorted(TRUST & entry_variables(situation.found.server.node).keys())
    if trusted:
        yield (
            f"{', '.join(trusted)} says nothing to the proxy, which calls the API in place of the server: where "
            "that has a certificate of its own authority, name the authority as `extra_ca` (docs/wire.md)"
        )


def _check_machine(situation: Situation) -> None:
    """Raises `Refused` on Windows, by the path of this program: there the proxy does not run yet."""
    if not situation.installed.path.startswith("/"):
        raise Refused("the proxy does not work on Windows yet", _INSTEAD)


def _check_keys(situation: Situation) -> None:
    """Raises `Refused` where none of the keys can be put in on the way, however it would be handed over."""
    answers = [(bound(situation, finding), finding) for finding in situation.found.findings]
    unsent = [(answer, finding) for answer, finding in answers if isinstance(answer, Unsent)]
    if len(unsent) == len(answers):
        first, finding = unsent[0]
        name = finding.slot.context.name
        say = f"Say where, with `--sent {name}=header@HOST`. " if first.unknown and name else ""
        raise Refused(_cannot(first.reason), f"{say}{_INSTEAD}")


def _cannot(reason: str) -> str:
    return f"the key cannot be put in on the way: {reason}"
