"""Agent Vault: credentials over its API, since its command takes them as arguments; services through its command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from unsprawl.broker.external.call import ask, done, exposed, run, secret_of, without_key
from unsprawl.broker.external.deposit import Deposit
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places
from unsprawl.vault.files import private_folder, remove_private, write_private


class AgentVault:
    """Only read, never run: what it gives back and how it deletes is not known, so what it holds stays there."""

    facts = known()["agent-vault"]

    def look(self, here: Here) -> Here:
        """Whether its server answers and a session is open."""
        address = here.settings["address"]
        if (told := exposed(here, address)) is not None:
            return told
        if ask("GET", address, limit_s=2.0) is None:
            reason = f"its server does not answer at {address}"
            return here._replace(state=State.STOPPED, reason=reason, hint="Start it, or set AGENT_VAULT_ADDR.")
        words = ["account", "whoami"]
        if run(self.facts, here.program, words, more={"AGENT_VAULT_ADDR": address}).code:
            return here._replace(state=State.LOCKED, reason="nobody is signed in", hint="Run `agent-vault auth login`.")
        if (told := without_key(self.facts, here)) is not None:
            return told
        return here._replace(reason=f"{self.facts.name} {here.version}, its server answers")

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Posts the values, then adds a service for each host. They cannot be read back."""
        token, address = secret_of(self.facts), deposit.settings["address"]
        credentials = {
            name: values[bound.variable].reveal() for name, bound in zip(deposit.names, deposit.bounds, strict=True)
        }
        body = {"vault": deposit.settings["account"], "credentials": credentials}
        reply = ask("POST", f"{address}/v1/credentials", body, token=token, limit_s=self.facts.limit_s)
        if reply is None or not 200 <= reply.code < 300:
            said = "does not answer" if reply is None else f"answered with {reply.code}"
            raise StoreUnavailable(f"{self.facts.name} {said}", hint=self.facts.needs)
        file = private_folder(places.state_dir()) / f"services-{deposit.account}.json"
        write_private(Path(file), json.dumps({"services": _services(deposit)}).encode())
        try:
            words = ["vault", "service", "add", "-f", str(file), "--vault", deposit.settings["account"]]
            answer = run(self.facts, deposit.program, words, more={"AGENT_VAULT_ADDR": address})
            done(self.facts, answer, "bind the value to its host")
        finally:
            remove_private(Path(file))
        return False

    def stored(self, deposit: Deposit) -> None:
        """Nothing that is known gives a value back."""

    def remove(self, deposit: Deposit) -> None:
        """Nobody knows how it deletes."""
        raise StoreUnavailable(f"{self.facts.name} is not known to remove a value")

    def standing(self, deposit: Deposit) -> str:
        """Whether its server answers; what it holds it does not tell."""
        address = deposit.settings["address"]
        silent = ask("GET", address, limit_s=2.0) is None
        return f"{self.facts.name} does not answer at {address}" if silent else ""


def _services(deposit: Deposit) -> list[dict[str, object]]:
    return [
        {
            "name": f"unsprawl-{deposit.account}-{number}",
            "host": host,
            "auth": {"type": "custom", "headers": {bound.header: f"{bound.prefix}{{{{ {name} }}}}"}},
            "substitutions": [{"key": name, "placeholder": bound.placeholder, "in": ["header"]}],
        }
        for number, (name, bound, host) in enumerate(
            (name, bound, host)
            for name, bound in zip(deposit.names, deposit.bounds, strict=True)
            for host in bound.hosts
        )
    ]
