"""The registries that the user's own npm and twine are set to: their files at home, never those of a scanned folder.

One for which such a file holds the very token comes before the one that is used for everything else.
"""

from __future__ import annotations

import configparser
import contextlib
import os
from collections.abc import Iterator, Mapping

from unsprawl.scanner.sources.worktree import read
from unsprawl.scanner.validate.server import Tools

_MOST = 256 << 10
_TOKEN = ":_authToken"


def tools(home: str, environ: Mapping[str, str]) -> Tools:
    """What answers the address of the registry of a program for a token, or ""."""
    readers = {"npm": _npm(home, environ), "twine": _twine(home, environ)}

    def address(tool: str, token: str) -> str:
        own, usual = readers[tool]
        found = own.get(token) or usual
        return "" if "$" in found else found

    return address


def _text(path: str) -> str:
    data = read(path, _MOST)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name[:1] not in ("#", ";"):
            yield name.strip(), value.strip().strip("\"'")


def _npm(home: str, environ: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """(addresses by token, the usual one)"""
    file = environ.get("npm_config_userconfig") or environ.get("NPM_CONFIG_USERCONFIG") or os.path.join(home, ".npmrc")
    known = list(_settings(_text(file)))
    # `//registry.example/path/:_authToken=…`
    own = {token: f"https:{name.removesuffix(_TOKEN)}" for name, token in known if name.endswith(_TOKEN)}
    usual = environ.get("npm_config_registry") or environ.get("NPM_CONFIG_REGISTRY") or dict(known).get("registry", "")
    return own, usual


def _twine(home: str, environ: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """(addresses by token, the usual one)"""
    parser = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error):
        parser.read_string(_text(os.path.join(home, ".pypirc")))
    having = [name for name in parser.sections() if parser.has_option(name, "repository")]
    named = {name: parser.get(name, "repository").strip() for name in having}
    own = {parser.get(name, "password", fallback=""): address for name, address in named.items()}
    chosen = environ.get("TWINE_REPOSITORY") or "pypi"
    usual = named.get(chosen, "") or (next(iter(named.values())) if len(named) == 1 else "")
    return own, environ.get("TWINE_REPOSITORY_URL") or usual
