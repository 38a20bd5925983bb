"""A record as JSON and back, strictly."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unsprawl.scanner.errors import VaultError
from unsprawl.vault.destinations import DestinationRefused, check_host
from unsprawl.vault.record import Binding, Destination, Place, Record, Scope, check_ref
from unsprawl.vault.stores import check_item_key

SCHEMA_VERSION = 1
_WITH_OAUTH = 2
"""Of records with OAuth credentials only: who does not know these would hand a whole one to a server."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.()-]*", re.ASCII)


def to_json(record: Record) -> dict[str, Any]:
    """The record as it is written; it holds no secret."""
    return {
        "schema_version": _WITH_OAUTH if record.oauth else SCHEMA_VERSION,
        "ref": record.ref,
        "entry": record.entry,
        "hosts": list(record.hosts),
        "created_at": record.created_at,
        "store": record.store,
        "project": record.project,
        "variables": [list(pair) for pair in record.variables],
        "bindings": [
            {
                "argv": list(binding.argv),
                "scope": binding.scope.value,
                "root": binding.root,
                "config": binding.config,
                "guarded": dict(binding.guarded),
                "ambient": dict(binding.ambient),
                "programs": list(binding.programs),
                "prefix": binding.prefix,
                **({"told": dict(binding.told)} if binding.told else {}),
            }
            for binding in record.bindings
        ],
        **({"headers": [list(pair) for pair in record.headers]} if record.headers else {}),
        **({"wire": [_destination_json(each) for each in record.wire]} if record.wire else {}),
        **({"oauth": [list(pair) for pair in record.oauth]} if record.oauth else {}),
    }


def from_json(data: Any, path: Path) -> Record:
    """The record that `data`, read from `path`, describes.

    Raises VaultError: what is missing or of another kind makes the whole record unusable, never more permissive.
    """
    try:
        version = data["schema_version"]
        if type(version) is not int or version not in (SCHEMA_VERSION, _WITH_OAUTH):
            raise damaged(path, "another version of unsprawl wrote it")
        variables = tuple((_text(name), _text(item)) for name, item in data["variables"])
        if not all(_VARIABLE.fullmatch(name) for name, _ in variables):
            raise ValueError
        return Record(
            ref=check_ref(_text(data["ref"])),
            entry=_text(data["entry"]),
            hosts=_texts(data["hosts"]),
            created_at=_text(data["created_at"]),
            store=_text(data["store"]),
            variables=variables,
            bindings=tuple(_binding(item) for item in data["bindings"]),
            project=None if data["project"] is None else _text(data["project"]),
            # Only in records of headers; without it such a record is of no use to anybody.
            headers=tuple((_text(name), _text(text)) for name, text in data.get("headers", [])),
            wire=_wire(data.get("wire", []), {name for name, _ in variables}),
            oauth=_oauth(data, variables, with_oauth=version == _WITH_OAUTH),
        )
    except DestinationRefused as error:
        raise damaged(path, f"a host in `wire` {error.reason}") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise damaged(path, "something is missing or of the wrong kind") from None


def _destination_json(destination: Destination) -> dict[str, Any]:
    return {
        "variable": destination.variable,
        "hosts": list(destination.hosts),
        "places": [place.value for place in destination.places],
    }


def _wire(data: Any, variables: set[str]) -> tuple[Destination, ...]:
    if not isinstance(data, list):
        raise TypeError
    found = tuple(
        Destination(_text(item["variable"]), _texts(item["hosts"]), tuple(map(Place, _texts(item["places"]))))
        for item in data
    )
    # Each variable once: what one destination leaves out, another must not let in.
    if {each.variable for each in found} - variables or not _distinct([each.variable for each in found]):
        raise ValueError
    for each in found:
        if not (each.hosts and each.places and _distinct(each.places)):
            raise ValueError
        if not _distinct([check_host(host) for host in each.hosts]):
            raise ValueError
    return found


def _oauth(data: Any, variables: tuple[tuple[str, str], ...], *, with_oauth: bool) -> tuple[tuple[str, str], ...]:
    found = tuple((_text(name), check_item_key(_text(spare))) for name, spare in data.get("oauth", []))
    if bool(found) != with_oauth:
        raise ValueError
    items = [item for _, item in variables] + [spare for _, spare in found]
    names = [name for name, _ in found]
    if not set(names) <= {name for name, _ in variables} or len(set(names)) < len(names):
        raise ValueError
    if found and len(set(items)) < len(items):  # one place for two things
        raise ValueError
    return found


def _distinct(items: Sequence[object]) -> bool:
    return len(set(items)) == len(items)


def _binding(data: Any) -> Binding:
    binding = Binding(
        argv=_texts(data["argv"]),
        scope=Scope(data["scope"]),
        root=None if data["root"] is None else _text(data["root"]),
        config=_text(data["config"]),
        guarded={_text(name): _text(digest) for name, digest in data["guarded"].items()},
        ambient={_text(name): _text(digest) for name, digest in data["ambient"].items()},
        programs=_texts(data["programs"]),
        prefix=data["prefix"] is True,
        told={_text(name): _text(value) for name, value in data.get("told", {}).items()},
    )
    # A command line or a server: never both, and never neither, which every command line would begin with.
    if bool(binding.argv) == bool(binding.told) or (binding.told and binding.prefix):
        raise ValueError
    if (binding.scope is Scope.PROJECT) != (binding.root is not None):
        raise ValueError
    if binding.root is not None and not os.path.isabs(binding.root):
        raise ValueError
    return binding


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError
    return tuple(_text(value) for value in values)


def damaged(path: Path, why: str) -> VaultError:
    """The error for the file of a record that cannot be used."""
    return VaultError(
        f"{path} is damaged: {why}", hint="Restore it, or delete it with `unsprawl vault remove` and migrate again."
    )
