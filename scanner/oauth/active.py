"""The active part of a probe: registers a client, asks for an authorization that nobody follows, deletes the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from unsprawl.scanner.oauth import authorizing, deleting, metadata, redirects, registering
from unsprawl.scanner.oauth.answer import PROBE_S, Answer, Fault
from unsprawl.scanner.oauth.attempt import Attempt, End, Reaction, Registration, Way
from unsprawl.scanner.oauth.authorizing import Wanted
from unsprawl.scanner.oauth.may_try import asked_scope, place_to_register
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registering import Key
from unsprawl.scanner.oauth.visit import Visit
from unsprawl.scanner.secret import Secret

Learn = Callable[[Iterable[Secret]], object]
Tell = Callable[[str], object]
_CLOSED = (401, 403, 405, 404, 410, 429)
"""Answers after which another try would get the same one."""
_MOST_HOPS = 2
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}
_PAGE = {"Accept": "text/html"}


async def attempt(seen: Observed, network: Network, learn: Learn, tell: Tell, port: int) -> Observed:
    """Try it at one server. Never raises for what that answers. `learn` is told secrets as soon as they are known;
    `tell` what became of clients when the run is interrupted.
    """
    import asyncio

    visit = Visit(network, seen.target.url, trusted=seen.target.trusted, near=seen.near)
    steps = _Steps(seen, visit, learn, port)
    stopped = True
    try:
        try:
            async with asyncio.timeout(PROBE_S):
                await steps.all()
        except TimeoutError:
            steps.note(ended=False)
        stopped = False
    finally:
        cleaning = asyncio.ensure_future(steps.clean())
        try:
            await asyncio.shield(cleaning)
        except asyncio.CancelledError:
            stopped = True
            await cleaning  # the first ^C ends all else; only a second one ends this
            raise
        finally:
            if stopped:
                for line in deleting.farewell(steps.done):
                    tell(line)
            await visit.close()
    return seen._replace(attempt=steps.done._replace(requests=len(visit.answers)))


class _Steps:
    """One server; `done` is what came of it so far."""

    def __init__(self, seen: Observed, visit: Visit, learn: Learn, port: int) -> None:
        self.done = Attempt(port=port)
        self._seen = seen
        self._visit = visit
        self._learn = learn
        self._port = port
        self._keys: dict[int, Key] = {}
        """By the number of the registration."""
        self._own = redirects.own(port)
        self._scope = asked_scope(seen)

    def note(self, **found: Any) -> None:
        self.done = self.done._replace(**found)

    async def all(self) -> None:
        """A client, and what the authorization endpoint makes of it."""
        client = await self._client()
        if client is not None:
            self.note(client=client)
            await self._authorize(client)

    async def _client(self) -> Registration | None:
        """One for all redirect addresses, where the server takes them together; else one for each kind of them."""
        hosts = redirects.shapes(self._port)
        every = tuple(dict.fromkeys((self._own, *(each for shape in hosts for each in shape))))
        whole = await self._register(every, self._scope)
        if whole.taken or whole.end is not End.NONE or not _may_ask_again(whole):
            kept = whole.kept if whole.kept is not None else every
            fine = [(shape, set(shape) <= set(kept) if whole.taken else None) for shape in hosts]
            self.note(shapes=tuple(fine))
            return whole if whole.taken else None
        client = await self._register((self._own,), self._scope)
        scope = self._scope
        if not client.taken and scope and _may_ask_again(client):
            scope = ""
            client = await self._register((self._own,), scope)
        for shape in hosts:
            found = client if shape == (self._own,) else await self._register(shape, scope)
            self.note(shapes=(*self.done.shapes, (shape, found.taken)))
            if not client.taken and found.taken:
                client = found
            if not found.taken and not _may_ask_again(found):
                break
        return client if client.taken else None

    async def _register(self, wanted: tuple[str, ...], scope: str) -> Registration:
        import asyncio

        asked = Registration(place_to_register(self._seen), wanted, bool(scope))
        body = registering.document(wanted, scope, self._seen.metadata)
        sending = asyncio.ensure_future(self._visit.confide("POST", asked.endpoint, _JSON, body))
        try:
            answer = await asyncio.shield(sending)
        except asyncio.CancelledError:
            # The client may be there already: without the answer nobody could delete it. It has its own time limit.
            self._take(asked, await self._awaited(sending))
            raise
        return self._take(asked, answer)

    @staticmethod
    async def _awaited(sending: Any) -> Answer:
        import asyncio

        try:
            answer: Answer = await sending
        except asyncio.CancelledError:
            return Answer("", fault=Fault.SLOW)
        return answer

    def _take(self, asked: Registration, answer: Answer) -> Registration:
        found = registering.read(asked, answer)
        self._learn(found.secrets)
        if found.key is not None:
            self._keys[len(self.done.registrations)] = found.key
        self.note(registrations=(*self.done.registrations, found.registration))
        return found.registration

    async def _authorize(self, client: Registration) -> None:
        """The right request first, then each with one thing wrong."""
        endpoint = self._seen.metadata.get("authorization_endpoint")
        if not isinstance(endpoint, str):
            endpoint = metadata.default_endpoint(self._seen.endpoint, "authorize")
        named = self._seen.prm.get("resource")
        wanted = Wanted(
            client.client_id,
            self._own if self._own in client.redirects else client.redirects[0],
            named if isinstance(named, str) else self._seen.endpoint,
            self._scope if client.scoped else "",
        )
        known = {wanted.redirect, *(client.kept if client.kept is not None else client.redirects)}

        async def ask(asked: Wanted, *more: str) -> Reaction:
            answer = await self._visit.send("GET", authorizing.request(endpoint, asked), _PAGE)
            return authorizing.reaction(answer, asked, {*known, *more})

        right = await ask(wanted)
        self.note(right=right, last=right)
        if right.way is Way.REFUSED:
            wanted = wanted._replace(resource="")
            right = await ask(wanted)
            self.note(no_resource=right)
            if right.way is Way.REFUSED and wanted.scope:
                wanted = wanted._replace(scope="")
                right = await ask(wanted)
                self.note(no_scope=right)
        if not right.goes_on:
            return
        self.note(last=await self._onward(right, wanted, known))
        self.note(no_challenge=await ask(wanted._replace(pkce=False)))
        other = f"{wanted.redirect.rpartition('/')[0]}/unsprawl-probe-other"
        self.note(other_path=await ask(wanted._replace(redirect=other)))
        self.note(other_host=await ask(wanted._replace(redirect=redirects.FOREIGN)))
        if wanted.redirect == self._own:
            moved = redirects.own(self._port + 1)
            self.note(other_port=await ask(wanted._replace(redirect=moved), moved))

    async def _onward(self, right: Reaction, wanted: Wanted, known: set[str]) -> Reaction:
        """Where redirects within the server's own origin lead, as a browser would go. No cookie is kept."""
        last = right
        for _ in range(_MOST_HOPS):
            if last.way is not Way.OWN:
                break
            found = authorizing.reaction(await self._visit.send("GET", last.onward, _PAGE), wanted, known)
            if found.way in (Way.REFUSED, Way.SILENT):
                break  # it knows a browser again by a cookie: what it would show is not known
            last = found
        return last

    async def clean(self) -> None:
        """Delete every client that was made, all at once, and note what became of each."""
        import asyncio

        there = [number for number, each in enumerate(self.done.registrations) if each.end is End.LEFT]
        await asyncio.gather(*(self._clean(number) for number in there))

    async def _clean(self, number: int) -> None:
        key = self._keys.get(number)
        if key is None:
            self._ended(number, End.LEFT, "the server offers no way to delete it")
            return
        self._ended(number, End.LEFT, "interrupted before it was deleted")
        self._ended(number, *await deleting.delete(self._visit, key))

    def _ended(self, number: int, end: End, reason: str) -> None:
        known = list(self.done.registrations)
        known[number] = known[number]._replace(end=end, end_reason=reason)
        self.note(registrations=tuple(known))


def _may_ask_again(refused: Registration) -> bool:
    """Whether another client may be taken where this one was not."""
    answer = refused.answer
    return answer.fault is None and 400 <= answer.status < 500 and answer.status not in _CLOSED
