"""What stores have in common that are another program: how it is found, told where to look, called and understood.

A value goes in on standard input and comes out on standard output; what the program says otherwise is never shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from typing import TypeAlias

from unsprawl.scanner.errors import SecretMissing, StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import store_settings
from unsprawl.vault.locks import held
from unsprawl.vault.one_line import from_line, to_line
from unsprawl.vault.store_call import Answer, call, found, quiet_environment
from unsprawl.vault.store_facts import known, program_facts
from unsprawl.vault.stores import Availability, State, StoreDown, check_item_key, new_item_key, storable

Settings: TypeAlias = Mapping[str, str]


class ProgramStore:
    """A store whose calls are in rules/stores.yaml. The methods with an underscore are for what is particular to one.

    Storing looks at the user's environment and keeps what it says about the program's own store; fetching only looks at
    what was kept.
    """

    id = ""

    def __init__(self) -> None:
        facts = known()[self.id]
        self.title = facts.title
        self._locked_hint = facts.locked
        self._facts = program_facts(self.id)

    def probe(self) -> Availability:
        """Stores, reads and deletes a worthless value. Asks nothing, and is bounded."""
        item = new_item_key()
        try:
            settings = store_settings.wanted(self.id, os.environ)
            self._store(settings, item, Secret(item))
            try:
                same = self._fetch(settings, item) == Secret(item)
            finally:
                with suppress(VaultError):  # what went wrong before says more
                    self._forget(settings, item)
            caution = self._caution(settings)
        except VaultError as error:
            state = error.state if isinstance(error, StoreDown) else State.MISSING
            return Availability(state, error.message, hint=error.hint)
        if not same:
            return Availability(State.MISSING, "a stored value came back changed")
        return Availability(State.WORKS, "a test value was stored, read and deleted", caution)

    def put(self, item: str, secret: Secret) -> None:
        """Keeps `secret` under `item`. Raises StoreUnavailable, also for values that this store cannot hold whole."""
        settings = store_settings.wanted(self.id, os.environ)
        self._store(settings, item, secret, keep=True)

    def get(self, item: str) -> Secret:
        """The text under `item`."""
        return self._fetch(store_settings.kept(self.id) or {}, item)

    def delete(self, item: str) -> bool:
        """Forgets `item`."""
        return self._forget(store_settings.kept(self.id) or {}, item)

    def _store(self, settings: Settings, item: str, secret: Secret, *, keep: bool = False) -> None:
        check_item_key(item)
        content = storable(secret)
        if self._facts.one_line:
            content = to_line(secret.reveal()).encode("ascii")
        if self._facts.largest and len(content) > self._facts.largest:
            raise StoreUnavailable(
                f"the value is larger than {self.title} takes ({self._facts.largest} bytes)", hint="Use the file vault."
            )
        with self._alone():
            self._open(settings, None)
            if keep:
                store_settings.keep(self.id, settings)
            self._put(settings, item, content)

    def _fetch(self, settings: Settings, item: str) -> Secret:
        check_item_key(item)
        self._open(settings, item)
        content = self._get(settings, item)
        try:
            if self._facts.one_line:
                return Secret(from_line(content.decode("ascii").removesuffix("\n").removesuffix("\r")))
            return Secret(content.decode("utf-8"))
        except ValueError:
            raise StoreUnavailable(f"what {self.title} holds is not what was stored") from None

    def _forget(self, settings: Settings, item: str) -> bool:
        check_item_key(item)
        with self._alone():
            try:
                self._open(settings, item)
                return self._delete(settings, item)
            except SecretMissing:
                return False

    def _alone(self) -> AbstractContextManager[None]:
        """Two of us at a time: some programs write the whole store anew, and the later one would win."""
        return held(f"store-{self.id}", wait_s=self._facts.limit_s)

    def _open(self, settings: Settings, item: str | None) -> None:
        found(self._facts.programs, self._facts.folders)
        missing = [
            setting.name for setting in self._facts.settings if setting.needed and not settings.get(setting.name)
        ]
        if missing:
            words = " ".join(f"--set {name}=…" for name in missing)
            raise StoreDown(f"{self.title} is not set up", State.MISSING, hint=f"unsprawl vault use {self.id} {words}")
        self._ready(settings, item)

    def _ready(self, settings: Settings, item: str | None) -> None:
        """Whether a call can succeed without a question; `item` when it is about one that should be there.

        Raises StoreDown, or SecretMissing.
        """

    def _caution(self, settings: Settings) -> str:
        """Why it will not open by itself at a later start, or who else can read it; "" for neither."""
        return ""

    def _more_environment(self, settings: Settings) -> Settings:
        return {}

    def _put(self, settings: Settings, item: str, content: bytes) -> None:
        self._done(self._call("put", settings, item, content), settings)

    def _get(self, settings: Settings, item: str) -> bytes:
        return self._done(self._call("get", settings, item), settings).output

    def _delete(self, settings: Settings, item: str) -> bool:
        self._done(self._call("delete", settings, item), settings)
        return True

    def _call(self, action: str, settings: Settings, item: str, given: bytes = b"", **more: str) -> Answer:
        program = self._facts.programs[0]
        words = [word.format(item=item, **settings, **more) for word in self._facts.calls[action]]
        return self._run(settings, [program, *words], given)

    def _run(self, settings: Settings, argv: list[str], given: bytes = b"") -> Answer:
        """Calls one of the programs of this store, named first in `argv`."""
        paths = found(self._facts.programs, self._facts.folders)
        environ = quiet_environment(
            paths,
            {
                **self._facts.environment,
                **{name: os.environ[name] for name in self._facts.passes if name in os.environ},
                **{s.variable: settings[s.name] for s in self._facts.settings if s.variable and settings.get(s.name)},
                **self._more_environment(settings),
            },
        )
        try:
            return call([paths[argv[0]], *argv[1:]], given, environ, self._facts.limit_s)
        except StoreDown as error:
            raise StoreDown(error.message, error.state, hint=self._locked_hint) from None

    def _done(self, answer: Answer, settings: Settings) -> Answer:
        """`answer`, when the program did what it was asked. Raises SecretMissing or StoreDown."""
        if answer.code == 0:
            return answer
        if self._facts.missing and self._facts.missing in answer.said:
            raise SecretMissing(
                f"the value is gone from {self.title}", hint="Store it again with `unsprawl vault set`."
            )
        raise self._failure(answer, settings)

    def _failure(self, answer: Answer, settings: Settings) -> StoreDown:
        """What went wrong, in our words: the program's own may quote what it was given."""
        return StoreDown(f"{self.title} failed (exit code {answer.code})", State.MISSING)

    def _locked(self, why: str) -> StoreDown:
        return StoreDown(f"{self.title} is locked: {why}", State.LOCKED, hint=self._locked_hint)
