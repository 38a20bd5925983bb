"""Asks the questions: so many at once, so many a host, with patience for servers that are busy and an end to it.

Bodies are judged and dropped; what stays of an answer is a verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.model import State, Verdict
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.validate.attempt import Attempt
from unsprawl.scanner.validate.credential import made_up
from unsprawl.scanner.validate.digest import answered
from unsprawl.scanner.validate.judge import Judged, enriched, judged, parsed
from unsprawl.scanner.validate.patience import TRIES, wait_for
from unsprawl.scanner.validate.pointers import texts_at
from unsprawl.scanner.validate.questions import Question
from unsprawl.scanner.validate.reach import measured
from unsprawl.scanner.validate.render import Unsendable, plain, request
from unsprawl.scanner.validate.server import Server

if TYPE_CHECKING:
    from unsprawl.scanner.oauth.network import Network

AT_ONCE = 8
A_HOST = 2
DEADLINE_S = 60.0
SECRET_S = 2.0
"""The deadline grows with the number of secrets."""
MOST_FAILURES = 4
"""After so many failures in a row a host is given up."""
NOT_IN_TIME = "nobody got to ask before the time was over"


class _Host:
    """One server, as all questions to it share it."""

    def __init__(self, visit: Visit) -> None:
        import asyncio

        self.visit = visit
        self.slots = asyncio.Semaphore(A_HOST)
        self.wait_until = 0.0
        self.failures = 0
        self.wrong = 0
        self.closed = ""
        """Why it is asked no more."""


class _Outcome(NamedTuple):
    judged: Judged
    host: str
    checked: bool
    evidence: str = ""


class Asking:
    """One run. Verdicts come in any order, by the number of their question."""

    def __init__(self, network: Network, found: Callable[[int, Verdict], None]) -> None:
        """`found` is told each verdict as soon as it is known."""
        self._network = network
        self._found = found
        self._hosts: dict[tuple[str, str, int, bool], _Host] = {}

    async def all(self, questions: Sequence[Question]) -> None:
        """Ask everything, or as much as there is time for."""
        import asyncio

        self._all = asyncio.Semaphore(AT_ONCE)
        tasks = [asyncio.create_task(self._one(number, each)) for number, each in enumerate(questions)]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=DEADLINE_S + SECRET_S * len(tasks))
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            for host in self._hosts.values():
                await host.visit.close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _one(self, number: int, question: Question) -> None:
        outcome = _Outcome(Judged(State.UNKNOWN), "", False)
        for attempt in question.attempts:
            outcome = await self._tried(attempt)
            if outcome.judged.state is not State.INVALID:
                break
        else:
            if question.attempts[-1].check.then_next:
                why = "refused, and another way to ask needs more than the entry says"
                outcome = outcome._replace(judged=Judged(State.UNKNOWN, why))
        what, when = outcome.judged, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._found(
            number,
            Verdict(what.state, what.reason, what.login, what.account, what.reach, outcome.host, when, outcome.evidence)
            if outcome.checked
            else Verdict(what.state, what.reason, host=outcome.host),
        )

    async def _tried(self, attempt: Attempt) -> _Outcome:
        host = self._host(attempt.server)
        name = attempt.server.host
        values = attempt.texts
        try:
            if attempt.lookup is not None:
                looked_up = await self._looked_up(attempt, attempt.lookup)
                if looked_up is None:
                    return _Outcome(Judged(State.UNKNOWN, "what is needed to ask could not be looked up"), name, False)
                values |= looked_up
            async with host.slots:
                if host.closed:
                    return _Outcome(Judged(State.UNKNOWN, host.closed), name, False)
                what = await self._patiently(host, attempt, values)
                if attempt.check.control and what.state is State.LIVE:
                    what = await self._controlled(host, attempt, values, what)
                if what.state is State.LIVE:
                    what = await self._further(host, attempt, values, what)
        except Unsendable:
            return _Outcome(Judged(State.UNKNOWN, "it holds what no request can carry"), name, False)
        self._remember(host, attempt, what)
        what = what._replace(reach=measured(attempt.check.rule, values["token"], what.state, what.login, what.reach))
        return _Outcome(what, name, not what.failed, attempt.check.evidence)

    async def _looked_up(self, attempt: Attempt, server: Server) -> dict[str, str] | None:
        """What the vendor tells anybody, and the request needs; no credential is sent. None where it tells nothing."""
        url, gives = attempt.check.lookup
        asked = request(attempt._replace(check=plain(attempt.check, url), server=server), {}, "")
        host = self._host(server)
        async with host.slots, self._all:
            answer = await host.visit.send("GET", asked.url, {"Accept": "application/json"})
        return texts_at(parsed(answer), gives) if answer.status == 200 else None

    async def _patiently(self, host: _Host, attempt: Attempt, values: dict[str, str]) -> Judged:
        """One answer, or the last of a few tries."""
        import asyncio

        for number in range(TRIES):
            await _until(host)
            if host.closed:
                return Judged(State.UNKNOWN, host.closed, failed=True)
            answer = await self._send(host, attempt, values)
            what = judged(attempt.check, answer, values)
            wait = wait_for(attempt.check, answer, what, number)
            if wait is None:
                return what
            if what.state is State.RATE_LIMITED:
                host.wait_until = max(host.wait_until, time.monotonic() + wait)
            else:
                await asyncio.sleep(wait)
        raise AssertionError

    async def _send(self, host: _Host, attempt: Attempt, values: dict[str, str]) -> Answer:
        asked = request(attempt, values, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
        async with self._all:
            # What makes something is never sent twice, not even where a kept connection was just closed.
            send = host.visit.confide if attempt.check.asks_first else host.visit.send
            answer = await send(asked.method, asked.url, dict(asked.headers), asked.body)
            if asked.digest is not None and answer.status == 401:
                again = answered(asked, answer)
                if again is not None:
                    answer = await host.visit.send(asked.method, asked.url, again, asked.body)
        return answer

    async def _controlled(self, host: _Host, attempt: Attempt, known: dict[str, str], what: Judged) -> Judged:
        """A good answer, once a made-up credential got another."""
        values = {**known, "token": made_up(known["token"])}
        control = judged(attempt.check, await self._send(host, attempt, values), values)
        if control.state is State.INVALID:
            return what
        return Judged(State.UNKNOWN, "its server answers a made-up credential in the same way")

    async def _further(self, host: _Host, attempt: Attempt, values: dict[str, str], what: Judged) -> Judged:
        """With what further requests tell, as far as they succeed."""
        given = dict(what.given)
        for more in attempt.check.more:
            if not given.keys() >= {name for name, _ in more.gives}:
                continue
            method = "POST" if more.body[0] else "GET"
            check = attempt.check._replace(method=method, url=more.url, query=more.query, body=more.body)
            await _until(host)
            try:
                answer = await self._send(host, attempt._replace(check=check), {**values, **given})
            except Unsendable:  # what the vendor gave to it is none that a request can carry
                continue
            what = enriched(what, check, more.tells, answer, values)
        return what

    def _remember(self, host: _Host, attempt: Attempt, what: Judged) -> None:
        host.failures = host.failures + 1 if what.failed else 0
        host.wrong += what.state is State.INVALID
        most = attempt.check.wrong_at_most
        if what.stop:
            host.closed = what.reason
        elif host.failures >= MOST_FAILURES:
            host.closed = "its server was given up after several failures"
        elif most and host.wrong >= most:
            host.closed = "its server locks out who asks with too many wrong credentials"

    def _host(self, server: Server) -> _Host:
        key = (server.scheme, server.host, server.port, server.trusted)
        if key not in self._hosts:
            self._hosts[key] = _Host(Visit(self._network, server.begin, trusted=server.trusted, whole=True))
        return self._hosts[key]


async def _until(host: _Host) -> None:
    import asyncio

    while (left := host.wait_until - time.monotonic()) > 0:
        await asyncio.sleep(left)
