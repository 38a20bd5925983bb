"""The lines that a commit hook needs, put into a shell script or taken out of it. Pure: bytes in, bytes out."""

from __future__ import annotations

import re
from shlex import quote

BEGIN = b"# >>> unsprawl >>> `unsprawl hook --uninstall` takes these lines out\n"
END = b"# <<< unsprawl <<<\n"
KEPT = "pre-commit.unsprawl-kept"
"""What a hook is called that ours starts when it is through: it stands beside ours, unchanged."""
_SHELL = re.compile(rb"#![ \t]*(?:\S*/env[ \t]+)?(?:\S*/)?(?:sh|bash|dash|zsh|ksh|ash)(?:[ \t][^\n]*)?\n")
_HUSKY_START = re.compile(rb"^[^#\n]*husky\.sh[^\n]*\n", re.MULTILINE)
_GONE = """\
  echo "unsprawl: {program} is gone, so nobody has checked this commit for MCP secrets" >&2
  echo "  Install it again (pipx install, uv tool install), then run: unsprawl hook --install" >&2
  echo "  Or commit without any check: git commit --no-verify" >&2
  exit 3
"""
_MISSING = """\
  echo "unsprawl is not on PATH, so nobody has checked this commit for MCP secrets" >&2
  echo "  Install it (pipx install, uv tool install), or commit without any check: git commit --no-verify" >&2
  exit 3
"""
_CHAIN = f"""\
kept="$(dirname -- "$0")/{KEPT}"
if [ -x "$kept" ]; then
  exec "$kept" "$@"
fi
"""


class Damaged(Exception):
    """Somebody changed our lines so that nobody can tell where they end."""


def block(program: str) -> bytes:
    """Our lines. `program`: an absolute path, or "" for whatever `unsprawl` is on PATH."""
    name = quote(program.replace("\\", "/")) if program else "unsprawl"
    test = f"[ -x {name} ]" if program else "command -v unsprawl >/dev/null 2>&1"
    # What stands between double quotes must not be expanded by the shell.
    shown = re.sub(r'([\\"$`])', r"\\\1", program.replace("\\", "/"))
    otherwise = _GONE.format(program=shown) if program else _MISSING
    text = f"if {test}; then\n  {name} hook --staged || exit $?\nelse\n{otherwise}fi\n"
    return BEGIN + text.encode("utf-8", "surrogateescape") + END


def new_script(program: str, *, chained: bool = False) -> bytes:
    """A hook of our own; `chained`: it goes on to the one that was there before."""
    return b"#!/bin/sh\n" + block(program) + (_CHAIN.encode() if chained else b"")


def is_chain(script: bytes) -> bool:
    """Whether it is a hook of ours that goes on to another one."""
    return has_block(script) and script.endswith(_CHAIN.encode())


def has_block(script: bytes) -> bool:
    """Whether our lines are in it."""
    return BEGIN in script


def with_block(script: bytes, program: str, *, husky: bool = False) -> bytes | None:
    """The script with our lines as the first that it does, or with fresh ones in place of old ones. None where it is no
    shell script, or one that cannot be put back to the byte. Raises Damaged.
    """
    ours = block(program)
    if has_block(script):
        start, end = _span(script)
        return script[:start] + ours + script[end:]
    start_line = _SHELL.match(script)
    if b"\r" in script or b"\0" in script or not (start_line or (husky and not script.startswith(b"#!"))):
        return None
    at = start_line.end() if start_line else 0
    if husky and (begins := _HUSKY_START.search(script)) is not None:
        at = begins.end()  # older versions start the script once more there
    return script[:at] + ours + script[at:]


def without_block(script: bytes) -> bytes:
    """The script as it was. Raises Damaged."""
    start, end = _span(script)
    return script[:start] + script[end:]


def _span(script: bytes) -> tuple[int, int]:
    if script.count(BEGIN) != 1 or script.count(END) != 1 or script.index(END) < script.index(BEGIN):
        raise Damaged
    return script.index(BEGIN), script.index(END) + len(END)
