"""What a migration put into a broker of others: filled, compared, taken out again."""

from __future__ import annotations

from collections.abc import Mapping

from unsprawl.broker.external.deposit import Broker, Deposit, own_folder
from unsprawl.broker.external.facts import known
from unsprawl.rewriters.journal import EntryNote, State, journals
from unsprawl.scanner.errors import NotApplied, UnsprawlError
from unsprawl.scanner.secret import Secret


def fill(deposit: Deposit, values: Mapping[str, Secret]) -> bool:
    """Puts the values there; whether they could be read back. Raises UnsprawlError."""
    return _broker(deposit.broker).store(deposit, values)


def key(entry: EntryNote, variable: str) -> str:
    """What a value is called where it is compared later."""
    deposit = deposit_of(entry)
    assert deposit is not None
    return f"{deposit.broker} {deposit.account}: {variable}"


def deposit_of(entry: EntryNote) -> Deposit | None:
    """What the journal says. Raises NotApplied when it is damaged."""
    if entry.deposit is None:
        return None
    try:
        return Deposit.from_json(entry.deposit)
    except (KeyError, TypeError, IndexError):
        raise NotApplied("the journal is damaged", hint="Restore it from a backup, or move it away.") from None


def replaced(entry: EntryNote, values: Mapping[str, str]) -> frozenset[str]:
    """The values that are newer there by now, or of which nobody can tell: taking them out could lose them.

    `values`: what was put there, by `key`.
    """
    deposit = deposit_of(entry)
    if deposit is None:
        return frozenset()
    named = {key(entry, bound.variable): bound.variable for bound in deposit.bounds}
    try:
        there = _broker(deposit.broker).stored(deposit)
    except UnsprawlError:
        there = None
    if there is None:
        return frozenset(named)
    return frozenset(
        name for name, variable in named.items() if variable in there and there[variable].reveal() != values.get(name)
    )


def take_out(entry: EntryNote, kept: frozenset[str]) -> str:
    """Takes out what was put there; answers what stays and what to do about it, "" when nothing does."""
    deposit = deposit_of(entry)
    if deposit is None:
        return ""
    facts = known()[deposit.broker]
    stays = {bound.variable for bound in deposit.bounds if key(entry, bound.variable) in kept}
    if stays:
        why = "may be newer"
    else:
        try:
            _broker(deposit.broker).remove(deposit)
            return ""
        except UnsprawlError as error:
            why = f"could not be removed: {error.message}"
    own = own_folder(deposit.broker, deposit.account)
    words = {**deposit.settings, "account": _account(deposit), "names": ", ".join(deposit.names), "own": own}
    how = facts.left.format(**words)
    return f"the value in {facts.name} stays, since it {why}. {how}"


def standing_for(path: str, pointer: str) -> Deposit | None:
    """What the last migration in force put into a broker for the entry at a place."""
    for journal in reversed(list(journals())):
        for file in journal.files:
            for entry in file.entries:
                if file.path == path and entry.pointer == pointer and not entry.put_back and file.state is State.DONE:
                    return deposit_of(entry)
    return None


def wrong_with(deposit: Deposit) -> str:
    """Why a server would not get its value now, or ""."""
    try:
        return _broker(deposit.broker).standing(deposit)
    except UnsprawlError as error:
        return error.message


def _account(deposit: Deposit) -> str:
    return str(deposit.settings.get("account") or f"unsprawl-{deposit.account}")


def _broker(broker_id: str) -> Broker:
    from unsprawl.broker.external.registry import BROKERS

    broker = BROKERS.get(broker_id)
    if broker is None:
        raise NotApplied(f"this version knows no broker `{broker_id[:40]}`")
    return broker
