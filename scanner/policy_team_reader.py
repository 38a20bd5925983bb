"""The keys `team`, `hosts` and `move` of a policy as records, or what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.scanner.formats.node import Kind, Node
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.policy_parts import Parts, close, providers
from unsprawl.scanner.policy_team import MEMBER, MOST_MEMBERS, PLAIN, InUse, Moved, Moves, Team

_IDS = "`unsprawl hosts --all --format json` has the ids"


def team(parts: Parts, node: Node) -> Team | None:
    """Who is in it."""
    keys = parts.pairs(node, "team", ("name", "members"))
    name = keys["name"].text() if "name" in keys else None
    if name is None or not MEMBER.fullmatch(name):
        parts.fault(keys.get("name", node), f"team needs `name`, a plain one: {PLAIN}")
        return None
    return Team(name, _members(parts, keys["members"]) if "members" in keys else (), parts.line(node))


def _members(parts: Parts, node: Node) -> tuple[str, ...]:
    if node.kind is not Kind.ARRAY:
        parts.fault(node, "members is a list of names")
        return ()
    if len(node.items) > MOST_MEMBERS:
        parts.fault(node, f"members has more than {MOST_MEMBERS} names")
        return ()
    found: dict[str, str] = {}
    for item in node.items:
        name = item.text()
        if name is None:
            parts.fault(item, f"a name of members is a text: put it in quotes. It has {PLAIN}")
        elif not MEMBER.fullmatch(name):
            parts.fault(item, f"a name of members is a plain one: {PLAIN}")
        elif name.casefold() in found:
            parts.fault(item, "a name of members is written twice")
        else:
            found[name.casefold()] = name
    return tuple(found.values())


def hosts(parts: Parts, node: Node) -> InUse | None:
    """Which hosts are in use, by id."""
    if node.kind is not Kind.ARRAY:
        parts.fault(node, f"hosts is a list of hosts by id, such as claude-code; {_IDS}")
        return None
    found = set()
    for item in node.items:
        written = item.text() or ""
        if unknown := unknown_host(written):
            parts.fault(item, unknown)
        found.add(written)
    return InUse(frozenset(found), parts.line(node))


def unknown_host(id_: str) -> str:
    """That no host has this id, and which was probably meant; "" where one has."""
    from unsprawl.scanner.hosts import hosts as every

    known = [each.id for each in every()]
    return "" if id_ in known else f"unknown host{close(id_, known) or f'; {_IDS}'}"


def move(parts: Parts, node: Node, targets: tuple[str, ...]) -> Moves:
    """Where the keys of which entries and providers go. `targets`: those that there are."""

    def target(value: Node) -> str:
        return parts.choice(value, "move", targets) or ""

    def moved(key: str, known: frozenset[str] = frozenset()) -> tuple[Moved, ...]:
        if key not in keys:
            return ()
        found = parts.by_name(keys[key], f"{key} of move", "a target", target, known)
        return tuple(Moved(name, to, line) for name, (to, line) in found.items())

    keys = parts.pairs(node, "move", ("entries", "providers"))
    return Moves(moved("entries"), moved("providers", providers()))


def forbidden(policy: Policy) -> Iterator[int]:
    """The lines of `move` that name a target which `targets` of the same policy forbids."""
    if policy.move is None or policy.targets is None:
        return
    for each in (*policy.move.entries, *policy.move.providers):
        if each.target and each.target not in policy.targets.names:
            yield each.line
