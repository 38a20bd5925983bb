"""Every broker that can be a target, and what each looks like here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unsprawl.broker.external.agent_vault import AgentVault
from unsprawl.broker.external.authsome import Authsome
from unsprawl.broker.external.deposit import Broker
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State, installed
from unsprawl.broker.external.kow import Kow
from unsprawl.broker.external.onecli import OneCli
from unsprawl.broker.external.varlock import Varlock
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.surroundings import Surroundings

BROKERS: Mapping[str, Broker] = {each.facts.id: each for each in (Varlock(), Kow(), Authsome(), AgentVault(), OneCli())}


def look(broker_id: str, around: Surroundings) -> Here:
    """The broker as it stands here. Nothing is started; bounded in time."""
    facts = known()[broker_id]
    here = installed(facts, around)
    if not here.ready:
        return here
    if broker_id not in BROKERS:
        return here._replace(reason="installed; there is nothing that it could do for a single entry")
    try:
        return BROKERS[broker_id].look(here)
    except VaultError as error:
        return here._replace(state=State.STOPPED, reason=error.message, hint=error.hint)


def looks(broker_ids: Iterable[str], around: Surroundings) -> dict[str, Here]:
    """The same for those of these that are brokers."""
    return {broker_id: look(broker_id, around) for broker_id in broker_ids if broker_id in known()}
