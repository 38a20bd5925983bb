"""OneCLI: a secret for each value and host, over its API."""

from __future__ import annotations

from collections.abc import Mapping

from unsprawl.broker.external.call import ask, exposed, secret_of, without_key
from unsprawl.broker.external.deposit import Deposit
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.secret import Secret


class OneCli:
    """Only read, never run: it gives no value back, so what it holds stays there."""

    facts = known()["onecli"]

    def look(self, here: Here) -> Here:
        """Whether its API answers and there is a key for it."""
        address = here.settings["address"]
        if (told := exposed(here, address)) is not None:
            return told
        health = ask("GET", f"{address}/v1/health", limit_s=2.0)
        if health is None or health.code != 200:
            reason = f"its API does not answer at {address}"
            return here._replace(state=State.STOPPED, reason=reason, hint="Start it, or set ONECLI_URL.")
        if (told := without_key(self.facts, here)) is not None:
            return told
        return here._replace(reason=f"{self.facts.name} {here.version}, its API answers")

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Posts the values. They cannot be read back."""
        token, address = secret_of(self.facts), deposit.settings["address"]
        for name, bound in zip(deposit.names, deposit.bounds, strict=True):
            for host in bound.hosts:
                body = {
                    "name": f"{name} {host}",
                    "type": "generic",
                    "value": values[bound.variable].reveal(),
                    "hostPattern": host,
                    "injectionConfig": {"headerName": bound.header, "valueFormat": f"{bound.prefix}{{value}}"},
                }
                reply = ask("POST", f"{address}/v1/secrets", body, token=token, limit_s=self.facts.limit_s)
                if reply is None or not 200 <= reply.code < 300:
                    said = "does not answer" if reply is None else f"answered with {reply.code}"
                    raise StoreUnavailable(f"{self.facts.name} {said}", hint=self.facts.needs)
        return False

    def stored(self, deposit: Deposit) -> None:
        """It gives no value back."""

    def remove(self, deposit: Deposit) -> None:
        """Nobody knows how it deletes."""
        raise StoreUnavailable(f"{self.facts.name} is not known to remove a value")

    def standing(self, deposit: Deposit) -> str:
        """Whether its API answers; what it holds it does not tell."""
        health = ask("GET", f"{deposit.settings['address']}/v1/health", limit_s=2.0)
        return "" if health is not None and health.code == 200 else f"{self.facts.name} does not answer"
