"""Deleting a client that was registered (RFC 7592), and what is said of those that stay."""

from __future__ import annotations

from unsprawl.scanner.oauth.answer import Fault
from unsprawl.scanner.oauth.attempt import Attempt, End
from unsprawl.scanner.oauth.registering import Key
from unsprawl.scanner.oauth.visit import Visit

_TAKEN = (200, 202, 204)
_GONE = (400, 401, 403, 404, 410)
"""How a server answers that does not know the client any more, or the token that went with it."""


async def delete(visit: Visit, key: Key) -> tuple[End, str]:
    """What became of the client, and why it is still there. The server is asked whether it is really gone."""
    headers = {"Authorization": f"Bearer {key.token.reveal()}", "Accept": "application/json"}
    answer = await visit.confide("DELETE", key.url, headers)
    if answer.status == 0 and answer.fault is not Fault.UNSAFE:
        answer = await visit.confide("DELETE", key.url, headers)
    if answer.status not in _TAKEN:
        return End.LEFT, f"asked to delete it, the server answers: {answer.told}"
    again = await visit.confide("GET", key.url, headers)
    if again.status == 200:
        return End.LEFT, "the server says that it is deleted, and still knows it"
    if again.status in _GONE or answer.status != 202:
        return End.DELETED, ""
    return End.UNSURE, "the server says that it will be deleted, and not that it is"


def farewell(done: Attempt) -> list[str]:
    """What became of each client, for somebody who will see no report."""
    lines = []
    for each in done.registrations:
        name = f"client {each.client_id}" if each.client_id else "a client"
        if each.end is End.DELETED:
            lines.append(f"deleted {name} at {each.endpoint}")
        elif each.end is End.LEFT:
            lines.append(f"{name} stays at {each.endpoint}: {each.end_reason}")
        elif each.end is End.UNSURE:
            lines.append(f"{name} may stay at {each.endpoint}: {each.end_reason}")
    return lines
