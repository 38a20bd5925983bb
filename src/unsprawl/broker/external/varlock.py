"""varlock: a folder of ours for each entry, with a schema that holds the encrypted values and where they may go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from unsprawl.broker.external.call import done, run
from unsprawl.broker.external.deposit import Deposit, own_folder, remove_own_folder
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here
from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.files import private_folder, read_private, write_private

_ENCRYPTED = re.compile(rb'varlock\("local:[A-Za-z0-9+/=]{16,200000}"\)')
_PLAIN = re.compile(r"[A-Za-z0-9 ._~+/=:,;@!&*()-]+")
"""What a placeholder may consist of, so that nothing of it means something in a schema."""


class Varlock:
    """Values are encrypted by `varlock encrypt`; `varlock printenv` gives them back."""

    facts = known()["varlock"]

    def look(self, here: Here) -> Here:
        """It needs no daemon and no sign-in."""
        return here._replace(reason=f"{self.facts.name} {here.version}")

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Encrypts the values, writes the schema, and reads them back from it."""
        lines = ["# Made by unsprawl. Its undo removes this folder.", "# @defaultSensitive=true", "# ---"]
        for bound in deposit.bounds:
            if not _PLAIN.fullmatch(bound.placeholder):
                raise StoreUnavailable("a placeholder of this shape cannot stand in a schema of varlock")
            lines += [f'# @proxy(domain="{host}")' for host in bound.hosts]
            lines += [f'# @placeholder="{bound.placeholder}"']
            lines += [f"{bound.variable}={self._encrypted(deposit.program, values[bound.variable])}"]
        place = private_folder(_folder(deposit))
        write_private(place / ".env.schema", "\n".join([*lines, ""]).encode("utf-8"))
        there = self.stored(deposit)
        if any(there.get(bound.variable) != values[bound.variable] for bound in deposit.bounds):
            raise StoreUnavailable("varlock gave back another value than it was given")
        return True

    def _encrypted(self, program: str, value: Secret) -> str:
        answer = run(self.facts, program, ["encrypt"], value.reveal().encode("utf-8"))
        found = _ENCRYPTED.findall(done(self.facts, answer, "encrypt a value").output)
        if len(found) != 1:
            raise StoreUnavailable("`varlock encrypt` answered in a way that this version does not know")
        text: bytes = found[0]
        return text.decode("ascii")

    def stored(self, deposit: Deposit) -> Mapping[str, Secret]:
        """What the schema resolves to."""
        found: dict[str, Secret] = {}
        if not self._schema(deposit):
            return found
        for bound in deposit.bounds:
            answer = run(self.facts, deposit.program, ["printenv", bound.variable, "-p", f"{_folder(deposit)}/"])
            if answer.code == 0:
                found[bound.variable] = Secret(answer.output.decode("utf-8", "replace").removesuffix("\n"))
        return found

    def _schema(self, deposit: Deposit) -> bytes:
        try:
            return read_private(_folder(deposit) / ".env.schema")
        except (FileNotFoundError, VaultError):
            return b""

    def remove(self, deposit: Deposit) -> None:
        """Deletes our folder, which holds nothing else."""
        remove_own_folder(deposit)

    def standing(self, deposit: Deposit) -> str:
        """Whether the schema still opens."""
        schema = self._schema(deposit)
        if not schema:
            return f"there is no {_folder(deposit) / '.env.schema'}"
        gone = [bound.variable for bound in deposit.bounds if bound.variable not in self.stored(deposit)]
        return f"varlock cannot open {', '.join(gone)}" if gone else ""


def _folder(deposit: Deposit) -> Path:
    return own_folder(deposit.broker, deposit.account)
