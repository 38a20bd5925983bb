"""References by name: the pair goes, and another key of the entry names the variable that holds the value."""

from __future__ import annotations

from unsprawl.rewriters.operations import Append, Insert, Operation, Remove
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.situation import derived_name, is_identifier
from unsprawl.scanner.formats.node import Kind, Path, at
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.secret import Secret


def by_name(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` where the host has no key for the name, or one is there already."""
    path = finding.slot.key_path
    if path in draft.moved:
        return  # another part of the same value: the whole of it has moved already
    draft.moved.add(path)
    keep = _variable(draft, path, finding) if finding.slot.context.kind is SlotKind.ENV else _header(draft, finding)
    draft.keep(keep)


def _variable(draft: Draft, path: Path, finding: Finding) -> Keep:
    name, secret, names = str(path[-1]), Secret(draft.situation.whole(finding)), draft.situation.names
    if not is_identifier(name) or not names.fits(name, secret):
        raise Refused(
            f"the variable must be called {name}, and that name stands for another value already", "Use `--to run`."
        )
    names.claim(name, secret)
    base = draft.situation.found.entry.key_path
    draft.operations += [_without(draft, path), _add_to_list(draft, (*base, draft.way.env_names), name)]
    return Keep("shell", name, secret)


def _header(draft: Draft, finding: Finding) -> Keep:
    path, base = finding.slot.key_path, draft.situation.found.entry.key_path
    whole = draft.situation.whole(finding)
    start, end = draft.situation.covers(finding)
    host = draft.situation.hosts[0]
    if host.remote is None or path[len(base)] != host.remote.headers:
        raise Refused(f"{host.name} does not read `{path[len(base)]}`", "Correct the entry, then try again.")
    header = str(path[-1])
    bearer = header.lower() == "authorization" and whole[:start].lower() == "bearer " and end == len(whole)
    secret = finding.secret if bearer else Secret(whole)
    name = draft.situation.names.claim(derived_name(finding, draft.situation.found.entry.name), secret)
    taken = (*base, draft.way.bearer_by_name) if bearer else (*base, draft.way.headers_by_name, header)
    if at(draft.situation.examined.document.root, taken) is not None:
        raise Refused(f"`{'.'.join(map(str, taken[len(base) :]))}` is there already", "Remove one of the two.")
    draft.operations.append(_without(draft, path))
    draft.operations.append(Insert(taken, name) if bearer else _add_to_map(draft, taken[:-1], header, name))
    return Keep("shell", name, secret)


def _without(draft: Draft, path: Path) -> Operation:
    """Remove a pair; the whole map when it would be left empty."""
    holder = at(draft.situation.examined.document.root, path[:-1])
    gone = sum(1 for op in draft.operations if isinstance(op, Remove) and op.key_path[:-1] == path[:-1])
    if holder is not None and len(holder.members) - gone == 1 and not draft.situation.commented(holder):
        return Remove(path[:-1])
    return Remove(path)


def _add_to_list(draft: Draft, path: Path, name: str) -> Operation:
    node = at(draft.situation.examined.document.root, path)
    if node is not None and node.kind is not Kind.ARRAY:
        raise Refused(f"`{path[-1]}` is not a list", "Correct the entry, then try again.")
    return Append(path, name)


def _add_to_map(draft: Draft, path: Path, key: str, name: str) -> Operation:
    node = at(draft.situation.examined.document.root, path)
    added = any(isinstance(op, Insert) and op.key_path[: len(path)] == path for op in draft.operations)
    if node is None and not added:
        return Insert(path, {key: name})
    return Insert((*path, key), name)
