"""The names by which programs call the parts of a server entry, and the functions that take a server."""

from __future__ import annotations

from unsprawl.rules.bundle_code import CODE
from unsprawl.scanner.entry_parts import ARGS_KEYS, COMMAND_KEYS, ENV_KEYS, HEADER_KEYS, URL_KEYS

_TAKES: dict[str, tuple[str, ...]] = {
    name: tuple(entry["takes"]) for entry in CODE["callables"] for name in entry["names"]
}
_SPEAKING: tuple[str, ...] = tuple(CODE["speaking"])
_KEYS: dict[str, str] = {
    **{name: key for key, names in CODE["keys"].items() for name in names},
    **{
        key: keys[0] for keys in (COMMAND_KEYS, ARGS_KEYS, ENV_KEYS, URL_KEYS, HEADER_KEYS) for key in keys
    },
}  # fmt: skip


def canonical(key: str) -> str:
    """The name of a part of an entry by which all its names are known; the key itself for anything else."""
    return _KEYS.get(key, key)


def takes(callee: str) -> tuple[str, ...] | None:
    """What the positional arguments of a function that takes a server are; None for another function."""
    plain = callee.replace("::", ".").replace("->", ".")
    names = plain.split(".")
    for known in (callee, plain, ".".join(names[-2:]), names[-1]):
        if known in _TAKES:
            return _TAKES[known]
    # `StdioServerParameters.builder`: what a class makes is one of it.
    return next((_TAKES[name] for name in names[:-1] if name[:1].isupper() and name in _TAKES), None)


def speaks(callee: str) -> bool:
    """Whether the name of a function says that it is about servers."""
    lower = callee.lower()
    return any(word in lower for word in _SPEAKING)
