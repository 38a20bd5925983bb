"""Another's broker before the entry's command: the server gets a placeholder, the broker holds the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from unsprawl.broker.external.deposit import Bound, Deposit, own_folder
from unsprawl.broker.external.facts import BrokerFacts
from unsprawl.broker.external.here import Here
from unsprawl.broker.fill import reference_place
from unsprawl.rewriters.operations import Insert, Operation, SetPart
from unsprawl.rewriters.plan import EntryStep, Keep
from unsprawl.rewriters.targets.bound import bound
from unsprawl.rewriters.targets.bridge import bridged, runs_bridge, unsafe_bridge
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.handover import Handover, in_order, without_empty
from unsprawl.rewriters.targets.launcher import Launcher, launcher_of
from unsprawl.rewriters.targets.refusing import Refusing
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier, place_name
from unsprawl.rewriters.todo import Todo
from unsprawl.rules.bundle import BRIDGE
from unsprawl.rules.load import load
from unsprawl.scanner.approach import is_bridge_header, run_command
from unsprawl.scanner.destinations import Unsent
from unsprawl.scanner.entry_parts import ENV_KEYS, body_at, first
from unsprawl.scanner.formats.node import Kind
from unsprawl.scanner.model import Finding, SlotKind, Transport
from unsprawl.scanner.packages import CONTAINERS
from unsprawl.scanner.parts import scheme_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.secret import Secret
from unsprawl.vault.record import Place

_REMOTE = (Transport.HTTP, Transport.SSE)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_FLAWS = 2
"""So many of what a broker does badly, the worst first, are told with every entry; `vault brokers` tells all."""
_OTHER = "Choose another target with `--to`."


class Brokered(Refusing):
    """One broker of others. What is particular to it is in rules/brokers.yaml and in unsprawl.broker.external."""

    by_hand = True

    def __init__(self, facts: BrokerFacts, new_ref: Callable[[str, bool], str]) -> None:
        self.id = facts.id
        self._facts = facts
        self._new_ref = new_ref

    def _plan(self, situation: Situation) -> EntryStep:
        here = situation.brokers.get(self.id)
        self._check(situation, here)
        assert here is not None
        account = situation.refs.claim(self._new_ref(situation.found.entry.name, False), None)
        remote = situation.found.entry.transport in _REMOTE
        operations, bounds, keeps = (self._remote if remote else self._local)(situation, here, account)
        facts = self._facts
        hosts = ", ".join(dict.fromkeys(host for bound in bounds for host in bound.hosts))
        notes = [f"{facts.name} sends it to {hosts} only; your own vault keeps a copy, for `undo`"]
        notes += [f"mind: {flaw}" for flaw in facts.flaws[:_FLAWS]]
        deposit = Deposit(facts.id, account, here.program, here.settings, tuple(bounds))
        todo = (
            (Todo(f"start the daemon of {facts.name} again, so that it knows the new binding"),)
            if not facts.wrap
            else ()
        )
        return EntryStep(
            situation.found, situation.hosts, self.id, tuple(operations), tuple(keeps), None,
            f"{facts.name}, as {account}; the server gets a placeholder", tuple(notes), todo, deposit,
        )  # fmt: skip

    def _check(self, situation: Situation, here: Here | None) -> None:
        """Raises `Refused` for what no command line can mend."""
        entry, name = situation.found.entry, self._facts.name
        if here is None:
            raise Refused(f"nobody has looked for {name}", f"Name it: `--to {self.id}`.")
        if not here.ready:
            raise Refused(f"{name}: {here.reason}", here.hint or _OTHER)
        if situation.shared:
            raise Refused(
                f"the file is shared through git, and the others have neither your {name} nor your values",
                "Use `--to reference`.",
            )
        if situation.moved_vault:
            raise Refused("UNSPRAWL_HOME is set, and hosts do not pass it on", "Migrate without UNSPRAWL_HOME.")
        if run_command(entry.command):
            raise Refused("it is started by `unsprawl run` already", "Undo that first.")
        if entry.transport not in (Transport.STDIO, *_REMOTE):
            raise Refused("it starts and calls nothing that is known", _OTHER)
        if any(base_name(word) in CONTAINERS for word in entry.command):
            raise Refused("within a container 127.0.0.1 is another machine, so no proxy can be reached", _OTHER)
        for finding in situation.found.findings:
            if situation.expands(situation.whole(finding)) or finding.slot.context.role == "default":
                raise Refused(f"{place_name(finding)} holds a reference beside the key", _OTHER)

    def _local(self, situation: Situation, here: Here, account: str) -> tuple[list[Operation], list[Bound], list[Keep]]:
        """A server that the host starts."""
        launcher = launcher_of(situation)
        if unsafe := unsafe_bridge(launcher.argv):
            raise Refused(f"{unsafe} runs what a hostile server says (CVE-2025-6514)", f"Name {BRIDGE['version']}.")
        if any(situation.expands(word) for word in launcher.argv):
            raise Refused("its arguments hold references, which the host would expand elsewhere than now", _OTHER)
        handover = Handover(situation, launcher, lambda finding: False)
        bounds: list[Bound] = []
        keeps: dict[str, Keep] = {}
        changes: list[Operation] = []
        for finding in in_order(situation.found.findings):
            header, prefix = _in_bridge(situation, launcher, finding)
            name = (
                derived_name(finding, situation.found.entry.name) if header else _variable(situation, launcher, finding)
            )
            if keeps.setdefault(name, Keep("broker", name, finding.secret)).secret != finding.secret:
                raise Refused(f"two values of this entry want the name {name}", "")
            made = self._bound(situation, finding, Bound(name, (), header, prefix, ""), account, bounds)
            bounds.append(made)
            if header or (self._facts.replaces and launcher.assignment(finding) is None):
                changes.append(SetPart(finding.slot.key_path, *situation.covers(finding), made.placeholder))
            else:
                handover.add(finding)
        changes += handover.operations
        added = self._added(situation, here, account, launcher)
        operations = [*added, *changes] if added else without_empty(situation, changes)
        further = [BRIDGE["proxied"]] if runs_bridge(launcher.argv) and BRIDGE["proxied"] not in launcher.argv else []
        operations += launcher.appended(further)
        wrap = self._wrap(here, account)
        if wrap:
            operations += launcher.wrapped(wrap, [*handover.argv, *further], frozenset(handover.keeps))
        return operations, bounds, list(keeps.values())

    def _bound(
        self, situation: Situation, finding: Finding, known: Bound, account: str, others: Sequence[Bound]
    ) -> Bound:
        """`known` with where the key may go, as rules or the entry say. Raises `Refused` where nobody knows."""
        answer = bound(situation, finding)
        if isinstance(answer, Unsent):
            raise Refused(f"{place_name(finding)} cannot be put in on the way: {answer.reason}", "Use `--to run`.")
        if Place.HEADER not in answer.places:
            places = " or ".join(answer.places)
            raise Refused(
                f"{place_name(finding)} is sent in {places}, and only headers are changed", "Use `--to wire`."
            )
        hosts = tuple(dict.fromkeys(host.partition(":")[0] for host in answer.hosts))
        if any(host.startswith("*") for host in hosts) and not self._facts.wildcards:
            raise Refused(f"{self._facts.name} cannot be told {', '.join(hosts)}", "Use `--to wire`.")
        if not _HEADER.fullmatch(known.header or "X") or not set("{}").isdisjoint(known.prefix):
            raise Refused(f"{place_name(finding)} is in a header that a broker cannot be told", "Use `--to wire`.")
        made = known._replace(
            hosts=hosts, placeholder=self._placeholder(finding.secret, known.variable, account, others)
        )
        if made.header:
            return made
        rule = load().get(finding.literal.rule)
        if rule is not None and rule.headers:
            return made._replace(header=_written(rule.headers[0]))
        return made._replace(header="Authorization", prefix="Bearer ")

    def _placeholder(self, value: Secret, name: str, account: str, others: Sequence[Bound]) -> str:
        if self._facts.placeholder:
            return self._facts.placeholder.format(variable=name, account=account)
        from unsprawl.broker.wire.placeholder import placeholder_for

        return placeholder_for(value, [each.placeholder for each in others])

    def _remote(
        self, situation: Situation, here: Here, account: str
    ) -> tuple[list[Operation], list[Bound], list[Keep]]:
        """A server that the host calls: a bridge calls it from now on, through the broker."""
        entry = situation.found.entry
        if "header" not in self._facts.slots or scheme_of(entry.url) != "https":
            raise Refused(f"{self._facts.name} changes requests over https only", _OTHER)
        bridge = bridged(situation, lambda situation, finding: False, [BRIDGE["proxied"]])
        argv, bounds, keeps = list(bridge.argv), list[Bound](), list[Keep]()
        for keep in bridge.keeps:
            spelled = (f"${{{keep.name}}}", reference_place(keep.name))
            at = next((n for n, word in enumerate(argv) if word.partition(":")[2] in spelled), None)
            finding = next((f for f in situation.found.findings if f.secret.reveal() in keep.secret.reveal()), None)
            if at is None or finding is None:
                raise Refused("a header of it cannot be handed to the bridge", _OTHER)
            header = argv[at].partition(":")[0]
            # What stands before the value stays in sight: it is no secret, and servers look for it.
            before, _, after = keep.secret.reveal().partition(finding.secret.reveal())
            if after or "$" in before:
                raise Refused(f"{place_name(finding)} is in the middle of its header", "Use `--to wire`.")
            made = self._bound(situation, finding, Bound(keep.name, (), header, before, ""), account, bounds)
            argv[at] = f"{header}:{before}{made.placeholder}"
            bounds.append(made)
            keeps.append(Keep("broker", keep.name, finding.secret))
        words = [*self._wrap(here, account), *argv]
        added = self._set(here, account)
        operations: list[Operation] = [*bridge.operations, *bridge.start(words)]
        if added:
            held = first(body_at(situation.found.server.node)[1], ENV_KEYS)
            if held is not None and held[1].kind is not Kind.OBJECT:
                raise Refused("its variables are written in a way that cannot be added to", _OTHER)
            if held is None:
                operations.append(Insert((*bridge.holder, bridge.shape.env), dict(added)))
            else:
                operations += list(
                    _into(added, (*bridge.holder, held[0]), {m.key: m.value.text() for m in held[1].members})
                )
        return operations, bounds, keeps

    def _wrap(self, here: Here, account: str) -> list[str]:
        words = {"program": here.program, "account": account, **here.settings, "own": own_folder(self.id, account)}
        return [word.format(**words) for word in self._facts.wrap]

    def _set(self, here: Here, account: str) -> dict[str, str]:
        """The variables that the entry gets."""
        words = {**here.settings, "own": own_folder(self.id, account)}
        return {**{name: text.format(**words) for name, text in self._facts.set.items()}, **here.passed}

    def _added(self, situation: Situation, here: Here, account: str, launcher: Launcher) -> list[Operation]:
        added = self._set(here, account)
        if not added:
            return []
        if launcher.line:
            raise Refused("its command is a line for a shell, to which no variables can be added", _OTHER)
        steps, holder = body_at(situation.found.server.node)
        base = (*situation.found.entry.key_path, *steps)
        owner = base
        held = first(holder, ENV_KEYS)
        if held is None and steps:  # variables may stand beside the object that holds the command
            held, owner = first(situation.found.server.node, ENV_KEYS), situation.found.entry.key_path
        if held is None:
            return [Insert((*base, situation.hosts[0].shape.env), dict(added))]
        key, env = held
        path = (*owner, key)
        if env.kind is Kind.ARRAY:
            there = {name: text for item in env.items for name, _, text in [(item.text() or "").partition("=")]}
            _no_clash(added, there)
            new = [f"{name}={text}" for name, text in added.items() if name not in there]
            if any(item.text() is None for item in env.items):
                raise Refused("its variables are written in a way that cannot be added to", _OTHER)
            return [Insert((*path, len(env.items) + number), text) for number, text in enumerate(new)]
        if env.kind is not Kind.OBJECT:
            raise Refused("its variables are written in a way that cannot be added to", _OTHER)
        return list(_into(added, path, {member.key: member.value.text() for member in env.members}))


def _variable(situation: Situation, launcher: Launcher, finding: Finding) -> str:
    """The variable that holds the finding and nothing else. Raises `Refused`."""
    context = finding.slot.context
    if context.kind is not SlotKind.ENV:
        raise Refused(f"{place_name(finding)} is no variable of the server", "Use `--to wire`.")
    whole, assigned = situation.whole(finding), launcher.assignment(finding)
    value = assigned.value if assigned is not None else whole.removeprefix(f"{context.name}=")
    if value != finding.secret.reveal():
        raise Refused(f"{place_name(finding)} holds the key as a part of a longer text", "Use `--to run`.")
    if not is_identifier(context.name):
        raise Refused(f"`{context.name}` is not a variable's name that can be handed over", _OTHER)
    return context.name


def _in_bridge(situation: Situation, launcher: Launcher, finding: Finding) -> tuple[str, str]:
    """The header that a bridge is told with the value, and what stands before it there; ("", "") for others."""
    path = finding.slot.key_path
    if finding.slot.context.kind is SlotKind.ENV or launcher.rewrites(path):
        return "", ""
    if not is_bridge_header(launcher.argv, launcher.word_of(finding)):
        return "", ""
    start, end = situation.covers(finding)
    text = situation.whole(finding)
    header, colon, _ = text[:start].partition(":")
    return (header.strip(), text[len(header) + 1 : start].lstrip()) if colon and end == len(text) else ("", "")


def _into(
    added: Mapping[str, str], path: tuple[str | int, ...], there: Mapping[str, str | None]
) -> Iterator[Operation]:
    _no_clash(added, there)
    return (Insert((*path, name), text) for name, text in added.items() if name not in there)


def _no_clash(added: Mapping[str, str], there: Mapping[str, str | None]) -> None:
    for name, text in added.items():
        if there.get(name, text) != text:
            raise Refused(f"the entry sets {name} to something else", f"Take {name} out, or choose another target.")


def _written(header: str) -> str:
    """A header as people write it; rules have them in lower case."""
    return "-".join(part.capitalize() for part in header.split("-"))
