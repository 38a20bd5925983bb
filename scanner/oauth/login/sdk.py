"""Whether the official MCP SDK is there, in a version that we know, and how to get it."""

from __future__ import annotations

import os
import sys

_WANTED = "mcp>=2.3,<3"
_OLDEST, _TOO_NEW = (2, 3), (3,)


def usable() -> bool:
    """Whether it can be used: 2.3 knows both eras of the protocol, and a later major version may know neither."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = tuple(int(part) for part in version("mcp").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return False
    return _OLDEST <= installed < _TOO_NEW


def hint(prefix: str = "", python: str = "") -> str:
    """The command that adds it to this very installation."""
    where = f"{(prefix or sys.prefix).replace(os.sep, '/')}/"
    if "/pipx/venvs/" in where:
        name = where.split("/pipx/venvs/", 1)[1].partition("/")[0]
        command = f"pipx inject {name} '{_WANTED}'"
    elif "/uv/tools/" in where:
        command = f"uv tool install --with '{_WANTED}' unsprawl"
    else:
        command = f"{python or sys.executable} -m pip install '{_WANTED}'"
    return f"Add it to this installation: {command}"
