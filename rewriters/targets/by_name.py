"""References by name: the pair goes, and another key of the entry names the variable that holds the value."""

from __future__ import annotations

from unsprawl.rewriters.operations import Insert, Operation
from unsprawl.rewriters.plan import Keep
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.situation import derived_name
from unsprawl.scanner.formats.node import Path, at
from unsprawl.scanner.model import Finding, SlotKind
from unsprawl.scanner.secret import Secret


def by_name(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` where the host has no key for the name, or one is there already."""
    path = finding.slot.key_path
    if path in draft.moved:
        return  # another part of the same value: the whole of it has moved already
    draft.moved.add(path)
    if finding.slot.context.kind is SlotKind.ENV:
        name = draft.keep_variable(finding)
        draft.remove(path)
        draft.list_name(name)
    else:
        _header(draft, finding)


def _header(draft: Draft, finding: Finding) -> None:
    """What names a variable stands beside the headers, in whichever object of the entry those are."""
    path, base = finding.slot.key_path, draft.situation.found.entry.key_path
    whole = draft.situation.whole(finding)
    start, end = draft.situation.covers(finding)
    host, beside = draft.situation.hosts[0], path[:-2]
    within = ".".join(map(str, path[len(base) : -1]))
    if host.remote is None or within not in _holders(host.remote.headers, host.remote.within):
        raise Refused(f"{host.name} does not read `{path[len(base)]}`", "Correct the entry, then try again.")
    header = str(path[-1])
    bearer = header.lower() == "authorization" and whole[:start].lower() == "bearer " and end == len(whole)
    if bearer and draft.way.bearer_by_name:
        taken = (*beside, draft.way.bearer_by_name)
    elif draft.way.headers_by_name:
        taken, bearer = (*beside, draft.way.headers_by_name, header), False
    else:
        raise Refused(
            f"{host.name} takes only a bearer token from a variable", "Use the server's OAuth, if it has any."
        )
    secret = finding.secret if bearer else Secret(whole)
    name = draft.situation.names.claim(derived_name(finding, draft.situation.found.entry.name), secret)
    root = draft.situation.examined.document.root
    others = draft.way.bearer_unless if bearer else ()
    for other in (taken, *((*beside, key) for key in others)):
        if at(root, other) is not None:
            raise Refused(f"`{'.'.join(map(str, other[len(base) :]))}` is there already", "Remove one of the two.")
    draft.remove(path)
    draft.operations.append(Insert(taken, name) if bearer else _add_to_map(draft, taken[:-1], header, name))
    draft.keep(Keep("shell", name, secret))


def _holders(headers: str, within: tuple[str, ...]) -> set[str]:
    return {headers, *(f"{holder}.{headers}" for holder in within)}


def _add_to_map(draft: Draft, path: Path, key: str, name: str) -> Operation:
    node = at(draft.situation.examined.document.root, path)
    added = any(isinstance(op, Insert) and op.key_path[: len(path)] == path for op in draft.operations)
    if node is None and not added:
        return Insert(path, {key: name})
    return Insert((*path, key), name)
