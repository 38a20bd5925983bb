"""Has a credential ended by its vendor: one request, under the rules of destinations that hold for asking, and then
the question whether it is dead. The only module besides `run` here that connects to anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from unsprawl.rules.revocation import REFUSED, TAKEN, First, Revocation, revocation
from unsprawl.scanner.model import Finding, State, Verdict
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.many import hush
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.validate.attempt import Attempt, Wanted, attempts
from unsprawl.scanner.validate.judge import judged, parsed
from unsprawl.scanner.validate.pointers import at, texts_at
from unsprawl.scanner.validate.questions import Question, at_best
from unsprawl.scanner.validate.render import Unsendable, request
from unsprawl.scanner.validate.run import ask
from unsprawl.scanner.validate.server import Tools, Unasked
from unsprawl.scanner.validate.told import Told

if TYPE_CHECKING:
    import ssl

WAITS_S = (0.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Before each time that its vendor is asked whether it is dead: some take a minute to hear of it everywhere."""
_BY_PAGE = "a person ends it on its page; no source says that a request would"


class Way(NamedTuple):
    """The request that ends one credential, and the question that tells whether it has."""

    revocation: Revocation
    attempts: tuple[Attempt, ...]
    """One for each server of its vendor; the first is made."""
    question: Question

    @property
    def attempt(self) -> Attempt:
        """The request that is made."""
        return self.attempts[0]

    @property
    def host(self) -> str:
        """Who gets it."""
        return self.attempt.server.host

    def at(self, host: str) -> Way | None:
        """The same at the server that knows the credential, where a vendor has several; None where that takes none."""
        if self.revocation.request.host is None:
            return self
        mine = tuple(attempt for attempt in self.attempts if attempt.server.host == host)
        return self._replace(attempts=mine) if mine else None


class Ending(StrEnum):
    """What became of it."""

    REVOKED = "revoked"
    """Its vendor does not take it any more: asked, and seen."""
    STILL_LIVE = "still-live"
    """The request was sent, and the credential works as before."""
    REFUSED = "refused"
    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"
    """The request was sent, or may have been, and nobody can tell whether the credential is dead."""


class Ended(NamedTuple):
    """What became of one credential. `reason` is in words of our own."""

    ending: Ending
    reason: str = ""
    verdict: Verdict | None = None
    """The last that its vendor said of it, afterwards."""
    interrupted: bool = False


class _Sent(NamedTuple):
    answer: Answer | None
    reason: str = ""
    """Why nothing was sent."""


def way_of(
    findings: Sequence[Finding], told: Callable[[Finding], Told], allowed: frozenset[str], tools: Tools
) -> Way | Unasked:
    """How to end the secret that stands in these places, or why a person must do it."""
    wanted = Wanted(costly=True, allowed=allowed)
    finding, asked = at_best(findings, told, wanted, tools)
    known = revocation(finding.literal.rule)
    if known is None:
        return Unasked(_BY_PAGE)
    if asked is None or isinstance(asked, Unasked):
        return asked or Unasked("nobody could see afterwards whether it is dead")
    found = attempts(finding, told(finding), wanted, tools, (known.request,))
    if found is None or isinstance(found, Unasked):
        return found or Unasked(_BY_PAGE)
    return Way(known, found, Question(asked))


def verdict_of(way: Way, announce: Callable[[str], None], roots: Callable[[], ssl.SSLContext]) -> Verdict:
    """What its vendor says of it now. Raises KeyboardInterrupt."""
    asked = ask([way.question], announce, roots)
    if asked.interrupted:
        raise KeyboardInterrupt
    return asked.verdicts[0]


def end(
    way: Way,
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    waiting: Callable[[float], None] = lambda seconds: None,
) -> Ended:
    """Send the one request, and ask until its vendor knows the credential no more, or patience is over.

    `announce` is told each origin before a connection to it; `waiting` the seconds before each further question.
    """
    import asyncio

    hush()
    began: list[bool] = []
    try:
        sent = asyncio.run(_send(way, Network(announce, roots), began))
    except KeyboardInterrupt:
        if not began:
            return Ended(Ending.NOT_SENT, "stopped before anything was sent", interrupted=True)
        return Ended(Ending.UNKNOWN, "stopped while it was sent: it may be dead", interrupted=True)
    except Unsendable:
        return Ended(Ending.NOT_SENT, "it holds what no request can carry")
    if sent.answer is None:
        return Ended(Ending.NOT_SENT, sent.reason)
    return _seen(way, sent.answer, announce, roots, waiting)


async def _send(way: Way, network: Network, began: list[bool]) -> _Sent:
    server = way.attempt.server
    visit = Visit(network, server.begin, trusted=server.trusted, whole=True)
    values = way.attempt.texts
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        if way.revocation.first is not None:
            found = await _read(visit, way.attempt, way.revocation.first, values, now)
            if found is None:
                return _Sent(None, "what the request needs could not be looked up")
            values |= found
        asked = request(way.attempt, values, now)
        began.append(True)
        # Over a connection of its own: what ends something is never sent twice.
        return _Sent(await visit.confide(asked.method, asked.url, dict(asked.headers), asked.body))
    finally:
        await visit.close()


async def _read(
    visit: Visit, attempt: Attempt, first: First, values: dict[str, str], now: str
) -> dict[str, str] | None:
    """What the vendor says to the credential itself, and the request needs."""
    check = attempt.check._replace(method="GET", url=first.url, query=(), headers=first.headers, body=("", None))
    asked = request(attempt._replace(check=check), values, now)
    answer = await visit.send("GET", asked.url, dict(asked.headers))
    if answer.status != 200 or answer.fault is not None:
        return None
    data = parsed(answer)
    for item in data if first.where and isinstance(data, list) else [data]:
        if all(_stands(item, pointer, text, values) for pointer, text in first.where):
            return texts_at(item, first.gives)
    return None


def _stands(item: Any, pointer: str, text: str, values: dict[str, str]) -> bool:
    wanted = values[text[1:-1]] if text.startswith("{") else text
    return any(found == wanted for found in at(item, pointer))


def _seen(
    way: Way,
    answer: Answer,
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    waiting: Callable[[float], None],
) -> Ended:
    """What came of the request: what was answered is one thing, and whether the credential is dead another."""
    check = way.revocation.request
    what = judged(check, answer, way.attempt.texts)
    if answer.unsent:
        return Ended(Ending.NOT_SENT, what.reason)
    taken = what.state.value == TAKEN
    refused = what.state.value == REFUSED or what.state is State.RATE_LIMITED or 300 <= answer.status < 500
    said = _said(answer, refused=refused, reason=what.reason)
    waits = WAITS_S[:1] if refused else WAITS_S
    if way.question.costs:
        waits = waits[-1:]  # asking costs something each time
    verdict = Verdict(State.UNKNOWN)
    try:
        for seconds in waits:
            waiting(seconds)
            time.sleep(seconds)
            verdict = verdict_of(way, announce, roots)
            if verdict.state.ended:
                return Ended(Ending.REVOKED, "" if taken else f"{said}, and yet it is dead", verdict)
    except KeyboardInterrupt:
        told = "its vendor took it, and nobody has seen yet whether it is dead" if taken else said
        return Ended(Ending.REFUSED if refused else Ending.UNKNOWN, f"stopped: {told}", interrupted=True)
    if refused:
        return Ended(Ending.REFUSED, said, verdict)
    if verdict.state.works:
        told = "its vendor took the request, and it works all the same" if taken else f"{said}, and it works still"
        return Ended(Ending.STILL_LIVE, f"{told}: it may die yet; ask again later", verdict)
    begin = "its vendor took the request" if taken else said
    return Ended(
        Ending.UNKNOWN, f"{begin}, and whether it is dead could not be seen: {verdict.reason or 'no answer'}", verdict
    )


def _said(answer: Answer, *, refused: bool, reason: str) -> str:
    if refused:
        if answer.status < 300:
            return "its vendor refused the request"
        if answer.status < 400:
            return f"its vendor answered {answer.status}, a redirect, which is not followed"
        return f"its vendor refused the request ({answer.status})"
    if answer.fault in (Fault.CONNECT, Fault.TLS):
        reason = "the connection was lost"  # it was there, and nobody knows how far the request came
    if not answer.status:
        return f"there was no proper answer ({reason}), so it may have been received"
    return f"its vendor answered {answer.status}, which says nothing"
