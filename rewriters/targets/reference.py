"""Target `reference`: the host's own way of naming a value that lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from unsprawl.rewriters.operations import Append, Insert, Operation, Remove, SetPart
from unsprawl.rewriters.plan import EntryStep, Home, Keep, Refusal
from unsprawl.rewriters.targets.situation import Situation, derived_name, is_identifier, place_name
from unsprawl.scanner.formats.node import Kind, Path, Value, at
from unsprawl.scanner.hosts import Host, ReferenceWay
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.rotation import rotation_pages
from unsprawl.scanner.secret import Secret


class _Refused(Exception):
    """Carries a refusal's reason and hint out of the middle of planning."""


class Reference:
    """Writes `${NAME}` or what the host has instead, only where the evidence says that the host expands it there."""

    id = "reference"

    def plan(self, situation: Situation) -> EntryStep | Refusal:
        """The step for one entry, or why it cannot be done."""
        found = situation.found
        draft = _Draft(situation)
        try:
            for finding in found.findings:
                draft.move(finding)
        except _Refused as refused:
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


class _Draft:
    """Collects the operations of one entry, finding by finding, from the end of each value to its beginning."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.operations: list[Operation] = []
        self.keeps: list[Keep] = []
        self.way = _common_way(situation.hosts)
        self._named: set[Path] = set()

    def move(self, finding: Finding) -> None:
        """Add what moves one finding."""
        if finding.slot.context.role == "default":
            raise _Refused(
                f"{place_name(finding)} holds the key as the default of a reference", "Take the default out by hand."
            )
        group = finding.slot.context.kind.group
        if not self.way.proven:
            raise _Refused("no evidence is good enough that this host expands references", "Use `--to run`.")
        if group not in self.way.slots:
            hosts = self.situation.hosts
            limiting = [host.name for host in hosts if all(group not in way.slots for way in host.references)]
            raise _Refused(
                f"{(*limiting, hosts[0].name)[0]} expands no reference in {place_name(finding)}", "Use `--to run`."
            )
        match self.way.form:
            case "named":
                self._by_name(finding)
            case "prompt":
                self._by_prompt(finding)
            case _:
                self._inline(finding)

    def _inline(self, finding: Finding) -> None:
        value = finding.secret.reveal()
        if self.way.raw and (set(value) & set('"\\') or not value.isprintable()):
            raise _Refused("the value holds characters that this host would read as JSON", "Use `--to run`.")
        if self.way.expands_twice and "$" in value:
            raise _Refused("the value holds a `$`, which this host would expand once more", "Use `--to run`.")
        self._replace(finding, self.way.spell(self._claim(finding)))

    def _by_prompt(self, finding: Finding) -> None:
        base = self.situation.found.entry.key_path
        holder = (*base[:-2], self.way.inputs)
        if base[-2] != "servers":
            raise _Refused("entries in this older place have no list of inputs beside them", "Use `--to run`.")
        name = self._free_id(holder, self._claim(finding).lower().replace("_", "-"))
        self._replace(finding, self.way.spell(name))
        [[what, _]] = rotation_pages([finding])
        description = f"{self.situation.found.entry.name}: {what}"
        item: Value = {"type": "promptString", "id": name, "description": description, "password": True}
        self.operations.append(Append(holder, item))

    def _free_id(self, holder: Path, wanted: str) -> str:
        """`wanted`, numbered when the file has an input of that id already: whose value that is, nobody can tell."""
        node = at(self.situation.examined.document.root, holder)
        ids = {item.get("id") for item in node.items} if node else set()
        taken = {text for known in ids if known is not None and (text := known.text()) is not None}
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        return name

    def _by_name(self, finding: Finding) -> None:
        path = finding.slot.key_path
        if path in self._named:
            return  # another part of the same value: the whole of it has moved already
        self._named.add(path)
        base = self.situation.found.entry.key_path
        whole = self.situation.whole(finding)
        if finding.slot.context.kind is SlotKind.ENV:
            name = str(path[-1])
            secret = Secret(whole)
            if not is_identifier(name) or not self.situation.names.fits(name, secret):
                raise _Refused(
                    f"the variable must be called {name}, and that name stands for another value already",
                    "Use `--to run`.",
                )
            self.situation.names.claim(name, secret)
            self.operations += [self._without(path), self._add_to_list((*base, self.way.env_names), name)]
        else:
            name, secret = self._header(finding, base, path, whole)
        if not any(keep.name == name for keep in self.keeps):
            self.keeps.append(Keep("shell", name, secret))

    def _header(self, finding: Finding, base: Path, path: Path, whole: str) -> tuple[str, Secret]:
        start, end = self.situation.covers(finding)
        host = self.situation.hosts[0]
        if host.remote is None or path[len(base)] != host.remote.headers:
            raise _Refused(f"{host.name} does not read `{path[len(base)]}`", "Correct the entry, then try again.")
        header = str(path[-1])
        bearer = header.lower() == "authorization" and whole[:start].lower() == "bearer " and end == len(whole)
        secret = finding.secret if bearer else Secret(whole)
        name = self.situation.names.claim(derived_name(finding, self.situation.found.entry.name), secret)
        taken = (*base, self.way.bearer_by_name) if bearer else (*base, self.way.headers_by_name, header)
        if at(self.situation.examined.document.root, taken) is not None:
            raise _Refused(f"`{'.'.join(map(str, taken[len(base) :]))}` is there already", "Remove one of the two.")
        self.operations.append(self._without(path))
        if bearer:
            self.operations.append(Insert(taken, name))
        else:
            self.operations.append(self._add_to_map(taken[:-1], header, name))
        return name, secret

    def _without(self, path: Path) -> Operation:
        """Remove a pair; the whole map when it would be left empty."""
        holder = at(self.situation.examined.document.root, path[:-1])
        gone = sum(1 for op in self.operations if isinstance(op, Remove) and op.key_path[:-1] == path[:-1])
        if holder is not None and len(holder.members) - gone == 1 and not self.situation.commented(holder):
            return Remove(path[:-1])
        return Remove(path)

    def _add_to_list(self, path: Path, name: str) -> Operation:
        node = at(self.situation.examined.document.root, path)
        if node is not None and node.kind is not Kind.ARRAY:
            raise _Refused(f"`{path[-1]}` is not a list", "Correct the entry, then try again.")
        return Append(path, name)

    def _add_to_map(self, path: Path, key: str, name: str) -> Operation:
        node = at(self.situation.examined.document.root, path)
        added = any(isinstance(op, Insert) and op.key_path[: len(path)] == path for op in self.operations)
        if node is None and not added:
            return Insert(path, {key: name})
        return Insert((*path, key), name)

    def _claim(self, finding: Finding) -> str:
        entry = self.situation.found.entry.name
        derived = derived_name(finding, entry)
        own = finding.slot.context.name
        start, end = self.situation.covers(finding)
        whole = start == 0 and end == len(self.situation.whole(finding))
        env = finding.slot.context.kind is SlotKind.ENV and whole and is_identifier(own)
        name = self.situation.names.claim(own if env else derived, finding.secret, derived)
        home: Home = "vault" if self.way.variable == "prompt" else "shell"
        if not any(keep.name == name for keep in self.keeps):
            self.keeps.append(Keep(home, name, finding.secret))
        return name

    def _replace(self, finding: Finding, text: str) -> None:
        start, end = self.situation.covers(finding)
        path = finding.slot.key_path
        # Later parts of one value first, so that the places of earlier parts stay true.
        index = next(
            (
                position
                for position, op in enumerate(self.operations)
                if isinstance(op, SetPart) and op.key_path == path and op.start < start
            ),
            len(self.operations),
        )
        self.operations.insert(index, SetPart(path, start, end, text))


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
