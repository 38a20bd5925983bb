"""`pass`: one GPG-encrypted file per value, in the user's own password store, below `unsprawl/`."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from unsprawl.vault.program_store import ProgramStore, Settings
from unsprawl.vault.store_call import Answer
from unsprawl.vault.store_facts import program_facts
from unsprawl.vault.stores import State, StoreDown

_NEW = "-new"
_STALE_AFTER_S = 3600
_DECRYPTED = "[GNUPG:] DECRYPTION_OKAY"
_KEY = re.compile(r"^\[GNUPG:\] ENC_TO ([0-9A-F]{16})", re.MULTILINE | re.ASCII)


class PassStore(ProgramStore):
    """GPG is told never to ask: a locked key is an error, and no window opens under a host."""

    id = "pass"

    def _ready(self, settings: Settings, item: str | None) -> None:
        folder = _folder(settings)
        if not any(place.is_file() for place in _gpg_ids(settings)):
            raise StoreDown(f"there is no password store in {folder}", State.MISSING, hint="pass init KEY makes one.")

    def _put(self, settings: Settings, item: str, content: bytes) -> None:
        """gpg writes into the file itself: a call that was cut off would leave half of one, in the place of an old."""
        folder = _folder(settings) / "unsprawl"
        _sweep(folder)
        super()._put(settings, item, content)
        try:
            os.replace(folder / f"{item}{_NEW}.gpg", folder / f"{item}.gpg")
        except OSError as error:
            raise StoreDown(f"pass stored nothing in {folder} ({error.strerror})", State.MISSING) from None

    def _get(self, settings: Settings, item: str) -> bytes:
        answer = self._done(self._call("get", settings, item), settings)
        if _DECRYPTED not in answer.said:  # of a damaged file gpg makes an empty text, and says that all is well
            raise StoreDown("pass could not decrypt the value: its file is damaged", State.MISSING)
        return answer.output

    def _failure(self, answer: Answer, settings: Settings) -> StoreDown:
        keys = _KEY.findall(answer.said)
        if not keys:
            return super()._failure(answer, settings)
        if not self._secret_keys(settings, keys):
            return StoreDown("the secret key for this password store is not on this machine", State.MISSING)
        return self._locked("gpg-agent does not know the passphrase of its key")

    def _caution(self, settings: Settings) -> str:
        readers = _readers(settings)
        if len(readers) > 1:
            return f"{len(readers)} keys can decrypt what is put there"
        keygrips = _encrypting(self._secret_keys(settings, readers))
        answer = self._run(settings, ["gpg-connect-agent", "--no-autostart", "keyinfo --list", "/bye"])
        if not keygrips & _without_passphrase(answer.output.decode("ascii", "replace")):
            return "its key has a passphrase, and servers start only while gpg-agent knows it"
        return ""

    def _secret_keys(self, settings: Settings, names: list[str]) -> str:
        """What gpg lists of the secret keys here that `names` stand for; "" when there are none."""
        words = ["gpg", "--batch", "--no-tty", "--with-colons", "--with-keygrip", "--list-secret-keys", "--", *names]
        return self._run(settings, words).output.decode("utf-8", "replace")


def _sweep(folder: Path) -> None:
    """Deletes what killed runs left."""
    for path in folder.glob(f"*{_NEW}.gpg"):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _STALE_AFTER_S:
                path.unlink()


def _folder(settings: Settings) -> Path:
    usual = next(setting.usual for setting in program_facts(PassStore.id).settings if setting.name == "folder")
    return Path(settings.get("folder") or os.path.expanduser(usual))


def _gpg_ids(settings: Settings) -> tuple[Path, Path]:
    """The files that name the keys for our values; the first that exists counts."""
    folder = _folder(settings)
    return folder / "unsprawl" / ".gpg-id", folder / ".gpg-id"


def _readers(settings: Settings) -> list[str]:
    """The keys that our values are encrypted for."""
    for path in _gpg_ids(settings):
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        return [name for line in lines if (name := line.partition("#")[0].strip())]
    return []


def _encrypting(listing: str) -> frozenset[str]:
    """The keygrips of the keys that decrypt."""
    found: set[str] = set()
    decrypts = False
    for fields in (line.split(":") for line in listing.splitlines()):
        if fields[0] in ("sec", "ssb"):
            decrypts = "e" in fields[11]
        elif fields[0] == "grp" and decrypts:
            found.add(fields[9])
    return frozenset(found)


def _without_passphrase(keyinfo: str) -> frozenset[str]:
    """The keygrips that lie open in gpg-agent's folder: `S KEYINFO grip D serial id cached C …`."""
    lines = (line.split() for line in keyinfo.splitlines())
    return frozenset(words[2] for words in lines if words[:2] == ["S", "KEYINFO"] and words[3:8:4] == ["D", "C"])
