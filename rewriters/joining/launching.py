"""By which word a runner of packages (`npx`, `uvx`) starts something else than the package that it seems to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PACKAGE = {
    **dict.fromkeys(("npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "bun"), frozenset({"-p", "--package"})),
    **dict.fromkeys(("uvx", "uv"), frozenset({"--from"})),
    "pipx": frozenset({"--spec"}),
}
"""By runners, the flags that name a package apart from the program that is started."""
_AT_ONCE = frozenset({"npx", "bunx", "pnpx", "uvx"})
"""Those that take no word before the package."""
_WORDS = frozenset({"exec", "run", "dlx", "x", "tool"})
_HARMLESS = frozenset(
    {"-y", "--yes", "-q", "--quiet", "-s", "--silent", "--isolated", "-n", "--no-cache", "--refresh", "--offline",
     "--prefer-offline", "--prefer-online", "--no-progress", "--bun", "--native-tls", "--no-env-file", "--"}
)  # fmt: skip
_PYTHON = frozenset({"-p", "--python"})
_VERSION = re.compile(r"[0-9.]{1,10}")
_BEHIND_NAME = re.compile(r"[@=<>~! \[]")


def deciding_word(name: str, words: Sequence[str]) -> str:
    """The word before the package that decides what is run; "" where the package alone does. `name`: the program's,
    `words`: its arguments.

    What stands behind an unknown flag may be its value, and not what is started: so only known ones are passed over.
    """
    if name not in _PACKAGE:
        return ""
    by, package, rest = "", "", list(words)
    while rest:
        word = rest.pop(0)
        flag, equals, value = word.partition("=")
        if name not in _AT_ONCE and word in _WORDS:
            continue
        if not word.startswith("-"):
            if package:
                return by if word != _BEHIND_NAME.split(package.rpartition("/")[2])[0] else ""
            return word if word in _WORDS else ""
        if flag in _PACKAGE[name]:
            if package or not (equals or rest):
                return flag
            by, package = flag, value if equals else rest.pop(0)
        elif flag in _PYTHON and name in ("uvx", "uv") and _VERSION.fullmatch(value if equals else "".join(rest[:1])):
            rest = rest if equals else rest[1:]
        elif word not in _HARMLESS:
            return flag
    return ""
