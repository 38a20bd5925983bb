"""The registries that the user's own npm and twine are set to: their files at home, never those of a scanned folder."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping

from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.validate.server import Tools

_MOST = 256 << 10


def tools(home: str, environ: Mapping[str, str]) -> Tools:
    """What answers the address of the registry of a program, or ""."""
    readers = {"npm": _npm, "twine": _twine}
    known: dict[str, str] = {}

    def address(tool: str) -> str:
        if tool not in known:
            found = readers[tool](home, environ).strip().strip("\"'")
            known[tool] = "" if "$" in found else found
        return known[tool]

    return address


def _text(path: str) -> str:
    data = read(path, _MOST)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _npm(home: str, environ: Mapping[str, str]) -> str:
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if environ.get(name):
            return environ[name]
    file = environ.get("npm_config_userconfig") or environ.get("NPM_CONFIG_USERCONFIG") or os.path.join(home, ".npmrc")
    for line in _text(file).splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip() == "registry":
            return value
    return ""


def _twine(home: str, environ: Mapping[str, str]) -> str:
    if environ.get("TWINE_REPOSITORY_URL"):
        return environ["TWINE_REPOSITORY_URL"]
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_text(os.path.join(home, ".pypirc")))
    except configparser.Error:
        return ""
    named = {
        name: parser.get(name, "repository") for name in parser.sections() if parser.has_option(name, "repository")
    }
    chosen = environ.get("TWINE_REPOSITORY") or "pypi"
    if chosen in named:
        return named[chosen]
    return next(iter(named.values())) if len(named) == 1 else ""
