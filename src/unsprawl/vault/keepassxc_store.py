"""KeePassXC: a database with a key file and no password, through `keepassxc-cli`.

A database with a password can only be opened by a person. Where KeePassXC itself runs and serves the Secret Service,
its items are the system's keyring.
"""

from __future__ import annotations

import os
import stat

from unsprawl.vault.program_store import ProgramStore, Settings
from unsprawl.vault.store_call import Answer
from unsprawl.vault.stores import State, StoreDown

_NOTHING = "No results"
_ROUNDS = 3
"""The first deletion moves an entry into the recycle bin, the second one ends it."""


class KeePassXCStore(ProgramStore):
    """The program writes the whole database anew each time, in one step."""

    id = "keepassxc"

    def _ready(self, settings: Settings, item: str | None) -> None:
        for name in ("database", "key_file"):
            if settings.get(name) and not os.path.isfile(settings[name]):
                raise StoreDown(f"{settings[name]} is not there", State.MISSING)

    def _caution(self, settings: Settings) -> str:
        if os.name == "posix" and stat.S_IMODE(os.stat(settings["key_file"]).st_mode) & 0o077:
            return "other users of this machine can read its key file"
        return ""

    def _put(self, settings: Settings, item: str, content: bytes) -> None:
        line = content + b"\n"
        if self._call("put", settings, item, line).code == 0:
            return
        # The group is missing, or the entry is there, or nothing can be written; the program tells none from another.
        self._call("group", settings, item)
        if self._call("put", settings, item, line).code:
            self._done(self._call("again", settings, item, line), settings)

    def _delete(self, settings: Settings, item: str) -> bool:
        deleted = False
        for _ in range(_ROUNDS):
            places = self._places(settings, item)
            if not places:
                return deleted
            for place in places:
                self._done(self._call("delete", settings, item, place=place), settings)
            deleted = True
        raise StoreDown(f"{self.title} does not delete the value", State.MISSING)

    def _places(self, settings: Settings, item: str) -> list[str]:
        answer = self._call("places", settings, item)
        if answer.code and _NOTHING in answer.said:
            return []
        lines = self._done(answer, settings).output.decode("utf-8", "replace").splitlines()
        return [line for line in lines if line.startswith("/") and line.endswith(f"/{item}")]

    def _failure(self, answer: Answer, settings: Settings) -> StoreDown:
        if "Invalid credentials" in answer.said:
            return self._locked("the key file alone does not open this database")
        return super()._failure(answer, settings)
