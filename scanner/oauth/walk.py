"""The requests of a passive probe, in the order of the specification. Nothing is created, no credential is sent."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Any

from unsprawl.scanner.oauth import greeting, metadata
from unsprawl.scanner.oauth.addresses import Unsafe, joined, origin_of, place_of
from unsprawl.scanner.oauth.answer import PROBE_S, Answer, Fault
from unsprawl.scanner.oauth.challenge import challenges
from unsprawl.scanner.oauth.metadata import Tried, read, strings
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.oauth.visit import EVENTS, NOT_SECURE, REDIRECTS, Visit

_NOT_HERE = (400, 404, 405)
_LEAVE_S = 2.0


async def walk(target: Target, network: Network, *, pretend: bool = True) -> Observed:
    """Ask one server, and all that it names. Never raises for what they answer. `pretend`: also with a token that
    nobody issued.
    """
    steps = _Walk(target, Visit(network, target.url, trusted=target.trusted), pretend)
    try:
        ended = await _in_time(steps.all(), PROBE_S)
        await _in_time(steps.leave(), _LEAVE_S)
    finally:
        await steps.visit.close()
    return steps.seen._replace(answers=tuple(steps.visit.answers), ended=ended, near=steps.visit.near)


async def _in_time(doing: Awaitable[None], limit_s: float) -> bool:
    """Whether it came to its end."""
    import asyncio

    try:
        async with asyncio.timeout(limit_s):
            await doing
    except TimeoutError:
        return False
    return True


class _Walk:
    """One probe; `seen` is what is known so far."""

    def __init__(self, target: Target, visit: Visit, pretend: bool) -> None:
        self.visit = visit
        self._pretends = pretend
        self.seen = Observed(target, endpoint=target.url)
        self._greeting = greeting.initialize()
        self._session: dict[str, str] = {}

    def _note(self, **found: Any) -> None:
        self.seen = self.seen._replace(**found)

    async def all(self) -> None:
        """Every step for which the one before gives a reason."""
        await self._greet()
        if self.seen.first.status == 0:
            return
        self._read_challenges(self.seen.first)
        if self.seen.first.status in (401, 403):
            await self._pretend(self._greeting)
        if self.seen.transport == "unknown" or not self.seen.first.tells:
            return
        await self._find_resource()
        if greeting.is_result(self.seen.first) and not self.seen.prm:
            await self._ask_for_more()
        servers = strings(self.seen.prm.get("authorization_servers"))
        if servers:
            await self._find_server(servers[0])
        elif self._may_be_old() and not any(metadata.is_abuse(tried.answer) for tried in self.seen.tried_resource):
            await self._look_at_the_origin()
        self._judge_endpoints()

    async def _greet(self) -> None:
        """The endpoint, in either era and either transport."""
        answer = await self._post(self._greeting)
        self._note(first=answer, posted=answer)
        if answer.status in (307, 308) and (onward := self._onward(answer)):
            self._note(endpoint=onward, moved=answer)
            answer = await self._post(self._greeting)
            self._note(first=answer)
        elif answer.status in REDIRECTS:
            self._note(moved=answer)
        if greeting.is_modern_error(answer):
            self._greeting = greeting.discover()
            answer = await self._post(self._greeting)
            self._note(first=answer, era="stateless", transport="http")
        elif greeting.is_result(answer):
            self._note(era="handshake", transport="http")
            self._session = greeting.session_of(answer)
        elif answer.status in (401, 403) or greeting.message_of(answer) is not None:
            self._note(transport="http")
        elif answer.status in _NOT_HERE:
            older = await self._listen({})
            challenged = older.status == 401 and bool(older.header("www-authenticate"))
            if greeting.is_older_stream(older) or challenged:
                self._note(first=older, transport="sse", era="handshake")

    def _onward(self, answer: Answer) -> str:
        """Where a redirect leads, when that is the same origin."""
        onward = joined(answer.url, answer.header("location"))
        return onward if origin_of(onward) == origin_of(answer.url) and onward != answer.url else ""

    async def _post(self, request: greeting.Request, token: str = "") -> Answer:
        headers = {**request.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return await self.visit.send("POST", self.seen.endpoint, headers, request.body, greeting.has_event)

    async def _listen(self, headers: dict[str, str]) -> Answer:
        return await self.visit.send("GET", self.seen.endpoint, {"Accept": EVENTS, **headers}, b"", greeting.has_event)

    async def leave(self) -> None:
        """Close the session that the handshake opened."""
        if self._session:
            headers = {**self._session, "MCP-Protocol-Version": greeting.HANDSHAKE}
            await self.visit.send("DELETE", self.seen.endpoint, headers)

    def _read_challenges(self, answer: Answer) -> None:
        self._note(challenges=challenges(text for name, text in answer.headers if name == "www-authenticate"))

    async def _ask_for_more(self) -> None:
        """Whether a server that greets everybody, and publishes no login, also shows everybody what it has."""
        question = greeting.list_tools(self.seen.first, self.seen.era)
        answer = await self._post(question)
        self._note(later=answer)
        if self.seen.asks_later:
            self._read_challenges(answer)
            await self._pretend(question)
            await self._find_named_resource()

    async def _pretend(self, question: greeting.Request) -> None:
        """The same question with a token that nobody issued."""
        if not self._pretends:
            return
        token = f"unsprawl-probe-{secrets.token_urlsafe(24)}"
        if self.seen.transport == "sse":
            answer = await self._listen({"Authorization": f"Bearer {token}"})
        else:
            answer = await self._post(question, token)
        self._note(invented=answer)

    async def _find_resource(self) -> None:
        """Protected resource metadata: where the challenge says; only without that, at the well-known places."""
        if await self._find_named_resource():
            return
        for source, url in metadata.resource_places(self.seen.target.url, self.seen.endpoint):
            if any(metadata.is_abuse(tried.answer) for tried in self.seen.tried_resource):
                break
            if await self._try_resource(source, url):
                return
        without = next((tried for tried in self.seen.tried_resource if tried.document is not None), None)
        self._note(resource=without)

    async def _find_named_resource(self) -> bool:
        bearer = self.seen.challenges.bearer
        named = bearer.get("resource_metadata") if bearer is not None else None
        return named is not None and await self._try_resource("header", joined(self.seen.endpoint, named))

    async def _try_resource(self, source: str, url: str) -> bool:
        if any(metadata.same_place(url, tried.answer.url) for tried in self.seen.tried_resource):
            return False
        tried = await self._read(source, url, "protected resource metadata")
        self._note(tried_resource=(*self.seen.tried_resource, tried))
        if tried.document is None or not isinstance(tried.document.get("resource"), str):
            return False
        self._note(resource=tried)
        return True

    async def _find_server(self, issuer: str) -> None:
        """Authorization server metadata; the first whose issuer is spelt alike, else the first that is there."""
        self._note(issuer=issuer)
        place = place_of(issuer)
        if isinstance(place, Unsafe):
            self._refuse("the authorization server", place.reason)
            return
        places = metadata.server_places(issuer)
        for source, url in places:
            if await self._try_server(source, url, issuer):
                return
            if metadata.is_abuse(self.seen.tried_server[-1].answer):
                return
        first = next((tried for tried in self.seen.tried_server if tried.document is not None), None)
        if first is None and metadata.has_path(issuer) and not self.seen.unsafe:
            # No client has to look here; some do, and the owner learns what is wrong.
            tried = await self._read("wrong-root", metadata.root_place(issuer), "the authorization server")
            self._note(tried_server=(*self.seen.tried_server, tried))
            return
        self._note(server=first)

    async def _try_server(self, source: str, url: str, issuer: str) -> bool:
        tried = await self._read(source, url, "the authorization server")
        self._note(tried_server=(*self.seen.tried_server, tried))
        if tried.document is None or tried.document.get("issuer") != issuer:
            return False
        self._note(server=tried)
        return True

    def _may_be_old(self) -> bool:
        return self.seen.asks or self.seen.asks_later or bool(self.seen.prm)

    async def _look_at_the_origin(self) -> None:
        """As revision 2025-03-26 does it."""
        tried = await self._read("origin", metadata.origin_place(self.seen.endpoint), "the authorization server")
        self._note(tried_origin=tried)
        if tried.document is not None:
            self._note(server=tried)
        elif not self.seen.prm:
            url = metadata.default_endpoint(self.seen.endpoint, "authorize")
            self._note(authorize=await self.visit.send("GET", url, {"Accept": "text/html"}))

    async def _read(self, source: str, url: str, what: str) -> Tried:
        answer = await self.visit.get(url)
        if answer.fault is Fault.UNSAFE and not (answer.hops and answer.reason == NOT_SECURE):
            self._refuse(what, answer.reason)  # a mere redirect to http is how sites answer for what is not there
        return read(source, answer)

    def _refuse(self, what: str, reason: str) -> None:
        told = f"{what}: the address {reason}"
        if told not in self.seen.unsafe:
            self._note(unsafe=(*self.seen.unsafe, told))

    def _judge_endpoints(self) -> None:
        """The endpoints that a login would use: looked at, never called."""
        for name in metadata.ENDPOINTS:
            url = self.seen.metadata.get(name)
            if isinstance(url, str) and (reason := self.visit.judge(url)):
                self._note(endpoints=(*self.seen.endpoints, (name, reason)))
