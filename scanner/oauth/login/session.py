"""The login itself: the SDK behind our gate, its sign-ins through our listener, and the list of tools."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.login.gate import MOST_BYTES, Gate
from unsprawl.scanner.oauth.login.listing import MOST_TOOLS, TooMany, about, tool_names
from unsprawl.scanner.oauth.login.options import MACHINE_S
from unsprawl.scanner.oauth.login.outcome import State
from unsprawl.scanner.oauth.login.sign_in import NotSignedIn
from unsprawl.scanner.record import NamedTuple

if TYPE_CHECKING:
    import httpx2
    from mcp.client.client import Client


class Listed(NamedTuple):
    """What the server showed to whoever signed in."""

    tools: frozenset[str]
    revision: str


class Stopped(NamedTuple):
    """Why it did not come that far, in our own words."""

    state: State
    reason: str


async def listed(client: Client) -> Listed:
    """The tools. None of them is called."""
    return Listed(await tool_names(client), client.protocol_version)


async def converse(url: str, gate: Gate, auth: httpx2.Auth, *, events: bool) -> Listed | Stopped:
    """Connect, sign in as often as the server asks, and list. `events`: it is a server of the older kind."""
    import httpx2
    from mcp.client.client import Client
    from mcp.client.sse import sse_client
    from mcp.client.streamable_http import streamable_http_client

    def client_with(
        headers: dict[str, str] | None = None, timeout: httpx2.Timeout | None = None, auth: httpx2.Auth | None = None
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=gate, auth=auth, headers=headers, timeout=MACHINE_S, trust_env=False)

    try:
        async with client_with(auth=auth) as http:
            if events:
                made = sse_client(url, httpx_client_factory=client_with, auth=auth)
            else:
                made = streamable_http_client(url, http_client=http)
            async with Client(made, mode="legacy" if events else "auto", cache=None, client_info=about()) as client:
                return await listed(client)
    except asyncio.CancelledError:
        raise
    except (Exception, BaseExceptionGroup) as error:
        return _why(error, gate)


def _why(error: BaseException, gate: Gate) -> Stopped:
    """In words of our own: what the SDK raises may quote servers, codes and tokens."""
    kinds = _flat(error)
    for each in kinds:
        if isinstance(each, NotSignedIn):
            return Stopped(State.ABANDONED if each.by_user else State.FAILED, str(each))
    passed, ledger = gate.passed, gate.ledger
    if passed.refused:
        return Stopped(State.REFUSED, f"stopped: {passed.refused}")
    if passed.too_much:
        return Stopped(State.FAILED, f"the server said more than {MOST_BYTES >> 20} MiB, or was too slow with it")
    if any(isinstance(each, TooMany) for each in kinds):
        return Stopped(State.FAILED, f"the server has more than {MOST_TOOLS} tools, or its list has no end")
    if passed.fault is not None:
        state = State.FAILED if passed.fault in (Fault.LONG, Fault.SLOW) else State.INCONCLUSIVE
        return Stopped(state, f"no usable answer: {passed.fault}")
    if ledger.exchange is not None and not ledger.exchange.token:
        told = f"{ledger.exchange.status} {ledger.exchange.error}".rstrip()
        return Stopped(State.FAILED, f"the code could not be exchanged: {told}")
    if ledger.registration is not None and not ledger.registration.token:
        told = f"{ledger.registration.status} {ledger.registration.error}".rstrip()
        return Stopped(State.FAILED, f"no client could be registered: {told}")
    return Stopped(*_after(passed.refusal if ledger.exchange is not None else 0, passed.status))


def _after(refusal: int, status: int) -> tuple[State, str]:
    """`refusal`: what the server refused the token of the login with."""
    if refusal == 403:
        return State.FAILED, "the server wants more scopes than it named, or never enough"
    if refusal == 401:
        return State.FAILED, "the server does not take the token that its own authorization server issued"
    if status == 429 or status >= 500:
        return State.INCONCLUSIVE, f"the server answered with an error (status {status})"
    if 300 <= status < 400:
        return State.FAILED, "the server sends whoever signed in to another address, again and again or elsewhere"
    if status >= 400:
        return State.FAILED, f"the server answered with an error (status {status})"
    return State.FAILED, "the MCP SDK could not go on with what the servers answered"


def _flat(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [each for inner in error.exceptions for each in _flat(inner)]
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < 8:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found
