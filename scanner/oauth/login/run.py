"""One login from the first look to the last revocation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from unsprawl.scanner.oauth.checks import evaluated
from unsprawl.scanner.oauth.ending import end_by_signal, to_its_end
from unsprawl.scanner.oauth.greeting import STATELESS
from unsprawl.scanner.oauth.login.callback import Listener
from unsprawl.scanner.oauth.login.facts import token_facts
from unsprawl.scanner.oauth.login.front import Endpoints, Front, front
from unsprawl.scanner.oauth.login.ledger import Ledger
from unsprawl.scanner.oauth.login.options import MACHINE_S, Options, Talk
from unsprawl.scanner.oauth.login.outcome import LoggedIn, State
from unsprawl.scanner.oauth.login.redirect import check_callback, listening
from unsprawl.scanner.oauth.login.seen import LoginSeen
from unsprawl.scanner.oauth.login.trial import Door
from unsprawl.scanner.oauth.login.undo import Taken, Undone, farewell, take_back
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.oauth.verdict import Kind
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.oauth.walk import walk

if TYPE_CHECKING:
    import ssl

    from unsprawl.scanner.oauth.login.gate import Gate


def log_in(
    target: Target,
    options: Options,
    talk: Talk,
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
) -> LoggedIn:
    """Log in once, and take everything back. `announce` is told each origin before the first connection to it.

    Raises UsageError for a callback that cannot be listened on.
    """
    check_callback(options.callback)
    with _silence():
        try:
            return asyncio.run(_Login(target, options, talk, Network(announce, roots)).all())
        except asyncio.CancelledError:  # another signal than ^C, after all was taken back
            raise KeyboardInterrupt from None


@contextmanager
def _silence() -> Iterator[None]:
    """No log at all: the SDK logs what it cannot read with its content, HTTP clients log addresses and headers."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class _Login:
    """What the steps of one login share."""

    def __init__(self, target: Target, options: Options, talk: Talk, network: Network) -> None:
        self._target = target
        self._options = options
        self._talk = talk
        self._network = network
        self._ledger = Ledger(talk.learn)
        self._clock: asyncio.Timeout | None = None

    async def all(self) -> LoggedIn:
        """Look, log in, take back."""
        end_by_signal()
        seen = await walk(self._target, self._network, pretend=False)
        found = self._judged(seen)
        if found.endpoints is None and not found.open:
            return _stopped(found)
        listener = await listening(found, self._options, self._talk, self._network)
        visit = Visit(self._network, seen.endpoint, trusted=self._target.trusted)
        try:
            return await self._in_between(found, visit, listener)
        finally:
            await listener.close()
            await visit.close()

    def _judged(self, seen: Observed) -> Front:
        options = self._options
        return front(seen, client_id=bool(options.client_id), document=bool(options.document))

    async def _look_again(self) -> Endpoints:
        from unsprawl.scanner.oauth.login.gate import Refused

        self._talk.say("the server names another authorization server than before; looking again")
        found = self._judged(await walk(self._target, self._network, pretend=False))
        if found.endpoints is None:
            raise Refused(found.reason or "nothing names a login any more")
        return found.endpoints

    async def _in_between(self, found: Front, visit: Visit, listener: Listener) -> LoggedIn:
        from unsprawl.scanner.oauth.login.gate import Gate
        from unsprawl.scanner.oauth.login.provider import provider_for
        from unsprawl.scanner.oauth.login.session import Listed, Stopped, converse
        from unsprawl.scanner.oauth.login.sign_in import SignIn

        url, seen = found.seen.endpoint, found.seen  # where a redirect on the same origin leads
        events = seen.transport == "sse"
        gate = Gate(
            visit,
            (url,),
            found.endpoints,
            self._look_again,
            self._ledger,
            events=events,
            may_register=not self._options.client_id,
        )
        sign_in = SignIn(listener, self._options, self._talk, self._pause)
        auth = provider_for(url, self._options, listener.address, gate, sign_in)
        came: Listed | Stopped
        door = Door(visit, url, events)
        things: list[Undone] = []
        stopped = True
        try:
            try:
                async with asyncio.timeout(MACHINE_S) as self._clock:
                    came = await converse(url, gate, auth, events=events)
            except TimeoutError:
                came = Stopped(State.INCONCLUSIVE, f"the servers took more than {MACHINE_S:.0f} seconds")
            self._clock = None
            if isinstance(came, Listed):
                door = door._replace(stateless=came.revision == STATELESS)
            login = self._seen(sign_in.seen, gate)
            if self._options.deep and isinstance(came, Listed) and self._ledger.issued:
                login = await self._deeper(login, gate, door, listener)
            stopped = False
        finally:
            self._clock = None
            try:
                afterwards = await to_its_end(take_back(self._ledger, door, things, gate.settled))
            except asyncio.CancelledError:
                stopped = True
                raise
            finally:
                for line in farewell(things) if stopped else ():
                    self._talk.say(line)
        taken = Taken(tuple(things), afterwards)
        return self._outcome(found, came, login, gate, taken, listener.answered)

    def _pause(self, waiting: bool) -> None:
        """The clock stands still while a person is waited for."""
        if self._clock is not None:
            self._clock.reschedule(None if waiting else asyncio.get_running_loop().time() + MACHINE_S)

    def _seen(self, login: LoginSeen, gate: Gate) -> LoginSeen:
        issued = self._ledger.issued[-1] if self._ledger.issued else None
        return login._replace(
            exchange=self._ledger.exchange,
            registered=self._ledger.registration,
            target_refused=login.target_refused or self._ledger.target_refused,
            token=token_facts(issued, gate.scopes) if issued is not None else None,
        )

    async def _deeper(self, login: LoginSeen, gate: Gate, door: Door, listener: Listener) -> LoginSeen:
        from unsprawl.scanner.oauth.login.deep import QUESTION, Deep
        from unsprawl.scanner.oauth.login.sign_in import SignIn

        if not self._talk.ask(QUESTION):
            return login
        deep = Deep(
            self._ledger,
            door,
            listener.address,
            gate.scopes,
            login.resource,
            lambda: SignIn(listener, self._options, self._talk, self._pause),
        )
        try:
            async with asyncio.timeout(MACHINE_S) as self._clock:
                await deep.all()
        except TimeoutError:
            pass
        finally:
            self._clock = None
        return login._replace(**deep.seen)

    def _outcome(
        self, found: Front, came: object, login: LoginSeen, gate: Gate, taken: Taken, sign_ins: int
    ) -> LoggedIn:
        from unsprawl.scanner.oauth.login.session import Listed, Stopped

        signed_in = bool(self._ledger.issued)
        if self._ledger.registered:
            kept = (each.told for each in taken.things if each.what == "client" and not each.done)
            login = login._replace(kept=tuple(dict.fromkeys(kept)))
        seen = found.seen._replace(login=login) if signed_in or gate.client_id or login.registered else found.seen
        way = ""
        if gate.client_id:
            way = "given" if self._options.client_id else "document" if gate.client_id == self._options.document else ""
            way = way or "registered"
        if isinstance(came, Stopped):
            state, reason, tools, revision = came.state, came.reason, frozenset[str](), ""
        else:
            assert isinstance(came, Listed)
            state, reason = (State.SIGNED_IN if signed_in else State.OPEN), ""
            tools, revision = came.tools, came.revision
        return LoggedIn(
            state, reason, found, seen, evaluated(seen), way, gate.client_id, tools, revision, sign_ins, taken
        )


def _stopped(found: Front) -> LoggedIn:
    if found.needs_client:
        state = State.NEEDS_CLIENT
    elif found.verdict.kind is Kind.INCONCLUSIVE:
        state = State.INCONCLUSIVE
    else:
        state = State.REFUSED
    return LoggedIn(state, found.reason, found, found.seen, evaluated(found.seen))
