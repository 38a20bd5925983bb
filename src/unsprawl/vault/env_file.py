"""`env.sh`: a private file of `export NAME='…'` lines that a shell's start-up file can source."""

from __future__ import annotations

import re
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, read_private, write_private
from unsprawl.vault.stores import storable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_OURS = re.compile(r"export ([A-Za-z_][A-Za-z0-9_]*)='((?:[^']|'\\'')*)'(?:\n|\Z)", re.ASCII)
_FIRST = "# Written by unsprawl: secrets for your shell. Keep it out of backups and repositories.\n"


def path() -> Path:
    """Where the file lies. To use it: `. ~/.config/unsprawl/env.sh` in the shell's start-up file."""
    return places.config_dir() / "env.sh"


def names() -> tuple[str, ...]:
    """The variables in the file, in order."""
    return tuple(name for name, _ in _parse(_read()) if name)


def get_variable(name: str) -> Secret | None:
    """The value of `name`, or None; of two lines the last one, as in a shell."""
    found = [text for other, text in _parse(_read()) if other == name]
    return Secret(_unquoted(found[-1])) if found else None


def set_variable(name: str, secret: Secret) -> None:
    """Adds or replaces one line. Raises VaultError for a name that is none, or a value with NUL."""
    if not _NAME.fullmatch(name):
        raise VaultError("not a name that a shell can export")
    storable(secret)
    line = f"export {name}='" + secret.reveal().replace("'", "'\\''") + "'\n"
    parts = [text for other, text in _parse(_read()) if other != name] or [_FIRST]
    if not parts[-1].endswith("\n"):
        parts.append("\n")
    _write("".join([*parts, line]))


def remove_variable(name: str) -> bool:
    """Deletes the lines of `name`; False when there were none."""
    parsed = _parse(_read())
    kept = [text for other, text in parsed if other != name]
    if len(kept) == len(parsed):
        return False
    _write("".join(kept))
    return True


def _unquoted(line: str) -> str:
    match = _OURS.fullmatch(line)
    assert match is not None  # `_parse` only names lines that match
    return match[2].replace("'\\''", "'")


def _parse(text: str) -> list[tuple[str, str]]:
    """(name, its whole text) for our lines and ("", text) for others. Raises VaultError where a line cannot be told."""
    parts: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _OURS.match(text, position)
        if match:
            parts.append((match[1], match[0]))
            position = match.end()
            continue
        end = text.find("\n", position) + 1 or len(text)
        line = text[position:end]
        if not line.lstrip().startswith("#") and (set(line) & set("'\"\\`") or "<<" in line):
            # It may run on over the next lines, and then what looks like ours is part of it.
            raise VaultError(
                f"{path()}:{text.count(chr(10), 0, position) + 1}: a line that unsprawl did not write and cannot read",
                hint="Move your own lines to another file.",
            )
        parts.append(("", line))
        position = end
    return parts


def _read() -> str:
    try:
        return read_private(path()).decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise VaultError(f"{path()} is not UTF-8 text") from None


def _write(text: str) -> None:
    private_folder(path().parent)
    write_private(path(), text.encode("utf-8"))
