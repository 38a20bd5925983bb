"""What a login created, taken back: tokens revoked (RFC 7009), the registered client deleted (RFC 7592)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import unquote, urlencode

from unsprawl.scanner.basic import basic_password
from unsprawl.scanner.oauth.addresses import origin_of
from unsprawl.scanner.oauth.attempt import End
from unsprawl.scanner.oauth.deleting import delete
from unsprawl.scanner.oauth.login.ledger import Issued, Ledger, Registered
from unsprawl.scanner.oauth.login.trial import Door
from unsprawl.scanner.oauth.registering import Key
from unsprawl.scanner.oauth.result import quoted
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

UNDO_S = 30.0
"""For all of it: after an interruption nobody waits longer."""


class Undone(NamedTuple):
    """One thing that was created, and what became of it."""

    what: str
    """`access token`, `refresh token` or `client`."""
    done: bool
    told: str
    """How, or why not, in our own words."""
    client_id: str = ""
    """Of a client; foreign text."""


class Taken(NamedTuple):
    """Everything, and what the MCP server made of the revoked token."""

    things: tuple[Undone, ...] = ()
    afterwards: int = 0
    """What it answers to the access token that was revoked; 0 where it was not asked, or said nothing."""


async def take_back(ledger: Ledger, door: Door) -> Taken:
    """Undo what can be undone; newest first, tokens before clients, refresh tokens before access tokens. Never raises
    for what servers answer.
    """
    visit = door.visit
    things: list[Undone] = []
    afterwards = 0
    try:
        async with asyncio.timeout(UNDO_S):
            for issued in reversed(ledger.issued):
                if issued.refresh:
                    things.append(await _revoked(issued, issued.refresh, "refresh_token", visit))
                things.append(await _revoked(issued, issued.access, "access_token", visit))
                if things[-1].done and not afterwards and issued is ledger.issued[-1]:
                    afterwards = await door.shown(issued.access)
            for registered in reversed(ledger.registered):
                things.append(await _deleted(registered, visit))
    except TimeoutError:
        pass
    return Taken((*things, *_missing(ledger, things)), afterwards)


def left_behind(taken: Taken) -> list[str]:
    """What stays of each thing, for somebody who will see no report."""
    return [
        f"{each.what}{f' {quoted(each.client_id)}' if each.client_id else ''} stays: {each.told}"
        for each in taken.things
        if not each.done
    ]


async def _revoked(issued: Issued, token: Secret, kind: str, visit: Visit) -> Undone:
    what = kind.replace("_", " ")
    url = issued.endpoints.revocation
    if not url:
        return Undone(what, False, "the authorization server offers no revocation")
    form = {"token": token.reveal(), "token_type_hint": kind, "client_id": issued.client_id}
    if issued.client_secret:
        form["client_secret"] = issued.client_secret.reveal()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if issued.authorization:
        headers["Authorization"] = issued.authorization.reveal()
    answer = await visit.confide("POST", url, headers, urlencode(form).encode("ascii"))
    if answer.status == 400 and "client_secret" not in form:
        # The servers of the Python SDK want the field, whatever way the client proves who it is.
        form["client_secret"] = unquote(basic_password(issued.authorization.reveal().partition(" ")[2]) or "")
        answer = await visit.confide("POST", url, headers, urlencode(form).encode("ascii"))
    if answer.status == 200:
        return Undone(what, True, "revoked")
    return Undone(what, False, f"the revocation was answered with {answer.status or answer.told}")


async def _deleted(registered: Registered, visit: Visit) -> Undone:
    known = registered.client_id
    if not registered.uri:
        return Undone("client", False, "the authorization server offers no deletion", known)
    # The token for it goes nowhere else than where the client was registered.
    if origin_of(registered.uri) != origin_of(registered.endpoints.registration):
        return Undone("client", False, "it would have to be deleted on another origin", known)
    end, why = await delete(visit, Key(registered.uri, registered.token))
    return Undone("client", end is End.DELETED, why or "deleted", known)


def _missing(ledger: Ledger, things: Sequence[Undone]) -> list[Undone]:
    """What there was no time for."""
    late = "there was no time to take it back"
    tokens = sum(1 + bool(each.refresh) for each in ledger.issued)
    clients = [each.client_id for each in reversed(ledger.registered)]
    told_tokens = sum(each.what != "client" for each in things)
    told_clients = len(things) - told_tokens
    return [Undone("token", False, late)] * (tokens - told_tokens) + [
        Undone("client", False, late, name) for name in clients[told_clients:]
    ]
