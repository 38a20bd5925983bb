"""1Password through `op`, one item per value. Written from its documentation, not yet run."""

from __future__ import annotations

import json

from unsprawl.vault.program_store import ProgramStore, Settings


class OnePasswordStore(ProgramStore):
    """The value goes in within an item template on standard input."""

    id = "1password"

    def _ready(self, settings: Settings, item: str | None) -> None:
        if self._call("unlocked", settings, "").code:
            raise self._locked("`op` is not signed in")

    def _put(self, settings: Settings, item: str, content: bytes) -> None:
        self._call("delete", settings, item)  # a second item of one title would be created, and neither could be read
        field = {"id": "credential", "label": "credential", "type": "CONCEALED", "value": content.decode("ascii")}
        template = {"title": f"unsprawl-{item}", "category": "API_CREDENTIAL", "fields": [field]}
        super()._put(settings, item, json.dumps(template).encode("ascii"))
