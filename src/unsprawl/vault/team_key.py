"""The one key that a team shares, so that the copies of a secret on several machines show as one in its report.

It never travels in a repository: colleagues hand it on as a file, whose form is `written` and `parsed`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from unsprawl.scanner.errors import VaultError
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, remove_private, write_private
from unsprawl.vault.key_file import SIZE, create_key, digest, read_key

_HINT = "Take it again from a colleague: `unsprawl team key --import FILE --replace`."
_TITLE = "unsprawl team key"
_FORM = re.compile(rf"{_TITLE}, version ([0-9]{{1,4}})\n(?:#[^\n]{{0,200}}\n){{0,20}}key: ([A-Za-z0-9_=-]{{1,100}})\n"
                   r"name: ([0-9a-f-]{1,40})\s*")  # fmt: skip
VERSION = 1
MAX_BYTES = 4096


def path() -> Path:
    """Where the key lies."""
    return places.config_dir() / "team.key"


def team_key() -> bytes | None:
    """The key, or None where there is none. Raises VaultError when the file is damaged or open to others."""
    try:
        return read_key(path(), _HINT)
    except FileNotFoundError:
        return None


def keep(key: bytes | None = None, *, replace: bool = False) -> bool:
    """Keep this key, or a new one; False where there is one already and it may not be replaced. Raises VaultError."""
    if replace:
        private_folder(path().parent)
        write_private(path(), os.urandom(SIZE) if key is None else key)
        return True
    return create_key(path(), key)


def forget() -> bool:
    """Delete the key; False where there was none. Raises VaultError."""
    return remove_private(path())


def name_of(key: bytes) -> str:
    """What two colleagues compare to see that they have the same key. It tells nothing of the key."""
    whole = digest(key, _TITLE)
    return "-".join(whole[start : start + 4] for start in (0, 4, 8))


def written(key: bytes) -> bytes:
    """The key as a file for colleagues. Whoever has it can tell which of the team's machines hold a key they know."""
    from base64 import urlsafe_b64encode

    lines = (
        f"{_TITLE}, version {VERSION}",
        "# Hand this file on directly (not by chat or mail, never in a repository), then delete it.",
        "# Take it in with: unsprawl team key --import FILE",
        f"key: {urlsafe_b64encode(key).decode('ascii')}",
        f"name: {name_of(key)}",
        "",
    )
    return "\n".join(lines).encode("ascii")


def parsed(data: bytes) -> bytes | str:
    """The key in such a file, or what is wrong with the file. Nothing of its content is told."""
    from base64 import urlsafe_b64decode

    try:
        text = data.decode("ascii").replace("\r\n", "\n").lstrip("\n")
    except UnicodeDecodeError:
        return "is no team key"
    if not text.startswith(_TITLE):
        return "is no team key"
    found = _FORM.fullmatch(text)
    if found is None:
        return "is damaged: lines of it are missing or changed"
    if int(found[1]) != VERSION:
        return f"is a team key of version {int(found[1])}, and this unsprawl knows version {VERSION}: update it"
    try:
        key = urlsafe_b64decode(found[2])
    except ValueError:
        return "is damaged: the key is cut or changed"
    if len(key) != SIZE or name_of(key) != found[3]:
        return "is damaged: the key is cut or changed"
    return key


def needed() -> bytes:
    """The key. Raises VaultError, which says what to type, where there is none."""
    key = team_key()
    if key is None:
        raise VaultError(
            "there is no team key here",
            hint="Take in the file of a colleague: unsprawl team key --import FILE; the first of a team types: "
            "unsprawl team key --new",
        )
    return key
