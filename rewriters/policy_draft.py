"""What a team says about itself as the text of its policy: only what differs is edited, comments stay. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from unsprawl.rewriters.operations import Append, Insert, Operation, Remove, SetValue, carry_out, plain
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Kind, Node, Path, Value, at
from unsprawl.scanner.formats.yaml_codec import YAML
from unsprawl.scanner.model import Problem
from unsprawl.scanner.people import MANY
from unsprawl.scanner.policy import VERSION, Policy
from unsprawl.scanner.record import NamedTuple

NEW = f"""\
# What MCP servers may be here. `unsprawl policy check` reads it.
version: {VERSION}
"""
"""What a policy begins with."""
ENTRIES, PROVIDERS = "entries", "providers"
_HINT = "Edit the file by hand: docs/policy.md tells what it may say."


class Subject(NamedTuple):
    """What a policy speaks of by name."""

    kind: str
    """`entries` or `providers`."""
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same: case does not tell providers apart."""
        return self.kind, self.name.casefold() if self.kind == PROVIDERS else self.name


class Answers(NamedTuple):
    """What `team init` asks for. What is empty, or 0, is not said."""

    name: str = ""
    members: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    usual: int = 0
    """How many people use a server of which nothing else is said."""
    people: tuple[tuple[Subject, int], ...] = ()
    lowest: int = 0
    accept: tuple[str, ...] = ()
    move: tuple[tuple[Subject, str], ...] = ()


def answers_of(policy: Policy) -> Answers:
    """What a policy says already. Providers are folded, and hosts in no order of their own."""
    team, use, floor, moves = policy.team, policy.people, policy.floor, policy.move
    people = [(ENTRIES, use.entries), (PROVIDERS, use.providers)] if use is not None else []
    moved = [(ENTRIES, moves.entries), (PROVIDERS, moves.providers)] if moves is not None else []
    return Answers(
        team.name if team is not None else "",
        team.members if team is not None else (),
        tuple(sorted(policy.hosts.ids)) if policy.hosts is not None else (),
        use.usual if use is not None else 0,
        tuple((Subject(kind, name), count) for kind, named in people for name, count in named),
        floor.lowest if floor is not None else 0,
        tuple(sorted(floor.accept)) if floor is not None else (),
        tuple((Subject(kind, each.name), each.target) for kind, said in moved for each in said),
    )


def comparable(answers: Answers) -> Answers:
    """The same for the same: in no order that nobody asked for, and providers without regard to case."""
    return answers._replace(
        members=tuple(sorted(answers.members)),
        hosts=tuple(sorted(answers.hosts)),
        people=tuple(sorted((Subject(*subject.key), count) for subject, count in answers.people)),
        accept=tuple(sorted(answers.accept)),
        move=tuple(sorted((Subject(*subject.key), target) for subject, target in answers.move)),
    )


def drafted(before: bytes | None, answers: Answers, path: str) -> bytes:
    """The policy with these answers. `before`: the one that is there, in order. Raises NotApplied where its spelling
    allows no such edit; what is not asked for stays as it is.
    """
    data = NEW.encode() if before is None else before
    document = parse(path, data, YAML.id)
    if isinstance(document, Problem):
        raise NotApplied(f"{path}: {document.message}", hint=_HINT)
    text = document.text
    for key, value in _wanted(answers, document).items():
        root = YAML.parse(text).root
        assert root is not None
        operations = list(_changes(root, (key,), value))
        try:
            text = carry_out(YAML, text, operations).text
        except NotApplied:
            raise NotApplied(f"{path}: `{key}` is spelled in a way that cannot be edited in part", hint=_HINT) from None
    return document.decoded.encode(text)


def _wanted(answers: Answers, document: Document) -> dict[str, Value]:
    """What is to stand at each key; None for one that is to go. Keys of a mapping that are not named stay."""
    team: dict[str, Value] = {"name": answers.name, "members": [*answers.members] or None}
    named = [(subject, _spoken(count)) for subject, count in answers.people]
    people: Value = {"usual": _spoken(answers.usual) if answers.usual else None} | _mapping(named)
    there = document.root.get("people")
    if not named and (there is None or there.kind is not Kind.OBJECT):
        people = _spoken(answers.usual) if answers.usual else None
    floor: dict[str, Value] = {"lowest": answers.lowest, "accept": [*answers.accept] or None}
    return {
        "team": team if answers.name else None,
        "hosts": [*answers.hosts] or None,
        "approach": floor if answers.lowest else None,
        "people": people,
        "move": _mapping(answers.move),
    }


def _spoken(count: int) -> str | int:
    return "many" if count == MANY else count


def _mapping(said: Iterable[tuple[Subject, str | int]]) -> dict[str, Value]:
    said = list(said)
    return {
        kind: {subject.name: value for subject, value in said if subject.kind == kind} or None
        for kind in (PROVIDERS, ENTRIES)
    }


def _changes(root: Node, path: Path, value: Value) -> Iterator[Operation]:
    """What leads to the value at the path. What is new comes first, so that nothing is empty on the way."""
    node = at(root, path)
    if _is_empty(value):
        yield from [Remove(path)] if node is not None else ()
    elif node is None:
        yield Insert(path, _without_empty(value))
    elif isinstance(value, dict) and node.kind is Kind.OBJECT:
        yield from _of_mapping(root, path, node, value)
    elif isinstance(value, list) and node.kind is Kind.ARRAY:
        there = [item.text() for item in node.items]
        yield from (Append(path, item) for item in value if item not in there)
        yield from (Remove((*path, number)) for number in reversed(range(len(there))) if there[number] not in value)
    elif plain(node) != value:
        yield SetValue(path, _without_empty(value))


def _of_mapping(root: Node, path: Path, node: Node, value: Mapping[str, Value]) -> Iterator[Operation]:
    """Keys that are not spoken of stay, but the names of entries and providers are all that there shall be."""
    folded, names = path[-1] == PROVIDERS, path[-1] in (ENTRIES, PROVIDERS)
    written = {member.key.casefold() if folded else member.key: member.key for member in node.members}
    wanted = {written.get(key.casefold() if folded else key, key): each for key, each in value.items()}
    if names:
        wanted |= {key: None for key in written.values() if key not in wanted}
    for key, each in sorted(wanted.items(), key=lambda item: _is_empty(item[1])):
        yield from _changes(root, (*path, key), each)


def _is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_is_empty, value.values())))


def _without_empty(value: Value) -> Value:
    if not isinstance(value, dict):
        return value
    return {key: _without_empty(each) for key, each in value.items() if not _is_empty(each)}
