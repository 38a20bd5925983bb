"""Pairs of a map in somebody else's YAML file: read, added and taken out, and all other bytes left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from unsprawl.rewriters.operations import Insert, Operation, Remove, SetValue, carry_out, changed, plain
from unsprawl.rewriters.replace_file import read_whole, replace
from unsprawl.scanner.errors import UnsprawlError, VaultError
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Path
from unsprawl.scanner.formats.text import decode


def read_pairs(path: str, at: Path, read: Callable[[str], bytes] = read_whole) -> dict[str, Any]:
    """The map at `at`; empty where there is none. Raises VaultError for what is no YAML."""
    try:
        found: Any = _data(decode(read(path)).text)
    except UnsprawlError as error:
        raise VaultError(error.message) from None
    for step in at:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def add_pairs(path: str, at: Path, pairs: Mapping[str, Any]) -> None:
    """Adds pairs that are not there yet to the map at `at`, making it where there is none. Raises UnsprawlError."""
    there = read_pairs(path, at)
    new = {name: value for name, value in pairs.items() if name not in there}
    if not new:
        return
    whole = read_pairs(path, at[:-1])
    inside: list[Operation] = [Insert((*at, name), value) for name, value in new.items()]
    if isinstance(whole.get(str(at[-1])), dict):
        _write(path, inside)
    else:  # nothing stands behind the colon, or there is no such key
        _write(path, [SetValue(at, new) if at[-1] in whole else Insert(at, new)])


def remove_pairs(path: str, at: Path, pairs: Mapping[str, Any]) -> None:
    """Takes these pairs out where they are still as they were added. Raises UnsprawlError."""
    there = read_pairs(path, at)
    gone: list[Operation] = [Remove((*at, name)) for name, value in pairs.items() if there.get(name) == value]
    if not gone:
        return
    try:
        _write(path, gone)
    except UnsprawlError:  # a map that is written over several lines cannot be left without any
        if len(gone) < len(there):
            raise
        _write(path, [SetValue(at, {})])


def _data(text: str) -> Any:
    codec = editing_codec_for("yaml")
    assert codec is not None
    parsed = codec.parse(text)
    if parsed.flaws:
        raise VaultError("the file is not well-formed YAML", hint="Repair it first.")
    return {} if parsed.root is None else plain(parsed.root)


def _write(path: str, operations: list[Operation]) -> None:
    codec = editing_codec_for("yaml")
    assert codec is not None
    before = read_whole(path)
    decoded = decode(before)
    after = carry_out(codec, decoded.text, operations).text
    if _data(after) != changed(_data(decoded.text), operations):
        raise VaultError(f"{path} could not be changed without changing something else in it", hint="Edit it by hand.")
    replace(path, before, decoded.encode(after), "broker")
